import StoepModel

extension CBORReader {
    /// The columns and the text of a delta. It takes what `TextDelta.columns` writes, and nothing else.
    mutating func textDelta(table: Int) throws(WireError) -> TextDelta {
        let at = offset
        let columns = try byteRange("columns", atMost: Limits.payloadBytes)
        let textAt = offset
        let utf8 = try utf8("text", atMost: Limits.payloadBytes)
        guard utf8.count <= Limits.textScalars else { throw .tooLarge("text", at: textAt) }
        var reader = TextColumnReader(slice(columns), table: table, scalars: utf8.count)
        guard let runs = reader.inserts(), let deletes = reader.deletes(), reader.isDone else {
            throw reader.isTooLong ? .tooLarge("columns", at: at) : .malformed("columns", at: at)
        }
        return TextDelta(
            inserts: runs, deletes: deletes, utf8: utf8.bytes, scalarCount: UInt32(truncatingIfNeeded: utf8.count))
    }
}

/// Reads columns from outside. Nothing of them is believed: every number is bounded before it is used.
private struct TextColumnReader {
    private let bytes: ArraySlice<UInt8>
    private var next: Int
    private let table: Int
    private let scalars: UInt32
    /// More runs than one operation may have.
    private(set) var isTooLong = false

    init(_ bytes: ArraySlice<UInt8>, table: Int, scalars: Int) {
        self.bytes = bytes
        next = bytes.startIndex
        self.table = table
        self.scalars = UInt32(truncatingIfNeeded: scalars)
    }

    /// All was read, and the last number did not end in a zero that should have been left out.
    var isDone: Bool { next == bytes.endIndex && bytes.last != 0 }

    /// The next number, below 2⁴²; zero past the end. Nil where it is longer than it need be, or cut short.
    private mutating func number() -> UInt64? {
        guard next < bytes.endIndex else { return 0 }
        var byte = bytes[next]
        next += 1
        guard byte >= 0x80 else { return UInt64(byte) }
        var value = UInt64(byte & 0x7f)
        var shift: UInt64 = 7
        repeat {
            guard next < bytes.endIndex, shift < 42 else { return nil }
            byte = bytes[next]
            next += 1
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
        } while byte >= 0x80
        return byte == 0 ? nil : value
    }

    private mutating func number(atMost bound: UInt64) -> UInt32? {
        guard let value = number(), value <= bound else { return nil }
        return UInt32(exactly: value)
    }

    mutating func inserts() -> [TextDelta.Insert]? {
        guard scalars > 0 else { return [] }
        guard let further = number(atMost: UInt64(scalars) - 1) else { return nil }
        let count = Int(further) + 1
        guard count <= Limits.references else {
            isTooLong = true
            return nil
        }
        var kinds: [UInt32] = []
        kinds.reserveCapacity(count)
        for _ in 0..<count {
            guard let kind = number(atMost: 3 * UInt64(table + 1) + 5) else { return nil }
            kinds.append(kind)
        }
        guard let lengths = lengths(count) else { return nil }
        var inserts: [TextDelta.Insert] = []
        inserts.reserveCapacity(count)
        var predictor = TextRightPredictor()
        var offsets = TextOffsets(entries: table + 1)
        for index in 0..<count {
            let (leftKind, rightKind) = kinds[index].quotientAndRemainder(dividingBy: 3)
            var left: TextDelta.Anchor?
            if leftKind > 0 {
                guard let anchor = anchor(leftKind - 1, predictor.made, &offsets) else { return nil }
                left = anchor
            }
            guard let right = right(UInt64(rightKind), left, predictor, &offsets) else { return nil }
            let insert = TextDelta.Insert(left: left, right: right, count: lengths[index])
            guard !predictor.continues(insert) else { return nil }
            predictor.take(insert)
            inserts.append(insert)
        }
        return inserts
    }

    /// The last run takes what the others leave, which is something.
    private mutating func lengths(_ count: Int) -> [UInt32]? {
        var lengths: [UInt32] = []
        lengths.reserveCapacity(count)
        var rest = scalars
        for _ in 1..<max(count, 1) {
            guard let length = number(atMost: UInt64(rest) - 1), length + 1 < rest else { return nil }
            lengths.append(length + 1)
            rest -= length + 1
        }
        lengths.append(rest)
        return lengths
    }

    private mutating func right(
        _ kind: UInt64, _ left: TextDelta.Anchor?, _ predictor: TextRightPredictor, _ offsets: inout TextOffsets
    ) -> TextDelta.Anchor?? {
        guard kind == TextRightPredictor.other else { return predictor.right(kind, left: left) }
        guard let code = number(atMost: UInt64(table) + 1) else { return nil }
        var right: TextDelta.Anchor?
        if code > 0 {
            guard let anchor = anchor(code - 1, predictor.made, &offsets) else { return nil }
            right = anchor
        }
        return predictor.kind(of: right, left: left) == kind ? .some(right) : nil
    }

    private mutating func anchor(
        _ entry: UInt32, _ made: UInt32, _ offsets: inout TextOffsets
    ) -> TextDelta.Anchor? {
        guard Int(entry) <= table, let code = number() else { return nil }
        if entry == 0 {
            guard code < UInt64(made) else { return nil }
            return TextDelta.Anchor(entry: 0, offset: made - 1 - UInt32(truncatingIfNeeded: code))
        }
        guard let offset = offsets.offset(of: code, in: Int(entry)) else { return nil }
        return TextDelta.Anchor(entry: entry, offset: offset)
    }

    mutating func deletes() -> [TextDelta.Delete]? {
        var deletes: [TextDelta.Delete] = []
        for entry in 0...UInt32(truncatingIfNeeded: table) {
            guard next < bytes.endIndex else { break }
            let bound = UInt64(entry == 0 ? scalars : .max)
            guard let count = number(atMost: bound) else { return nil }
            guard deletes.count + Int(count) <= Limits.references else {
                isTooLong = true
                return nil
            }
            var reached: UInt64 = 0
            for index in 0..<count {
                guard let gap = number(), let length = number() else { return nil }
                let first = reached + gap + (index == 0 ? 0 : 1)
                let end = first + length + 1
                guard end <= bound else { return nil }
                deletes.append(
                    TextDelta.Delete(
                        first: TextDelta.Anchor(entry: entry, offset: UInt32(truncatingIfNeeded: first)),
                        count: UInt32(truncatingIfNeeded: length + 1)))
                reached = end
            }
        }
        return deletes
    }
}
