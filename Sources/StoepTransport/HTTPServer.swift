import Dispatch
import Glibc
import StoepCrypto
import StoepModel
import Synchronization

/// An HTTP/1.1 server that waits for nothing: TLS 1.3 with a key on both sides, and a local socket for
/// administration. Between `listen` and `stop` it keeps itself alive.
///
/// It knows keys, not people: every peer that proves an Ed25519 key gets as far as the handler.
package actor HTTPServer {
    package struct Configuration: Sendable {
        /// Serial queues that share the connections; about one a core.
        package var loops = 2
        package var maximumBodyBytes = Limits.messageBytes
        /// Request line and header fields together.
        package var maximumHeaderBytes = 16 << 10
        /// Bodies of all requests in memory at once; what goes beyond is answered with 503.
        package var maximumHeldBodyBytes = 256 << 20
        package var maximumConnections = 4096
        /// On top of these, for the local socket only.
        package var reservedLocalConnections = 8
        /// For the handshake, and again for the head of each request.
        package var headerTimeoutSeconds = 10
        /// Without a byte either way: inside a body or a response, or between requests.
        package var idleTimeoutSeconds = 75
        /// For a whole body, and for a whole response.
        package var requestTimeoutSeconds = 600

        package init() {}

        var parserLimits: RequestParser.Limits {
            RequestParser.Limits(headerBytes: maximumHeaderBytes, bodyBytes: maximumBodyBytes)
        }
    }

    package typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    private nonisolated let handler = HandlerBox()
    private nonisolated let admission: Admission
    private let configuration: Configuration
    private let loops: [Loop]
    private var acceptors: [Acceptor] = []
    private var isStopped = false

    package init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let admission = Admission(
            maximumConnections: configuration.maximumConnections,
            reservedForLocal: configuration.reservedLocalConnections,
            maximumBodyBytes: configuration.maximumHeldBodyBytes)
        self.admission = admission
        loops = (0..<max(1, configuration.loops)).map { [handler] number in
            Loop(number: number, configuration: configuration, admission: admission, handler: handler)
        }
    }

    /// What answers requests, many at once. It must not block its thread. Without one every answer is 503.
    package nonisolated func setHandler(_ handler: @escaping Handler) {
        self.handler.set(handler)
    }

    /// Connections open at this moment.
    package nonisolated var openConnections: Int { admission.openConnections }

    /// Listens for devices. SIGPIPE is ignored in the whole process from then on, and the limit on open
    /// descriptors raised as far as is allowed and needed.
    /// - Returns: the address bound, with the port that the system chose if `address` left it open.
    package func listen(address: NetworkAddress, identity: SigningKey) async throws(ListenError) -> NetworkAddress {
        let tls = try TLSContext(identity: identity)
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise(to: configuration.maximumConnections + 64)
        let socket = try ListeningSocket.network(address)
        let bound = socket.address ?? address
        try await accept(on: socket, tls: tls)
        return bound
    }

    /// Listens on a socket in the file system that only this user may open; a socket that a dead process left
    /// there is replaced.
    package func listenLocal(path: String) async throws(ListenError) {
        signal(SIGPIPE, SIG_IGN)
        try await accept(on: try ListeningSocket.local(path), tls: nil)
    }

    /// Stops accepting, closes idle connections, and lets requests in flight finish for so many seconds. When
    /// it returns, every descriptor is closed. The server cannot be started again.
    package func stop(graceSeconds: Int = 10) async {
        isStopped = true
        for acceptor in acceptors { await acceptor.stop() }
        acceptors = []
        let grace = UInt64(max(0, graceSeconds)) * 1000
        await withTaskGroup(of: Void.self) { group in
            for loop in loops { group.addTask { await loop.drain(withinMilliseconds: grace) } }
        }
    }

    private func accept(on socket: ListeningSocket, tls: TLSContext?) async throws(ListenError) {
        guard !isStopped else {
            socket.closeAndRemove()
            throw .stopped
        }
        let acceptor = Acceptor(loops: loops, admission: admission)
        acceptors.append(acceptor)
        await acceptor.start(socket, tls: tls)
    }
}

/// The handler, set once and read by every loop.
final class HandlerBox: Sendable {
    /// A struct around the closure: a bare closure in a generic `Mutex` is wrapped in one more conversion each
    /// time the lock is taken, and every request would be slower than the one before.
    private struct Stored {
        let respond: HTTPServer.Handler
    }

    private let stored = Mutex<Stored?>(nil)

    func set(_ handler: @escaping HTTPServer.Handler) {
        stored.withLock { $0 = Stored(respond: handler) }
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard let stored = stored.withLock({ $0 }) else { return .text(503, "not ready yet") }
        return await stored.respond(request)
    }
}

/// How many descriptors this process may have open.
enum DescriptorLimit {
    /// Raises the soft limit, never above the hard one and never down. What is missing shows when accepting.
    static func raise(to wanted: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let target = min(rlim_t(wanted), limit.rlim_max)
        guard limit.rlim_cur < target else { return }
        limit.rlim_cur = target
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
