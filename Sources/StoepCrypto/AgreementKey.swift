import COpenSSL
import StoepModel

/// An X25519 key pair (RFC 7748): what others seal to.
package struct AgreementKey: Sendable {
    package static let secretByteCount = 32
    package static let publicKeyByteCount = 32

    private let handle: PrivateKeyHandle

    /// The key pair of a 32-byte secret, passed in so that a simulator decides everything.
    /// - Returns: nil unless `secret` has 32 bytes.
    package init?(secret: [UInt8]) {
        guard let handle = PrivateKeyHandle(kind: EVP_PKEY_X25519, secret: secret) else { return nil }
        self.handle = handle
    }

    /// 32 bytes.
    package var publicKey: [UInt8] { handle.publicBytes }

    /// The secret: what a sealed store keeps, and nothing else may.
    package var secret: [UInt8] { handle.secretBytes }

    /// The raw X25519 secret shared with the holder of `publicKey`, 32 bytes; never used as a key without a
    /// key derivation.
    /// - Returns: nil if `publicKey` has not 32 bytes, or is one of the points for which everybody would
    ///   come to the same all-zero secret (RFC 7748 §6.1).
    package func sharedSecret(with publicKey: [UInt8]) -> [UInt8]? {
        guard let peer = PublicKeyHandle(kind: EVP_PKEY_X25519, bytes: publicKey),
            let context = EVP_PKEY_CTX_new(handle.pointer, nil)
        else { return nil }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, peer.pointer) == 1 else {
            return nil
        }
        let secret = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length = buffer.count
            count = EVP_PKEY_derive(context, buffer.baseAddress, &length) == 1 ? length : 0
        }
        return secret.count == 32 ? secret : nil
    }
}

extension AgreementKey: CustomStringConvertible, CustomReflectable {
    /// The public half only: a key may end up in a log line by mistake.
    package var description: String { "AgreementKey(public \(Hex.encode(publicKey)))" }

    package var customMirror: Mirror { Mirror(self, children: ["publicKey": Hex.encode(publicKey)]) }
}
