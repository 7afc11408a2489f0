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
        return switch operation {
        case .insert(_, let left, let right, let text):
            TextPieces(
                inserts: [
                    .init(
                        first: element, left: left.map(resolve), right: right.map(resolve),
                        scalars: Array(text.unicodeScalars))
                ], deletes: [])
        case .delete(_, let runs):
            TextPieces(inserts: [], deletes: runs.map { .init(first: resolve($0.first), count: $0.count) })
        default: TextPieces(inserts: [], deletes: [])
        }
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
    func listed(_ id: RecordID, _ judged: [Judged], collection: CollectionNumber, creator: RecordID?)
        -> [ListedOperation]
    {
        let definition = schema[collection]
        return judged.flatMap { item -> [ListedOperation] in
            guard case .payload(let payload, let points) = item.block.content, !points.isEmpty else { return [] }
            var verdict = item.standing
            if payload.collection != collection, case .counts = verdict { verdict = .masked(.malformed) }
            let context = BlockContext(block: item.block, points: points)
            var offset: UInt32 = 0
            var listed: [ListedOperation] = []
            for operation in payload.operations {
                listed.append(
                    ListedOperation(
                        block: item.block, element: ElementID(point: item.block.point, offset: offset),
                        operation: operation,
                        masked: Self.objection(to: operation, id, definition, verdict, creator),
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
        return JoinFold.isAboutJoining(operation)
    }

    private static func objection(
        to operation: Operation, _ id: RecordID, _ definition: CollectionDefinition?, _ verdict: Standing,
        _ creator: RecordID?
    ) -> QuarantineReason? {
        if let field = operation.field.flatMap({ definition?.field($0) }) {
            return Fields.objection(to: operation, field, verdict, creator)
        }
        if case .masked(let reason) = verdict { return reason }
        switch operation {
        case .same(let other, _): return definition?.isJoinable != true || other == id ? .malformed : nil
        case .apart: return definition?.isJoinable != true ? .malformed : nil
        default: return nil
        }
    }
}
