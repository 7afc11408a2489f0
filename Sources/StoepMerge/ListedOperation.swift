import StoepModel

/// One operation of a record, its references resolved, in its place in the total order: what history and undo look at.
/// The fold is another way through the same blocks, made to be quick.
struct ListedOperation {
    let block: RecordBlock
    let element: ElementID
    let operation: Operation
    /// Why it does not count; nil where it does.
    let masked: QuarantineReason?
    /// Whether this version knows the operation, and the field that it is about.
    let isKnown: Bool
    private let context: BlockContext

    init(
        block: RecordBlock, element: ElementID, operation: Operation, masked: QuarantineReason?, isKnown: Bool,
        context: BlockContext
    ) {
        self.block = block
        self.element = element
        self.operation = operation
        self.masked = masked
        self.isKnown = isKnown
        self.context = context
    }

    func resolve(_ reference: ElementReference) -> ElementID { context.resolve(reference) }

    /// What it does to a text, if it does anything to one.
    var text: TextPieces {
        guard isKnown else { return TextPieces(inserts: [], deletes: []) }
        guard case .edit(_, let delta) = operation else { return TextPieces(inserts: [], deletes: []) }
        func resolve(_ anchor: TextDelta.Anchor) -> ElementID {
            anchor.entry == 0
                ? ElementID(point: element.point, offset: element.offset &+ anchor.offset)
                : context.resolve(ElementReference(entry: anchor.entry - 1, offset: anchor.offset))
        }
        var rest = Array(delta.text.unicodeScalars)[...]
        var offset = element.offset
        let inserts = delta.inserts.map { insert in
            defer {
                rest = rest.dropFirst(Int(insert.count))
                offset &+= insert.count
            }
            return TextPieces.Insert(
                first: ElementID(point: element.point, offset: offset), left: insert.left.map(resolve),
                right: insert.right.map(resolve), scalars: Array(rest.prefix(Int(insert.count))))
        }
        return TextPieces(
            inserts: inserts, deletes: delta.deletes.map { .init(first: resolve($0.first), count: $0.count) })
    }
}

/// Runs that come and go in a text.
struct TextPieces {
    struct Insert {
        let first: ElementID
        let left: ElementID?
        let right: ElementID?
        let scalars: [Unicode.Scalar]

        var ids: [ElementID] {
            scalars.indices.compactMap { index in
                let (offset, overflow) = first.offset.addingReportingOverflow(UInt32(clamping: index))
                return overflow ? nil : ElementID(point: first.point, offset: offset)
            }
        }
    }

    var inserts: [Insert]
    var deletes: [TextOperations.Delete]
    var isEmpty: Bool { inserts.isEmpty && deletes.isEmpty }
}

extension RecordFold {
    /// All that the blocks say, in the total order.
    /// - Parameter state: what they fold to; nothing is listed of what is nobody's or erased.
    func listed(_ judged: [Judged], of state: RecordState) -> [ListedOperation] {
        guard let collection = state.collection else { return [] }
        let definition = schema[collection]
        // What the fold objects to in single operations; of whole blocks the verdict tells.
        var objections: [ElementID: [UInt32: QuarantineReason]] = [:]
        for entry in state.quarantined {
            guard let offset = entry.offset else { continue }
            objections[ElementID(point: entry.point, offset: entry.block), default: [:]][offset] = entry.reason
        }
        return judged.flatMap { item -> [ListedOperation] in
            guard case .payload(let payload, let points) = item.block.content, !points.isEmpty else { return [] }
            let objections = objections[ElementID(point: item.block.point, offset: item.block.index)] ?? [:]
            var masked = item.quarantined?.reason
            if payload.collection != collection { masked = masked ?? .malformed }
            let context = BlockContext(item.block, points: points)
            var offset: UInt32 = 0
            var listed: [ListedOperation] = []
            for operation in payload.operations {
                listed.append(
                    ListedOperation(
                        block: item.block, element: ElementID(point: item.block.point, offset: offset),
                        operation: operation, masked: masked ?? objections[offset],
                        isKnown: Self.isKnown(operation, definition), context: context))
                let (next, overflow) = offset.addingReportingOverflow(operation.span)
                if overflow { break }
                offset = next
            }
            return listed
        }
    }

    private static func isKnown(_ operation: Operation, _ definition: CollectionDefinition?) -> Bool {
        guard let definition else { return false }
        if let field = operation.field { return definition.field(field) != nil }
        return operation.endsRecord || JoinFold.isAboutJoining(operation)
    }
}
