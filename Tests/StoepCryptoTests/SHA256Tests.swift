import StoepCrypto
import StoepModel
import Testing

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the digests are those of FIPS 180-4`(message: String, digest: String) {
        let bytes = Array(message.utf8)
        #expect(Hex.encode(SHA256.hash(bytes)) == digest)
        #expect(Hex.encode(SHA256.digest(bytes).bytes) == digest)
        #expect(Hex.encode(Cryptography.openSSL.sha256(bytes).bytes) == digest)
    }

    @Test func `a million letters give the digest of FIPS 180-4`() {
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(Hex.encode(SHA256.hash(message)) == digest)
    }

    @Test func `pieces of any size give the digest of the whole, and a hasher starts anew`() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        var hasher = SHA256.Hasher()
        for size in [1, 7, 64, 65, 999, 1000] {
            var rest = message[...]
            while !rest.isEmpty {
                hasher.update(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(hasher.finish() == SHA256.hash(message))
        }
    }

    @Test func `hashing on many threads at once mixes nothing up`() async {
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var hasher = SHA256.Hasher()
                    return (0..<500).allSatisfy { round in
                        let message = [UInt8](repeating: UInt8(worker), count: round)
                        hasher.update(message)
                        return SHA256.hash(message) == hasher.finish()
                    }
                }
            }
            for await right in group { #expect(right) }
        }
    }
}
