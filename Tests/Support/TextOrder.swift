import StoepMerge
import StoepModel

/// The elements of a text in document order, tombstones included: a binary search tree by place, not by key.
///
/// Elements are known by dense numbers in the order of their arrival; number 0 is the start of the text, before
/// which nothing stands. Asking for a place and inserting at one cost O(log n), whatever the order of arrival.
/// The tree is balanced by weight (Nievergelt & Reingold, "Binary Search Trees of Bounded Balance"; the factors
/// 3 and 2 are those that Hirai & Yamamoto, "Balancing weight-balanced trees", proved sound), because the sizes are
/// needed anyway. Nothing is ever taken out.
struct TextOrder {
    private static let none = -1

    // By element. Arrays of plain integers, for only with those are builds without optimisation quick enough.
    private var parent = [TextOrder.none]
    private var left = [TextOrder.none]
    private var right = [TextOrder.none]
    /// Elements in the subtree, the element itself included.
    private var size = [1]
    /// Visible elements in the subtree.
    private var visible = [0]
    /// 1 for a visible element, else 0.
    private var isShown = [0]
    private var root = 0

    /// Elements, the start included.
    var count: Int { parent.count }
    var visibleCount: Int { visible[root] }

    func isVisible(_ element: Int) -> Bool { isShown[element] == 1 }

    /// How many elements stand before this one, the start included.
    func rank(_ element: Int) -> Int {
        var rank = size(below: left[element])
        var child = element
        while parent[child] != Self.none {
            let above = parent[child]
            if right[above] == child { rank += size(below: left[above]) + 1 }
            child = above
        }
        return rank
    }

    /// The element that `position` visible ones stand before; nil past the end.
    func element(atVisible position: Int) -> Int? {
        guard position >= 0, position < visibleCount else { return nil }
        var rest = position
        var element = root
        while true {
            let before = visible(below: left[element])
            if rest < before {
                element = left[element]
            } else if rest == before && isShown[element] == 1 {
                return element
            } else {
                rest -= before + isShown[element]
                element = right[element]
            }
        }
    }

    /// The next element in document order; nil at the end.
    func next(after element: Int) -> Int? {
        if right[element] != Self.none { return leftmost(right[element]) }
        var child = element
        while parent[child] != Self.none {
            let above = parent[child]
            if left[above] == child { return above }
            child = above
        }
        return nil
    }

    /// A new element, numbered `count`, directly after one that is there.
    mutating func insert(isVisible: Bool, after element: Int) {
        let new = append(isVisible)
        if right[element] == Self.none {
            right[element] = new
            parent[new] = element
        } else {
            let next = leftmost(right[element])
            left[next] = new
            parent[new] = next
        }
        settle(above: new)
    }

    /// A new element, numbered `count`, directly before one that is there and is not the start.
    mutating func insert(isVisible: Bool, before element: Int) {
        let new = append(isVisible)
        if left[element] == Self.none {
            left[element] = new
            parent[new] = element
        } else {
            let previous = rightmost(left[element])
            right[previous] = new
            parent[new] = previous
        }
        settle(above: new)
    }

    /// New elements, numbered from `count` on, one after another behind one that is there.
    mutating func insert(areVisible: [Bool], after element: Int) {
        if areVisible.count < count {
            var previous = element
            for isVisible in areVisible {
                insert(isVisible: isVisible, after: previous)
                previous = count - 1
            }
        } else {
            // More than were there before: it costs less to build the tree anew than to find each one's place.
            var all = Array(sequence(first: leftmost(root), next: next(after:)))
            let new = areVisible.map { append($0) }
            all.insert(contentsOf: new, at: rank(element) + 1)
            root = build(all[...], below: Self.none)
        }
    }

    mutating func hide(_ element: Int) {
        guard isShown[element] == 1 else { return }
        isShown[element] = 0
        var node = element
        while node != Self.none {
            visible[node] -= 1
            node = parent[node]
        }
    }

    // MARK: Inside the tree

    private func size(below node: Int) -> Int { node == Self.none ? 0 : size[node] }
    private func visible(below node: Int) -> Int { node == Self.none ? 0 : visible[node] }
    private func weight(_ node: Int) -> Int { node == Self.none ? 1 : size[node] + 1 }

    private func leftmost(_ node: Int) -> Int {
        var node = node
        while left[node] != Self.none { node = left[node] }
        return node
    }

    private func rightmost(_ node: Int) -> Int {
        var node = node
        while right[node] != Self.none { node = right[node] }
        return node
    }

    private mutating func append(_ isVisible: Bool) -> Int {
        parent.append(Self.none)
        left.append(Self.none)
        right.append(Self.none)
        size.append(1)
        visible.append(isVisible ? 1 : 0)
        isShown.append(isVisible ? 1 : 0)
        return count - 1
    }

    /// Makes a tree of elements in this order; its root. It calls itself no deeper than the tree is.
    private mutating func build(_ elements: ArraySlice<Int>, below above: Int) -> Int {
        guard !elements.isEmpty else { return Self.none }
        let middle = elements.startIndex + elements.count / 2
        let node = elements[middle]
        parent[node] = above
        left[node] = build(elements[..<middle], below: node)
        right[node] = build(elements[(middle + 1)...], below: node)
        recount(node)
        return node
    }

    /// Counts a new leaf in all the way up to the root, and balances there.
    private mutating func settle(above leaf: Int) {
        let shown = isShown[leaf]
        var node = parent[leaf]
        while node != Self.none {
            size[node] += 1
            visible[node] += shown
            node = parent[balance(node)]
        }
    }

    /// Balances one node whose subtrees are balanced; the node that now stands in its place.
    private mutating func balance(_ node: Int) -> Int {
        let (before, behind) = (left[node], right[node])
        let (first, second) = (weight(before), weight(behind))
        if second > 3 * first { return raise(behind, inner: left[behind], outer: right[behind]) }
        if first > 3 * second { return raise(before, inner: right[before], outer: left[before]) }
        return node
    }

    /// Raises a heavy child into its parent's place, or its inner child if the weight is there; the one raised.
    private mutating func raise(_ child: Int, inner: Int, outer: Int) -> Int {
        if weight(inner) < 2 * weight(outer) {
            lift(child)
            return child
        }
        lift(inner)
        lift(inner)
        return inner
    }

    /// A rotation: puts a node above its parent, and leaves the order as it is.
    private mutating func lift(_ node: Int) {
        let below = parent[node]
        let above = parent[below]
        let inner: Int
        if left[below] == node {
            inner = right[node]
            left[below] = inner
            right[node] = below
        } else {
            inner = left[node]
            right[below] = inner
            left[node] = below
        }
        if inner != Self.none { parent[inner] = below }
        parent[below] = node
        parent[node] = above
        if above == Self.none {
            root = node
        } else if left[above] == below {
            left[above] = node
        } else {
            right[above] = node
        }
        recount(below)
        recount(node)
    }

    private mutating func recount(_ node: Int) {
        size[node] = 1 + size(below: left[node]) + size(below: right[node])
        visible[node] = isShown[node] + visible(below: left[node]) + visible(below: right[node])
    }
}
