import CSQLite

/// The row a statement stands on: it lives for the length of the closure that it is given to.
///
/// Columns count from 0. A read converts as SQLite does (null is 0, "" or no bytes), so tables should be
/// STRICT and a column that may be null is asked `isNull` or read with an `…IfPresent`.
package struct Row: ~Copyable {
    let statement: OpaquePointer

    package var columnCount: Int { Int(sqlite3_column_count(statement)) }

    package func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(statement, checked(column)) == SQLITE_NULL
    }

    package func int64(_ column: Int) -> Int64 {
        sqlite3_column_int64(statement, checked(column))
    }

    /// The text, byte for byte. Bytes that are not UTF-8, which only a damaged file holds, become U+FFFD.
    package func string(_ column: Int) -> String {
        let column = checked(column)
        // The pointer first: asking for the length of another representation would convert it.
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int) -> [UInt8] {
        withUnsafeBlob(column) { [UInt8]($0) }
    }

    /// Lends the bytes of a blob or text without copying them.
    package func withBlob<Result, Failure: Error>(
        _ column: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBlob(column) { bytes throws(Failure) in try body(bytes.bytes) }
    }

    /// As `withBlob`, for what takes a pointer. It is valid inside `body` only.
    package func withUnsafeBlob<Result, Failure: Error>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let column = checked(column)
        guard let bytes = sqlite3_column_blob(statement, column) else {
            return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try body(
            UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
    }

    package func int64IfPresent(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }
    package func stringIfPresent(_ column: Int) -> String? { isNull(column) ? nil : string(column) }
    package func blobIfPresent(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The value with the type that it has in this row; a real, which no table of ours holds, as an integer.
    package func value(_ column: Int) -> SQLValue {
        switch sqlite3_column_type(statement, checked(column)) {
        case SQLITE_NULL: .null
        case SQLITE_TEXT: .text(string(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .integer(int64(column))
        }
    }

    /// SQLite answers null for a column that is not there; a wrong index is our own mistake and says so.
    private func checked(_ column: Int) -> Int32 {
        precondition(
            column >= 0 && column < Int(sqlite3_column_count(statement)), "column \(column) is not in the row")
        return Int32(truncatingIfNeeded: column)
    }
}
