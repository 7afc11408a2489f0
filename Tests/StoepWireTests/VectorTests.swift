import Foundation
import StoepCrypto
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepWire

/// Every file of `Protocol/vectors` through the decoders: what it expects, and a success to the same bytes again.
@Suite struct VectorTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Protocol/vectors")

    private static func files() throws -> [Vector] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
            .map { String($0.dropLast(4)) }.sorted()
            .map { name in
                let text = try String(contentsOf: folder.appending(path: name + ".txt"), encoding: .utf8)
                return try #require(Vector(name: name, text: text), "\(name)")
            }
    }

    @Test func `every vector gives what it expects`() throws {
        let vectors = try Self.files()
        #expect(vectors.count > 100)
        for vector in vectors {
            let (outcome, again) = try run(vector)
            #expect(outcome == vector.expect, "\(vector.name)")
            if vector.expect == Vector.success { #expect(again == vector.content, "\(vector.name)") }
        }
    }

    @Test func `making the vectors anew changes nothing`() throws {
        #expect(try Self.files().map(\.name) == Vectors.all().map(\.name))
        for (held, made) in try zip(Self.files(), Vectors.all()) { #expect(held == made, "\(held.name)") }
    }

    /// What only a store notices, or only an author.
    private static let noticedElsewhere: Set = [
        "rows-inconsistent", "check-collision", "too-many-branches", "segment-empty", "sequence-out-of-bounds",
        "blocks-out-of-bounds", "lamport-out-of-bounds", "time-out-of-bounds", "log-mismatch",
    ]

    @Test func `every error of a decoder has a vector`() throws {
        let readme = try String(
            contentsOf: Self.folder.deletingLastPathComponent().appending(path: "README.md"), encoding: .utf8)
        let table = try #require(readme.components(separatedBy: "\n## Errors\n").last)
        let names = table.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
            row.split(separator: "|")[0].split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
        #expect(names.count > 25)
        let covered = Set(try Self.files().map(\.expect))
        for name in names where !Self.noticedElsewhere.contains(name) { #expect(covered.contains(name), "\(name)") }
    }

    /// The name of what came of it, and the bytes that it encodes to again.
    private func run(_ vector: Vector) throws -> (outcome: String, again: String) {
        do {
            return (Vector.success, try decode(vector))
        } catch let error as WireError {
            return (error.name, "")
        } catch let error as SegmentError {
            return (error.name, "")
        } catch let error as StatementError {
            return (error.name, "")
        } catch let error as BundleError {
            return (error.name, "")
        } catch let error as InvitationError {
            return (error.name, "")
        }
    }

    private func decode(_ vector: Vector) throws -> String {
        let bytes = vector.bytes
        switch vector.kind {
        case .item:
            var reader = CBORReader(bytes)
            try reader.skip(depth: 0)
            try reader.finish()
            return Hex.encode(bytes)
        case .header: return Hex.encode(try ChangeHeader(decoding: bytes).encoded())
        case .payload: return Hex.encode(try Payload(decoding: bytes, kinds: 12).encoded())
        case .segment: return try verify(vector)
        case .packedSegment: return Hex.encode(try repacked(bytes))
        case .delegation: return try delegation(vector)
        case .purgeOrder: return try order(vector)
        case .headList: return Hex.encode(try HeadList(decoding: bytes).encoded())
        case .syncRequest: return Hex.encode(try SyncRequest(decoding: bytes).encoded())
        case .syncResponse: return Hex.encode(try SyncResponse(decoding: bytes).encoded())
        case .enrolRequest: return Hex.encode(try EnrolRequest(decoding: bytes).encoded())
        case .enrolResponse: return Hex.encode(try EnrolResponse(decoding: bytes).encoded())
        case .authorityRequest: return Hex.encode(try AuthorityRequest(decoding: bytes).encoded())
        case .authorityResponse: return Hex.encode(try AuthorityResponse(decoding: bytes).encoded())
        case .error: return Hex.encode(try ErrorMessage(decoding: bytes).encoded())
        case .bundleManifest: return Hex.encode(try BundleManifest(decoding: bytes).encoded())
        case .bundlePiece: return Hex.encode(try BundlePiece(decoding: bytes).encoded())
        case .bundle: return Hex.encode(try opened(vector))
        case .invitation: return try Invitation(text: vector.content, .openSSL).text(.openSSL)
        }
    }

    private func bytes32(_ vector: Vector, _ key: String) throws -> Bytes32 {
        try #require(vector[key].flatMap { Hex.decode($0) }.flatMap { Bytes32($0) }, "\(vector.name): \(key)")
    }

    private func verify(_ vector: Vector) throws -> String {
        let segment = try Segment(decoding: vector.bytes)
        var base: (hash: ChangeHash, lamport: UInt64)?
        if vector["base"] != nil {
            base = (ChangeHash(try bytes32(vector, "base")), try #require(vector["lamport"].flatMap { UInt64($0) }))
        }
        _ = try segment.verify(
            base: base, device: VerifyingKey(try bytes32(vector, "device")), space: SpaceID(try bytes32(vector, "space")),
            cryptography: .openSSL)
        return Hex.encode(segment.encoded())
    }

    /// A deflater may give other bytes: what is inside has one form.
    private func repacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let packed = try PackedSegment(decoding: bytes)
        let segment = try packed.unpacked()
        #expect(try segment.packed().unpacked() == segment)
        return packed.encoded()
    }

    private func delegation(_ vector: Vector) throws -> String {
        let root = try #require(SigningKey(seed: Array(0x00...0x1f)))
        let space = SpaceID(try bytes32(vector, "space"))
        return Hex.encode(try Delegation(verifying: vector.bytes, space: space, .openSSL).sign(with: root.signer))
    }

    /// Reads a whole bundle as its reader would, and writes what it found there again.
    private func opened(_ vector: Vector) throws -> [UInt8] {
        let bytes = vector.bytes
        let count = try BundleHead.manifestBytes(Array(bytes.prefix(BundleHead.bytes)))
        var rest = bytes.dropFirst(BundleHead.bytes)
        guard let manifest = try? BundleManifest(decoding: Array(rest.prefix(count))) else {
            throw BundleError.damaged("manifest")
        }
        guard try manifest.space == SpaceID(bytes32(vector, "space")) else { throw BundleError.otherSpace }
        rest = rest.dropFirst(count)
        let secret = try #require(vector["secret"].flatMap { Hex.decode($0) }.flatMap { AgreementKey(secret: $0) })
        var isForYou = false
        var again = BundleHead.encoded(manifestBytes: count) + manifest.encoded()
        for (index, log) in manifest.logs.enumerated() {
            let key = BundleKey(of: manifest, at: index, secret.opener, .openSSL)
            isForYou = isForYou || key != nil
            for (number, entry) in log.pieces.enumerated() {
                let piece = Array(rest.prefix(entry.length))
                guard piece.count == entry.length, Cryptography.openSSL.sha256(piece) == entry.digest else {
                    throw BundleError.damaged("piece")
                }
                rest = rest.dropFirst(entry.length)
                let opened = try key?.open(piece, number: number, .openSSL)
                again += opened.flatMap { key?.seal($0, number: number, .openSSL) } ?? piece
            }
        }
        guard rest.isEmpty else { throw BundleError.damaged("behind") }
        guard isForYou else { throw BundleError.nothingForYou }
        return again
    }

    private func order(_ vector: Vector) throws -> String {
        let root = try #require(SigningKey(seed: Array(0x00...0x1f)))
        let order = try PurgeOrder(
            verifying: vector.bytes, space: SpaceID(try bytes32(vector, "space")),
            device: VerifyingKey(try bytes32(vector, "device")),
            authorities: [VerifyingKey(try bytes32(vector, "authority"))], .openSSL)
        return Hex.encode(order.sign(with: root.signer))
    }
}
