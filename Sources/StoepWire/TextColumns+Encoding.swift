import StoepModel

/// The columns of a text delta (`Protocol/README.md`, Edit): unsigned LEB128 numbers, one column after another, so that
/// like stands by like and deflates well; most numbers are zero because the decoder predicts what they stand for.
///
/// 1. Where there is text: the number of runs, less one.
/// 2. For each run its *kind*, 3 × left + right: left is 0 for the start of the text, 1 for an element of the delta itself,
///    2 and up for one of the table's; right is 0 for the obvious (the end for a run at the start, else the element that
///    was made just after the left one), 1 for the right neighbour of the run before, 2 for another.
/// 3. For each run but the last its length, less one.
/// 4. For each run the offset of its left anchor, then (right being 2) 0 for the end of the text or one more than the
///    entry, and its offset. An own offset counts back from the element made last; another is the difference from the
///    last offset that was named in that entry, zigzag, or the offset itself where none was.
/// 5. For the delta itself, then each entry of the table: how many deletes; for each the gap from where the one before
///    ended, less one (the first: from 0), and its length, less one.
///
/// Zeros at the very end are left out; what a reader lacks is zero.
extension TextDelta {
    func columns(table: Int) -> [UInt8] {
        var columns = TextColumnWriter(table: table)
        columns.write(inserts: inserts, scalars: scalarCount)
        columns.write(deletes: deletes, scalars: scalarCount)
        return columns.trimmed()
    }
}

private struct TextColumnWriter {
    private var bytes: [UInt8] = []
    private let table: Int
    /// By entry, the last offset that was named there.
    private var lastOffsets: TextOffsets

    init(table: Int) {
        self.table = table
        lastOffsets = TextOffsets(entries: table + 1)
    }

    mutating func write(inserts: [TextDelta.Insert], scalars: UInt32) {
        guard scalars > 0 else {
            precondition(inserts.isEmpty, "runs of nothing")
            return
        }
        precondition(!inserts.isEmpty, "text without a run")
        number(UInt64(inserts.count - 1))
        var predictor = TextRightPredictor()
        var kinds: [UInt64] = []
        kinds.reserveCapacity(inserts.count)
        for insert in inserts {
            precondition(insert.count > 0 && !predictor.continues(insert), "a run that is none of its own")
            let right = predictor.kind(of: insert.right, left: insert.left)
            kinds.append(3 * (insert.left.map { UInt64($0.entry) + 1 } ?? 0) + right)
            predictor.take(insert)
        }
        precondition(predictor.made == scalars, "runs and text of different lengths")
        for kind in kinds { number(kind) }
        for insert in inserts.dropLast() { number(UInt64(insert.count - 1)) }
        var made: UInt32 = 0
        for (insert, kind) in zip(inserts, kinds) {
            if let left = insert.left { offset(of: left, made: made) }
            if kind % 3 == TextRightPredictor.other {
                number(insert.right.map { UInt64($0.entry) + 1 } ?? 0)
                if let right = insert.right { offset(of: right, made: made) }
            }
            made += insert.count
        }
    }

    mutating func write(deletes: [TextDelta.Delete], scalars: UInt32) {
        guard let last = deletes.last else { return }
        precondition(Int(last.first.entry) <= table, "a delete outside the table")
        var next = 0
        for entry in 0...last.first.entry {
            let start = next
            while next < deletes.count, deletes[next].first.entry == entry { next += 1 }
            number(UInt64(next - start))
            var reached: UInt64?
            for delete in deletes[start..<next] {
                let first = UInt64(delete.first.offset)
                let end = first + UInt64(delete.count)
                precondition(delete.count > 0 && end <= (entry == 0 ? UInt64(scalars) : UInt64(UInt32.max)))
                if let reached {
                    precondition(first > reached, "deletes that touch, or do not ascend")
                    number(first - reached - 1)
                } else {
                    number(first)
                }
                number(UInt64(delete.count - 1))
                reached = end
            }
        }
        precondition(next == deletes.count, "deletes that do not ascend")
    }

    private mutating func offset(of anchor: TextDelta.Anchor, made: UInt32) {
        precondition(Int(anchor.entry) <= table, "an anchor outside the table")
        if anchor.entry == 0 {
            precondition(anchor.offset < made, "an anchor in what is still to come")
            number(UInt64(made - 1 - anchor.offset))
        } else {
            number(lastOffsets.code(of: anchor.offset, in: Int(anchor.entry)))
        }
    }

    private mutating func number(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    func trimmed() -> [UInt8] {
        var bytes = bytes
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }
}

/// What a run's right anchor is expected to be; the same for writer and reader.
struct TextRightPredictor {
    static let obvious: UInt64 = 0
    static let asBefore: UInt64 = 1
    static let other: UInt64 = 2

    /// Elements made so far.
    private(set) var made: UInt32 = 0
    private var before: TextDelta.Anchor?

    /// The element made just after the left one; `isKnown` is false where there is none to name.
    func obvious(_ left: TextDelta.Anchor?) -> (right: TextDelta.Anchor?, isKnown: Bool) {
        guard let left else { return (nil, true) }
        guard left.offset < (left.entry == 0 ? made - 1 : .max) else { return (nil, false) }
        return (TextDelta.Anchor(entry: left.entry, offset: left.offset + 1), true)
    }

    func kind(of right: TextDelta.Anchor?, left: TextDelta.Anchor?) -> UInt64 {
        let guess = obvious(left)
        if guess.isKnown, guess.right == right { return Self.obvious }
        return before == right ? Self.asBefore : Self.other
    }

    /// The right anchor that a kind stands for; nil for another, or where the kind cannot stand there.
    func right(_ kind: UInt64, left: TextDelta.Anchor?) -> TextDelta.Anchor?? {
        let right: TextDelta.Anchor?
        switch kind {
        case Self.obvious: right = obvious(left).right
        case Self.asBefore: right = before
        default: return nil
        }
        return self.kind(of: right, left: left) == kind ? .some(right) : nil
    }

    /// Whether the run only goes on with the one before it.
    func continues(_ insert: TextDelta.Insert) -> Bool {
        guard let left = insert.left, left.entry == 0, made > 0 else { return false }
        return left.offset == made - 1 && insert.right == before
    }

    mutating func take(_ insert: TextDelta.Insert) {
        made += insert.count
        before = insert.right
    }
}

/// The last offset that was named in each entry of a table, from which the next is told.
struct TextOffsets {
    /// By entry, -1 where none was named; empty where the table is large, so that a payload of many small deltas over one
    /// large table does not pay for the table again and again.
    private var near: [Int64]
    private var far: [Int: Int64] = [:]

    init(entries: Int) {
        near = entries <= 64 ? Array(repeating: -1, count: entries) : []
    }

    mutating func code(of offset: UInt32, in entry: Int) -> UInt64 {
        let last = take(Int64(offset), in: entry)
        guard last >= 0 else { return UInt64(offset) }
        let difference = Int64(offset) - last
        return UInt64(bitPattern: difference << 1 ^ difference >> 63)
    }

    /// Nil where the code leads out of what an offset can be.
    mutating func offset(of code: UInt64, in entry: Int) -> UInt32? {
        let last = near.isEmpty ? far[entry] ?? -1 : near[entry]
        let difference = Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1)
        guard let offset = UInt32(exactly: last >= 0 ? last + difference : Int64(bitPattern: code)) else { return nil }
        take(Int64(offset), in: entry)
        return offset
    }

    /// The offset that was the last until now, or -1.
    @discardableResult
    private mutating func take(_ offset: Int64, in entry: Int) -> Int64 {
        if near.isEmpty { return far.updateValue(offset, forKey: entry) ?? -1 }
        defer { near[entry] = offset }
        return near[entry]
    }
}
