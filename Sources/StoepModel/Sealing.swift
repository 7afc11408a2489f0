/// What is sealed to the holder of one X25519 key.
public struct Sealed: Hashable, Sendable {
    /// The public half of the ephemeral key that it was sealed with.
    public let enc: Bytes32
    /// 16 bytes longer than what was sealed.
    public let ciphertext: [UInt8]

    public init(enc: Bytes32, ciphertext: [UInt8]) {
        self.enc = enc
        self.ciphertext = ciphertext
    }
}

/// The encryption that the pure modules need (`Protocol/README.md`, Bundle). Whoever runs them supplies it.
public struct Sealing: Sendable {
    /// HPKE base mode, one message (RFC 9180 §6.1): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. The
    /// associated data are empty, the ephemeral secret 32 random bytes that are used once. Nil where the recipient's
    /// key is a point that nothing can be sealed to.
    public let seal:
        @Sendable (_ plaintext: [UInt8], _ recipient: SealingKey, _ info: [UInt8], _ ephemeralSecret: [UInt8]) ->
            Sealed?
    /// ChaCha20-Poly1305 (RFC 8439) with a nonce of 12 bytes, the tag behind. A key and a nonce go together once.
    public let encrypt: @Sendable (_ plaintext: [UInt8], _ key: Bytes32, _ nonce: [UInt8], _ aad: [UInt8]) -> [UInt8]
    /// Nil where anything of it is not what was encrypted.
    public let decrypt: @Sendable (_ ciphertext: [UInt8], _ key: Bytes32, _ nonce: [UInt8], _ aad: [UInt8]) -> [UInt8]?

    public init(
        seal:
            @escaping @Sendable (
                _ plaintext: [UInt8], _ recipient: SealingKey, _ info: [UInt8], _ ephemeralSecret: [UInt8]
            ) -> Sealed?,
        encrypt:
            @escaping @Sendable (_ plaintext: [UInt8], _ key: Bytes32, _ nonce: [UInt8], _ aad: [UInt8]) -> [UInt8],
        decrypt:
            @escaping @Sendable (_ ciphertext: [UInt8], _ key: Bytes32, _ nonce: [UInt8], _ aad: [UInt8]) -> [UInt8]?
    ) {
        self.seal = seal
        self.encrypt = encrypt
        self.decrypt = decrypt
    }
}

/// The private half of an X25519 key, wherever it is kept.
public struct Opener: Sendable {
    public let publicKey: SealingKey
    /// What `Sealing.seal` sealed to this key with the same info; nil for anything else.
    public let open: @Sendable (_ sealed: Sealed, _ info: [UInt8]) -> [UInt8]?

    public init(publicKey: SealingKey, open: @escaping @Sendable (_ sealed: Sealed, _ info: [UInt8]) -> [UInt8]?) {
        self.publicKey = publicKey
        self.open = open
    }
}
