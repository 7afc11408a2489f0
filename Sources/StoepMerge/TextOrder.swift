/// The elements of a text in document order, tombstones included: a binary search tree by place, not by key.
///
/// Elements are known by dense numbers in the order of their arrival; number 0 is the start of the text, before
/// which nothing stands. Asking for a place and inserting at one cost O(log n), whatever the order of arrival.
/// The tree is balanced by weight (Nievergelt & Reingold, "Binary Search Trees of Bounded Balance"; the factors
/// 3 and 2 are those that Hirai & Yamamoto, "Balancing weight-balanced trees", proved sound), because the sizes are
/// needed anyway. Nothing is ever taken out.
struct TextOrder {
    private static let none = -1

    private struct Node {
        var parent: Int
        var left = TextOrder.none
        var right = TextOrder.none
        /// Elements in this subtree, itself included.
        var size = 1
        /// Visible elements in this subtree.
        var visible: Int
        var isVisible: Bool
    }

    private var nodes = [Node(parent: TextOrder.none, visible: 0, isVisible: false)]
    private var root = 0

    /// Elements, the start included.
    var count: Int { nodes.count }
    var visibleCount: Int { nodes[root].visible }

    func isVisible(_ element: Int) -> Bool { nodes[element].isVisible }

    /// How many elements stand before this one, the start included.
    func rank(_ element: Int) -> Int {
        var rank = size(nodes[element].left)
        var child = element
        while nodes[child].parent != Self.none {
            let parent = nodes[child].parent
            if nodes[parent].right == child { rank += size(nodes[parent].left) + 1 }
            child = parent
        }
        return rank
    }

    /// The element that `position` visible ones stand before; nil past the end.
    func element(atVisible position: Int) -> Int? {
        guard (0..<visibleCount).contains(position) else { return nil }
        var rest = position
        var element = root
        while true {
            let before = visible(nodes[element].left)
            if rest < before {
                element = nodes[element].left
            } else if rest == before && nodes[element].isVisible {
                return element
            } else {
                rest -= before + (nodes[element].isVisible ? 1 : 0)
                element = nodes[element].right
            }
        }
    }

    /// The next element in document order; nil at the end.
    func next(after element: Int) -> Int? {
        if nodes[element].right != Self.none { return leftmost(nodes[element].right) }
        var child = element
        while nodes[child].parent != Self.none {
            let parent = nodes[child].parent
            if nodes[parent].left == child { return parent }
            child = parent
        }
        return nil
    }

    /// A new element, numbered `count`, directly after one that is there.
    mutating func insert(isVisible: Bool, after element: Int) {
        if nodes[element].right == Self.none {
            let new = append(isVisible, below: element)
            nodes[element].right = new
        } else {
            let next = leftmost(nodes[element].right)
            let new = append(isVisible, below: next)
            nodes[next].left = new
        }
        settle(from: nodes[nodes.count - 1].parent)
    }

    /// A new element, numbered `count`, directly before one that is there and is not the start.
    mutating func insert(isVisible: Bool, before element: Int) {
        if nodes[element].left == Self.none {
            let new = append(isVisible, below: element)
            nodes[element].left = new
        } else {
            let previous = rightmost(nodes[element].left)
            let new = append(isVisible, below: previous)
            nodes[previous].right = new
        }
        settle(from: nodes[nodes.count - 1].parent)
    }

    mutating func hide(_ element: Int) {
        guard nodes[element].isVisible else { return }
        nodes[element].isVisible = false
        var ancestor = element
        while ancestor != Self.none {
            nodes[ancestor].visible -= 1
            ancestor = nodes[ancestor].parent
        }
    }

    // MARK: Inside the tree

    private func size(_ node: Int) -> Int { node == Self.none ? 0 : nodes[node].size }
    private func visible(_ node: Int) -> Int { node == Self.none ? 0 : nodes[node].visible }
    private func weight(_ node: Int) -> Int { size(node) + 1 }

    private func leftmost(_ node: Int) -> Int {
        var node = node
        while nodes[node].left != Self.none { node = nodes[node].left }
        return node
    }

    private func rightmost(_ node: Int) -> Int {
        var node = node
        while nodes[node].right != Self.none { node = nodes[node].right }
        return node
    }

    private mutating func append(_ isVisible: Bool, below parent: Int) -> Int {
        nodes.append(Node(parent: parent, visible: isVisible ? 1 : 0, isVisible: isVisible))
        return nodes.count - 1
    }

    /// Counts anew and balances from a node to the root, after a leaf was hung below it.
    private mutating func settle(from node: Int) {
        var node = node
        while node != Self.none {
            count(node)
            node = nodes[balanced(node)].parent
        }
    }

    /// Balances one node whose subtrees are balanced; the node that now stands in its place.
    private mutating func balanced(_ node: Int) -> Int {
        let (left, right) = (nodes[node].left, nodes[node].right)
        if weight(right) > 3 * weight(left) {
            return raise(right, inner: nodes[right].left, outer: nodes[right].right)
        }
        if weight(left) > 3 * weight(right) {
            return raise(left, inner: nodes[left].right, outer: nodes[left].left)
        }
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

    /// A rotation: puts a node above its parent; what stands before what stays.
    private mutating func lift(_ child: Int) {
        let parent = nodes[child].parent
        let above = nodes[parent].parent
        let inner: Int
        if nodes[parent].left == child {
            inner = nodes[child].right
            nodes[parent].left = inner
            nodes[child].right = parent
        } else {
            inner = nodes[child].left
            nodes[parent].right = inner
            nodes[child].left = parent
        }
        if inner != Self.none { nodes[inner].parent = parent }
        nodes[parent].parent = child
        nodes[child].parent = above
        if above == Self.none {
            root = child
        } else if nodes[above].left == parent {
            nodes[above].left = child
        } else {
            nodes[above].right = child
        }
        count(parent)
        count(child)
    }

    private mutating func count(_ node: Int) {
        let (left, right) = (nodes[node].left, nodes[node].right)
        nodes[node].size = 1 + size(left) + size(right)
        nodes[node].visible = (nodes[node].isVisible ? 1 : 0) + visible(left) + visible(right)
    }
}
