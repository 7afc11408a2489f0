import StoepMerge
import StoepModel

/// A text that several people write at once, element by element: the plain form of FugueMax (Weidner & Kleppmann,
/// "The Art of the Fugue: Minimizing Interleaving in Collaborative Text Editing", 2023), and the oracle of anything
/// faster.
///
/// Every scalar is an element. It names the neighbours between which its author put it, its left and right *origin*,
/// and the elements form a tree:
///
/// - An element is a left child of its right origin, where that has the same left origin; else it is a right child of
///   its left origin (the start of the text, where that is nil).
/// - The text is the tree walked in order: left children, the element, right children.
/// - Left children are ordered by id. Right children are ordered by their right origins, the later in the document
///   first (the end of the text is the latest), and by id where these are the same.
///
/// As no element ever moves against another, the order of any two is settled by the set of elements they stand on, and
/// so the text is the same whatever the order of arrival. That holds for any anchors, also for those that no editor
/// would have written. An insert costs O(log n), and where others wrote at the very same place, as many steps as the
/// text that follows on from the one just before it.
package struct TextSequence: Sendable {
    /// The start of the text, as a number of an element.
    static let start = 0
    /// The end of the text, where a right origin is meant.
    static let end = Int.max

    /// An element as the tree has it; others are meant by their numbers.
    struct Node {
        let id: ElementID
        let scalar: Unicode.Scalar
        let leftOrigin: Int
        let rightOrigin: Int
        var leftChildren: [Int] = []
        var rightChildren: [Int] = []
    }

    /// By number; the first is the start, whose id and scalar mean nothing.
    var nodes: [Node]
    var order = TextOrder()
    var holdings: [ChangePoint: TextHoldings] = [:]

    package init() {
        let nowhere = ChangePoint(actor: ActorID(Bytes16(high: 0, low: 0)), seq: 0, check: 0)
        nodes = [
            Node(id: ElementID(point: nowhere, offset: 0), scalar: "\0", leftOrigin: Self.start, rightOrigin: Self.end)
        ]
    }

    package typealias InsertResult = TextDocument.InsertResult
    package typealias Refusal = TextDocument.Refusal

    /// Takes a run of scalars with ids `first`, and then consecutive offsets, that its author put between `left` and
    /// `right` (nil: start, end of the text). Each scalar after the first has the one before it as its left origin.
    /// Taking the same again changes nothing, but for hiding what is now masked.
    ///
    /// - Parameter visible: false for masked text, which anchors others and is never shown.
    @discardableResult
    package mutating func insert(
        _ scalars: some Collection<Unicode.Scalar>, first: ElementID, left: ElementID?, right: ElementID?,
        visible: Bool = true
    ) -> InsertResult {
        let lower = Int(first.offset)
        guard scalars.count <= Int(UInt32.max) - lower + 1 else { return .refused(.offsetOverflow) }
        return insert(Array(scalars), at: first.point, lower..<lower + scalars.count, left, right, visible)
    }

    private mutating func insert(
        _ scalars: [Unicode.Scalar], at point: ChangePoint, _ offsets: Range<Int>, _ left: ElementID?,
        _ right: ElementID?, _ visible: Bool
    ) -> InsertResult {
        guard !offsets.isEmpty else { return .inserted }
        for anchor in [left, right] {
            if let anchor, anchor.point == point, offsets.contains(Int(anchor.offset)) {
                return .refused(.anchoredInItself)
            }
        }
        guard let leftOrigin = left.map(number) ?? Self.start, let rightOrigin = right.map(number) ?? Self.end else {
            return .waiting
        }
        guard place(leftOrigin) < place(rightOrigin) else { return .refused(.anchorsOutOfOrder) }

        guard let known = knownPrefix(of: scalars, at: point, offsets, leftOrigin, rightOrigin) else {
            return .refused(.otherContent)
        }
        if !visible {
            for offset in offsets.prefix(known) { hide(point, offset) }
        }
        let rest = offsets.lowerBound + known..<offsets.upperBound
        guard !rest.isEmpty else { return .inserted }

        let before = known == 0 ? leftOrigin : holdings[point]?.element(at: rest.lowerBound - 1)
        take(
            scalars[known...], at: point, rest, after: before ?? leftOrigin, before: rightOrigin,
            visible: visible)
        return .inserted
    }

    /// Removes the elements `first` and on, `count` consecutive offsets (up to the last offset there is). It never
    /// waits: an element that is not here yet will come hidden.
    package mutating func delete(first: ElementID, count: UInt32) {
        let lower = Int(first.offset)
        let upper = min(lower + Int(count), Int(UInt32.max) + 1)
        guard lower < upper else { return }
        for offsets in holdings[first.point, default: TextHoldings()].remove(lower..<upper) {
            for elements in holdings[first.point]?.elements(in: offsets) ?? [] {
                for element in elements { order.hide(element) }
            }
        }
    }

    /// The number of an element that is here.
    func number(_ id: ElementID) -> Int? {
        holdings[id.point]?.element(at: Int(id.offset))
    }

    private mutating func hide(_ point: ChangePoint, _ offset: Int) {
        if let element = holdings[point]?.element(at: offset) { order.hide(element) }
    }

    /// How many of the run's first scalars are here already, the very same; nil where one of them is here and differs.
    /// As each stands on the one before it, what is here of a run can only be a beginning.
    private func knownPrefix(
        of scalars: [Unicode.Scalar], at point: ChangePoint, _ offsets: Range<Int>,
        _ leftOrigin: Int, _ rightOrigin: Int
    ) -> Int? {
        guard let held = holdings[point] else { return 0 }
        var known = 0
        var previous = leftOrigin
        for (offset, scalar) in zip(offsets, scalars) {
            guard let element = held.element(at: offset) else { break }
            let node = nodes[element]
            guard node.scalar == scalar, node.leftOrigin == previous, node.rightOrigin == rightOrigin else {
                return nil
            }
            known += 1
            previous = element
        }
        return held.holdsAny(of: offsets.lowerBound + known..<offsets.upperBound) ? nil : known
    }
}
