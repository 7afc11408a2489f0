import COpenSSL

/// ChaCha20-Poly1305 (RFC 8439) over OpenSSL: authenticated encryption with a key of 32 and a nonce of 12 bytes.
package enum ChaCha20Poly1305 {
    package static let keyByteCount = 32
    package static let nonceByteCount = 12
    package static let tagByteCount = 16

    /// The ciphertext and the 16 bytes of its tag behind it. A key and a nonce of another length are a mistake of ours
    /// and trap.
    package static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]) -> [UInt8] {
        precondition(key.count == keyByteCount && nonce.count == nonceByteCount, "a key of 32, a nonce of 12 bytes")
        let context = makeContext()
        defer { EVP_CIPHER_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: plaintext.count + tagByteCount) { buffer, count in
            var length: Int32 = 0
            guard EVP_EncryptInit_ex(context, EVP_chacha20_poly1305(), nil, key, nonce) == 1,
                EVP_EncryptUpdate(context, nil, &length, aad, Int32(aad.count)) == 1,
                EVP_EncryptUpdate(context, buffer.baseAddress, &length, plaintext, Int32(plaintext.count)) == 1,
                Int(length) == plaintext.count,
                EVP_EncryptFinal_ex(context, buffer.baseAddress.map { $0 + plaintext.count }, &length) == 1,
                EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount),
                    buffer.baseAddress.map { $0 + plaintext.count }) == 1
            else { preconditionFailure("ChaCha20-Poly1305 did not encrypt: \(OpenSSLFailure.lastReason())") }
            count = plaintext.count + tagByteCount
        }
    }

    /// What was sealed; nil where key, nonce, associated data or any bit is another. Nothing of the text is given out
    /// before the tag has been checked.
    package static func open(_ ciphertext: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]) -> [UInt8]? {
        guard key.count == keyByteCount, nonce.count == nonceByteCount, ciphertext.count >= tagByteCount,
            ciphertext.count <= Int(Int32.max), aad.count <= Int(Int32.max)
        else { return nil }
        let context = makeContext()
        defer {
            EVP_CIPHER_CTX_free(context)
            ERR_clear_error()
        }
        let size = ciphertext.count - tagByteCount
        var tag = Array(ciphertext[size...])
        var isWhole = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: max(1, size)) { buffer, count in
            var length: Int32 = 0
            isWhole =
                EVP_DecryptInit_ex(context, EVP_chacha20_poly1305(), nil, key, nonce) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
                && EVP_DecryptUpdate(context, nil, &length, aad, Int32(aad.count)) == 1
                && EVP_DecryptUpdate(context, buffer.baseAddress, &length, ciphertext, Int32(size)) == 1
                && Int(length) == size
                && EVP_DecryptFinal_ex(context, buffer.baseAddress.map { $0 + size }, &length) == 1
            count = isWhole ? size : 0
        }
        return isWhole ? plaintext : nil
    }

    private static func makeContext() -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory for a cipher") }
        return context
    }
}
