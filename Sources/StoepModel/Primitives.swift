/// The cryptographic primitives that the pure modules are handed: OpenSSL behind them on a laptop, a phone's own
/// elsewhere. None of them fails; a verification is true or false whatever the bytes.
public struct Cryptography: Sendable {
    public let sha256: @Sendable ([UInt8]) -> Bytes32
    /// Whether `signature` is the Ed25519 signature (RFC 8032) of `message` under `key`.
    public let verify: @Sendable (_ signature: [UInt8], _ message: [UInt8], _ key: VerifyingKey) -> Bool
    public let sealing: Sealing

    public init(
        sha256: @escaping @Sendable ([UInt8]) -> Bytes32,
        verify: @escaping @Sendable (_ signature: [UInt8], _ message: [UInt8], _ key: VerifyingKey) -> Bool,
        sealing: Sealing
    ) {
        self.sha256 = sha256
        self.verify = verify
        self.sealing = sealing
    }
}

/// The private half of an Ed25519 key, wherever it is kept.
public struct Signer: Sendable {
    public let publicKey: VerifyingKey
    /// The 64 bytes of an Ed25519 signature over the message.
    public let sign: @Sendable (_ message: [UInt8]) -> [UInt8]

    public init(publicKey: VerifyingKey, sign: @escaping @Sendable (_ message: [UInt8]) -> [UInt8]) {
        self.publicKey = publicKey
        self.sign = sign
    }
}

/// What the synchronous core is given instead of reading it from the machine: with the same environment it does
/// the same, so a seed decides a whole run.
public struct Environment {
    public let cryptography: Cryptography
    /// The wall clock. Shown and claimed, never an order.
    public let now: () -> Timestamp
    /// Cryptographically secure outside simulations: keys, nonces and salts come from it.
    public let random: (_ count: Int) -> [UInt8]

    public init(
        cryptography: Cryptography, now: @escaping () -> Timestamp, random: @escaping (_ count: Int) -> [UInt8]
    ) {
        self.cryptography = cryptography
        self.now = now
        self.random = random
    }

    /// Sixteen random bytes, for a salt or a nonce.
    public func random16() -> Bytes16 {
        guard let bytes = Bytes16(random(Bytes16.count)) else {
            preconditionFailure("the generator gave another number of bytes than was asked for")
        }
        return bytes
    }

    /// Eight bytes from the generator, as a number.
    public func random64() -> UInt64 {
        let bytes = random(8)
        precondition(bytes.count == 8, "the generator gave another number of bytes than was asked for")
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
