import StoepCrypto
import StoepModel
import Testing

@Suite struct SigningKeyTests {
    struct Vector: Sendable {
        let seed, publicKey, message, signature: String
    }

    /// RFC 8032 §7.1, tests 1 to 3.
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"),
    ]

    @Test(arguments: vectors)
    func `keys and signatures are those of RFC 8032`(vector: Vector) throws {
        let key = try #require(SigningKey(seed: bytes(vector.seed)))
        #expect(Hex.encode(key.publicKey) == vector.publicKey)
        #expect(Hex.encode(key.sign(bytes(vector.message))) == vector.signature)
        #expect(Hex.encode(key.seed) == vector.seed)
        #expect(
            Cryptography.openSSL.verify(bytes(vector.signature), bytes(vector.message), key.signer.publicKey))
    }

    @Test func `a signature counts for one message and one key only, to the last bit`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 1, count: 32)))
        let other = try #require(SigningKey(seed: [UInt8](repeating: 2, count: 32)))
        let message: [UInt8] = [1, 2, 3]
        let signature = key.sign(message)
        #expect(SigningKey.verify(signature: signature, message: message, publicKey: key.publicKey))
        #expect(!SigningKey.verify(signature: signature, message: [1, 2], publicKey: key.publicKey))
        #expect(!SigningKey.verify(signature: signature, message: message, publicKey: other.publicKey))
        for bit in 0..<512 {
            var bent = signature
            bent[bit / 8] ^= 1 << (bit % 8)
            #expect(!SigningKey.verify(signature: bent, message: message, publicKey: key.publicKey))
        }
    }

    /// S + L stands for the same scalar as S. RFC 8032 §5.1.7 has only the one below L verify, so that nobody can make
    /// a second signature out of a first.
    @Test func `a signature has one form: its scalar raised by the order is refused`() throws {
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        for seed in UInt8(0)..<50 {
            let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
            var raised = key.sign([seed])
            var carry = 0
            for index in 0..<32 {
                let sum = Int(raised[32 + index]) + Int(order[index]) + carry
                raised[32 + index] = UInt8(sum & 0xff)
                carry = sum >> 8
            }
            #expect(carry == 0)
            #expect(!SigningKey.verify(signature: raised, message: [seed], publicKey: key.publicKey))
        }
    }

    @Test func `verifying answers no, whatever the lengths`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 1, count: 32)))
        let signature = key.sign([])
        for length in [0, 1, 31, 32, 33, 63, 65, 1000] {
            let junk = [UInt8](repeating: 0xff, count: length)
            #expect(!SigningKey.verify(signature: junk, message: [], publicKey: key.publicKey))
            #expect(!SigningKey.verify(signature: signature, message: [], publicKey: junk))
            #expect(!SigningKey.verify(signature: signature + junk, message: junk, publicKey: junk))
        }
    }

    @Test func `a secret of another length makes no key`() {
        for length in [0, 31, 33, 64] {
            #expect(SigningKey(seed: [UInt8](repeating: 1, count: length)) == nil)
            #expect(AgreementKey(secret: [UInt8](repeating: 1, count: length)) == nil)
        }
    }

    @Test func `printing a key shows no secret`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32)))
        let agreement = try #require(AgreementKey(secret: [UInt8](repeating: 7, count: 32)))
        for shown in ["\(key)", String(reflecting: key), "\(agreement)", String(reflecting: agreement)] {
            #expect(!shown.contains("0707"))
        }
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("0707") && !dumped.contains("7, 7"))
    }
}

@Suite struct AgreementKeyTests {
    @Test func `both sides come to the secret of RFC 7748`() throws {
        let alice = try #require(AgreementKey(secret: bytes(Self.aliceSecret)))
        let bob = try #require(AgreementKey(secret: bytes(Self.bobSecret)))
        #expect(Hex.encode(alice.publicKey) == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        #expect(Hex.encode(bob.publicKey) == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        #expect(alice.sharedSecret(with: bob.publicKey).map { Hex.encode($0) } == shared)
        #expect(bob.sharedSecret(with: alice.publicKey).map { Hex.encode($0) } == shared)
    }

    @Test func `a key of another length, or a point that makes every secret zero, gives none`() throws {
        let alice = try #require(AgreementKey(secret: bytes(Self.aliceSecret)))
        for length in [0, 31, 33] {
            #expect(alice.sharedSecret(with: [UInt8](repeating: 9, count: length)) == nil)
        }
        #expect(alice.sharedSecret(with: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(alice.sharedSecret(with: [1] + [UInt8](repeating: 0, count: 31)) == nil)
    }

    static let aliceSecret = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    static let bobSecret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
}

/// A test's own constants, so a digit that is none is the test's mistake.
func bytes(_ hexadecimal: String) -> [UInt8] {
    guard let bytes = Hex.decode(hexadecimal) else { preconditionFailure("not hexadecimal: \(hexadecimal)") }
    return bytes
}
