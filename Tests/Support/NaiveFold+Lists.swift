import StoepMerge
import StoepModel

/// An item of a list as the naive fold has it.
struct NaiveItem {
    let id: ElementID
    let slot: ElementID
    let elements: [ElementID]
    let values: [NaiveRecord.Register]
}

extension NaiveFold {
    /// A counter is what every count that counts comes to.
    func count(_ field: FieldDefinition, _ judged: [Judged], _ record: inout NaiveRecord) {
        for said in said(of: field, judged, record) {
            if said.counts, case .count(_, let delta) = said.operation {
                record.counters[field.number] = (record.counters[field.number] ?? 0) + Int128(delta)
            }
        }
    }

    /// One operation on a field, in the total order.
    private struct Said {
        let operation: Operation
        let element: ElementID
        let change: HeldChange
        let block: Int
        let points: [ChangePoint]
        let counts: Bool

        func meant(_ reference: ElementReference) -> ElementID {
            ElementID(point: points[Int(reference.entry)], offset: reference.offset)
        }

        var register: NaiveRecord.Register? {
            switch operation {
            case .place(_, _, _, let value), .assign(_, _, let value, _):
                .init(value: value, element: element, lamport: change.lamport, time: change.time)
            default: nil
            }
        }

        /// The item that it does something to, and the slot that it makes for it.
        var item: ElementID? {
            switch operation {
            case .place: element
            case .move(_, let item, _, _), .assign(_, let item, _, _): meant(item)
            default: nil
            }
        }

        var slot: (left: ElementID?, right: ElementID?)? {
            switch operation {
            case .place(_, let left, let right, _), .move(_, _, let left, let right):
                (left.map(meant), right.map(meant))
            default: nil
            }
        }
    }

    private func said(of field: FieldDefinition, _ judged: [Judged], _ record: NaiveRecord) -> [Said] {
        var out: [Said] = []
        for one in judged {
            guard let payload = one.payload else { continue }
            for (offset, operation) in Self.offsets(payload) where operation.field == field.number {
                out.append(
                    Said(
                        operation: operation, element: ElementID(point: one.change.point, offset: offset),
                        change: one.change, block: one.block, points: one.points,
                        counts: one.counts
                            && objection(operation, field, one, record.creation?.member, record.id) == nil))
            }
        }
        return out
    }

    func list(_ field: FieldDefinition, _ judged: [Judged], _ record: inout NaiveRecord) {
        let all = said(of: field, judged, record)
        let (order, refused) = slots(all)
        for said in all where said.counts && refused.contains(said.element) {
            record.objections.append(
                .init(
                    point: said.change.point, block: said.block, offset: said.element.offset, reason: "malformed"))
        }
        let counted = all.filter { $0.counts && !refused.contains($0.element) }
        let removed = counted.flatMap { said -> [ElementID] in
            if case .remove(_, let references) = said.operation { references.map(said.meant) } else { [] }
        }
        let placed = counted.filter { if case .place = $0.operation { true } else { false } }.map(\.element)
        for said in counted {
            guard let item = said.item else { continue }
            let waitsForItem = !placed.contains(item)
            let waitsForAnchor = said.slot != nil && !order.contains(said.element)
            if waitsForItem || waitsForAnchor { record.pending += 1 }
        }
        var items: [NaiveItem] = []
        for id in placed {
            let about = counted.filter { $0.item == id }
            let living = about.map(\.element).filter { !removed.contains($0) }
            let overwritten = about.flatMap { said -> [ElementID] in
                if case .assign(_, _, _, let old) = said.operation { old.map(said.meant) } else { [] }
            }
            let values = about.compactMap(\.register).filter { !overwritten.contains($0.element) }
            let moves = about.filter { if case .move = $0.operation { order.contains($0.element) } else { false } }
            let slot = moves.last?.element ?? (order.contains(id) ? id : nil)
            if let slot, !living.isEmpty, !values.isEmpty {
                items.append(NaiveItem(id: id, slot: slot, elements: living.sorted(), values: values.reversed()))
            }
        }
        if !items.isEmpty {
            record.lists[field.number] = order.compactMap { slot in items.first { $0.slot == slot } }
        }
    }

    /// All slots whose anchors are here, in their order, and those that can never be among them.
    private func slots(_ all: [Said]) -> (order: [ElementID], refused: Set<ElementID>) {
        var order = NaiveOrder(anchors)
        var refused: Set<ElementID> = []
        var waiting = all.filter { $0.slot != nil }
        var progressed = true
        while progressed {
            let before = waiting.count
            waiting.removeAll { said in
                let result = order.insert(
                    ["x"], first: said.element, left: said.slot?.left, right: said.slot?.right, isVisible: true)
                if case .refused = result { refused.insert(said.element) }
                return result != .waiting
            }
            progressed = waiting.count < before
        }
        return (order.ids, refused)
    }
}
