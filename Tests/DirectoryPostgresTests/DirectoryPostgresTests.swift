import Directory
import DirectoryPostgres
import NetworkTestKit
import TestKit
import Testing
import Wire

@Suite(.serialized) struct DirectoryPostgresTests {
    @Test(arguments: StoreContract.cases)
    func contract(_ contract: StoreContract.Case) async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let presence = PresenceView()
        let store = try await DirectoryPostgres(
            PostgresAddress(address), presence: presence, leaseTerm: .seconds(600))
        do {
            try await contract.run(StoreContract.Subject(store: store, presence: presence))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}
