import StoepModel

/// One list field while its operations are gathered: slots in FugueMax order, and the items that stand in them.
///
/// An item is its place operation. Each move makes it another slot, and it shows at the one of the greatest move in
/// the total order, so that it shows once whoever moved it meanwhile. Slots never go: others' are anchored in them.
package struct ListFold {
    private enum Entry {
        case place(RegisterValue)
        case move(item: ElementID, slot: ElementID)
        case assign(item: ElementID, RegisterValue, overwrites: [ElementID])
    }

    /// A place for an item, as its operation asked for it.
    struct Slot {
        let element: ElementID
        let block: UInt32
        let left: ElementID?
        let right: ElementID?
        let counts: Bool
    }

    /// What counts, in the total order.
    private var entries: [Entry] = []
    /// Every slot, those of what does not count as well.
    private var slots: [Slot] = []
    /// The slots in their order; visible where an item shows.
    private(set) var sequence = TextDocument()
    /// Slots that are in the sequence.
    private var standing: Set<ElementID> = []
    private var refused: Set<ElementID> = []

    /// What stands for a slot in the sequence.
    package static let mark: Unicode.Scalar = "\u{FFFC}"

    mutating func addSlot(_ slot: Slot) { slots.append(slot) }

    mutating func place(_ value: RegisterValue) { entries.append(.place(value)) }

    mutating func move(_ item: ElementID, to slot: ElementID) { entries.append(.move(item: item, slot: slot)) }

    mutating func assign(_ item: ElementID, _ value: RegisterValue, overwrites: [ElementID]) {
        entries.append(.assign(item: item, value, overwrites: overwrites))
    }

    struct Result {
        var items: [ListItem] = []
        /// Operations whose item or anchor is not here, or whose item does not count.
        var pending = 0
        /// Operations that count and whose slot can never be in the list.
        var refused: [Slot] = []
    }

    /// An item while what was done to it is gathered.
    fileprivate struct Item {
        var slot: ElementID?
        var elements: [ElementID] = []
        var values: [RegisterValue] = []
        var overwritten: Set<ElementID> = []
    }

    /// - Parameter removed: what removes took. An item lives while one of its elements is not among it.
    mutating func finish(removed: Set<ElementID>) -> Result {
        integrate()
        var result = Result()
        result.refused = slots.filter { $0.counts && refused.contains($0.element) }
        var items: [ElementID: Item] = [:]
        for case .place(let value) in entries where !refused.contains(value.element) {
            let isStanding = standing.contains(value.element)
            items[value.element] = Item(slot: isStanding ? value.element : nil)
            if !isStanding { result.pending += 1 }
        }
        for entry in entries { gather(entry, &items, &result.pending) }
        var shown: [ElementID: ElementID] = [:]
        for (id, item) in items {
            if let slot = item.slot { shown[slot] = id }
        }
        for element in sequence.elements {
            guard let id = shown[element.id], let item = items[id]?.shown(id, at: element.id, removed: removed) else {
                sequence.delete(first: element.id, count: 1)
                continue
            }
            result.items.append(item)
        }
        return result
    }

    private func gather(_ entry: Entry, _ items: inout [ElementID: Item], _ pending: inout Int) {
        switch entry {
        case .place(let value):
            items[value.element]?.elements.append(value.element)
            items[value.element]?.values.append(value)
        case .move(let item, let slot):
            if refused.contains(slot) { return }
            guard items[item] != nil else { return pending += 1 }
            items[item]?.elements.append(slot)
            if standing.contains(slot) { items[item]?.slot = slot } else { pending += 1 }
        case .assign(let item, let value, let overwrites):
            guard items[item] != nil else { return pending += 1 }
            items[item]?.elements.append(value.element)
            items[item]?.values.append(value)
            items[item]?.overwritten.formUnion(overwrites)
        }
    }

    /// Puts every slot in whose anchors are here. A slot that waits is looked at again when its anchor came, not
    /// before: thousands that wait for one another cost no more than as many that do not.
    private mutating func integrate() {
        var waiting: [ElementID: [Slot]] = [:]
        var ready = Array(slots.reversed())
        while let slot = ready.popLast() {
            // One beside itself will never stand, whatever else it waits for.
            let isBesideItself = slot.left == slot.element || slot.right == slot.element
            let missing = [slot.left, slot.right].lazy.compactMap { $0 }.first { !standing.contains($0) }
            if let missing, !isBesideItself {
                waiting[missing, default: []].append(slot)
                continue
            }
            let result = sequence.insert(
                CollectionOfOne(Self.mark), first: slot.element, left: slot.left, right: slot.right)
            guard case .inserted = result else {
                refused.insert(slot.element)
                continue
            }
            standing.insert(slot.element)
            ready += (waiting.removeValue(forKey: slot.element) ?? []).reversed()
        }
    }
}

extension ListFold.Item {
    /// The item as it shows, the greatest value first; nil where everything of it was removed.
    func shown(_ id: ElementID, at slot: ElementID, removed: Set<ElementID>) -> ListItem? {
        let living = elements.filter { !removed.contains($0) }.sorted()
        let values = values.filter { !overwritten.contains($0.element) }
        guard !living.isEmpty, !values.isEmpty else { return nil }
        return ListItem(id: id, slot: slot, elements: living, values: values.reversed())
    }
}
