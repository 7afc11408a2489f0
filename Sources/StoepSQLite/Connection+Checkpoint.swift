import CSQLite

/// How far a checkpoint came.
package struct CheckpointResult: Equatable, Sendable {
    /// Frames that were in the write-ahead log; none after a complete truncation.
    package let logFrames: Int
    /// Of these, how many are now in the database file.
    package let checkpointedFrames: Int
    /// Somebody was reading an older state, or writing: some frames, or the log itself, had to stay. To
    /// be tried again; deleted text may still be in the log.
    package let isBlocked: Bool

    package init(logFrames: Int, checkpointedFrames: Int, isBlocked: Bool) {
        self.logFrames = logFrames
        self.checkpointedFrames = checkpointedFrames
        self.isBlocked = isBlocked
    }
}

extension Connection {
    /// Moves the write-ahead log into the database file. The caller holds the `WriteLock`.
    ///
    /// - Parameters:
    ///   - truncate: Wait for readers, then empty the log, durably: what was deleted before is then in neither file.
    ///     Otherwise as much as is possible now.
    ///   - waitMilliseconds: How long to wait for readers; nil for the busy timeout.
    package func checkpoint(truncate: Bool, waitMilliseconds: Int32? = nil) throws(SQLiteError) -> CheckpointResult {
        precondition(state.scope == .none, "a checkpoint inside a transaction or snapshot")
        let database = try database(for: "checkpoint")
        if let failure = state.failure { throw ConnectionState.refusal(after: failure, sql: nil) }
        var frames: Int32 = 0
        var moved: Int32 = 0
        if let waitMilliseconds { sqlite3_busy_timeout(database, waitMilliseconds) }
        defer {
            if waitMilliseconds != nil { sqlite3_busy_timeout(database, configuration.busyTimeoutMilliseconds) }
        }
        let mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let code = sqlite3_wal_checkpoint_v2(database, "main", mode, &frames, &moved)
        let isBlocked = code & 0xff == SQLITE_BUSY
        guard code == SQLITE_OK || isBlocked else {
            let error = SQLiteError.reported(by: database, code: code, operation: "checkpoint")
            state.note(error, writes: true)
            throw error
        }
        if truncate && !isBlocked { try syncLog(database) }
        state.logFrames = max(0, Int(frames))
        return CheckpointResult(
            logFrames: max(0, Int(frames)), checkpointedFrames: max(0, Int(moved)),
            isBlocked: isBlocked || moved < frames)
    }

    /// Forgets the pages that are in memory, once they all stand in the file. What `ScrubbedFile` blanked there still
    /// stands in them, and the next commit that changes such a page would write it into the log again.
    package func forgetPages() {
        precondition(state.scope == .none, "pages are forgotten inside a transaction or snapshot")
        guard let database = state.database else { return }
        sqlite3_db_release_memory(database)
    }

    /// Frames in the write-ahead log, to decide when a checkpoint is due. Exact after a commit of our own;
    /// before that an upper bound from the log's size, as a log that starts again keeps its length.
    package var walPages: Int {
        guard let database = state.database else { return 0 }
        if let frames = state.logFrames { return frames }
        var size: Int64 = 0
        guard let file = Self.logFile(database), file.pointee.pMethods?.pointee.xFileSize(file, &size) == SQLITE_OK
        else { return 0 }
        let header: Int64 = 32
        let frame = Int64(24 + configuration.pageSize)
        return Int(max(0, size - header) / frame)
    }

    /// Cuts off what a COMMIT that failed left at the end of the log, where nobody reads yet. What could not be synced is
    /// in the system's memory, and counts as written there: to whoever opens the file next it would be committed, and a
    /// checkpoint would move it into the database. With the power it would be gone from the log, and half of it would
    /// stand in the database.
    func takeBackFrames() {
        guard let database = state.database, let file = Self.logFile(database), let methods = file.pointee.pMethods,
            let frames = Self.committedFrames(database)
        else { return }
        var size: Int64 = 0
        let end = frames == 0 ? 0 : 32 + Int64(frames) * Int64(24 + configuration.pageSize)
        guard methods.pointee.xFileSize(file, &size) == SQLITE_OK, size > end else { return }
        // Where that fails as well, nothing more can be done: the connection writes no more.
        _ = methods.pointee.xTruncate(file, end)
    }

    /// Frames up to the last commit, as all that have the file open know it: a commit changes that once the log is synced.
    private static func committedFrames(_ database: OpaquePointer) -> UInt32? {
        logIndex(database)?.load(fromByteOffset: 16, as: UInt32.self)
    }

    /// Which log this is, by its salts, and how far it is committed, as all that have it open know it; empty where that
    /// cannot be told. After a read or a transaction.
    package var logPosition: [UInt8] {
        guard let database = state.database, let index = Self.logIndex(database) else { return [] }
        return Array(UnsafeRawBufferPointer(start: index + 16, count: 4))
            + Array(UnsafeRawBufferPointer(start: index + 32, count: 8))
    }

    /// The shared memory beside the log: at byte 16 `mxFrame`, at 32 the salts (SQLite, WAL-mode File Format, section 2.1).
    private static func logIndex(_ database: OpaquePointer) -> UnsafeMutableRawPointer? {
        var file: UnsafeMutablePointer<sqlite3_file>?
        var region: UnsafeMutableRawPointer?
        guard sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2,
            methods.pointee.xShmMap(file, 0, 32768, 0, &region) == SQLITE_OK
        else { return nil }
        return region
    }

    /// SQLite shortens the log without an fsync: after a power cut the old frames, and the words in them,
    /// could be back.
    private func syncLog(_ database: OpaquePointer) throws(SQLiteError) {
        guard let file = Self.logFile(database), let methods = file.pointee.pMethods else { return }
        let code = methods.pointee.xSync(file, SQLITE_SYNC_FULL)
        guard code == SQLITE_OK else {
            let error = SQLiteError(
                extendedCode: code, message: "the emptied log could not be made durable", operation: "checkpoint")
            state.note(error, writes: true)
            throw error
        }
    }

    /// The open log, nil while there is none.
    private static func logFile(_ database: OpaquePointer) -> UnsafeMutablePointer<sqlite3_file>? {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        guard code == SQLITE_OK, let file, file.pointee.pMethods != nil else { return nil }
        return file
    }
}
