import Glibc
import StoepModel
import StoepStore

/// Where a daemon keeps what it has: one directory, of mode 0700.
package struct DataDirectory: Sendable {
    package let path: String

    package init(_ path: String) {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        self.path = path
    }

    var tlsKeyPath: String { path + "/tls.key" }
    var rootKeyPath: String { path + "/root.key" }
    /// Beside the directory, not in it: so that a backup of the directory does not hold it.
    package var ledgerPath: String { path + ".ledger" }
    var serveLockPath: String { path + "/serve.lock" }
    /// Where a space is made before it stands in its place.
    var stagingPath: String { path + "/.init" }

    /// Where new keys wait until they take the place of the old.
    var replacementPath: String { path + "/.replace" }

    /// Opens the store of the space in it.
    package func openStore(_ environment: Environment, holder: String, mendsPages: Bool = false) throws -> Store {
        guard Store.exists(in: path) else { throw DaemonError.notADataDirectory(path) }
        var configuration = Store.Configuration(directory: path, holder: holder)
        configuration.mendsPages = mendsPages
        configuration.ballastBytes = Store.usualBallastBytes
        return try Store.open(configuration, environment)
    }

    /// Removes what an init that was cut left behind, with the copy of a root key that may be in it.
    func clearStaging() throws(DaemonError) {
        guard let staged = try entries(stagingPath) else { return }
        for name in staged { unlink("\(stagingPath)/\(name)") }
        guard rmdir(stagingPath) == 0 else { throw .file(path: stagingPath, code: errno) }
    }

    /// The names in the directory; nil where it does not exist.
    func entries(_ path: String) throws(DaemonError) -> Set<String>? {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return nil }
            throw .file(path: path, code: errno)
        }
        defer { closedir(stream) }
        var names: Set<String> = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.insert(name) }
        }
        return names
    }

    func make(_ path: String) throws(DaemonError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .file(path: path, code: errno) }
    }

    /// Makes durable which names stand in a directory.
    func sync(_ path: String) throws(DaemonError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .file(path: path, code: errno) }
    }
}

/// Held by the one process that serves from a directory, or makes a space in it. The kernel takes it back when its
/// holder dies.
final class ServeLock: Sendable {
    private let descriptor: Int32

    init(_ data: DataDirectory) throws(DaemonError) {
        let path = data.serveLockPath
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .file(path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            defer { close(descriptor) }
            guard code == EWOULDBLOCK else { throw .file(path: path, code: code) }
            throw .running(data: data.path, processID: Self.holder(descriptor))
        }
        let line = Array("\(getpid())\n".utf8)
        // Only for others' messages: a full disk must not keep a daemon from starting.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, line, line.count, 0) }
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Int32(String(decoding: bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    deinit {
        // Said, not left to the close: a child between its fork and its exec has the descriptor too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

/// The path of the socket on which a daemon takes its coordinator's commands. The system allows 107 bytes for it: in a
/// directory with a longer name it is reached through a descriptor of that directory.
final class AdminSocketPath: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ data: DataDirectory) throws(DaemonError) {
        let plain = data.path + "/admin.sock"
        if plain.utf8.count <= 107 {
            (path, descriptor) = (plain, -1)
            return
        }
        descriptor = open(data.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: data.path, code: errno) }
        path = "/proc/self/fd/\(descriptor)/admin.sock"
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

extension Environment {
    /// The machine's own clock and randomness.
    static func machine(random: @escaping (Int) -> [UInt8], cryptography: Cryptography) -> Environment {
        Environment(
            cryptography: cryptography,
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return Timestamp(
                    milliseconds: UInt64(clamping: time.tv_sec) * 1000 + UInt64(clamping: time.tv_nsec) / 1_000_000)
            },
            random: random)
    }
}
