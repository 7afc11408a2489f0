import StoepMerge
import StoepModel

/// Operations on one record that keep what an encoder asks of them, and no other rule.
struct HostileOperations {
    let random: SeededRandom
    let collection: CollectionNumber
    /// How many entries the payload's table has; one past them is the change itself.
    let table: Int

    func next() -> Operation {
        let known = Schema.current[collection]?.fields ?? []
        guard !known.isEmpty, !random.chance(8) else {
            return operation(FieldNumber(rawValue: UInt32(1 + random.below(16))), random.below(14))
        }
        let field = random.pick(known)
        // Mostly what the field is for, so that something comes of it.
        let kinds: [Int] =
            switch field.kind {
            case .register: [0]
            case .set: [1, 2]
            case .text: [3]
            case .counter: [4]
            case .list: [5, 6, 7, 5, 6, 2]
            }
        return operation(field.number, random.chance(5) ? random.below(14) : random.pick(kinds))
    }

    private func operation(_ field: FieldNumber, _ kind: Int) -> Operation {
        switch kind {
        case 0: .write(field, value(field), overwrites: references())
        case 1: .add(field, value(field))
        case 2: .remove(field, adds: references())
        case 3: .edit(field, delta())
        case 4: .count(field, random.pick([.max, .min, 1, 0, -1]))
        case 5: .place(field, left: neighbour(), right: neighbour(), value(field))
        case 6: .move(field, item: reference(), left: neighbour(), right: neighbour())
        case 7: .assign(field, item: reference(), value(field), overwrites: references())
        case 8: .deleteRecord(heads: heads())
        case 9:
            random.chance(6)
                ? .eraseRecord(successor: random.chance(2) ? RecordID(random.bytes16()) : nil)
                : .deleteRecord(heads: heads())
        case 10, 11: .same(RecordID(Bytes16(high: 0, low: UInt64(random.below(3)))), saw: references())
        case 12: .apart(edges: references())
        default: .unknown([0x82, 0x18, 0x63, 0x01])
        }
    }

    private func value(_ field: FieldNumber) -> Value {
        let type = Schema.current[collection]?.field(field)?.type
        let any: [Value] = [
            .bool(true), .integer(.min), .text("e\u{301}"), .text("\u{e9}"), .text(""), .bytes([]), .integer(1),
            .record(RecordID(Bytes16(high: 0, low: UInt64(random.below(3))))), .text(random.text(words: 1)),
        ]
        let fitting = any.filter { type?.admits($0) ?? false }
        return fitting.isEmpty || random.chance(8) ? random.pick(any) : random.pick(fitting)
    }

    // MARK: References

    private func offset() -> UInt32 { random.chance(20) ? .max - UInt32(random.below(3)) : UInt32(random.below(6)) }

    private func reference() -> ElementReference {
        ElementReference(entry: UInt32(random.below(table + 1)), offset: offset())
    }

    private func neighbour() -> ElementReference? { random.chance(2) ? nil : reference() }

    private func references() -> [ElementReference] { (0..<random.below(4)).map { _ in reference() } }

    private func heads() -> [UInt32] {
        let some = (0...UInt32(table)).filter { _ in random.chance(2) }
        return some.isEmpty ? [UInt32(table)] : some
    }

    // MARK: Texts

    private func anchor(_ made: UInt32) -> TextDelta.Anchor? {
        switch random.below(4) {
        case 0: nil
        case 1: made == 0 ? nil : .init(entry: 0, offset: UInt32(random.below(Int(made))))
        default: table == 0 ? nil : .init(entry: UInt32(1 + random.below(table)), offset: offset())
        }
    }

    private func delta() -> TextDelta {
        var delta = TextDelta()
        for _ in 0..<random.below(4) {
            let text = random.text(words: 1)
            let (left, right) = (anchor(delta.scalarCount), anchor(delta.scalarCount))
            // A run that just goes on would be one with the run before it.
            let end = delta.scalarCount == 0 ? nil : TextDelta.Anchor(entry: 0, offset: delta.scalarCount - 1)
            if let last = delta.inserts.last, left == end, right == last.right { continue }
            let count = UInt32(text.unicodeScalars.count)
            delta.inserts.append(.init(left: left, right: right, count: count))
            delta.text += text
            delta.scalarCount += count
        }
        if delta.scalarCount > 0, random.chance(3) {
            let first = UInt32(random.below(Int(delta.scalarCount)))
            delta.deletes.append(.init(first: .init(entry: 0, offset: first), count: delta.scalarCount - first))
        }
        for entry in 0..<UInt32(table) where random.chance(3) {
            let first = offset()
            let most = UInt32.max - first
            if most == 0 { continue }
            delta.deletes.append(
                .init(first: .init(entry: entry + 1, offset: first), count: random.chance(3) ? most : 1))
        }
        return delta
    }
}

extension SeededRandom {
    /// Bytes with one to three of them changed, gone or come.
    package func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(3) where !bytes.isEmpty {
            let at = below(bytes.count)
            switch below(6) {
            case 0: bytes.remove(at: at)
            case 1: bytes.insert(UInt8(truncatingIfNeeded: next()), at: at)
            case 2: bytes[at] = UInt8(truncatingIfNeeded: next())
            default: bytes[at] ^= 1 << UInt8(below(8))
            }
        }
        return bytes
    }
}
