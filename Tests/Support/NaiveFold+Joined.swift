import StoepMerge
import StoepModel

/// An edge that counts and stands.
package struct NaiveJoin {
    let other: RecordID
    let element: ElementID
    let time: Timestamp
    let saw: Set<ElementID>
}

/// That somebody took the record apart from another.
package struct NaiveParting {
    let other: RecordID
    let element: ElementID
    let time: Timestamp
}

extension NaiveFold {
    /// Only records of some collections are joined, and none with itself.
    func isBadJoin(_ operation: Operation, _ definition: CollectionDefinition, id: RecordID) -> Bool {
        switch operation {
        case .same(let other, _): !definition.isJoinable || other == id
        case .apart: !definition.isJoinable
        default: false
        }
    }

    /// Every edge is held against every operation that takes edges away.
    func join(_ judged: [Judged], _ definition: CollectionDefinition, _ record: inout NaiveRecord) {
        var said: [NaiveJoin] = []
        var taken: [(element: ElementID, time: Timestamp, edges: Set<ElementID>)] = []
        for one in judged where one.counts {
            func elements(_ references: [ElementReference]) -> Set<ElementID> {
                Set(references.map { ElementID(point: one.points[Int($0.entry)], offset: $0.offset) })
            }
            for (offset, operation) in one.payload.map(Self.offsets) ?? []
            where !isBadJoin(operation, definition, id: record.id) {
                let own = ElementID(point: one.change.point, offset: offset)
                if case .same(let other, let saw) = operation {
                    said.append(NaiveJoin(other: other, element: own, time: one.change.time, saw: elements(saw)))
                }
                if case .apart(let edges) = operation { taken.append((own, one.change.time, elements(edges))) }
            }
        }
        record.joins = said.filter { edge in !taken.contains { $0.edges.contains(edge.element) } }
        for removal in taken {
            for other in Set(said.filter { removal.edges.contains($0.element) }.map(\.other)) {
                record.partings.append(NaiveParting(other: other, element: removal.element, time: removal.time))
            }
        }
    }

    /// What is joined in a log, in words: whoever can be reached over edges, step by step until nobody is added.
    package func joined(in log: LogID) -> String {
        let all = records(of: log).map { fold($0, in: log) }.filter(\.isListed)
        let known = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        var direct: [RecordID: Set<RecordID>] = [:]
        for record in all {
            for edge in record.joins where known[edge.other]?.collection == record.collection {
                direct[record.id, default: []].insert(edge.other)
                direct[edge.other, default: []].insert(record.id)
            }
        }
        var groups: Set<[RecordID]> = []
        for start in direct.keys {
            var reached: Set = [start]
            while true {
                let wider = reached.reduce(reached) { $0.union(direct[$1] ?? []) }
                if wider == reached { break }
                reached = wider
            }
            groups.insert(reached.sorted())
        }
        var lines = groups.sorted { $0[0] < $1[0] }.map { $0.map { "\($0)" }.joined(separator: " = ") }
        for pair in contested(all, known) { lines.append("contested \(pair)") }
        return lines.joined(separator: "\n")
    }

    /// Pairs with an edge, and a parting that no edge of the pair knew of; from whichever side either was said.
    private func contested(_ all: [NaiveRecord], _ known: [RecordID: NaiveRecord]) -> [String] {
        var pairs: [String] = []
        for (index, one) in all.enumerated() {
            for other in all[(index + 1)...] where one.collection == other.collection {
                let edges = one.joins.filter { $0.other == other.id } + other.joins.filter { $0.other == one.id }
                let partings =
                    one.partings.filter { $0.other == other.id } + other.partings.filter { $0.other == one.id }
                let isContested = partings.contains { parting in
                    !edges.isEmpty && edges.allSatisfy { !$0.saw.contains(parting.element) }
                }
                if isContested { pairs.append([one.id, other.id].sorted().map { "\($0)" }.joined(separator: " ")) }
            }
        }
        return pairs.sorted()
    }
}

extension JoinedRecords {
    /// The same words for the real one.
    package var rendering: String {
        (groups.map { $0.map { "\($0)" }.joined(separator: " = ") }
            + contested.map { "contested \($0.first) \($0.second)" }.sorted()).joined(separator: "\n")
    }
}
