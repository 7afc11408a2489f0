import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Payloads that decode and that no client of ours would write, damaged on the way or not, folded by replicas that got
/// them in any order and by a fold from scratch that is made for any anchors.
@Suite struct HostileHistoryTests {
    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `whatever decodes folds the same in any order, with duplicates, in part, from scratch`(from first: UInt64) {
        for seed in first..<first + 40 {
            let trial = HistoryTrial(.hostile, seed: seed)
            #expect(trial.difference == nil, "seed \(seed)")
            if trial.difference != nil { return }
        }
    }

    @Test func `the histories hold what they are meant to`() {
        var (items, texts, sums, damaged, malformed, refused, edges) = (0, 0, 0, 0, 0, 0, 0)
        for seed in 0..<UInt64(90) {
            let history = HostileHistory(seed: seed)
            damaged += history.damaged
            malformed += history.malformed
            var replica = MergeReplica(space: history.space)
            for change in history.changes { replica.deliver(change) }
            let roster = replica.roster()
            for (log, record) in replica.records {
                let state = replica.fold(record, in: log, under: roster)
                items += state.items(Field.Meeting.agenda).count
                texts += state.text(Field.Meeting.minutes).isEmpty ? 0 : 1
                sums += state.count(Field.Tally.approached) == .max ? 1 : 0
                edges += state.edges.count
                refused += state.quarantined.count { $0.reason == .malformed && $0.offset != nil }
            }
        }
        #expect(
            min(items, texts, sums, damaged, malformed, refused, edges) > 20,
            "\(items) \(texts) \(sums) \(damaged) \(malformed) \(refused) \(edges)")
    }
}
