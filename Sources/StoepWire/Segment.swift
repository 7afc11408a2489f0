import StoepModel

/// A contiguous run of one actor's changes in one log, ended by a signed head: the one form in which changes travel,
/// over the network, in a file, from laptop to laptop (`Protocol/README.md`, Segment).
package struct Segment: Equatable, Sendable {
    package let log: LogID
    package let actor: ActorID
    /// The sequence number of the first change.
    package let first: UInt64
    /// The first 8 bytes of the hash before the first change; nil exactly where `first` is 1.
    package let base: UInt64?
    /// What the actor is made from; present exactly where `first` is 1.
    package let birth: ActorBirth?
    package let changes: [SegmentChange]
    /// Of the head at the last change.
    package let signature: Signature

    package init(
        log: LogID, actor: ActorID, first: UInt64, base: UInt64?, birth: ActorBirth?, changes: [SegmentChange],
        signature: Signature
    ) {
        self.log = log
        self.actor = actor
        self.first = first
        self.base = base
        self.birth = birth
        self.changes = changes
        self.signature = signature
    }

    /// The sequence number of the last change.
    package var last: UInt64 { first &+ UInt64(changes.count) &- 1 }
}

/// A change as it travels: what the receiver can recompute is left out.
package struct SegmentChange: Hashable, Sendable {
    package let lamport: UInt64
    package let time: Timestamp
    package let blocks: [SegmentBlock]

    package init(lamport: UInt64, time: Timestamp, blocks: [SegmentBlock]) {
        self.lamport = lamport
        self.time = time
        self.blocks = blocks
    }
}

/// A block as it travels: its body, or where that is missing or erased its commitment.
package struct SegmentBlock: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case body(BlockBody)
        case missing(Commitment)
    }

    package let subject: Subject
    package let content: Content

    package init(subject: Subject, content: Content) {
        self.subject = subject
        self.content = content
    }
}

/// Why a segment is refused. Names as in `Protocol/README.md` (Errors); `seq` says which change.
package enum SegmentError: Error, Equatable, Sendable {
    case empty
    case sequenceOutOfBounds
    /// It begins in the middle of a chain of which the receiver does not hold what comes before.
    case baseMissing
    case baseUnexpected
    case baseMismatch
    case birthMissing
    case birthUnexpected
    case actorNotDerived
    case deviceMismatch
    case lamportOrder(seq: UInt64)
    case lamportOutOfBounds(seq: UInt64)
    case timeOutOfBounds(seq: UInt64)
    /// No block, or more than `Limits.blocks`.
    case blocksOutOfBounds(seq: UInt64)
    case blockRepeated(seq: UInt64)
    case signatureInvalid
    /// Stored rows that are no run of one chain, or lack a place for a body: damage in our own store.
    case rowsInconsistent(seq: UInt64)

    package var name: String {
        switch self {
        case .empty: "segment-empty"
        case .sequenceOutOfBounds: "sequence-out-of-bounds"
        case .baseMissing: "base-missing"
        case .baseUnexpected: "base-unexpected"
        case .baseMismatch: "base-mismatch"
        case .birthMissing: "birth-missing"
        case .birthUnexpected: "birth-unexpected"
        case .actorNotDerived: "actor-not-derived"
        case .deviceMismatch: "device-mismatch"
        case .lamportOrder: "lamport-order"
        case .lamportOutOfBounds: "lamport-out-of-bounds"
        case .timeOutOfBounds: "time-out-of-bounds"
        case .blocksOutOfBounds: "blocks-out-of-bounds"
        case .blockRepeated: "block-repeated"
        case .signatureInvalid: "signature-invalid"
        case .rowsInconsistent: "rows-inconsistent"
        }
    }
}

extension Segment {
    /// Builds a segment from what a store holds: changes of one chain in order, and the signature on the last.
    /// `base` is the hash before the first of them; it is left out where they begin at 1.
    package init(
        log: LogID, actor: ActorID, base: ChangeHash?, changes: [Change], signature: Signature
    ) throws(SegmentError) {
        guard let head = changes.first?.header else { throw .empty }
        if head.seq != 1, base == nil { throw .baseMissing }
        var out: [SegmentChange] = []
        out.reserveCapacity(changes.count)
        var expected = head.seq
        for change in changes {
            let header = change.header
            guard header.seq == expected, header.blocks.count == change.bodies.count,
                (header.birth != nil) == (header.seq == 1)
            else { throw .rowsInconsistent(seq: header.seq) }
            let blocks = zip(header.blocks, change.bodies).map { block, body in
                SegmentBlock(
                    subject: block.subject, content: body.map { .body($0) } ?? .missing(block.commitment))
            }
            out.append(SegmentChange(lamport: header.lamport, time: header.time, blocks: blocks))
            expected &+= 1
        }
        self.init(
            log: log, actor: actor, first: head.seq, base: head.seq == 1 ? nil : base?.raw.first,
            birth: head.birth, changes: out, signature: signature)
    }
}
