import Directory
import Wire

/// Owners whose publications are in the index of names, by the store's number and by name: as small as can be, as there may
/// be a million.
struct IndexedOwners: Sendable {
    private struct Owner: Sendable {
        let number: Int64
        let user: UserName
        /// Of his publications, when they were read.
        let count: Int
    }

    private var owners = Slab<Owner>()
    private var byNumber = PlaceIndex()
    private var byName = PlaceIndex()

    func contains(_ number: Int64) -> Bool { place(of: number) != nil }

    func number(of user: UserName) -> Int64? {
        byName.place(hash: user.hashValue) { owners[Int($0)].user == user }.map { owners[Int($0)].number }
    }

    func count(of number: Int64) -> Int { place(of: number).map { owners[Int($0)].count } ?? 0 }

    /// Enters one who is not there.
    mutating func insert(_ number: Int64, _ user: UserName, count: Int) {
        let place = Int32(owners.reserve())
        owners.put(Owner(number: number, user: user, count: count), at: Int(place))
        byNumber.insert(place, hash: number.hashValue) { [owners] in owners[Int($0)].number.hashValue }
        byName.insert(place, hash: user.hashValue) { [owners] in owners[Int($0)].user.hashValue }
    }

    /// The count of one who was there.
    mutating func remove(_ number: Int64) -> Int? {
        guard let place = place(of: number) else { return nil }
        let (user, count) = (owners[Int(place)].user, owners[Int(place)].count)
        byNumber.remove(place, hash: number.hashValue) { [owners] in owners[Int($0)].number.hashValue }
        byName.remove(place, hash: user.hashValue) { [owners] in owners[Int($0)].user.hashValue }
        owners.release(Int(place))
        return count
    }

    private func place(of number: Int64) -> Int32? {
        byNumber.place(hash: number.hashValue) { owners[Int($0)].number == number }
    }
}
