import StoepMerge
import StoepModel

/// Turns what a person meant into a payload: operations, and the table through which they name elements.
struct OperationBuilder {
    /// The chain that the change will stand in: its earlier changes are named by number alone.
    let own: ActorID
    let ownSeq: UInt64
    private(set) var table: [TableEntry] = []
    private(set) var operations: [Operation] = []
    private var entries: [ChangePoint: UInt32] = [:]

    init(own: ActorID, ownSeq: UInt64) {
        self.own = own
        self.ownSeq = ownSeq
    }

    mutating func apply(_ edit: FieldEdit, to state: RecordState, sequence: (FieldNumber) throws -> TextSequence) rethrows {
        switch edit {
        case .set(let field, let value):
            if case .register(let values)? = state[field] {
                // Written again as it is, with nothing competing: no change.
                if values.count == 1, values[0].value == value { return }
                operations.append(.write(field, value, overwrites: values.map { reference($0.element) }))
            } else {
                operations.append(.write(field, value, overwrites: []))
            }
        case .add(let field, let values):
            let held = Set(state.members(field).map(\.value))
            for value in values where !held.contains(value) { operations.append(.add(field, value)) }
        case .remove(let field, let values):
            let adds = state.members(field).filter { values.contains($0.value) }.flatMap(\.adds)
            if !adds.isEmpty { operations.append(.remove(field, adds: adds.map { reference($0) })) }
        case .text(let field, let text):
            let old = state.text(field)
            guard !old.utf8.elementsEqual(text.utf8) else { return }
            if old.isEmpty, state[field] == nil, state.creation == nil {
                if !text.isEmpty { operations.append(.insert(field, left: nil, right: nil, text: text)) }
                return
            }
            rewrite(field, text, in: try sequence(field))
        case .textEdited(let field, let text, let opened):
            rewrite(field, text, in: opened)
        case .operation(let operation):
            append(operation)
        }
    }

    private mutating func rewrite(_ field: FieldNumber, _ text: String, in sequence: TextSequence) {
        let edits = TextDiff.edits(from: sequence.scalars, to: Array(text.unicodeScalars))
        for operation in sequence.operations(for: edits).operations(on: field) { append(operation) }
    }

    private mutating func append(_ operation: ElementOperation) {
        switch operation {
        case .write(let field, let value, let overwrites):
            operations.append(.write(field, value, overwrites: overwrites.map { reference($0) }))
        case .add(let field, let value):
            operations.append(.add(field, value))
        case .remove(let field, let adds):
            operations.append(.remove(field, adds: adds.map { reference($0) }))
        case .insert(let field, let insert):
            var run = String.UnicodeScalarView()
            run.append(contentsOf: insert.scalars)
            operations.append(
                .insert(
                    field, left: insert.left.map { reference($0) }, right: insert.right.map { reference($0) },
                    text: String(run)))
        case .delete(let field, let deletes):
            operations.append(
                .delete(field, runs: deletes.map { ElementRun(first: reference($0.first), count: $0.count) }))
        case .same(let other, let saw):
            operations.append(.same(other, saw: saw.map { reference($0) }))
        case .apart(let edges):
            operations.append(.apart(edges: edges.map { reference($0) }))
        }
    }

    private mutating func reference(_ element: ElementID) -> ElementReference {
        if let entry = entries[element.point] { return ElementReference(entry: entry, offset: element.offset) }
        let entry = UInt32(table.count)
        let point = element.point
        table.append(point.actor == own && point.seq < ownSeq ? .own(seq: point.seq) : .other(point))
        entries[point] = entry
        return ElementReference(entry: entry, offset: element.offset)
    }
}
