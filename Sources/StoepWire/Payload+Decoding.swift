import StoepModel

extension Payload {
    /// Decodes what `encoded` writes, and nothing else: it encodes to the same bytes again.
    /// - Parameter kinds: the highest kind of operation that is known; what is above it is carried untouched.
    package init(decoding bytes: [UInt8], kinds: UInt64 = .max) throws(WireError) {
        guard bytes.count <= Limits.payloadBytes else { throw .tooLarge("payload", at: 0) }
        var reader = CBORReader(bytes)
        try reader.array("payload", exactly: 4)
        let collection = CollectionNumber(rawValue: try reader.unsigned32("collection"))
        let key = reader.null() ? nil : try reader.text("key", atMost: Limits.shortTextBytes)
        let entries = try reader.array("table", atMost: Limits.references)
        var table: [TableEntry] = []
        table.reserveCapacity(entries)
        for _ in 0..<entries { table.append(try reader.tableEntry()) }
        let count = try reader.array("operations", atMost: Limits.operations)
        var operations: [Operation] = []
        operations.reserveCapacity(count)
        for _ in 0..<count { operations.append(try reader.operation(table: entries, kinds)) }
        try reader.finish()
        self.init(collection: collection, key: key, table: table, operations: operations)
        try checkTextBounds(at: bytes.count)
    }

    /// The collection that a payload names, read without the rest; nil where the bytes do not begin like a payload.
    package static func collection(of bytes: [UInt8]) -> CollectionNumber? {
        var reader = CBORReader(bytes)
        guard (try? reader.array("payload", exactly: 4)) != nil else { return nil }
        return (try? reader.unsigned32("collection")).map { CollectionNumber(rawValue: $0) }
    }
}

extension CBORReader {
    fileprivate mutating func tableEntry() throws(WireError) -> TableEntry {
        var ahead = self
        guard try ahead.head().kind == .array else { return .own(seq: try seq()) }
        return .other(try point())
    }

    /// `table` is how many entries there are; the entry one past them is the change itself.
    fileprivate mutating func operation(table: Int, _ kinds: UInt64) throws(WireError) -> Operation {
        let start = offset
        let count = try array("operation", atMost: Limits.operations)
        guard count > 0 else { throw .malformed("operation", at: start) }
        let number = try unsigned("operation kind")
        guard number <= kinds, let kind = OperationKind(rawValue: number) else {
            guard number > 0 else { throw .malformed("operation kind", at: start) }
            // The payload, its operations and this one enclose the items.
            for _ in 1..<count { try skip(depth: 3) }
            return .unknown(Array(slice(start..<offset)))
        }
        let admitted =
            switch kind {
            case .write: 3...4
            case .add, .remove, .count, .same: 3...3
            case .edit: 4...4
            case .place, .move: 5...5
            case .assign: 4...5
            case .deleteRecord, .eraseRecord, .apart: 2...2
            }
        guard admitted.contains(count) else { throw .malformed("operation", at: start) }
        return try operation(kind, of: count, table)
    }

    private mutating func operation(_ kind: OperationKind, of count: Int, _ table: Int) throws(WireError) -> Operation {
        switch kind {
        case .write:
            let field = try field()
            let value = try value()
            return .write(field, value, overwrites: count == 4 ? try references(table, least: 1) : [])
        case .add:
            return .add(try field(), try value())
        case .remove:
            return .remove(try field(), adds: try references(table, least: 0))
        case .edit:
            return .edit(try field(), try textDelta(table: table))
        case .count:
            return .count(try field(), try signed("count"))
        case .place:
            let field = try field()
            let left = try neighbour(table)
            return .place(field, left: left, right: try neighbour(table), try value())
        case .move:
            let field = try field()
            let item = try item(table)
            let left = try neighbour(table)
            return .move(field, item: item, left: left, right: try neighbour(table))
        case .assign:
            let field = try field()
            let item = try item(table)
            let value = try value()
            return .assign(field, item: item, value, overwrites: count == 5 ? try references(table, least: 1) : [])
        case .deleteRecord:
            return .deleteRecord(heads: try heads(table))
        case .eraseRecord:
            return .eraseRecord(successor: null() ? nil : RecordID(try bytes16("successor")))
        case .same:
            let other = RecordID(try bytes16("record"))
            return .same(other, saw: try references(table, least: 0))
        case .apart:
            return .apart(edges: try references(table, least: 0))
        }
    }

    private mutating func field() throws(WireError) -> FieldNumber {
        FieldNumber(rawValue: try unsigned32("field"))
    }

    /// Entries of the table, strictly ascending, at least one.
    private mutating func heads(_ table: Int) throws(WireError) -> [UInt32] {
        let start = offset
        let count = try array("heads", atMost: Limits.references)
        guard count > 0 else { throw .malformed("heads", at: start) }
        var out: [UInt32] = []
        out.reserveCapacity(count)
        for _ in 0..<count {
            let at = offset
            let entry = try unsigned32("entry")
            guard Int(entry) <= table else { throw .malformed("entry", at: at) }
            if let last = out.last, entry <= last { throw .notAscending("heads", at: at) }
            out.append(entry)
        }
        return out
    }

    private mutating func item(_ table: Int) throws(WireError) -> ElementReference {
        try array("item", exactly: 2)
        return try reference(table)
    }

    /// A value of a register or a set.
    package mutating func value() throws(WireError) -> Value {
        let head = try head()
        switch head.kind {
        case .bool: return .bool(head.argument == 1)
        case .unsigned, .negative:
            guard let magnitude = Int64(exactly: head.argument) else { throw .tooLarge("value", at: head.start) }
            return .integer(head.kind == .unsigned ? magnitude : ~magnitude)
        case .text: return .text(try text(head, "value", atMost: Limits.valueBytes))
        case .bytes: return .bytes(Array(slice(try content(head, "value", atMost: Limits.valueBytes))))
        case .array:
            guard head.argument == 1 else { throw .malformed("value", at: head.start) }
            return .record(RecordID(try bytes16("record")))
        case .map: throw .notInProfile("map", at: head.start)
        case .null: throw .wrongType(expected: "value", at: head.start)
        }
    }

    private mutating func references(_ table: Int, least: Int) throws(WireError) -> [ElementReference] {
        let start = offset
        let count = try array("references", atMost: 2 * Limits.references)
        guard count % 2 == 0, count >= 2 * least else { throw .malformed("references", at: start) }
        var out: [ElementReference] = []
        out.reserveCapacity(count / 2)
        for _ in 0..<count / 2 { out.append(try reference(table)) }
        return out
    }

    private mutating func neighbour(_ table: Int) throws(WireError) -> ElementReference? {
        if null() { return nil }
        try array("neighbour", exactly: 2)
        return try reference(table)
    }

    private mutating func reference(_ table: Int) throws(WireError) -> ElementReference {
        let start = offset
        let entry = try unsigned32("entry")
        guard Int(entry) <= table else { throw .malformed("entry", at: start) }
        return ElementReference(entry: entry, offset: try unsigned32("offset"))
    }
}
