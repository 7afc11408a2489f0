import CSQLite

/// SQLite's struct for an open file, ours behind it, and behind that the file of the VFS below.
struct SealedFileRecord {
    private var base: sqlite3_file
    private var context: UnsafeMutableRawPointer?

    /// Of the record alone; what follows is aligned for anything.
    static let byteCount = (MemoryLayout<SealedFileRecord>.size + 15) & ~15

    static func lower(of file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(file) + byteCount).assumingMemoryBound(to: sqlite3_file.self)
    }

    private static func at(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<SealedFileRecord> {
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: SealedFileRecord.self)
    }

    /// The record keeps what was opened, until `take`.
    static func give(_ opened: SealedFile, to file: UnsafeMutablePointer<sqlite3_file>) {
        at(file).pointee.context = Unmanaged.passRetained(opened).toOpaque()
        file.pointee.pMethods = UnsafePointer(sealedFileMethods)
    }

    static func opened(_ file: UnsafeMutablePointer<sqlite3_file>?) -> SealedFile? {
        guard let file, let context = at(file).pointee.context else { return nil }
        return Unmanaged<SealedFile>.fromOpaque(context).takeUnretainedValue()
    }

    static func take(_ file: UnsafeMutablePointer<sqlite3_file>) -> SealedFile? {
        guard let context = at(file).pointee.context else { return nil }
        at(file).pointee.context = nil
        file.pointee.pMethods = nil
        return Unmanaged<SealedFile>.fromOpaque(context).takeRetainedValue()
    }
}

/// The slot of the shared memory that is locked while the log's index is made anew (`WAL_RECOVER_LOCK`).
private let recoveryLock: Int32 = 2

// Written once, before its first use, and never changed or freed: SQLite reads it as long as a file is open.
nonisolated(unsafe) private let sealedFileMethods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: sqlite3_io_methods())
    // 2: shared memory, but no mapping of the file.
    methods.pointee.iVersion = 2
    fillContent(methods)
    fillLocks(methods)
    fillSharedMemory(methods)
    return methods
}()

private func fillContent(_ methods: UnsafeMutablePointer<sqlite3_io_methods>) {
    methods.pointee.xClose = { file in
        guard let file, let opened = SealedFileRecord.take(file) else { return SQLITE_OK }
        let flushed = opened.flush()
        let code = opened.methods.pointee.xClose(opened.lower)
        return flushed == SQLITE_OK ? code : flushed
    }
    methods.pointee.xRead = { file, target, count, offset in
        SealedFileRecord.opened(file)?.read(into: .init(start: target, count: Int(count)), at: offset) ?? SQLITE_MISUSE
    }
    methods.pointee.xWrite = { file, source, count, offset in
        SealedFileRecord.opened(file)?.write(.init(start: source, count: Int(count)), at: offset) ?? SQLITE_MISUSE
    }
    methods.pointee.xTruncate = { file, count in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        let code = opened.willTruncate()
        return code == SQLITE_OK ? opened.methods.pointee.xTruncate(opened.lower, count) : code
    }
    methods.pointee.xSync = { file, flags in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        let code = opened.flush()
        return code == SQLITE_OK ? opened.methods.pointee.xSync(opened.lower, flags) : code
    }
    methods.pointee.xFileSize = { file, count in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        let code = opened.flush()
        return code == SQLITE_OK ? opened.methods.pointee.xFileSize(opened.lower, count) : code
    }
    methods.pointee.xFileControl = { file, operation, argument in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        return opened.methods.pointee.xFileControl(opened.lower, operation, argument)
    }
}

private func fillLocks(_ methods: UnsafeMutablePointer<sqlite3_io_methods>) {
    methods.pointee.xLock = { file, level in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        return opened.methods.pointee.xLock(opened.lower, level)
    }
    methods.pointee.xUnlock = { file, level in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        return opened.methods.pointee.xUnlock(opened.lower, level)
    }
    methods.pointee.xCheckReservedLock = { file, answer in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        return opened.methods.pointee.xCheckReservedLock(opened.lower, answer)
    }
    methods.pointee.xSectorSize = { file in
        guard let opened = SealedFileRecord.opened(file) else { return 0 }
        return opened.methods.pointee.xSectorSize(opened.lower)
    }
    // A frame is written whole, and never padded; nothing else that a disk may promise concerns us.
    methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
}

private func fillSharedMemory(_ methods: UnsafeMutablePointer<sqlite3_io_methods>) {
    methods.pointee.xShmMap = { file, number, byteCount, extends, region in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        return opened.methods.pointee.xShmMap(opened.lower, number, byteCount, extends, region)
    }
    methods.pointee.xShmLock = { file, first, count, flags in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        let code = opened.methods.pointee.xShmLock(opened.lower, first, count, flags)
        if code == SQLITE_OK, flags & SQLITE_SHM_EXCLUSIVE != 0, (first..<(first + count)).contains(recoveryLock) {
            opened.vfs.isRecovering = flags & SQLITE_SHM_LOCK != 0
        }
        return code
    }
    methods.pointee.xShmBarrier = { file in
        guard let opened = SealedFileRecord.opened(file) else { return }
        opened.methods.pointee.xShmBarrier(opened.lower)
    }
    methods.pointee.xShmUnmap = { file, deletes in
        guard let opened = SealedFileRecord.opened(file) else { return SQLITE_MISUSE }
        return opened.methods.pointee.xShmUnmap(opened.lower, deletes)
    }
}
