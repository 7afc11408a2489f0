import StoepModel

/// One scalar of a text, in its place.
package struct TextElement: Hashable, Sendable {
    package let id: ElementID
    package let scalar: Unicode.Scalar
    /// False for what was removed or is masked.
    package let isVisible: Bool

    package init(id: ElementID, scalar: Unicode.Scalar, isVisible: Bool) {
        self.id = id
        self.scalar = scalar
        self.isVisible = isVisible
    }
}

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

/// What edits of a text come to in a sequence, said by ids.
package struct TextOperations: Hashable, Sendable {
    /// Scalars to be inserted between two elements; nil is the start, the end of the text.
    package struct Insert: Hashable, Sendable {
        package let left: ElementID?
        package let right: ElementID?
        package let scalars: [Unicode.Scalar]
    }

    /// Elements to be removed: `count` consecutive offsets from `first` on.
    package struct Delete: Hashable, Sendable {
        package let first: ElementID
        package let count: UInt32
    }

    /// In the order of the edits. Given ascending ids in this order, two at one place stay in this order.
    package var inserts: [Insert] = []
    /// As few runs as there can be, ascending.
    package var deletes: [Delete] = []
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
        operations.deletes = Self.runs(of: removed)
        return operations
    }

    static func runs(of ids: [ElementID]) -> [TextOperations.Delete] {
        var runs: [TextOperations.Delete] = []
        var previous: ElementID?
        for id in ids.sorted() where id != previous {
            if let previous, let run = runs.last, previous.point == id.point, previous.offset + 1 == id.offset {
                runs[runs.count - 1] = TextOperations.Delete(first: run.first, count: run.count + 1)
            } else {
                runs.append(TextOperations.Delete(first: id, count: 1))
            }
            previous = id
        }
        return runs
    }
}
