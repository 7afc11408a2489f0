import StoepModel

/// A text that several people write at once, for reading and writing at speed: what `TextSequence` says, element by
/// element, it says in runs. `TextSequence` is its oracle; the order, and what is refused, are explained there.
///
/// - Elements get dense numbers as they come. `tree` has them in document order, `scalars` what they are, `origins` the
///   neighbours between which they were put, by run; `changes` and `stretches` lead from an id to a number and back.
/// - Where the two neighbours that an author saw still stand side by side, the new run goes between them, and that is
///   all. Only where somebody else's stands there too is the tree of FugueMax asked (`TextSiblings`), which nobody has
///   to pay for before.
/// - What names an element that is not here waits under that element's id, and is woken by it.
package struct TextDocument: Sendable {
    /// What became of an insert.
    package enum InsertResult: Hashable, Sendable {
        /// All of it is in the sequence, now or already.
        case inserted
        /// An anchor is not here yet: it goes in when that comes.
        case waiting
        /// It can never be in this sequence, and nothing changed.
        case refused(Refusal)
    }

    /// Why an insert can never be in the sequence.
    package enum Refusal: Hashable, Sendable {
        /// More scalars than there are offsets from the first on.
        case offsetOverflow
        /// An anchor is one of the run's own elements.
        case anchoredInItself
        /// The left anchor does not stand before the right one.
        case anchorsOutOfOrder
        /// One of the ids is here already, with another scalar or other neighbours.
        case otherContent
    }

    /// The start of the text, as a number of an element.
    static let start: UInt32 = 0
    /// The end of the text, where a right origin is meant.
    static let end = TextTree.none

    /// What is known of one change's elements.
    struct Holding {
        let point: ChangePoint
        /// The first elements that came, as a rule all there are: offsets from `offset` on, numbers from `element` on.
        private(set) var offset = 0
        private(set) var element: UInt32 = 0
        private(set) var count = 0
        private(set) var elements = TextHoldings()
        /// What waits for elements of this change, by their offsets.
        var waiting: [UInt32: [ElementID]] = [:]

        init(point: ChangePoint) { self.point = point }

        mutating func add(_ offsets: Range<Int>, element first: UInt32) {
            elements.add(offsets, element: Int(first))
            if count == 0 { (offset, element, count) = (offsets.lowerBound, first, offsets.count) }
        }

        mutating func hide(_ offsets: Range<Int>) { elements.hide(offsets) }

        /// The number of the element with this offset.
        func number(at offset: Int) -> UInt32? {
            let place = offset &- self.offset
            if place >= 0, place < count { return element &+ UInt32(truncatingIfNeeded: place) }
            return elements.element(at: offset).map { UInt32(truncatingIfNeeded: $0) }
        }

        /// The number of the first of these elements, where all of them are here with consecutive numbers.
        func number(ofAll offsets: Range<Int>) -> UInt32? {
            let place = offsets.lowerBound &- offset
            if place >= 0, place < count, offsets.upperBound <= offset &+ count {
                return element &+ UInt32(truncatingIfNeeded: place)
            }
            return elements.first(ofAll: offsets).map { UInt32(truncatingIfNeeded: $0) }
        }
    }

    /// Elements with consecutive numbers and consecutive offsets of one change.
    struct Stretch {
        let element: UInt32
        let change: Int
        let offset: UInt32
    }

    /// A run whose anchor is not here yet.
    struct Waiting {
        let scalars: [Unicode.Scalar]
        let left: ElementID?
        let right: ElementID?
        var visible: Bool
    }

    var tree = TextTree()
    /// In the tree's place while a history is imported into an empty document and nobody's text stands in another's way.
    var list: TextList?
    var scalars = TextScalars()
    var origins = TextOrigins()
    var siblings = TextSiblings()
    var changes: ContiguousArray<Holding> = []
    var changeNumbers: [ChangePoint: Int] = [:]
    /// Ascending.
    var stretches: ContiguousArray<Stretch> = []
    /// By the first of their ids.
    var waiting: [ElementID: Waiting] = [:]
    /// Runs that wait no more, still to be put in.
    var woken: [ElementID] = []
    /// What has been edited here and is no change yet.
    var open: OpenEdits?

    package init() {
        scalars.append("\0")
    }

    /// How many scalars the text has.
    package var count: Int {
        precondition(list == nil, "an import that has to be finished first")
        return tree.visibleCount
    }

    /// How many runs wait for an element that is not here yet.
    package var pending: Int { waiting.count }

    // MARK: Ids and numbers

    func number(_ id: ElementID) -> UInt32? {
        guard let change = changeNumbers[id.point] else { return nil }
        return changes[change].number(at: Int(id.offset))
    }

    /// The id of an element that belongs to a change.
    func id(_ element: UInt32) -> ElementID {
        let stretch = stretches[stretches.partitioning { $0.element > element } - 1]
        return ElementID(point: changes[stretch.change].point, offset: stretch.offset + (element - stretch.element))
    }

    mutating func changeNumber(_ point: ChangePoint) -> Int {
        if let number = changeNumbers[point] { return number }
        changeNumbers[point] = changes.count
        changes.append(Holding(point: point))
        return changes.count - 1
    }
}
