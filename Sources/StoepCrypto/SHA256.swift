import COpenSSL
import Glibc

/// SHA-256 (FIPS 180-4) over OpenSSL.
package enum SHA256 {
    /// The length of a digest.
    package static let byteCount = 32

    /// The digest of `bytes`, 32 bytes long.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }

    /// The digest of a region of memory, 32 bytes long.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            hash(bytes, into: UnsafeMutableRawBufferPointer(buffer))
            count = byteCount
        }
    }

    /// The digest of a region of memory, written into the first 32 bytes of `digest`. Allocates nothing:
    /// each thread keeps one OpenSSL context.
    package static func hash(_ bytes: UnsafeRawBufferPointer, into digest: UnsafeMutableRawBufferPointer) {
        precondition(digest.count >= byteCount, "a SHA-256 digest needs 32 bytes")
        let context = ThreadContext.current
        begin(context)
        absorb(bytes, context)
        finish(context, into: digest)
    }

    /// A digest of what arrives in pieces. After `finish` it starts anew, so one hasher serves many messages.
    package struct Hasher: ~Copyable {
        private let context: OpaquePointer

        package init() {
            context = SHA256.makeContext()
            SHA256.begin(context)
        }

        package mutating func update(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { SHA256.absorb($0, context) }
        }

        package mutating func update(_ bytes: UnsafeRawBufferPointer) {
            SHA256.absorb(bytes, context)
        }

        /// The digest of everything since the start or the last `finish`, 32 bytes long.
        package mutating func finish() -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, count in
                finish(into: UnsafeMutableRawBufferPointer(buffer))
                count = SHA256.byteCount
            }
        }

        /// As `finish()`, into the first 32 bytes of `digest`.
        package mutating func finish(into digest: UnsafeMutableRawBufferPointer) {
            precondition(digest.count >= SHA256.byteCount, "a SHA-256 digest needs 32 bytes")
            SHA256.finish(context, into: digest)
            SHA256.begin(context)
        }

        deinit {
            EVP_MD_CTX_free(context)
        }
    }
}

extension SHA256 {
    /// Fetched once: looking an algorithm up costs more than hashing a short message.
    // Safe: OpenSSL never changes a fetched EVP_MD, and this reference to it is never given back.
    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("OpenSSL has no SHA-256: \(OpenSSLFailure.lastReason())")
        }
        return algorithm
    }()

    fileprivate static func makeContext() -> OpaquePointer {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory for a hash") }
        return context
    }

    fileprivate static func begin(_ context: OpaquePointer) {
        guard EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
            preconditionFailure("SHA-256 did not start: \(OpenSSLFailure.lastReason())")
        }
    }

    fileprivate static func absorb(_ bytes: UnsafeRawBufferPointer, _ context: OpaquePointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        guard EVP_DigestUpdate(context, start, bytes.count) == 1 else {
            preconditionFailure("SHA-256 failed: \(OpenSSLFailure.lastReason())")
        }
    }

    fileprivate static func finish(_ context: OpaquePointer, into digest: UnsafeMutableRawBufferPointer) {
        let start = digest.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_DigestFinal_ex(context, start, nil) == 1 else {
            preconditionFailure("SHA-256 did not finish: \(OpenSSLFailure.lastReason())")
        }
    }
}

/// One digest context a thread, freed when the thread ends.
private enum ThreadContext {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key) { context in
            if let context { EVP_MD_CTX_free(OpaquePointer(context)) }
        }
        precondition(code == 0, "no thread-local slot for hashing (error \(code))")
        return key
    }()

    static var current: OpaquePointer {
        if let context = pthread_getspecific(key) { return OpaquePointer(context) }
        let context = SHA256.makeContext()
        pthread_setspecific(key, UnsafeRawPointer(context))
        return context
    }
}
