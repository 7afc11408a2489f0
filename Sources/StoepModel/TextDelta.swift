/// What one change did to one text: the runs of scalars that it put in, and the elements that it took away.
///
/// Every inserted scalar is an element. The inserts stand in the order in which their author made them, and their
/// elements are numbered through in that order, so that a later run can stand between elements of an earlier one.
/// Deletes need no order, for a removal never waits and is never undone: they stand ascending, as few as there can be.
///
/// Invariants, which a decoder holds against what comes from outside and an encoder against us:
/// - `text` has `scalarCount` scalars, and the runs' counts, none of them 0, add up to that;
/// - an anchor in the delta itself is an element of an earlier run;
/// - no run just continues the one before it (left: its last element; right: the same), for then they are one;
/// - deletes ascend by entry, then offset, and no two touch; one of the delta's own elements stays within them.
public struct TextDelta: Sendable {
    /// An element as a delta names it.
    public struct Anchor: Hashable, Sendable {
        /// 0 for the delta itself, where `offset` counts the scalars that it inserts; else one more than an entry of the
        /// payload's table.
        public let entry: UInt32
        public let offset: UInt32

        @inlinable public init(entry: UInt32, offset: UInt32) {
            self.entry = entry
            self.offset = offset
        }

        @inlinable public init(key: UInt64) {
            self.init(entry: UInt32(truncatingIfNeeded: key >> 32), offset: UInt32(truncatingIfNeeded: key))
        }

        @inlinable public var key: UInt64 { UInt64(entry) << 32 | UInt64(offset) }
    }

    /// A run of scalars: the first between the two neighbours that its author saw (nil: the start, the end of the
    /// text), each of the others between the one before it and the same right neighbour.
    public struct Insert: Hashable, Sendable {
        /// Anchors as numbers: entry, then offset; `nowhere` for none. Thousands of them are compared and copied.
        public var leftKey: UInt64
        public var rightKey: UInt64
        public var count: UInt32

        public static let nowhere = UInt64.max

        @inlinable public init(leftKey: UInt64, rightKey: UInt64, count: UInt32) {
            self.leftKey = leftKey
            self.rightKey = rightKey
            self.count = count
        }

        @inlinable public init(left: Anchor?, right: Anchor?, count: UInt32) {
            self.init(leftKey: left?.key ?? Self.nowhere, rightKey: right?.key ?? Self.nowhere, count: count)
        }

        @inlinable public var left: Anchor? { leftKey == Self.nowhere ? nil : Anchor(key: leftKey) }
        @inlinable public var right: Anchor? { rightKey == Self.nowhere ? nil : Anchor(key: rightKey) }
    }

    /// Elements with `count` consecutive offsets.
    public struct Delete: Hashable, Sendable {
        public let first: Anchor
        public let count: UInt32

        @inlinable public init(first: Anchor, count: UInt32) {
            self.first = first
            self.count = count
        }
    }

    public var inserts: [Insert]
    public var deletes: [Delete]
    /// The scalars of all runs, one run after another.
    public var text: String
    public var scalarCount: UInt32

    public init(inserts: [Insert] = [], deletes: [Delete] = [], text: String = "", scalarCount: UInt32 = 0) {
        self.inserts = inserts
        self.deletes = deletes
        self.text = text
        self.scalarCount = scalarCount
    }

    /// A text that begins: everything between start and end.
    public init(beginning text: String) {
        let count = UInt32(clamping: text.unicodeScalars.count)
        self.init(
            inserts: count == 0 ? [] : [Insert(left: nil, right: nil, count: count)], text: text, scalarCount: count)
    }

    public var isEmpty: Bool { inserts.isEmpty && deletes.isEmpty }
}

extension TextDelta: Hashable {
    /// Texts are equal as their UTF-8 bytes.
    public static func == (a: Self, b: Self) -> Bool {
        a.scalarCount == b.scalarCount && a.inserts == b.inserts && a.deletes == b.deletes
            && a.text.utf8.elementsEqual(b.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(inserts)
        hasher.combine(deletes)
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
