import Directory
import Glibc
import Logging

/// Reads credentials.txt and says what is wrong with it.
struct CredentialsReader: Sendable {
    /// Bytes: a million lines of the longest kind are half of it.
    private static let limit = 64 << 20
    /// Malformed lines that are reported one by one.
    private static let reportLimit = 20

    let path: String
    let key: AccountsKey

    /// The file as it stands, nil where there is none, with its stamp from before it was read.
    @concurrent
    func read() async throws(StartFailure) -> (file: CredentialsFile?, stamp: FileStamp?) {
        let stamp = FileStamp(path: path)
        let bytes: [UInt8]?
        do {
            bytes = try StateFile.read(path, limit: Self.limit)
        } catch {
            guard case .file(let path, let errno) = error else { throw error }
            throw .credentialsUnreadable(path: path, errno: errno)
        }
        return (bytes.map { CredentialsFile(parsing: $0, key: key) }, stamp)
    }

    /// The accounts at a server's start. Throws ``StartFailure``, or what `isNeeded` throws.
    ///
    /// - Parameter isNeeded: Whether members came by the file before: a server that started without would expel them all.
    ///   Asked only where the file makes no account.
    func readAccounts(
        log: Logger, isNeeded: () async throws -> Bool
    ) async throws -> (CredentialsFile, FileStamp?) {
        let (file, stamp) = try await read()
        if let file { report(file.problems, to: log) }
        switch CredentialsReload.fault(of: file) {
        case nil: break
        case .missing: if try await isNeeded() { throw StartFailure.noCredentials(path: path) }
        case .withoutAccounts:
            // Lines that are no accounts are a mistake, whoever came by the file before.
            var isMistake = file?.problems.isEmpty == false
            if !isMistake { isMistake = try await isNeeded() }
            if isMistake { throw StartFailure.credentialsWithoutAccounts(path: path) }
        }
        return (file ?? CredentialsFile(parsing: [], key: key), stamp)
    }

    func report(_ problems: [CredentialsFile.Problem], to log: Logger) {
        for problem in problems.prefix(Self.reportLimit) {
            log.warning(
                "A line of the credentials file is malformed and ignored",
                metadata: ["file": "\(path)", "line": "\(problem.line)", "fault": "\(Self.text(problem.fault))"])
        }
        guard problems.count > Self.reportLimit else { return }
        log.warning(
            "More lines of the credentials file are malformed and ignored",
            metadata: ["file": "\(path)", "count": "\(problems.count - Self.reportLimit)"])
    }

    static func text(_ fault: CredentialsFile.Problem.Fault) -> String {
        switch fault {
        case .emptyLine: "it is empty"
        case .notTwoWords: "it is not a user name, one space and a password"
        case .moreThanOneSpace: "it has more than one space"
        case .carriageReturn: "it ends as on Windows, with a carriage return"
        case .userTooLong: "the user name has more than 16 characters"
        case .passwordTooLong: "the password has more than 16 characters"
        case .forbiddenCharacter: "it has a character that is not printable ASCII"
        case .duplicate(let line): "the user stands in line \(line) already"
        }
    }
}
