import StoepModel

/// What a daemon received in a log, in the order in which it did, without bodies: each link binds the one before
/// (`Protocol/README.md`, Arrival chain). A daemon that lost something, or tells two stories, cannot show the same
/// chain again.
package enum ArrivalChain {
    /// Where the chain of every log begins.
    package static let origin = Bytes32.zero

    package static func next(
        _ previous: Bytes32, actor: ActorID, seq: UInt64, hash: ChangeHash, _ cryptography: Cryptography
    ) -> Bytes32 {
        var preimage = tagged("stoep/1 arrival")
        preimage.append(contentsOf: previous.bytes)
        preimage.append(actor.raw)
        preimage.append(bigEndian: seq)
        preimage.append(contentsOf: hash.bytes)
        return cryptography.sha256(preimage)
    }
}

/// A place in what a daemon received: its position, and one hash over the chains, at that position, of the logs that
/// the client may read.
package struct Cursor: Hashable, Sendable {
    package let position: UInt64
    package let hash: Bytes32

    package init(position: UInt64, hash: Bytes32) {
        self.position = position
        self.hash = hash
    }

    /// Before everything: it stands for nothing, and every daemon stands by it.
    package static let beginning = Cursor(position: 0, hash: .zero)

    /// `chains` has the head of every log that the client may read and in which something had arrived.
    package init(position: UInt64, chains: [LogID: Bytes32], _ cryptography: Cryptography) {
        var preimage = tagged("stoep/1 cursor")
        for (log, head) in chains.sorted(by: { $0.key < $1.key }) {
            preimage.append(contentsOf: log.encoded())
            preimage.append(contentsOf: head.bytes)
        }
        self.init(position: position, hash: cryptography.sha256(preimage))
    }
}

extension CBORReader {
    mutating func position() throws(WireError) -> UInt64 {
        try unsigned("position", atMost: Limits.counter)
    }
}
