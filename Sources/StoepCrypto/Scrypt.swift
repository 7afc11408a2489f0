import COpenSSL

/// scrypt (RFC 7914) over OpenSSL: a key from what a person can remember, at a price for whoever guesses. With N = 2¹⁷
/// and r = 8 it takes 128 MiB and about half a second.
package enum Scrypt {
    package static let saltByteCount = 16
    /// The exponent of N for what is kept for long.
    package static let cost: UInt8 = 17

    /// 32 bytes; nil where the cost is none that is used, or there is no memory for it.
    package static func key(from secret: [UInt8], salt: [UInt8], cost: UInt8 = Scrypt.cost) -> [UInt8]? {
        guard (10...18).contains(cost) else { return nil }
        var key = [UInt8](repeating: 0, count: 32)
        let isDone = secret.withUnsafeBytes { secret in
            EVP_PBE_scrypt(
                secret.baseAddress?.assumingMemoryBound(to: CChar.self), secret.count, salt, salt.count, 1 << UInt64(cost),
                8, 1, 512 << 20, &key, key.count) == 1
        }
        ERR_clear_error()
        return isDone ? key : nil
    }
}
