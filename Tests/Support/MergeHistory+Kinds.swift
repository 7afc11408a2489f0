import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// Counters, lists, deletes and erasures of a seeded history.
extension MergeHistory {
    private static let mark: Unicode.Scalar = "x"

    func tally(_ number: Int, _ key: String, _ log: LogID, _ roster: Roster) -> HeldChange.Block {
        let record = RecordID(.tally, key: key, .openSSL)
        let state = writers[number].replica.fold(record, in: log, under: roster)
        var operations: [Operation] = []
        for _ in 0...random.below(3) {
            let field = random.pick([Field.Tally.approached, Field.Tally.declined])
            operations.append(
                .count(field, random.chance(6) ? random.pick([.max, .min]) : Int64(random.below(9)) - 2))
        }
        if random.chance(12) { operations.append(.count(Field.Tally.area, 1)) }
        return HeldChange.Block(
            subject: .record(record),
            content: .payload(
                Payload(
                    collection: .tally, key: state.collection == nil || random.chance(4) ? key : nil,
                    operations: operations)))
    }

    // MARK: Lists

    /// What one save does to an agenda, on what the writer sees of it.
    func meeting(_ number: Int, _ record: RecordID?, _ roster: Roster) -> HeldChange.Block {
        let replica = writers[number].replica
        let subject: Subject = record.map { .record($0) } ?? .created
        if random.chance(25) { return HeldChange.Block(subject: subject, content: .missing) }
        let (log, field) = (LogID.square, Field.Meeting.agenda)
        let own = ChangePoint(actor: writers[number].actor, seq: (writers[number].ends[log]?.seq ?? 0) + 1, check: 0)
        var table = Table(own.actor, own.seq)
        let elsewhere = ElementID(
            point: ChangePoint(actor: own.actor, seq: 1 + UInt64(random.below(9)), check: random.next()), offset: 0)
        // All that can be named, so that the entry of the change itself is known.
        for change in replica.delivered where change.log == log {
            _ = table.reference(ElementID(point: change.point, offset: 0))
        }
        _ = table.reference(elsewhere)
        let entry = UInt32(table.entries.count)
        func reference(_ element: ElementID) -> ElementReference {
            element.point == own ? ElementReference(entry: entry, offset: element.offset) : table.reference(element)
        }
        var slots = record.map { replica.slots($0, field, in: log, under: roster) } ?? TextDocument()
        let items = record.map { replica.fold($0, in: log, under: roster).items(field) } ?? []
        func neighbours() -> (left: ElementReference?, right: ElementReference?, ids: (ElementID?, ElementID?)) {
            let edit = TextEdit(position: random.below(slots.count + 1), deleted: 0, inserted: [Self.mark])
            let insert = slots.operations(for: [edit]).inserts[0]
            return (insert.left.map(reference), insert.right.map(reference), (insert.left, insert.right))
        }
        var operations: [Operation] = []
        for _ in 0...random.below(4) {
            let element = ElementID(point: own, offset: UInt32(operations.count))
            switch random.below(9) {
            case 0, 1, 2:
                let place = neighbours()
                operations.append(
                    .place(field, left: place.left, right: place.right, .text(random.text(words: 1))))
                slots.insert([Self.mark], first: element, left: place.ids.0, right: place.ids.1)
            case 3 where !items.isEmpty, 4 where !items.isEmpty, 5 where !items.isEmpty:
                let place = neighbours()
                let item = random.chance(12) ? elsewhere : random.pick(items).id
                operations.append(.move(field, item: reference(item), left: place.left, right: place.right))
                slots.insert([Self.mark], first: element, left: place.ids.0, right: place.ids.1)
            case 6 where !items.isEmpty:
                let item = random.pick(items)
                let seen = item.values.map(\.element).filter { _ in !random.chance(5) }
                operations.append(
                    .assign(
                        field, item: reference(random.chance(12) ? elsewhere : item.id), .text(random.text(words: 1)),
                        overwrites: seen.map(reference)))
            case 7 where !items.isEmpty:
                let elements = random.pick(items).elements.filter { _ in !random.chance(6) }
                operations.append(.remove(field, adds: elements.map(reference)))
            default:
                operations.append(oddity(field, reference(elsewhere)))
            }
        }
        return HeldChange.Block(
            subject: subject,
            content: .payload(Payload(collection: .meeting, table: table.entries, operations: operations)))
    }

    private func oddity(_ field: FieldNumber, _ nowhere: ElementReference) -> Operation {
        random.pick([
            .place(field, left: nil, right: nil, .integer(1)),
            .place(Field.Meeting.minutes, left: nil, right: nil, .text("x")),
            .place(field, left: nowhere, right: nil, .text("wacht")),
            .move(field, item: nowhere, left: nil, right: nil),
            .count(field, 1), .write(field, .text("x"), overwrites: []),
            .write(Field.Meeting.title, .text(random.text(words: 1)), overwrites: []),
            .unknown([0x82, 0x18, 0x63, 0x01]),
        ])
    }

    // MARK: Records as a whole

    /// A record is deleted as the writer has it, more or less, or erased.
    func ending(_ number: Int, _ record: RecordID, _ log: LogID, _ roster: Roster) -> HeldChange.Block {
        let state = writers[number].replica.fold(record, in: log, under: roster)
        var table = Table(writers[number].actor, (writers[number].ends[log]?.seq ?? 0) + 1)
        var operations: [Operation] = []
        if random.chance(3) {
            operations.append(
                .eraseRecord(successor: random.chance(2) ? RecordID(Bytes16(high: 1, low: random.next())) : nil))
        } else {
            var heads = lastPoints(number, record, log).filter { _ in !random.chance(8) }
            if random.chance(10) {
                heads.append(ChangePoint(actor: writers[number].actor, seq: 1 << 40, check: random.next()))
            }
            for head in heads { _ = table.reference(ElementID(point: head, offset: 0)) }
            // Itself too: what else this very block says is deleted with the rest.
            let isItself = random.chance(5)
            let entries = (0..<UInt32(heads.count + (isItself ? 1 : 0))).map { $0 }
            if !entries.isEmpty { operations.append(.deleteRecord(heads: entries)) }
            if random.chance(5) { operations.append(.write(FieldNumber(rawValue: 1), .text("ook"), overwrites: [])) }
        }
        let collection = random.chance(20) ? .theme : state.collection ?? .conversation
        return HeldChange.Block(
            subject: .record(record),
            content: .payload(Payload(collection: collection, table: table.entries, operations: operations)))
    }

    func lastPoints(_ number: Int, _ record: RecordID, _ log: LogID) -> [ChangePoint] {
        let held = writers[number].replica.delivered.filter { $0.log == log }
        let touching = held.filter { change in change.blocks.indices.contains { change.record($0) == record } }
        var byHash: [ChangeHash: HeldChange] = [:]
        for change in held { byHash[change.hash] = change }
        func precedes(_ a: HeldChange, _ b: HeldChange) -> Bool {
            var at = b.parent.flatMap { byHash[$0] }
            while let here = at {
                if here.hash == a.hash { return true }
                at = here.parent.flatMap { byHash[$0] }
            }
            return false
        }
        let last = touching.filter { one in !touching.contains { precedes(one, $0) } }
        return Set(last.map(\.point)).sorted()
    }
}
