import CSQLite

extension Connection {
    /// Runs `body` in a transaction that holds the write lock from its start: all of it is durable when
    /// this returns, or none of it if anything throws. The caller holds the `WriteLock`.
    ///
    /// A COMMIT that fails marks the connection `failure`: whether the transaction survives is known only
    /// after opening anew. Nesting is a mistake in the program and traps.
    package func transaction<T>(_ body: () throws -> T) throws -> T {
        precondition(state.scope == .none, "a transaction inside a transaction or snapshot")
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
            rollBack()
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
            rollBack()
            throw error
        }
        state.scope = .none
        return result
    }

    /// Runs `body` on one unchanging state of the database: the one at its first read. Writing throws.
    /// Inside a transaction or another snapshot it joins that one.
    package func snapshot<T>(_ body: () throws -> T) throws -> T {
        if state.scope != .none { return try body() }
        try prepare("BEGIN DEFERRED").run()
        state.scope = .snapshot
        defer { rollBack() }
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

    /// Ends the transaction without what it wrote. SQLite has done so itself after some errors.
    private func rollBack() {
        state.scope = .none
        guard let database = state.database, sqlite3_get_autocommit(database) == 0 else { return }
        do {
            try prepare("ROLLBACK").run()
        } catch {
            state.fail(error)
        }
    }
}
