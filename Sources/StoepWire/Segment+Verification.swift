import StoepModel

/// A change whose place in its actor's chain is proved by a signed head.
package struct VerifiedChange: Hashable, Sendable {
    package let header: ChangeHeader
    /// The canonical bytes of the header, as hashed.
    package let headerBytes: [UInt8]
    package let hash: ChangeHash
    package let bodies: [BlockBody?]

    /// A change that this replica wrote itself, and so need not verify.
    package init(header: ChangeHeader, headerBytes: [UInt8], hash: ChangeHash, bodies: [BlockBody?]) {
        self.header = header
        self.headerBytes = headerBytes
        self.hash = hash
        self.bodies = bodies
    }

    package var change: Change { Change(header: header, bodies: bodies) }
}

extension Segment {
    /// Recomputes commitments, headers and chain from the base on, and holds the signature against the last hash.
    /// What it returns is exactly what the author signed; what an operation in it means, and whether it counts, is
    /// not looked at here (`DESIGN` §3, verdicts).
    ///
    /// `base` is the change before the first as the receiver holds it, nil where the segment begins at 1. `device`
    /// is the key that the actor was made with.
    package func verify(
        base: (hash: ChangeHash, lamport: UInt64)?, device: VerifyingKey, space: SpaceID, cryptography: Cryptography
    ) throws(SegmentError) -> [VerifiedChange] {
        guard !changes.isEmpty, changes.count <= Limits.segmentChanges else { throw .empty }
        guard first > 0, first <= Limits.counter, last <= Limits.counter else { throw .sequenceOutOfBounds }
        let start = try origin(base, device, space, cryptography)
        var chain = Chain(hash: start.hash, lamport: start.lamport, cryptography: cryptography)
        var out: [VerifiedChange] = []
        out.reserveCapacity(changes.count)
        for (index, change) in changes.enumerated() {
            out.append(try chain.append(change, seq: first &+ UInt64(index), birth: index == 0 ? birth : nil))
        }
        let head = Head(log: log, actor: actor, seq: last, hash: chain.hash)
        guard
            PlantedFault.skipHeadSignature.isOn
                || SignedHead(head: head, signature: signature).verify(space: space, device: device, cryptography)
        else { throw .signatureInvalid }
        return out
    }

    /// Where the chain goes on from: h(0), which binds space, log and actor, or what the receiver holds.
    private func origin(
        _ held: (hash: ChangeHash, lamport: UInt64)?, _ device: VerifyingKey, _ space: SpaceID,
        _ cryptography: Cryptography
    ) throws(SegmentError) -> (hash: ChangeHash, lamport: UInt64) {
        if first == 1 {
            guard base == nil, held == nil else { throw .baseUnexpected }
            guard let birth else { throw .birthMissing }
            guard ActorID(space: space, birth: birth, cryptography) == actor || PlantedFault.acceptForeignActor.isOn
            else { throw .actorNotDerived }
            guard birth.device == device else { throw .deviceMismatch }
            return (ChangeHash.origin(space: space, log: log, actor: actor, cryptography), 0)
        }
        guard birth == nil else { throw .birthUnexpected }
        guard let base, let held else { throw .baseMissing }
        guard held.hash.raw.first == base else { throw .baseMismatch }
        return held
    }
}

/// The end of a chain while it is being recomputed, and the storage that every change of it re-uses.
private struct Chain {
    var hash: ChangeHash
    var lamport: UInt64
    let cryptography: Cryptography
    var scratch: [UInt8] = []

    init(hash: ChangeHash, lamport: UInt64, cryptography: Cryptography) {
        self.hash = hash
        self.lamport = lamport
        self.cryptography = cryptography
    }

    mutating func append(
        _ change: SegmentChange, seq: UInt64, birth: ActorBirth?
    ) throws(SegmentError) -> VerifiedChange {
        guard change.lamport <= Limits.counter else { throw .lamportOutOfBounds(seq: seq) }
        guard change.lamport > lamport || (change.lamport == Limits.counter && lamport == Limits.counter) else {
            throw .lamportOrder(seq: seq)
        }
        guard change.time.milliseconds <= Limits.timestamp else { throw .timeOutOfBounds(seq: seq) }
        guard (1...Limits.blocks).contains(change.blocks.count) else { throw .blocksOutOfBounds(seq: seq) }
        var blocks: [BlockHeader] = []
        blocks.reserveCapacity(change.blocks.count)
        var bodies: [BlockBody?] = []
        bodies.reserveCapacity(change.blocks.count)
        for block in change.blocks {
            switch block.content {
            case .body(let body):
                let commitment = Commitment(to: body, cryptography, &scratch)
                blocks.append(BlockHeader(subject: block.subject, commitment: commitment))
                bodies.append(body)
            case .missing(let commitment):
                blocks.append(BlockHeader(subject: block.subject, commitment: commitment))
                bodies.append(nil)
            }
        }
        guard Self.areDistinct(blocks) else { throw .blockRepeated(seq: seq) }
        let header = ChangeHeader(seq: seq, lamport: change.lamport, time: change.time, blocks: blocks, birth: birth)
        let bytes = header.encoded()
        hash = hash.next(header: bytes, cryptography)
        lamport = change.lamport
        return VerifiedChange(header: header, headerBytes: bytes, hash: hash, bodies: bodies)
    }

    /// At most one block for a record, so that an element is named by its change and an offset alone.
    private static func areDistinct(_ blocks: [BlockHeader]) -> Bool {
        if blocks.count == 1 { return true }
        var seen: Set<RecordID> = []
        for case .record(let id) in blocks.map(\.subject) where !seen.insert(id).inserted { return false }
        return true
    }
}
