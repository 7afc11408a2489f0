import StoepMerge
import StoepModel

extension TextSequence {
    /// How many scalars the text has.
    package var count: Int { order.visibleCount }

    /// The text as it is shown.
    package var text: String {
        var view = String.UnicodeScalarView()
        for element in ordered where order.isVisible(element) { view.append(nodes[element].scalar) }
        return String(view)
    }

    /// The scalars that are shown, in order.
    package var scalars: [Unicode.Scalar] {
        ordered.filter(order.isVisible).map { nodes[$0].scalar }
    }

    /// All elements in document order, tombstones included.
    package var elements: [TextElement] {
        ordered.map { TextElement(id: nodes[$0].id, scalar: nodes[$0].scalar, isVisible: order.isVisible($0)) }
    }

    /// The numbers of all elements in document order.
    private var ordered: UnfoldSequence<Int, Int> {
        sequence(state: Self.start) { element in
            guard let next = order.next(after: element) else { return nil }
            element = next
            return next
        }
    }
}

extension TextSequence {
    /// What the edits come to in this sequence. All positions are those of the text as it is now.
    ///
    /// An insert stands between the visible scalar before it and whatever follows that one in the full sequence, as
    /// FugueMax wants it: so it never comes to stand among what somebody else removed or wrote behind it. A position
    /// outside the text counts as its nearer end.
    package func operations(for edits: [TextEdit]) -> TextOperations {
        var operations = TextOperations()
        var removed: [ElementID] = []
        for edit in edits {
            let position = min(max(edit.position, 0), count)
            let left = position == 0 ? Self.start : order.element(atVisible: position - 1) ?? Self.start
            if !edit.inserted.isEmpty {
                operations.inserts.append(
                    TextOperations.Insert(
                        left: left == Self.start ? nil : nodes[left].id,
                        right: order.next(after: left).map { nodes[$0].id }, scalars: edit.inserted))
            }
            // Found one by one, not by walking on: there may be any number of tombstones between two of them.
            for visible in position..<position + min(max(edit.deleted, 0), count - position) {
                if let element = order.element(atVisible: visible) { removed.append(nodes[element].id) }
            }
        }
        operations.deletes = TextOperations.runs(of: removed)
        return operations
    }
}
