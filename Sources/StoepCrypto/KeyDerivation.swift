import COpenSSL

/// Keys out of keys, and out of what people remember.
package enum KeyDerivation {
    /// HKDF-SHA256 (RFC 5869), 32 bytes.
    package static func hkdf(_ key: [UInt8], salt: [UInt8], info: String) -> [UInt8] {
        HKDF.expand(HKDF.extract(salt: salt, key), info: Array(info.utf8), count: 32)
    }

    /// scrypt (RFC 7914), 32 bytes. With N = 2^17 and r = 8 it takes 128 MiB and about half a second.
    /// - Returns: nil where OpenSSL refuses the work factors, or has not the memory.
    package static func scrypt(
        _ passphrase: [UInt8], salt: [UInt8], logN: Int, r: UInt32, p: UInt32
    ) -> [UInt8]? {
        guard (1...20).contains(logN) else { return nil }
        var derived = [UInt8](repeating: 0, count: 32)
        let isDone = stoep_scrypt(
            passphrase, passphrase.count, salt, salt.count, UInt64(1) << UInt64(logN), r, p, &derived, 32)
        guard isDone == 1 else {
            ERR_clear_error()
            return nil
        }
        return derived
    }
}
