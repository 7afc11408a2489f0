import StoepCrypto
import StoepModel
import StoepWire

/// A device of fixed keys that writes what it is told, right or wrong, and signs it.
struct VectorAuthor {
    static let cryptography = Cryptography.openSSL
    let root: SigningKey
    let device: SigningKey
    let space: SpaceID
    let birth: ActorBirth
    let actor: ActorID
    let log: LogID

    init() throws {
        guard let root = SigningKey(seed: Array(0x00...0x1f)), let device = SigningKey(seed: Array(0x20...0x3f)),
            let nonce = Bytes16(Array(0x40...0x4f)), let log = LogID.street("BU05990535")
        else { throw WireError.truncated(at: 0) }
        self.root = root
        self.device = device
        self.log = log
        space = SpaceID(root: root.verifyingKey, Self.cryptography)
        birth = ActorBirth(device: device.verifyingKey, nonce: nonce)
        actor = ActorID(space: space, birth: birth, Self.cryptography)
    }

    func body(_ number: UInt8, _ text: String = "groen") throws -> BlockBody {
        let payload = Payload(
            collection: .conversation,
            operations: [.edit(FieldNumber(rawValue: 14), TextDelta(beginning: text))])
        return BlockBody(salt: Bytes16(high: UInt64(number), low: 0), payload: try payload.encoded())
    }

    func change(lamport: UInt64, time: UInt64 = 1_790_000_000_000, _ blocks: [SegmentBlock]) -> SegmentChange {
        SegmentChange(lamport: lamport, time: Timestamp(milliseconds: time), blocks: blocks)
    }

    /// A segment of these changes as their author would sign it, whatever is wrong with them.
    func segment(
        first: UInt64 = 1, base: ChangeHash? = nil, birth: ActorBirth?, actor: ActorID? = nil, changes: [SegmentChange]
    ) -> Segment {
        let actor = actor ?? self.actor
        var hash = base ?? ChangeHash.origin(space: space, log: log, actor: actor, Self.cryptography)
        for (index, change) in changes.enumerated() {
            let header = ChangeHeader(
                seq: first &+ UInt64(index), lamport: change.lamport, time: change.time,
                blocks: change.blocks.map { block in
                    switch block.content {
                    case .body(let body):
                        BlockHeader(subject: block.subject, commitment: Commitment(to: body, Self.cryptography))
                    case .missing(let commitment): BlockHeader(subject: block.subject, commitment: commitment)
                    }
                },
                birth: index == 0 ? birth : nil)
            hash = hash.next(header: header.encoded(), Self.cryptography)
        }
        let head = Head(log: log, actor: actor, seq: first &+ UInt64(changes.count) &- 1, hash: hash)
        return Segment(
            log: log, actor: actor, first: first, base: first == 1 ? nil : base?.raw.first, birth: birth,
            changes: changes, signature: SignedHead.sign(head, space: space, with: device.signer).signature)
    }

    var context: [(key: String, value: String)] {
        [("space", space.description), ("device", device.verifyingKey.description)]
    }
}

extension Vectors {
    /// Chains: what verifies, and each thing for which a segment is refused.
    static func chains() throws -> [Vector] {
        let author = try VectorAuthor()
        let one = SegmentBlock(subject: .created, content: .body(try author.body(1)))
        let two = SegmentBlock(subject: .record(other), content: .body(try author.body(2, "meer")))
        let gone = SegmentBlock(
            subject: .record(other), content: .missing(Commitment(to: try author.body(3), VectorAuthor.cryptography)))
        let good = [author.change(lamport: 5, [one]), author.change(lamport: 9, [two, one])]
        let whole = author.segment(birth: author.birth, changes: good)
        let verified = try whole.verify(
            base: nil, device: author.device.verifyingKey, space: author.space,
            cryptography: VectorAuthor.cryptography)
        let base = verified[0].hash
        let later = author.segment(first: 2, base: base, birth: nil, changes: [good[1]])
        let held = [("base", base.description), ("lamport", "5")]

        func accepted(
            _ name: String, _ about: String, _ segment: Segment, with more: [(String, String)] = []
        ) -> Vector { vector(name, Vector.success, about, segment, with: more) }
        func vector(
            _ name: String, _ expect: String, _ about: String, _ segment: Segment, with more: [(String, String)] = []
        ) -> Vector {
            Vector(
                "segment-" + name, .segment, expect, about, context: author.context + more.map { (key: $0, value: $1) },
                bytes: segment.encoded())
        }
        func changed(_ segment: Segment, signature: Signature? = nil, changes: [SegmentChange]? = nil) -> Segment {
            Segment(
                log: segment.log, actor: segment.actor, first: segment.first, base: segment.base, birth: segment.birth,
                changes: changes ?? segment.changes, signature: signature ?? segment.signature)
        }
        var flipped = whole.signature.bytes
        flipped[0] ^= 1
        let otherBirth = ActorBirth(device: author.root.verifyingKey, nonce: author.birth.nonce)
        let otherActor = ActorID(space: author.space, birth: otherBirth, VectorAuthor.cryptography)
        let altered = SegmentBlock(subject: .created, content: .body(try author.body(1, "groot")))
        let limit = Limits.counter
        return [
            accepted("whole", "two changes from the beginning", whole),
            accepted("later", "a change that goes on from one that is held", later, with: held),
            accepted("stub", "a change without its body", author.segment(birth: author.birth, changes: [author.change(lamport: 1, [gone])])),
            accepted("saturated", "lamport stays at the limit", author.segment(birth: author.birth, changes: [
                author.change(lamport: limit, [one]), author.change(lamport: limit, [two]),
            ])),
            vector("signature", "signature-invalid", "a bit of the signature is flipped", changed(whole, signature: Signature(flipped))),
            vector("body", "signature-invalid", "a body is not what was committed to", changed(whole, changes: [author.change(lamport: 5, [altered]), good[1]])),
            vector("time", "signature-invalid", "a time is not what was signed", changed(whole, changes: [author.change(lamport: 5, time: 1, [one]), good[1]])),
            vector("cut", "signature-invalid", "the last change is left out", changed(whole, changes: [good[0]])),
            vector("actor", "actor-not-derived", "the actor is not the hash of its birth", Segment(
                log: whole.log, actor: otherActor, first: 1, base: nil, birth: author.birth, changes: good, signature: whole.signature)),
            vector("device", "device-mismatch", "the birth has another key than the device", author.segment(birth: otherBirth, actor: otherActor, changes: good)),
            vector("lamport-same", "lamport-order", "a lamport that is not greater", author.segment(birth: author.birth, changes: [good[0], author.change(lamport: 5, [two])])),
            vector("lamport-zero", "lamport-order", "a first lamport of 0", author.segment(birth: author.birth, changes: [author.change(lamport: 0, [one])])),
            vector("lamport-beyond", "too-large", "a lamport beyond the limit", author.segment(birth: author.birth, changes: [author.change(lamport: limit + 1, [one])])),
            vector("time-beyond", "too-large", "a time beyond the year 9999", author.segment(birth: author.birth, changes: [author.change(lamport: 1, time: Limits.timestamp + 1, [one])])),
            vector("block-twice", "block-repeated", "two blocks about one record", author.segment(birth: author.birth, changes: [author.change(lamport: 1, [two, two])])),
            vector("base-not-held", "base-missing", "what comes before is not held", later),
            vector("base-other", "base-mismatch", "what is held before is another branch", later, with: [("base", verified[1].hash.description), ("lamport", "5")]),
            vector("base-at-1", "base-unexpected", "a base where the chain begins", Segment(
                log: whole.log, actor: whole.actor, first: 1, base: 7, birth: author.birth, changes: good, signature: whole.signature)),
            vector("birth-not-there", "birth-missing", "no birth where the chain begins", Segment(
                log: whole.log, actor: whole.actor, first: 1, base: nil, birth: nil, changes: good, signature: whole.signature)),
            vector("birth-later", "birth-unexpected", "a birth where the chain goes on", Segment(
                log: later.log, actor: later.actor, first: 2, base: later.base, birth: author.birth, changes: later.changes,
                signature: later.signature), with: held),
        ] + (try shapes(author, whole))
    }

    /// What is wrong with a segment's bytes, before anything is verified.
    private static func shapes(_ author: VectorAuthor, _ whole: Segment) throws -> [Vector] {
        let bytes = whole.encoded()
        func vector(_ name: String, _ expect: String, _ about: String, _ bytes: [UInt8]) -> Vector {
            Vector("segment-" + name, .segment, expect, about, context: author.context, bytes: bytes)
        }
        var version = bytes
        version[1] = 2
        var kind = bytes
        kind[3] = 9
        let stream = try whole.packed()
        func packed(_ name: String, _ expect: String, _ about: String, _ count: Int, _ stream: [UInt8]) -> Vector {
            Vector(
                "packed-" + name, .packedSegment, expect, about,
                bytes: cbor { writer in
                    writer.array(2)
                    writer.unsigned(UInt64(count))
                    writer.bytes(stream)
                })
        }
        return [
            vector("version", "unknown-version", "an envelope of version 2", version),
            vector("log-kind", "malformed", "a kind of log that there is not", kind),
            vector("truncated", "truncated", "the bytes end early", Array(bytes.dropLast())),
            vector("behind", "trailing-bytes", "a byte behind the segment", bytes + [0]),
            packed("whole", Vector.success, "a segment and its length", stream.rawCount, stream.stream),
            packed("short", "inflates-beyond-declared", "the stream holds a byte more than it declares", stream.rawCount - 1, stream.stream),
            packed("long", "malformed", "the stream ends before the declared length", stream.rawCount + 1, stream.stream),
            packed("behind", "trailing-bytes", "a byte behind the stream", stream.rawCount, stream.stream + [0]),
            packed("bomb", "malformed", "no stream of this length holds so much", Limits.segmentBytes, stream.stream),
            packed("beyond", "too-large", "more than a segment may have", Limits.segmentBytes + 1, stream.stream),
            packed("no-stream", "malformed", "no zlib stream", 3, [1, 2, 3]),
        ]
    }
}
