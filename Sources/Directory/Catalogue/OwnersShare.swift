import Wire

/// How many results of one owner a window has, so that who shares a million files does not hide everybody else.
///
/// A window that goes on behind this one counts anew: all that there is comes some time.
struct OwnersShare {
    let limit: Int
    /// So many are passed over one after the other.
    let patience: Int
    private var counts: [UserName: Int] = [:]
    private var passedOver = 0

    init(limit: Int, patience: Int) {
        self.limit = limit
        self.patience = patience
    }

    /// Looking for somebody else has taken long enough.
    var isImpatient: Bool { passedOver >= patience }

    mutating func admits(_ owner: UserName) -> Bool {
        let count = counts[owner, default: 0]
        guard count < limit else {
            passedOver += 1
            return false
        }
        counts[owner] = count + 1
        passedOver = 0
        return true
    }
}
