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

        /// Its length and its end, in which two statements seldom agree: hashing all of a text takes as long as many a
        /// statement.
        func hash(into hasher: inout Hasher) {
            hasher.combine(text.utf8.count)
            let hashed: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
                hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes.suffix(16))))
            }
            if hashed == nil { for byte in text.utf8.suffix(16) { hasher.combine(byte) } }
        }
    }
}
