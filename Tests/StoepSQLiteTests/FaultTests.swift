import CSQLite
import Glibc
import StoepSQLite
import Synchronization
import Testing

/// SQLite's own VFS for the disk, with an fsync or a write that fails when told to. Shared by the tests of a
/// process, as a VFS is registered once: the suite is serialized.
enum FaultyDisk {
    static let name = "faulty"
    /// The code that the next fsync, and every one after it, answers with.
    static let syncFailure = Atomic<Int32>(SQLITE_OK)
    static let writeFailure = Atomic<Int32>(SQLITE_OK)
    static let syncs = Atomic<Int>(0)
    /// Times that a journal or log was shortened, and those of them that an fsync followed.
    static let truncations = Atomic<Int>(0)
    static let durableTruncations = Atomic<Int>(0)

    // Written before any file is opened through this VFS, and while one is, by this suite alone.
    nonisolated(unsafe) private static let lower = sqlite3_vfs_find(nil)!
    // One table for databases and one for journals and logs, which the disk's VFS does not lock.
    nonisolated(unsafe) private static let databases = patched()
    nonisolated(unsafe) private static let others = patched()
    nonisolated(unsafe) private static var lowerSync:
        @convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int32) -> Int32 = { _, _ in SQLITE_ERROR }
    nonisolated(unsafe) private static var lowerTruncate:
        @convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int64) -> Int32 = { _, _ in SQLITE_ERROR }
    nonisolated(unsafe) private static var lowerWrite:
        @convention(c) (UnsafeMutablePointer<sqlite3_file>?, UnsafeRawPointer?, Int32, Int64) -> Int32 =
            { _, _, _, _ in SQLITE_ERROR }

    static let register: Void = {
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: lower.pointee)
        vfs.pointee.pNext = nil
        vfs.pointee.zName = UnsafePointer(strdup(name))
        vfs.pointee.xOpen = { _, path, file, flags, outFlags in
            let code = lower.pointee.xOpen(lower, path, file, flags, outFlags)
            guard code == SQLITE_OK, let file, let original = file.pointee.pMethods else { return code }
            lowerSync = original.pointee.xSync
            lowerWrite = original.pointee.xWrite
            let methods = flags & SQLITE_OPEN_MAIN_DB != 0 ? databases : others
            methods.pointee = original.pointee
            if methods == others {
                lowerTruncate = original.pointee.xTruncate
                methods.pointee.xTruncate = { file, size in
                    truncations.add(1, ordering: .relaxed)
                    return lowerTruncate(file, size)
                }
            }
            methods.pointee.xSync = { file, flags in
                syncs.add(1, ordering: .relaxed)
                if file?.pointee.pMethods == UnsafePointer(others) {
                    durableTruncations.store(truncations.load(ordering: .relaxed), ordering: .relaxed)
                }
                let failure = syncFailure.load(ordering: .relaxed)
                return failure != SQLITE_OK ? failure : lowerSync(file, flags)
            }
            methods.pointee.xWrite = { file, bytes, count, offset in
                let failure = writeFailure.load(ordering: .relaxed)
                return failure != SQLITE_OK ? failure : lowerWrite(file, bytes, count, offset)
            }
            file.pointee.pMethods = UnsafePointer(methods)
            return code
        }
        sqlite3_vfs_register(vfs, 0)
    }()

    private static func patched() -> UnsafeMutablePointer<sqlite3_io_methods> {
        .allocate(capacity: 1)
    }

    static func heal() {
        syncFailure.store(SQLITE_OK, ordering: .relaxed)
        writeFailure.store(SQLITE_OK, ordering: .relaxed)
    }
}

@Suite(.serialized) struct FaultTests {
    let folder = ScratchFolder()
    let syncError = SQLITE_IOERR | (4 << 8)

    init() {
        _ = FaultyDisk.register
        FaultyDisk.heal()
    }

    @Test func `after a failed fsync the connection writes no more, even when the disk is well again`() throws {
        let connection = try folder.connectToNotes(vfsName: FaultyDisk.name)
        try connection.run("INSERT INTO note (text) VALUES ('before')")
        FaultyDisk.syncFailure.store(syncError, ordering: .relaxed)
        let error = sqliteError {
            try connection.transaction { try connection.run("INSERT INTO note (text) VALUES ('doubtful')") }
        }
        FaultyDisk.heal()
        #expect(error?.isFailedSync == true)
        #expect(error?.operation == "commit")
        #expect(connection.failure?.isFailedSync == true)
        let syncs = FaultyDisk.syncs.load(ordering: .relaxed)
        #expect(sqliteError { try connection.transaction {} }?.kind == .connectionFailed)
        #expect(sqliteError { try connection.run("DELETE FROM note") }?.kind == .connectionFailed)
        #expect(sqliteError { try connection.execute("DELETE FROM note") }?.kind == .connectionFailed)
        #expect(sqliteError { _ = try connection.checkpoint(truncate: true) }?.kind == .connectionFailed)
        #expect(FaultyDisk.syncs.load(ordering: .relaxed) == syncs, "an fsync was tried again")
        #expect(try connection.count() == 1)
        connection.close()
        let again = try folder.connect(vfsName: FaultyDisk.name)
        try again.run("INSERT INTO note (text) VALUES ('after')")
    }

    @Test func `a failed fsync outside a transaction counts as well`() throws {
        let connection = try folder.connectToNotes(vfsName: FaultyDisk.name)
        FaultyDisk.syncFailure.store(syncError, ordering: .relaxed)
        #expect(sqliteError { try connection.run("INSERT INTO note (text) VALUES ('x')") }?.isFailedSync == true)
        FaultyDisk.heal()
        #expect(sqliteError { try connection.run("DELETE FROM note") }?.kind == .connectionFailed)
    }

    @Test func `a commit is followed by an fsync`() throws {
        let connection = try folder.connectToNotes(vfsName: FaultyDisk.name)
        let before = FaultyDisk.syncs.load(ordering: .relaxed)
        try connection.transaction { try connection.run("INSERT INTO note (text) VALUES ('x')") }
        #expect(FaultyDisk.syncs.load(ordering: .relaxed) > before)
    }

    @Test func `a log that was emptied is empty durably`() throws {
        let connection = try folder.connectToNotes(vfsName: FaultyDisk.name)
        let before = FaultyDisk.truncations.load(ordering: .relaxed)
        _ = try connection.checkpoint(truncate: true)
        let after = FaultyDisk.truncations.load(ordering: .relaxed)
        #expect(after > before)
        #expect(FaultyDisk.durableTruncations.load(ordering: .relaxed) == after)
    }

    @Test func `a failed fsync of a checkpoint stops the connection`() throws {
        let connection = try folder.connectToNotes(vfsName: FaultyDisk.name)
        FaultyDisk.syncFailure.store(syncError, ordering: .relaxed)
        #expect(sqliteError { _ = try connection.checkpoint(truncate: true) }?.isFailedSync == true)
        FaultyDisk.heal()
        #expect(sqliteError { _ = try connection.checkpoint(truncate: true) }?.kind == .connectionFailed)
    }

    @Test func `a full disk commits nothing of the batch`() throws {
        let connection = try folder.connectToNotes(vfsName: FaultyDisk.name)
        try connection.run("INSERT INTO note (text) VALUES ('before')")
        FaultyDisk.writeFailure.store(SQLITE_FULL, ordering: .relaxed)
        let error = sqliteError {
            try connection.transaction {
                for _ in 0..<100 { try connection.run("INSERT INTO note (text) VALUES ('lost')") }
            }
        }
        FaultyDisk.heal()
        #expect(error?.isFull == true)
        #expect(try connection.count() == 1)
        #expect(sqliteError { try connection.transaction {} }?.kind == .connectionFailed)
        connection.close()
        let again = try folder.connect(vfsName: FaultyDisk.name)
        #expect(try again.count() == 1)
        try again.transaction { try again.run("INSERT INTO note (text) VALUES ('after')") }
        #expect(try again.count() == 2)
    }

    @Test func `an interrupted creation leaves nothing that is taken for a database`() throws {
        FaultyDisk.syncFailure.store(syncError, ordering: .relaxed)
        #expect(sqliteError { _ = try folder.connect(vfsName: FaultyDisk.name) }?.isIOError == true)
        FaultyDisk.heal()
        #expect(try folder.connectToNotes(vfsName: FaultyDisk.name).count() == 0)
    }
}
