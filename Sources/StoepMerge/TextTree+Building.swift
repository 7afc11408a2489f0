extension TextTree {
    /// A tree out of its entries, in order: the first is the start of the text, and together they hold every number below
    /// `count` once. Leaves are left some room.
    init(entries all: some Collection<Entry>, count: UInt32) {
        self.init()
        entries = []
        entryCount = []
        nextLeaf = []
        leafVisible = []
        leafOf = ContiguousArray(repeating: 0, count: Int(count))
        self.count = count
        let filled = Self.fanout * 3 / 4
        for entry in all {
            var rest = entry
            while rest.length > 0 {
                var piece = Entry(first: rest.first, length: min(rest.length, Self.longest), isDead: rest.isDead)
                if entryCount.last.map({ Int($0) == filled }) ?? true { addLeaf() }
                append(&piece)
                rest = Entry(first: piece.end, length: rest.length - piece.length, isDead: rest.isDead)
            }
        }
        leafParent = ContiguousArray(repeating: Self.none, count: entryCount.count)
        root = 0
        var level: [UInt32] = entryCount.indices.map { UInt32(truncatingIfNeeded: $0) }
        var height: Int32 = 0
        while level.count > 1 {
            var above: [UInt32] = []
            var start = 0
            while start < level.count {
                let node = makeNode(level: height + 1)
                for child in level[start..<min(level.count, start + filled)] { append(child, to: node, height) }
                above.append(node)
                start += filled
            }
            level = above
            height += 1
        }
        if height > 0 { root = level[0] }
    }

    private mutating func addLeaf() {
        if !nextLeaf.isEmpty { nextLeaf[nextLeaf.count - 1] = UInt32(truncatingIfNeeded: nextLeaf.count) }
        nextLeaf.append(Self.none)
        entries.append(contentsOf: repeatElement(Entry(first: 0, length: 0, isDead: true), count: Self.fanout))
        entryCount.append(0)
        leafVisible.append(0)
    }

    private mutating func append(_ entry: inout Entry) {
        let leaf = entryCount.count - 1
        entries[leaf * Self.fanout + Int(entryCount[leaf])] = entry
        entryCount[leaf] += 1
        leafVisible[leaf] += entry.visible
        visibleCount += Int(entry.visible)
        for element in Int(entry.first)..<Int(entry.end) { leafOf[element] = UInt32(truncatingIfNeeded: leaf) }
    }
}
