import StoepModel
import Testing

@testable import StoepCrypto

/// RFC 9180, and what must fail.
@Suite struct HPKETests {
    /// RFC 9180 Appendix A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode.
    private enum Vector {
        static let info = bytes("4f6465206f6e2061204772656369616e2055726e")
        static let skEm = bytes("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600")
        static let pkEm = bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
        static let skRm = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
        static let pkRm = bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
        static let shared = bytes("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7")
        static let key = bytes("ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91")
        static let baseNonce = bytes("5c4d98150661b848853b547f")
        static let plaintext = bytes("4265617574792069732074727574682c20747275746820626561757479")
        /// Message number, associated data, nonce, ciphertext.
        static let messages: [(UInt64, String, String, String)] = [
            (
                0, "436f756e742d30", "5c4d98150661b848853b547f",
                "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
            ),
            (
                1, "436f756e742d31", "5c4d98150661b848853b547e",
                "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c"
            ),
        ]

        static func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex) ?? [] }
    }

    private let receiver = AgreementKey(secret: Vector.skRm)!
    private let info = Array("info".utf8)

    private func random(_ seed: UInt8, _ count: Int = 32) -> [UInt8] {
        SHA256.hash([seed]).prefix(count).map { $0 }
    }

    @Test func `the vectors of RFC 9180 A 2 1`() throws {
        let ephemeral = try #require(AgreementKey(secret: Vector.skEm))
        #expect(ephemeral.publicKey == Vector.pkEm && receiver.publicKey == Vector.pkRm)
        let dh = try #require(ephemeral.sharedSecret(with: Vector.pkRm))
        let shared = HPKE.sharedSecret(dh, Vector.pkEm, Vector.pkRm)
        #expect(shared == Vector.shared)
        let context = HPKE.Context(shared: shared, info: Vector.info)
        #expect(context.key == Vector.key && context.baseNonce == Vector.baseNonce)
        for (number, aad, nonce, ciphertext) in Vector.messages {
            #expect(context.nonce(number) == Vector.bytes(nonce))
            let sealed = ChaCha20Poly1305.seal(
                Vector.plaintext, key: context.key, nonce: context.nonce(number), aad: Vector.bytes(aad))
            #expect(sealed == Vector.bytes(ciphertext), "message \(number)")
        }
        let sealed = try #require(
            HPKE.seal(
                Vector.plaintext, to: Vector.pkRm, info: Vector.info, aad: Vector.bytes(Vector.messages[0].1),
                ephemeralSecret: Vector.skEm))
        #expect(sealed.enc == Vector.pkEm && sealed.ciphertext == Vector.bytes(Vector.messages[0].3))
        let opened = HPKE.open(
            sealed.ciphertext, enc: sealed.enc, with: receiver, info: Vector.info,
            aad: Vector.bytes(Vector.messages[0].1))
        #expect(opened == Vector.plaintext)
    }

    @Test func `what is sealed opens for its recipient, whatever its length`() throws {
        for count in [0, 1, 15, 16, 17, 63, 64, 65, 1000, 1 << 20] {
            let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let sealed = try #require(
                HPKE.seal(text, to: receiver.publicKey, info: info, ephemeralSecret: random(UInt8(count & 0xff))))
            #expect(sealed.ciphertext.count == count + 16)
            #expect(HPKE.open(sealed.ciphertext, enc: sealed.enc, with: receiver, info: info) == text)
        }
    }

    @Test func `nobody else opens it, and no bit of it may be another`() throws {
        let text = Array("wat de bewoner zei".utf8)
        let sealed = try #require(HPKE.seal(text, to: receiver.publicKey, info: info, ephemeralSecret: random(1)))
        let other = try #require(AgreementKey(secret: random(2)))
        #expect(HPKE.open(sealed.ciphertext, enc: sealed.enc, with: other, info: info) == nil)
        #expect(HPKE.open(sealed.ciphertext, enc: sealed.enc, with: receiver, info: info + [0]) == nil)
        #expect(HPKE.open(sealed.ciphertext, enc: sealed.enc, with: receiver, info: info, aad: [0]) == nil)
        for index in sealed.ciphertext.indices {
            var flipped = sealed.ciphertext
            flipped[index] ^= 1 << UInt8(index & 7)
            #expect(HPKE.open(flipped, enc: sealed.enc, with: receiver, info: info) == nil, "byte \(index)")
        }
        // Of enc the highest bit means nothing to X25519, but the key schedule has all of it.
        for index in sealed.enc.indices {
            var flipped = sealed.enc
            flipped[index] ^= 0x80
            #expect(HPKE.open(sealed.ciphertext, enc: flipped, with: receiver, info: info) == nil, "byte \(index)")
        }
        for count in 0..<sealed.ciphertext.count {
            #expect(
                HPKE.open(Array(sealed.ciphertext.prefix(count)), enc: sealed.enc, with: receiver, info: info) == nil)
        }
    }

    /// RFC 7748 §6.1, and the list of points of small order that every implementation is tried with.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func `a point of small order is refused on either side`(point: String) {
        let point = Vector.bytes(point)
        #expect(HPKE.seal([1], to: point, info: info, ephemeralSecret: random(1)) == nil)
        #expect(HPKE.open([UInt8](repeating: 0, count: 17), enc: point, with: receiver, info: info) == nil)
    }

    @Test func `keys and ciphertexts of any other length are refused`() {
        for count in [0, 1, 31, 33, 64] {
            let bytes = [UInt8](repeating: 9, count: count)
            #expect(HPKE.seal([1], to: bytes, info: info, ephemeralSecret: random(1)) == nil)
            #expect(HPKE.seal([1], to: receiver.publicKey, info: info, ephemeralSecret: bytes) == nil)
            #expect(HPKE.open([UInt8](repeating: 0, count: 17), enc: bytes, with: receiver, info: info) == nil)
            #expect(ChaCha20Poly1305.open(bytes, key: bytes, nonce: random(1, 12), aad: []) == nil)
            #expect(ChaCha20Poly1305.open(bytes, key: random(1), nonce: bytes, aad: []) == nil)
        }
    }
}
