import StoepCrypto
import StoepModel
@testable import StoepWire

/// A device that writes in one log: enough of an author to make segments with.
struct Author {
    let space: SpaceID
    let log: LogID
    let key: SigningKey
    let birth: ActorBirth
    let actor: ActorID
    private(set) var changes: [Change] = []
    /// h(0), h(1), …
    private(set) var hashes: [ChangeHash]
    static let cryptography = Cryptography.openSSL

    init(space: SpaceID, log: LogID, using generator: inout Generator) {
        self.space = space
        self.log = log
        key = SigningKey(seed: generator.bytes(32))!
        birth = ActorBirth(device: key.verifyingKey, nonce: generator.bytes16())
        actor = ActorID(space: space, birth: birth, Self.cryptography)
        hashes = [ChangeHash.origin(space: space, log: log, actor: actor, Self.cryptography)]
    }

    mutating func append(
        lamport: UInt64? = nil, time: UInt64 = 1_790_000_000_000,
        _ blocks: [(subject: Subject, body: BlockBody, kept: Bool)]
    ) {
        let seq = UInt64(changes.count) + 1
        let header = ChangeHeader(
            seq: seq, lamport: lamport ?? (changes.last?.header.lamport ?? 0) + 1,
            time: Timestamp(milliseconds: time),
            blocks: blocks.map {
                BlockHeader(subject: $0.subject, commitment: Commitment(to: $0.body, Self.cryptography))
            },
            birth: seq == 1 ? birth : nil)
        changes.append(Change(header: header, bodies: blocks.map { $0.kept ? $0.body : nil }))
        hashes.append(hashes[hashes.count - 1].next(header: header.encoded(), Self.cryptography))
    }

    /// Random changes, some with several blocks, some bodies missing.
    mutating func write(_ count: Int, using generator: inout Generator) throws {
        for _ in 0..<count {
            let blocks: [(Subject, BlockBody, Bool)] = try (0..<1 + generator.below(3)).map { _ in
                let subject: Subject = generator.chance(2) ? .created : .record(RecordID(generator.bytes16()))
                let body = BlockBody(salt: generator.bytes16(), payload: try generator.payload().encoded())
                return (subject, body, !generator.chance(5))
            }
            let last = changes.last?.header.lamport ?? 0
            append(
                lamport: last + 1 + generator.number(atMost: 1000),
                time: 1_790_000_000_000 + generator.number(atMost: 1_000_000), blocks)
        }
    }

    /// The changes from `first` to the last, with their signed head.
    func segment(from first: Int = 1) throws -> Segment {
        let head = Head(log: log, actor: actor, seq: UInt64(changes.count), hash: hashes[changes.count])
        return try Segment(
            log: log, actor: actor, base: hashes[first - 1], changes: Array(changes[(first - 1)...]),
            signature: SignedHead.sign(head, space: space, with: key.signer).signature)
    }

    func base(of first: Int) -> (hash: ChangeHash, lamport: UInt64)? {
        first == 1 ? nil : (hashes[first - 1], changes[first - 2].header.lamport)
    }

    /// As a receiver would who holds what comes before `first`, and takes the device to be that of another author.
    func verify(
        _ segment: Segment, base first: Int, as other: Author? = nil
    ) throws(SegmentError) -> [VerifiedChange] {
        try segment.verify(
            base: base(of: first), device: (other ?? self).key.verifyingKey, space: space,
            cryptography: Self.cryptography)
    }

    func refusal(of segment: Segment, base first: Int, as other: Author? = nil) -> SegmentError? {
        do throws(SegmentError) {
            _ = try verify(segment, base: first, as: other)
            return nil
        } catch {
            return error
        }
    }
}

func newSpace(using generator: inout Generator) -> SpaceID {
    SpaceID(root: VerifyingKey(generator.bytes32()), .openSSL)
}
