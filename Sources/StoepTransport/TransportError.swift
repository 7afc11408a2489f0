import CCurl

/// Why a request got no response. Told apart by what a person can do: wait for a network, look at a key,
/// or ask for help.
package enum TransportError: Error, Equatable, CustomStringConvertible {
    /// No network, no such name, nobody listening: the everyday state of a laptop on the street.
    case unreachable(reason: String)
    /// Connecting took too long, or nothing moved for too long.
    case timedOut(reason: String)
    /// Somebody answered, but with another key than the pinned ones. Nothing was sent.
    case keyMismatch
    /// The server ended the handshake: it does not take this device's certificate.
    case refusedByServer(reason: String)
    /// The response is larger than the caller's limit.
    case tooLarge(limit: Int)
    /// The connection broke after the handshake. Whether the server acted on the request is not known.
    case interrupted(reason: String)
    /// What answered does not speak HTTP/1.1 over TLS 1.3 as agreed.
    case protocolViolation(reason: String)
    /// The request could not be made: a mistake in the caller's arguments, or no memory.
    case invalidRequest(reason: String)

    /// Whether trying again later, on a better network, is the thing to do.
    package var isOffline: Bool {
        switch self {
        case .unreachable, .timedOut, .interrupted: true
        case .keyMismatch, .refusedByServer, .tooLarge, .protocolViolation, .invalidRequest: false
        }
    }

    package var description: String {
        switch self {
        case .unreachable(let reason): "the server cannot be reached: \(reason)"
        case .timedOut(let reason): "the server did not answer in time: \(reason)"
        case .keyMismatch: "what answered has another key than the server that this device was invited by"
        case .refusedByServer(let reason): "the server refused this device's certificate: \(reason)"
        case .tooLarge(let limit): "the response is larger than \(limit) bytes"
        case .interrupted(let reason): "the connection broke: \(reason)"
        case .protocolViolation(let reason): "what answered is no Stoep server: \(reason)"
        case .invalidRequest(let reason): "the request could not be made: \(reason)"
        }
    }
}

extension TransportError {
    /// - Parameter detail: libcurl's own words for this failure: they alone tell an alert from a broken
    ///   connection.
    init(_ code: CURLcode, detail: String) {
        let reason = detail.isEmpty ? String(cString: stoep_curl_error(code)) : detail
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT:
                .unreachable(reason: reason)
            case CURLE_OPERATION_TIMEDOUT: .timedOut(reason: reason)
            case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .keyMismatch
            case CURLE_SSL_CONNECT_ERROR: Self.handshakeFailure(reason)
            case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
                // Under TLS 1.3 a refused client learns of it when it first reads.
                reason.contains(" alert ") ? .refusedByServer(reason: reason) : .interrupted(reason: reason)
            case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: .interrupted(reason: reason)
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING,
                CURLE_HTTP2, CURLE_PEER_FAILED_VERIFICATION:
                .protocolViolation(reason: reason)
            default: .invalidRequest(reason: reason)
            }
    }

    /// A handshake ends early when the server says no, when the network goes, or when it is no TLS 1.3 at all.
    private static func handshakeFailure(_ reason: String) -> TransportError {
        if reason.contains("alert protocol version") { return .protocolViolation(reason: reason) }
        if reason.contains(" alert ") { return .refusedByServer(reason: reason) }
        let broken = ["SSL_ERROR_SYSCALL", "unexpected eof", "reset by peer"]
        if broken.contains(where: { reason.contains($0) }) { return .unreachable(reason: reason) }
        return .protocolViolation(reason: reason)
    }
}
