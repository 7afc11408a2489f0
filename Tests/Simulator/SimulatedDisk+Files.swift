import Glibc
import StoepSQLite

/// The files beside the database, in the steps in which `SystemDisk` does it: at each the power may fail.
extension SimulatedDisk {
    package func exists(_ path: String) -> Bool { !isDown && (files[path] != nil || folderExists(path)) }

    package func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
        try admit(path, "read")
        guard let file = files[path] else { throw missing(path, "open") }
        if fails(.read) { throw FileError(code: EIO, path: path, operation: "read") }
        guard file.bytes.count <= maximumBytes else { throw FileError(code: EFBIG, path: path, operation: "read") }
        return file.bytes
    }

    package func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try admit(path, "create")
        guard files[path] != nil || !folderExists(path) else {
            throw FileError(code: EISDIR, path: path, operation: "rename")
        }
        let folder = Self.parent(of: path)
        let temporary = Self.child(".\(path.split(separator: "/").last ?? "").part", of: folder)
        unlink(temporary)
        let file = StoredFile()
        try step(path, "create") { link(file, at: temporary) }
        do throws(FileError) {
            try put(bytes, at: 0, of: file, temporary)
            try sync(file, temporary)
            try rename(temporary, to: path)
        } catch {
            if !isDown { unlink(temporary) }
            throw error
        }
        try syncFolder(folder)
    }

    package func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8] {
        let bytes = try read(path, maximumBytes: .max)
        return Array(bytes.dropFirst(offset).prefix(count))
    }

    package func overwrite(_ path: String, with pieces: [(offset: Int, bytes: [UInt8])]) throws(FileError) {
        try admit(path, "open")
        guard let file = files[path] else { throw missing(path, "open") }
        for piece in pieces {
            try step(path, "write") { piece.bytes.withUnsafeBytes { file.write($0, at: piece.offset) } }
        }
        try sync(file, path)
    }

    package func writeUnsynced(_ bytes: [UInt8], to path: String) throws(FileError) {
        try admit(path, "open")
        let file = files[path] ?? StoredFile()
        if files[path] == nil { try step(path, "create") { link(file, at: path) } }
        try put(bytes, at: 0, of: file, path)
    }

    package func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        try admit(path, "open")
        guard let file = files[path] else { throw missing(path, "open") }
        try put(bytes, at: file.bytes.count, of: file, path)
        try sync(file, path)
    }

    package func truncate(_ path: String, to count: Int) throws(FileError) {
        try admit(path, "truncate")
        guard let file = files[path] else { throw missing(path, "truncate") }
        if fails(.truncate) { throw FileError(code: EIO, path: path, operation: "truncate") }
        try step(path, "truncate") { file.resize(to: count) }
    }

    package func rename(_ path: String, to other: String) throws(FileError) {
        try admit(path, "rename")
        guard let file = files[path] else { throw missing(path, "rename") }
        try step(path, "rename") {
            files[path] = nil
            files[other] = file
            pendingNames.append(.rename(from: path, to: other, file))
        }
    }

    package func remove(_ path: String) throws(FileError) {
        try admit(path, "remove")
        guard files[path] != nil else { return }
        if fails(.delete) { throw FileError(code: EIO, path: path, operation: "remove") }
        try step(path, "remove") { unlink(path) }
    }

    package func syncFolder(_ path: String) throws(FileError) {
        try admit(path, "fsync")
        guard folderExists(path) else { throw missing(path, "open") }
        try step(path, "fsync") {}
        if fails(.fileSync) { throw FileError(code: EIO, path: path, operation: "fsync") }
        syncNames(in: path)
    }

    package func names(in folder: String) throws(FileError) -> [String]? {
        try admit(folder, "list")
        guard folderExists(folder) else { return nil }
        let prefix = folder == "/" ? "/" : folder + "/"
        var names: Set<String> = []
        for path in Array(files.keys) + folders where path.hasPrefix(prefix) && path != prefix {
            names.insert(String(path.dropFirst(prefix.count).prefix { $0 != "/" }))
        }
        return names.sorted()
    }

    package func makeFolder(_ path: String) throws(FileError) -> Bool {
        try admit(path, "make")
        if files[path] != nil || folderExists(path) { return false }
        try step(path, "make") {
            folders.insert(path)
            pendingNames.append(.makeFolder(path))
        }
        return true
    }

    package func removeFolder(_ path: String) throws(FileError) {
        try admit(path, "remove")
        guard folderExists(path) else { return }
        guard try names(in: path)?.isEmpty == true else {
            throw FileError(code: ENOTEMPTY, path: path, operation: "remove")
        }
        try step(path, "remove") {
            folders.remove(path)
            pendingNames.append(.removeFolder(path))
        }
    }

    /// In memory, on the machine that the simulator runs on: no crash leaves anything of it.
    package func unnamedFile(beside path: String) throws(FileError) -> UnnamedFile {
        try admit(path, "create")
        return try UnnamedFile(beside: "/dev/shm/\(vfsName ?? name)-\(getpid())")
    }

    package func freeBytes(in folder: String) -> Int? { capacityBytes.map { $0 - usedBytes } ?? 1 << 40 }

    package func reserve(_ path: String, bytes: Int) throws(FileError) {
        try write([UInt8](repeating: 0, count: bytes), to: path)
    }

    package func writeLock(_ path: String) throws(WriteLockError) -> any WriteLocking {
        guard !isDown else { throw .system(FileError(code: EIO, path: path, operation: "open")) }
        if files[path] == nil { link(StoredFile(), at: path) }
        return SimulatedLock(disk: self, path: path)
    }

    // MARK: Steps

    private func admit(_ path: String, _ operation: String) throws(FileError) {
        if isDown { throw FileError(code: EIO, path: path, operation: operation) }
    }

    private func missing(_ path: String, _ operation: String) -> FileError {
        FileError(code: ENOENT, path: path, operation: operation)
    }

    /// One operation. If the power fails during it, its change is in the cache like one that was not synced.
    private func step(_ path: String, _ operation: String, _ change: () -> Void) throws(FileError) {
        let isLast = powerFailsNow()
        change()
        guard isLast else { return }
        cutPower()
        throw FileError(code: EIO, path: path, operation: operation)
    }

    private func put(_ bytes: [UInt8], at offset: Int, of file: StoredFile, _ path: String) throws(FileError) {
        if fails(.fileWrite) { throw FileError(code: EIO, path: path, operation: "write") }
        let room = room(for: bytes.count, at: offset, of: file)
        try step(path, "write") {
            bytes.withUnsafeBytes { file.write(UnsafeRawBufferPointer(rebasing: $0.prefix(room)), at: offset) }
        }
        guard room == bytes.count else { throw FileError(code: ENOSPC, path: path, operation: "write") }
    }

    private func sync(_ file: StoredFile, _ path: String) throws(FileError) {
        try step(path, "fsync") {}
        if fails(.fileSync) {
            file.failSync(random) { note($0) }
            throw FileError(code: EIO, path: path, operation: "fsync")
        }
        file.sync()
        syncNames(of: file)
    }
}

/// The lock that writers of a store hold, among the processes of one simulated machine.
final class SimulatedLock: WriteLocking {
    private let disk: SimulatedDisk
    private let path: String
    private let generation: Int

    init(disk: SimulatedDisk, path: String) {
        self.disk = disk
        self.path = path
        generation = disk.generation
    }

    deinit { release() }

    /// Waits for nobody: nobody else runs meanwhile.
    func acquire(timeoutMilliseconds: Int, holder: String) throws(WriteLockError) {
        guard !disk.isDown, generation == disk.generation else {
            throw .system(FileError(code: EIO, path: path, operation: "lock"))
        }
        if let held = disk.heldLocks[path] {
            precondition(held.lock != ObjectIdentifier(self), "the write lock is already held here")
            throw .heldBy(processID: 1, name: held.holder)
        }
        disk.heldLocks[path] = (ObjectIdentifier(self), holder)
    }

    func release() {
        if disk.heldLocks[path]?.lock == ObjectIdentifier(self) { disk.heldLocks[path] = nil }
    }

    /// Written as any file is, without an fsync.
    var note: [UInt8] {
        get { disk.files[path]?.bytes ?? [] }
        set { newValue.withUnsafeBytes { disk.files[path]?.write($0, at: 0) } }
    }
}
