/// Putting elements in, and hiding them.
extension TextTree {
    /// Puts the next `count` elements behind an element that is here.
    mutating func insert(_ count: UInt32, after left: UInt32, isDead: Bool) {
        insert(count, at: place(of: left), isDead: isDead)
    }

    /// Puts the next `count` elements between two that are here, if they stand side by side; else nothing happens.
    mutating func insert(_ count: UInt32, after left: UInt32, ifBefore right: UInt32, isDead: Bool) -> Bool {
        let place = place(of: left)
        guard next(after: place) == right else { return false }
        insert(count, at: place, isDead: isDead)
        return true
    }

    /// Puts the next `count` elements before an element that is here and is not the start.
    mutating func insert(_ count: UInt32, before right: UInt32, isDead: Bool) {
        let place = place(of: right)
        if place.offset > 0 {
            insert(count, at: Place(leaf: place.leaf, entry: place.entry, offset: place.offset - 1), isDead: isDead)
        } else {
            put(count, leaf: place.leaf, entry: place.entry, isDead: isDead)
        }
    }

    /// Puts the next `count` elements behind a place.
    mutating func insert(_ count: UInt32, at place: Place, isDead: Bool) {
        let slot = place.leaf * Self.fanout + place.entry
        let entry = entries[slot]
        let kept = place.offset + 1
        if kept < entry.length {
            // The entry that is cut stands just before the room, wherever that is.
            let (leaf, index) = makeRoom(2, leaf: place.leaf, entry: place.entry + 1)
            let rest = Entry(first: entry.first + kept, length: entry.length - kept, isDead: entry.isDead)
            entries[leaf * Self.fanout + index - 1].shrink(by: rest.length)
            guard count <= Self.longest else {
                shiftIn(rest, leaf: leaf, entry: index)
                put(count, leaf: leaf, entry: index, isDead: isDead)
                return
            }
            shiftIn(Entry(first: self.count, length: count, isDead: isDead), rest, leaf: leaf, entry: index)
            label(count, leaf: leaf)
            if !isDead { adjust(leaf, by: Int32(count)) }
        } else if entry.end == self.count, entry.isDead == isDead, entry.length + count <= Self.longest {
            entries[slot].grow(by: count)
            label(count, leaf: place.leaf)
            if !isDead { adjust(place.leaf, by: Int32(count)) }
        } else {
            put(count, leaf: place.leaf, entry: place.entry + 1, isDead: isDead)
        }
    }

    /// Puts the next `count` elements into entries of their own, the first of them at `entry`.
    private mutating func put(_ count: UInt32, leaf: Int, entry: Int, isDead: Bool) {
        var rest = count
        var (leaf, index) = (leaf, entry)
        while rest > 0 {
            (leaf, index) = makeRoom(1, leaf: leaf, entry: index)
            let piece = min(rest, Self.longest)
            shiftIn(Entry(first: self.count, length: piece, isDead: isDead), leaf: leaf, entry: index)
            label(piece, leaf: leaf)
            if !isDead { adjust(leaf, by: Int32(piece)) }
            rest -= piece
            index += 1
        }
    }

    /// Hides the elements `first..<end`.
    mutating func hide(_ first: UInt32, _ end: UInt32) {
        var first = first
        while first < end {
            let place = place(of: first)
            let entry = entry(at: place)
            let upper = min(end, entry.end)
            if !entry.isDead { hide(place, entry, upper - first) }
            first = upper
        }
    }

    /// Hides `count` elements of a visible entry from a place on.
    mutating func hide(_ place: Place, _ entry: Entry, _ count: UInt32) {
        adjust(place.leaf, by: -Int32(count))
        let slot = place.leaf * Self.fanout + place.entry
        let behind = entry.length - place.offset - count
        let dead = Entry(first: entry.first + place.offset, length: count, isDead: true)
        switch (place.offset, behind) {
        case (0, 0):
            entries[slot].die()
        case (0, _):
            entries[slot] = Entry(first: dead.end, length: behind, isDead: false)
            // What is hidden joins what is hidden before it, where that went on to here.
            if place.entry > 0, joins(entries[slot - 1], dead) {
                entries[slot - 1].grow(by: count)
            } else {
                add(dead, leaf: place.leaf, entry: place.entry)
            }
        case (_, 0):
            entries[slot].shrink(by: count)
            if place.entry + 1 < Int(entryCount[place.leaf]), joins(dead, entries[slot + 1]) {
                let next = entries[slot + 1]
                entries[slot + 1] = Entry(first: dead.first, length: next.length + count, isDead: true)
            } else {
                add(dead, leaf: place.leaf, entry: place.entry + 1)
            }
        default:
            entries[slot].shrink(by: count + behind)
            let rest = Entry(first: dead.end, length: behind, isDead: false)
            add(dead, rest, leaf: place.leaf, entry: place.entry + 1)
        }
    }

    /// Whether two hidden entries, one after the other, are as good as one.
    private func joins(_ entry: Entry, _ next: Entry) -> Bool {
        entry.isDead && next.isDead && entry.end == next.first && entry.length + next.length <= Self.longest
    }

    /// Adds entries whose elements, and the count of them, are in the leaf already.
    private mutating func add(_ entry: Entry, _ rest: Entry? = nil, leaf: Int, entry index: Int) {
        let (target, at) = makeRoom(rest == nil ? 1 : 2, leaf: leaf, entry: index)
        shiftIn(entry, rest, leaf: target, entry: at)
        guard target != leaf else { return }
        for one in [entry, rest].compactMap({ $0 }) {
            relabel(one, leaf: target)
            moveCount(one.visible, from: leaf, to: target)
        }
    }

    // MARK: Leaves

    /// Puts one entry, or two, where `index` is; there is room.
    private mutating func shiftIn(_ entry: Entry, _ rest: Entry? = nil, leaf: Int, entry index: Int) {
        let width = rest == nil ? 1 : 2
        let first = leaf * Self.fanout + index
        var at = leaf * Self.fanout + Int(entryCount[leaf])
        entryCount[leaf] += Int32(truncatingIfNeeded: width)
        while at > first {
            at -= 1
            entries[at + width] = entries[at]
        }
        entries[first] = entry
        if let rest { entries[first + 1] = rest }
    }

    private mutating func label(_ more: UInt32, leaf: Int) {
        let end = Int(count &+ more)
        if end > leafOf.count {
            leafOf.append(contentsOf: repeatElement(0, count: max(end - leafOf.count, min(leafOf.count, 4096))))
        }
        fill(Int(count), end, leaf)
        count &+= more
    }

    private mutating func relabel(_ entry: Entry, leaf: Int) { fill(Int(entry.first), Int(entry.end), leaf) }

    private mutating func fill(_ first: Int, _ end: Int, _ leaf: Int) {
        let leaf = UInt32(truncatingIfNeeded: leaf)
        for element in first..<end { leafOf[element] = leaf }
    }

    /// Makes sure that there are so many free slots where entry `index` of the leaf is to be, which may then be in a new
    /// leaf behind it. An entry that is to be in a new leaf's first slot may as well be in the old one's last.
    private mutating func makeRoom(_ slots: Int, leaf: Int, entry index: Int) -> (leaf: Int, entry: Int) {
        let count = Int(entryCount[leaf])
        guard count + slots > Self.fanout else { return (leaf, index) }
        // Who writes at the end goes on writing there: leave the leaf behind well filled.
        let kept = index >= count - 1 ? count - 2 : count / 2
        let new = split(leaf, at: kept)
        return index <= kept ? (leaf, index) : (new, index - kept)
    }

    private mutating func split(_ leaf: Int, at kept: Int) -> Int {
        settle()
        cursorLeaf = Self.none
        let new = entryCount.count
        let count = Int(entryCount[leaf])
        let base = leaf * Self.fanout
        entries.append(contentsOf: repeatElement(Entry(first: 0, length: 0, isDead: true), count: Self.fanout))
        var moved: UInt32 = 0
        for index in kept..<count {
            entries[new * Self.fanout + index - kept] = entries[base + index]
            moved &+= entries[base + index].visible
        }
        for index in 0..<count - kept { relabel(entries[new * Self.fanout + index], leaf: new) }
        entryCount[leaf] = Int32(truncatingIfNeeded: kept)
        entryCount.append(Int32(truncatingIfNeeded: count - kept))
        nextLeaf.append(nextLeaf[leaf])
        nextLeaf[leaf] = UInt32(truncatingIfNeeded: new)
        leafVisible[leaf] &-= moved
        leafVisible.append(moved)
        leafParent.append(Self.none)
        insert(child: UInt32(truncatingIfNeeded: new), after: UInt32(truncatingIfNeeded: leaf), level: 0)
        return new
    }

    // MARK: Inner nodes

    /// Puts a new leaf (level 0) or node into the parent of the one that it was split from.
    private mutating func insert(child: UInt32, after old: UInt32, level: Int32) {
        var node = level == 0 ? leafParent[Int(old)] : nodeParent[Int(old)]
        guard node != Self.none else {
            root = makeNode(level: level + 1)
            append(old, to: root, level)
            append(child, to: root, level)
            return
        }
        var at = index(of: old, in: node) + 1
        childVisible[Int(node) * Self.fanout + at - 1] = visible(of: old, level)
        let isFull = Int(childCount[Int(node)]) == Self.fanout
        if isFull {
            let kept = at == Self.fanout ? Self.fanout - 2 : Self.fanout / 2
            let new = splitNode(node, at: kept)
            if at > kept { (node, at) = (new, at - kept) }
        }
        let base = Int(node) * Self.fanout
        var slot = base + Int(childCount[Int(node)])
        while slot > base + at {
            children[slot] = children[slot - 1]
            childVisible[slot] = childVisible[slot - 1]
            slot -= 1
        }
        children[slot] = child
        childVisible[slot] = visible(of: child, level)
        childCount[Int(node)] += 1
        setParent(of: child, level, node)
        if isFull { recountAbove(node) }
    }

    /// Where nodes were split, the ones above were counted while the new child was in none of them.
    private mutating func recountAbove(_ node: UInt32) {
        var child = node
        var above = nodeParent[Int(child)]
        while above != Self.none {
            childVisible[Int(above) * Self.fanout + index(of: child, in: above)] = visible(
                of: child, nodeLevel[Int(child)])
            child = above
            above = nodeParent[Int(child)]
        }
    }

    mutating func makeNode(level: Int32) -> UInt32 {
        children.append(contentsOf: repeatElement(Self.none, count: Self.fanout))
        childVisible.append(contentsOf: repeatElement(0, count: Self.fanout))
        childCount.append(0)
        nodeParent.append(Self.none)
        nodeLevel.append(level)
        return UInt32(truncatingIfNeeded: childCount.count - 1)
    }

    mutating func append(_ child: UInt32, to node: UInt32, _ level: Int32) {
        let slot = Int(node) * Self.fanout + Int(childCount[Int(node)])
        children[slot] = child
        childVisible[slot] = visible(of: child, level)
        childCount[Int(node)] += 1
        setParent(of: child, level, node)
    }

    private mutating func splitNode(_ node: UInt32, at kept: Int) -> UInt32 {
        let level = nodeLevel[Int(node)]
        let new = makeNode(level: level)
        for index in kept..<Int(childCount[Int(node)]) {
            let slot = Int(node) * Self.fanout + index
            let target = Int(new) * Self.fanout + index - kept
            children[target] = children[slot]
            childVisible[target] = childVisible[slot]
            setParent(of: children[slot], level - 1, new)
        }
        childCount[Int(new)] = childCount[Int(node)] - Int32(kept)
        childCount[Int(node)] = Int32(kept)
        insert(child: new, after: node, level: level)
        return new
    }

    private mutating func setParent(of child: UInt32, _ level: Int32, _ node: UInt32) {
        if level == 0 { leafParent[Int(child)] = node } else { nodeParent[Int(child)] = node }
    }

    private func visible(of child: UInt32, _ level: Int32) -> UInt32 {
        guard level > 0 else { return leafVisible[Int(child)] }
        let base = Int(child) * Self.fanout
        var sum: UInt32 = 0
        for slot in base..<base + Int(childCount[Int(child)]) { sum &+= childVisible[slot] }
        return sum
    }
}
