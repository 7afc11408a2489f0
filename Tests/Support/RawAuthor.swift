import StoepCrypto
import StoepModel
import StoepStore
import StoepWire

/// A device that writes what it likes: chained, signed, and otherwise without any of our rules.
package struct RawAuthor {
    /// A block, before it is committed to.
    package struct Block {
        package let subject: Subject
        package let payload: [UInt8]
        /// Whether the body is sent with it.
        package var isKept = true

        package static func raw(_ subject: Subject, _ payload: [UInt8], isKept: Bool = true) -> Block {
            Block(subject: subject, payload: payload, isKept: isKept)
        }

        package static func created(_ collection: CollectionNumber, _ operations: [Operation]) throws -> Block {
            .raw(.created, try Payload(collection: collection, operations: operations).encoded())
        }

        package static func about(
            _ record: RecordID, _ collection: CollectionNumber, table: [TableEntry] = [], _ operations: [Operation]
        ) throws -> Block {
            .raw(
                .record(record),
                try Payload(collection: collection, table: table, operations: operations).encoded())
        }

        package static func natural(
            _ collection: CollectionNumber, key: String, _ operations: [Operation]
        ) throws -> Block {
            .raw(
                .record(RecordID(collection, key: key, .openSSL)),
                try Payload(collection: collection, key: key, operations: operations).encoded())
        }
    }

    package let space: SpaceID
    package let log: LogID
    package let key: SigningKey
    package let birth: ActorBirth
    package let actor: ActorID
    package private(set) var changes: [Change] = []
    /// All bodies, also of blocks that are sent without.
    package private(set) var bodies: [[BlockBody]] = []
    /// h(0), h(1), …
    package private(set) var hashes: [ChangeHash]
    private let random: SeededRandom
    private let clock: TestClock

    package init(_ space: TestSpace, log: LogID, key: SigningKey) {
        self.init(space.id, log: log, key: key, random: space.random, clock: space.clock)
    }

    /// - Parameter other: whose actor it says it is; nil for its own.
    package init(
        _ space: SpaceID, log: LogID, key: SigningKey, as other: ActorID? = nil, random: SeededRandom,
        clock: TestClock = TestClock()
    ) {
        self.space = space
        self.log = log
        self.key = key
        self.random = random
        self.clock = clock
        birth = ActorBirth(device: key.verifyingKey, nonce: random.bytes16())
        actor = other ?? ActorID(space: space, birth: birth, .openSSL)
        hashes = [ChangeHash.origin(space: space, log: log, actor: actor, .openSSL)]
    }

    package func point(_ seq: Int) -> ChangePoint {
        ChangePoint(actor: actor, seq: UInt64(seq), check: hashes[seq].raw.first)
    }

    /// - Parameter lamport: by default one above the last.
    package mutating func append(_ blocks: [Block], lamport: UInt64? = nil) throws {
        let seq = UInt64(changes.count) + 1
        let made = blocks.map { BlockBody(salt: random.bytes16(), payload: $0.payload) }
        let header = ChangeHeader(
            seq: seq, lamport: lamport ?? (changes.last?.header.lamport ?? 0) + 1, time: clock.now,
            blocks: zip(blocks, made).map {
                BlockHeader(subject: $0.subject, commitment: Commitment(to: $1, .openSSL))
            },
            birth: seq == 1 ? birth : nil)
        changes.append(Change(header: header, bodies: zip(blocks, made).map { $0.isKept ? $1 : nil }))
        bodies.append(made)
        hashes.append(hashes[hashes.count - 1].next(header: header.encoded(), .openSSL))
    }

    /// The changes from `first` to `last`, with their signed head.
    /// - Parameter whole: with every body, also those that are not sent otherwise.
    package func segment(from first: Int = 1, to last: Int? = nil, whole: Bool = false) throws -> Segment {
        let last = last ?? changes.count
        let head = Head(log: log, actor: actor, seq: UInt64(last), hash: hashes[last])
        var sent = Array(changes[(first - 1)..<last])
        if whole { for index in sent.indices { sent[index].bodies = bodies[first - 1 + index] } }
        return try Segment(
            log: log, actor: actor, base: hashes[first - 1], changes: sent,
            signature: SignedHead.sign(head, space: space, with: key.signer).signature)
    }

    /// The same author as it was after so many changes: what it appends then is a branch.
    package func branched(after count: Int) -> RawAuthor {
        var copy = self
        copy.changes.removeLast(changes.count - count)
        copy.bodies.removeLast(bodies.count - count)
        copy.hashes.removeLast(hashes.count - 1 - count)
        return copy
    }
}
