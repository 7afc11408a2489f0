import Glibc

/// Why the server cannot listen.
package enum ListenError: Error, CustomStringConvertible {
    /// A system call failed: which one, where, and `errno`.
    case system(call: String, place: String, code: Int32)
    /// The name cannot be resolved to an address of this machine.
    case unknownHost(place: String, reason: String)
    /// Another process answers on this local socket.
    case inUse(path: String)
    /// A local socket's path is limited by the system to 107 bytes.
    case pathTooLong(path: String)
    /// Something else than a socket stands at this path.
    case notASocket(path: String)
    case tls(String)
    /// The server has been stopped.
    case stopped

    package var description: String {
        switch self {
        case .system(let call, let place, let code):
            "cannot listen on \(place): \(call): \(String(cString: strerror(code)))"
        case .unknownHost(let place, let reason): "cannot listen on \(place): \(reason)"
        case .inUse(let path): "cannot listen on \(path): another daemon is running there"
        case .pathTooLong(let path): "cannot listen on \(path): a socket's path has at most 107 bytes"
        case .notASocket(let path): "cannot listen on \(path): there is a file of another kind"
        case .tls(let reason): "TLS cannot be set up: \(reason)"
        case .stopped: "the server has been stopped"
        }
    }
}

/// A bound, nonblocking socket on which connections arrive.
struct ListeningSocket: Sendable {
    let descriptor: Int32
    /// What it is bound to, if that is an address.
    let address: NetworkAddress?
    /// The file to remove with it, and the inode it had: another process may have put its own there since.
    private let path: String?
    private let inode: ino_t

    private init(descriptor: Int32, address: NetworkAddress?, path: String? = nil, inode: ino_t = 0) {
        self.descriptor = descriptor
        self.address = address
        self.path = path
        self.inode = inode
    }

    func closeAndRemove() {
        close(descriptor)
        guard let path else { return }
        var status = stat()
        if lstat(path, &status) == 0, status.st_ino == inode { unlink(path) }
    }

    private static let backlog: Int32 = 1024
    private static let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
}

extension ListeningSocket {
    /// The first address that the host resolves to.
    static func network(_ address: NetworkAddress) throws(ListenError) -> ListeningSocket {
        let place = address.description
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var results: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &results)
        guard code == 0, let result = results?.pointee else {
            throw .unknownHost(place: place, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(results) }
        let descriptor = socket(result.ai_family, flags, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", place: place, code: errno) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, result.ai_addr, result.ai_addrlen) == 0 else {
            throw failure("bind", place, closing: descriptor)
        }
        guard Glibc.listen(descriptor, backlog) == 0 else { throw failure("listen", place, closing: descriptor) }
        return ListeningSocket(descriptor: descriptor, address: boundAddress(descriptor))
    }

    /// A socket file of mode 0600. Nobody can connect before `listen`, so not before the mode is right.
    static func local(_ path: String) throws(ListenError) -> ListeningSocket {
        guard let address = LocalAddress(path) else { throw .pathTooLong(path: path) }
        try removeAbandoned(path, address)
        let descriptor = socket(AF_UNIX, flags, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", place: path, code: errno) }
        guard address.withSockaddr({ bind(descriptor, $0, $1) }) == 0 else {
            throw failure("bind", path, closing: descriptor)
        }
        var status = stat()
        guard chmod(path, 0o600) == 0, lstat(path, &status) == 0 else {
            throw failure("chmod", path, closing: descriptor)
        }
        guard Glibc.listen(descriptor, backlog) == 0 else { throw failure("listen", path, closing: descriptor) }
        return ListeningSocket(descriptor: descriptor, address: nil, path: path, inode: status.st_ino)
    }

    private static func failure(_ call: String, _ place: String, closing descriptor: Int32) -> ListenError {
        let code = errno
        close(descriptor)
        return .system(call: call, place: place, code: code)
    }

    /// Removes a socket on which nobody listens any more.
    private static func removeAbandoned(_ path: String, _ address: LocalAddress) throws(ListenError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = socket(AF_UNIX, flags, 0)
        guard probe >= 0 else { throw .system(call: "socket", place: path, code: errno) }
        defer { close(probe) }
        guard address.withSockaddr({ connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .inUse(path: path)
        }
        unlink(path)
    }

    private static func boundAddress(_ descriptor: Int32) -> NetworkAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: 8)
        let code = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard getsockname(descriptor, address, &length) == 0 else { return -1 }
                return getnameinfo(
                    address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        guard code == 0, let number = UInt16(text(port)) else { return nil }
        return NetworkAddress(host: text(host), port: number)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The address of a socket in the file system.
private struct LocalAddress {
    private var address = sockaddr_un()

    /// Nil if the path does not fit.
    init?(_ path: String) {
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard !bytes.isEmpty, bytes.count <= room, !bytes.contains(0) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    }

    func withSockaddr(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
