import StoepCrypto
import StoepModel

@testable import StoepWire

/// The examples of `Protocol/README.md`, made anew: two changes in one street log, and every message.
struct WorkedExamples {
    /// Name in the text, and the bytes in hexadecimal or the line itself.
    private(set) var all: [(name: String, text: String)] = []
    private let cryptography = Cryptography.openSSL
    private let root = SigningKey(seed: Array(0x00...0x1f))!
    private let device = SigningKey(seed: Array(0x20...0x3f))!
    private let log = LogID(.street, partition: "BU05990535")!
    private let space: SpaceID
    private let birth: ActorBirth
    private let actor: ActorID

    init() throws {
        space = SpaceID(root: root.verifyingKey, cryptography)
        birth = ActorBirth(device: device.verifyingKey, nonce: Bytes16(Array(0x40...0x4f))!)
        actor = ActorID(space: space, birth: birth, cryptography)
        identities()
        let segment = try chain()
        try laterPayloads()
        try cuts()
        try delegation()
        try messages(segment)
    }

    private mutating func add(_ name: String, _ bytes: [UInt8]) {
        all.append((name, Hex.encode(bytes)))
    }

    private mutating func identities() {
        add("root key", root.publicKey)
        add("space", space.bytes)
        add("device key", device.publicKey)
        add("actor", actor.bytes)
        add("area BU05990535", RecordID(.area, key: "BU05990535", cryptography).bytes)
        add("log roster", LogID.roster.encoded())
        add("log street", log.encoded())
        let member = RecordID(Bytes16(Array(0x60...0x6f))!)
        add("log contact", LogID(.contact, partition: "BU05990535", member: member)!.encoded())
    }

    /// A conversation is recorded, and then its status and its observation are changed.
    private mutating func chain() throws -> Segment {
        typealias Conversation = StoepModel.Field.Conversation
        let theme = RecordID(.theme, key: "groen", cryptography)
        let first = Payload(
            collection: .conversation,
            operations: [
                .write(Conversation.consent, .integer(1), overwrites: []),
                .write(Conversation.status, .text("open"), overwrites: []),
                .add(Conversation.themes, .record(theme)),
                .edit(Conversation.observation, TextDelta(beginning: "Meer groen")),
            ])
        let second = Payload(
            collection: .conversation, table: [.own(seq: 1)],
            operations: [
                .write(
                    Conversation.status, .text("closed"), overwrites: [ElementReference(entry: 0, offset: 1)]),
                .edit(
                    Conversation.observation,
                    TextDelta(
                        inserts: [.init(left: .init(entry: 1, offset: 12), right: nil, count: 1)],
                        deletes: [.init(first: .init(entry: 1, offset: 3), count: 5)], text: "!",
                        scalarCount: 1)),
            ])
        try joining()
        add("payload 1", try first.encoded())
        add("payload 2", try second.encoded())

        let one = BlockBody(salt: Bytes16(Array(0x50...0x5f))!, payload: try first.encoded())
        let two = BlockBody(salt: Bytes16(Array(0x70...0x7f))!, payload: try second.encoded())
        let origin = ChangeHash.origin(space: space, log: log, actor: actor, cryptography)
        let firstHeader = ChangeHeader(
            seq: 1, lamport: 5, time: Timestamp(milliseconds: 1_790_000_000_000),
            blocks: [BlockHeader(subject: .created, commitment: Commitment(to: one, cryptography))], birth: birth)
        let h1 = origin.next(header: firstHeader.encoded(), cryptography)
        let point = ChangePoint(actor: actor, seq: 1, check: h1.raw.first)
        let record = RecordID(createdBy: point, block: 0, cryptography)
        let secondHeader = ChangeHeader(
            seq: 2, lamport: 6, time: Timestamp(milliseconds: 1_790_000_060_000),
            blocks: [BlockHeader(subject: .record(record), commitment: Commitment(to: two, cryptography))],
            birth: nil)
        let h2 = h1.next(header: secondHeader.encoded(), cryptography)
        add("commitment 1", firstHeader.blocks[0].commitment.bytes)
        add("commitment 2", secondHeader.blocks[0].commitment.bytes)
        add("header 1", firstHeader.encoded())
        add("header 2", secondHeader.encoded())
        add("h(0)", origin.bytes)
        add("h(1)", h1.bytes)
        add("h(2)", h2.bytes)
        add("record", record.bytes)

        let head = Head(log: log, actor: actor, seq: 2, hash: h2)
        let signed = SignedHead.sign(head, space: space, with: device.signer)
        add("Sig_structure of the head", SignedHead.message(for: head, space: space))
        add("signature of the head", signed.signature.bytes)
        let segment = try Segment(
            log: log, actor: actor, base: nil,
            changes: [Change(header: firstHeader, bodies: [one]), Change(header: secondHeader, bodies: [two])],
            signature: signed.signature)
        add("segment", segment.encoded())
        let stripped = try Segment(
            log: log, actor: actor, base: h1, changes: [Change(header: secondHeader, bodies: [nil])],
            signature: signed.signature)
        add("segment without its body", stripped.encoded())
        digests(head)
        return segment
    }

    /// A meeting with an agenda of two items; then they change places, one is edited, and the other removed; a tally; a
    /// record deleted, and one erased.
    private mutating func laterPayloads() throws {
        let agenda = StoepModel.Field.Meeting.agenda
        func own(_ offset: UInt32) -> ElementReference { ElementReference(entry: 0, offset: offset) }
        add(
            "payload of a meeting",
            try Payload(
                collection: .meeting,
                operations: [
                    .place(agenda, left: nil, right: nil, .text("a")),
                    .place(agenda, left: own(0), right: nil, .text("b")),
                ]
            ).encoded())
        add(
            "payload of its change",
            try Payload(
                collection: .meeting, table: [.own(seq: 3)],
                operations: [
                    .move(agenda, item: own(1), left: nil, right: own(0)),
                    .assign(agenda, item: own(1), .text("c"), overwrites: [own(1)]),
                    .remove(agenda, adds: [own(0)]),
                ]
            ).encoded())
        add(
            "payload of a tally",
            try Payload(
                collection: .tally, key: "BU05990535/2026-11-21",
                operations: [
                    .count(StoepModel.Field.Tally.approached, 12), .count(StoepModel.Field.Tally.declined, -1),
                ]
            ).encoded())
        let other = ChangePoint(actor: actor, seq: 9, check: 0x0102_0304_0506_0708)
        add(
            "payload of a delete",
            try Payload(
                collection: .conversation, table: [.own(seq: 2), .other(other)],
                operations: [.deleteRecord(heads: [0, 1])]
            ).encoded())
        add(
            "payload of an erasure",
            try Payload(
                collection: .conversation,
                operations: [.eraseRecord(successor: RecordID(Bytes16(Array(0x60...0x6f))!))]
            ).encoded())
    }

    /// A person is said to be the same as another, taken apart from it, and joined again by somebody who saw that.
    private mutating func joining() throws {
        let other = RecordID(Bytes16(Array(0x60...0x6f))!)
        let parting = ChangePoint(actor: actor, seq: 3, check: 0x0102_0304_0506_0708)
        let payloads: [(String, Payload)] = [
            ("payload of a same", Payload(collection: .person, operations: [.same(other, saw: [])])),
            (
                "payload of an apart",
                Payload(
                    collection: .person, table: [.own(seq: 2)],
                    operations: [.apart(edges: [ElementReference(entry: 0, offset: 0)])])
            ),
            (
                "payload of a same that knows of it",
                Payload(
                    collection: .person, table: [.other(parting)],
                    operations: [.same(other, saw: [ElementReference(entry: 0, offset: 0)])])
            ),
        ]
        for (name, payload) in payloads { add(name, try payload.encoded()) }
    }

    /// An actor's chain is cut, and later released further along.
    private mutating func cuts() throws {
        let key = actor.description
        func payload(_ seq: UInt64, key: String?, table: [TableEntry] = [], overwrites: [ElementReference] = []) throws
            -> [UInt8]
        {
            let ends = CutEnds([ChangePoint(actor: actor, seq: seq, check: 0x0102_0304_0506_0708)]).encoded()
            let write = Operation.write(StoepModel.Field.Cut.points, .bytes(ends), overwrites: overwrites)
            return try Payload(collection: .cut, key: key, table: table, operations: [write]).encoded()
        }
        let nine = ChangePoint(actor: actor, seq: 9, check: 0x0102_0304_0506_0708)
        add("points", CutEnds([nine]).encoded())
        add("record of a cut", RecordID(.cut, key: key, cryptography).bytes)
        add("payload of a cut", try payload(9, key: key))
        add(
            "payload of a release",
            try payload(12, key: nil, table: [.own(seq: 4)], overwrites: [ElementReference(entry: 0, offset: 0)]))
    }

    private mutating func digests(_ head: Head) {
        let frontier = HeadList([log: [head.point]])
        add("head list", frontier.encoded())
        let digests = BucketDigests(of: frontier, cryptography)
        var digest: [UInt8] = []
        digest.append(bigEndian: digests.digests[Int(Bucket(of: actor).index)])
        add("digest", digest)
        add("buckets", BucketSet([Bucket(of: actor)]).bits)
        let link = ArrivalChain.next(
            ArrivalChain.origin, actor: actor, seq: head.seq, hash: head.hash, cryptography)
        add("arrival chain", link.bytes)
        add("cursor", Cursor(position: 1, chains: [.roster: .zero, log: link], cryptography).hash.bytes)
    }

    private mutating func delegation() throws {
        let cut = Cut(log: .square, point: ChangePoint(actor: actor, seq: 9, check: 0x0102_0304_0506_0708))
        add("cut", cut.encoded())
        let delegation = Delegation(
            root: root.verifyingKey, serial: 1, authority: device.verifyingKey,
            daemons: [VerifyingKey(Bytes32(Array(0xb0...0xcf))!)], cuts: [cut])
        add("delegation", delegation.sign(with: root.signer))
        add("authority request", AuthorityRequest(space: space).encoded())
    }

    private mutating func messages(_ segment: Segment) throws {
        let cursor = Cursor(position: 1, hash: .zero)
        let nonce: UInt64 = 0x2122_2324_2526_2728
        add("idle request", SyncRequest(space: space, ask: .after(cursor), nonce: nonce).encoded())
        let time = Timestamp(milliseconds: 1_790_000_120_000)
        let idle = SyncResponse(
            results: [], answer: .segments([]), cursor: cursor, more: false, time: time, nonce: nonce)
        add("idle response", idle.encoded())
        let refused = SyncResponse(
            results: [nil, "signature-invalid"], answer: .cursorUnknown, cursor: nil, more: true, time: time, nonce: nonce)
        add("response with results", refused.encoded())
        let head = ChangePoint(actor: actor, seq: 9, check: 0x0102_0304_0506_0708)
        let wanted = HeadList([log: [head]])
        let given = ChangeBodies(
            log: log, point: ChangePoint(actor: actor, seq: 7, check: 0x1112_1314_1516_1718),
            bodies: [nil, BlockBody(salt: Bytes16(Array(0x50...0x5f))!, payload: [0x84, 0x18, 0x20, 0xf6, 0x80, 0x80])])
        let receipts = Receipts(erasures: HeadList([log: [head]]), purged: [.square])
        add(
            "request with bodies",
            SyncRequest(
                space: space, ask: .nothing, wanted: wanted, bodies: [given], receipts: receipts, nonce: nonce
            ).encoded())
        add(
            "purge order",
            PurgeOrder(space: space, device: device.verifyingKey, logs: [log]).sign(with: device.signer))
        let secret = Bytes16(Array(0x80...0x8f))!
        let member = RecordID(Bytes16(Array(0x60...0x6f))!)
        let sealing = SealingKey(Bytes32(Array(0x90...0xaf))!)
        add("enrol request", EnrolRequest(space: space, secret: secret, sealingKey: sealing).encoded())
        add("enrol response", EnrolResponse(member: member, role: .volunteer, name: "Noor", roster: []).encoded())
        add("error", ErrorMessage(name: "log-not-readable", detail: log.description).encoded())
        let invitation = Invitation(
            space: space, address: "stoep.example:7410", daemonKey: device.verifyingKey, role: .volunteer,
            partitions: ["BU05990535"], secret: secret)
        add("invitation", invitation.encoded())
        all.append(("invitation line", invitation.text(cryptography)))
        try bundle(segment)
    }

    /// One sealed log of one piece, for one reader; the segment is stored in its zlib stream, not deflated, so that
    /// every deflater gives the same bytes.
    private mutating func bundle(_ segment: Segment) throws {
        let reader = AgreementKey(secret: Array(0xb0...0xcf))!
        add("reader's key", reader.publicKey)
        let raw = segment.encoded()
        let packed = PackedSegment(rawCount: raw.count, stream: Self.stored(raw))
        let inflated = try packed.unpacked()
        precondition(inflated == segment, "a stream that everybody inflates")
        let piece = BundlePiece(log: log, segments: [packed])
        add("piece", piece.encoded())
        let key = BundleKey(Bytes32(Array(0xd0...0xef))!, space: space, index: 0)
        let sealed = key.seal(piece, number: 0, cryptography)
        add("piece, sealed", sealed)
        let recipient = key.sealed(
            to: reader.opener.publicKey, ephemeralSecret: Array(0x10...0x2f), cryptography)!
        let manifest = BundleManifest(
            space: space, time: Timestamp(milliseconds: 1_790_000_120_000),
            logs: [
                SealedLog(
                    recipients: [recipient],
                    pieces: [BundlePieceEntry(length: sealed.count, digest: cryptography.sha256(sealed))])
            ]
        ).encoded()
        add("manifest", manifest)
        add("before the manifest", BundleHead.encoded(manifestBytes: manifest.count))
        let frontier = HeadList([log: [ChangePoint(actor: actor, seq: 2, check: 0x0102_0304_0506_0708)]])
        all.append(("frontier line", frontier.text(cryptography)))
    }

    /// A zlib stream (RFC 1950) of one stored block (RFC 1951 §3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt16(bytes.count)
        var sums: (a: UInt32, b: UInt32) = (1, 0)
        for byte in bytes {
            sums.a = (sums.a + UInt32(byte)) % 65521
            sums.b = (sums.b + sums.a) % 65521
        }
        var out: [UInt8] = [0x78, 0x01, 0x01]
        out.append(bigEndian: count.byteSwapped)
        out.append(bigEndian: (~count).byteSwapped)
        out += bytes
        out.append(bigEndian: sums.b << 16 | sums.a)
        return out
    }
}
