import StoepModel

extension TextDelta {
    /// The columns that `TextExpectations` describes. Only a delta that keeps its invariants has any.
    func columns(table: Int) -> [UInt8] {
        var columns = TextColumnWriter(table: table)
        let corrections = columns.write(inserts: inserts, scalars: scalarCount)
        columns.write(deletes: deletes, scalars: scalarCount, corrections)
        return columns.trimmed()
    }
}

private struct TextColumnWriter {
    private var bytes: [UInt8] = []
    private let table: Int

    init(table: Int) {
        self.table = table
    }

    /// Gives the corrections that the runs hint at.
    mutating func write(inserts: [TextDelta.Insert], scalars: UInt32) -> TextBounds {
        guard scalars > 0 else {
            precondition(inserts.isEmpty, "runs of nothing")
            return TextBounds()
        }
        precondition(!inserts.isEmpty, "text without a run")
        number(UInt64(inserts.count - 1))
        let isObvious = obvious(inserts, scalars)
        for (insert, isObvious) in zip(inserts, isObvious) {
            number(2 * (insert.left.map { UInt64($0.entry) + 1 } ?? 0) + (isObvious ? 0 : 1))
        }
        for insert in inserts.dropLast() { number(UInt64(insert.count - 1)) }
        writeLefts(inserts)
        var made: UInt32 = 0
        var hints = TextCorrections()
        for (insert, isObvious) in zip(inserts, isObvious) {
            if isObvious {
                hints.take(insert.leftKey, made: made)
            } else {
                write(right: insert.right, of: insert.left, made: made)
            }
            made += insert.count
        }
        return hints.bounds
    }

    private func obvious(_ inserts: [TextDelta.Insert], _ scalars: UInt32) -> [Bool] {
        var expectations = TextExpectations(inserts)
        var isObvious: [Bool] = []
        for insert in inserts {
            for anchor in [insert.left, insert.right] {
                guard let anchor else { continue }
                precondition(Int(anchor.entry) <= table, "an anchor outside the table")
                precondition(anchor.entry > 0 || anchor.offset < expectations.made, "an anchor in what is to come")
            }
            precondition(
                insert.count > 0 && !expectations.continues(insert.rightKey, in: inserts),
                "a run that is none of its own")
            isObvious.append(expectations.right(in: inserts) == insert.rightKey)
            expectations.take(count: insert.count)
        }
        precondition(expectations.made == scalars, "runs and text of different lengths")
        return isObvious
    }

    private mutating func writeLefts(_ inserts: [TextDelta.Insert]) {
        var offsets = TextOffsets()
        var made: UInt32 = 0
        for insert in inserts {
            if let left = insert.left {
                let isOwn = left.entry == 0
                number(isOwn ? UInt64(made - 1 - left.offset) : offsets.code(of: left.offset, in: Int(left.entry)))
            }
            made += insert.count
        }
    }

    private mutating func write(right: TextDelta.Anchor?, of left: TextDelta.Anchor?, made: UInt32) {
        guard let right else {
            number(0)
            return
        }
        number(UInt64(right.entry) + 1)
        if right.entry == 0 {
            number(UInt64(made - 1 - right.offset))
        } else {
            let base = left?.entry == right.entry ? Int64(left?.offset ?? 0) : -1
            number(TextOffsets.code(of: right.offset, after: base))
        }
    }

    mutating func write(deletes: [TextDelta.Delete], scalars: UInt32, _ corrections: TextBounds) {
        var own = TextBounds()
        let others = deletes.firstIndex { $0.first.entry > 0 } ?? deletes.count
        for delete in deletes[..<others] {
            let (first, end) = (delete.first.offset, delete.first.offset &+ delete.count)
            precondition(delete.count > 0 && end > first && end <= scalars, "a delete of what is not there")
            precondition(own.bounds.last.map { $0 < first } ?? true, "deletes that touch, or do not ascend")
            own.append(first, end)
        }
        write(own.difference(from: corrections))
        guard let last = deletes.last, others < deletes.count else { return }
        precondition(Int(last.first.entry) <= table, "a delete outside the table")
        var next = others
        for entry in 1...last.first.entry {
            let start = next
            var bounds = TextBounds()
            while next < deletes.count, deletes[next].first.entry == entry {
                let delete = deletes[next]
                let (end, overflow) = delete.first.offset.addingReportingOverflow(delete.count)
                precondition(delete.count > 0 && !overflow, "a delete of no elements, or of too many")
                precondition(
                    next == start || bounds.bounds.last.map { $0 < delete.first.offset } ?? true,
                    "deletes that touch, or do not ascend")
                bounds.append(delete.first.offset, end)
                next += 1
            }
            write(bounds)
        }
        precondition(next == deletes.count, "deletes that do not ascend")
    }

    private mutating func write(_ ranges: TextBounds) {
        let bounds = ranges.bounds
        number(UInt64(bounds.count / 2))
        for index in stride(from: 0, to: bounds.count, by: 2) {
            number(UInt64(index == 0 ? bounds[0] : bounds[index] - bounds[index - 1] - 1))
            number(UInt64(bounds[index + 1] - bounds[index] - 1))
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
