import StoepCrypto
import StoepModel
import Testing

@testable import StoepWire

/// What of a segment somebody on the way has changed.
private enum Tampering: CaseIterable {
    case signature, log, actor, first, base, birth, lamport, time, record, salt, payload, commitment
    /// Changes left out, doubled, in another order, or another author's among them.
    case chain

    /// How such a segment is refused: nothing else may occur, and all of these must.
    var refusals: Set<String> {
        switch self {
        case .signature, .log, .record, .salt, .payload, .commitment: ["signature-invalid"]
        case .actor: ["actor-not-derived", "signature-invalid"]
        case .first: ["base-unexpected", "birth-unexpected", "malformed", "signature-invalid"]
        case .base: ["base-mismatch"]
        case .birth: ["actor-not-derived"]
        case .lamport: ["lamport-order", "signature-invalid", "too-large"]
        case .time: ["signature-invalid", "too-large"]
        case .chain: ["lamport-order", "signature-invalid"]
        }
    }
}

extension Generator {
    /// One to three bits are others.
    fileprivate mutating func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        for _ in 0...below(3) where !out.isEmpty { out[below(out.count)] ^= 1 << UInt8(below(8)) }
        return out
    }

    fileprivate mutating func flipped(_ number: UInt64, bits: Int = 64) -> UInt64 {
        (0...below(3)).reduce(number) { flipped, _ in flipped ^ 1 << UInt64(below(bits)) }
    }

    fileprivate mutating func flipped<Identifier: ByteIdentifier>(_ identifier: Identifier) -> Identifier {
        Identifier(bytes: flipped(identifier.bytes)) ?? identifier
    }

    fileprivate mutating func flipped(_ bytes: Bytes16) -> Bytes16 { Bytes16(flipped(bytes.bytes)) ?? bytes }

    /// The segment with one thing in it changed; the same where it has no such thing.
    fileprivate mutating func tampered(_ segment: Segment, _ kind: Tampering, _ stranger: Segment) -> Segment {
        var parts = Parts(segment)
        switch kind {
        case .signature: parts.signature = Signature(flipped(segment.signature.bytes)) ?? segment.signature
        case .log: parts.log = log()
        case .actor: parts.actor = flipped(segment.actor)
        case .first: parts.first = flipped(segment.first, bits: chance(2) ? 3 : 61)
        case .base: parts.base = segment.base.map { flipped($0) }
        case .birth:
            parts.birth = segment.birth.map {
                chance(2)
                    ? ActorBirth(device: flipped($0.device), nonce: $0.nonce)
                    : ActorBirth(device: $0.device, nonce: flipped($0.nonce))
            }
        case .lamport, .time, .record, .salt, .payload, .commitment:
            let at = below(segment.changes.count)
            parts.changes[at] = tampered(segment.changes[at], kind)
        case .chain: tamper(&parts.changes, stranger.changes)
        }
        return parts.segment
    }

    private mutating func tampered(_ change: SegmentChange, _ kind: Tampering) -> SegmentChange {
        switch kind {
        case .lamport:
            return SegmentChange(lamport: flipped(change.lamport), time: change.time, blocks: change.blocks)
        case .time:
            let time = Timestamp(milliseconds: flipped(change.time.milliseconds))
            return SegmentChange(lamport: change.lamport, time: time, blocks: change.blocks)
        default:
            var blocks = change.blocks
            let at = below(blocks.count)
            blocks[at] = tampered(blocks[at], kind)
            return SegmentChange(lamport: change.lamport, time: change.time, blocks: blocks)
        }
    }

    private mutating func tampered(_ block: SegmentBlock, _ kind: Tampering) -> SegmentBlock {
        switch (kind, block.subject, block.content) {
        case (.record, .record(let record), let content):
            // Another record; or it creates one.
            SegmentBlock(subject: chance(4) ? .created : .record(flipped(record)), content: content)
        case (.record, .created, let content):
            SegmentBlock(subject: .record(RecordID(bytes16())), content: content)
        case (.salt, let subject, .body(let body)):
            SegmentBlock(
                subject: subject, content: .body(BlockBody(salt: flipped(body.salt), payload: body.payload)))
        case (.payload, let subject, .body(let body)):
            SegmentBlock(
                subject: subject, content: .body(BlockBody(salt: body.salt, payload: flipped(body.payload))))
        case (.commitment, let subject, .missing(let commitment)):
            SegmentBlock(subject: subject, content: .missing(flipped(commitment)))
        default: block
        }
    }

    private mutating func tamper(_ changes: inout [SegmentChange], _ others: [SegmentChange]) {
        let at = below(changes.count)
        switch below(4) {
        case 0 where changes.count > 1: changes.remove(at: at)
        case 1: changes.insert(changes[at], at: at)
        case 2: changes.swapAt(at, below(changes.count))
        default: changes[at] = others[below(others.count)]
        }
    }
}

/// A segment taken apart, to be put together otherwise.
private struct Parts {
    var log: LogID
    var actor: ActorID
    var first: UInt64
    var base: UInt64?
    var birth: ActorBirth?
    var changes: [SegmentChange]
    var signature: Signature

    init(_ segment: Segment) {
        log = segment.log
        actor = segment.actor
        first = segment.first
        base = segment.base
        birth = segment.birth
        changes = segment.changes
        signature = segment.signature
    }

    var segment: Segment {
        Segment(
            log: log, actor: actor, first: first, base: base, birth: birth, changes: changes, signature: signature)
    }
}

/// Ten thousand things that are not what somebody signed or handed out, and none of them is taken for it.
///
/// What decodes to the very value that was sent is no mutation: bits that were flipped back, two equal letters that
/// changed places, a payload cut elsewhere. That is told by comparing values (segments) or bytes (all others, which
/// have one form), and such a try does not count.
@Suite struct HostileBytesTests {
    @Test func `no tampering with a signed chain goes unnoticed, and each is refused by its name`() throws {
        var generator = Generator(seed: 60)
        var seen: [Tampering: [String: Int]] = [:]
        var tries = 0
        while tries < 6000 {
            let space = newSpace(using: &generator)
            var author = Author(space: space, log: generator.log(), using: &generator)
            var stranger = Author(space: space, log: author.log, using: &generator)
            try author.write(2 + generator.below(3), using: &generator)
            try stranger.write(2, using: &generator)
            let first = 1 + generator.below(author.changes.count)
            let sent = try author.segment(from: first)
            let foreign = try stranger.segment()
            #expect(author.refusal(of: sent, base: first) == nil)
            for _ in 0..<20 {
                for kind in Tampering.allCases {
                    let segment = generator.tampered(sent, kind, foreign)
                    if segment == sent { continue }
                    tries += 1
                    let name = Self.refusal(of: segment, like: sent, author, base: first)
                    seen[kind, default: [:]][name ?? "accepted", default: 0] += 1
                }
            }
        }
        for kind in Tampering.allCases {
            #expect(Set(seen[kind, default: [:]].keys) == kind.refusals, "\(kind): \(seen[kind, default: [:]])")
        }
    }

    /// Through its bytes, as it would come: the name of why it is refused.
    private static func refusal(of segment: Segment, like sent: Segment, _ author: Author, base: Int) -> String? {
        do throws(WireError) {
            let received = try Segment(decoding: segment.encoded())
            // Stamps that no encoding holds come out as others; then still as none that were signed.
            #expect(received != sent)
            return author.refusal(of: received, base: base)?.name
        } catch {
            return error.name
        }
    }

    @Test func `no other bits of a delegation verify`() {
        var generator = Generator(seed: 61)
        var seen: [String: Int] = [:]
        for _ in 0..<20 {
            let root = SigningKey(seed: generator.bytes(32))!
            let space = SpaceID(root: root.verifyingKey, .openSSL)
            let cuts = (0..<generator.below(4)).map { _ in Cut(log: generator.log(), point: generator.point()) }
            let bytes = Delegation(
                root: root.verifyingKey, serial: generator.number(atMost: Limits.counter),
                authority: VerifyingKey(generator.bytes32()),
                daemons: (0..<generator.below(4)).map { _ in VerifyingKey(generator.bytes32()) }, cuts: cuts
            ).sign(with: root.signer)
            var tries = 0
            while tries < 100 {
                let mutated = generator.flipped(bytes)
                if mutated == bytes { continue }
                tries += 1
                do throws(StatementError) {
                    _ = try Delegation(verifying: mutated, space: space, .openSSL)
                    seen["accepted", default: 0] += 1
                } catch {
                    seen[error.name, default: 0] += 1
                }
            }
        }
        #expect(seen["accepted"] == nil)
        for name in [
            "signature-invalid", "space-mismatch", "malformed", "wrong-type", "not-deterministic", "truncated",
        ] {
            #expect(seen[name, default: 0] > 0, "\(name): \(seen)")
        }
    }

    @Test func `no invitation that was typed wrong is taken for another`() {
        var generator = Generator(seed: 62)
        var seen: [String: Int] = [:]
        for _ in 0..<20 {
            let invitation = Invitation(
                space: SpaceID(generator.bytes32()), address: "stoep.example:7410",
                daemonKey: VerifyingKey(generator.bytes32()), role: .volunteer,
                partitions: ["BU0599\(generator.below(1000))"], secret: generator.bytes16())
            let line = Array(invitation.text(.openSSL).utf8)
            var tries = 0
            while tries < 100 {
                let mistyped = generator.mistyped(line)
                if mistyped == line { continue }
                tries += 1
                do throws(InvitationError) {
                    _ = try Invitation(text: String(decoding: mistyped, as: UTF8.self), .openSSL)
                    seen["accepted", default: 0] += 1
                } catch {
                    seen[error.name, default: 0] += 1
                }
            }
        }
        #expect(Set(seen.keys) == ["invitation-damaged", "invitation-version"], "\(seen)")
    }
}

extension Generator {
    /// What happens to a line on its way over a telephone or a piece of paper: letters wrong, left out, doubled, in
    /// another order, in the other case; mostly still letters of the alphabet, so that only the checksum can tell.
    fileprivate mutating func mistyped(_ line: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var out = line
        for _ in 0...below(3) {
            // Sometimes in what stands before the dot.
            let at = chance(10) ? below(7) : 7 + below(out.count - 7)
            switch below(7) {
            case 0, 1: out[at] = alphabet[below(alphabet.count)]
            case 2: out.remove(at: at)
            case 3: out.insert(out[at], at: at)
            case 4: out.swapAt(at, min(at + 1, out.count - 1))
            case 5: out[at] ^= 0x20
            default: out[at] ^= 1 << UInt8(below(7))
            }
        }
        return out
    }
}
