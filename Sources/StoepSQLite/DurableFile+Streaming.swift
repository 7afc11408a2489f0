import Glibc

/// A file that is written piece by piece under another name, and takes its own only once it is whole and durable.
/// Let go before that, it leaves nothing behind; killed, a file that ends in `.part`, which the next replaces.
package final class StreamedFile {
    /// What the name has behind it until the file is whole.
    package static let suffix = ".part"
    private let path: String
    private let replaces: Bool
    private var descriptor: Int32
    /// Where it stands until it is finished.
    package let part: String

    /// Takes the place of what has the name. Mode 0600.
    package convenience init(replacing path: String) throws(FileError) {
        try self.init(path, replaces: true)
    }

    /// Takes its name only where nothing stands there. Mode 0600.
    /// - Throws: EEXIST where something has the name; `finish` too.
    package convenience init(new path: String) throws(FileError) {
        guard access(path, F_OK) != 0 else { throw FileError(code: EEXIST, path: path, operation: "create") }
        try self.init(path, replaces: false)
    }

    private init(_ path: String, replaces: Bool) throws(FileError) {
        self.path = path
        self.replaces = replaces
        part = path + Self.suffix
        unlink(part)
        descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(code: errno, path: part, operation: "create") }
    }

    package func append(_ bytes: [UInt8]) throws(FileError) {
        try DurableFile.writeAll(bytes, to: descriptor, path: part)
    }

    /// Makes durable what was written so far.
    package func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(code: errno, path: part, operation: "fsync") }
    }

    /// On return the file has its name, and is durable and closed.
    package func finish() throws(FileError) {
        try sync()
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0 else { throw refused("close", errno) }
        let named = replaces ? false : try linked()
        if !named {
            guard rename(part, path) == 0 else { throw refused("rename", errno) }
        }
        try DurableFile.syncFolder(DurableFile.split(path).folder)
    }

    /// Gives the file a name that nothing else has.
    /// - Returns: false where the file system knows no second name, as that of a stick: then whoever takes the name just
    ///   now loses what is theirs.
    private func linked() throws(FileError) -> Bool {
        if link(part, path) == 0 {
            unlink(part)
            return true
        }
        guard [EPERM, ENOTSUP, ENOSYS].contains(errno) else { throw refused("name", errno) }
        guard access(path, F_OK) != 0 else { throw refused("name", EEXIST) }
        return false
    }

    private func refused(_ operation: String, _ code: Int32) -> FileError {
        unlink(part)
        return FileError(code: code, path: path, operation: operation)
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(part)
    }
}

/// Bytes that do not fit in memory, beside a file in the making: without a name from the start, so gone with the process.
package final class UnnamedFile {
    private let descriptor: Int32
    private let path: String
    package private(set) var count = 0

    package init(beside path: String) throws(FileError) {
        self.path = path + StreamedFile.suffix + "-pieces"
        unlink(self.path)
        descriptor = open(self.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(code: errno, path: self.path, operation: "create") }
        unlink(self.path)
    }

    package func append(_ bytes: [UInt8]) throws(FileError) {
        try DurableFile.writeAll(bytes, to: descriptor, path: path)
        count += bytes.count
    }

    /// Copies all of it, a piece of memory at a time.
    package func copy(to file: StreamedFile) throws(FileError) {
        var offset = 0
        while offset < count {
            let bytes = try DurableFile.read(descriptor, at: offset, count: min(1 << 20, count - offset), path: path)
            try file.append(bytes)
            offset += bytes.count
        }
    }

    deinit { close(descriptor) }
}

/// A file from outside, read where one wants. A link is not followed, and only a regular file is taken.
package final class SourceFile {
    private let descriptor: Int32
    private let path: String
    /// Bytes, when it was opened.
    package let count: Int

    package init(_ path: String) throws(FileError) {
        self.path = path
        // NONBLOCK: a pipe in its place must not hold us for ever.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
            close(descriptor)
            throw FileError(code: code, path: path, operation: "read")
        }
        count = Int(status.st_size)
    }

    /// Exactly so many bytes; fewer only where the file ends before.
    package func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try DurableFile.read(descriptor, at: offset, count: count, path: path)
    }

    deinit { close(descriptor) }
}

extension DurableFile {
    fileprivate static func read(
        _ descriptor: Int32, at offset: Int, count: Int, path: String
    ) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let start = filled
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + start }, count - start, off_t(offset + start))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileError(code: errno, path: path, operation: "read") }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}
