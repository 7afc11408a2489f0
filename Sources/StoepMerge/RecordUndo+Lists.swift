import StoepModel

/// Taking back what was done to lists: what it placed goes, what it moved goes back, what it took comes back.
extension UndoMaker {
    /// - Parameter slots: the list's slots in their order.
    mutating func takeBackList(_ field: FieldNumber, _ slots: [TextElement]) {
        let items = state.items(field)
        let own = Set(target.map(\.element))
        for one in target where one.operation.field == field {
            switch one.operation {
            case .place(_, _, _, _): takeBackPlace(field, one, items, own)
            case .move(_, let item, _, _): takeBackMove(field, one, one.resolve(item), items, slots)
            case .assign(_, let item, _, let overwrites):
                takeBackAssign(field, one, one.resolve(item), Set(overwrites.map(one.resolve)), items)
            case .remove(_, let elements): takeBackRemoval(field, Set(elements.map(one.resolve)), items)
            default: keep(field, .unknown)
            }
        }
    }

    private mutating func takeBackPlace(
        _ field: FieldNumber, _ one: ListedOperation, _ items: [ListItem], _ own: Set<ElementID>
    ) {
        guard let item = items.first(where: { $0.id == one.element }) else { return }
        let mine = item.elements.filter(own.contains)
        if mine.isEmpty { return }
        plan.operations.append(.remove(field, adds: mine))
        // Somebody has moved or rewritten it since: theirs stays, and with it the item.
        if mine.count < item.elements.count { keep(field, .others) }
    }

    private mutating func takeBackMove(
        _ field: FieldNumber, _ one: ListedOperation, _ id: ElementID, _ items: [ListItem], _ slots: [TextElement]
    ) {
        // What this very change placed is gone already.
        if target.contains(where: { $0.element == id }) { return }
        guard let item = items.first(where: { $0.id == id }) else { return }
        guard item.slot == one.element else { return keep(field, .overwritten) }
        let moves = Set(
            others.filter { other in
                guard case .move(field, let moved, _, _) = other.operation else { return false }
                return other.resolve(moved) == id
            }.map(\.element))
        // The operations come in the total order, so the last of the others is where it stood.
        let before = others.last { moves.contains($0.element) }?.element ?? id
        guard let place = slots.firstIndex(where: { $0.id == before }) else { return keep(field, .nothingBefore) }
        let right = place + 1 < slots.count ? slots[place + 1].id : nil
        plan.operations.append(.move(field, item: id, left: before, right: right))
    }

    private mutating func takeBackAssign(
        _ field: FieldNumber, _ one: ListedOperation, _ id: ElementID, _ overwrote: Set<ElementID>, _ items: [ListItem]
    ) {
        if target.contains(where: { $0.element == id }) { return }
        guard let item = items.first(where: { $0.id == id }), item.values.contains(where: { $0.element == one.element })
        else { return keep(field, .overwritten) }
        var before: [Value] = []
        for other in others where overwrote.contains(other.element) {
            if let value = other.itemValue, !before.contains(value) { before.append(value) }
        }
        if before.isEmpty, let beside = item.values.first(where: { $0.element.point != one.element.point }) {
            before = [beside.value]
        }
        if before.isEmpty { return keep(field, .nothingBefore) }
        for value in before {
            plan.operations.append(.assign(field, item: id, value, overwrites: [one.element]))
        }
    }

    /// An item lives while anything done to it was not removed: so it is given the value that it had once more.
    private mutating func takeBackRemoval(_ field: FieldNumber, _ removed: Set<ElementID>, _ items: [ListItem]) {
        var removedByOthers: Set<ElementID> = []
        for other in others {
            guard case .remove(field, let named) = other.operation else { continue }
            removedByOthers.formUnion(named.map(other.resolve))
        }
        for other in others where removed.contains(other.element) {
            guard case .place(_, _, _, _) = other.operation else { continue }
            let id = other.element
            if items.contains(where: { $0.id == id }) { continue }
            if removedByOthers.contains(id) {
                keep(field, .others)
                continue
            }
            let values = values(ofItem: id, placedBy: other)
            guard let value = values.last?.itemValue else { continue }
            plan.operations.append(.assign(field, item: id, value, overwrites: values.map(\.element)))
        }
    }

    /// What gives an item its values that nobody overwrote, in the total order.
    private func values(ofItem id: ElementID, placedBy place: ListedOperation) -> [ListedOperation] {
        var given = [place]
        var overwritten: Set<ElementID> = []
        for other in others {
            guard case .assign(_, let item, _, let old) = other.operation, other.resolve(item) == id else { continue }
            given.append(other)
            overwritten.formUnion(old.map(other.resolve))
        }
        return given.filter { !overwritten.contains($0.element) }
    }
}

extension ListedOperation {
    /// What it gives an item of a list.
    fileprivate var itemValue: Value? {
        switch operation {
        case .place(_, _, _, let value), .assign(_, _, let value, _): value
        default: nil
        }
    }

    func isOfAList(in definition: CollectionDefinition) -> Bool {
        operation.field.flatMap { definition.field($0) }?.kind == .list
    }
}
