import Glibc
import StoepCommand

/// A file that is written piece by piece for its owner alone, and takes its name only once it is whole and on the disk:
/// let go before that, it leaves nothing behind and what had the name stays. Where the file system has files without a
/// name, not even a kill leaves any of it.
final class ExportFile {
    let path: String
    private let part: String
    private var descriptor: Int32
    /// Whether it has no name yet.
    private var isNameless: Bool
    private var buffer: [UInt8] = []
    private static let bufferBytes = 1 << 16
    /// `O_TMPFILE`, which is no plain constant in C.
    private static let nameless = 0o20_000_000 | O_DIRECTORY

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        part = path + ".part"
        unlink(part)
        descriptor = open(Self.folder(of: path), O_WRONLY | O_CLOEXEC | Self.nameless, 0o600)
        isNameless = descriptor >= 0
        if !isNameless { descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        guard descriptor >= 0 else { throw .exportFailed(path, errno: errno) }
        buffer.reserveCapacity(2 * Self.bufferBytes)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
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
        if isNameless {
            // A link takes nobody's place, a new name does.
            let linked = linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, part, AT_SYMLINK_FOLLOW)
            guard linked == 0 else { throw .exportFailed(path, errno: errno) }
            isNameless = false
        }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(part, path) == 0 else {
            let number = errno
            unlink(part)
            throw .exportFailed(path, errno: number)
        }
        let parent = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !isNameless { unlink(part) }
    }

    /// Makes a folder for its owner alone, where none is there.
    static func makeFolder(_ path: String) throws(CommandFailure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw .exportFailed(path, errno: errno)
    }
}
