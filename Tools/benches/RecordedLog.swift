import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A recorded text as the log that its authors would have written: each author a device, each save a change of up to a
/// thousand keystrokes, each chain cut into signed segments.
struct RecordedLog {
    static let field = FieldNumber(rawValue: 15)
    static let collection = CollectionNumber(rawValue: 32)
    static let space = SpaceID(root: VerifyingKey(Bytes32.zero), .openSSL)
    static let log = LogID.street("BU05990535") ?? .square

    /// As they travel: signed, deflated.
    let segments: [[UInt8]]
    let devices: [ActorID: VerifyingKey]
    let changes: Int
    let end: String

    var bytes: Int { segments.reduce(0) { $0 + $1.count } }

    init(_ history: TraceFile.History, keystrokesPerChange: Int, savesWhenSeen: Bool = false) throws {
        var recorder = ElementRecorder(history)
        try recorder.replay()
        var chunker = ChangeChunker(recorder.pieces, keystrokes: keystrokesPerChange, apart: savesWhenSeen)
        chunker.chunk()
        var authors = (0..<recorder.agents.count).map { Author(number: $0) }
        var record: RecordID?
        var points: [ChangePoint] = []
        for chunk in chunker.chunks {
            let payload = chunker.payload(chunk) { points[$0] }
            let point = try authors[chunk.agent].save(payload, lamport: chunk.lamport, record: record)
            if record == nil { record = RecordID(createdBy: point, block: 0, .openSSL) }
            points.append(point)
        }
        segments = try authors.flatMap { try $0.segments() }
        devices = Dictionary(uniqueKeysWithValues: authors.map { ($0.actor, $0.key.verifyingKey) })
        changes = points.count
        end = history.end
    }
}

/// A device of the bench, whose keys and salts come from its number.
private struct Author {
    let key: SigningKey
    let birth: ActorBirth
    let actor: ActorID
    private var changes: [Change] = []
    private var hashes: [ChangeHash]
    private var random: UInt64

    init(number: Int) {
        random = UInt64(number) &* 0x1234_5678_9abc_def1 &+ 77
        guard let key = SigningKey(seed: (0..<32).map { UInt8($0 + number) }) else { preconditionFailure("32 bytes") }
        self.key = key
        birth = ActorBirth(device: key.verifyingKey, nonce: Bytes16(high: UInt64(number), low: 1))
        actor = ActorID(space: RecordedLog.space, birth: birth, .openSSL)
        hashes = [ChangeHash.origin(space: RecordedLog.space, log: RecordedLog.log, actor: actor, .openSSL)]
    }

    private mutating func next() -> UInt64 {
        random &+= 0x9e37_79b9_7f4a_7c15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func save(_ payload: Payload, lamport: UInt64, record: RecordID?) throws -> ChangePoint {
        let body = BlockBody(salt: Bytes16(high: next(), low: next()), payload: try payload.encoded())
        let seq = UInt64(changes.count) + 1
        // A thousand keystrokes take some minutes.
        let time = (changes.last?.header.time.milliseconds ?? 1_790_000_000_000) + 60_000 + next() % 600_000
        let header = ChangeHeader(
            seq: seq, lamport: lamport, time: Timestamp(milliseconds: time),
            blocks: [
                BlockHeader(
                    subject: record.map { .record($0) } ?? .created, commitment: Commitment(to: body, .openSSL))
            ], birth: seq == 1 ? birth : nil)
        changes.append(Change(header: header, bodies: [body]))
        hashes.append(hashes[hashes.count - 1].next(header: header.encoded(), .openSSL))
        return ChangePoint(actor: actor, seq: seq, check: hashes[hashes.count - 1].raw.first)
    }

    /// A head signed at least every 256 changes and every 256 KiB.
    func segments() throws -> [[UInt8]] {
        var out: [[UInt8]] = []
        var first = 0
        while first < changes.count {
            var end = first
            var bytes = 0
            while end < changes.count, end - first < Limits.changesPerHead, bytes < Limits.bytesPerHead {
                bytes += changes[end].bodies.reduce(0) { $0 + ($1?.payload.count ?? 0) }
                end += 1
            }
            let head = Head(log: RecordedLog.log, actor: actor, seq: UInt64(end), hash: hashes[end])
            let segment = try Segment(
                log: RecordedLog.log, actor: actor, base: hashes[first], changes: Array(changes[first..<end]),
                signature: SignedHead.sign(head, space: RecordedLog.space, with: key.signer).signature)
            out.append(try segment.packed().encoded())
            first = end
        }
        return out
    }
}
