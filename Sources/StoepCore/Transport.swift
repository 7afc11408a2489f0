import StoepCrypto
import StoepModel
import StoepWire

/// A daemon as the roster and the invitation name it, and what this device shows it.
public struct DaemonEndpoint: Sendable {
    /// Host and port.
    public let address: String
    /// The daemon proves one of these keys in the TLS handshake; anybody else is told nothing.
    public let keys: [VerifyingKey]
    /// Whoever answers is told what is asked, whatever key they prove, and `keys` is empty: the one question whose answer
    /// proves itself, which daemon is in force.
    public let acceptsAnyKey: Bool
    /// What this device proves (`certificate`).
    package let identity: SigningKey

    /// A daemon that proves one of these keys.
    package init(address: String, keys: [VerifyingKey], identity: SigningKey) {
        self.address = address
        self.keys = keys
        acceptsAnyKey = false
        self.identity = identity
    }

    /// Whoever answers there.
    package init(anybodyAt address: String, identity: SigningKey) {
        self.address = address
        keys = []
        acceptsAnyKey = true
        self.identity = identity
    }

    /// What every body is that goes to a daemon or a colleague's laptop, or comes from there.
    public static let contentType = DaemonPath.contentType
    /// The public half of this device's key.
    public var deviceKey: VerifyingKey { identity.verifyingKey }
    /// What a host with a TLS stack of its own presents: the self-signed certificate of this device and its private key,
    /// both in DER (RFC 5280, and RFC 5958 with RFC 8410). The key goes nowhere else.
    public var certificate: (certificate: [UInt8], privateKey: [UInt8]) {
        (SelfSignedCertificate.make(key: identity), SelfSignedCertificate.privateKeyDER(of: identity))
    }
    package var pins: [PublicKeyPin] { keys.compactMap { PublicKeyPin(publicKey: $0.bytes) } }
}

/// An answer, whatever its status.
public struct TransportReply: Sendable {
    public let status: Int
    public let body: [UInt8]
    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Why there was no answer.
public struct TransportFailure: Error {
    /// Whether the daemon may have acted on the request all the same.
    public let mayHaveArrived: Bool
    /// Whether somebody answered who proved another key than those of the endpoint. Nothing was sent.
    public let isOtherKey: Bool
    public let cause: any Error
    public init(mayHaveArrived: Bool, isOtherKey: Bool = false, cause: any Error) {
        self.mayHaveArrived = mayHaveArrived
        self.isOtherKey = isOtherKey
        self.cause = cause
    }
}

/// How the host reaches a daemon: POSTs a body of CBOR over TLS 1.3, both sides proving their keys. The daemon's key is
/// held against those of the endpoint, unless that accepts any. Throws a `TransportFailure`; any other error is taken for
/// one that may have arrived.
public struct Transport {
    /// Waits for the answer to what was sent.
    public typealias Waiting = () throws -> TransportReply

    /// Sends, and gives what is called once to receive the answer: until then the replica stores what came before, while
    /// the daemon prepares this. Where the replica does not want it any more it is dropped, or the next is sent.
    package let begin: (_ daemon: DaemonEndpoint, _ path: String, _ body: [UInt8]) throws -> Waiting

    public init(begin: @escaping (_ daemon: DaemonEndpoint, _ path: String, _ body: [UInt8]) throws -> Waiting) {
        self.begin = begin
    }

    /// One that sends and waits at once.
    public init(_ post: @escaping (_ daemon: DaemonEndpoint, _ path: String, _ body: [UInt8]) throws -> TransportReply) {
        begin = { daemon, path, body in { try post(daemon, path, body) } }
    }
}
