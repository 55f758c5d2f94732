import ArgumentParser
import ServerCommands
import Testing

struct ServerHelpTests {
    @Test func helpIsAsReviewed() {
        #expect(ServerCommand.helpMessage(columns: 80) == golden + "\n")
    }

    @Test func portsAndSecondsAreChecked() {
        for arguments in [["-1"], ["65536"], ["x"], [], ["0", "--heartbeat", "0"], ["0", "--silence", "nan"]] {
            #expect(throws: (any Error).self) { try ServerCommand.parse(arguments) }
        }
        #expect(throws: Never.self) { try ServerCommand.parse(["0", "--heartbeat", "0.5", "--silence", "0.75"]) }
    }

    private let golden = """
        OVERVIEW: The directory of a private file-sharing network: who belongs, who is
        there, who shares what.

        Reads the members from credentials.txt (one user name and password a line,
        separated by a space) and again whenever that file changes. Keeps its state in
        bittrickle-data: back that folder up, it holds the network's key. Members'
        files never come here.

        EXAMPLES
          A server on port 12000, with credentials.txt in this folder:
            bittrickle-server 12000
          One for this machine only, on any free port:
            bittrickle-server 0 --host 127.0.0.1
          One whose files are elsewhere, for a service manager:
            bittrickle-server 12000 --data /srv/share --credentials /etc/share.txt
          For a large network, or bad lines, slower heartbeats:
            bittrickle-server 12000 --heartbeat 30 --silence 90

        SIGTERM and SIGINT end it, SIGHUP makes it read credentials.txt at once.

        EXIT CODES
           0  ended by a signal, as it should
          64  the command line is wrong
          69  the port is taken, or the address is none of this machine
          70  the server failed while it ran
          73  the state folder cannot be made or used
          74  a file cannot be read or written
          75  another server uses the state folder
          77  this user may not use the port or the key
          78  credentials.txt or the network's key is missing or wrong

        USAGE: bittrickle-server <port> [options]

        ARGUMENTS:
          <port>                  The UDP port; 0 takes any free one.

        OPTIONS:
          --data <dir>            Where the state is kept. (default: bittrickle-data)
          --credentials <file>    Who belongs. (default: credentials.txt)
          --host <address>        Listen on this address alone, instead of all of this
                                  machine's.
          --heartbeat <seconds>   How often peers say that they are there. (default:
                                  2.0)
          --silence <seconds>     After so much silence a peer is no longer active: at
                                  least one and a half heartbeats. (default: 3.0)
          --log-level <level>     From which level on events are logged, to standard
                                  error. (values: debug, info, notice, warning, error,
                                  critical; default: info)
          --log-messages          Log every message, to standard output, as on a
                                  terminal.
          --version               Show the version.
          -h, --help              Show help information.
        """
}
