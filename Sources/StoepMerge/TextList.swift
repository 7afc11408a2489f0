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
    }

    private var entries: ContiguousArray<Entry> = [Entry(first: 0, end: 1, next: 0)]
    /// By element; longer than there are elements.
    private var entryOf: ContiguousArray<UInt32>
    private var isDead: ContiguousArray<Bool>
    /// Elements, the start included; the number of the next to come.
    private(set) var count: UInt32 = 1

    init(reserving more: Int) {
        entryOf = ContiguousArray(repeating: 0, count: more + 1)
        isDead = ContiguousArray(repeating: false, count: more + 1)
        isDead[0] = true
        entries.reserveCapacity(more / 16)
    }

    /// Puts the next `count` elements between two that are here, if they stand side by side; else nothing happens.
    mutating func insert(_ more: UInt32, after left: UInt32, ifBefore right: UInt32, isDead: Bool) -> Bool {
        let at = entryOf[Int(left)]
        let entry = entries[Int(at)]
        let kept = left + 1
        let new = UInt32(truncatingIfNeeded: entries.count)
        if kept < entry.end {
            guard kept == right else { return false }
            entries[Int(at)] = Entry(first: entry.first, end: kept, next: new)
            entries.append(Entry(first: count, end: count &+ more, next: new + 1))
            entries.append(Entry(first: kept, end: entry.end, next: entry.next))
            grow(more, of: new, isDead)
            label(kept, entry.end, new + 1)
        } else {
            guard (entry.next == 0 ? TextTree.none : entries[Int(entry.next)].first) == right else { return false }
            if entry.end == count {
                entries[Int(at)].end = count &+ more
                grow(more, of: at, isDead)
            } else {
                entries[Int(at)].next = new
                entries.append(Entry(first: count, end: count &+ more, next: entry.next))
                grow(more, of: new, isDead)
            }
        }
        return true
    }

    private mutating func grow(_ more: UInt32, of entry: UInt32, _ isHidden: Bool) {
        let first = count
        count &+= more
        if Int(count) > entryOf.count {
            let room = max(Int(count) - entryOf.count, entryOf.count / 2)
            entryOf.append(contentsOf: repeatElement(0, count: room))
            isDead.append(contentsOf: repeatElement(false, count: room))
        }
        label(first, count, entry)
        if isHidden { hide(first, count) }
    }

    private mutating func label(_ first: UInt32, _ end: UInt32, _ entry: UInt32) {
        var labels = entryOf.mutableSpan
        for element in Int(first)..<Int(end) { labels[element] = entry }
    }

    mutating func hide(_ first: UInt32, _ end: UInt32) {
        var marks = isDead.mutableSpan
        for element in Int(first)..<Int(end) { marks[element] = true }
    }

    /// The same as a tree.
    func tree() -> TextTree {
        var all: ContiguousArray<TextTree.Entry> = []
        all.reserveCapacity(2 * entries.count)
        var at: UInt32 = 0
        repeat {
            let entry = entries[Int(at)]
            var first = entry.first
            while first < entry.end {
                let isHidden = isDead[Int(first)]
                var end = first + 1
                while end < entry.end, isDead[Int(end)] == isHidden { end += 1 }
                all.append(TextTree.Entry(first: first, length: end - first, isDead: isHidden))
                first = end
            }
            at = entry.next
        } while at != 0
        return TextTree(entries: all, count: count)
    }
}
