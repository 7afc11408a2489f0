import StoepCrypto
import StoepModel
import StoepWire

extension Segment {
    /// The same chain with none of its bodies: what a relay could make of it.
    /// - Parameter place: of this change alone; nil for all.
    package func stripped(only place: Int? = nil) -> Segment {
        Segment(
            log: log, actor: actor, first: first, base: base, birth: birth,
            changes: changes.enumerated().map { index, change in
                place.map { $0 != index } ?? false ? change : SegmentChange(
                    lamport: change.lamport, time: change.time,
                    blocks: change.blocks.map { block in
                        guard case .body(let body) = block.content else { return block }
                        return SegmentBlock(subject: block.subject, content: .missing(Commitment(to: body, .openSSL)))
                    })
            }, signature: signature)
    }
}
