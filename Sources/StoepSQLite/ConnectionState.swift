import CSQLite

/// What a connection and its statements must agree on; a reference of its own, so that a statement that
/// outlives its connection finds it closed, and so that the two do not keep each other alive.
final class ConnectionState {
    enum Scope { case none, transaction, snapshot }

    var database: OpaquePointer?
    var scope = Scope.none
    /// The error after which this connection writes no more.
    var failure: SQLiteError?
    /// The last error inside the present transaction: what rolled it back, where SQLite has done so.
    var transactionError: SQLiteError?
    /// Frames in the write-ahead log after our last commit or checkpoint; nil until there was one.
    var logFrames: Int?
    /// What the database is sealed by: VACUUM finds it by its name.
    let sealed: SealedVFS?

    init(database: OpaquePointer, sealed: SealedVFS?) {
        self.database = database
        self.sealed = sealed
    }

    /// Refuses, before it runs, what must not run now.
    func admit(writes: Bool, sql: String) throws(SQLiteError) {
        guard let database else {
            throw SQLiteError(
                kind: .closed, extendedCode: SQLITE_MISUSE, message: "the connection is closed", sql: sql,
                operation: "step")
        }
        if scope == .transaction && sqlite3_get_autocommit(database) != 0 {
            // A full disk or an I/O error rolls back everything. Whoever swallowed that error must not have
            // what follows committed statement by statement.
            throw SQLiteError(
                kind: .transactionLost, extendedCode: transactionError?.extendedCode ?? SQLITE_ABORT | (2 << 8),
                message: "an earlier error has already rolled this transaction back", sql: sql, operation: "step")
        }
        if scope == .none, let failure, sqlite3_get_autocommit(database) == 0 {
            // It could not be rolled back, and would be read as if it had been committed.
            throw Self.refusal(after: failure, sql: sql)
        }
        guard writes else { return }
        if let failure { throw Self.refusal(after: failure, sql: sql) }
        if scope == .snapshot {
            throw SQLiteError(
                kind: .writeInSnapshot, extendedCode: SQLITE_READONLY,
                message: "a snapshot only reads", sql: sql, operation: "step")
        }
    }

    /// Remembers an error after which nobody can say what the file holds.
    ///
    /// A failed fsync has dropped the dirty pages from the kernel's cache: a second one would succeed
    /// without having written them. So there is no second one.
    func note(_ error: SQLiteError, writes: Bool) {
        guard writes || scope == .transaction else { return }
        if scope == .transaction { transactionError = error }
        let autocommitted = scope == .none && error.isFull
        if error.isIOError || error.isCorrupt || autocommitted { fail(error) }
    }

    func fail(_ error: SQLiteError) {
        if failure == nil { failure = error }
    }

    /// Has the code of the failure: whoever asks what is wrong is told that, however much later.
    static func refusal(after failure: SQLiteError, sql: String?) -> SQLiteError {
        SQLiteError(
            kind: .connectionFailed, extendedCode: failure.extendedCode,
            message: "this connection writes no more since it failed; close it and open again (\(failure))",
            sql: sql, operation: "step")
    }
}
