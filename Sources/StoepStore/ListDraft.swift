import StoepMerge
import StoepModel

/// A list while one save changes it: each edit sees what the ones before it did.
struct ListDraft {
    /// Between which slots a new one goes; nil is the list's beginning, its end.
    struct Place {
        let left: ElementID?
        let right: ElementID?
    }

    private struct Item {
        let id: ElementID
        var slot: ElementID
        var elements: [ElementID]
        /// What is shown, and the elements of all values.
        var value: Value?
        var values: [ElementID]
    }

    /// As they are shown.
    private var items: [Item]
    /// Visible exactly where an item shows.
    private var slots: TextDocument

    init(_ items: [ListItem], _ slots: TextDocument) {
        self.items = items.map { item in
            Item(
                id: item.id, slot: item.slot, elements: item.elements,
                value: item.distinctValues.count == 1 ? item.values.first?.value : nil,
                values: item.values.map(\.element))
        }
        self.slots = slots
    }

    mutating func place(_ value: Value, _ element: ElementID, at index: Int) -> Place {
        let index = min(max(index, 0), items.count)
        let place = insert(element, at: index)
        items.insert(Item(id: element, slot: element, elements: [element], value: value, values: [element]), at: index)
        return place
    }

    /// Nil where there is no such item, or it stands there already.
    mutating func move(_ id: ElementID, _ element: ElementID, to index: Int) -> Place? {
        guard let from = items.firstIndex(where: { $0.id == id }) else { return nil }
        let index = min(max(index, 0), items.count - 1)
        guard index != from else { return nil }
        var item = items.remove(at: from)
        slots.delete(first: item.slot, count: 1)
        let place = insert(element, at: index)
        item.slot = element
        item.elements.append(element)
        items.insert(item, at: index)
        return place
    }

    /// The values that it overwrites; nil where there is no such item, or this is its one value already.
    mutating func assign(_ id: ElementID, _ value: Value, _ element: ElementID) -> [ElementID]? {
        guard let index = items.firstIndex(where: { $0.id == id }), items[index].value != value else { return nil }
        let overwritten = items[index].values
        items[index].value = value
        items[index].values = [element]
        items[index].elements.append(element)
        return overwritten
    }

    /// All that was done to it; nil where there is no such item.
    mutating func remove(_ id: ElementID) -> [ElementID]? {
        guard let index = items.firstIndex(where: { $0.id == id }) else { return nil }
        let item = items.remove(at: index)
        slots.delete(first: item.slot, count: 1)
        return item.elements
    }

    private mutating func insert(_ element: ElementID, at index: Int) -> Place {
        let mark = ListFold.mark
        let edit = TextEdit(position: index, deleted: 0, inserted: [mark])
        let insert = slots.operations(for: [edit]).inserts.first
        slots.insert(CollectionOfOne(mark), first: element, left: insert?.left, right: insert?.right)
        return Place(left: insert?.left, right: insert?.right)
    }
}
