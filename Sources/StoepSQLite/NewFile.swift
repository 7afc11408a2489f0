import Glibc

/// A file that is written under another name and takes its own only where nothing stands there. Let go before that, it
/// leaves nothing behind; killed, a file that ends in `.part`, which the next replaces.
package final class NewFile {
    private let path: String
    private var descriptor: Int32
    /// Where it stands until it is finished.
    package let part: String

    /// Mode 0600.
    /// - Throws: EEXIST where something has the name.
    package init(_ path: String) throws(FileError) {
        self.path = path
        part = path + StreamedFile.suffix
        guard access(path, F_OK) != 0 else { throw FileError(code: EEXIST, path: path, operation: "create") }
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
        if link(part, path) == 0 {
            unlink(part)
        } else {
            // A stick's file system knows no second name: whoever takes the name just now would lose what is theirs.
            guard [EPERM, ENOTSUP, ENOSYS].contains(errno) else { throw refused("name", errno) }
            guard access(path, F_OK) != 0 else { throw refused("name", EEXIST) }
            guard rename(part, path) == 0 else { throw refused("name", errno) }
        }
        try DurableFile.syncFolder(DurableFile.split(path).folder)
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
