import Content
import TestKit
import Testing
import Wire

@Suite struct BatchesTests {
    private func byteCount(_ request: DirectoryRequest) -> Int {
        DirectoryMessage.request(TransactionID(rawValue: .max), request).encoded.count
    }

    @Test func draftsAreCutIntoRequestsThatFitAndAreNotEmpty() {
        var random = SeededRandom.fresh()
        let drafts = random.list(1_000...1_000) { $0.draft() }
        let requests = Batches.publish(drafts)
        #expect(requests.allSatisfy { byteCount($0) <= DirectoryMessage.maximumPlaintext }, "seed \(random.seed)")
        #expect(
            requests.flatMap(\.drafts) == drafts, "seed \(random.seed)")
    }

    @Test func theAnswerToAFullBatchFits() throws {
        let drafts = try (0..<100).map { PublicationDraft(name: try FileName("\($0)"), content: nil) }
        for case .publish(let batch) in Batches.publish(drafts) {
            let worst = batch.map { _ in PublishResult.refused(.quotaReached(limit: .max)) }
            let answer = DirectoryMessage.answer(TransactionID(rawValue: 0), .publishResults(worst))
            #expect(answer.encoded.count <= DirectoryMessage.maximumPlaintext)
            #expect(try DirectoryMessage(decoding: answer.encoded) == answer)
        }
    }

    @Test func namesIdsAndHoldersAreCutLikewise() {
        var random = SeededRandom.fresh()
        let names = random.list(500...500) { $0.fileName() }
        let ids = random.list(5_000...5_000) { $0.publicationID() }
        let entries = random.list(500...500) { $0.holderEntry() }
        let contents = random.list(500...500) { $0.content() }
        let unpublish = Batches.unpublish(names)
        let serve = Batches.serve(add: ids, remove: ids)
        let hold = Batches.hold(add: entries, remove: contents)
        for request in unpublish + serve + hold {
            #expect(byteCount(request) <= DirectoryMessage.maximumPlaintext, "seed \(random.seed)")
        }
        #expect(unpublish.flatMap(\.names) == names)
        #expect(serve.flatMap(\.added) == ids)
        #expect(serve.flatMap(\.removed) == ids)
        #expect(hold.flatMap(\.entries) == entries)
        #expect(hold.flatMap(\.contents) == contents)
        #expect(serve.count <= 2 * 41)
    }

    @Test func nothingToAskIsNoRequest() {
        #expect(Batches.publish([]).isEmpty && Batches.unpublish([]).isEmpty)
        #expect(Batches.serve(add: []).isEmpty && Batches.hold(add: []).isEmpty)
    }
}

extension DirectoryRequest {
    fileprivate var drafts: [PublicationDraft] { if case .publish(let drafts) = self { drafts } else { [] } }
    fileprivate var names: [FileName] { if case .unpublish(let names) = self { names } else { [] } }
    fileprivate var added: [PublicationID] { if case .serve(let ids, _) = self { ids } else { [] } }
    fileprivate var removed: [PublicationID] { if case .serve(_, let ids) = self { ids } else { [] } }
    fileprivate var entries: [HolderEntry] { if case .hold(let entries, _) = self { entries } else { [] } }
    fileprivate var contents: [ContentID] { if case .hold(_, let contents) = self { contents } else { [] } }
}
