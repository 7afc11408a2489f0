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
    private var lists: [FieldNumber: ListDraft] = [:]

    init(own: ActorID, ownSeq: UInt64) {
        self.own = own
        self.ownSeq = ownSeq
    }

    /// - Parameters:
    ///   - document: a text field's elements.
    ///   - slots: a list field's slots.
    mutating func apply(
        _ edit: FieldEdit, to state: RecordState, document: (FieldNumber) throws -> TextDocument,
        slots: (FieldNumber) throws -> TextDocument
    ) rethrows {
        switch edit {
        case .count(let field, let delta):
            if delta != 0 { operations.append(.count(field, delta)) }
        case .placeItem(let field, _, _), .moveItem(let field, _, _), .assignItem(let field, _, _),
            .removeItem(let field, _):
            if lists[field] == nil {
                let isNew = state[field] == nil && state.creation == nil
                lists[field] = ListDraft(state.items(field), isNew ? TextDocument() : try slots(field))
            }
            apply(edit, to: field)
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
                if !text.isEmpty { operations.append(.edit(field, TextDelta(beginning: text))) }
                return
            }
            rewrite(field, text, in: try document(field))
        case .textEdited(let field, let text, let opened):
            rewrite(field, text, in: opened)
        case .operation(let operation):
            append(operation)
        }
    }

    private mutating func rewrite(_ field: FieldNumber, _ text: String, in document: TextDocument) {
        var document = document
        let edits = TextDiff.edits(from: document.visibleScalars, to: Array(text.unicodeScalars))
        if !edits.isEmpty { append(.edit(field, document.operations(for: edits))) }
    }

    private mutating func append(_ operation: ElementOperation) {
        operations.append(operation.operation { reference($0) })
    }

    /// The last points that touched the record, of each actor and branch, as one delete.
    mutating func delete(heads: [ChangePoint]) {
        operations.append(.deleteRecord(heads: heads.map { entry($0) }.sorted()))
    }

    mutating func erase(successor: RecordID?) { operations.append(.eraseRecord(successor: successor)) }

    /// All of it as a payload.
    func payload(_ collection: CollectionNumber, key: String?) -> Payload {
        Payload(
            collection: collection, key: key, table: table,
            operations: operations.map { $0.replacing(entry: Self.ownEntry, by: UInt32(table.count)) })
    }

    // MARK: Lists

    /// What an element of this very change is named by until the table is whole: the entry one past it.
    private static let ownEntry = UInt32.max
    /// A check that no change needs: it is known only when the change is hashed.
    private var ownPoint: ChangePoint { ChangePoint(actor: own, seq: ownSeq, check: 0) }

    private mutating func apply(_ edit: FieldEdit, to field: FieldNumber) {
        guard var list = lists[field] else { return }
        let element = ElementID(point: ownPoint, offset: operations.reduce(0) { $0 + $1.span })
        switch edit {
        case .placeItem(_, let value, let index):
            let place = list.place(value, element, at: index)
            operations.append(
                .place(field, left: place.left.map { reference($0) }, right: place.right.map { reference($0) }, value))
        case .moveItem(_, let item, let index):
            guard let place = list.move(item, element, to: index) else { return }
            operations.append(
                .move(
                    field, item: reference(item), left: place.left.map { reference($0) },
                    right: place.right.map { reference($0) }))
        case .assignItem(_, let item, let value):
            guard let overwritten = list.assign(item, value, element) else { return }
            operations.append(
                .assign(field, item: reference(item), value, overwrites: overwritten.map { reference($0) }))
        case .removeItem(_, let item):
            guard let elements = list.remove(item) else { return }
            operations.append(.remove(field, adds: elements.map { reference($0) }))
        default: return
        }
        lists[field] = list
    }

    private mutating func reference(_ element: ElementID) -> ElementReference {
        if element.point == ownPoint { return ElementReference(entry: Self.ownEntry, offset: element.offset) }
        return ElementReference(entry: entry(element.point), offset: element.offset)
    }

    private mutating func entry(_ point: ChangePoint) -> UInt32 {
        if let entry = entries[point] { return entry }
        let entry = UInt32(table.count)
        table.append(point.actor == own && point.seq < ownSeq ? .own(seq: point.seq) : .other(point))
        entries[point] = entry
        return entry
    }
}

extension Operation {
    /// The same with another entry in its references, where it is one of those that name elements of a list.
    fileprivate func replacing(entry old: UInt32, by new: UInt32) -> Operation {
        func replaced(_ one: ElementReference) -> ElementReference {
            one.entry == old ? ElementReference(entry: new, offset: one.offset) : one
        }
        switch self {
        case .place(let field, let left, let right, let value):
            return .place(field, left: left.map(replaced), right: right.map(replaced), value)
        case .move(let field, let item, let left, let right):
            return .move(field, item: replaced(item), left: left.map(replaced), right: right.map(replaced))
        case .assign(let field, let item, let value, let overwrites):
            return .assign(field, item: replaced(item), value, overwrites: overwrites.map(replaced))
        case .remove(let field, let adds):
            return .remove(field, adds: adds.map(replaced))
        default: return self
        }
    }
}
