import Glibc

/// The disk that the files of a store stand on: the machine's own (`SystemDisk`), or one that a simulator makes, on which
/// everything can go wrong that goes wrong with disks. The database itself goes through the SQLite VFS that it names.
///
/// Every path is absolute. What is said to be durable is so on return.
package protocol Disk: Sendable {
    /// The SQLite VFS for databases on this disk; nil is SQLite's own.
    var vfsName: String? { get }
    func exists(_ path: String) -> Bool
    /// - Throws: `isTooLarge` when there is more than `maximumBytes`, `isMissing` when there is no such file.
    func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8]
    /// Replaces the file's content; durable. After a crash it is the old or the new one, whole.
    func write(_ bytes: [UInt8], to path: String) throws(FileError)
    /// A part of a file; what there is of it where the file ends before.
    func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8]
    /// Writes over what stands in a file, each piece at its place; durable. After a crash any of it may be there.
    func overwrite(_ path: String, with pieces: [(offset: Int, bytes: [UInt8])]) throws(FileError)
    /// Writes over the beginning of a file, and makes one where there is none; not durable. After a crash any of it may be
    /// there.
    func writeUnsynced(_ bytes: [UInt8], to path: String) throws(FileError)
    /// Adds to the end of a file that is there; durable. After a crash any part of it may be there.
    func append(_ bytes: [UInt8], to path: String) throws(FileError)
    /// Takes off what stands beyond so many bytes.
    func truncate(_ path: String, to count: Int) throws(FileError)
    /// Gives a file another name, in place of whatever had it. Durable once its folder is.
    func rename(_ path: String, to other: String) throws(FileError)
    /// Takes a file away, if it is there. Durable once its folder is.
    func remove(_ path: String) throws(FileError)
    /// Makes what was renamed or removed in a folder durable.
    func syncFolder(_ path: String) throws(FileError)
    /// The names in a folder, in ascending order; nil where there is none.
    func names(in folder: String) throws(FileError) -> [String]?
    /// Makes a folder for its owner alone.
    /// - Returns: false where it was there already.
    func makeFolder(_ path: String) throws(FileError) -> Bool
    /// Takes an empty folder away, if it is there.
    func removeFolder(_ path: String) throws(FileError)
    /// A file without a name, beside one that is being made: what does not fit in memory, and outlives no process.
    func unnamedFile(beside path: String) throws(FileError) -> UnnamedFile
    /// How much room there is for whoever writes into a folder; nil where that is not known.
    func freeBytes(in folder: String) -> Int?
    /// Makes a file that takes so much room, whatever stands in it.
    func reserve(_ path: String, bytes: Int) throws(FileError)
    /// The lock that whoever writes to a store holds.
    func writeLock(_ path: String) throws(WriteLockError) -> any WriteLocking
}

extension Disk {
    package func freeBytes(in folder: String) -> Int? { nil }
    package func reserve(_ path: String, bytes: Int) throws(FileError) {}
}

/// A lock that excludes everybody else who writes to a store.
package protocol WriteLocking: AnyObject {
    /// Takes the lock, waiting for it up to `timeoutMilliseconds`.
    /// - Parameter holder: a short name for others to be told, "stoep sync"; no personal data.
    func acquire(timeoutMilliseconds: Int, holder: String) throws(WriteLockError)
    func release()
    /// What a holder leaves to the next, `noteBytes` at most; read and written while it is held. It outlives a process; once
    /// the power failed it may be anything.
    var note: [UInt8] { get set }
}

extension WriteLocking {
    package static var noteBytes: Int { 16 }

    /// Holds the lock while `body` runs.
    package func withLock<T>(
        timeoutMilliseconds: Int = 5000, holder: String, _ body: () throws -> T
    ) throws -> T {
        try acquire(timeoutMilliseconds: timeoutMilliseconds, holder: holder)
        defer { release() }
        return try body()
    }
}

/// The machine's own disk.
package struct SystemDisk: Disk {
    package init() {}

    package var vfsName: String? { nil }

    package func exists(_ path: String) -> Bool { DurableFile.exists(path) }

    package func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
        try DurableFile.read(path, maximumBytes: maximumBytes)
    }

    package func write(_ bytes: [UInt8], to path: String) throws(FileError) { try DurableFile.write(bytes, to: path) }

    package func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let step = bytes.withUnsafeMutableBytes { target in
                pread(descriptor, target.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { throw FileError(code: errno, path: path, operation: "read") }
            if step == 0 { break }
            done += step
        }
        bytes.removeLast(count - done)
        return bytes
    }

    package func overwrite(_ path: String, with pieces: [(offset: Int, bytes: [UInt8])]) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        defer { close(descriptor) }
        for piece in pieces {
            guard pwrite(descriptor, piece.bytes, piece.bytes.count, off_t(piece.offset)) == piece.bytes.count else {
                throw FileError(code: errno, path: path, operation: "write")
            }
        }
        guard fsync(descriptor) == 0 else { throw FileError(code: errno, path: path, operation: "fsync") }
    }

    package func writeUnsynced(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        defer { close(descriptor) }
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw FileError(code: errno, path: path, operation: "write")
        }
    }

    package func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        defer { close(descriptor) }
        try DurableFile.writeAll(bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw FileError(code: errno, path: path, operation: "fsync") }
    }

    package func truncate(_ path: String, to count: Int) throws(FileError) {
        guard Glibc.truncate(path, off_t(count)) == 0 else {
            throw FileError(code: errno, path: path, operation: "truncate")
        }
    }

    package func rename(_ path: String, to other: String) throws(FileError) {
        guard Glibc.rename(path, other) == 0 else { throw FileError(code: errno, path: other, operation: "rename") }
    }

    package func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw FileError(code: errno, path: path, operation: "remove")
        }
    }

    package func syncFolder(_ path: String) throws(FileError) { try DurableFile.syncFolder(path) }

    package func names(in folder: String) throws(FileError) -> [String]? {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return nil }
            throw FileError(code: errno, path: folder, operation: "list")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func makeFolder(_ path: String) throws(FileError) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw FileError(code: errno, path: path, operation: "make") }
        return false
    }

    package func removeFolder(_ path: String) throws(FileError) {
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw FileError(code: errno, path: path, operation: "remove")
        }
    }

    package func unnamedFile(beside path: String) throws(FileError) -> UnnamedFile { try UnnamedFile(beside: path) }

    package func freeBytes(in folder: String) -> Int? {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        let (bytes, overflow) = Int(facts.f_bavail).multipliedReportingOverflow(by: Int(facts.f_frsize))
        return overflow ? .max : bytes
    }

    package func reserve(_ path: String, bytes: Int) throws(FileError) {
        let temporary = path + ".part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(code: errno, path: temporary, operation: "create") }
        let code = posix_fallocate(descriptor, 0, off_t(bytes))
        close(descriptor)
        // What is there under its own name is whole.
        guard code == 0 else {
            unlink(temporary)
            throw FileError(code: code, path: temporary, operation: "reserve")
        }
        try rename(temporary, to: path)
    }

    package func writeLock(_ path: String) throws(WriteLockError) -> any WriteLocking { try WriteLock(path: path) }
}
