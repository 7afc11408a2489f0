import Glibc

/// Prepared statements by their text.
struct StatementCache {
    /// More texts than this come only from SQL put together at run time; then the cache starts again.
    static let capacity = 256

    private var statements: [Key: Statement] = [:]

    subscript(sql: String) -> Statement? { statements[Key(text: sql)] }

    mutating func keep(_ statement: Statement) {
        if statements.count >= Self.capacity { statements.removeAll(keepingCapacity: true) }
        statements[Key(text: statement.sql)] = statement
    }

    mutating func removeAll() {
        statements.removeAll()
    }

    /// A text compared as bytes: to `String` two literals in different normal forms are the same SQL.
    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool {
            let same = left.text.utf8.withContiguousStorageIfAvailable { one in
                right.text.utf8.withContiguousStorageIfAvailable { other in
                    one.count == other.count && (one.isEmpty || memcmp(one.baseAddress!, other.baseAddress!, one.count) == 0)
                }
            }
            return (same ?? nil) ?? left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            let hashed: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
                hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            }
            if hashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
        }
    }
}
