import StoepModel

/// An operation that names elements by their ids: what is to be said, before there is a payload with a table to say it
/// through.
package enum ElementOperation: Sendable, Hashable {
    case write(FieldNumber, Value, overwrites: [ElementID])
    case add(FieldNumber, Value)
    case remove(FieldNumber, adds: [ElementID])
    case insert(FieldNumber, TextOperations.Insert)
    case delete(FieldNumber, [TextOperations.Delete])
    case same(RecordID, saw: [ElementID])
    case apart(edges: [ElementID])
}

extension TextOperations {
    /// The same for a field.
    package func operations(on field: FieldNumber) -> [ElementOperation] {
        inserts.map { .insert(field, $0) } + (deletes.isEmpty ? [] : [.delete(field, deletes)])
    }
}
