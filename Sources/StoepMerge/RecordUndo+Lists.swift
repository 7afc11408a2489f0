import StoepModel

/// Taking back what was done to lists: what it placed goes, what it moved goes back, what it took comes back.
extension UndoMaker {
    /// - Parameter slots: the list's slots in their order.
    mutating func takeBackList(_ field: FieldNumber, _ slots: [TextElement]) {
        let items = state.items(field)
        let own = Set(target.map(\.element))
        for item in items where target.contains(where: { $0.item(on: field) == item.id }) {
            let mine = item.elements.filter(own.contains)
            if isThere(item.id, field) {
                takeBackMove(field, item, slots)
                takeBackAssign(field, item)
            } else {
                // It is there for nothing but this change. What others did to it since stays, and with it the item.
                if !mine.isEmpty { plan.operations.append(.remove(field, adds: mine)) }
                if mine.count < item.elements.count { keep(field, .others) }
            }
        }
        for one in target where one.operation.field == field {
            switch one.operation {
            case .place, .move, .assign: continue
            case .remove(_, let elements): takeBackRemoval(field, Set(elements.map(one.resolve)), items)
            default: keep(field, .unknown)
            }
        }
    }

    private mutating func takeBackMove(_ field: FieldNumber, _ item: ListItem, _ slots: [TextElement]) {
        func isMove(_ one: ListedOperation) -> Bool {
            guard case .move(field, let moved, _, _) = one.operation else { return false }
            return one.resolve(moved) == item.id
        }
        let moves = target.filter(isMove)
        if moves.isEmpty { return }
        guard moves.contains(where: { $0.element == item.slot }) else { return keep(field, .overwritten) }
        // The operations come in the total order: the last of the others that has a place is where it stood.
        let places = Dictionary(
            slots.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        let before = others.last { isMove($0) && places[$0.element] != nil }?.element ?? item.id
        guard let place = places[before] else { return keep(field, .nothingBefore) }
        let right = place + 1 < slots.count ? slots[place + 1].id : nil
        plan.operations.append(.move(field, item: item.id, left: before, right: right))
    }

    private mutating func takeBackAssign(_ field: FieldNumber, _ item: ListItem) {
        var mine: [ElementID] = []
        var overwrote: Set<ElementID> = []
        var isSaid = false
        for one in target {
            guard case .assign(field, let assigned, _, let old) = one.operation, one.resolve(assigned) == item.id
            else { continue }
            isSaid = true
            overwrote.formUnion(old.map(one.resolve))
            if item.values.contains(where: { $0.element == one.element }) { mine.append(one.element) }
        }
        if !isSaid { return }
        if mine.isEmpty { return keep(field, .overwritten) }
        var overwrittenByOthers: Set<ElementID> = []
        for other in others {
            guard case .assign(field, let assigned, _, let old) = other.operation, other.resolve(assigned) == item.id
            else { continue }
            overwrittenByOthers.formUnion(old.map(other.resolve))
        }
        var before: [Value] = []
        for other in others where overwrote.subtracting(overwrittenByOthers).contains(other.element) {
            if let value = other.value(ofItem: item.id), !before.contains(value) { before.append(value) }
        }
        let own = Set(target.map(\.element))
        if before.isEmpty, let beside = item.values.first(where: { !own.contains($0.element) }) {
            before = [beside.value]
        }
        if before.isEmpty { return keep(field, .nothingBefore) }
        for value in before { plan.operations.append(.assign(field, item: item.id, value, overwrites: mine)) }
    }

    /// An item lives while anything done to it was not removed: so it is given the value that it had once more.
    private mutating func takeBackRemoval(_ field: FieldNumber, _ removed: Set<ElementID>, _ items: [ListItem]) {
        for place in others where place.isPlace(on: field) && !items.contains(where: { $0.id == place.element }) {
            let id = place.element
            guard others.contains(where: { $0.item(on: field) == id && removed.contains($0.element) }) else { continue }
            guard isThere(id, field) else {
                keep(field, .others)
                continue
            }
            let values = values(ofItem: id, placedBy: place)
            guard let value = values.last?.value(ofItem: id) else { continue }
            plan.operations.append(.assign(field, item: id, value, overwrites: values.map(\.element)))
        }
    }

    /// Whether an item would be in the list by what others did alone.
    private func isThere(_ id: ElementID, _ field: FieldNumber) -> Bool {
        guard others.contains(where: { $0.element == id && $0.isPlace(on: field) }) else { return false }
        var removed: Set<ElementID> = []
        for other in others {
            guard case .remove(field, let named) = other.operation else { continue }
            removed.formUnion(named.map(other.resolve))
        }
        return others.contains { $0.item(on: field) == id && !removed.contains($0.element) }
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
    /// What it gives this item of a list.
    fileprivate func value(ofItem id: ElementID) -> Value? {
        switch operation {
        case .place(_, _, _, let value): element == id ? value : nil
        case .assign(_, let item, let value, _): resolve(item) == id ? value : nil
        default: nil
        }
    }

    fileprivate func isPlace(on field: FieldNumber) -> Bool {
        if case .place(field, _, _, _) = operation { true } else { false }
    }

    /// The item of a list that it is about.
    fileprivate func item(on field: FieldNumber) -> ElementID? {
        switch operation {
        case .place(field, _, _, _): element
        case .move(field, let item, _, _), .assign(field, let item, _, _): resolve(item)
        default: nil
        }
    }

    func isOfAList(in definition: CollectionDefinition) -> Bool {
        operation.field.flatMap { definition.field($0) }?.kind == .list
    }
}
