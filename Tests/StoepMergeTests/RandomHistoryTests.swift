import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Concurrent histories with roster changes in between, folded by `RecordFold` and by a fold that shares nothing with it.
@Suite struct RandomHistoryTests {
    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `in any order, with duplicates, everything folds as it does from scratch`(from first: Int) {
        for seed in first..<first + 400 {
            let history = MergeHistory(seed: UInt64(seed))
            let random = SeededRandom(seed: UInt64(seed) &* 31)
            let naive = NaiveFold(history.changes, space: history.space)
            for _ in 0..<2 {
                var replica = MergeReplica(space: history.space)
                for change in inSomeOrder(history.changes, random) { replica.deliver(change) }
                let difference = MergeHistory.difference(&replica, naive)
                #expect(difference == nil, "seed \(seed)")
                if difference != nil { return }
            }
        }
    }

    @Test(arguments: [10_000, 11_000])
    func `a part of a history folds as that part does from scratch`(from first: Int) {
        for seed in first..<first + 300 {
            let history = MergeHistory(seed: UInt64(seed))
            let random = SeededRandom(seed: UInt64(seed) &* 31)
            let part = history.part(random)
            var replica = MergeReplica(space: history.space)
            for change in inSomeOrder(part, random) { replica.deliver(change) }
            let difference = MergeHistory.difference(&replica, NaiveFold(part, space: history.space))
            #expect(difference == nil, "seed \(seed)")
            if difference != nil { return }
        }
    }

    @Test func `the histories hold what they are meant to`() {
        var reasons: [QuarantineReason: Int] = [:]
        var (conflicts, pending, missing, texts, sets, changes) = (0, 0, 0, 0, 0, 0)
        for seed in 0..<100 {
            let history = MergeHistory(seed: UInt64(seed))
            var replica = MergeReplica(space: history.space)
            for change in history.part(SeededRandom(seed: UInt64(seed))) { replica.deliver(change) }
            changes += history.changes.count
            let roster = replica.roster()
            for (log, record) in replica.records {
                let state = replica.fold(record, in: log, under: roster)
                for entry in state.quarantined { reasons[entry.reason, default: 0] += 1 }
                conflicts += state.conflicts.count
                pending += state.pending
                missing += state.missing
                for entry in state.fields {
                    if case .text = entry.state { texts += 1 }
                    if case .set = entry.state { sets += 1 }
                }
            }
        }
        #expect(QuarantineReason.allCases.allSatisfy { reasons[$0, default: 0] > 0 }, "\(reasons)")
        #expect(min(conflicts, pending, missing, texts, sets) > 20, "\(conflicts) \(pending) \(missing) \(texts) \(sets) of \(changes)")
    }
}
