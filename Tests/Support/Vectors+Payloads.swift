import StoepModel
import StoepWire

extension Vectors {
    /// Payloads: every kind of operation, and what a decoder refuses of each.
    static func payloads() throws -> [Vector] {
        try operations() + refusedOperations() + columns()
    }

    static let point = ChangePoint(
        actor: ActorID(Bytes16(high: 0x1111_1111_1111_1111, low: 0x2222_2222_2222_2222)), seq: 9,
        check: 0x0102_0304_0506_0708)
    static let other = RecordID(Bytes16(high: 0x6061_6263_6465_6667, low: 0x6869_6a6b_6c6d_6e6f))

    private static func reference(_ entry: UInt32, _ offset: UInt32) -> ElementReference {
        ElementReference(entry: entry, offset: offset)
    }

    private static func operations() throws -> [Vector] {
        let field = FieldNumber(rawValue: 1)
        let table: [TableEntry] = [.own(seq: 3), .other(point)]
        let cases: [(String, String, String?, [TableEntry], [Operation])] = [
            ("empty", "nothing but the collection", nil, [], []),
            ("key", "a record with a natural key comes into being", "groen", [], []),
            ("write", "a register's first value", nil, [], [.write(field, .text("open"), overwrites: [])]),
            (
                "write-over", "a value in place of two others, a change of its own chain and another's", nil, table,
                [.write(field, .integer(.min), overwrites: [reference(0, 1), reference(1, 0)])]
            ),
            ("values", "a value of every type", nil, [], [
                .add(field, .bool(true)), .add(field, .integer(-1)), .add(field, .text("")), .add(field, .bytes([0])),
                .add(field, .record(other)),
            ]),
            ("remove", "a set loses what an add gave it", nil, table, [.remove(field, adds: [reference(1, 4)])]),
            ("remove-nothing", "a set loses nothing", nil, [], [.remove(field, adds: [])]),
            ("count", "a counter, to the least number", nil, [], [.count(field, .min), .count(field, .max)]),
            ("list", "an item is placed, moved, given a value", nil, table, [
                .place(field, left: nil, right: reference(1, 0), .text("a")),
                .move(field, item: reference(0, 0), left: reference(2, 0), right: nil),
                .assign(field, item: reference(0, 0), .text("b"), overwrites: [reference(0, 0)]),
            ]),
            ("delete", "a record is deleted as its author saw it", nil, table, [.deleteRecord(heads: [0, 1])]),
            ("erase", "a record is erased, and nothing of it kept", nil, [], [.eraseRecord(successor: nil)]),
            ("erase-for", "a record is erased, and something of it kept", nil, [], [.eraseRecord(successor: other)]),
            ("same", "two records are the same", nil, [], [.same(other, saw: [])]),
            ("apart", "they are not", nil, table, [.apart(edges: [reference(0, 0)])]),
            ("edit", "a text begins", nil, [], [.edit(field, TextDelta(beginning: "groen 🌳"))]),
            ("edit-nothing", "an edit of nothing", nil, [], [.edit(field, TextDelta(beginning: ""))]),
            ("edit-behind", "an exclamation mark behind an element, and five elements go", nil, [.own(seq: 1)], [
                .edit(
                    field,
                    TextDelta(
                        inserts: [.init(left: .init(entry: 1, offset: 12), right: nil, count: 1)],
                        deletes: [.init(first: .init(entry: 1, offset: 3), count: 5)], text: "!", scalarCount: 1))
            ]),
            ("unknown-kind", "an operation of a later version, carried as it is", nil, [], [.unknown([0x82, 0x0d, 0x80])]),
        ]
        return try cases.map { name, about, key, table, operations in
            let payload = Payload(collection: .conversation, key: key, table: table, operations: operations)
            return Vector("payload-" + name, .payload, about, bytes: try payload.encoded())
        }
    }

    /// `[32, null, table, [operation]]` around an operation, in hexadecimal.
    private static func refused(
        _ name: String, _ expect: String, _ about: String, operation: String, table: String = "8103"
    ) -> Vector {
        Vector("payload-" + name, .payload, expect, about, content: "841820f6\(table)81\(operation)")
    }

    private static func refusedOperations() -> [Vector] {
        [
            refused("kind-0", "malformed", "there is no operation 0", operation: "8100"),
            refused("write-short", "malformed", "a write without a value", operation: "820101"),
            refused("write-long", "malformed", "a write with an item too many", operation: "850101f581820000" + "00"),
            refused("write-odd", "malformed", "a reference of one number", operation: "840101f58100"),
            refused("write-overwrites-nothing", "malformed", "the list of what is overwritten is left out where empty",
                operation: "840101f580"),
            refused("add-null", "wrong-type", "null is no value", operation: "830201f6"),
            refused("remove-no-list", "wrong-type", "what is removed is a list", operation: "83030100"),
            refused("beyond-table", "malformed", "an entry beyond the one past the table", operation: "830301820200"),
            refused("count-text", "wrong-type", "a counter counts numbers", operation: "8305016161"),
            refused("count-beyond", "too-large", "a delta beyond 64 bits", operation: "8305011b8000000000000000"),
            refused("place-short", "malformed", "a place without a value", operation: "840601f6f6"),
            refused("delete-nothing", "malformed", "a delete names at least one point", operation: "820980"),
            refused("delete-order", "not-ascending", "the points of a delete ascend", operation: "8209820100", table: "820304"),
            refused("erase-short", "malformed", "an erasure says whether anything was kept", operation: "810a"),
            refused("same-short", "malformed", "a same without the partings", operation: "820b50" + other.description),
            refused("apart-long", "malformed", "an apart with an item too many", operation: "830c8080"),
            refused("operation-number", "wrong-type", "an operation is an array", operation: "01"),
            refused("operation-empty", "malformed", "an operation has a kind", operation: "80"),
            Vector("payload-short", .payload, "malformed", "a payload has four items", content: "831820f680"),
            Vector("payload-collection", .payload, "too-large", "a collection has 32 bits", content: "841b0000000100000000f68080"),
            Vector("payload-table-0", .payload, "malformed", "seq counts from 1", content: "841820f6810080"),
            Vector("payload-behind", .payload, "trailing-bytes", "an item behind the payload", content: "841820f6808000"),
        ]
    }

    /// The columns of an edit: what says the same in another way is refused.
    private static func columns() -> [Vector] {
        func edit(_ name: String, _ about: String, columns: String, text: String) -> Vector {
            let columnBytes = Hex.decode(columns) ?? []
            let bytes = cbor { writer in
                writer.array(4)
                writer.unsigned(32)
                writer.null()
                writer.array(1)
                writer.unsigned(1)
                writer.array(1)
                writer.array(4)
                writer.unsigned(4)
                writer.unsigned(1)
                writer.bytes(columnBytes)
                writer.text(text)
            }
            return Vector("columns-" + name, .payload, "malformed", about, bytes: bytes)
        }
        return [
            edit("zero-at-end", "zeros at the very end are left out", columns: "00", text: "a"),
            edit("long-number", "a number in more bytes than it needs", columns: "8000", text: "ab"),
            edit("more-runs-than-text", "two runs of one scalar", columns: "01", text: "a"),
            edit("behind", "numbers behind the last column", columns: "000000000001", text: "a"),
            edit("element-not-made", "an anchor in this edit that is not made yet", columns: "000205", text: "ab"),
            edit("beyond-table", "an anchor in an entry that is not there", columns: "000803", text: "a"),
            edit("no-end", "a number that never ends", columns: "80", text: "a"),
        ]
    }
}
