import StoepModel

/// The canonical bytes of a payload (`Protocol/README.md`, Payload):
/// `[collection, key / null, [table entry…], [operation…]]`.
extension Payload {
    /// Refuses what every other replica would refuse, so that nothing is committed to that cannot travel. A reference
    /// outside the table is a broken invariant of ours.
    package func encoded() throws(WireError) -> [UInt8] {
        var writer = CBORWriter(reserving: 64 + 48 * operations.count)
        writer.array(4)
        writer.unsigned(UInt64(collection.rawValue))
        if let key {
            try bound(key.utf8.count, Limits.shortTextBytes, "key", writer)
            writer.text(key)
        } else {
            writer.null()
        }
        try bound(table.count, Limits.references, "table", writer)
        writer.array(table.count)
        for entry in table {
            switch entry {
            case .own(let seq): writer.unsigned(seq)
            case .other(let point): writer.point(point)
            }
        }
        try bound(operations.count, Limits.operations, "operations", writer)
        writer.array(operations.count)
        for operation in operations { try write(operation, to: &writer) }
        try bound(writer.count, Limits.payloadBytes, "payload", writer)
        try checkTextBounds(at: writer.count)
        return writer.bytes
    }

    private func write(_ operation: Operation, to writer: inout CBORWriter) throws(WireError) {
        switch operation {
        case .write(let field, let value, let overwrites):
            head(overwrites.isEmpty ? 3 : 4, .write, field, &writer)
            try writer.value(value)
            if !overwrites.isEmpty { try write(overwrites, to: &writer) }
        case .add(let field, let value):
            head(3, .add, field, &writer)
            try writer.value(value)
        case .remove(let field, let adds):
            head(3, .remove, field, &writer)
            try write(adds, to: &writer)
        case .edit(let field, let delta):
            head(4, .edit, field, &writer)
            try bound(delta.inserts.count, Limits.references, "inserts", writer)
            try bound(delta.deletes.count, Limits.references, "deletes", writer)
            writer.bytes(delta.columns(table: table.count))
            writer.text(delta.text)
        case .count, .place, .move, .assign, .deleteRecord, .eraseRecord, .same, .apart:
            try writeLater(operation, to: &writer)
        case .unknown(let bytes):
            writer.raw(bytes)
        }
    }

    /// Counters, lists, the record as a whole, and what it is joined with.
    private func writeLater(_ operation: Operation, to writer: inout CBORWriter) throws(WireError) {
        switch operation {
        case .count(let field, let delta):
            head(3, .count, field, &writer)
            writer.signed(delta)
        case .place(let field, let left, let right, let value):
            head(5, .place, field, &writer)
            neighbour(left, &writer)
            neighbour(right, &writer)
            try writer.value(value)
        case .move(let field, let item, let left, let right):
            head(5, .move, field, &writer)
            neighbour(item, &writer)
            neighbour(left, &writer)
            neighbour(right, &writer)
        case .assign(let field, let item, let value, let overwrites):
            head(overwrites.isEmpty ? 4 : 5, .assign, field, &writer)
            neighbour(item, &writer)
            try writer.value(value)
            if !overwrites.isEmpty { try write(overwrites, to: &writer) }
        case .deleteRecord(let heads):
            try bound(heads.count, Limits.references, "heads", writer)
            precondition(
                !heads.isEmpty && heads.allSatisfy { Int($0) <= table.count }
                    && zip(heads, heads.dropFirst()).allSatisfy(<), "heads that no table has, or out of order")
            writer.array(2)
            writer.unsigned(OperationKind.deleteRecord.rawValue)
            writer.array(heads.count)
            for head in heads { writer.unsigned(UInt64(head)) }
        case .eraseRecord(let successor):
            writer.array(2)
            writer.unsigned(OperationKind.eraseRecord.rawValue)
            if let successor { writer.bytes(successor.raw) } else { writer.null() }
        case .same(let other, let saw):
            writer.array(3)
            writer.unsigned(OperationKind.same.rawValue)
            writer.bytes(other.raw)
            try write(saw, to: &writer)
        case .apart(let edges):
            writer.array(2)
            writer.unsigned(OperationKind.apart.rawValue)
            try write(edges, to: &writer)
        case .write, .add, .remove, .edit, .unknown:
            preconditionFailure("written with the earlier kinds")
        }
    }

    private func neighbour(_ element: ElementReference?, _ writer: inout CBORWriter) {
        guard let element else { return writer.null() }
        writer.array(2)
        reference(element, &writer)
    }

    private func head(
        _ count: Int, _ kind: OperationKind, _ field: FieldNumber, _ writer: inout CBORWriter
    ) {
        writer.array(count)
        writer.unsigned(kind.rawValue)
        writer.unsigned(UInt64(field.rawValue))
    }

    private func write(_ references: [ElementReference], to writer: inout CBORWriter) throws(WireError) {
        try bound(references.count, Limits.references, "references", writer)
        writer.array(2 * references.count)
        for one in references { reference(one, &writer) }
    }

    private func reference(_ element: ElementReference, _ writer: inout CBORWriter) {
        precondition(Int(element.entry) <= table.count, "a reference outside its table")
        writer.unsigned(UInt64(element.entry))
        writer.unsigned(UInt64(element.offset))
    }

    private func bound(_ count: Int, _ limit: Int, _ what: String, _ writer: CBORWriter) throws(WireError) {
        guard count <= limit else { throw .tooLarge(what, at: writer.count) }
    }

    /// Scalars are counted only where there are bytes enough for too many of them.
    func checkTextBounds(at offset: Int) throws(WireError) {
        guard offset > Limits.textScalars else { return }
        var bytes = 0
        for operation in operations {
            if case .edit(_, let delta) = operation { bytes += delta.text.utf8.count }
        }
        guard bytes > Limits.textScalars else { return }
        var scalars: [FieldNumber: Int] = [:]
        for operation in operations {
            if case .edit(let field, let delta) = operation { scalars[field, default: 0] += Int(delta.scalarCount) }
        }
        guard scalars.values.allSatisfy({ $0 <= Limits.textScalars }) else { throw .tooLarge("text", at: offset) }
    }
}

extension Payload {
    /// Where the text of the payload's first edit begins: there a segment cuts it. The end, where there is none or the
    /// bytes are those of something newer.
    static func textStart(in bytes: [UInt8]) -> Int {
        (try? firstText(in: bytes)) ?? bytes.count
    }

    private static func firstText(in bytes: [UInt8]) throws(WireError) -> Int? {
        var reader = CBORReader(bytes)
        try reader.array("payload", exactly: 4)
        for _ in 0..<3 { try reader.skip(depth: 1, checkingText: false) }
        for _ in 0..<(try reader.array("operations", atMost: Limits.operations)) {
            let count = try reader.array("operation", atMost: Limits.operations)
            let kind = OperationKind(rawValue: try reader.unsigned("operation kind"))
            // An edit ends with its text.
            for _ in 1..<max(1, kind == .edit ? count - 1 : count) { try reader.skip(depth: 3, checkingText: false) }
            if kind == .edit { return reader.offset }
        }
        return nil
    }
}

/// The first item of an operation. Numbers that are not among them are of a later version, and are carried untouched.
enum OperationKind: UInt64, CaseIterable {
    case write = 1
    case add = 2
    case remove = 3
    case edit = 4
    case count = 5
    case place = 6
    case move = 7
    case assign = 8
    case deleteRecord = 9
    case eraseRecord = 10
    case same = 11
    case apart = 12
}

extension CBORWriter {
    /// A value of a register or a set, as a payload carries it.
    package mutating func value(_ value: Value) throws(WireError) {
        switch value {
        case .bool(let value): bool(value)
        case .integer(let value): signed(value)
        case .text(let value):
            guard value.utf8.count <= Limits.valueBytes else { throw .tooLarge("value", at: count) }
            text(value)
        case .bytes(let value):
            guard value.count <= Limits.valueBytes else { throw .tooLarge("value", at: count) }
            bytes(value)
        case .record(let id):
            array(1)
            bytes(id.raw)
        }
    }
}
