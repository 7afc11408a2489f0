import StoepMerge
import StoepModel

/// Somebody who writes a text and hears of what others write, by `TextDocument` alone: what is edited is saved as
/// changes, and changes are what travels.
package struct TextAuthor: Sendable {
    package private(set) var document = TextDocument()
    private let number: Int
    private var seq = 0

    package init(_ number: Int) { self.number = number }

    package mutating func edit(_ edit: TextEdit) { document.replace([edit]) }

    /// An edit, saved at once.
    package mutating func write(_ edit: TextEdit) -> [SavedText] {
        self.edit(edit)
        return save()
    }

    /// What was edited since the last change: one more, if there was anything.
    package mutating func save() -> [SavedText] {
        var points: [ChangePoint] = []
        let delta = document.delta { point in
            let index = points.firstIndex(of: point) ?? points.count
            if index == points.count { points.append(point) }
            return UInt32(index)
        }
        let point = TextHistory.point(replica: number, seq: seq + 1)
        document.close(as: point, firstOffset: 0)
        guard let delta else { return [] }
        seq += 1
        return [SavedText(delta: delta, point: point, points: points)]
    }

    package mutating func receive(_ changes: some Sequence<SavedText>) {
        for change in changes { change.apply(to: &document) }
    }
}

/// What one change did to a text, as it travels.
package struct SavedText: Sendable {
    package let delta: TextDelta
    package let point: ChangePoint
    /// What the payload's table names.
    package let points: [ChangePoint]

    package func apply(to document: inout TextDocument, visible: Bool = true) {
        document.apply(delta, at: point, firstOffset: 0, points: points, visible: visible)
    }

    /// The same for the oracle.
    package var edit: TextSequence.Edit {
        TextSequence.Edit(
            delta: delta, first: ElementID(point: point, offset: 0), points: points + [point], isVisible: true)
    }
}

extension TextHistory {
    /// The history as documents live it, each delivery in an order of its own, and some of it twice.
    package func lived(_ random: SeededRandom) -> (authors: [TextAuthor], changes: [SavedText]) {
        var authors = (0..<replicas).map { TextAuthor($0) }
        var held: [Set<Int>] = Array(repeating: [], count: replicas)
        var changes: [SavedText] = []
        func receive(_ wanted: Set<Int>, by replica: Int) {
            let new = random.shuffled(wanted.subtracting(held[replica]).sorted())
            let again = held[replica].sorted().filter { _ in random.chance(8) }
            authors[replica].receive(random.shuffled(new + again).map { changes[$0] })
            held[replica].formUnion(wanted)
        }
        for step in steps {
            switch step {
            case .edit(let replica, let edit):
                for change in authors[replica].write(edit) {
                    held[replica].insert(changes.count)
                    changes.append(change)
                }
            case .receive(let replica, let from): receive(held[from], by: replica)
            }
        }
        for replica in authors.indices { receive(Set(changes.indices), by: replica) }
        return (authors, changes)
    }
}
