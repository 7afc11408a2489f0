import COpenSSL

/// The certificate under which a key shows itself in TLS. Only the key means anything: name and dates
/// (1970 to 9999) are the same for all, so a wrong clock locks nobody out, and one key always gives the same
/// bytes, so only the key is stored.
package enum SelfSignedCertificate {
    /// The X.509 certificate of `key`, as DER.
    package static func make(key: SigningKey) -> [UInt8] {
        guard let certificate = X509_new() else { preconditionFailure("out of memory for a certificate") }
        defer { X509_free(certificate) }
        let name = X509_get_subject_name(certificate)
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
            ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "19700101000000Z") == 1,
            ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z") == 1,
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, "stoep", -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1,
            X509_set_pubkey(certificate, key.handle.pointer) == 1,
            X509_sign(certificate, key.handle.pointer, nil) > 0
        else { preconditionFailure("OpenSSL made no certificate: \(OpenSSLFailure.lastReason())") }
        return DER.encode { i2d_X509(certificate, $0) }
    }

    /// The secret key as PKCS #8 DER, as libcurl and OpenSSL take it; in memory only, never in a file.
    package static func privateKeyDER(of key: SigningKey) -> [UInt8] {
        guard let info = EVP_PKEY2PKCS8(key.handle.pointer) else {
            preconditionFailure("OpenSSL made no PKCS #8 key: \(OpenSSLFailure.lastReason())")
        }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        return DER.encode { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
    }

    /// The Ed25519 public key in a DER certificate; the signature on it is not looked at.
    /// - Returns: nil if the bytes are no certificate, or its key is of another kind.
    package static func publicKey(inDER bytes: [UInt8]) -> [UInt8]? {
        let certificate: OpaquePointer? = bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
        defer { ERR_clear_error() }
        guard let certificate else { return nil }
        defer { X509_free(certificate) }
        return publicKey(of: certificate)
    }

    /// The Ed25519 public key (32 bytes) in an OpenSSL `X509`, which stays the caller's.
    /// - Returns: nil if its key is of another kind.
    package static func publicKey(of certificate: OpaquePointer) -> [UInt8]? {
        guard let key = X509_get0_pubkey(certificate), EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
            return nil
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: SigningKey.publicKeyByteCount) { buffer, count in
            var length = buffer.count
            count = EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &length) == 1 ? length : 0
        }
        return bytes.count == SigningKey.publicKeyByteCount ? bytes : nil
    }
}
