/// The elements of a text in document order while a history is imported: a linked list of runs, which knows no positions.
///
/// One author's history, and that of several who heard of each other in between, puts every run between two elements that
/// stand side by side; for that neither a search nor a tree is needed. Whoever needs more makes a `TextTree` of it, in one
/// pass.
struct TextList: Sendable {
    private struct Entry: Sendable {
        let first: UInt32
        /// One past the last.
        var end: UInt32
        /// The entry that follows; 0, where the start of the text is, for none.
        var next: UInt32
        /// The entry that has the elements from `end` on; 0 where there are none.
        var higher: UInt32
    }

    private var entries: ContiguousArray<Entry> = [Entry(first: 0, end: 1, next: 0, higher: 0)]
    /// By every sixteenth element the entry that has it; the others are found from there by `higher`. One for each element
    /// would cost more to fill than it saves.
    private var sixteenths: ContiguousArray<UInt32> = [0]
    /// The entry with the highest elements.
    private var highest: UInt32 = 0
    /// By element, a bit each.
    private var hidden: ContiguousArray<UInt64>
    /// Elements, the start included; the number of the next to come.
    private(set) var count: UInt32 = 1

    init(reserving more: Int) {
        sixteenths.reserveCapacity(more / 16 + 1)
        hidden = ContiguousArray(repeating: 0, count: more / 64 + 1)
        hidden[0] = 1
        entries.reserveCapacity(more / 16)
    }

    private func entry(of element: UInt32) -> UInt32 {
        var at = sixteenths[Int(element >> 4)]
        while entries[Int(at)].end <= element { at = entries[Int(at)].higher }
        return at
    }

    /// Puts the next `count` elements between two that are here, if they stand side by side; else nothing happens.
    mutating func insert(_ more: UInt32, after left: UInt32, ifBefore right: UInt32, isDead: Bool) -> Bool {
        let at = entry(of: left)
        let entry = entries[Int(at)]
        let kept = left + 1
        if kept < entry.end {
            guard kept == right else { return false }
            let rest = UInt32(truncatingIfNeeded: entries.count)
            entries.append(Entry(first: kept, end: entry.end, next: entry.next, higher: entry.higher))
            if highest == at { highest = rest }
            label(kept, entry.end, rest)
            entries[Int(at)] = Entry(first: entry.first, end: kept, next: rest + 1, higher: rest)
            append(more, next: rest)
        } else {
            guard (entry.next == 0 ? TextTree.none : entries[Int(entry.next)].first) == right else { return false }
            if entry.end == count {
                entries[Int(at)].end = count &+ more
                label(count, count &+ more, at)
            } else {
                entries[Int(at)].next = UInt32(truncatingIfNeeded: entries.count)
                append(more, next: entry.next)
            }
        }
        grow(more, isDead)
        return true
    }

    /// The entry of the next `more` elements.
    private mutating func append(_ more: UInt32, next: UInt32) {
        let new = UInt32(truncatingIfNeeded: entries.count)
        entries.append(Entry(first: count, end: count &+ more, next: next, higher: 0))
        entries[Int(highest)].higher = new
        highest = new
        label(count, count &+ more, new)
    }

    private mutating func label(_ first: UInt32, _ end: UInt32, _ entry: UInt32) {
        var at = Int(first + 15) / 16
        while at * 16 < Int(end) {
            if at < sixteenths.count { sixteenths[at] = entry } else { sixteenths.append(entry) }
            at += 1
        }
    }

    private mutating func grow(_ more: UInt32, _ isHidden: Bool) {
        let first = count
        count &+= more
        if Int(count >> 6) >= hidden.count {
            hidden.append(contentsOf: repeatElement(0, count: Int(count >> 6) + 1 - hidden.count + hidden.count / 2))
        }
        if isHidden { hide(first, count) }
    }

    mutating func hide(_ first: UInt32, _ end: UInt32) {
        var first = first
        while first < end {
            let bits = min(end - first, 64 - first & 63)
            hidden[Int(first >> 6)] |= (~0 >> UInt64(64 - bits)) << UInt64(first & 63)
            first += bits
        }
    }

    /// The end of the elements from `first` on, before `end`, that are all hidden or all not.
    private func endOfLikes(_ first: UInt32, _ end: UInt32) -> (end: UInt32, isHidden: Bool) {
        let isHidden = hidden[Int(first >> 6)] >> UInt64(first & 63) & 1 == 1
        let flip: UInt64 = isHidden ? ~0 : 0
        var at = first
        while at < end {
            // The others, from `at` on, in its word.
            let others = (hidden[Int(at >> 6)] ^ flip) >> UInt64(at & 63)
            if others != 0 { return (min(end, at + UInt32(others.trailingZeroBitCount)), isHidden) }
            at = (at | 63) + 1
        }
        return (end, isHidden)
    }

    /// The same as a tree.
    func tree() -> TextTree {
        var filling = TextTree.Filling(count: count, aboutEntries: 2 * entries.count)
        var at: UInt32 = 0
        repeat {
            let entry = entries[Int(at)]
            var first = entry.first
            while first < entry.end {
                let like = endOfLikes(first, min(entry.end, first + TextTree.longest))
                filling.append(TextTree.Entry(first: first, length: like.end - first, isDead: like.isHidden))
                first = like.end
            }
            at = entry.next
        } while at != 0
        return TextTree(filling)
    }
}
