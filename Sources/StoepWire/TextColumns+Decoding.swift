import StoepModel

extension CBORReader {
    /// The columns and the text of a delta. It takes what `TextDelta.columns` writes, and nothing else.
    mutating func textDelta(table: Int) throws(WireError) -> TextDelta {
        let at = offset
        let columns = try byteRange("columns", atMost: Limits.payloadBytes)
        let textAt = offset
        let (text, scalars) = try countedText("text", atMost: Limits.payloadBytes)
        guard scalars <= Limits.textScalars else { throw .tooLarge("text", at: textAt) }
        var reader = TextColumnReader(source, columns, table: table, scalars: scalars)
        guard let runs = reader.inserts(), let deletes = reader.deletes(), reader.isDone else {
            throw reader.isTooLong ? .tooLarge("columns", at: at) : .malformed("columns", at: at)
        }
        return TextDelta(
            inserts: runs, deletes: deletes, text: text, scalarCount: UInt32(truncatingIfNeeded: scalars))
    }
}

/// Reads columns from outside. Nothing of them is believed: every number is bounded before it is used.
private struct TextColumnReader {
    private let bytes: [UInt8]
    private let end: Int
    private let isTrimmed: Bool
    private var next: Int
    private let table: Int
    private let scalars: UInt32
    /// More runs, or deletes, than one operation may have.
    private(set) var isTooLong = false
    /// What the runs hint at.
    private var corrections = TextBounds()

    init(_ bytes: [UInt8], _ columns: Range<Int>, table: Int, scalars: Int) {
        self.bytes = bytes
        next = columns.lowerBound
        isTrimmed = columns.isEmpty || bytes[columns.upperBound - 1] != 0
        end = columns.upperBound
        self.table = table
        self.scalars = UInt32(truncatingIfNeeded: scalars)
    }

    /// All was read, and the last number did not end in a zero that should have been left out.
    var isDone: Bool { next == end && isTrimmed }

    /// The next number, below 2⁴²; zero past the end. Nil where it is longer than it need be, or cut short.
    private mutating func number() -> UInt64? {
        guard next < end else { return 0 }
        var byte = bytes[next]
        next += 1
        guard byte >= 0x80 else { return UInt64(byte) }
        var value = UInt64(byte & 0x7f)
        var shift: UInt64 = 7
        repeat {
            guard next < end, shift < 42 else { return nil }
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
        // One array, filled column by column: first with kinds, in the place of the right anchors.
        var runs: [TextDelta.Insert] = []
        runs.reserveCapacity(count)
        let most = 2 * UInt64(table + 1) + 1
        for _ in 0..<count {
            guard let kind = number(), kind <= most else { return nil }
            runs.append(TextDelta.Insert(leftKey: TextDelta.Insert.nowhere, rightKey: kind, count: 0))
        }
        guard readLengths(&runs), readLefts(&runs), readRights(&runs) else { return nil }
        return runs
    }

    /// The last run takes what the others leave, which is something.
    private mutating func readLengths(_ runs: inout [TextDelta.Insert]) -> Bool {
        var rest = UInt64(scalars)
        for index in 0..<runs.count - 1 {
            guard let length = number(), length + 1 < rest else { return false }
            runs[index].count = UInt32(truncatingIfNeeded: length + 1)
            rest -= length + 1
        }
        runs[runs.count - 1].count = UInt32(truncatingIfNeeded: rest)
        return true
    }

    private mutating func readLefts(_ runs: inout [TextDelta.Insert]) -> Bool {
        var offsets = TextOffsets()
        var made: UInt32 = 0
        for index in runs.indices {
            let kind = runs[index].rightKey >> 1
            if kind == 1 {
                guard let own = own(made) else { return false }
                runs[index].leftKey = own
            } else if kind > 1 {
                guard let code = number(), let offset = offsets.offset(of: code, in: Int(kind - 1)) else {
                    return false
                }
                runs[index].leftKey = (kind - 1) << 32 | UInt64(offset)
            }
            made += runs[index].count
        }
        return true
    }

    private mutating func readRights(_ runs: inout [TextDelta.Insert]) -> Bool {
        var expectations = TextExpectations(runs)
        var hints = TextCorrections()
        for index in runs.indices {
            let expected = expectations.right(in: runs)
            var right: UInt64
            if runs[index].rightKey & 1 == 0 {
                guard let expected else { return false }
                right = expected
                hints.take(runs[index].leftKey, made: expectations.made)
            } else {
                guard let other = self.right(of: runs[index].leftKey, made: expectations.made), expected != other
                else { return false }
                right = other
            }
            guard !expectations.continues(right, in: runs) else { return false }
            runs[index].rightKey = right
            expectations.take(count: runs[index].count)
        }
        corrections = hints.bounds
        return true
    }

    /// The key of one of the elements made so far.
    private mutating func own(_ made: UInt32) -> UInt64? {
        guard let back = number(), back < UInt64(made) else { return nil }
        return UInt64(made) - 1 - back
    }

    /// A right anchor that is not the obvious one: the end of the text, or an element; nil where it is malformed.
    private mutating func right(of left: UInt64, made: UInt32) -> UInt64? {
        guard let code = number(), code <= UInt64(table) + 1 else { return nil }
        if code == 0 { return TextDelta.Insert.nowhere }
        if code == 1 { return own(made) }
        let base = left >> 32 == code - 1 ? Int64(left & 0xffff_ffff) : -1
        guard let number = number(), let offset = TextOffsets.offset(of: number, after: base) else { return nil }
        return (code - 1) << 32 | UInt64(offset)
    }

    mutating func deletes() -> [TextDelta.Delete]? {
        var deletes: [TextDelta.Delete] = []
        guard let differing = bounds(below: UInt64(scalars)) else { return nil }
        if !differing.bounds.isEmpty || !corrections.bounds.isEmpty || next < end {
            deletes.reserveCapacity((differing.bounds.count + corrections.bounds.count + end - next) / 2)
        }
        differing.difference(from: corrections).forEach { lower, upper in
            deletes.append(TextDelta.Delete(first: TextDelta.Anchor(entry: 0, offset: lower), count: upper - lower))
        }
        for entry in 0..<UInt32(truncatingIfNeeded: table) {
            guard next < end else { break }
            guard let count = number(atMost: UInt64(Limits.references)) else { return nil }
            var reached: UInt64 = 0
            for index in 0..<count {
                guard let (lower, upper) = range(after: reached, isFirst: index == 0), upper <= UInt64(UInt32.max)
                else { return nil }
                deletes.append(
                    TextDelta.Delete(
                        first: TextDelta.Anchor(entry: entry + 1, offset: UInt32(truncatingIfNeeded: lower)),
                        count: UInt32(truncatingIfNeeded: upper - lower)))
                reached = upper
            }
            if deletes.count > Limits.references { break }
        }
        guard deletes.count <= Limits.references else {
            isTooLong = true
            return nil
        }
        return deletes
    }

    private mutating func range(after reached: UInt64, isFirst: Bool) -> (lower: UInt64, upper: UInt64)? {
        guard let gap = number(), let length = number() else { return nil }
        let lower = reached + gap + (isFirst ? 0 : 1)
        return (lower, lower + length + 1)
    }

    /// Ranges that ascend and do not touch.
    private mutating func bounds(below bound: UInt64) -> TextBounds? {
        // They are apart, so there are at most half as many as scalars.
        guard let count = number(atMost: (bound + 1) / 2) else { return nil }
        var bounds = TextBounds()
        bounds.reserve(min(Int(count), end - next + 1))
        var reached: UInt64 = 0
        for index in 0..<count {
            guard let (lower, upper) = range(after: reached, isFirst: index == 0), upper <= bound else { return nil }
            bounds.append(UInt32(truncatingIfNeeded: lower), UInt32(truncatingIfNeeded: upper))
            reached = upper
        }
        return bounds
    }
}
