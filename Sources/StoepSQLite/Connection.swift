import CSQLite

/// One SQLite connection: WAL, `synchronous=FULL`, and nothing that checkpoints by itself.
///
/// Not Sendable: one isolation owns it, and SQLite runs without mutexes of its own. Before SQLite 3.51.3
/// two connections that write or checkpoint at once can corrupt the file, so a process has one that writes,
/// and holds the `WriteLock` while it does (writing, checkpointing, creating and migrating alike).
package final class Connection {
    package struct Configuration: Sendable {
        /// Absolute, so that every VFS means the same file by it.
        package var path: String
        package var readOnly: Bool
        /// A registered VFS; nil is SQLite's own for the disk.
        package var vfsName: String?
        package var pageSize: Int
        /// Bytes at the end of each page that SQLite leaves alone: nonce and tag of sealed pages. They are
        /// reserved from the first page on, so that sealing an existing file needs no new layout.
        package var reservedBytes: Int
        package var busyTimeoutMilliseconds: Int32
        /// Stands in the file's header; a file with another one is not ours.
        package var applicationID: Int32
        /// False: a file that is absent or empty is an error, `.missing`, not a new database.
        package var createsIfMissing: Bool
        /// Make a new file with mode 0600 before SQLite would make it with the umask's. By default only on
        /// SQLite's own VFS: another one may not keep its files under this path on the disk.
        package var createsFileForOwnerOnly: Bool

        package init(
            path: String, readOnly: Bool = false, vfsName: String? = nil, pageSize: Int = 4096,
            reservedBytes: Int = 32, busyTimeoutMilliseconds: Int32 = 5000, applicationID: Int32,
            createsIfMissing: Bool = true, createsFileForOwnerOnly: Bool? = nil
        ) {
            self.path = path
            self.readOnly = readOnly
            self.vfsName = vfsName
            self.pageSize = pageSize
            self.reservedBytes = reservedBytes
            self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
            self.applicationID = applicationID
            self.createsIfMissing = createsIfMissing
            self.createsFileForOwnerOnly = createsFileForOwnerOnly ?? (vfsName == nil)
        }
    }

    package let configuration: Configuration
    let state: ConnectionState
    private var cache = StatementCache()

    /// Opens, or makes, the database and puts every setting in force; nothing is left half done by an error.
    /// - Parameter sealing: nil for a database in clear.
    package init(_ configuration: Configuration, sealing: PageSealing? = nil) throws(SQLiteError) {
        precondition(configuration.applicationID != 0, "an application id of 0 is nobody's")
        precondition(
            sealing == nil
                || configuration.pageSize == PageSealer.pageByteCount
                    && configuration.reservedBytes == PageSealer.reservedByteCount,
            "sealed pages have 4096 bytes, of which 32 are reserved")
        self.configuration = configuration
        var sealed: SealedVFS?
        if let sealing {
            sealed = SealedVFS(sealing, above: configuration.vfsName)
            guard sealed != nil else {
                throw SQLiteError(
                    extendedCode: SQLITE_ERROR, message: "no VFS to seal above", operation: "open \(configuration.path)")
            }
        }
        self.state = ConnectionState(database: try Self.openHandle(configuration, sealed), sealed: sealed)
        do throws(SQLiteError) {
            try establish()
        } catch {
            close()
            if error.isCorrupt, let objection = sealed?.objection { throw .objection(objection, configuration.path) }
            throw error
        }
    }

    deinit {
        close()
    }

    /// Closes it without a checkpoint. A statement that somebody still holds only throws from then on.
    package func close() {
        guard let database = state.database else { return }
        cache.removeAll()
        state.database = nil
        sqlite3_wal_hook(database, nil, nil)
        sqlite3_close_v2(database)
    }

    /// Set once a COMMIT, an fsync or a write failed: reading still works, writing throws
    /// `.connectionFailed`. Only opening the file anew tells what it holds.
    package var failure: SQLiteError? { state.failure }

    /// The rowid of the last insert on this connection.
    package var lastInsertedRow: Int64 { state.database.map { sqlite3_last_insert_rowid($0) } ?? 0 }

    /// Rows that the last insert, update or delete touched.
    package var changes: Int { state.database.map { Int(sqlite3_changes64($0)) } ?? 0 }

    /// Rows that this connection inserted, updated or deleted since it was opened, whatever became of them.
    package var rowsWritten: Int64 { state.database.map { sqlite3_total_changes64($0) } ?? 0 }

    /// Inside `transaction` or `snapshot`.
    package var isInTransaction: Bool { state.scope != .none }

    /// The handle, or the error that says it is closed.
    func database(for operation: String) throws(SQLiteError) -> OpaquePointer {
        guard let database = state.database else {
            throw SQLiteError(
                kind: .closed, extendedCode: SQLITE_MISUSE, message: "the connection is closed",
                operation: operation)
        }
        return database
    }

    /// The statement for this text, prepared once and kept. If the cached one is in the middle of its rows
    /// the caller gets another.
    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        if let cached = cache[sql], !cached.isRunning { return cached }
        let (statement, rest) = try compile(sql, flags: UInt32(SQLITE_PREPARE_PERSISTENT))
        guard let statement, rest.isEmpty else {
            throw SQLiteError(
                extendedCode: SQLITE_MISUSE, message: "expected exactly one statement", sql: sql,
                operation: "prepare")
        }
        cache.keep(statement)
        return statement
    }

    /// Compiles the first statement of `sql` (nil where there is only white space or a comment) and
    /// returns what follows it.
    func compile(_ sql: String, flags: UInt32) throws(SQLiteError) -> (Statement?, rest: String) {
        let database = try database(for: "prepare")
        var sql = sql
        var handle: OpaquePointer?
        var consumed = 0
        let code = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return SQLITE_OK }
                var tail: UnsafePointer<CChar>?
                let length = Int32(clamping: characters.count)
                let code = sqlite3_prepare_v3(database, start, length, flags, &handle, &tail)
                if let tail { consumed = tail - start }
                return code
            }
        }
        guard code == SQLITE_OK else {
            throw .reported(by: database, code: code, sql: sql, operation: "prepare")
        }
        let rest = String(decoding: sql.utf8.dropFirst(consumed), as: UTF8.self)
        guard let handle else { return (nil, "") }
        let text = rest.isEmpty ? sql : String(decoding: sql.utf8.prefix(consumed), as: UTF8.self)
        return (Statement(handle: handle, sql: text, state: state), rest)
    }
}
