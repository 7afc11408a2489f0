import StoepModel

/// One run at a time, whatever it is: the same results as `TextSequence`.
extension TextDocument {
    /// Takes a run of scalars with ids `first`, and then consecutive offsets, that its author put between `left` and
    /// `right` (nil: start, end of the text). Taking the same again changes nothing, but for hiding what is now masked.
    ///
    /// - Parameter visible: false for masked text, which anchors others and is never shown.
    @discardableResult
    package mutating func insert(
        _ scalars: some Collection<Unicode.Scalar>, first: ElementID, left: ElementID?, right: ElementID?,
        visible: Bool = true
    ) -> InsertResult {
        defer { wakeAll() }
        return put(Waiting(scalars: Array(scalars), left: left, right: right, visible: visible), first: first)
    }

    mutating func put(_ run: Waiting, first: ElementID) -> InsertResult {
        leaveList()
        let (scalars, left, right) = (run.scalars, run.left, run.right)
        let lower = Int(first.offset)
        guard scalars.count <= Int(UInt32.max) - lower + 1 else { return .refused(.offsetOverflow) }
        let offsets = lower..<lower + scalars.count
        guard !offsets.isEmpty else { return .inserted }
        for anchor in [left, right] {
            if let anchor, anchor.point == first.point, offsets.contains(Int(anchor.offset)) {
                return .refused(.anchoredInItself)
            }
        }
        guard let leftOrigin = left.map(number) ?? Self.start, let rightOrigin = right.map(number) ?? Self.end else {
            return .waiting
        }
        guard leftOrigin != rightOrigin, tree.precedes(leftOrigin, rightOrigin) else {
            return .refused(.anchorsOutOfOrder)
        }
        let change = changeNumber(first.point)
        guard let known = knownPrefix(of: scalars, change, offsets, leftOrigin, rightOrigin) else {
            return .refused(.otherContent)
        }
        if !run.visible {
            for held in changes[change].elements.runs(in: lower..<lower + known) {
                hide(held.element, held.offsets.count)
            }
        }
        guard known < scalars.count else { return .inserted }
        let before = known == 0 ? leftOrigin : number(ElementID(point: first.point, offset: UInt32(lower + known - 1)))
        take(
            scalars[known...], change, lower + known..<offsets.upperBound, after: before ?? leftOrigin,
            before: rightOrigin, visible: run.visible)
        return .inserted
    }

    /// Removes the elements `first` and on, `count` consecutive offsets (up to the last offset there is). It never
    /// waits: an element that is not here yet will come hidden.
    package mutating func delete(first: ElementID, count: UInt32) {
        let lower = Int(first.offset)
        let upper = min(lower + Int(count), Int(UInt32.max) + 1)
        guard lower < upper else { return }
        delete(changeNumber(first.point), lower..<upper)
    }

    /// Hides what is here of these offsets, and remembers what is not.
    mutating func delete(_ change: Int, _ offsets: Range<Int>) {
        if let first = changes[change].number(ofAll: offsets) {
            hide(Int(first), offsets.count)
            return
        }
        var reached = offsets.lowerBound
        for run in changes[change].elements.runs(in: offsets) {
            if reached < run.offsets.lowerBound { changes[change].hide(reached..<run.offsets.lowerBound) }
            hide(run.element, run.offsets.count)
            reached = run.offsets.upperBound
        }
        if reached < offsets.upperBound { changes[change].hide(reached..<offsets.upperBound) }
    }

    private mutating func hide(_ first: Int, _ count: Int) {
        let (first, end) = (UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first + count))
        if list?.hide(first, end) == nil { tree.hide(first, end) }
    }

    /// How many of the run's first scalars are here already, the very same; nil where one of them is here and differs.
    private func knownPrefix(
        of scalars: [Unicode.Scalar], _ change: Int, _ offsets: Range<Int>, _ left: UInt32, _ right: UInt32
    ) -> Int? {
        let held = changes[change].elements
        guard held.holdsAny(of: offsets) else { return 0 }
        var known = 0
        var previous = left
        for (offset, scalar) in zip(offsets, scalars) {
            guard let element = held.element(at: offset).map({ UInt32(truncatingIfNeeded: $0) }) else { break }
            let run = origins.run(of: element)
            guard self.scalars[Int(element)] == scalar.value, run.right == right,
                (run.first == element ? run.left : element - 1) == previous
            else { return nil }
            known += 1
            previous = element
        }
        return held.holdsAny(of: offsets.lowerBound + known..<offsets.upperBound) ? nil : known
    }

    /// Takes scalars that are not here yet, the first of them between its origins, which are.
    private mutating func take(
        _ scalars: ArraySlice<Unicode.Scalar>, _ change: Int, _ offsets: Range<Int>, after left: UInt32,
        before right: UInt32, visible: Bool
    ) {
        let first = tree.count
        let lower = UInt32(truncatingIfNeeded: offsets.lowerBound)
        let id = ElementID(point: changes[change].point, offset: lower)
        put(UInt32(truncatingIfNeeded: offsets.count), left: left, right: right, id: id, visible: visible)
        origins.append(TextOrigins.Run(first: first, left: left, right: right))
        for scalar in scalars { self.scalars.append(scalar) }
        settle(change, offsets, first: first)
    }

    /// Puts the next elements into the tree, between their origins.
    mutating func put(_ count: UInt32, left: UInt32, right: UInt32, id: ElementID, visible: Bool) {
        if tree.insert(count, after: left, ifBefore: right, isDead: !visible) { return }
        switch spot(left: left, right: right, id: id) {
        case .after(let element): tree.insert(count, after: element, isDead: !visible)
        case .before(let element): tree.insert(count, before: element, isDead: !visible)
        }
    }

    mutating func settle(_ change: Int, _ offsets: Range<UInt32>, first: UInt32) {
        settle(change, Int(offsets.lowerBound)..<Int(offsets.upperBound), first: first)
    }

    /// Elements of a change are in the tree: they can be found from now on, what was removed before it came is hidden,
    /// and what waited for them can be tried again.
    mutating func settle(_ change: Int, _ offsets: Range<Int>, first: UInt32) {
        guard !offsets.isEmpty else { return }
        stretches.append(
            Stretch(element: first, change: change, offset: UInt32(truncatingIfNeeded: offsets.lowerBound)))
        changes[change].add(offsets, element: first)
        for removed in changes[change].elements.removed(in: offsets) {
            hide(Int(first) + removed.lowerBound - offsets.lowerBound, removed.count)
        }
        if !changes[change].waiting.isEmpty { wake(change, offsets) }
    }
}
