import StoepModel

/// An operation that names elements by their ids: what is to be said, before there is a payload with a table to say it
/// through.
package enum ElementOperation: Sendable, Hashable {
    case write(FieldNumber, Value, overwrites: [ElementID])
    case add(FieldNumber, Value)
    case remove(FieldNumber, adds: [ElementID])
    case edit(FieldNumber, TextOperations)
    case count(FieldNumber, Int64)
    case move(FieldNumber, item: ElementID, left: ElementID?, right: ElementID?)
    case assign(FieldNumber, item: ElementID, Value, overwrites: [ElementID])
    case same(RecordID, saw: [ElementID])
    case apart(edges: [ElementID])

    /// The same as a payload says it.
    /// - Parameter reference: an element by the payload's table, which may have to be given its change first.
    package func operation(_ reference: (ElementID) -> ElementReference) -> Operation {
        switch self {
        case .write(let field, let value, let overwrites):
            .write(field, value, overwrites: overwrites.map(reference))
        case .add(let field, let value): .add(field, value)
        case .remove(let field, let adds): .remove(field, adds: adds.map(reference))
        case .edit(let field, let text): .edit(field, text.delta(reference))
        case .count(let field, let delta): .count(field, delta)
        case .move(let field, let item, let left, let right):
            .move(field, item: reference(item), left: left.map(reference), right: right.map(reference))
        case .assign(let field, let item, let value, let overwrites):
            .assign(field, item: reference(item), value, overwrites: overwrites.map(reference))
        case .same(let other, let saw): .same(other, saw: saw.map(reference))
        case .apart(let edges): .apart(edges: edges.map(reference))
        }
    }
}
