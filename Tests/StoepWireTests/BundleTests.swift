import StoepCrypto
import StoepModel
import Testing

@testable import StoepWire

/// The manifest and what it refuses.
@Suite struct BundleTests {
    private let space = SpaceID(Bytes32([UInt8](repeating: 1, count: 32))!)

    private func recipient(_ hint: UInt64, _ enc: UInt8 = 0) -> BundleRecipient {
        BundleRecipient(
            hint: hint, enc: Bytes32([UInt8](repeating: enc, count: 32))!, key: [UInt8](repeating: 9, count: 48))
    }

    private func manifest(_ logs: [SealedLog]) -> BundleManifest {
        BundleManifest(space: space, time: Timestamp(milliseconds: 1), logs: logs)
    }

    private let piece = BundlePieceEntry(length: 16, digest: .zero)

    private func refusal(_ bytes: [UInt8]) -> String? {
        do throws(WireError) {
            _ = try BundleManifest(decoding: bytes)
            return nil
        } catch {
            return error.name
        }
    }

    @Test func `a manifest decodes to what was encoded, with its readers in order`() throws {
        let logs = [
            SealedLog(recipients: [recipient(5), recipient(2, 7), recipient(2, 3)], pieces: [piece, piece]),
            SealedLog(recipients: [recipient(1)], pieces: [piece]),
        ]
        let bytes = manifest(logs).encoded()
        let decoded = try BundleManifest(decoding: bytes)
        #expect(decoded == manifest(logs) && decoded.encoded() == bytes)
        #expect(decoded.logs[0].recipients.map(\.hint) == [2, 2, 5])
        #expect(try BundleManifest(decoding: manifest([]).encoded()).logs.isEmpty)
    }

    /// The items of a manifest around `log`, which stands there as it is written.
    private func raw(_ log: (inout CBORWriter) -> Void) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(4)
        writer.unsigned(1)
        writer.bytes(space)
        writer.unsigned(1)
        writer.array(1)
        writer.array(2)
        log(&writer)
        return writer.bytes
    }

    private func write(_ recipients: [BundleRecipient], _ writer: inout CBORWriter) {
        writer.array(recipients.count)
        for one in recipients {
            writer.array(3)
            writer.check(one.hint)
            writer.bytes(one.enc)
            writer.bytes(one.key)
        }
    }

    private func write(_ lengths: [UInt64], _ writer: inout CBORWriter) {
        writer.array(lengths.count)
        for length in lengths {
            writer.array(2)
            writer.unsigned(length)
            writer.bytes(Bytes32.zero)
        }
    }

    @Test func `what a manifest must not be is refused by name`() {
        let good = [recipient(1)]
        func with(_ recipients: [BundleRecipient], _ lengths: [UInt64]) -> [UInt8] {
            raw { writer in
                write(recipients, &writer)
                write(lengths, &writer)
            }
        }
        #expect(refusal(with(good, [16])) == nil)
        #expect(refusal(with([], [16])) == "malformed")
        #expect(refusal(with(good, [])) == "malformed")
        #expect(refusal(with(good, [15])) == "malformed")
        #expect(refusal(with(good, [UInt64(Limits.messageBytes) + 16])) == nil)
        #expect(refusal(with(good, [UInt64(Limits.messageBytes) + 17])) == "too-large")
        #expect(refusal(with([recipient(2), recipient(1)], [16])) == "not-ascending")
        #expect(refusal(with([recipient(1), recipient(1)], [16])) == "not-ascending")
        #expect(refusal(with([recipient(1, 2), recipient(1, 1)], [16])) == "not-ascending")
        #expect(refusal(with(good, [UInt64](repeating: 16, count: Limits.pieces + 1))) == "too-large")
        let short = BundleRecipient(hint: 1, enc: .zero, key: [UInt8](repeating: 9, count: 47))
        #expect(refusal(with([short], [16])) == "malformed")
        #expect(refusal(with(good, [16]) + [0]) == "trailing-bytes")
        var later = manifest([]).encoded()
        later[1] = 2
        #expect(refusal(later) == "unknown-version")
    }

    @Test func `the first bytes tell a bundle, one of another version, and anything else`() throws {
        func name(_ head: [UInt8]) -> String? {
            do throws(BundleError) {
                _ = try BundleHead.manifestBytes(head)
                return nil
            } catch {
                return error.name
            }
        }
        let head = BundleHead.encoded(manifestBytes: 0x0102)
        #expect(head.count == BundleHead.bytes && head.suffix(4) == [0, 0, 1, 2])
        #expect(try BundleHead.manifestBytes(head) == 0x0102)
        for version in ["stoep/2 bundle....", "stoep/12 bundle...", "stoep/0 bundle...."] {
            #expect(name(Array(version.utf8)) == "bundle-version")
            #expect(BundleHead.isBundle(Array(version.utf8)))
        }
        for other in ["", "stoep", "stoep/1 bundel....", "stoep/ bundle.....", "stoep/1 bundle", "een brief aan jou."] {
            #expect(name(Array(other.utf8)) == "bundle-damaged", "\(other)")
        }
        #expect(name(BundleHead.encoded(manifestBytes: Limits.manifestBytes)) == nil)
        #expect(name(BundleHead.encoded(manifestBytes: Limits.manifestBytes + 1)) == "bundle-damaged")
    }

    @Test func `a piece opens in its place and in no other`() throws {
        let log = LogID(.street, partition: "north")!
        let packed = PackedSegment(rawCount: 3, stream: [1, 2, 3])
        let piece = BundlePiece(log: log, segments: [packed])
        #expect(try BundlePiece(decoding: piece.encoded()) == piece)
        let secret = Bytes32([UInt8](repeating: 4, count: 32))!
        let key = BundleKey(secret, space: space, index: 1)
        let sealed = key.seal(piece, number: 2, .openSSL)
        #expect(try key.open(sealed, number: 2, .openSSL) == piece)
        let others = [
            (key, 1), (BundleKey(secret, space: space, index: 2), 2), (BundleKey(.zero, space: space, index: 1), 2),
            (BundleKey(secret, space: SpaceID(.zero), index: 1), 2),
        ]
        for (other, number) in others {
            #expect(throws: BundleError.self) { try other.open(sealed, number: number, .openSSL) }
        }
        let empty = key.seal(BundlePiece(log: log, segments: []), number: 0, .openSSL)
        #expect(throws: BundleError.self) { try key.open(empty, number: 0, .openSSL) }
    }

    @Test func `a reader finds their key among those of others, in their own sealed log alone`() throws {
        let readers = (1...3).map { AgreementKey(secret: [UInt8](repeating: $0, count: 32))! }
        let secret = Bytes32([UInt8](repeating: 4, count: 32))!
        func log(_ index: Int, for readers: [AgreementKey]) throws -> SealedLog {
            let key = BundleKey(secret, space: space, index: index)
            let recipients = readers.enumerated().map { place, reader in
                key.sealed(
                    to: reader.opener.publicKey, ephemeralSecret: [UInt8](repeating: UInt8(place + 10), count: 32),
                    .openSSL)!
            }
            return SealedLog(recipients: recipients, pieces: [piece])
        }
        let both = manifest([try log(0, for: readers), try log(1, for: [readers[0]])])
        func opens(_ manifest: BundleManifest, _ index: Int, _ reader: AgreementKey) -> Bool {
            BundleKey(of: manifest, at: index, reader.opener, .openSSL) != nil
        }
        #expect(readers.map { opens(both, 0, $0) } == [true, true, true])
        #expect(readers.map { opens(both, 1, $0) } == [true, false, false])
        #expect(!opens(both, 2, readers[0]))
        // What was sealed for another place is nobody's.
        let swapped = manifest([both.logs[1], both.logs[0]])
        #expect(readers.map { opens(swapped, 0, $0) } == [false, false, false])
    }
}
