import Glibc
import StoepCommand

/// A file that is written piece by piece under another name, for its owner alone, and takes its own only once it is whole
/// and on the disk: let go before that, it leaves nothing behind and what had the name stays.
final class ExportFile {
    let path: String
    private let part: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferBytes = 1 << 16

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        part = path + ".part"
        unlink(part)
        descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .exportFailed(path, errno: errno) }
        buffer.reserveCapacity(2 * Self.bufferBytes)
    }

    func append(_ text: String) throws(CommandFailure) {
        buffer += text.utf8
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    private func flush() throws(CommandFailure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .exportFailed(path, errno: errno) }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func finish() throws(CommandFailure) {
        try flush()
        guard fsync(descriptor) == 0 else { throw .exportFailed(path, errno: errno) }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(part, path) == 0 else {
            let number = errno
            unlink(part)
            throw .exportFailed(path, errno: number)
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        let parent = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(part)
    }

    /// Makes a folder for its owner alone, where none is there.
    static func makeFolder(_ path: String) throws(CommandFailure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw .exportFailed(path, errno: errno)
    }
}
