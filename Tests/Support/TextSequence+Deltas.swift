import StoepMerge
import StoepModel

extension TextSequence {
    /// An edit as a change carries it.
    package struct Edit {
        package let delta: TextDelta
        package let first: ElementID
        /// The payload's table resolved, and the change's own point behind it.
        package let points: [ChangePoint]
        package let isVisible: Bool

        package init(delta: TextDelta, first: ElementID, points: [ChangePoint], isVisible: Bool) {
            self.delta = delta
            self.first = first
            self.points = points
            self.isVisible = isVisible
        }
    }

    /// All runs of all edits whose anchors are here, tried again and again until nothing more goes in; then what was
    /// removed.
    package static func folding(_ edits: [Edit]) -> (sequence: TextSequence, waiting: Int) {
        var sequence = TextSequence()
        var waiting = edits.flatMap(runs)
        var progressed = true
        while progressed && !waiting.isEmpty {
            let before = waiting.count
            waiting.removeAll { run in
                sequence.insert(run.scalars, first: run.first, left: run.left, right: run.right, visible: run.isVisible)
                    != .waiting
            }
            progressed = waiting.count < before
        }
        for edit in edits where edit.isVisible {
            for delete in edit.delta.deletes {
                sequence.delete(first: element(delete.first, in: edit), count: delete.count)
            }
        }
        return (sequence, waiting.count)
    }

    private struct Run {
        let scalars: [Unicode.Scalar]
        let first: ElementID
        let left: ElementID?
        let right: ElementID?
        let isVisible: Bool
    }

    private static func runs(_ edit: Edit) -> [Run] {
        var rest = Array(edit.delta.text.unicodeScalars)[...]
        var offset = edit.first.offset
        return edit.delta.inserts.map { insert in
            defer {
                rest = rest.dropFirst(Int(insert.count))
                offset += insert.count
            }
            return Run(
                scalars: Array(rest.prefix(Int(insert.count))), first: ElementID(point: edit.first.point, offset: offset),
                left: insert.left.map { element($0, in: edit) }, right: insert.right.map { element($0, in: edit) },
                isVisible: edit.isVisible)
        }
    }

    private static func element(_ anchor: TextDelta.Anchor, in edit: Edit) -> ElementID {
        anchor.entry == 0
            ? ElementID(point: edit.first.point, offset: edit.first.offset + anchor.offset)
            : ElementID(point: edit.points[Int(anchor.entry) - 1], offset: anchor.offset)
    }
}
