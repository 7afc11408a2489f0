import CSQLite
import Glibc

extension Connection {
    /// Opens the file and sets what needs no SQL. A new file is made here, a foreign one not yet noticed.
    static func openHandle(_ configuration: Configuration, _ sealed: SealedVFS?) throws(SQLiteError) -> OpaquePointer {
        try admitFile(configuration)
        var handle: OpaquePointer?
        // EXRESCODE: every code is an extended one. NOMUTEX: one isolation owns the connection.
        let flags =
            (configuration.readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var code = sqlite3_open_v2(configuration.path, &handle, flags, sealed?.name ?? configuration.vfsName)
        guard code == SQLITE_OK, let handle else {
            let error = SQLiteError.reported(by: handle, code: code, operation: "open \(configuration.path)")
            sqlite3_close_v2(handle)
            if let objection = sealed?.objection { throw .objection(objection, configuration.path) }
            throw error
        }
        let switches: [(option: Int32, on: Int32)] = [
            (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1),
            (SQLITE_DBCONFIG_DEFENSIVE, 1),
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_FKEY, 0),
        ]
        for (option, on) in switches where code == SQLITE_OK {
            code = stoep_sqlite3_db_config_flag(handle, option, on)
        }
        // The hook replaces the one that checkpoints automatically; it only counts frames.
        if code == SQLITE_OK { code = sqlite3_wal_autocheckpoint(handle, 0) }
        if code == SQLITE_OK { code = sqlite3_busy_timeout(handle, configuration.busyTimeoutMilliseconds) }
        var mapped: Int64 = 0
        if code == SQLITE_OK { code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_MMAP_SIZE, &mapped) }
        // A VFS that knows no mapping says NOTFOUND, which is as good.
        if code == SQLITE_NOTFOUND { code = SQLITE_OK }
        if code == SQLITE_OK, !configuration.readOnly { code = ScrubbedFile.install(on: handle, configuration) }
        guard code == SQLITE_OK else {
            let error = SQLiteError.reported(by: handle, code: code, operation: "configure")
            sqlite3_close_v2(handle)
            throw error
        }
        return handle
    }

    /// Settles, before SQLite would make a new database of it, what an absent or empty file means.
    private static func admitFile(_ configuration: Configuration) throws(SQLiteError) {
        let path = configuration.path
        guard let vfs = sqlite3_vfs_find(configuration.vfsName) else {
            throw SQLiteError(
                extendedCode: SQLITE_ERROR, message: "no VFS is registered as \(configuration.vfsName ?? "default")",
                operation: "open \(path)")
        }
        if holdsBytes(path, vfs) { return }
        // SQLite deletes a log beside an empty database. All that it holds would be lost without a word.
        if holdsBytes(path + "-wal", vfs) {
            throw SQLiteError(
                kind: .logWithoutDatabase, extendedCode: SQLITE_CORRUPT,
                message: "the database is absent or empty, but its write-ahead log is not", operation: "open \(path)")
        }
        guard configuration.createsIfMissing, !configuration.readOnly else {
            throw SQLiteError(
                kind: .missing, extendedCode: SQLITE_CANTOPEN, message: "there is no database here",
                operation: "open \(path)")
        }
        guard configuration.createsFileForOwnerOnly else { return }
        // The log and the shared memory file take their mode from this one. Never opened by us again:
        // closing any descriptor of a file drops all of a process's POSIX locks on it.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            Glibc.close(descriptor)
        } else if errno == EEXIST {
            // Empty: left by somebody who was interrupted while making it.
            chmod(path, 0o600)
        } else {
            throw SQLiteError(
                extendedCode: SQLITE_CANTOPEN, message: String(cString: strerror(errno)),
                operation: "create \(path)")
        }
    }

    /// There is a file and it is not empty: what "exists" means to a VFS of SQLite.
    private static func holdsBytes(_ path: String, _ vfs: UnsafeMutablePointer<sqlite3_vfs>) -> Bool {
        var answer: Int32 = 0
        let code = path.withCString { vfs.pointee.xAccess(vfs, $0, SQLITE_ACCESS_EXISTS, &answer) }
        return code == SQLITE_OK && answer != 0
    }

    /// Checks that the file is ours and puts in force what is said in SQL. In this order: a foreign file
    /// is refused before anything is written into it.
    func establish() throws(SQLiteError) {
        let found = try pragmaInteger("application_id")
        let expected = configuration.applicationID
        if found != Int64(expected) {
            guard found == 0, try pragmaInteger("page_count") == 0, !configuration.readOnly else {
                throw SQLiteError(
                    kind: .foreignDatabase(applicationID: Int32(truncatingIfNeeded: found)),
                    extendedCode: SQLITE_NOTADB,
                    message: "a database of another program (application id \(found), expected \(expected))",
                    operation: "open \(configuration.path)")
            }
            // Now that an interrupted creation is rolled back. To SQLite one byte is an empty file as well.
            if let vfs = sqlite3_vfs_find(configuration.vfsName), Self.holdsBytes(configuration.path, vfs) {
                throw SQLiteError(
                    kind: .notADatabase, extendedCode: SQLITE_NOTADB, message: "file is not a database",
                    operation: "open \(configuration.path)")
            }
            try layOut()
        } else {
            try verifyLayout()
        }
        // Before the next: the journal of a new file goes with an fsync of its folder as long as EXTRA is in force. Were
        // it back after a power cut, SQLite would roll the database back to its first page.
        try ensureLogMode()
        // Pages in memory: 32 MiB, of which a short command takes what it reads. Beyond that, SQLite would write pages of a
        // transaction before its end, and again at its end.
        // Each of these is compiled and done in microseconds; synchronous also reads the schema, so that
        // a damaged one is noticed here.
        try execute(
            """
            PRAGMA cache_size=-32768; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON; \
            PRAGMA synchronous=FULL; PRAGMA max_page_count=\(ScrubbedFile.maximumPages)
            """)
        let context = Unmanaged.passUnretained(state).toOpaque()
        sqlite3_wal_hook(
            try database(for: "open"),
            { context, _, _, frames in
                // `close` takes the hook away before it lets the state go.
                guard let context else { return SQLITE_OK }
                Unmanaged<ConnectionState>.fromOpaque(context).takeUnretainedValue().logFrames = Int(frames)
                return SQLITE_OK
            }, context)
    }

    /// The first page of a new database. The application id goes in with it, so that a crash leaves either
    /// an empty file or one that is recognised as ours; WAL mode is set next, by whoever opens it.
    private func layOut() throws(SQLiteError) {
        var reserved = Int32(clamping: configuration.reservedBytes)
        let code = sqlite3_file_control(
            try database(for: "create"), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved)
        guard code == SQLITE_OK else {
            throw .reported(by: state.database, code: code, operation: "reserve bytes")
        }
        // Full sync from the first page on: FULL is SQLite's default, EXTRA also syncs the directory.
        try execute(
            """
            PRAGMA page_size=\(configuration.pageSize); PRAGMA synchronous=EXTRA; \
            PRAGMA application_id=\(configuration.applicationID)
            """)
        try verifyLayout()
    }

    private func verifyLayout() throws(SQLiteError) {
        // A negative number asks. What comes back is the larger of wanted and found, and on an existing
        // file nothing was wanted.
        var reserved: Int32 = -1
        let code = sqlite3_file_control(
            try database(for: "open"), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved)
        let pageSize = try pragmaInteger("page_size")
        guard code == SQLITE_OK, Int(reserved) == configuration.reservedBytes,
            pageSize == Int64(configuration.pageSize)
        else {
            throw SQLiteError(
                kind: .otherPageLayout(pageSize: Int(pageSize), reservedBytes: Int(reserved)),
                extendedCode: SQLITE_NOTADB,
                message: "pages of \(pageSize) bytes with \(reserved) reserved, expected "
                    + "\(configuration.pageSize) with \(configuration.reservedBytes)",
                operation: "open \(configuration.path)")
        }
    }

    private func ensureLogMode() throws(SQLiteError) {
        let query = configuration.readOnly ? "PRAGMA journal_mode" : "PRAGMA journal_mode=WAL"
        guard try pragma(query, { $0.string(0) }) == "wal" else {
            throw SQLiteError(
                extendedCode: SQLITE_CANTOPEN, message: "the database cannot be put into WAL mode",
                sql: query, operation: "open \(configuration.path)")
        }
    }

    func pragmaInteger(_ name: String) throws(SQLiteError) -> Int64 {
        try pragma("PRAGMA \(name)") { $0.int64(0) } ?? 0
    }

    /// The first row of a pragma that is asked once, hence not cached. It is run to its end: what it changes is committed
    /// only there, and fails there.
    private func pragma<T>(_ sql: String, _ row: (borrowing Row) -> T) throws(SQLiteError) -> T? {
        guard let statement = try compile(sql, flags: 0).0 else { return nil }
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        let answer = statement.withRow(row)
        while try statement.step() {}
        return answer
    }
}
