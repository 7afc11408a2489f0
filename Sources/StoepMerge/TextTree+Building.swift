extension TextTree {
    /// The leaves of a tree that is to be, filled one after another. Each is left some room.
    struct Filling {
        fileprivate static let filled = TextTree.fanout * 3 / 4
        fileprivate var entries: ContiguousArray<Entry> = []
        fileprivate var leafVisible: ContiguousArray<UInt32> = []
        fileprivate var leafOf: ContiguousArray<UInt32>
        /// Entries of the last leaf.
        fileprivate var lastCount = Filling.filled
        fileprivate let count: UInt32

        /// - Parameter count: of the elements, the start included.
        init(count: UInt32, aboutEntries: Int) {
            self.count = count
            leafOf = ContiguousArray(repeating: 0, count: Int(count))
            let leaves = aboutEntries / Self.filled + 1
            entries.reserveCapacity(leaves * TextTree.fanout)
            leafVisible.reserveCapacity(leaves)
        }

        /// Entries come in document order, the start of the text first, and together they hold every number below `count`
        /// once.
        mutating func append(_ entry: Entry) {
            if lastCount == Self.filled {
                // What is behind the entries of a leaf is never looked at.
                if !leafVisible.isEmpty {
                    entries.append(contentsOf: repeatElement(entry, count: TextTree.fanout - Self.filled))
                }
                leafVisible.append(0)
                lastCount = 0
            }
            lastCount += 1
            entries.append(entry)
            let leaf = leafVisible.count - 1
            leafVisible[leaf] &+= entry.visible
            let label = UInt32(truncatingIfNeeded: leaf)
            for element in Int(entry.first)..<Int(entry.end) { leafOf[element] = label }
        }

        /// Here, and not by the tree: there the array would be shared, and copied.
        fileprivate mutating func fillUp() {
            let spare = Entry(first: 0, length: 0, isDead: true)
            entries.append(
                contentsOf: repeatElement(spare, count: leafVisible.count * TextTree.fanout - entries.count))
        }
    }

    init(_ filling: consuming Filling) {
        let filled = Filling.filled
        let leaves = filling.leafVisible.count
        count = filling.count
        filling.fillUp()
        entries = filling.entries
        entryCount = ContiguousArray(repeating: Int32(filled), count: leaves)
        entryCount[leaves - 1] = Int32(filling.lastCount)
        nextLeaf = ContiguousArray((0..<leaves).map { UInt32($0) + 1 })
        nextLeaf[leaves - 1] = Self.none
        leafParent = ContiguousArray(repeating: Self.none, count: leaves)
        leafVisible = filling.leafVisible
        leafOf = filling.leafOf
        visibleCount = leafVisible.reduce(0) { $0 + Int($1) }
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
}
