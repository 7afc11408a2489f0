import StoepModel

/// Which records of one log are the same, by the edges that stand between them.
///
/// An edge joins where both its ends are here, listed and of one collection: what is deleted, hidden or erased keeps its
/// edges for the case that it comes back, and until then they join nothing and contest nothing. A record says no more than that somebody made the
/// edge, because it folds from its own blocks alone; so this is looked at here, and again whenever either end changes.
/// The groups depend on the set of states, never on their order.
package struct JoinedRecords: Sendable {
    /// Two records that are joined, although somebody took them apart without knowing of any edge that stands.
    package struct ContestedPair: Sendable, Hashable {
        /// The smaller id first.
        package let first: RecordID
        package let second: RecordID
        /// Ascending by element.
        package let edges: [JoinEdge]
        package let partings: [Parting]
    }

    /// Of two records or more, each ascending; ascending by the first, which stands for the group.
    package let groups: [[RecordID]]
    /// Ascending.
    package let contested: [ContestedPair]
    /// Edges that join nothing: the other record is not in this log, not listed, or of another collection. Ascending.
    package let unfit: [Unfit]
    private let states: [RecordID: RecordState]
    private let groupOf: [RecordID: Int]

    package struct Unfit: Sendable, Hashable {
        package let record: RecordID
        package let edge: JoinEdge
    }

    /// - Parameter states: records of one log.
    package init(_ states: some Sequence<RecordState>) {
        self.states = Dictionary(states.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var union = UnionFind()
        var pairs: [Pair: (edges: [JoinEdge], partings: [Parting])] = [:]
        var unfit: [Unfit] = []
        for (id, state) in self.states where state.isListed {
            for edge in state.edges {
                guard let other = self.states[edge.other], other.isListed, other.collection == state.collection else {
                    unfit.append(Unfit(record: id, edge: edge))
                    continue
                }
                union.join(id, edge.other)
                pairs[Pair(id, edge.other), default: ([], [])].edges.append(edge)
            }
            for parting in state.partings {
                pairs[Pair(id, parting.other), default: ([], [])].partings.append(parting)
            }
        }
        groups = union.groups
        groupOf = groups.enumerated().reduce(into: [:]) { result, group in
            for member in group.element { result[member] = group.offset }
        }
        contested = Self.contested(pairs)
        self.unfit = unfit.sorted { ($0.record, $0.edge.element) < ($1.record, $1.edge.element) }
    }

    private struct Pair: Hashable {
        let first: RecordID
        let second: RecordID

        init(_ a: RecordID, _ b: RecordID) { (first, second) = a < b ? (a, b) : (b, a) }
    }

    /// A pair's edges may stand in either of its records.
    private static func contested(
        _ pairs: [Pair: (edges: [JoinEdge], partings: [Parting])]
    ) -> [ContestedPair] {
        pairs.compactMap { pair, found -> ContestedPair? in
            let seen = Set(found.edges.flatMap(\.saw))
            let unseen = Set(found.partings.filter { !seen.contains($0.element) })
            guard !found.edges.isEmpty, !unseen.isEmpty else { return nil }
            return ContestedPair(
                first: pair.first, second: pair.second,
                edges: found.edges.sorted { ($0.element, $0.other) < ($1.element, $1.other) },
                partings: unseen.sorted { ($0.element, $0.other) < ($1.element, $1.other) })
        }.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
    }

    // MARK: Asking

    /// All that the record is joined with, itself included, ascending.
    package func group(of id: RecordID) -> [RecordID] {
        groupOf[id].map { groups[$0] } ?? [id]
    }

    /// The record that stands for the group: the smallest id.
    package func representative(of id: RecordID) -> RecordID { group(of: id).first ?? id }

    /// A link as it is followed: to whatever stands for the group. Other values stay as they are.
    package func followed(_ value: Value) -> Value {
        if case .record(let id) = value { .record(representative(of: id)) } else { value }
    }

    package func state(of id: RecordID) -> RecordState? { states[id] }
}

/// Disjoint sets of records, the smallest of each on top.
private struct UnionFind {
    private var above: [RecordID: RecordID] = [:]

    mutating func join(_ a: RecordID, _ b: RecordID) {
        let (a, b) = (top(a), top(b))
        if a != b { above[max(a, b)] = min(a, b) }
    }

    private mutating func top(_ id: RecordID) -> RecordID {
        guard let first = above[id] else {
            above[id] = id
            return id
        }
        var top = first
        while let next = above[top], next != top { top = next }
        // Halves the way for the next who asks.
        var at = id
        while let next = above[at], next != top {
            above[at] = top
            at = next
        }
        return top
    }

    var groups: [[RecordID]] {
        var copy = self
        var members: [RecordID: [RecordID]] = [:]
        for id in above.keys { members[copy.top(id), default: []].append(id) }
        return members.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
