import StoepModel

/// What writer and reader of a delta's columns both expect, so that only what is otherwise has to be said
/// (`Protocol/README.md`, Edit): unsigned LEB128 numbers, one column after another, so that like stands by like and
/// deflates well.
///
/// 1. Where there is text: the number of runs, less one.
/// 2. For each run its *kind*, 2 × left + right: left is 0 for the start of the text, 1 for an element of the delta
///    itself, 2 and up for one of the table's; right is 0 where it is the obvious one, else 1.
/// 3. For each run but the last its length, less one.
/// 4. For each run not at the start the offset of its left anchor. An own one counts back from the element made last;
///    another is the difference from the last that was named in that entry, zigzag, or the offset itself where none was.
/// 5. For each run whose right anchor is not obvious: 0 for the end of the text, or one more than its entry, and the offset.
///    An own one counts back; one in the left anchor's entry is the difference from that, zigzag; else the offset itself.
/// 6. For the delta itself, then each entry of the table: how many deletes; for each the gap from where the one before
///    ended, less one (the first: from 0), and its length, less one. Of the delta itself not the deletes stand there, but
///    the ranges in which they differ from the corrections that its runs hint at.
///
/// Zeros at the very end are left out; what a reader lacks is zero.
///
/// The *obvious* right anchor is what an author who works alone finds behind the left one: the last run that was put just
/// there; else, behind the last element of an own run, what that run had to its right; else the element that was made
/// just after the left one, or at the start of the text its end.
struct TextExpectations {
    private struct Known {
        /// The run before it with the same left anchor, or -1.
        var sameLeft: Int32 = -1
        /// The number of its first element, once it was taken.
        var start: UInt32 = 0
    }

    /// By run.
    private var known: ContiguousArray<Known>
    private var taken = 0
    /// Elements before the next run.
    private(set) var made: UInt32 = 0

    /// The left anchors of all runs have to be known.
    init(_ runs: [TextDelta.Insert]) {
        known = ContiguousArray(repeating: Known(), count: runs.count)
        guard runs.count > 1 else { return }
        if runs.count <= 128 { link(runs) } else { linkSorted(runs) }
    }

    /// Few are found soonest by looking at all before.
    private mutating func link(_ runs: [TextDelta.Insert]) {
        for index in 1..<runs.count {
            let key = runs[index].leftKey
            var other = index &- 1
            while other >= 0, runs[other].leftKey != key { other &-= 1 }
            known[index].sameLeft = Int32(truncatingIfNeeded: other)
        }
    }

    private mutating func linkSorted(_ runs: [TextDelta.Insert]) {
        let order = runs.indices.sorted { (runs[$0].leftKey, $0) < (runs[$1].leftKey, $1) }
        for (one, next) in zip(order, order.dropFirst()) where runs[one].leftKey == runs[next].leftKey {
            known[next].sameLeft = Int32(truncatingIfNeeded: one)
        }
    }

    mutating func take(count: UInt32) {
        known[taken].start = made
        taken += 1
        made += count
    }

    /// The right anchor that the next run is expected to have, the runs before it being complete; nil where
    /// there is none to be expected.
    func right(in runs: [TextDelta.Insert]) -> UInt64? {
        let same = known[taken].sameLeft
        // An own element's key is its offset.
        if same >= 0 { return UInt64(known[Int(same)].start) }
        let left = runs[taken].leftKey
        if left == TextDelta.Insert.nowhere { return left }
        if left < UInt64(made) {
            let run = self.run(of: UInt32(truncatingIfNeeded: left))
            let end = run + 1 < taken ? known[run + 1].start : made
            if left + 1 == UInt64(end) { return runs[run].rightKey }
        }
        return left & 0xffff_ffff == 0xffff_ffff ? nil : left + 1
    }

    private func run(of offset: UInt32) -> Int {
        // Mostly in the last.
        if offset >= known[taken - 1].start { return taken - 1 }
        var (low, high) = (0, taken - 1)
        while low < high {
            let middle = (low &+ high) / 2
            if known[middle].start <= offset { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// Whether the next run, with this right anchor, would only go on with the one before it.
    func continues(_ right: UInt64, in runs: [TextDelta.Insert]) -> Bool {
        taken > 0 && runs[taken].leftKey == UInt64(made) - 1 && right == runs[taken - 1].rightKey
    }
}

/// Half-open ranges of a delta's own elements as the ascending numbers at which they begin and end, in turn. Two sets differ
/// exactly in the numbers that only one of them has.
struct TextBounds {
    private(set) var bounds: [UInt32] = []

    mutating func append(_ lower: UInt32, _ upper: UInt32) {
        if bounds.isEmpty { bounds.reserveCapacity(32) }
        bounds.append(lower)
        bounds.append(upper)
    }

    func forEach(_ body: (_ lower: UInt32, _ upper: UInt32) -> Void) {
        for index in stride(from: 0, to: bounds.count, by: 2) { body(bounds[index], bounds[index + 1]) }
    }

    mutating func reserve(_ count: Int) {
        if count > 16 { bounds.reserveCapacity(2 * count) }
    }

    /// Appends a range that ends beyond all others, and may begin anywhere: it becomes one with what it touches.
    mutating func cover(_ lower: UInt32, _ upper: UInt32) {
        var lower = lower
        while let end = bounds.last, end >= lower {
            lower = min(lower, bounds[bounds.count - 2])
            bounds.removeLast(2)
        }
        append(lower, upper)
    }

    func difference(from other: TextBounds) -> TextBounds {
        if other.bounds.isEmpty { return self }
        if bounds.isEmpty { return other }
        var result = TextBounds()
        result.bounds.reserveCapacity(bounds.count + other.bounds.count)
        var (i, j) = (0, 0)
        while i < bounds.count || j < other.bounds.count {
            if j == other.bounds.count || (i < bounds.count && bounds[i] < other.bounds[j]) {
                result.bounds.append(bounds[i])
                i += 1
            } else if i == bounds.count || other.bounds[j] < bounds[i] {
                result.bounds.append(other.bounds[j])
                j += 1
            } else {
                (i, j) = (i + 1, j + 1)
            }
        }
        return result
    }
}

/// The corrections that a delta's runs hint at: who goes back over some elements, and goes on with the obvious to the right,
/// has mostly deleted them.
struct TextCorrections {
    /// How far back a run may go for that.
    private static let most: UInt64 = 8
    private(set) var bounds = TextBounds()

    /// A run with the obvious to its right, `made` elements having been made before it.
    mutating func take(_ left: UInt64, made: UInt32) {
        // An own element's key is its offset.
        guard left < UInt64(made) else { return }
        let back = UInt64(made) - 1 - left
        if back > 0, back <= Self.most { bounds.cover(UInt32(truncatingIfNeeded: left) + 1, made) }
    }
}

/// The last offset that was named in each entry of a table, from which the next is told.
struct TextOffsets {
    /// By entry, -1 where none was named; beyond sixteen of them the others, so that a payload of many small deltas over one
    /// large table does not pay for the table again and again.
    private var near = SIMD16<Int64>(repeating: -1)
    private var far: [Int: Int64] = [:]

    mutating func code(of offset: UInt32, in entry: Int) -> UInt64 {
        Self.code(of: offset, after: take(Int64(offset), in: entry))
    }

    /// Nil where the code leads out of what an offset can be.
    mutating func offset(of code: UInt64, in entry: Int) -> UInt32? {
        let last = entry < 16 ? near[entry] : far[entry] ?? -1
        guard let offset = Self.offset(of: code, after: last) else { return nil }
        take(Int64(offset), in: entry)
        return offset
    }

    /// The offset that was the last until now, or -1.
    @discardableResult
    private mutating func take(_ offset: Int64, in entry: Int) -> Int64 {
        if entry >= 16 { return far.updateValue(offset, forKey: entry) ?? -1 }
        defer { near[entry] = offset }
        return near[entry]
    }

    /// The difference, zigzag; after -1 the offset itself.
    static func code(of offset: UInt32, after last: Int64) -> UInt64 {
        guard last >= 0 else { return UInt64(offset) }
        let difference = Int64(offset) - last
        return UInt64(bitPattern: difference << 1 ^ difference >> 63)
    }

    /// The code is below 2⁴².
    static func offset(of code: UInt64, after last: Int64) -> UInt32? {
        let difference = Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1)
        return UInt32(exactly: last >= 0 ? last + difference : Int64(bitPattern: code))
    }
}
