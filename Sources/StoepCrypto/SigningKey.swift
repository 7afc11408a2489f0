import COpenSSL
import StoepModel

/// An Ed25519 key pair (RFC 8032): a device's identity, and the key of its TLS certificate.
package struct SigningKey: Sendable {
    package static let seedByteCount = 32
    package static let publicKeyByteCount = 32
    package static let signatureByteCount = 64

    let handle: PrivateKeyHandle

    /// The key that RFC 8032 derives from a seed. The seed is passed in, never drawn here, so that a
    /// simulator decides everything.
    /// - Returns: nil unless `seed` has 32 bytes.
    package init?(seed: [UInt8]) {
        guard let handle = PrivateKeyHandle(kind: EVP_PKEY_ED25519, secret: seed) else { return nil }
        self.handle = handle
    }

    /// 32 bytes.
    package var publicKey: [UInt8] { handle.publicBytes }

    /// The secret: what a sealed store keeps, and nothing else may.
    package var seed: [UInt8] { handle.secretBytes }

    /// The signature of `message`, 64 bytes; the same message always gives the same signature.
    package func sign(_ message: [UInt8]) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory for a signature") }
        defer { EVP_MD_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: Self.signatureByteCount) { buffer, count in
            var length = buffer.count
            guard EVP_DigestSignInit(context, nil, nil, nil, handle.pointer) == 1,
                EVP_DigestSign(context, buffer.baseAddress, &length, message, message.count) == 1,
                length == Self.signatureByteCount
            else { preconditionFailure("Ed25519 did not sign: \(OpenSSLFailure.lastReason())") }
            count = length
        }
    }

    /// Whether `signature` is what the holder of `publicKey` made for `message`. Any bytes of any length
    /// are an answer, never a trap.
    package static func verify(signature: [UInt8], message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureByteCount,
            let key = PublicKeyHandle(kind: EVP_PKEY_ED25519, bytes: publicKey),
            let context = EVP_MD_CTX_new()
        else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    /// The public half only: a key may end up in a log line by mistake.
    package var description: String { "SigningKey(public \(Hex.encode(publicKey)))" }

    package var customMirror: Mirror { Mirror(self, children: ["publicKey": Hex.encode(publicKey)]) }
}
