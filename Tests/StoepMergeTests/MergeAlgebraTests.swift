import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Merging as an algebra: what two replicas come to together does not depend on who tells whom, nor on who was told
/// first, nor on how often. Records are compared byte for byte, texts element for element.
@Suite struct MergeAlgebraTests {
    private func history(_ kind: HistoryTrial.Kind, _ seed: UInt64) -> (changes: [HeldChange], space: SpaceID) {
        switch kind {
        case .joined:
            let history = JoinHistory(seed: seed)
            return (history.changes, history.space)
        case .hostile:
            let history = HostileHistory(seed: seed)
            return (history.changes, history.space)
        case .records, .texts:
            let history = MergeHistory(seed: seed)
            return (history.changes, history.space)
        }
    }

    /// Three replicas of one history, each of which holds what it could hold of it.
    private func replicas(_ kind: HistoryTrial.Kind, _ seed: UInt64) -> [MergeReplica] {
        let random = SeededRandom(seed: seed &* 31)
        let (changes, space) = history(kind, seed)
        return (0..<3).map { _ in
            var replica = MergeReplica(space: space)
            for change in inSomeOrder(part(of: changes, random), random) { replica.deliver(change) }
            return replica
        }
    }

    /// What the first comes to once it heard all that the second holds.
    private func merge(_ one: MergeReplica, _ other: MergeReplica) -> MergeReplica {
        var merged = one
        for change in other.delivered { merged.deliver(change) }
        return merged
    }

    private func areSame(_ one: MergeReplica, _ other: MergeReplica) -> Bool {
        var (one, other) = (one, other)
        return MergeHistory.difference(&one, &other) == nil
            && JoinHistory.joined(&one).rendering == JoinHistory.joined(&other).rendering
    }

    private static let kinds: [HistoryTrial.Kind] = [.records, .joined, .hostile]

    @Test(arguments: kinds)
    func `merging records is commutative`(kind: HistoryTrial.Kind) {
        for seed in 0..<UInt64(20) {
            let held = replicas(kind, seed)
            #expect(areSame(merge(held[0], held[1]), merge(held[1], held[0])), "seed \(seed)")
        }
    }

    @Test(arguments: kinds)
    func `merging records is associative`(kind: HistoryTrial.Kind) {
        for seed in 100..<UInt64(120) {
            let held = replicas(kind, seed)
            let left = merge(merge(held[0], held[1]), held[2])
            let right = merge(held[0], merge(held[1], held[2]))
            #expect(areSame(left, right), "seed \(seed)")
        }
    }

    @Test(arguments: kinds)
    func `merging records is idempotent`(kind: HistoryTrial.Kind) {
        for seed in 200..<UInt64(220) {
            let held = replicas(kind, seed)
            let both = merge(held[0], held[1])
            #expect(areSame(merge(held[0], held[0]), held[0]), "seed \(seed)")
            #expect(areSame(merge(merge(both, held[1]), held[0]), both), "seed \(seed)")
        }
    }

    // MARK: Texts

    /// The changes of one text, some of them masked, and three sets of them that need not have what they stand on.
    private struct Pieces {
        let changes: [SavedText]
        let sets: [[Int]]
        let random: SeededRandom

        init(_ seed: UInt64) {
            let random = SeededRandom(seed: seed &* 31)
            let changes = TextHistory(seed: seed, steps: 40).lived(random).changes
            self.random = random
            self.changes = changes
            sets = (0..<3).map { _ in random.shuffled(changes.indices.filter { _ in random.chance(2) }) }
        }

        /// A document that takes all of a set after another set.
        func merge(_ document: TextDocument, _ set: [Int]) -> TextDocument {
            var merged = document
            for index in set { changes[index].apply(to: &merged, visible: index % 7 != 3) }
            return merged
        }

        func document(_ set: [Int]) -> TextDocument { merge(TextDocument(), set) }
    }

    private func areSame(_ one: TextDocument, _ other: TextDocument) -> Bool {
        one.elements == other.elements && one.pending == other.pending && one.utf8.elementsEqual(other.utf8)
    }

    @Test func `merging texts is commutative`() {
        for seed in 0..<UInt64(150) {
            let pieces = Pieces(seed)
            let (a, b) = (pieces.sets[0], pieces.sets[1])
            #expect(areSame(pieces.merge(pieces.document(a), b), pieces.merge(pieces.document(b), a)), "seed \(seed)")
        }
    }

    @Test func `merging texts is associative`() {
        for seed in 1_000..<UInt64(1_150) {
            let pieces = Pieces(seed)
            let (a, b, c) = (pieces.sets[0], pieces.sets[1], pieces.sets[2])
            let left = pieces.merge(pieces.merge(pieces.document(a), b), c)
            // b and c came together elsewhere, and what they came to is what travels.
            let right = pieces.merge(pieces.document(a), pieces.random.shuffled(Set(b + c).sorted()))
            #expect(areSame(left, right), "seed \(seed)")
        }
    }

    @Test func `merging texts is idempotent`() {
        for seed in 2_000..<UInt64(2_150) {
            let pieces = Pieces(seed)
            let (a, b) = (pieces.sets[0], pieces.sets[1])
            let both = pieces.merge(pieces.document(a), b)
            #expect(areSame(pieces.merge(pieces.document(a), a), pieces.document(a)), "seed \(seed)")
            #expect(areSame(pieces.merge(pieces.merge(both, b), pieces.random.shuffled(a)), both), "seed \(seed)")
        }
    }
}
