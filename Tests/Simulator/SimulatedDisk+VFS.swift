import CSQLite
import Glibc
import StoepTestSupport

/// What SQLite asks of a VFS, on this disk.
extension SimulatedDisk {
    /// - Parameter path: nil for a file without a name, that goes when it is closed.
    fileprivate func open(_ path: String?, _ flags: Int32) -> (code: Int32, file: OpenFile?) {
        guard !isDown, !fails(.open) else { return (SQLITE_CANTOPEN, nil) }
        guard let path else { return (SQLITE_OK, OpenFile(self, StoredFile(), fleetingPath: nil)) }
        let fleetingPath = flags & SQLITE_OPEN_DELETEONCLOSE != 0 ? path : nil
        if let file = files[path] {
            guard flags & SQLITE_OPEN_EXCLUSIVE == 0 else { return (SQLITE_CANTOPEN, nil) }
            return (SQLITE_OK, OpenFile(self, file, fleetingPath: fleetingPath))
        }
        guard flags & SQLITE_OPEN_CREATE != 0, !folderExists(path) else { return (SQLITE_CANTOPEN, nil) }
        let isLast = powerFailsNow()
        let file = StoredFile()
        link(file, at: path)
        guard !isLast else {
            cutPower()
            return (SQLITE_CANTOPEN, nil)
        }
        return (SQLITE_OK, OpenFile(self, file, fleetingPath: fleetingPath))
    }

    fileprivate func delete(_ path: String, syncsFolder: Bool) -> Int32 {
        guard !isDown, !fails(.delete) else { return IOError.delete }
        guard files[path] != nil else { return IOError.nothingToDelete }
        let isLast = powerFailsNow()
        unlink(path)
        guard !isLast else {
            cutPower()
            return IOError.delete
        }
        guard syncsFolder else { return SQLITE_OK }
        if powerFailsNow() {
            cutPower()
            return IOError.syncFolder
        }
        if fails(.sync) { return IOError.syncFolder }
        syncNames(in: Self.parent(of: path))
        return SQLITE_OK
    }

    /// As SQLite's own VFS has it: an empty file does not exist.
    fileprivate func access(_ path: String, _ flags: Int32, _ answer: inout Int32) -> Int32 {
        guard !isDown else { return IOError.access }
        let file = files[path]
        answer = (flags == SQLITE_ACCESS_EXISTS ? file?.bytes.isEmpty == false : file != nil) ? 1 : 0
        return SQLITE_OK
    }

    /// SQLite's generator is one for the process and makes the salts of a log. Seeded whenever a connection of this
    /// disk is about to write, it gives what it gave in an earlier run, whatever other disks did in between.
    func seedSQLite() {
        nextSQLiteSeed &+= 1
        // 0 would mean: no seed.
        _ = stoep_sqlite3_seed_randomness(Int32(bitPattern: nextSQLiteSeed | 1 << 31))
    }
}

/// A VFS of its own for one disk, as SQLite has it in its list.
struct RegisteredVFS {
    let name: String
    private let record: UnsafeMutablePointer<sqlite3_vfs>
    private var isRegistered = false

    init(name: String) {
        self.name = name
        record = .allocate(capacity: 1)
        record.initialize(to: sqlite3_vfs())
    }

    mutating func register(for disk: SimulatedDisk) {
        record.pointee.iVersion = 2
        record.pointee.szOsFile = Int32(MemoryLayout<FileRecord>.size)
        record.pointee.mxPathname = 512
        record.pointee.zName = UnsafePointer(strdup(name))
        // Not retained: the disk outlives its VFS, and each open file retains the disk.
        record.pointee.pAppData = Unmanaged.passUnretained(disk).toOpaque()
        record.pointee.xOpen = { vfs, path, file, flags, outFlags in
            guard let file else { return SQLITE_MISUSE }
            file.pointee.pMethods = nil
            guard let disk = owner(of: vfs) else { return SQLITE_MISUSE }
            let (code, opened) = disk.open(path.map { String(cString: $0) }, flags)
            guard let opened else { return code }
            outFlags?.pointee = flags
            FileRecord.at(file).pointee.context = Unmanaged.passRetained(opened).toOpaque()
            file.pointee.pMethods = UnsafePointer(fileMethods)
            return SQLITE_OK
        }
        record.pointee.xDelete = { vfs, path, syncsFolder in
            guard let disk = owner(of: vfs), let path else { return SQLITE_MISUSE }
            return disk.delete(String(cString: path), syncsFolder: syncsFolder != 0)
        }
        record.pointee.xAccess = { vfs, path, flags, answer in
            guard let disk = owner(of: vfs), let path, let answer else { return SQLITE_MISUSE }
            return disk.access(String(cString: path), flags, &answer.pointee)
        }
        record.pointee.xFullPathname = { _, path, count, target in
            guard let path, let target, strlen(path) < count else { return SQLITE_CANTOPEN }
            strcpy(target, path)
            return SQLITE_OK
        }
        record.pointee.xRandomness = { vfs, count, target in
            guard let disk = owner(of: vfs), let target else { return 0 }
            for index in 0..<Int(count) { target[index] = CChar(truncatingIfNeeded: disk.random.next()) }
            return count
        }
        // Nobody else runs meanwhile: the time counts as slept.
        record.pointee.xSleep = { _, microseconds in microseconds }
        // A day in 2026, in the Julian days of SQLite; the store takes its time from its `Environment`.
        record.pointee.xCurrentTimeInt64 = { _, milliseconds in
            milliseconds?.pointee = 212_650_000_000_000
            return SQLITE_OK
        }
        record.pointee.xCurrentTime = { _, days in
            days?.pointee = 2_461_226.85
            return SQLITE_OK
        }
        record.pointee.xGetLastError = { _, _, _ in 0 }
        sqlite3_vfs_register(record, 0)
        isRegistered = true
    }

    mutating func unregister() {
        guard isRegistered else { return }
        sqlite3_vfs_unregister(record)
        isRegistered = false
    }

    mutating func free() {
        unregister()
        Glibc.free(UnsafeMutablePointer(mutating: record.pointee.zName))
        record.deallocate()
    }
}

/// SQLite's struct for an open file, and ours behind it.
private struct FileRecord {
    var base: sqlite3_file
    var context: UnsafeMutableRawPointer?

    static func at(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<FileRecord> {
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: FileRecord.self)
    }
}

private func owner(of vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedDisk? {
    (vfs?.pointee.pAppData).map { Unmanaged<SimulatedDisk>.fromOpaque($0).takeUnretainedValue() }
}

private func opened(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
    guard let file, let context = FileRecord.at(file).pointee.context else { return nil }
    return Unmanaged<OpenFile>.fromOpaque(context).takeUnretainedValue()
}

// Written once, before its first use, and never changed or freed: SQLite reads it as long as a file is open.
nonisolated(unsafe) private let fileMethods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: sqlite3_io_methods())
    // 2: shared memory, but no mapping of the file.
    methods.pointee.iVersion = 2
    methods.pointee.xClose = { file in
        guard let file, let context = FileRecord.at(file).pointee.context else { return SQLITE_OK }
        FileRecord.at(file).pointee.context = nil
        file.pointee.pMethods = nil
        Unmanaged<OpenFile>.fromOpaque(context).takeRetainedValue().close()
        return SQLITE_OK
    }
    methods.pointee.xRead = { file, target, count, offset in
        opened(file)?.read(into: .init(start: target, count: Int(count)), at: Int(offset)) ?? SQLITE_MISUSE
    }
    methods.pointee.xWrite = { file, source, count, offset in
        opened(file)?.write(.init(start: source, count: Int(count)), at: Int(offset)) ?? SQLITE_MISUSE
    }
    methods.pointee.xTruncate = { file, count in opened(file)?.truncate(to: Int(count)) ?? SQLITE_MISUSE }
    methods.pointee.xSync = { file, _ in opened(file)?.sync() ?? SQLITE_MISUSE }
    methods.pointee.xFileSize = { file, count in
        guard let count else { return SQLITE_MISUSE }
        return opened(file)?.size(&count.pointee) ?? SQLITE_MISUSE
    }
    methods.pointee.xLock = { file, level in opened(file)?.lock(to: level) ?? SQLITE_MISUSE }
    methods.pointee.xUnlock = { file, level in opened(file)?.unlock(to: level) ?? SQLITE_MISUSE }
    methods.pointee.xCheckReservedLock = { file, answer in
        guard let answer else { return SQLITE_MISUSE }
        return opened(file)?.checkReserved(&answer.pointee) ?? SQLITE_MISUSE
    }
    methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    methods.pointee.xSectorSize = { _ in Int32(StoredFile.sectorBytes) }
    methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    methods.pointee.xShmMap = { file, number, byteCount, extends, region in
        guard let opened = opened(file) else { return SQLITE_MISUSE }
        let mapped = opened.map(Int(number), byteCount: Int(byteCount), extends: extends != 0)
        region?.pointee = mapped.region
        return mapped.code
    }
    methods.pointee.xShmLock = { file, first, count, flags in
        opened(file)?.lockShared(Int(first)..<Int(first + count), flags) ?? SQLITE_MISUSE
    }
    methods.pointee.xShmBarrier = { _ in }
    methods.pointee.xShmUnmap = { file, deletes in
        opened(file)?.unmap(deleting: deletes != 0)
        return SQLITE_OK
    }
    return methods
}()
