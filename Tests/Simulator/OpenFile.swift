import CSQLite

/// A file that SQLite has open. Once its machine has lost its power or was started again, everything fails, except
/// closing it.
final class OpenFile {
    private let disk: SimulatedDisk
    private let file: StoredFile
    private let generation: Int
    /// To be deleted when it is closed.
    private let fleetingPath: String?
    private let locks: FileLocks
    private var level = SQLITE_LOCK_NONE
    private var shared: SharedMemory?

    init(_ disk: SimulatedDisk, _ file: StoredFile, fleetingPath: String?) {
        self.disk = disk
        self.file = file
        self.fleetingPath = fleetingPath
        generation = disk.generation
        locks = file.locks
        disk.openFiles += 1
    }

    private var isAlive: Bool { !disk.isDown && generation == disk.generation }

    func close() {
        if isAlive {
            _ = unlock(to: SQLITE_LOCK_NONE)
            if let fleetingPath { disk.unlink(fleetingPath) }
        }
        unmap(deleting: false)
        disk.openFiles -= 1
    }

    // MARK: Content

    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int32 {
        guard isAlive, !disk.fails(.read) else { return IOError.read }
        let available = min(target.count, max(0, file.bytes.count - offset))
        if available > 0 {
            file.bytes.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[offset..<(offset + available)])) }
        }
        guard available < target.count else { return SQLITE_OK }
        UnsafeMutableRawBufferPointer(rebasing: target[available...]).initializeMemory(as: UInt8.self, repeating: 0)
        return IOError.shortRead
    }

    func write(_ source: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        guard isAlive, !disk.fails(.write) else { return IOError.write }
        let isLast = disk.powerFailsNow()
        let room = disk.room(for: source.count, at: offset, of: file)
        file.write(UnsafeRawBufferPointer(rebasing: source.prefix(room)), at: offset)
        if isLast { return cutPower(IOError.write) }
        return room == source.count ? SQLITE_OK : SQLITE_FULL
    }

    func truncate(to count: Int) -> Int32 {
        guard isAlive, !disk.fails(.truncate) else { return IOError.truncate }
        let isLast = disk.powerFailsNow()
        file.resize(to: count)
        return isLast ? cutPower(IOError.truncate) : SQLITE_OK
    }

    func sync() -> Int32 {
        guard isAlive else { return IOError.sync }
        if disk.powerFailsNow() { return cutPower(IOError.sync) }
        if disk.fails(.sync) {
            file.failSync(disk.random) { disk.note($0) }
            return IOError.sync
        }
        file.sync()
        disk.syncNames(of: file)
        return SQLITE_OK
    }

    func size(_ count: inout Int64) -> Int32 {
        guard isAlive else { return IOError.status }
        count = Int64(file.bytes.count)
        return SQLITE_OK
    }

    private func cutPower(_ code: Int32) -> Int32 {
        disk.cutPower()
        return code
    }

    // MARK: Locks

    func lock(to wanted: Int32) -> Int32 {
        guard isAlive else { return IOError.lock }
        if wanted == SQLITE_LOCK_RESERVED { disk.seedSQLite() }
        level = locks.raise(self, from: level, to: wanted)
        return level >= wanted ? SQLITE_OK : SQLITE_BUSY
    }

    func unlock(to wanted: Int32) -> Int32 {
        guard isAlive else { return IOError.unlock }
        level = locks.lower(self, from: level, to: wanted)
        return SQLITE_OK
    }

    func checkReserved(_ answer: inout Int32) -> Int32 {
        guard isAlive else { return IOError.lock }
        answer = locks.isReserved ? 1 : 0
        return SQLITE_OK
    }

    // MARK: Shared memory

    /// It lives until the last file that uses it is closed, also past the end of its machine: SQLite reads and
    /// writes it without asking.
    func map(_ number: Int, byteCount: Int, extends: Bool) -> (code: Int32, region: UnsafeMutableRawPointer?) {
        guard isAlive else { return (IOError.sharedMemory, nil) }
        let memory = shared ?? file.shared ?? SharedMemory()
        if shared == nil {
            memory.users += 1
            shared = memory
            file.shared = memory
        }
        return (SQLITE_OK, memory.region(number, byteCount: byteCount, extends: extends))
    }

    func lockShared(_ range: Range<Int>, _ flags: Int32) -> Int32 {
        guard isAlive, let shared, range.upperBound <= SQLITE_SHM_NLOCK else { return IOError.sharedLock }
        if flags & SQLITE_SHM_UNLOCK != 0 {
            shared.unlock(self, range)
            return SQLITE_OK
        }
        let exclusively = flags & SQLITE_SHM_EXCLUSIVE != 0
        if exclusively { disk.seedSQLite() }
        return shared.lock(self, range, exclusively: exclusively) ? SQLITE_OK : SQLITE_BUSY
    }

    func unmap(deleting: Bool) {
        guard let memory = shared else { return }
        memory.unlock(self, 0..<Int(SQLITE_SHM_NLOCK))
        memory.users -= 1
        shared = nil
        if memory.users == 0, file.shared === memory { file.shared = nil }
    }
}

/// Codes of SQLite that are made of arithmetic and therefore not imported.
enum IOError {
    static let read = SQLITE_IOERR | (1 << 8)
    static let shortRead = SQLITE_IOERR | (2 << 8)
    static let write = SQLITE_IOERR | (3 << 8)
    static let sync = SQLITE_IOERR | (4 << 8)
    static let syncFolder = SQLITE_IOERR | (5 << 8)
    static let truncate = SQLITE_IOERR | (6 << 8)
    static let status = SQLITE_IOERR | (7 << 8)
    static let unlock = SQLITE_IOERR | (8 << 8)
    static let delete = SQLITE_IOERR | (10 << 8)
    static let access = SQLITE_IOERR | (13 << 8)
    static let lock = SQLITE_IOERR | (15 << 8)
    static let sharedLock = SQLITE_IOERR | (20 << 8)
    static let sharedMemory = SQLITE_IOERR | (21 << 8)
    static let nothingToDelete = SQLITE_IOERR | (23 << 8)
}
