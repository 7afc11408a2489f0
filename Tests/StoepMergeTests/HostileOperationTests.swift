import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Operations that decode, and that no client of ours would write: whatever they name, the fold neither traps nor
/// depends on the order in which they came.
@Suite struct HostileOperationTests {
    private let random: SeededRandom
    init() { random = SeededRandom(seed: 77) }

    private func reference(_ entries: Int) -> ElementReference {
        // Often elements that are there; also the change itself, and entries that no decoder would let through.
        ElementReference(
            entry: random.chance(30) ? .max : UInt32(random.below(entries + 2)),
            offset: random.chance(20) ? .max - UInt32(random.below(3)) : UInt32(random.below(5)))
    }

    private func references(_ entries: Int) -> [ElementReference] {
        (0..<random.below(4)).map { _ in reference(entries) }
    }

    private func value() -> Value {
        random.pick([.bool(true), .integer(.min), .text("e\u{301}"), .bytes([]), .record(RecordID(random.bytes16()))])
    }

    private func anchor(_ entries: Int, _ made: UInt32) -> TextDelta.Anchor? {
        switch random.below(4) {
        case 0: return nil
        case 1: return made == 0 ? nil : .init(entry: 0, offset: UInt32(random.below(Int(made))))
        default:
            let element = reference(entries)
            return .init(entry: element.entry &+ 1, offset: element.offset)
        }
    }

    /// Whatever a decoder lets through.
    private func delta(_ entries: Int) -> TextDelta {
        var delta = TextDelta()
        for _ in 0..<random.below(4) {
            let text = random.text(words: 1)
            let count = UInt32(text.unicodeScalars.count)
            delta.inserts.append(
                .init(
                    left: anchor(entries, delta.scalarCount), right: anchor(entries, delta.scalarCount), count: count))
            delta.text += text
            delta.scalarCount += count
        }
        if delta.scalarCount > 0, random.chance(3) {
            delta.deletes.append(.init(first: .init(entry: 0, offset: 0), count: delta.scalarCount))
        }
        let element = reference(entries)
        delta.deletes.append(
            .init(
                first: .init(entry: element.entry &+ 1, offset: element.offset),
                count: random.chance(2) || element.offset > 0 ? 1 : .max))
        return delta
    }

    private func operation(_ entries: Int) -> Operation {
        let field = FieldNumber(rawValue: random.chance(2) ? 3 : UInt32(1 + random.below(5)))
        let left = random.chance(2) ? nil : reference(entries)
        let right = random.chance(3) ? reference(entries) : nil
        switch random.below(14) {
        case 0: return .write(field, value(), overwrites: references(entries))
        case 1: return .add(field, value())
        case 2: return .remove(field, adds: references(entries))
        case 3, 4: return .edit(field, delta(entries))
        case 5: return .count(field, random.pick([.max, .min, 1, 0]))
        case 6, 7: return .place(field, left: left, right: right, random.chance(4) ? value() : .text("x"))
        case 8, 9: return .move(field, item: reference(entries), left: left, right: right)
        case 10:
            return .assign(
                field, item: reference(entries), random.chance(4) ? value() : .text("y"),
                overwrites: references(entries))
        case 11: return .deleteRecord(heads: (0..<random.below(4)).map { _ in UInt32(random.below(entries + 2)) })
        case 12: return random.chance(40) ? .eraseRecord(successor: nil) : .unknown([0x81, 0x18, 0x63])
        default: return .unknown([0x81, 0x18, 0x63])
        }
    }

    @Test(arguments: [CollectionNumber.meeting, .tally, .conversation])
    func `nothing that decodes traps, and its order does not matter`(collection: CollectionNumber) {
        var (items, sums) = (0, 0)
        for _ in 0..<700 {
            let scene = RecordScene(collection, in: collection == .meeting ? .square : .street)
            let pens = (0..<4).map { scene.pen(UInt64($0)) }
            scene.coordinators = [pens[3].member!]
            scene.create(pens[1])
            for _ in 0..<random.below(25) {
                let lamport: UInt64? = random.chance(4) ? random.pick([0, 1, Limits.counter, .max]) : nil
                let pen = random.pick(pens)
                let point = scene.write(random.chance(12) ? scene.branch(of: pen) : pen, lamport: lamport) { table in
                    for block in scene.blocks where random.chance(2) { _ = table.entry(block.point) }
                    if random.chance(6) {
                        _ = table.entry(ChangePoint(actor: pen.actor, seq: .max, check: random.next()))
                    }
                    return (0..<random.below(6)).map { _ in operation(table.points.count) }
                }
                if random.chance(10) { scene.masked[point] = .role }
            }
            let state = scene.state()
            items += state.items(Field.Meeting.agenda).count
            sums += state[Field.Tally.approached].map { if case .counter = $0 { 1 } else { 0 } } ?? 0
            for _ in 0..<3 {
                let twice = scene.blocks + scene.blocks.filter { _ in random.chance(3) }
                #expect(scene.state(random.shuffled(twice)) == state)
            }
            // What was folded of a part is not in the way of what comes later.
            _ = scene.state(scene.blocks.filter { _ in random.chance(2) })
        }
        #expect(collection != .meeting || items > 300, "\(items)")
        #expect(collection != .tally || sums > 300, "\(sums)")
    }
}
