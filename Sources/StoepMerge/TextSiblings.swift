import StoepModel

/// The tree of FugueMax, as far as it branches: for each element that has children besides the one that follows it in
/// its own run, all of its left or right children in order.
///
/// It is made when it is first needed, and then kept up with what has come since.
struct TextSiblings: Sendable {
    /// Lists of children by parent, both ascending by parent.
    struct Lists: Sendable {
        private var parents: ContiguousArray<UInt32> = []
        private var children: ContiguousArray<ContiguousArray<UInt32>> = []

        func index(of parent: UInt32) -> Int? {
            let index = parents.partitioning { $0 >= parent }
            return index < parents.count && parents[index] == parent ? index : nil
        }

        /// The children of a parent; none where it has no list.
        subscript(_ parent: UInt32) -> ContiguousArray<UInt32> {
            index(of: parent).map { children[$0] } ?? []
        }

        func children(at index: Int) -> ContiguousArray<UInt32> { children[index] }

        /// The first parent with a list from `element` on.
        func first(from element: UInt32) -> UInt32? {
            let index = parents.partitioning { $0 >= element }
            return index < parents.count ? parents[index] : nil
        }

        /// The last parent with a list before `element`.
        func last(before element: UInt32) -> UInt32? {
            let index = parents.partitioning { $0 >= element }
            return index > 0 ? parents[index - 1] : nil
        }

        mutating func insert(_ child: UInt32, at position: Int, of parent: UInt32, orElse only: UInt32?) {
            let index = parents.partitioning { $0 >= parent }
            if index == parents.count || parents[index] != parent {
                parents.insert(parent, at: index)
                children.insert(only.map { [$0] } ?? [], at: index)
            }
            children[index].insert(child, at: position)
        }
    }

    var left = Lists()
    var right = Lists()
    /// How many of the runs are in here; the first is the start.
    var known = 1

    /// Whether an element has right children that a run which goes on behind it would have to be told from.
    func hasChildren(_ element: UInt32) -> Bool { known > 1 && right.index(of: element) != nil }
}

/// Where a run goes that others stand in the way of.
enum TextSpot {
    case after(UInt32)
    case before(UInt32)
}

/// A way through the tree that ends at a spot, taken one step at a time: two of them lead to every spot, and the shorter
/// is found by taking them in turn. So no chain of children, however long, is walked again and again.
private enum TextWalk {
    /// Down to the last element of a subtree.
    case lastBelow(UInt32)
    /// Down to its first.
    case firstBelow(UInt32)
    /// To what comes after the subtree.
    case afterAll(UInt32)
    /// To what comes before it.
    case beforeAll(UInt32)
    case done(TextSpot)
}

extension TextDocument {
    /// Where a new run goes between its origins, whatever stands there.
    mutating func spot(left: UInt32, right: UInt32, id: ElementID) -> TextSpot {
        catchUp()
        var (one, other): (TextWalk, TextWalk)
        if right != Self.end, origins.left(of: right) == left {
            let children = siblings.left[right]
            let index = children.partitioning { id < self.id($0) }
            one = index > 0 ? .lastBelow(children[index - 1]) : .beforeAll(right)
            other = index < children.count ? .firstBelow(children[index]) : .done(.before(right))
        } else {
            let children = rightChildren(of: left)
            let index = children.partitioning { precedes(right, id, $0) }
            one = index > 0 ? .lastBelow(children[index - 1]) : .done(.after(left))
            if index > 0, PlantedFault.interleaveTexts.isOn { one = .done(.after(children[index - 1])) }
            other = index < children.count ? .firstBelow(children[index]) : .afterAll(left)
        }
        while true {
            if case .done(let spot) = one { return spot }
            if case .done(let spot) = other { return spot }
            one = step(one)
            other = step(other)
        }
    }

    /// Brings the lists up to the runs that are here.
    private mutating func catchUp() {
        while siblings.known < origins.runs.count {
            let run = origins.runs[siblings.known]
            siblings.known += 1
            if isLeftChild(run) {
                let id = id(run.first)
                let index = siblings.left[run.right].partitioning { id < self.id($0) }
                siblings.left.insert(run.first, at: index, of: run.right, orElse: nil)
            } else {
                let children = rightChildren(of: run.left)
                let index = children.partitioning { precedes(run, $0) }
                siblings.right.insert(run.first, at: index, of: run.left, orElse: following(run.left))
            }
        }
    }

    private func isLeftChild(_ run: TextOrigins.Run) -> Bool {
        run.right != Self.end && origins.left(of: run.right) == run.left
    }

    /// The element that follows in the same run, which is a right child.
    private func following(_ element: UInt32) -> UInt32? {
        let last = origins.last(ofRun: origins.index(of: element), count: tree.count)
        return element < last ? element + 1 : nil
    }

    private func rightChildren(of element: UInt32) -> ContiguousArray<UInt32> {
        if let index = siblings.right.index(of: element) { return siblings.right.children(at: index) }
        return following(element).map { [$0] } ?? []
    }

    /// Right children: the later in the document their right origin, the earlier they; then by id.
    private func precedes(_ right: UInt32, _ id: @autoclosure () -> ElementID, _ child: UInt32) -> Bool {
        let other = origins.right(of: child)
        return right == other ? id() < self.id(child) : tree.precedes(other, right)
    }

    private func precedes(_ run: TextOrigins.Run, _ child: UInt32) -> Bool {
        precedes(run.right, id(run.first), child)
    }

    private func step(_ walk: TextWalk) -> TextWalk {
        switch walk {
        case .done: walk
        case .lastBelow(let element): lastBelow(element)
        case .firstBelow(let element):
            siblings.left[element].first.map { .firstBelow($0) } ?? .done(.before(element))
        case .afterAll(let element): afterAll(element)
        case .beforeAll(let element): beforeAll(element)
        }
    }

    private func lastBelow(_ element: UInt32) -> TextWalk {
        let last = origins.last(ofRun: origins.index(of: element), count: tree.count)
        // The next element of the run that has other children than its follower.
        if let parent = siblings.right.first(from: element), parent <= last, let child = siblings.right[parent].last {
            return .lastBelow(child)
        }
        return .done(.after(last))
    }

    private func afterAll(_ element: UInt32) -> TextWalk {
        guard element != Self.start else { return .done(.after(tree.last)) }
        let run = origins.run(of: element)
        if run.first == element, isLeftChild(run) {
            let children = siblings.left[run.right]
            let next = position(ofLeft: element, in: children) + 1
            return next < children.count ? .firstBelow(children[next]) : .done(.before(run.right))
        }
        // Within a run, up to where others branch off.
        var (parent, child) = (run.left, run.first)
        if run.first != element {
            guard let above = siblings.right.last(before: element), above >= run.first else {
                return .afterAll(run.first)
            }
            (parent, child) = (above, above + 1)
        }
        let children = rightChildren(of: parent)
        let next = position(ofRight: child, in: children) + 1
        return next < children.count ? .firstBelow(children[next]) : .afterAll(parent)
    }

    private func beforeAll(_ element: UInt32) -> TextWalk {
        guard element != Self.start else { return .done(.after(element)) }
        let run = origins.run(of: element)
        if run.first == element, isLeftChild(run) {
            let children = siblings.left[run.right]
            let index = position(ofLeft: element, in: children)
            return index > 0 ? .lastBelow(children[index - 1]) : .beforeAll(run.right)
        }
        let parent = run.first == element ? run.left : element - 1
        let children = rightChildren(of: parent)
        let index = position(ofRight: element, in: children)
        return index > 0 ? .lastBelow(children[index - 1]) : .done(.after(parent))
    }

    private func position(ofLeft child: UInt32, in children: ContiguousArray<UInt32>) -> Int {
        let id = id(child)
        return children.partitioning { id <= self.id($0) }
    }

    private func position(ofRight child: UInt32, in children: ContiguousArray<UInt32>) -> Int {
        let (right, id) = (origins.right(of: child), id(child))
        // The first that does not precede the child: the child itself.
        return children.partitioning { other in !precedes(origins.right(of: other), self.id(other), right, id) }
    }

    private func precedes(_ right: UInt32, _ id: ElementID, _ otherRight: UInt32, _ otherID: ElementID) -> Bool {
        right == otherRight ? id < otherID : tree.precedes(otherRight, right)
    }
}
