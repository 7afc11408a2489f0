import COpenSSL
import Glibc
import StoepCrypto
import StoepModel

/// What came of trying to read or write without waiting.
enum IOOutcome: Equatable {
    case moved(Int)
    /// Try again when the socket can be read, or written: TLS may need either for both.
    case wantsRead
    case wantsWrite
    /// The other side has sent its last byte.
    case ended
    case failed
}

/// A connected, nonblocking socket, with TLS or without. It does not own the descriptor.
struct ByteStream: ~Copyable {
    private let descriptor: Int32
    private let ssl: OpaquePointer?
    /// After a fatal error OpenSSL must not be asked for anything more.
    private var isBroken = false

    /// A local socket, without TLS.
    init(plain descriptor: Int32) {
        self.descriptor = descriptor
        ssl = nil
    }

    /// The server's side of TLS. Nil if there is no memory for it.
    init?(descriptor: Int32, tls: TLSContext) {
        guard let ssl = SSL_new(tls.pointer) else {
            ERR_clear_error()
            return nil
        }
        guard SSL_set_fd(ssl, descriptor) == 1 else {
            ERR_clear_error()
            SSL_free(ssl)
            return nil
        }
        SSL_set_accept_state(ssl)
        self.descriptor = descriptor
        self.ssl = ssl
    }

    deinit {
        if let ssl { SSL_free(ssl) }
    }

    var isEncrypted: Bool { ssl != nil }

    /// A step of the handshake; `moved` when it is done.
    mutating func handshake() -> IOOutcome {
        guard let ssl else { return .moved(0) }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        return result == 1 ? .moved(0) : sslOutcome(ssl, result)
    }

    /// The key that the other side proved it holds. Read after every handshake, whatever the verify callback
    /// said: a resumed session would not have called it.
    func peerKey() -> VerifyingKey? {
        guard let ssl, let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
        defer { X509_free(certificate) }
        return SelfSignedCertificate.publicKey(of: certificate).flatMap { VerifyingKey(bytes: $0) }
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> IOOutcome {
        guard let ssl else { return plainOutcome(recv(descriptor, buffer.baseAddress, buffer.count, 0)) }
        guard !isBroken else { return .failed }
        ERR_clear_error()
        var count = 0
        let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        return result == 1 ? .moved(count) : sslOutcome(ssl, result)
    }

    mutating func write(_ buffer: UnsafeRawBufferPointer) -> IOOutcome {
        guard let ssl else {
            let outcome = plainOutcome(
                send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL)))
            return outcome == .wantsRead ? .wantsWrite : outcome
        }
        guard !isBroken else { return .failed }
        ERR_clear_error()
        var count = 0
        let result = SSL_write_ex(ssl, buffer.baseAddress, buffer.count, &count)
        return result == 1 ? .moved(count) : sslOutcome(ssl, result)
    }

    /// Says that nothing more will be written. What still comes in is for `discard`.
    mutating func finishWriting() {
        if let ssl, !isBroken, SSL_is_init_finished(ssl) == 1 {
            ERR_clear_error()
            _ = SSL_shutdown(ssl)
            isBroken = true
        }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Throws away what comes in, undecrypted.
    func discard(into buffer: UnsafeMutableRawBufferPointer) -> IOOutcome {
        plainOutcome(recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }

    private mutating func sslOutcome(_ ssl: OpaquePointer, _ result: Int32) -> IOOutcome {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            ERR_clear_error()
            return .failed
        }
    }

    private func plainOutcome(_ count: Int) -> IOOutcome {
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended }
        return switch errno {
        case EAGAIN, EINTR: .wantsRead
        default: .failed
        }
    }
}
