import StoepModel

extension Cryptography {
    /// The primitives of the pure modules, over OpenSSL.
    package static let openSSL = Cryptography(
        sha256: { SHA256.digest($0) },
        verify: { SigningKey.verify(signature: $0, message: $1, publicKey: $2.bytes) },
        sealing: .openSSL)
}

extension Sealing {
    static let openSSL = Sealing(
        seal: { plaintext, recipient, info, secret in
            let sealed = HPKE.seal(plaintext, to: recipient.bytes, info: info, ephemeralSecret: secret)
            guard let sealed, let enc = Bytes32(sealed.enc) else { return nil }
            return Sealed(enc: enc, ciphertext: sealed.ciphertext)
        },
        encrypt: { ChaCha20Poly1305.seal($0, key: $1.bytes, nonce: $2, aad: $3) },
        decrypt: { ChaCha20Poly1305.open($0, key: $1.bytes, nonce: $2, aad: $3) })
}

extension AgreementKey {
    /// This key, to be handed to the pure modules.
    package var opener: Opener {
        guard let key = SealingKey(bytes: publicKey) else { preconditionFailure("an X25519 public key has 32 bytes") }
        return Opener(publicKey: key) { HPKE.open($0.ciphertext, enc: $0.enc.bytes, with: self, info: $1) }
    }
}

extension SHA256 {
    /// The digest of `bytes` as the model holds it; nothing is allocated.
    package static func digest(_ bytes: [UInt8]) -> Bytes32 {
        bytes.withUnsafeBytes { digest($0) }
    }

    /// The digest of a region of memory as the model holds it; nothing is allocated.
    package static func digest(_ bytes: UnsafeRawBufferPointer) -> Bytes32 {
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { buffer in
            hash(bytes, into: buffer)
            guard let digest = Bytes32(UnsafeRawBufferPointer(buffer)) else {
                preconditionFailure("a SHA-256 digest fills 32 bytes")
            }
            return digest
        }
    }
}

extension SigningKey {
    /// The public half as the model holds it.
    package var verifyingKey: VerifyingKey {
        guard let key = VerifyingKey(bytes: publicKey) else {
            preconditionFailure("an Ed25519 public key has 32 bytes")
        }
        return key
    }

    /// This key, to be handed to the pure modules.
    package var signer: Signer {
        Signer(publicKey: verifyingKey) { sign($0) }
    }
}
