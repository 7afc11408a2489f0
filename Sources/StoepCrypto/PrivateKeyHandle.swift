import COpenSSL

/// An OpenSSL key with the secret part in it, freed with its last owner.
// Safe to share: the key is never changed after `init`, and OpenSSL 3 locks what it caches inside one.
final class PrivateKeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    let publicBytes: [UInt8]

    /// - Parameter kind: `EVP_PKEY_ED25519` or `EVP_PKEY_X25519`.
    /// - Returns: nil unless `secret` has 32 bytes.
    init?(kind: Int32, secret: [UInt8]) {
        guard secret.count == 32,
            let key = EVP_PKEY_new_raw_private_key(kind, nil, secret, secret.count)
        else { return nil }
        pointer = key
        publicBytes = Self.read { EVP_PKEY_get_raw_public_key(key, $0, $1) }
    }

    /// The 32 bytes that the key was made from.
    var secretBytes: [UInt8] {
        Self.read { EVP_PKEY_get_raw_private_key(pointer, $0, $1) }
    }

    private static func read(
        _ get: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>) -> Int32
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length = buffer.count
            guard get(buffer.baseAddress, &length) == 1, length == 32 else {
                preconditionFailure("OpenSSL gave no raw key: \(OpenSSLFailure.lastReason())")
            }
            count = length
        }
    }

    deinit {
        EVP_PKEY_free(pointer)
    }
}

/// Somebody else's public key, for the length of one call. Peer input: any bytes may come in.
struct PublicKeyHandle: ~Copyable {
    let pointer: OpaquePointer

    init?(kind: Int32, bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        guard let key = EVP_PKEY_new_raw_public_key(kind, nil, bytes, bytes.count) else {
            ERR_clear_error()
            return nil
        }
        pointer = key
    }

    deinit {
        EVP_PKEY_free(pointer)
    }
}
