import CSQLite

/// A prepared statement: bound, stepped and reset any number of times.
///
/// A class, because the connection's cache and the caller share it; the price is one retain a use, which
/// next to a step is not measurable. Owned by the isolation that owns its connection. Arguments that are
/// bound by hand must be stepped and reset before the same SQL is run through the connection, which would
/// use this very statement.
package final class Statement {
    package let sql: String
    let handle: OpaquePointer
    /// It changes nothing in the file (SQLite's own judgement).
    package let isReadOnly: Bool
    private let parameterCount: Int32
    private let state: ConnectionState
    /// Between the first step and the reset: a second user must take another statement.
    private(set) var isRunning = false

    init(handle: OpaquePointer, sql: String, state: ConnectionState) {
        self.handle = handle
        self.sql = sql
        self.state = state
        self.isReadOnly = sqlite3_stmt_readonly(handle) != 0
        self.parameterCount = sqlite3_bind_parameter_count(handle)
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Runs it to its end. Rows, if there are any, are passed over.
    package func run(_ arguments: [SQLValue] = []) throws(SQLiteError) {
        defer { reset() }
        try bind(arguments)
        while try step() {}
    }

    /// Every row, each turned into a `T`.
    package func query<T>(_ arguments: [SQLValue] = [], _ row: (borrowing Row) throws -> T) throws -> [T] {
        defer { reset() }
        try bind(arguments)
        var results: [T] = []
        while try step() {
            results.append(try row(Row(statement: handle)))
        }
        return results
    }

    /// The first row, or nil where there is none.
    package func first<T>(_ arguments: [SQLValue] = [], _ row: (borrowing Row) throws -> T) throws -> T? {
        defer { reset() }
        try bind(arguments)
        return try step() ? try row(Row(statement: handle)) : nil
    }

    /// Every row, with nothing collected.
    package func forEach(_ arguments: [SQLValue] = [], _ row: (borrowing Row) throws -> Void) throws {
        defer { reset() }
        try bind(arguments)
        while try step() { try row(Row(statement: handle)) }
    }

    /// As `forEach`, until `row` says that it has seen enough.
    package func scan(_ arguments: [SQLValue] = [], while row: (borrowing Row) throws -> Bool) throws {
        defer { reset() }
        try bind(arguments)
        while try step(), try row(Row(statement: handle)) {}
    }

    /// Goes to the next row; false at the end. What was bound stays until `reset`.
    package func step() throws(SQLiteError) -> Bool {
        try state.admit(writes: !isReadOnly, sql: sql)
        isRunning = true
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// The row it stands on after `step` said true.
    package func withRow<T>(_ body: (borrowing Row) throws -> T) rethrows -> T {
        try body(Row(statement: handle))
    }

    /// Ready for the next use. Arguments are forgotten as well: somebody's words do not linger in the
    /// cache, and nothing borrowed is left pointing at freed memory.
    package func reset() {
        sqlite3_reset(handle)
        if parameterCount > 0 { sqlite3_clear_bindings(handle) }
        isRunning = false
    }

    private func failure(_ code: Int32) -> SQLiteError {
        let error = SQLiteError.reported(
            by: sqlite3_db_handle(handle), code: code, sql: sql, operation: "step",
            quotesArguments: code & 0xff == SQLITE_ERROR && parameterCount > 0)
        state.note(error, writes: !isReadOnly)
        return error
    }
}

/// Arguments. Positions count from 1, as `?1` does. Text and blobs are copied (SQLITE_TRANSIENT): a small
/// string has no address to lend, and for a body of 380 bytes the copy is lost in the noise of an insert
/// (2 to 3 µs). A large blob can be lent with `bind(borrowed:at:)`.
extension Statement {
    /// All arguments, in order. Their number must be the statement's.
    package func bind(_ arguments: [SQLValue]) throws(SQLiteError) {
        precondition(
            arguments.count == Int(parameterCount),
            "\(arguments.count) arguments for \(parameterCount) parameters in: \(sql)")
        for (index, argument) in arguments.enumerated() {
            try bind(argument, at: index + 1)
        }
    }

    package func bind(_ value: SQLValue, at position: Int) throws(SQLiteError) {
        switch value {
        case .null: try bindNull(at: position)
        case .integer(let value): try bind(value, at: position)
        case .text(let value): try bind(value, at: position)
        case .blob(let value): try bind(value, at: position)
        }
    }

    package func bindNull(at position: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, Int32(truncatingIfNeeded: position)))
    }

    package func bind(_ value: Int64, at position: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, Int32(truncatingIfNeeded: position), value))
    }

    package func bind(_ value: String, at position: Int) throws(SQLiteError) {
        var value = value
        try check(
            value.withUTF8 { bytes in
                // An address even for no bytes: null would bind NULL.
                let start = UnsafeRawPointer(bytes.baseAddress) ?? Self.nothing
                return stoep_sqlite3_bind_text_copied(
                    handle, Int32(truncatingIfNeeded: position), start, UInt64(bytes.count))
            })
    }

    package func bind(_ value: [UInt8], at position: Int) throws(SQLiteError) {
        try check(
            value.withUnsafeBytes { bytes in
                stoep_sqlite3_bind_blob_copied(
                    handle, Int32(truncatingIfNeeded: position), bytes.baseAddress ?? Self.nothing,
                    UInt64(bytes.count))
            })
    }

    /// Lends bytes to the statement without a copy: they must stay where they are until `reset`.
    package func bind(borrowed bytes: UnsafeRawBufferPointer, at position: Int) throws(SQLiteError) {
        try check(
            stoep_sqlite3_bind_blob_borrowed(
                handle, Int32(truncatingIfNeeded: position), bytes.baseAddress ?? Self.nothing,
                UInt64(bytes.count)))
    }

    /// An address that is never read: stands where there are no bytes.
    private static var nothing: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 16)! }

    private func check(_ code: Int32) throws(SQLiteError) {
        if code != SQLITE_OK {
            throw .reported(by: sqlite3_db_handle(handle), code: code, sql: sql, operation: "bind")
        }
    }
}
