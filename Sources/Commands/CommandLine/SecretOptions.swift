import ArgumentParser
import Terminal

/// Where the password is that nobody is to be asked for. It is never an argument: everybody on the computer sees those.
struct SecretOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read the password from the first line of a file.", valueName: "file"))
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("Read it from a file that is open already, such as 3 with 3< FILE.", valueName: "number"))
    var passwordFd: Int32?

    func validate() throws {
        guard passwordFile == nil || passwordFd == nil else {
            throw ValidationError("The password can stand in one place only.")
        }
        guard passwordFd ?? 0 >= 0 else { throw ValidationError("Open files have numbers from 0 on.") }
    }

    /// Those before the environment's.
    func given() throws -> GivenSecrets {
        var given = Environment.givenSecrets
        guard let source = passwordFd.map(SecretSource.descriptor) ?? passwordFile.map(SecretSource.file) else {
            return given
        }
        do throws(SecretLines.Failure) {
            let found = try SecretLines.read(1, from: source)
            given.password = found.lines[0]
            if let passwordFile, found.isOpenToOthers {
                ClientCommand.remark(Message.openToOthers(passwordFile))
            }
        } catch {
            throw Refusal(.unreadable(error.place, error.reason))
        }
        return given
    }
}
