import CCurl
import StoepCrypto
import StoepModel

/// A client of one server. It blocks while it waits, keeps its connection open between requests, and belongs
/// to one thread or actor at a time. Making one costs nothing: libcurl wakes up with the first request.
package final class HTTPClient {
    package enum Endpoint: Sendable {
        /// A daemon that proves one of the pinned keys; `identity` is what this device shows.
        case tls(NetworkAddress, pins: [PublicKeyPin], identity: SigningKey)
        /// Whoever answers there, for what may be told to anybody and whose answer proves itself.
        case anybody(NetworkAddress, identity: SigningKey)
        /// A daemon on this machine, through its local socket.
        case local(path: String)
    }

    package struct Timeouts: Sendable {
        /// For name, connection and handshake together.
        package var connectSeconds = 10
        /// How long less than one byte a second may move before the request is given up.
        package var stallSeconds = 30
        /// For a whole request; 0 for no limit.
        package var totalSeconds = 0

        package init() {}
    }

    private let endpoint: Endpoint
    private let timeouts: Timeouts
    private var handle: CurlHandle?

    package init(endpoint: Endpoint, timeouts: Timeouts = Timeouts()) {
        self.endpoint = endpoint
        self.timeouts = timeouts
    }

    /// Sends `body` and returns the response, whatever its status.
    /// - Parameters:
    ///   - path: path and query, beginning with `/`, visible ASCII.
    ///   - maximumResponseBytes: a longer body ends the request with `tooLarge`.
    package func post(
        path: String, contentType: String, body: [UInt8], headers: HTTPHeaders = HTTPHeaders(),
        maximumResponseBytes: Int = Limits.messageBytes
    ) throws(TransportError) -> HTTPResponse {
        try begin(
            path: path, contentType: contentType, body: body, headers: headers,
            maximumResponseBytes: maximumResponseBytes
        ).response()
    }

    /// As `post`, without waiting for the response. The next request gives this one up.
    package func begin(
        path: String, contentType: String, body: [UInt8], headers: HTTPHeaders = HTTPHeaders(),
        maximumResponseBytes: Int = Limits.messageBytes
    ) throws(TransportError) -> PendingResponse {
        var headers = headers
        headers.append("content-type", contentType)
        // libcurl would wait a second for `100 Continue` before a large body.
        headers.append("expect", "")
        return try begin(path: path, headers: headers, body: body, limit: maximumResponseBytes)
    }

    /// As `post`, with GET and no body.
    package func get(
        path: String, headers: HTTPHeaders = HTTPHeaders(), maximumResponseBytes: Int = Limits.messageBytes
    ) throws(TransportError) -> HTTPResponse {
        try begin(path: path, headers: headers, body: nil, limit: maximumResponseBytes).response()
    }

    /// Closes the connection; the next request opens another.
    package func close() {
        handle = nil
    }

    /// Connections that the last request opened: 0 if it went over one that was open.
    package var connectionsOpenedByLastRequest: Int { handle?.newConnections ?? 0 }

    private func begin(
        path: String, headers: HTTPHeaders, body: [UInt8]?, limit: Int
    ) throws(TransportError) -> PendingResponse {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .invalidRequest(reason: "a path begins with / and is visible ASCII")
        }
        return try openHandle().begin(url: base + path, headers: headers, body: body, limit: limit)
    }

    private var base: String {
        switch endpoint {
        case .tls(let address, _, _), .anybody(let address, _): "https://\(address)"
        case .local: "http://localhost"
        }
    }

    private func openHandle() throws(TransportError) -> CurlHandle {
        if let handle { return handle }
        let handle = try CurlHandle(timeouts: timeouts)
        switch endpoint {
        case .tls(let address, let pins, let identity):
            guard address.port != 0 else { throw .invalidRequest(reason: "port 0 is nobody's address") }
            // Without a pin nothing at all would be checked.
            guard !pins.isEmpty else { throw .invalidRequest(reason: "no key is pinned") }
            try handle.useTLS(pins: pins, identity: identity)
        case .anybody(let address, let identity):
            guard address.port != 0 else { throw .invalidRequest(reason: "port 0 is nobody's address") }
            try handle.useTLS(pins: nil, identity: identity)
        case .local(let path): try handle.useLocalSocket(path)
        }
        self.handle = handle
        return handle
    }
}
