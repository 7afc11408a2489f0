import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// History and undo over concurrent histories out of seeds.
@Suite struct UndoHistoryTests {
    @Test(arguments: [0, 1_000])
    func `undoing a change leaves what there would be without it`(from first: Int) {
        var compared = 0
        for seed in first..<first + 150 {
            let history = MergeHistory(seed: UInt64(seed))
            var replica = MergeReplica(space: history.space)
            for change in history.changes { replica.deliver(change) }
            let roster = replica.roster()
            for (log, record) in replica.records where log.kind != .roster {
                let (fold, blocks) = replica.held(record, in: log, under: roster)
                for target in Set(blocks.map(\.point)).sorted() {
                    let masking = replica.held(record, in: log, under: roster, masking: target).fold
                    let plan = fold.undo(target, of: record, blocks)
                    guard let outcome = outcome(of: plan, target, record, fold, masking, blocks) else { continue }
                    compared += 1
                    #expect(outcome.undone == outcome.without, "seed \(seed) \(record) \(target)")
                    if outcome.undone != outcome.without { return }
                }
            }
        }
        #expect(compared > 300, "\(compared)")
    }

    /// The record with the undo, and the record where the change does not count; nil where they need not be equal.
    private func outcome(
        of plan: UndoPlan?, _ target: ChangePoint, _ record: RecordID, _ fold: RecordFold, _ masking: RecordFold,
        _ blocks: [RecordBlock]
    ) -> (undone: [String], without: [String])? {
        guard let plan, plan.kept.isEmpty, !plan.created else { return nil }
        // What others wrote has its place all the same; only what names an item that is not there waits.
        let without = masking(record, blocks)
        guard without.collection != nil, without.pending == fold(record, blocks).pending else { return nil }
        let block = Self.block(plan.operations, by: target.actor, on: record, without.collection, blocks)
        let undone = fold(record, blocks + [block])
        guard !undone.quarantined.contains(where: { $0.point == block.point }) else { return nil }
        return (Self.summary(undone), Self.summary(without))
    }

    /// What is there, however it came to be: an empty value is none.
    private static func summary(_ state: RecordState) -> [String] {
        state.fields.compactMap { field in
            switch field.state {
            case .register(let values):
                let shown = Set(values.map(\.value)).filter { $0 != .text("") }.sorted()
                return shown.isEmpty ? nil : "\(field.number.rawValue) \(shown)"
            case .set(let members): return "\(field.number.rawValue) \(members.map(\.value))"
            case .text(let text): return "\(field.number.rawValue) \(Array(text.unicodeScalars))"
            case .counter(let sum): return sum == 0 ? nil : "\(field.number.rawValue) \(sum)"
            case .list(let items): return "\(field.number.rawValue) \(items.map { Set($0.values.map(\.value)).sorted() })"
            }
        }
    }

    /// A block of a new change that says all this.
    private static func block(
        _ operations: [ElementOperation], by actor: ActorID, on record: RecordID, _ collection: CollectionNumber?,
        _ blocks: [RecordBlock]
    ) -> RecordBlock {
        let point = ChangePoint(actor: actor, seq: (blocks.map(\.point.seq).max() ?? 0) + 1, check: 77)
        var points: [ChangePoint] = []
        func reference(_ element: ElementID) -> ElementReference {
            let index = points.firstIndex(of: element.point) ?? points.count
            if index == points.count { points.append(element.point) }
            return ElementReference(entry: UInt32(index), offset: element.offset)
        }
        let said = operations.map { $0.operation(reference) }
        let payload = Payload(collection: collection ?? .conversation, operations: said)
        return RecordBlock(
            point: point, index: 0, lamport: (blocks.map(\.lamport).max() ?? 0) + 1, time: Timestamp(milliseconds: 0),
            subject: .record(record), content: .payload(payload, points: points + [point]))
    }

    @Test func `the history is the same in any order, and adds up to what is there`() {
        var texts = 0
        for seed in 0..<200 {
            let history = MergeHistory(seed: UInt64(seed))
            let random = SeededRandom(seed: UInt64(seed) &* 7)
            var replicas = (0..<2).map { _ in MergeReplica(space: history.space) }
            for index in replicas.indices {
                for change in inSomeOrder(history.changes, random) { replicas[index].deliver(change) }
            }
            let roster = replicas[0].roster()
            for (log, record) in replicas[0].records {
                let (fold, blocks) = replicas[0].held(record, in: log, under: roster)
                let entries = fold.history(record, blocks)
                let other = replicas[1].held(record, in: log, under: replicas[1].roster())
                #expect(entries == other.fold.history(record, other.blocks), "seed \(seed)")
                let state = fold(record, blocks)
                // Of a collection that this version does not know.
                if let collection = state.collection, Schema.current[collection] == nil { continue }
                if case .erased = state.presence { continue }
                #expect(
                    state.quarantined.count { $0.offset == nil } == entries.count { $0.masked != nil }, "seed \(seed)")
                guard state.pending == 0 else { continue }
                for field in [Field.Conversation.words, Field.Conversation.observation] {
                    var scalars = 0
                    for item in entries.flatMap(\.items) where item.masked == nil {
                        guard case .text(field, let changes) = item.content else { continue }
                        for change in changes {
                            scalars += change.inserted.unicodeScalars.count - change.deleted.unicodeScalars.count
                        }
                    }
                    #expect(scalars == state.text(field).unicodeScalars.count, "seed \(seed)")
                    texts += scalars > 0 ? 1 : 0
                }
            }
        }
        #expect(texts > 200, "\(texts)")
    }
}
