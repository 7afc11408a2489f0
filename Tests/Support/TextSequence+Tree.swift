import StoepMerge
import StoepModel

/// The tree of FugueMax, and with it the place of an element in the document.
extension TextSequence {
    /// Takes scalars that are not here yet, the first of them between its origins, which are.
    mutating func take(
        _ scalars: ArraySlice<Unicode.Scalar>, at point: ChangePoint, _ offsets: Range<Int>,
        after leftOrigin: Int, before rightOrigin: Int, visible: Bool
    ) {
        var held = holdings.removeValue(forKey: point) ?? TextHoldings()
        let first = nodes.count
        held.add(offsets, element: first)
        var areVisible: [Bool] = []
        var previous = leftOrigin
        for (offset, scalar) in zip(offsets, scalars) {
            nodes.append(
                Node(
                    id: ElementID(point: point, offset: UInt32(offset)), scalar: scalar, leftOrigin: previous,
                    rightOrigin: rightOrigin))
            areVisible.append(visible && !held.isRemoved(offset))
            previous = nodes.count - 1
        }
        holdings[point] = held

        hang(first, isVisible: areVisible[0])
        // Each of the others is the only child of the one before it, and follows it.
        order.insert(areVisible: Array(areVisible.dropFirst()), after: first)
        for element in (first + 1)..<nodes.count { nodes[element - 1].rightChildren = [element] }
    }

    /// Hangs a new element into the tree and puts it into its place in the document.
    private mutating func hang(_ new: Int, isVisible: Bool) {
        let node = nodes[new]
        let (left, right) = (node.leftOrigin, node.rightOrigin)
        if right != Self.end, nodes[right].leftOrigin == left {
            let index = nodes[right].leftChildren.partitioning { node.id < nodes[$0].id }
            if index > 0 {
                order.insert(isVisible: isVisible, after: last(below: nodes[right].leftChildren[index - 1]))
            } else {
                order.insert(isVisible: isVisible, before: first(below: right))
            }
            nodes[right].leftChildren.insert(new, at: index)
        } else {
            let index = nodes[left].rightChildren.partitioning { precedesAsRightChild(node, nodes[$0]) }
            let previous = index > 0 ? last(below: nodes[left].rightChildren[index - 1]) : left
            order.insert(isVisible: isVisible, after: previous)
            nodes[left].rightChildren.insert(new, at: index)
        }
    }

    /// Where an origin stands in the document: comparable, and valid until the next insert.
    func place(_ origin: Int) -> Int {
        origin == Self.end ? .max : order.rank(origin)
    }

    private func precedesAsRightChild(_ a: Node, _ b: Node) -> Bool {
        a.rightOrigin == b.rightOrigin ? a.id < b.id : place(b.rightOrigin) < place(a.rightOrigin)
    }

    /// The last element in the document of a subtree.
    private func last(below element: Int) -> Int {
        var element = element
        while let child = nodes[element].rightChildren.last { element = child }
        return element
    }

    /// The first element in the document of a subtree.
    private func first(below element: Int) -> Int {
        var element = element
        while let child = nodes[element].leftChildren.first { element = child }
        return element
    }
}
