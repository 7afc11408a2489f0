extension TextTree {
    /// A tree out of its entries, in order: the first is the start of the text, and together they hold every number below
    /// `count` once. Leaves are left some room.
    ///
    /// - Parameter labels: storage for as many elements, or more, whatever is in it.
    init(entries all: ContiguousArray<Entry>, count: UInt32, labels: consuming ContiguousArray<UInt32>) {
        self.init()
        self.count = count
        let filled = Self.fanout * 3 / 4
        let leaves = (all.count + filled - 1) / filled
        entries = ContiguousArray(
            repeating: Entry(first: 0, length: 0, isDead: true), count: leaves * Self.fanout)
        leafVisible = ContiguousArray(repeating: 0, count: leaves)
        entryCount = ContiguousArray(repeating: Int32(filled), count: leaves)
        entryCount[leaves - 1] = Int32(all.count - (leaves - 1) * filled)
        nextLeaf = ContiguousArray((0..<leaves).map { UInt32($0) + 1 })
        nextLeaf[leaves - 1] = Self.none
        leafOf = labels
        fill(all, filled)
        visibleCount = leafVisible.reduce(0) { $0 + Int($1) }
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

    private mutating func fill(_ all: ContiguousArray<Entry>, _ filled: Int) {
        for (index, entry) in all.enumerated() {
            let (leaf, place) = index.quotientAndRemainder(dividingBy: filled)
            entries[leaf * Self.fanout + place] = entry
        }
        for (index, entry) in all.enumerated() {
            let leaf = UInt32(truncatingIfNeeded: index / filled)
            for element in Int(entry.first)..<Int(entry.end) { leafOf[element] = leaf }
        }
        for (index, entry) in all.enumerated() { leafVisible[index / filled] += entry.visible }
    }
}
