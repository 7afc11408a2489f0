import COpenSSL
import StoepModel

/// Hybrid public key encryption (RFC 9180), base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
/// ChaCha20-Poly1305. X25519, HKDF and the cipher are OpenSSL's; the labels and the key schedule are the RFC's.
package enum HPKE {
    /// Seals to the holder of an X25519 key.
    /// - Parameter ephemeralSecret: 32 random bytes that are used for nothing else.
    /// - Returns: nil where the recipient's key has not 32 bytes, or is a point for which everybody would come to the
    ///   same secret.
    package static func seal(
        _ plaintext: [UInt8], to recipient: [UInt8], info: [UInt8], aad: [UInt8] = [], ephemeralSecret: [UInt8]
    ) -> (enc: [UInt8], ciphertext: [UInt8])? {
        guard let ephemeral = AgreementKey(secret: ephemeralSecret),
            let dh = ephemeral.sharedSecret(with: recipient)
        else { return nil }
        let enc = ephemeral.publicKey
        let context = Context(shared: sharedSecret(dh, enc, recipient), info: info)
        return (enc, ChaCha20Poly1305.seal(plaintext, key: context.key, nonce: context.nonce(0), aad: aad))
    }

    /// What was sealed to this key; nil for anything else.
    package static func open(
        _ ciphertext: [UInt8], enc: [UInt8], with key: AgreementKey, info: [UInt8], aad: [UInt8] = []
    ) -> [UInt8]? {
        guard let dh = key.sharedSecret(with: enc) else { return nil }
        let context = Context(shared: sharedSecret(dh, enc, key.publicKey), info: info)
        return ChaCha20Poly1305.open(ciphertext, key: context.key, nonce: context.nonce(0), aad: aad)
    }

    // MARK: The key encapsulation (RFC 9180 §4.1)

    private static let kemSuite = Array("KEM".utf8) + [0x00, 0x20]

    static func sharedSecret(_ dh: [UInt8], _ enc: [UInt8], _ recipient: [UInt8]) -> [UInt8] {
        let prk = labeledExtract(kemSuite, salt: [], "eae_prk", dh)
        return labeledExpand(kemSuite, prk, "shared_secret", enc + recipient, count: 32)
    }

    // MARK: The key schedule (RFC 9180 §5.1)

    /// What both sides come to: the key, and the nonce of the first message.
    struct Context {
        static let suite = Array("HPKE".utf8) + [0x00, 0x20, 0x00, 0x01, 0x00, 0x03]
        let key: [UInt8]
        let baseNonce: [UInt8]

        init(shared: [UInt8], info: [UInt8]) {
            let suite = Self.suite
            let modeBase: [UInt8] = [0]
            let schedule =
                modeBase + labeledExtract(suite, salt: [], "psk_id_hash", [])
                + labeledExtract(suite, salt: [], "info_hash", info)
            let secret = labeledExtract(suite, salt: shared, "secret", [])
            key = labeledExpand(suite, secret, "key", schedule, count: ChaCha20Poly1305.keyByteCount)
            baseNonce = labeledExpand(suite, secret, "base_nonce", schedule, count: ChaCha20Poly1305.nonceByteCount)
        }

        /// The nonce of the message with this number (§5.2).
        func nonce(_ sequence: UInt64) -> [UInt8] {
            var number = [UInt8](repeating: 0, count: 4)
            number.append(bigEndian: sequence)
            return zip(baseNonce, number).map { $0 ^ $1 }
        }
    }

    // MARK: Labeled HKDF (RFC 9180 §4)

    private static let version = Array("HPKE-v1".utf8)

    static func labeledExtract(_ suite: [UInt8], salt: [UInt8], _ label: StaticString, _ ikm: [UInt8]) -> [UInt8] {
        HKDF.extract(salt: salt, version + suite + bytes(label) + ikm)
    }

    static func labeledExpand(
        _ suite: [UInt8], _ prk: [UInt8], _ label: StaticString, _ info: [UInt8], count: Int
    ) -> [UInt8] {
        var length: [UInt8] = []
        length.append(bigEndian: UInt16(truncatingIfNeeded: count))
        return HKDF.expand(prk, info: length + version + suite + bytes(label) + info, count: count)
    }

    private static func bytes(_ label: StaticString) -> [UInt8] { label.withUTF8Buffer { Array($0) } }
}

/// HKDF-SHA256 (RFC 5869) over OpenSSL, its two halves apart.
enum HKDF {
    static func extract(salt: [UInt8], _ ikm: [UInt8]) -> [UInt8] {
        // RFC 5869 §2.2: no salt is as many zeros as the hash is long.
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: SHA256.byteCount) : salt
        return derive(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, key: ikm, salt: salt, info: [], count: SHA256.byteCount)
    }

    static func expand(_ prk: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        derive(EVP_KDF_HKDF_MODE_EXPAND_ONLY, key: prk, salt: [], info: info, count: count)
    }

    private static func derive(_ mode: Int32, key: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard
                stoep_hkdf_sha256(
                    mode, key, key.count, salt, salt.count, info, info.count, buffer.baseAddress, count) == 1
            else { preconditionFailure("HKDF failed: \(OpenSSLFailure.lastReason())") }
            initialized = count
        }
    }
}
