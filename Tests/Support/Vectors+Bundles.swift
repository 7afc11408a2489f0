import StoepCrypto
import StoepModel
import StoepWire

extension Vectors {
    /// Bundles: the manifest and the pieces by themselves, and whole files that one reader may open.
    static func bundles() throws -> [Vector] {
        let author = try VectorAuthor()
        let cryptography = VectorAuthor.cryptography
        guard let reader = AgreementKey(secret: Array(0x60...0x7f)), let stranger = AgreementKey(secret: Array(0x80...0x9f)),
            let sealing = Bytes32(reader.publicKey).map({ SealingKey($0) }), let content = Bytes32(Array(0xa0...0xbf)),
            let key = Optional(BundleKey(content, space: author.space, index: 0)),
            let recipient = key.sealed(to: sealing, ephemeralSecret: Array(0xc0...0xdf), cryptography)
        else { throw WireError.truncated(at: 0) }
        let segment = try author.segment(birth: author.birth, changes: [
            author.change(lamport: 1, [SegmentBlock(subject: .created, content: .body(try author.body(1)))])
        ]).packed()
        let piece = BundlePiece(log: author.log, segments: [segment])
        let sealed = key.seal(piece, number: 0, cryptography)
        let entry = BundlePieceEntry(length: sealed.count, digest: cryptography.sha256(sealed))
        let manifest = BundleManifest(
            space: author.space, time: Timestamp(milliseconds: 1_790_000_000_000),
            logs: [SealedLog(recipients: [recipient], pieces: [entry])])
        let bytes = manifest.encoded()
        let whole = BundleHead.encoded(manifestBytes: bytes.count) + bytes + sealed

        func file(_ name: String, _ expect: String, _ about: String, _ bytes: [UInt8], secret: AgreementKey? = nil) -> Vector {
            Vector(
                "bundle-" + name, .bundle, expect, about,
                context: [
                    (key: "space", value: author.space.description),
                    (key: "secret", value: Hex.encode((secret ?? reader).secret)),
                ], bytes: bytes)
        }
        func changed(at place: Int) -> [UInt8] {
            var bytes = whole
            bytes[place] ^= 1
            return bytes
        }
        var version = whole
        version[6] = UInt8(ascii: "2")
        let other = BundleManifest(space: SpaceID(.zero), time: manifest.time, logs: manifest.logs).encoded()
        let twice = Self.cbor { writer in
            writer.array(4)
            writer.unsigned(1)
            writer.bytes(author.space)
            writer.unsigned(0)
            writer.array(1)
            writer.array(2)
            writer.array(2)
            for _ in 0..<2 {
                writer.array(3)
                writer.check(recipient.hint)
                writer.bytes(recipient.enc)
                writer.bytes(recipient.key)
            }
            writer.array(1)
            writer.array(2)
            writer.unsigned(UInt64(entry.length))
            writer.bytes(entry.digest)
        }
        return [
            Vector("bundle-manifest-whole", .bundleManifest, "one log, sealed to one reader", bytes: bytes),
            Vector("bundle-manifest-empty", .bundleManifest, "no log at all", bytes: BundleManifest(
                space: author.space, time: Timestamp(milliseconds: 0), logs: []).encoded()),
            Vector("bundle-manifest-recipient-twice", .bundleManifest, "not-ascending", "a recipient stands twice", bytes: twice),
            Vector("bundle-manifest-version", .bundleManifest, "unknown-version", "a manifest of version 2", bytes: [bytes[0], 2] + bytes[2...]),
            Vector("bundle-manifest-cut", .bundleManifest, "truncated", "the manifest is cut", bytes: Array(bytes.dropLast())),
            Vector("bundle-piece-whole", .bundlePiece, "a segment of one log", bytes: piece.encoded()),
            Vector("bundle-piece-empty", .bundlePiece, "malformed", "a piece has a segment", bytes: cbor { writer in
                writer.array(2)
                writer.log(.square)
                writer.array(0)
            }),
            file("whole", Vector.success, "one log, opened by its reader", whole),
            file("stranger", "bundle-nothing-for-you", "read by somebody to whom nothing is sealed", whole, secret: stranger),
            file("version", "bundle-version", "a file of version 2", version),
            file("space", "bundle-of-another-space", "of another space", BundleHead.encoded(manifestBytes: other.count) + other + sealed),
            file("magic", "bundle-damaged", "another first byte", changed(at: 0)),
            file("manifest", "bundle-damaged", "a bit of a piece's digest is flipped", changed(at: BundleHead.bytes + bytes.count - 1)),
            file("piece", "bundle-damaged", "a bit of a piece is flipped", changed(at: whole.count - 1)),
            file("short", "bundle-damaged", "the file is cut", Array(whole.dropLast())),
            file("behind", "bundle-damaged", "a byte behind the last piece", whole + [0]),
        ]
    }
}
