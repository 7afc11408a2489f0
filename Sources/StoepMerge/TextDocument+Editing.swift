import StoepModel

/// What has been edited and is no change yet.
struct OpenEdits: Sendable {
    /// The first of its elements, and the first of its runs in `origins`.
    let element: UInt32
    let run: Int
    /// Elements that were hidden, in ranges of numbers, as they went.
    var hidden: ContiguousArray<Range<UInt32>> = []

    mutating func hide(_ elements: Range<UInt32>) {
        if let last = hidden.last {
            if last.upperBound == elements.lowerBound {
                hidden[hidden.count - 1] = last.lowerBound..<elements.upperBound
                return
            }
            if last.lowerBound == elements.upperBound {
                hidden[hidden.count - 1] = elements.lowerBound..<last.upperBound
                return
            }
        }
        hidden.append(elements)
    }
}

/// Writing here: at positions, which count the scalars that are shown. What is written is there at once; `takeDelta` says
/// it by ids, and `close` gives its elements theirs.
extension TextDocument {
    /// Removes `deleted` scalars from `position` on and puts others in their place. A position outside the text counts
    /// as its nearer end.
    package mutating func replace(_ position: Int, deleting deleted: Int, inserting inserted: [Unicode.Scalar]) {
        if open == nil { open = OpenEdits(element: tree.count, run: origins.runs.count) }
        let position = min(max(position, 0), count)
        let deleted = min(max(deleted, 0), count - position)
        if !inserted.isEmpty { write(inserted, at: position) }
        if deleted > 0 { hide(deleted, at: position + inserted.count) }
    }

    /// Several edits, all of them by positions of the text as it is now.
    package mutating func replace(_ edits: [TextEdit]) {
        let count = count
        var shift = 0
        for edit in edits {
            let position = min(max(edit.position, 0), count)
            let deleted = min(max(edit.deleted, 0), count - position)
            replace(position + shift, deleting: deleted, inserting: edit.inserted)
            shift += edit.inserted.count - deleted
        }
    }

    /// It stands between the visible scalar before it and whatever follows that one, shown or not.
    private mutating func write(_ inserted: [Unicode.Scalar], at position: Int) {
        let place = position == 0 ? tree.place(of: Self.start) : tree.place(ofVisible: position - 1)
        let left = tree.entry(at: place).first + place.offset
        let right = tree.next(after: place)
        let first = tree.count
        // Typing on: the same run, unless others branch off where it goes on.
        if left + 1 != first || origins.runs.count == open?.run || !origins.lastRunEnds(before: right)
            || siblings.hasChildren(left)
        {
            origins.append(TextOrigins.Run(first: first, left: left, right: right))
        }
        tree.insert(UInt32(truncatingIfNeeded: inserted.count), at: place, isDead: false)
        for scalar in inserted { scalars.append(scalar) }
    }

    private mutating func hide(_ deleted: Int, at position: Int) {
        var rest = UInt32(truncatingIfNeeded: deleted)
        while rest > 0 {
            let place = tree.place(ofVisible: position)
            let entry = tree.entry(at: place)
            let count = min(rest, entry.length - place.offset)
            let first = entry.first + place.offset
            tree.hide(place, entry, count)
            open?.hide(first..<first + count)
            rest -= count
        }
    }

    /// What was edited since the last change, said by ids; nil where nothing was.
    ///
    /// - Parameter entry: the place of a change in the payload's table, which may have to be put there first.
    package func delta(entry: (ChangePoint) -> UInt32) -> TextDelta? {
        guard let open else { return nil }
        var delta = TextDelta()
        let count = tree.count
        func anchor(_ element: UInt32) -> TextDelta.Anchor {
            if element >= open.element { return TextDelta.Anchor(entry: 0, offset: element - open.element) }
            let id = id(element)
            return TextDelta.Anchor(entry: entry(id.point) + 1, offset: id.offset)
        }
        var last: TextOrigins.Run?
        for index in open.run..<origins.runs.count {
            let run = origins.runs[index]
            let length = origins.last(ofRun: index, count: count) + 1 - run.first
            if let last, run.left == run.first - 1, run.right == last.right, let before = delta.inserts.popLast() {
                delta.inserts.append(
                    TextDelta.Insert(left: before.left, right: before.right, count: before.count + length))
            } else {
                delta.inserts.append(
                    TextDelta.Insert(
                        left: run.left == Self.start ? nil : anchor(run.left),
                        right: run.right == Self.end ? nil : anchor(run.right), count: length))
            }
            last = run
        }
        delta.scalarCount = count - open.element
        delta.text = scalars.text(Int(open.element)..<Int(count))
        delta.deletes = deletes(open, anchor)
        return delta.isEmpty ? nil : delta
    }

    private func deletes(_ open: OpenEdits, _ anchor: (UInt32) -> TextDelta.Anchor) -> [TextDelta.Delete] {
        var pieces: [TextDelta.Delete] = []
        for range in open.hidden.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            var first = range.lowerBound
            while first < range.upperBound {
                let end =
                    first >= open.element ? range.upperBound : min(range.upperBound, endOfStretch(first), open.element)
                pieces.append(TextDelta.Delete(first: anchor(first), count: end - first))
                first = end
            }
        }
        pieces.sort { ($0.first.entry, $0.first.offset) < ($1.first.entry, $1.first.offset) }
        var deletes: [TextDelta.Delete] = []
        for piece in pieces {
            if let last = deletes.last, last.first.entry == piece.first.entry,
                last.first.offset + last.count == piece.first.offset
            {
                deletes[deletes.count - 1] = TextDelta.Delete(first: last.first, count: last.count + piece.count)
            } else {
                deletes.append(piece)
            }
        }
        return deletes
    }

    private func endOfStretch(_ element: UInt32) -> UInt32 {
        let next = stretches.partitioning { $0.element > element }
        return next < stretches.count ? stretches[next].element : tree.count
    }

    /// What was edited has become the change `point`, its first scalar with this offset there.
    package mutating func close(as point: ChangePoint, firstOffset: UInt32) {
        guard let open else { return }
        self.open = nil
        let made = tree.count - open.element
        settle(changeNumber(point), firstOffset..<firstOffset + made, first: open.element)
        wakeAll()
    }
}
