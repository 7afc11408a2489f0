import COpenSSL
import StoepCrypto

/// What all TLS connections of a listener share: TLS 1.3 only, our certificate, a certificate asked of the
/// other side. Chains, names and dates mean nothing; keys are everything.
// Safe to share: after `init` it is only handed to SSL_new, which takes its own counted reference.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    init(identity: SigningKey) throws(ListenError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw .tls(OpenSSLFailure.lastReason()) }
        pointer = context
        let certificate = SelfSignedCertificate.make(key: identity)
        let privateKey = SelfSignedCertificate.privateKeyDER(of: identity)
        guard stoep_ssl_ctx_tls13_only(context) == 1,
            stoep_ssl_ctx_only_ed25519(context) == 1,
            SSL_CTX_use_certificate_ASN1(context, Int32(certificate.count), certificate) == 1,
            SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_ED25519, context, privateKey, privateKey.count) == 1
        else { throw .tls(OpenSSLFailure.lastReason()) }
        stoep_ssl_ctx_modes(context)
        stoep_ssl_ctx_no_resumption(context)
        stoep_ssl_ctx_bound_peer_certificates(context, Self.maximumPeerCertificateBytes)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_cert_verify_callback(context, acceptAnyEd25519Certificate, nil)
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Ours has about 250; nobody has a reason to send a chain.
    private static let maximumPeerCertificateBytes = 8 << 10
}

/// Takes the place of OpenSSL's chain verification. That the other side holds the key, the handshake itself
/// proves; whose key it is, the handler asks.
private func acceptAnyEd25519Certificate(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
    guard let store, let certificate = X509_STORE_CTX_get0_cert(store),
        SelfSignedCertificate.publicKey(of: certificate) != nil
    else {
        if let store { X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED) }
        return 0
    }
    X509_STORE_CTX_set_error(store, X509_V_OK)
    return 1
}
