import StoepModel

/// Whole deltas, as they come off the wire.
extension TextDocument {
    /// Takes a change's delta. What it names and is not here yet waits for it; `pending` says how much does. The same
    /// again changes nothing, but for hiding what is now masked.
    ///
    /// - Parameters:
    ///   - firstOffset: the offset in its change of the first scalar that the delta inserts.
    ///   - points: the changes that the payload's table names, in order.
    ///   - visible: false for what does not count: its text has its place and is not shown, and it removes nothing.
    package mutating func apply(
        _ delta: TextDelta, at point: ChangePoint, firstOffset: UInt32, points: [ChangePoint],
        visible: Bool = true
    ) {
        precondition(open == nil, "what was edited has to become a change before others' are applied")
        // One scalar too many for an offset of 32 bits: the oracle refuses it run by run, and no decoder lets it come.
        guard UInt64(firstOffset) + UInt64(delta.scalarCount) <= UInt64(UInt32.max) else { return }
        var table = TextTable(points: points)
        let change = changeNumber(point)
        if delta.scalarCount > 0 {
            let offsets = Int(firstOffset)..<Int(firstOffset) + Int(delta.scalarCount)
            let taken =
                changes[change].elements.holdsAny(of: offsets)
                ? 0 : takeRuns(delta, change, firstOffset, &table, visible)
            if taken < delta.inserts.count { takeSlowly(delta, from: taken, change, firstOffset, &table, visible) }
        }
        wakeAll()
        guard visible else { return }
        for delete in delta.deletes {
            let lower = Int(delete.first.offset)
            let upper = min(lower + Int(delete.count), Int(UInt32.max) + 1)
            if delete.first.entry == 0 {
                self.delete(change, lower + Int(firstOffset)..<upper + Int(firstOffset))
            } else if let other = table.number(of: delete.first.entry, creatingIn: &self) {
                self.delete(other, lower..<upper)
            }
        }
    }

    /// Before many deltas: what only a reader needs is left to `finishImport`, which has to follow before anything is read
    /// or edited.
    ///
    /// - Parameters: about how much will come, to make room for it at once.
    package mutating func beginImport(scalars count: Int = 0, changes more: Int = 0) {
        if tree.count == 1 {
            list = TextList(reserving: count)
        } else {
            tree.stopCounting()
        }
        scalars.reserve(scalars.count + count)
        changes.reserveCapacity(changes.count + more)
        changeNumbers.reserveCapacity(changes.count + more)
        stretches.reserveCapacity(stretches.count + more)
    }

    /// After many deltas: counts what is visible in one pass, instead of as they came.
    package mutating func finishImport() {
        leaveList()
        tree.recount()
    }

    /// Goes on with a tree.
    mutating func leaveList() {
        guard let list = list.take() else { return }
        tree = list.tree()
    }

    /// Elements that are here, the start included.
    private var elementCount: UInt32 { list?.count ?? tree.count }

    private mutating func insert(_ count: UInt32, after left: UInt32, ifBefore right: UInt32, isDead: Bool) -> Bool {
        list?.insert(count, after: left, ifBefore: right, isDead: isDead)
            ?? tree.insert(count, after: left, ifBefore: right, isDead: isDead)
    }

    /// The runs of a change of which nothing is here, up to the first one that has to wait or is refused. Till then the
    /// delta's elements have consecutive numbers, and nothing of them is looked up.
    private mutating func takeRuns(
        _ delta: TextDelta, _ change: Int, _ firstOffset: UInt32, _ table: inout TextTable, _ visible: Bool
    ) -> Int {
        let base = elementCount
        var taken = 0
        var (made, settled): (UInt32, UInt32) = (0, 0)
        scalars.append(delta.text, isASCII: delta.text.utf8.count == Int(delta.scalarCount))
        for insert in delta.inserts {
            guard let left = element(insert.left, orElse: Self.start, base, made, &table),
                let right = element(insert.right, orElse: Self.end, base, made, &table)
            else { break }
            if !self.insert(insert.count, after: left, ifBefore: right, isDead: !visible) {
                leaveList()
                guard left != right, tree.precedes(left, right) else { break }
                // Here ids are compared: what the delta made so far has to be known by its own.
                settle(change, firstOffset + settled..<firstOffset + made, first: base + settled)
                settled = made
                put(
                    insert.count, left: left, right: right,
                    id: ElementID(point: changes[change].point, offset: firstOffset + made), visible: visible)
            }
            origins.append(TextOrigins.Run(first: base + made, left: left, right: right))
            made += insert.count
            taken += 1
        }
        scalars.removeLast(Int(delta.scalarCount - made))
        settle(change, firstOffset + settled..<firstOffset + made, first: base + settled)
        return taken
    }

    /// The element that an anchor names, while the delta's own elements have numbers from `base` on; nil where it is
    /// not here.
    private func element(
        _ anchor: TextDelta.Anchor?, orElse none: UInt32, _ base: UInt32, _ made: UInt32, _ table: inout TextTable
    ) -> UInt32? {
        guard let anchor else { return none }
        if anchor.entry == 0 { return anchor.offset < made ? base + anchor.offset : nil }
        guard let change = table.number(of: anchor.entry, in: self) else { return nil }
        return changes[change].number(at: Int(anchor.offset))
    }

    /// One run at a time, by ids.
    private mutating func takeSlowly(
        _ delta: TextDelta, from first: Int, _ change: Int, _ firstOffset: UInt32, _ table: inout TextTable,
        _ visible: Bool
    ) {
        let point = changes[change].point
        let scalars = Array(delta.text.unicodeScalars)
        var start = 0
        for (index, insert) in delta.inserts.enumerated() {
            let end = start + Int(insert.count)
            guard end <= scalars.count else { return }
            if index >= first {
                func id(_ anchor: TextDelta.Anchor) -> ElementID {
                    anchor.entry == 0
                        ? ElementID(point: point, offset: firstOffset &+ anchor.offset)
                        : ElementID(point: table.point(of: anchor.entry) ?? point, offset: anchor.offset)
                }
                take(
                    Waiting(
                        scalars: Array(scalars[start..<end]), left: insert.left.map(id), right: insert.right.map(id),
                        visible: visible),
                    first: ElementID(point: point, offset: firstOffset + UInt32(truncatingIfNeeded: start)))
            }
            start = end
        }
    }

    /// Inserts a run, or has it wait.
    private mutating func take(_ run: Waiting, first: ElementID) {
        guard put(run, first: first) == .waiting else { return }
        if let same = waiting[first] {
            waiting[first]?.visible = same.visible && run.visible
            return
        }
        waiting[first] = run
        guard let missing = [run.left, run.right].compactMap({ $0 }).first(where: { number($0) == nil }) else { return }
        let change = changeNumber(missing.point)
        changes[change].waiting[missing.offset, default: []].append(first)
    }

    /// Tries again what waited for elements that are here now, and what waited for that, one by one: however long the
    /// chain, it takes no stack.
    mutating func wakeAll() {
        while let first = woken.popLast() {
            guard let run = waiting.removeValue(forKey: first) else { continue }
            take(run, first: first)
        }
    }

    /// Marks what waits for elements that have just come.
    mutating func wake(_ change: Int, _ offsets: Range<Int>) {
        if changes[change].waiting.count < offsets.count {
            for offset in changes[change].waiting.keys.filter({ offsets.contains(Int($0)) }) {
                woken += changes[change].waiting.removeValue(forKey: offset) ?? []
            }
        } else {
            for offset in offsets {
                woken += changes[change].waiting.removeValue(forKey: UInt32(truncatingIfNeeded: offset)) ?? []
            }
        }
    }
}

/// The changes that a payload's table names, and their numbers once they were asked for.
private struct TextTable {
    let points: [ChangePoint]
    private var numbers: [Int]

    init(points: [ChangePoint]) {
        self.points = points
        numbers = Array(repeating: -1, count: points.count)
    }

    func point(of entry: UInt32) -> ChangePoint? {
        let index = Int(entry) - 1
        return points.indices.contains(index) ? points[index] : nil
    }

    mutating func number(of entry: UInt32, in document: TextDocument) -> Int? {
        let index = Int(entry) - 1
        guard points.indices.contains(index) else { return nil }
        if numbers[index] < 0 { numbers[index] = document.changeNumbers[points[index]] ?? -1 }
        return numbers[index] < 0 ? nil : numbers[index]
    }

    mutating func number(of entry: UInt32, creatingIn document: inout TextDocument) -> Int? {
        if let number = number(of: entry, in: document) { return number }
        guard let point = point(of: entry) else { return nil }
        return document.changeNumber(point)
    }
}
