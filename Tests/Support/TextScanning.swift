import StoepModel
import StoepMerge

/// The FugueMax order once more, found in another way: no tree, but one list, scanned from the left origin on until
/// the new element's place is sure. It is Gentle's YjsMod, which Weidner & Kleppmann ("The Art of the Fugue") show to
/// give the same order. Every step looks through the whole list, and anchors must be an editor's.
///
/// It shares nothing with `TextSequence`, so that the two can be held against each other.
package struct ScannedText {
    package struct Item {
        package let id: ElementID
        package let scalar: Unicode.Scalar
        let left: ElementID?
        let right: ElementID?
        package var isVisible = true
    }

    package private(set) var items: [Item] = []

    package init() {}

    package var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: items.filter(\.isVisible).map(\.scalar))
        return String(view)
    }

    package var count: Int { items.count { $0.isVisible } }

    /// What a replica with this text writes for an edit, as the change `point`.
    package func operations(for edit: TextEdit, at point: ChangePoint) -> [TextOperation] {
        let shown = items.indices.filter { items[$0].isVisible }
        let left = edit.position == 0 ? -1 : shown[edit.position - 1]
        var operations = shown[edit.position..<edit.position + edit.deleted].map {
            TextOperation.delete(first: items[$0].id, count: 1)
        }
        if !edit.inserted.isEmpty {
            operations.append(
                .insert(
                    edit.inserted, first: ElementID(point: point, offset: 0), left: left < 0 ? nil : items[left].id,
                    right: left + 1 < items.count ? items[left + 1].id : nil))
        }
        return operations
    }

    package mutating func apply(_ operation: TextOperation) {
        switch operation {
        case .insert(let scalars, let first, let left, let right):
            var left = left
            for (index, scalar) in scalars.enumerated() {
                let id = ElementID(point: first.point, offset: first.offset + UInt32(index))
                if !items.contains(where: { $0.id == id }) {
                    integrate(Item(id: id, scalar: scalar, left: left, right: right))
                }
                left = id
            }
        case .delete(let first, let count):
            let last = first.offset + count
            for index in items.indices
            where items[index].id.point == first.point && (first.offset..<last).contains(items[index].id.offset) {
                items[index].isVisible = false
            }
        }
    }

    private mutating func integrate(_ new: Item) {
        let (left, right) = (leftIndex(new), rightIndex(new))
        var place = left + 1
        var isScanning = false
        var index = left + 1
        while true {
            if !isScanning { place = index }
            if index == items.count || index == right { break }
            let other = items[index]
            let (otherLeft, otherRight) = (leftIndex(other), rightIndex(other))
            if otherLeft < left { break }
            if otherLeft == left {
                if otherRight == right && new.id < other.id { break }
                isScanning = otherRight < right
            }
            index += 1
        }
        items.insert(new, at: place)
    }

    private func leftIndex(_ item: Item) -> Int {
        item.left.flatMap { left in items.firstIndex { $0.id == left } } ?? -1
    }

    private func rightIndex(_ item: Item) -> Int {
        item.right.flatMap { right in items.firstIndex { $0.id == right } } ?? items.count
    }
}

/// What travels between replicas of a text.
package enum TextOperation: Sendable {
    case insert([Unicode.Scalar], first: ElementID, left: ElementID?, right: ElementID?)
    case delete(first: ElementID, count: UInt32)
}

extension TextSequence {
    /// Applies what can be applied, and comes back to what waits, until nothing moves any more.
    ///
    /// - Returns: what each insert came to in the end, by the first of its ids.
    @discardableResult
    package mutating func deliver(_ operations: [TextOperation]) -> [ElementID: InsertResult] {
        var results: [ElementID: InsertResult] = [:]
        var queue = operations
        while true {
            var waiting: [TextOperation] = []
            for operation in queue {
                switch operation {
                case .insert(let scalars, let first, let left, let right):
                    let result = insert(scalars, first: first, left: left, right: right)
                    results[first] = result
                    if result == .waiting { waiting.append(operation) }
                case .delete(let first, let count):
                    delete(first: first, count: count)
                }
            }
            if waiting.isEmpty || waiting.count == queue.count { return results }
            queue = waiting
        }
    }
}
