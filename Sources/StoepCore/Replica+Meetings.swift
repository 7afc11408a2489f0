import StoepMerge
import StoepModel
import StoepStore

/// What is done to an agenda. Items are numbered from 1, as they stand before any of it.
public enum AgendaEdit: Sendable {
    case add(String)
    case move(Int, to: Int)
    case remove(Int)
}

extension Replica {
    /// Rearranges the agenda of a meeting. What others add or move meanwhile stays; an item that two move is one item.
    /// - Returns: whether anything changed.
    /// - Throws: `nothingToChange`, `noSuchItem`, `unknownID`, `tooLong`, `notAllowed`.
    public func rearrange(_ id: RecordID, _ edits: [AgendaEdit]) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            guard !edits.isEmpty else { throw ReplicaError.nothingToChange }
            try saveDrafts()
            return try store.write {
                let before = try store.stored(id)
                let items = before.items(Field.Meeting.agenda).map(\.id)
                var added = items.count
                let fields = try edits.compactMap { edit -> FieldEdit? in
                    switch edit {
                    case .add(let typed):
                        let text = typed.trimmed
                        try Self.check(value: text, "agenda")
                        guard !text.isEmpty else { return nil }
                        added += 1
                        return .placeItem(Field.Meeting.agenda, .text(text), at: added - 1)
                    case .move(let number, let place):
                        return .moveItem(Field.Meeting.agenda, try item(number, items), to: place - 1)
                    case .remove(let number): return .removeItem(Field.Meeting.agenda, try item(number, items))
                    }
                }
                guard let log = try store.log(of: id) else { throw ReplicaError.unknownID(id.description) }
                _ = try store.saveInTransaction([RecordEdit(log: log, target: .existing(id), fields: fields)])
                return try store.stored(id) != before
            }
        }
    }

    private func item(_ number: Int, _ items: [ElementID]) throws -> ElementID {
        guard items.indices.contains(number - 1) else { throw ReplicaError.noSuchItem(number, of: items.count) }
        return items[number - 1]
    }

    // MARK: Rounds

    /// The rounds that were closed before this one, of the same area or of none, the latest first: what was learnt.
    public func roundsBefore(_ id: RecordID) throws(ReplicaError) -> [RecordView] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                let round = try view(id, &people)
                let start = round.text(Field.Round.startsOn)
                return try listed(.round, RecordRequest()).map { try view($0.id, in: $0.log, &people) }.filter { other in
                    let area = other.text(Field.Round.area), closed = other.text(Field.Round.closedOn)
                    let isBefore = start.isEmpty ? other.createdAt < round.createdAt : closed <= start
                    return other.id != id && !closed.isEmpty && isBefore
                        && (area.isEmpty || area == round.text(Field.Round.area))
                }
            }
        }
    }
}
