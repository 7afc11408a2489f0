import CSQLite

extension Connection {
    /// Runs `body` in a transaction that holds the write lock from its start: all of it is durable when
    /// this returns, or none of it if anything throws. The caller holds the `WriteLock`.
    ///
    /// A COMMIT that fails marks the connection `failure`: whether the transaction survives is known only
    /// after opening anew. Nesting is a mistake in the program and traps.
    package func transaction<T>(_ body: () throws -> T) throws -> T {
        precondition(state.scope == .none, "a transaction inside a transaction or snapshot")
        let rollback = try prepare(Self.rollback)
        try prepare("BEGIN IMMEDIATE").run()
        state.scope = .transaction
        state.transactionError = nil
        let result: T
        do {
            result = try body()
            if let failure = state.failure {
                // Somebody swallowed an I/O error inside. What SQLite still holds is not to be trusted.
                throw ConnectionState.refusal(after: failure, sql: nil)
            }
        } catch {
            rollBack(by: rollback)
            throw error
        }
        do throws(SQLiteError) {
            try commit()
        } catch {
            // Lost earlier: then nothing was committed, and that is known.
            if error.kind != .transactionLost {
                state.fail(error)
                takeBackFrames()
            }
            rollBack(by: rollback)
            throw error
        }
        state.scope = .none
        return result
    }

    /// Runs `body` on one unchanging state of the database: the one at its first read. Writing throws.
    /// Inside a transaction or another snapshot it joins that one.
    package func snapshot<T>(_ body: () throws -> T) throws -> T {
        if state.scope != .none { return try body() }
        let rollback = try prepare(Self.rollback)
        try prepare("BEGIN DEFERRED").run()
        state.scope = .snapshot
        defer { rollBack(by: rollback) }
        return try body()
    }

    private func commit() throws(SQLiteError) {
        let statement = try prepare("COMMIT")
        defer { statement.reset() }
        do throws(SQLiteError) {
            _ = try statement.step()
        } catch {
            throw SQLiteError(
                kind: error.kind, extendedCode: error.extendedCode, message: error.message, sql: nil,
                operation: "commit")
        }
    }

    /// Compiled before a transaction begins: where memory ran out inside, there may be none to compile it. (Where tables
    /// were made meanwhile SQLite compiles it again all the same.)
    private static let rollback = "ROLLBACK"

    /// Ends the transaction without what it wrote. SQLite has done so itself after some errors.
    private func rollBack(by rollback: Statement) {
        defer { state.scope = .none }
        guard let database = state.database, sqlite3_get_autocommit(database) == 0 else { return }
        do {
            try rollback.run()
        } catch {
            state.fail(error)
        }
    }
}
