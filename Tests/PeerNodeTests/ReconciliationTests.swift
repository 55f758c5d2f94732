import Content
import Library
import PeerNode
import Testing
import Wire

@Suite struct ReconciliationTests {
    private let content = ContentID(root: Hash256(hashing: [1]), size: 1)
    private let other = ContentID(root: Hash256(hashing: [2]), size: 1)
    private let third = ContentID(root: Hash256(hashing: [3]), size: 1)

    private func file(
        _ name: String, agreed: ContentID? = nil, offered: Set<ContentID> = []
    ) throws -> PublishedFile {
        PublishedFile(
            name: try FileName(name), path: "/\(name)",
            stamp: FileStamp(device: 1, inode: 1, size: 1, modified: 1, changed: 1), content: try #require(content),
            agreed: agreed, offered: offered)
    }

    private func publication(_ name: String, _ id: Int64, _ content: ContentID?) throws -> Publication {
        Publication(id: PublicationID(rawValue: id), name: try FileName(name), content: content)
    }

    @Test func eachFileIsTreatedAsItIs() throws {
        let names = ["same", "stale", "changed", "gone", "unplugged", "withdrawn elsewhere"]
        let published = [
            try publication("same", 1, content), try publication("stale", 2, other),
            try publication("changed", 3, content), try publication("gone", 4, content),
            try publication("another device's", 5, content), try publication("unplugged", 6, content),
        ]
        let plan = Reconciliation(published: published, files: try names.map { try file($0, agreed: other) }) { file in
            switch file.name.text {
            case "changed": .changed
            case "gone": .gone("it is gone")
            case "unplugged": .unreachable("the disk is away")
            default: .unchanged
            }
        }
        #expect(plan.serve.map(\.name.text) == ["same"])
        #expect(plan.serve.map(\.publication?.rawValue) == [1])
        #expect(plan.republish.map(\.name.text) == ["stale"])
        #expect(plan.rehash.map(\.name.text) == ["changed"])
        #expect(plan.withdraw.map(\.file.name.text) == ["gone"])
        #expect(plan.withdraw.map(\.reason) == ["it is gone"])
        #expect(plan.suspend.map(\.file.publication?.rawValue) == [6])
        #expect(plan.forget.map(\.text) == ["withdrawn elsewhere"])
        #expect(plan.superseded.isEmpty)
        #expect(Set(plan.agreed.keys.map(\.text)) == ["same", "changed", "gone", "unplugged"])
    }

    /// What is neither here nor was agreed is another device's, whatever became of the file here.
    @Test(arguments: [
        Reconciliation.Finding.unchanged, .changed, .gone("it is gone"), .unreachable("the disk is away"),
    ])
    func whatAnotherDevicePublishedSinceStands(finding: Reconciliation.Finding) throws {
        let files = [
            try file("agreed", agreed: content), try file("never agreed"), try file("agreed later", agreed: third),
        ]
        let published = try files.enumerated().map { try publication($1.name.text, Int64($0), other) }
        let plan = Reconciliation(published: published, files: files) { _ in finding }
        #expect(plan.superseded.map(\.name) == files.map(\.name))
        #expect(plan.superseded.map(\.publication?.rawValue) == [0, 1, 2])
        #expect(plan.serve.isEmpty && plan.republish.isEmpty && plan.rehash.isEmpty)
        #expect(plan.withdraw.isEmpty && plan.suspend.isEmpty && plan.forget.isEmpty && plan.agreed.isEmpty)
    }

    /// The directory took it and nobody heard: it is this device's own, and what came after it goes on.
    @Test(arguments: [nil, 3] as [UInt8?])
    func whatWasOfferedHereIsNoOtherDevices(agreed: UInt8?) throws {
        let agreed = agreed.flatMap { ContentID(root: Hash256(hashing: [$0]), size: 1) }
        let another = try #require(ContentID(root: Hash256(hashing: [4]), size: 1))
        let names = ["unchanged", "changed", "gone", "unplugged"]
        let files = try names.map { try file($0, agreed: agreed, offered: [try #require(other), another]) }
        let published = try names.enumerated().map { try publication($1, Int64($0), other) }
        let plan = Reconciliation(published: published, files: files) { file in
            switch file.name.text {
            case "unchanged": .unchanged
            case "changed": .changed
            case "gone": .gone("it is gone")
            default: .unreachable("the disk is away")
            }
        }
        #expect(plan.superseded.isEmpty && plan.serve.isEmpty && plan.forget.isEmpty && plan.agreed.isEmpty)
        #expect(plan.republish.map(\.publication?.rawValue) == [0])
        #expect(plan.rehash.map(\.publication?.rawValue) == [1])
        #expect(plan.withdraw.map(\.file.publication?.rawValue) == [2])
        #expect(plan.suspend.map(\.file.publication?.rawValue) == [3])
    }

    /// The same content from another device takes nothing from this one.
    @Test func theSameContentIsServedWhoeverPublishedIt() throws {
        let plan = Reconciliation(published: [try publication("a", 9, content)], files: [try file("a")]) { _ in
            .unchanged
        }
        #expect(plan.serve.map(\.publication?.rawValue) == [9])
        #expect(plan.agreed.values.map(\.rawValue) == [9])
    }

    @Test func aFolderOfTheSameNameIsNoPublicationOfAFile() throws {
        var inFolder = try publication("same", 1, content)
        inFolder.parent = PublicationID(rawValue: 9)
        let plan = Reconciliation(published: [inFolder], files: [try file("same")]) { _ in .unchanged }
        #expect(plan.serve.isEmpty)
        #expect(plan.forget.map(\.text) == ["same"])
    }
}
