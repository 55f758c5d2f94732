import Directory
import GRDB
import Wire

extension DirectorySQLite {
    /// `is_served(publication id)`
    static func isServed(_ presence: PresenceView) -> DatabaseFunction {
        DatabaseFunction("is_served", argumentCount: 1) { values in
            guard let id = Int64.fromDatabaseValue(values[0]) else { return false }
            return presence.isServed(PublicationID(rawValue: id))
        }
    }

    /// `is_there(account name, device)`
    static func isThere(_ presence: PresenceView) -> DatabaseFunction {
        DatabaseFunction("is_there", argumentCount: 2) { values in
            guard let user = String.fromDatabaseValue(values[0]).flatMap({ UserName($0) }),
                let device = DeviceID.fromDatabaseValue(values[1])
            else { return false }
            return presence.isThere(user, device)
        }
    }
}
