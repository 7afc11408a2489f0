import StoepModel

/// An edge: somebody said, in a block of one record, that it and another are the same.
package struct JoinEdge: Sendable, Hashable {
    package let other: RecordID
    package let element: ElementID
    /// The author's clock.
    package let time: Timestamp
    /// The partings of this pair that its author knew of, ascending.
    package let saw: [ElementID]

    package init(other: RecordID, element: ElementID, time: Timestamp, saw: [ElementID]) {
        self.other = other
        self.element = element
        self.time = time
        self.saw = saw
    }
}

/// Somebody took a record apart from another: they removed an edge between the two.
package struct Parting: Sendable, Hashable {
    package let other: RecordID
    package let element: ElementID
    /// The author's clock.
    package let time: Timestamp

    package init(other: RecordID, element: ElementID, time: Timestamp) {
        self.other = other
        self.element = element
        self.time = time
    }
}

extension RecordState {
    /// The records that this one is joined with and was taken apart from at the same time, ascending: of the edges that
    /// stand, none was made by somebody who knew of the parting.
    package var contested: [RecordID] {
        let others = Set(edges.map(\.other)).intersection(partings.map(\.other))
        return others.filter { other in
            let seen = Set(edges.filter { $0.other == other }.flatMap(\.saw))
            return partings.contains { $0.other == other && !seen.contains($0.element) }
        }.sorted()
    }
}

/// The edges of one record while its blocks are applied. What is removed waits for nothing: an edge may come later.
struct JoinFold {
    private let record: RecordID
    private var edges: [JoinEdge] = []
    private var removals: [(element: ElementID, time: Timestamp, edges: Set<ElementID>)] = []

    init(of record: RecordID) { self.record = record }

    static func isAboutJoining(_ operation: Operation) -> Bool {
        switch operation {
        case .same, .apart: true
        default: false
        }
    }

    /// Takes an operation that counts. Whether it may: nothing is the same as itself.
    mutating func apply(
        _ operation: Operation, _ element: ElementID, _ time: Timestamp, _ resolve: (ElementReference) -> ElementID
    ) -> Bool {
        switch operation {
        case .same(let other, let saw):
            guard other != record else { return false }
            edges.append(
                JoinEdge(other: other, element: element, time: time, saw: Set(saw.map(resolve)).sorted()))
        case .apart(let named):
            removals.append((element, time, Set(named.map(resolve))))
        default: break
        }
        return true
    }

    /// The edges that stand, and what took others away.
    func finish() -> (edges: [JoinEdge], partings: [Parting]) {
        guard !edges.isEmpty else { return ([], []) }
        let gone = removals.reduce(into: Set<ElementID>()) { gone, removal in
            gone.formUnion(
                PlantedFault.apartLeavesAnEdge.isOn ? Array(removal.edges.sorted().prefix(1)) : Array(removal.edges))
        }
        let others = Dictionary(edges.map { ($0.element, $0.other) }, uniquingKeysWith: { first, _ in first })
        let partings = removals.flatMap { removal in
            Set(removal.edges.compactMap { others[$0] }).map {
                Parting(other: $0, element: removal.element, time: removal.time)
            }
        }
        return (
            edges.filter { !gone.contains($0.element) }.sorted { ($0.other, $0.element) < ($1.other, $1.element) },
            partings.sorted { ($0.other, $0.element) < ($1.other, $1.element) }
        )
    }
}
