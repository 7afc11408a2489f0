import Glibc

/// What the operating system refused, to which file.
package struct FileError: Error, Sendable, CustomStringConvertible {
    /// The `errno`.
    package let code: Int32
    package let path: String
    /// The call: "open", "write", "fsync", "rename", …
    package let operation: String

    package init(code: Int32, path: String, operation: String) {
        self.code = code
        self.path = path
        self.operation = operation
    }

    package var isMissing: Bool { code == ENOENT }
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
    /// Larger than the caller was ready to read.
    package var isTooLarge: Bool { code == EFBIG }

    package var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
}

/// Small files (anchors, keys, drafts) that after a crash hold their old or their new content, whole.
package enum DurableFile {
    /// Whether something stands at the path.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Replaces the file's content. On return it is durable; on an error the old content is still there,
    /// except after a failed fsync of the folder, when either may be.
    ///
    /// Two that write the same path do not mix; the last to rename wins.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(FileError) {
        let (folder, name) = split(path)
        let temporary = "\(folder)/.\(name).\(getpid()).\(Int(bitPattern: pthread_self())).part"
        // A leftover can only be that of a dead process that had our number.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw FileError(code: errno, path: temporary, operation: "create") }
        do throws(FileError) {
            do throws(FileError) {
                try writeAll(bytes, to: descriptor, path: temporary)
                guard fsync(descriptor) == 0 else {
                    throw FileError(code: errno, path: temporary, operation: "fsync")
                }
            } catch {
                close(descriptor)
                throw error
            }
            guard close(descriptor) == 0 else {
                throw FileError(code: errno, path: temporary, operation: "close")
            }
            guard rename(temporary, path) == 0 else {
                throw FileError(code: errno, path: path, operation: "rename")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(folder)
    }

    /// The whole content; `isTooLarge` when it is more than `maximumBytes`, `isMissing` when there is none.
    package static func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
        // NONBLOCK: a pipe put in the file's place must not hold us for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(code: errno, path: path, operation: "stat") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL, path: path, operation: "read")
        }
        guard status.st_size <= maximumBytes else { throw FileError(code: EFBIG, path: path, operation: "read") }
        // One byte more than it says, to see a file that grows.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var filled = 0
        while filled < bytes.count {
            let start = filled
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + start, buffer.count - start)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(code: errno, path: path, operation: "read") }
            if count == 0 { break }
            filled += count
        }
        guard filled < bytes.count else { throw FileError(code: EAGAIN, path: path, operation: "read") }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let start = written
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress! + start, buffer.count - start)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw FileError(code: count < 0 ? errno : EIO, path: path, operation: "write")
            }
            written += count
        }
    }

    /// Makes a rename or a removal in `folder` durable.
    static func syncFolder(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(code: errno, path: folder, operation: "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(code: errno, path: folder, operation: "fsync") }
    }

    /// The folder that a file stands in.
    package static func folder(of path: String) -> String { split(path).folder }

    static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path[...]) }
        let name = path[path.utf8.index(after: slash)...]
        return (slash == path.startIndex ? "/." : String(path[..<slash]), name)
    }
}
