import COpenSSL

/// The SHA-256 of an Ed25519 key's SubjectPublicKeyInfo: what a client holds a server to. An invitation may
/// carry this, so that the key itself need not be known beforehand.
package struct PublicKeyPin: Sendable, Hashable {
    /// 32 bytes.
    package let digest: [UInt8]

    /// - Returns: nil unless `publicKey` is an Ed25519 public key of 32 bytes.
    package init?(publicKey: [UInt8]) {
        guard let key = PublicKeyHandle(kind: EVP_PKEY_ED25519, bytes: publicKey) else { return nil }
        let encoded = DER.encode { i2d_PUBKEY(key.pointer, $0) }
        digest = SHA256.hash(encoded)
    }

    /// - Returns: nil unless `digest` has 32 bytes.
    package init?(digest: [UInt8]) {
        guard digest.count == SHA256.byteCount else { return nil }
        self.digest = digest
    }

    /// As libcurl takes it: `sha256//` and the digest in Base64.
    package var curlNotation: String {
        let length = (digest.count + 2) / 3 * 4
        let encoded = [UInt8](unsafeUninitializedCapacity: length + 1) { buffer, count in
            count = Int(EVP_EncodeBlock(buffer.baseAddress, digest, Int32(digest.count)))
        }
        return "sha256//" + String(decoding: encoded, as: UTF8.self)
    }
}

extension SigningKey {
    /// The pin of this key.
    package var pin: PublicKeyPin {
        guard let pin = PublicKeyPin(publicKey: publicKey) else {
            preconditionFailure("OpenSSL refuses its own public key: \(OpenSSLFailure.lastReason())")
        }
        return pin
    }
}

/// OpenSSL's `i2d_…` functions, called twice: for the length, then for the bytes.
enum DER {
    static func encode(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        let length = Int(write(nil))
        precondition(length > 0, "OpenSSL did not encode: \(OpenSSLFailure.lastReason())")
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var cursor = buffer.baseAddress
            count = Int(write(&cursor))
            precondition(count == length, "OpenSSL encoded another length than it announced")
        }
    }
}
