package import Prometheus

/// All that a server counts, by the names that dashboards and alarms are written against.
package enum ServerMetric: String, CaseIterable, Sendable {
    case requests = "bittrickle_requests_total"
    case requestSeconds = "bittrickle_request_duration_seconds"
    case refusals = "bittrickle_refusals_total"
    case repeated = "bittrickle_repeated_answers_total"
    case received = "bittrickle_datagrams_received_total"
    case sent = "bittrickle_datagrams_sent_total"
    case dropped = "bittrickle_datagrams_dropped_total"
    case openings = "bittrickle_openings_total"
    case events = "bittrickle_events_total"
    case sessions = "bittrickle_sessions"
    case streams = "bittrickle_streams"
    case streamEnds = "bittrickle_streams_closed_total"
    case inFlight = "bittrickle_requests_in_flight"
    case loopDelay = "bittrickle_loop_delay_seconds"
    case accounts = "bittrickle_accounts"
    case activeMembers = "bittrickle_active_members"
    case publications = "bittrickle_publications"
    case storeSeconds = "bittrickle_store_duration_seconds"
    case storeUp = "bittrickle_store_up"
    case storeBytes = "bittrickle_store_size_bytes"
    case freeBytes = "bittrickle_disk_free_bytes"
    case anonymousBytes = "bittrickle_anonymous_memory_bytes"
    case relayBytes = "bittrickle_relay_bytes_total"
    case relayPaired = "bittrickle_relay_paired_total"
    case relayRefusals = "bittrickle_relay_refusals_total"
    case relayPairs = "bittrickle_relay_pairs"
    case relayWaiting = "bittrickle_relay_waiting"
    case relayUnproven = "bittrickle_relay_unproven"
    case build = "bittrickle_build_info"
    // Those of the process have the names that Prometheus' own libraries give them.
    case residentBytes = "process_resident_memory_bytes"
    case virtualBytes = "process_virtual_memory_bytes"
    case processorSeconds = "process_cpu_seconds_total"
    case openDescriptors = "process_open_fds"
    case mostDescriptors = "process_max_fds"
    case startTime = "process_start_time_seconds"

    package static let descriptions = allCases.map(\.description)

    private var description: MetricDescription {
        MetricDescription(rawValue, kind, help, buckets: kind == .histogram ? Self.buckets : [])
    }

    private var kind: MetricDescription.Kind {
        switch self {
        case .requestSeconds, .storeSeconds: .histogram
        case .requests, .refusals, .repeated, .received, .sent, .dropped, .openings, .streamEnds, .events,
            .processorSeconds, .relayBytes, .relayPaired, .relayRefusals:
            .counter
        default: .gauge
        }
    }

    /// Seconds: an answer from memory takes microseconds, a search milliseconds, a password check a tenth of a second.
    private static let buckets = [
        0.000_025, 0.000_1, 0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]

    private var help: String {
        switch self {
        case .requests: "Requests of clients, by kind and by what became of them."
        case .requestSeconds: "From a request's datagram to its answer, by kind."
        case .refusals: "Requests that were refused, by the refusal."
        case .repeated: "Answers that were sent again, as the client had not heard them."
        case .received: "Datagrams that came in."
        case .sent: "Datagrams that went out."
        case .dropped:
            "Datagrams that nothing was done about, by why; receive_buffer are those that the kernel had no room for."
        case .openings: "Sessions that somebody wanted to open with a valid cookie, by what became of it."
        case .events: "What the log tells of: logins, departures, publications, failures of the store."
        case .sessions: "Open sessions, signed in or not."
        case .streams: "TCP connections of clients, whose sessions live there or beside them."
        case .streamEnds: "TCP connections that the server closed or did not take, by why."
        case .inFlight: "Requests that wait for the store or a password check."
        case .loopDelay: "How long the loop of the socket took to turn to the last look at it."
        case .accounts: "Who has an account."
        case .activeMembers: "Members who are online."
        case .publications: "Publications of all members, files and folders in shared folders included."
        case .storeSeconds:
            "What the store took: to read, to write until it is on the disk, and for a commit of what came together."
        case .storeUp: "1 while the store takes reads and writes, 0 while it fails."
        case .storeBytes: "Of the files of the database."
        case .freeBytes: "On the disk of the state folder, for this user."
        case .anonymousBytes: "Memory that is no file's: what the server itself has allocated."
        case .relayBytes: "Bytes that the relay carried, both ways together."
        case .relayPaired: "Pairs of members that the relay has joined."
        case .relayRefusals: "Connections that the relay refused or ended, by why."
        case .relayPairs: "Pairs that the relay carries."
        case .relayWaiting: "Members who wait at the relay for the other one."
        case .relayUnproven: "Connections to the relay that have not shown a ticket yet."
        case .build: "1, with the version."
        case .residentBytes: "Resident memory size in bytes."
        case .virtualBytes: "Virtual memory size in bytes."
        case .processorSeconds: "Total user and system CPU time spent in seconds."
        case .openDescriptors: "Number of open file descriptors."
        case .mostDescriptors: "Maximum number of open file descriptors."
        case .startTime: "Start time of the process since unix epoch in seconds."
        }
    }
}
