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

/// What edits of a text come to in a sequence, said by ids.
package struct TextOperations: Hashable, Sendable {
    /// Scalars to be inserted between two elements; nil is the start, the end of the text.
    package struct Insert: Hashable, Sendable {
        package let left: ElementID?
        package let right: ElementID?
        package let scalars: [Unicode.Scalar]

        package init(left: ElementID?, right: ElementID?, scalars: [Unicode.Scalar]) {
            self.left = left
            self.right = right
            self.scalars = scalars
        }
    }

    /// Elements to be removed: `count` consecutive offsets from `first` on.
    package struct Delete: Hashable, Sendable {
        package let first: ElementID
        package let count: UInt32

        package init(first: ElementID, count: UInt32) {
            self.first = first
            self.count = count
        }
    }

    /// In the order of the edits. Given ascending ids in this order, two at one place stay in this order.
    package var inserts: [Insert]
    /// As few runs as there can be, ascending.
    package var deletes: [Delete]

    package init(inserts: [Insert] = [], deletes: [Delete] = []) {
        self.inserts = inserts
        self.deletes = deletes
    }

    package var isEmpty: Bool { inserts.isEmpty && deletes.isEmpty }

    /// The fewest runs that name these elements.
    package static func runs(of ids: [ElementID]) -> [Delete] {
        var runs: [Delete] = []
        var previous: ElementID?
        for id in ids.sorted() where id != previous {
            if let previous, let run = runs.last, previous.point == id.point, previous.offset + 1 == id.offset {
                runs[runs.count - 1] = Delete(first: run.first, count: run.count + 1)
            } else {
                runs.append(Delete(first: id, count: 1))
            }
            previous = id
        }
        return runs
    }

    /// The same as a change says it.
    /// - Parameter reference: an element by the payload's table, which may have to be given its change first.
    package func delta(_ reference: (ElementID) -> ElementReference) -> TextDelta {
        func anchor(_ element: ElementID) -> TextDelta.Anchor {
            let reference = reference(element)
            return TextDelta.Anchor(entry: reference.entry + 1, offset: reference.offset)
        }
        var delta = TextDelta()
        for insert in inserts {
            let count = UInt32(clamping: insert.scalars.count)
            delta.inserts.append(
                TextDelta.Insert(left: insert.left.map(anchor), right: insert.right.map(anchor), count: count))
            delta.text += string(insert.scalars)
            delta.scalarCount += count
        }
        delta.deletes = deletes.map { TextDelta.Delete(first: anchor($0.first), count: $0.count) }
            .sorted { $0.first.key < $1.first.key }
        return delta
    }
}

extension TextDocument {
    /// What the edits come to in this document. All positions are those of the text as it is now.
    ///
    /// An insert stands between the visible scalar before it and whatever follows that one in the full sequence, as
    /// FugueMax wants it: so it never comes to stand among what somebody else removed or wrote behind it. A position
    /// outside the text counts as its nearer end.
    package mutating func operations(for edits: [TextEdit]) -> TextOperations {
        var operations = TextOperations()
        var removed: [ElementID] = []
        for edit in edits {
            let position = min(max(edit.position, 0), count)
            if !edit.inserted.isEmpty {
                let left = position == 0 ? Self.start : element(atVisible: position - 1)
                let right = tree.next(after: left)
                operations.inserts.append(
                    TextOperations.Insert(
                        left: left == Self.start ? nil : id(left), right: right == TextTree.none ? nil : id(right),
                        scalars: edit.inserted))
            }
            for visible in position..<position + min(max(edit.deleted, 0), count - position) {
                removed.append(id(element(atVisible: visible)))
            }
        }
        operations.deletes = TextOperations.runs(of: removed)
        return operations
    }

    private mutating func element(atVisible position: Int) -> UInt32 {
        let place = tree.place(ofVisible: position)
        return tree.entry(at: place).first + place.offset
    }
}
