import ControlAPI
import Dispatch
import Glibc
import PeerNode
import Terminal

/// Brings the page's address to the user: printed, or opened in his browser.
struct WebPage: Sendable {
    let isOpened: Bool
    let stateDirectory: String
    /// As the command line named it.
    let network: String?
    /// Of a publication, in place of the page.
    let file: String?

    init(isOpened: Bool, _ stateDirectory: String, of network: String?, file: String?) {
        self.isOpened = isOpened
        self.stateDirectory = stateDirectory
        self.network = network
        self.file = file
    }

    /// - Parameter page: its address, with the token.
    func show(_ page: String) throws(Refusal) {
        let address = file.flatMap { WebAccess.address(ofFile: $0, onPage: page) } ?? page
        guard isOpened else { return try ClientCommand.say(address) }
        let path = "\(stateDirectory)/open.html"
        guard BrowserFile.write(address, to: path), Self.open(path) else {
            return try ClientCommand.say("Open this page in a browser on this computer:\n\(address)", isLaidOut: true)
        }
        let option = Message.networkOption(network)
        let name = file.map { " \(SafeText(Quoting.quoted($0)))" } ?? ""
        try ClientCommand.say(
            "It is opened in your browser. Its address: bittrickle web --print\(name)\(option)", isLaidOut: true)
    }

    /// False where there is nothing to open it with.
    private static func open(_ path: String) -> Bool {
        // Without a screen a browser of the terminal would come up.
        guard Environment.all["DISPLAY"] != nil || Environment.all["WAYLAND_DISPLAY"] != nil else { return false }
        var process = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(path), nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // What a browser has to say is not for this terminal.
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        guard posix_spawnp(&process, "xdg-open", &actions, nil, &arguments, environ) == 0 else { return false }
        // Some are the browser themselves, and end when it does: that keeps no thread from tasks.
        let opener = process
        DispatchQueue(label: "bittrickle.browser").async {
            var status: Int32 = 0
            while waitpid(opener, &status, 0) < 0, errno == EINTR {}
        }
        return true
    }
}
