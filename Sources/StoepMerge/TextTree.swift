/// The elements of a text in document order, tombstones included: a B+tree whose leaves hold runs of elements with
/// consecutive numbers, in flat pools of plain integers.
///
/// Elements are known by dense numbers in the order of their arrival; number 0 is the start of the text, before which
/// nothing stands. `leafOf` leads from any element to its leaf, so that a place is found without searching from the top.
/// Nothing is ever taken out.
///
/// No `mutableSpan` of these arrays: after one, Swift 6.3.1 takes the buffer for unique for good, and in a release build a
/// write to a copy then reached the original.
struct TextTree: Sendable {
    /// Entries of a leaf, children of a node.
    static let fanout = 24
    /// Elements of one entry: what a leaf that is split moves stays bounded.
    static let longest: UInt32 = 512
    static let none = UInt32.max

    /// Elements with consecutive numbers that stand one after another, all of them visible or none.
    struct Entry: Sendable {
        var first: UInt32
        /// Twice the length, and one more where they are not visible.
        private var packed: UInt32

        init(first: UInt32, length: UInt32, isDead: Bool) {
            self.first = first
            packed = length << 1 | (isDead ? 1 : 0)
        }

        var length: UInt32 { packed >> 1 }
        var isDead: Bool { packed & 1 == 1 }
        /// One past the last.
        var end: UInt32 { first &+ length }
        var visible: UInt32 { isDead ? 0 : length }

        mutating func grow(by count: UInt32) { packed &+= count << 1 }
        mutating func shrink(by count: UInt32) { packed &-= count << 1 }
        mutating func die() { packed |= 1 }
    }

    /// Where an element stands: its leaf, which entry there, and how far into it.
    struct Place {
        let leaf: Int
        let entry: Int
        let offset: UInt32
    }

    // By leaf; its entries begin at `fanout` times its number.
    var entries: ContiguousArray<Entry>
    var entryCount: ContiguousArray<Int32> = [1]
    var nextLeaf: ContiguousArray<UInt32> = [Self.none]
    var leafParent: ContiguousArray<UInt32> = [Self.none]
    var leafVisible: ContiguousArray<UInt32> = [0]
    /// By element; somewhat longer than there are elements.
    var leafOf: ContiguousArray<UInt32> = [0]
    /// Elements, the start included; the number of the next to come.
    var count: UInt32 = 1
    // By inner node; the children are leaves where its level is 1.
    var children: ContiguousArray<UInt32> = []
    var childVisible: ContiguousArray<UInt32> = []
    var childCount: ContiguousArray<Int32> = []
    var nodeParent: ContiguousArray<UInt32> = []
    var nodeLevel: ContiguousArray<Int32> = []
    /// A leaf while there is only one.
    var root: UInt32 = 0
    var visibleCount = 0

    /// Whether the visible counts of leaves and nodes hold. A bulk import leaves them for one pass at its end.
    var isCounted = true
    /// The leaf whose ancestors' counts still lack `owed`: while somebody types, only the leaf changes.
    var owing = Self.none
    var owed: Int32 = 0
    /// The leaf that was looked in last, and how many visible elements stand before it.
    var cursorLeaf = Self.none
    var cursorStart = 0

    init() {
        entries = ContiguousArray(repeating: Entry(first: 0, length: 0, isDead: true), count: Self.fanout)
        entries[0] = Entry(first: 0, length: 1, isDead: true)
    }

    func place(of element: UInt32) -> Place {
        let leaf = Int(leafOf[Int(element)])
        let base = leaf * Self.fanout
        let slots = entries.span
        for index in 0..<Int(entryCount[leaf]) {
            let entry = slots[base &+ index]
            let offset = element &- entry.first
            if offset < entry.length { return Place(leaf: leaf, entry: index, offset: offset) }
        }
        preconditionFailure("an element is not in its leaf")
    }

    func entry(at place: Place) -> Entry { entries[place.leaf * Self.fanout + place.entry] }

    /// The next element in document order; `none` at the end.
    func next(after element: UInt32) -> UInt32 { next(after: place(of: element)) }

    func next(after place: Place) -> UInt32 {
        let entry = entry(at: place)
        if place.offset + 1 < entry.length { return entry.first + place.offset + 1 }
        if place.entry + 1 < Int(entryCount[place.leaf]) {
            return entries[place.leaf * Self.fanout + place.entry + 1].first
        }
        let next = nextLeaf[place.leaf]
        return next == Self.none ? Self.none : entries[Int(next) * Self.fanout].first
    }

    /// The last element in document order.
    var last: UInt32 {
        var at = root
        if !nodeParent.isEmpty {
            var level = nodeLevel[Int(root)]
            while level > 0 {
                at = children[Int(at) * Self.fanout + Int(childCount[Int(at)]) - 1]
                level -= 1
            }
        }
        return entries[Int(at) * Self.fanout + Int(entryCount[Int(at)]) - 1].end - 1
    }

    /// Whether `a` stands before `b`; `none` is the end of the text.
    func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
        if a == Self.none || b == Self.none { return a != b && b == Self.none }
        var (left, right) = (leafOf[Int(a)], leafOf[Int(b)])
        if left == right {
            let (p, q) = (place(of: a), place(of: b))
            return p.entry == q.entry ? a < b : p.entry < q.entry
        }
        var (above, other) = (leafParent[Int(left)], leafParent[Int(right)])
        while above != other {
            (left, right) = (above, other)
            (above, other) = (nodeParent[Int(left)], nodeParent[Int(right)])
        }
        return index(of: left, in: above) < index(of: right, in: above)
    }

    func index(of child: UInt32, in node: UInt32) -> Int {
        let base = Int(node) * Self.fanout
        for index in 0..<Int(childCount[Int(node)]) where children[base + index] == child { return index }
        preconditionFailure("a child is not in its node")
    }

    /// Calls for every entry, in order.
    func forEachEntry(_ body: (Entry) -> Void) {
        var leaf = firstLeaf
        while leaf != Self.none {
            let base = Int(leaf) * Self.fanout
            for index in 0..<Int(entryCount[Int(leaf)]) { body(entries[base + index]) }
            leaf = nextLeaf[Int(leaf)]
        }
    }

    /// The start of the text never moves.
    private var firstLeaf: UInt32 { leafOf[0] }
}
