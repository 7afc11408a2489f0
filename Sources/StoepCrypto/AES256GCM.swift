import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) over OpenSSL, for many short texts under one key: the contexts are made once. A nonce
/// has 12 bytes, a tag 16.
///
/// Not Sendable: a context is in use by one caller at a time.
package final class AES256GCM {
    package static let keyByteCount = 32
    package static let nonceByteCount = 12
    package static let tagByteCount = 16

    private let sealing: OpaquePointer
    private let opening: OpaquePointer

    /// A key of another length is a mistake of ours and traps.
    package init(key: [UInt8]) {
        precondition(key.count == Self.keyByteCount, "a key of 32 bytes")
        guard let sealing = EVP_CIPHER_CTX_new(), let opening = EVP_CIPHER_CTX_new(),
            EVP_EncryptInit_ex(sealing, EVP_aes_256_gcm(), nil, key, nil) == 1,
            EVP_DecryptInit_ex(opening, EVP_aes_256_gcm(), nil, key, nil) == 1
        else { preconditionFailure("AES-256-GCM did not start: \(OpenSSLFailure.lastReason())") }
        self.sealing = sealing
        self.opening = opening
    }

    deinit {
        EVP_CIPHER_CTX_free(sealing)
        EVP_CIPHER_CTX_free(opening)
    }

    /// Encrypts a region into another of the same length (or onto itself), and writes the tag.
    /// - Parameter nonce: 12 bytes, never used before with this key.
    package func seal(
        _ plaintext: UnsafeRawBufferPointer, nonce: UnsafeRawPointer, aad: [UInt8],
        into target: UnsafeMutableRawPointer, tag: UnsafeMutableRawPointer
    ) {
        let output = target.assumingMemoryBound(to: UInt8.self)
        let input = plaintext.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(sealing, nil, nil, nil, nonce.assumingMemoryBound(to: UInt8.self)) == 1,
            EVP_EncryptUpdate(sealing, nil, &length, aad, Int32(aad.count)) == 1,
            plaintext.isEmpty
                || EVP_EncryptUpdate(sealing, output, &length, input, Int32(plaintext.count)) == 1,
            EVP_EncryptFinal_ex(sealing, output + plaintext.count, &length) == 1,
            EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag) == 1
        else { preconditionFailure("AES-256-GCM did not encrypt: \(OpenSSLFailure.lastReason())") }
    }

    /// Decrypts a region into another of the same length (or onto itself).
    /// - Returns: false where key, nonce, associated data or any bit is another; nothing of what then stands in `target`
    ///   may be used.
    package func open(
        _ ciphertext: UnsafeRawBufferPointer, nonce: UnsafeRawPointer, aad: [UInt8], tag: UnsafeRawPointer,
        into target: UnsafeMutableRawPointer
    ) -> Bool {
        let output = target.assumingMemoryBound(to: UInt8.self)
        let input = ciphertext.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var length: Int32 = 0
        let isWhole =
            EVP_DecryptInit_ex(opening, nil, nil, nil, nonce.assumingMemoryBound(to: UInt8.self)) == 1
            && EVP_DecryptUpdate(opening, nil, &length, aad, Int32(aad.count)) == 1
            && (ciphertext.isEmpty
                || EVP_DecryptUpdate(opening, output, &length, input, Int32(ciphertext.count)) == 1)
            && EVP_CIPHER_CTX_ctrl(
                opening, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), UnsafeMutableRawPointer(mutating: tag)) == 1
            && EVP_DecryptFinal_ex(opening, output + ciphertext.count, &length) == 1
        if !isWhole { ERR_clear_error() }
        return isWhole
    }

    /// Nonce, ciphertext and tag, one behind the other.
    package func seal(_ plaintext: [UInt8], nonce: [UInt8], aad: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceByteCount, "a nonce of 12 bytes")
        var sealed = nonce + plaintext + [UInt8](repeating: 0, count: Self.tagByteCount)
        sealed.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let text = UnsafeRawBufferPointer(start: base + Self.nonceByteCount, count: plaintext.count)
            seal(
                text, nonce: base, aad: aad, into: base + Self.nonceByteCount,
                tag: base + Self.nonceByteCount + plaintext.count)
        }
        return sealed
    }

    /// What `seal` sealed; nil for anything else.
    package func open(_ sealed: [UInt8], aad: [UInt8]) -> [UInt8]? {
        let overhead = Self.nonceByteCount + Self.tagByteCount
        guard sealed.count >= overhead, sealed.count <= Int(Int32.max), aad.count <= Int(Int32.max) else { return nil }
        let count = sealed.count - overhead
        var isWhole = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: count + Self.tagByteCount) { target, filled in
            sealed.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, let output = target.baseAddress else { return }
                let text = UnsafeRawBufferPointer(start: base + Self.nonceByteCount, count: count)
                isWhole = open(
                    text, nonce: base, aad: aad, tag: base + Self.nonceByteCount + count,
                    into: UnsafeMutableRawPointer(output))
            }
            filled = isWhole ? count : 0
        }
        return isWhole ? plaintext : nil
    }
}

/// AES-256 on single blocks of 16 bytes: a keyed permutation, for blocks that never repeat.
package final class AES256Block {
    package static let byteCount = 16
    private let encrypting: OpaquePointer
    private let decrypting: OpaquePointer

    /// A key of another length is a mistake of ours and traps.
    package init(key: [UInt8]) {
        precondition(key.count == 32, "a key of 32 bytes")
        guard let encrypting = EVP_CIPHER_CTX_new(), let decrypting = EVP_CIPHER_CTX_new(),
            EVP_EncryptInit_ex(encrypting, EVP_aes_256_ecb(), nil, key, nil) == 1,
            EVP_DecryptInit_ex(decrypting, EVP_aes_256_ecb(), nil, key, nil) == 1,
            EVP_CIPHER_CTX_set_padding(encrypting, 0) == 1, EVP_CIPHER_CTX_set_padding(decrypting, 0) == 1
        else { preconditionFailure("AES-256 did not start: \(OpenSSLFailure.lastReason())") }
        self.encrypting = encrypting
        self.decrypting = decrypting
    }

    deinit {
        EVP_CIPHER_CTX_free(encrypting)
        EVP_CIPHER_CTX_free(decrypting)
    }

    /// Encrypts 16 bytes in place.
    package func encrypt(_ block: UnsafeMutableRawPointer) {
        let bytes = block.assumingMemoryBound(to: UInt8.self)
        var length: Int32 = 0
        guard EVP_EncryptUpdate(encrypting, bytes, &length, bytes, Int32(Self.byteCount)) == 1 else {
            preconditionFailure("AES-256 did not encrypt: \(OpenSSLFailure.lastReason())")
        }
    }

    /// Decrypts 16 bytes in place.
    package func decrypt(_ block: UnsafeMutableRawPointer) {
        let bytes = block.assumingMemoryBound(to: UInt8.self)
        var length: Int32 = 0
        guard EVP_DecryptUpdate(decrypting, bytes, &length, bytes, Int32(Self.byteCount)) == 1 else {
            preconditionFailure("AES-256 did not decrypt: \(OpenSSLFailure.lastReason())")
        }
    }
}
