/// Visible counts, and places found by them.
extension TextTree {
    /// More or fewer elements of a leaf are visible.
    mutating func adjust(_ leaf: Int, by difference: Int32) {
        visibleCount += Int(difference)
        guard isCounted else { return }
        let leaf = UInt32(truncatingIfNeeded: leaf)
        leafVisible[Int(leaf)] = UInt32(truncatingIfNeeded: Int(leafVisible[Int(leaf)]) + Int(difference))
        if cursorLeaf != leaf { cursorLeaf = Self.none }
        if owing != leaf {
            settle()
            owing = leaf
        }
        owed += difference
    }

    /// Visible elements of a leaf come to stand in another.
    mutating func moveCount(_ count: UInt32, from leaf: Int, to other: Int) {
        guard count > 0, leaf != other else { return }
        adjust(leaf, by: -Int32(count))
        adjust(other, by: Int32(count))
    }

    /// Gives the ancestors of the leaf that was typed in what they lack.
    mutating func settle() {
        guard owing != Self.none else { return }
        var child = owing
        var node = leafParent[Int(child)]
        while node != Self.none {
            let slot = Int(node) * Self.fanout + index(of: child, in: node)
            childVisible[slot] = UInt32(truncatingIfNeeded: Int(childVisible[slot]) + Int(owed))
            child = node
            node = nodeParent[Int(child)]
        }
        owing = Self.none
        owed = 0
    }

    /// From here on counts are left as they are, until `recount`.
    mutating func stopCounting() {
        isCounted = false
        owing = Self.none
        owed = 0
        cursorLeaf = Self.none
    }

    mutating func recount() {
        guard !isCounted else { return }
        isCounted = true
        for leaf in entryCount.indices {
            var sum: UInt32 = 0
            let base = leaf * Self.fanout
            for slot in base..<base + Int(entryCount[leaf]) { sum &+= entries[slot].visible }
            leafVisible[leaf] = sum
        }
        guard !nodeParent.isEmpty else { return }
        recount(root)
    }

    @discardableResult
    private mutating func recount(_ node: UInt32) -> UInt32 {
        let base = Int(node) * Self.fanout
        let isBottom = nodeLevel[Int(node)] == 1
        var sum: UInt32 = 0
        for slot in base..<base + Int(childCount[Int(node)]) {
            childVisible[slot] = isBottom ? leafVisible[Int(children[slot])] : recount(children[slot])
            sum &+= childVisible[slot]
        }
        return sum
    }

    /// Where the element stands that `position` visible ones stand before. There must be one.
    mutating func place(ofVisible position: Int) -> Place {
        if !isCounted { recount() }
        if cursorLeaf == Self.none || position < cursorStart
            || position >= cursorStart + Int(leafVisible[Int(cursorLeaf)])
        {
            descend(to: position)
        }
        var rest = UInt32(truncatingIfNeeded: position - cursorStart)
        let leaf = Int(cursorLeaf)
        let base = leaf * Self.fanout
        for index in 0..<Int(entryCount[leaf]) {
            let visible = entries[base + index].visible
            if rest < visible { return Place(leaf: leaf, entry: index, offset: rest) }
            rest -= visible
        }
        preconditionFailure("a leaf has fewer visible elements than it counts")
    }

    private mutating func descend(to position: Int) {
        settle()
        var rest = position
        var at = root
        var level = nodeParent.isEmpty ? 0 : nodeLevel[Int(root)]
        while level > 0 {
            var slot = Int(at) * Self.fanout
            while rest >= Int(childVisible[slot]) {
                rest -= Int(childVisible[slot])
                slot += 1
            }
            at = children[slot]
            level -= 1
        }
        cursorLeaf = at
        cursorStart = position - rest
    }
}
