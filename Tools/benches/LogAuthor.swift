import StoepCrypto
import StoepModel
import StoepWire

/// A device of a bench, whose keys and salts come from its number: it saves changes, and its chain is cut into signed
/// segments as they travel.
struct LogAuthor {
    static let space = SpaceID(root: VerifyingKey(Bytes32.zero), .openSSL)
    static let log = LogID.street("BU05990535") ?? .square

    let key: SigningKey
    let actor: ActorID
    private let birth: ActorBirth
    private var changes: [Change] = []
    private var hashes: [ChangeHash]
    private var random: SeededRandom

    init(number: Int) {
        random = SeededRandom(seed: UInt64(number) &+ 77)
        var seed = [UInt8](repeating: 7, count: 32)
        for byte in 0..<8 { seed[byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
        guard let key = SigningKey(seed: seed) else { preconditionFailure("a seed has 32 bytes") }
        self.key = key
        birth = ActorBirth(device: key.verifyingKey, nonce: Bytes16(high: UInt64(number), low: 1))
        actor = ActorID(space: Self.space, birth: birth, .openSSL)
        hashes = [ChangeHash.origin(space: Self.space, log: Self.log, actor: actor, .openSSL)]
    }

    /// Where the chain stands.
    var point: ChangePoint? {
        changes.isEmpty
            ? nil : ChangePoint(actor: actor, seq: UInt64(changes.count), check: hashes[hashes.count - 1].raw.first)
    }

    /// A change with one block.
    /// - Parameters:
    ///   - time: when; nil is some minutes after the one before.
    ///   - record: the record that it is about; nil where it creates one.
    mutating func save(
        _ payload: Payload, lamport: UInt64, at time: UInt64? = nil, about record: RecordID?
    ) throws -> ChangePoint {
        let body = BlockBody(
            salt: Bytes16(high: random.next(), low: random.next()), payload: try payload.encoded())
        let seq = UInt64(changes.count) + 1
        let before = changes.last?.header.time.milliseconds ?? 1_790_000_000_000
        let header = ChangeHeader(
            seq: seq, lamport: lamport,
            time: Timestamp(milliseconds: time ?? before + 60_000 + random.next() % 600_000),
            blocks: [
                BlockHeader(
                    subject: record.map { .record($0) } ?? .created, commitment: Commitment(to: body, .openSSL))
            ], birth: seq == 1 ? birth : nil)
        changes.append(Change(header: header, bodies: [body]))
        hashes.append(hashes[hashes.count - 1].next(header: header.encoded(), .openSSL))
        return ChangePoint(actor: actor, seq: seq, check: hashes[hashes.count - 1].raw.first)
    }

    /// A head is signed at least every 256 changes and every 256 KiB, and a segment ends there.
    func segments() throws -> [Segment] {
        var out: [Segment] = []
        var first = 0
        while first < changes.count {
            var end = first
            var bytes = 0
            while end < changes.count, end - first < Limits.changesPerHead, bytes < Limits.bytesPerHead {
                bytes += changes[end].bodies.reduce(0) { $0 + ($1?.payload.count ?? 0) }
                end += 1
            }
            let head = Head(log: Self.log, actor: actor, seq: UInt64(end), hash: hashes[end])
            out.append(
                try Segment(
                    log: Self.log, actor: actor, base: hashes[first], changes: Array(changes[first..<end]),
                    signature: SignedHead.sign(head, space: Self.space, with: key.signer).signature))
            first = end
        }
        return out
    }
}

/// SplitMix64: the same numbers from the same seed, on every machine.
struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// From 0 to 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
