extension TextTree {
    /// What is wrong with the tree; nil where nothing is. For tests: it looks at everything.
    func violation() -> String? {
        var seen = [Bool](repeating: false, count: Int(count))
        var leaf = leafOf[0]
        var visible = 0
        var leaves: [UInt32] = []
        while leaf != Self.none {
            leaves.append(leaf)
            let base = Int(leaf) * Self.fanout
            var sum: UInt32 = 0
            guard entryCount[Int(leaf)] > 0 else { return "leaf \(leaf) is empty" }
            for slot in base..<base + Int(entryCount[Int(leaf)]) {
                let entry = entries[slot]
                guard entry.length > 0, entry.length <= Self.longest else { return "an entry of \(entry.length)" }
                for element in entry.first..<entry.end {
                    guard leafOf[Int(element)] == leaf else { return "element \(element) is said to be elsewhere" }
                    guard !seen[Int(element)] else { return "element \(element) stands twice" }
                    seen[Int(element)] = true
                }
                sum += entry.visible
            }
            if isCounted, leafVisible[Int(leaf)] != sum { return "leaf \(leaf) counts wrongly" }
            visible += Int(sum)
            leaf = nextLeaf[Int(leaf)]
        }
        if seen.contains(false) { return "an element has no place" }
        if visible != visibleCount { return "\(visibleCount) visible elements are counted, and \(visible) there" }
        var below: [UInt32] = []
        if nodeParent.isEmpty { below = [root] } else { collect(root, &below) }
        if below != leaves { return "the nodes lead to other leaves than follow one another" }
        return nodeParent.isEmpty || !isCounted ? nil : miscount(root).found
    }

    private func collect(_ node: UInt32, _ leaves: inout [UInt32]) {
        for slot in Int(node) * Self.fanout..<Int(node) * Self.fanout + Int(childCount[Int(node)]) {
            if nodeLevel[Int(node)] == 1 { leaves.append(children[slot]) } else { collect(children[slot], &leaves) }
        }
    }

    private func miscount(_ node: UInt32) -> (found: String?, sum: Int) {
        var sum = 0
        for slot in Int(node) * Self.fanout..<Int(node) * Self.fanout + Int(childCount[Int(node)]) {
            let child = children[slot]
            var visible: Int
            if nodeLevel[Int(node)] == 1 {
                guard leafParent[Int(child)] == node else { return ("leaf \(child) has another parent", 0) }
                visible = Int(leafVisible[Int(child)]) - (owing == child ? Int(owed) : 0)
            } else {
                guard nodeParent[Int(child)] == node else { return ("node \(child) has another parent", 0) }
                let below = miscount(child)
                if below.found != nil { return below }
                visible = below.sum
            }
            if Int(childVisible[slot]) != visible { return ("node \(node) counts wrongly", 0) }
            sum += visible
        }
        return (nil, sum)
    }
}
