import Dispatch
import Glibc
import StoepCrypto
import StoepModel
import Testing

@testable import StoepTransport

/// Key number `number` of the tests; always the same.
func key(_ number: UInt8) -> SigningKey {
    guard let key = SigningKey(seed: [UInt8](repeating: number, count: 32)) else {
        preconditionFailure("a seed has 32 bytes")
    }
    return key
}

/// A server on the loopback for the length of `body`, then stopped.
func withServer(
    _ configure: (inout HTTPServer.Configuration) -> Void = { _ in },
    handler: @escaping HTTPServer.Handler = echo,
    _ body: (HTTPServer, NetworkAddress) async throws -> Void
) async throws {
    var configuration = HTTPServer.Configuration()
    configure(&configuration)
    let server = HTTPServer(configuration: configuration)
    server.setHandler(handler)
    let address = try await server.listen(address: try NetworkAddress("127.0.0.1:0"), identity: key(1))
    do {
        try await body(server, address)
    } catch {
        await server.stop(graceSeconds: 0)
        throw error
    }
    await server.stop(graceSeconds: 1)
    #expect(server.openConnections == 0)
}

/// The same on a local socket, where a test can write the bytes that it likes.
func withLocalServer(
    _ configure: (inout HTTPServer.Configuration) -> Void = { _ in },
    handler: @escaping HTTPServer.Handler = echo,
    _ body: (HTTPServer, String) async throws -> Void
) async throws {
    var configuration = HTTPServer.Configuration()
    configure(&configuration)
    let server = HTTPServer(configuration: configuration)
    server.setHandler(handler)
    let path = "/tmp/stoep-\(getpid())-\(SystemRandom.bytes(6).map(String.init).joined()).sock"
    try await server.listenLocal(path: path)
    do {
        try await body(server, path)
    } catch {
        await server.stop(graceSeconds: 0)
        throw error
    }
    await server.stop(graceSeconds: 1)
    #expect(access(path, F_OK) != 0, "the socket's file is gone")
}

/// Answers with the request's own body; its method, target and peer in headers.
let echo: HTTPServer.Handler = { request in
    let peer =
        switch request.peer {
        case .device(let key): key.description
        case .local: "local"
        }
    return HTTPResponse(
        status: 200, contentType: request.headers["content-type"] ?? "", body: request.body,
        headers: HTTPHeaders([("x-peer", peer), ("x-target", "\(request.method) \(request.target)")]))
}

/// Runs what blocks on a thread of its own.
func blocking<Value: Sendable>(_ body: sending @escaping () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let work = DispatchWorkItem { continuation.resume(with: Result(catching: body)) }
        DispatchQueue(label: "stoep.test").async(execute: work)
    }
}

/// A client of the server at `address`, known by the key of `withServer` unless told otherwise.
func client(_ address: NetworkAddress, pins: [SigningKey] = [key(1)], identity: SigningKey = key(2)) -> HTTPClient {
    HTTPClient(endpoint: .tls(address, pins: pins.map(\.pin), identity: identity))
}

/// A bare connection to a local socket.
final class RawConnection {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(code == 0)
        // A server that does not answer fails the test; it does not hang it.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until `text` has come, or the end.
    func receive(until text: String? = nil) -> String {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                if count < 0 { Issue.record("nothing more came, and no end either (errno \(errno))") }
                break
            }
            received += buffer.prefix(count)
            if let text, String(decoding: received, as: UTF8.self).contains(text) { break }
        }
        return String(decoding: received, as: UTF8.self)
    }
}

/// What a shell command printed, both streams.
func run(_ command: String) throws -> String {
    let stream = try #require(popen("(\(command)) 2>&1", "r"))
    defer { pclose(stream) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { output += buffer.prefix(count) }
    return String(decoding: output, as: UTF8.self)
}
