import StoepCore
import StoepTransport

/// The transport that comes with Stoep, for hosts that have libcurl and OpenSSL: HTTP over TLS 1.3, both sides proving
/// their keys, one connection for all that goes to one daemon. A host with a TLS stack of its own supplies another
/// `Transport`.
///
/// Synchronous, and owned by one isolation, as the replica that it serves.
public final class DaemonClient {
    private var client: (daemon: DaemonEndpoint, http: HTTPClient)?

    public init() {}

    /// What a replica syncs through. It throws `TransportFailure`, with what went wrong as its cause.
    public var transport: Transport {
        Transport(begin: { daemon, path, body in
            let request = try self.naming {
                try self.http(daemon).begin(path: path, contentType: DaemonEndpoint.contentType, body: body)
            }
            return {
                let response = try self.naming { try request.response() }
                return TransportReply(status: response.status, body: response.body)
            }
        })
    }

    private func naming<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as TransportError {
            throw TransportFailure(
                mayHaveArrived: error.mayHaveArrived, isOtherKey: error == .keyMismatch, cause: error)
        } catch let error as AddressError {
            throw TransportFailure(mayHaveArrived: false, cause: error)
        }
    }

    private func http(_ daemon: DaemonEndpoint) throws -> HTTPClient {
        if let (known, http) = client, known.address == daemon.address, known.keys == daemon.keys,
            known.acceptsAnyKey == daemon.acceptsAnyKey
        {
            return http
        }
        let address = try NetworkAddress(daemon.address, defaultPort: NetworkAddress.defaultPort)
        let http = HTTPClient(
            endpoint: daemon.acceptsAnyKey
                ? .anybody(address, identity: daemon.identity)
                : .tls(address, pins: daemon.pins, identity: daemon.identity))
        client = (daemon, http)
        return http
    }
}

extension TransportError {
    /// Whether the daemon may have acted on the request although no answer came.
    fileprivate var mayHaveArrived: Bool {
        switch self {
        case .unreachable, .keyMismatch, .refusedByServer, .invalidRequest: false
        case .timedOut, .tooLarge, .interrupted, .protocolViolation: true
        }
    }
}
