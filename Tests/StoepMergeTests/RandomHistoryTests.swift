import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Concurrent histories with roster changes in between, folded by `RecordFold` and by a fold that shares nothing with it.
@Suite struct RandomHistoryTests {
    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `in any order, with duplicates, everything folds to the same bytes, and as it does from scratch`(from first: Int) {
        for seed in first..<first + 150 {
            let history = MergeHistory(seed: UInt64(seed))
            let random = SeededRandom(seed: UInt64(seed) &* 31)
            let naive = NaiveFold(history.changes, space: history.space)
            var one = MergeReplica(space: history.space)
            for change in inSomeOrder(history.changes, random) { one.deliver(change) }
            var other = MergeReplica(space: history.space)
            for change in inSomeOrder(history.changes, random) { other.deliver(change) }
            let difference = MergeHistory.difference(&one, naive) ?? MergeHistory.difference(&one, &other)
            #expect(difference == nil, "seed \(seed)")
            if difference != nil { return }
        }
    }

    @Test(arguments: [10_000, 11_000])
    func `a part of a history folds as that part does from scratch`(from first: Int) {
        for seed in first..<first + 120 {
            let history = MergeHistory(seed: UInt64(seed))
            let random = SeededRandom(seed: UInt64(seed) &* 31)
            let part = part(of: history.changes, random)
            var replica = MergeReplica(space: history.space)
            for change in inSomeOrder(part, random) { replica.deliver(change) }
            let difference = MergeHistory.difference(&replica, NaiveFold(part, space: history.space))
            #expect(difference == nil, "seed \(seed)")
            if difference != nil { return }
        }
    }

    @Test func `the histories hold what they are meant to`() {
        var reasons: [QuarantineReason: Int] = [:]
        var (conflicts, pending, missing, changes) = (0, 0, 0, 0)
        var kinds: [String: Int] = [:]
        var replicas: Set<Int> = []
        for seed in 0..<200 {
            let history = MergeHistory(seed: UInt64(seed))
            replicas.insert(history.replicas)
            var replica = MergeReplica(space: history.space)
            for change in part(of: history.changes, SeededRandom(seed: UInt64(seed))) { replica.deliver(change) }
            changes += history.changes.count
            let roster = replica.roster()
            for (log, record) in replica.records {
                let state = replica.fold(record, in: log, under: roster)
                for entry in state.quarantined { reasons[entry.reason, default: 0] += 1 }
                conflicts += state.conflicts.count
                pending += state.pending
                missing += state.missing
                kinds[Self.name(of: state.presence), default: 0] += 1
                for entry in state.fields { kinds[Self.name(of: entry.state), default: 0] += 1 }
                let moved = state.items(Field.Meeting.agenda).filter { $0.id != $0.slot }
                kinds["moved", default: 0] += moved.count
            }
        }
        #expect(replicas == Set(2...7))
        #expect(QuarantineReason.allCases.allSatisfy { reasons[$0, default: 0] > 0 }, "\(reasons)")
        #expect(min(conflicts, pending, missing) > 20, "\(conflicts) \(pending) \(missing) of \(changes)")
        #expect(kinds.count == 11 && kinds.values.allSatisfy { $0 > 20 }, "\(kinds)")
    }

    private static func name(of presence: RecordPresence) -> String {
        switch presence {
        case .present: "present"
        case .deleted: "deleted"
        case .revived: "revived"
        case .hidden: "hidden"
        case .erased: "erased"
        }
    }

    private static func name(of state: FieldState) -> String {
        switch state {
        case .register: "register"
        case .set: "set"
        case .text: "text"
        case .counter: "counter"
        case .list: "list"
        }
    }
}
