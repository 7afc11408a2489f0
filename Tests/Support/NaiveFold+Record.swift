import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A record as the naive fold has it.
package struct NaiveRecord {
    struct Register {
        let value: Value
        let element: ElementID
        let lamport: UInt64
        let time: Timestamp
    }

    struct Objection {
        let point: ChangePoint
        let block: Int
        let offset: UInt32?
        let reason: String
    }

    let id: RecordID
    var collection: UInt32?
    var creation: (point: ChangePoint, time: Timestamp, member: RecordID?)?
    /// The greatest first.
    var registers: [FieldNumber: [Register]] = [:]
    var sets: [FieldNumber: [(value: Value, adds: [ElementID])]] = [:]
    var texts: [FieldNumber: String] = [:]
    var counters: [FieldNumber: Int128] = [:]
    var lists: [FieldNumber: [NaiveItem]] = [:]
    var presence = NaivePresence.present
    var joins: [NaiveJoin] = []
    var partings: [NaiveParting] = []
    var objections: [Objection] = []
    var pending = 0
    var missing = 0

    /// Whether the rules of the space go by it.
    var isListed: Bool {
        switch presence {
        case .present, .revived: collection != nil
        case .deleted, .hidden, .erased: false
        }
    }

    func shown(_ field: FieldNumber) -> Value? { registers[field]?.first?.value }
    func members(_ field: FieldNumber) -> [Value] { sets[field]?.map(\.value) ?? [] }
    func integers(_ field: FieldNumber) -> [Int64] {
        (registers[field] ?? []).compactMap { if case .integer(let number) = $0.value { number } else { nil } }
    }
}

extension NaiveFold {
    struct Judged {
        let change: HeldChange
        let block: Int
        let payload: Payload?
        let points: [ChangePoint]
        var verdict: NaiveVerdict
        let creates: Bool
        var member: RecordID? { if case .counts(let member) = verdict { member } else { nil } }
        var counts: Bool { if case .counts = verdict { true } else { false } }
    }

    package func fold(_ id: RecordID, in log: LogID) -> NaiveRecord {
        fold(id, in: log, hearing: { self.verdict($0) })
    }

    /// - Parameter verdict: whether a change counts.
    func fold(_ id: RecordID, in log: LogID, hearing verdict: (HeldChange) -> NaiveVerdict) -> NaiveRecord {
        var record = NaiveRecord(id: id)
        var judged: [Judged] = []
        for change in held where change.log == log {
            for block in change.blocks.indices where change.record(block) == id {
                judged.append(judge(change, block, id, verdict(change), missing: &record.missing))
            }
        }
        if let successor = erasure(judged) {
            var erased = NaiveRecord(id: id)
            erased.presence = .erased(successor)
            return erased
        }
        let birth = judged.first { $0.counts && $0.creates }
        if let birth, let payload = birth.payload {
            record.collection = payload.collection.rawValue
            record.creation = (birth.change.point, birth.change.time, birth.member)
            guard let definition = schema[payload.collection] else {
                hide(judged.filter { $0.payload?.collection == payload.collection }, birth.member, &record)
                return record
            }
            for index in judged.indices where judged[index].counts {
                if let other = judged[index].payload, other.collection != payload.collection {
                    judged[index].verdict = .masked("malformed")
                }
            }
            object(judged, &record)
            for field in definition.fields { fill(field, judged, definition, &record) }
            join(judged, definition, &record)
            hide(judged, birth.member, &record)
            delete(judged, birth.member, definition, &record)
        } else {
            object(judged, &record)
            record.pending = judged.count { $0.counts && $0.payload != nil }
            let creating = judged.first { $0.change.blocks[$0.block].subject == .created && $0.counts }
            hide(judged, creating.map(\.member), &record)
        }
        record.objections = inOrder(record.objections, judged)
        return record
    }

    /// In the order of the blocks, and of the elements within each.
    private func inOrder(_ objections: [NaiveRecord.Objection], _ judged: [Judged]) -> [NaiveRecord.Objection] {
        judged.flatMap { one in
            objections.filter { $0.point == one.change.point && $0.block == one.block }
                .sorted { ($0.offset.map { Int($0) } ?? -1) < ($1.offset.map { Int($0) } ?? -1) }
        }
    }

    private func judge(
        _ change: HeldChange, _ block: Int, _ id: RecordID, _ verdict: NaiveVerdict, missing: inout Int
    ) -> Judged {
        var verdict = verdict
        guard case .payload(let payload) = change.blocks[block].content, let points = resolve(payload, change) else {
            if case .missing = change.blocks[block].content {
                missing += 1
            } else if case .counts = verdict {
                verdict = .masked("malformed")
            }
            return Judged(change: change, block: block, payload: nil, points: [], verdict: verdict, creates: false)
        }
        if provesItself(payload, in: change.log) { verdict = .counts(nil) }
        // A cut is the authority's to make.
        if payload.collection.rawValue == 8, case .counts(.some) = verdict { verdict = .masked("not-authority") }
        let definition = schema[payload.collection]
        var isWell = true
        var creates = false
        if let key = payload.key {
            // A key belongs to a record that is named by it, of a collection whose records are known by keys.
            let isNamed = change.blocks[block].subject == .record(RecordID(payload.collection, key: key, .openSSL))
            isWell = isNamed && definition?.hasNaturalKey != false
            creates = true
        } else if change.blocks[block].subject == .created {
            isWell = definition?.hasNaturalKey != true
            creates = true
        }
        // A record comes into being only in the kind of log that its collection belongs in.
        if creates, let kind = definition?.log, kind != change.log.kind { isWell = false }
        if !isWell, case .counts = verdict { verdict = .masked("malformed") }
        return Judged(
            change: change, block: block, payload: payload, points: points, verdict: verdict,
            creates: creates && isWell)
    }

    private func object(_ judged: [Judged], _ record: inout NaiveRecord) {
        for one in judged {
            if case .masked(let reason) = one.verdict {
                record.objections.append(
                    .init(point: one.change.point, block: one.block, offset: nil, reason: reason))
            } else if let payload = one.payload, let number = record.collection,
                let definition = schema[CollectionNumber(rawValue: number)]
            {
                for (offset, operation) in Self.offsets(payload) {
                    if isBadJoin(operation, definition, id: record.id) {
                        record.objections.append(
                            .init(point: one.change.point, block: one.block, offset: offset, reason: "malformed"))
                    }
                    guard let number = operation.field, let field = definition.field(number) else { continue }
                    guard let reason = objection(operation, field, one, record.creation?.member, record.id) else { continue }
                    record.objections.append(
                        .init(point: one.change.point, block: one.block, offset: offset, reason: reason))
                }
            }
        }
    }

    /// Each operation with the offset of its first element.
    static func offsets(_ payload: Payload) -> [(UInt32, Operation)] {
        var offset: UInt32 = 0
        return payload.operations.map { operation in
            defer {
                if case .edit(_, let delta) = operation { offset += max(1, delta.scalarCount) } else { offset += 1 }
            }
            return (offset, operation)
        }
    }

    /// Why an operation of somebody who may write here does not count all the same.
    func objection(
        _ operation: Operation, _ field: FieldDefinition, _ one: Judged, _ creator: RecordID?, _ record: RecordID
    ) -> String? {
        let isFitting: Bool
        switch operation {
        case .write(_, let value, _): isFitting = field.kind == .register && field.type.admits(value)
        case .add(_, let value): isFitting = field.kind == .set && field.type.admits(value)
        case .remove: isFitting = field.kind == .set || field.kind == .list
        case .edit: isFitting = field.kind == .text
        case .count: isFitting = field.kind == .counter
        case .place(_, _, _, let value), .assign(_, _, let value, _):
            isFitting = field.kind == .list && field.type.admits(value)
        case .move: isFitting = field.kind == .list
        case .deleteRecord, .eraseRecord, .same, .apart, .unknown: isFitting = true
        }
        if !isFitting { return "malformed" }
        if field.rule == .creator, one.member != creator { return "not-creator" }
        return field.rule == .owner && !mayActAsOwner(of: record, one) ? "not-owner" : nil
    }

    // MARK: Fields

    private func fill(
        _ field: FieldDefinition, _ judged: [Judged], _ definition: CollectionDefinition, _ record: inout NaiveRecord
    ) {
        var gone: Set<ElementID> = []
        var writes: [NaiveRecord.Register] = []
        var adds: [(value: Value, element: ElementID)] = []
        var inserts: [NaiveInsert] = []
        var deletes: [TextOperations.Delete] = []
        for one in judged {
            func element(_ reference: ElementReference) -> ElementID {
                ElementID(point: one.points[Int(reference.entry)], offset: reference.offset)
            }
            for (offset, operation) in one.payload.map(Self.offsets) ?? [] where operation.field == field.number {
                let own = ElementID(point: one.change.point, offset: offset)
                let counts = one.counts && objection(operation, field, one, record.creation?.member, record.id) == nil
                switch operation {
                case .write(_, let value, let overwrites) where counts:
                    writes.append(
                        .init(value: value, element: own, lamport: one.change.lamport, time: one.change.time))
                    gone.formUnion(overwrites.map(element))
                case .add(_, let value) where counts:
                    adds.append((value, own))
                case .remove(_, let removed) where counts:
                    gone.formUnion(removed.map(element))
                case .edit(_, let delta) where field.kind == .text:
                    func element(_ anchor: TextDelta.Anchor) -> ElementID {
                        anchor.entry == 0
                            ? ElementID(point: own.point, offset: own.offset + anchor.offset)
                            : ElementID(point: one.points[Int(anchor.entry) - 1], offset: anchor.offset)
                    }
                    var rest = Array(delta.text.unicodeScalars)
                    var next = own.offset
                    for insert in delta.inserts {
                        inserts.append(
                            NaiveInsert(
                                scalars: Array(rest.prefix(Int(insert.count))),
                                first: ElementID(point: own.point, offset: next), left: insert.left.map(element),
                                right: insert.right.map(element), isVisible: counts))
                        rest.removeFirst(Int(insert.count))
                        next += insert.count
                    }
                    if counts {
                        deletes += delta.deletes.map { .init(first: element($0.first), count: $0.count) }
                    }
                default: break
                }
            }
        }
        switch field.kind {
        case .counter: count(field, judged, &record)
        case .list: list(field, judged, &record)
        case .register:
            let left = writes.filter { !gone.contains($0.element) }
            if !left.isEmpty { record.registers[field.number] = left.reversed() }
        case .set:
            let left = adds.filter { !gone.contains($0.element) }
            let values = Set(left.map(\.value)).sorted()
            if !values.isEmpty {
                record.sets[field.number] = values.map { value in
                    (value, left.filter { $0.value == value }.map(\.element).sorted())
                }
            }
        case .text:
            let (text, waiting) = read(inserts, deletes)
            record.pending += waiting
            if !text.isEmpty { record.texts[field.number] = text }
        }
    }

    /// Run after run is tried until none goes in any more.
    private func read(_ inserts: [NaiveInsert], _ deletes: [TextOperations.Delete]) -> (text: String, waiting: Int) {
        var order = NaiveOrder(anchors)
        var waiting = inserts
        var progressed = true
        while progressed {
            let before = waiting.count
            waiting.removeAll { insert in
                order.insert(
                    insert.scalars, first: insert.first, left: insert.left, right: insert.right,
                    isVisible: insert.isVisible) != .waiting
            }
            progressed = waiting.count < before
        }
        for delete in deletes { order.delete(first: delete.first, count: delete.count) }
        return (order.text, waiting.count)
    }
}

/// A run of a text, its anchors resolved.
private struct NaiveInsert {
    let scalars: [Unicode.Scalar]
    let first: ElementID
    let left: ElementID?
    let right: ElementID?
    let isVisible: Bool
}
