import StoepModel

/// What one change did to a record: who, when by their clock, what, from what and to what.
package struct HistoryEntry: Sendable, Hashable {
    /// From 1, in the total order; it may grow when something older arrives.
    package let number: Int
    package let point: ChangePoint
    /// Which block of the change.
    package let block: UInt32
    package let time: Timestamp
    /// Whether it brought the record into being.
    package let creates: Bool
    /// Why none of it counts; nil where it does, but for single items.
    package let masked: QuarantineReason?
    /// Its payload is not here, so nobody can tell what it did.
    package let isMissing: Bool
    /// In the order of the operations; what is done to one text stands together.
    package let items: [HistoryItem]
}

package struct HistoryItem: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// `from` is what it overwrote; `beside` what was written at the same time by others, and stayed. Of an item of a
        /// list likewise.
        case register(FieldNumber, from: [Value], beside: [Value], to: Value)
        case added(FieldNumber, Value)
        case removed(FieldNumber, [Value])
        case text(FieldNumber, [TextChange])
        case counted(FieldNumber, Int64)
        /// `after` is the item that it was put behind; nil for the first place, or one that is not here.
        case placed(FieldNumber, Value, after: Value?)
        /// The item by its value; nil where it is not here.
        case moved(FieldNumber, Value?, after: Value?)
        case deleted
        case erased(successor: RecordID?)
        case joined(RecordID)
        case separated([RecordID])
        /// What this version does not know; the field where it has one.
        case unknown(FieldNumber?)
    }

    package let content: Content
    /// Why it does not count; nil where it does.
    package let masked: QuarantineReason?

    package init(content: Content, masked: QuarantineReason?) {
        self.content = content
        self.masked = masked
    }
}

/// One place in a text at which a change took something out or put something in, and what stood around it then.
package struct TextChange: Sendable, Hashable {
    /// At most `TextChange.contextScalars` of what stood before.
    package let before: String
    package let deleted: String
    package let inserted: String
    package let after: String

    package static let contextScalars = 24

    package init(before: String = "", deleted: String = "", inserted: String = "", after: String = "") {
        self.before = before
        self.deleted = deleted
        self.inserted = inserted
        self.after = after
    }
}

extension RecordFold {
    /// Everything that was ever done to a record, in the total order, what does not count included. As the fold, it
    /// depends on the set of blocks alone.
    package func history(_ id: RecordID, _ delivered: [RecordBlock]) -> [HistoryEntry] {
        let judged = judged(id, delivered)
        let (state, fields) = fold(id, delivered)
        var teller = HistoryTeller(documents: (fields?.texts ?? [:]).mapValues { $0.document() })
        var listed: [ElementID: [ListedOperation]] = [:]
        for one in self.listed(judged, of: state) {
            listed[ElementID(point: one.block.point, offset: one.block.index), default: []].append(one)
        }
        return judged.enumerated().map { index, item in
            let operations = listed[ElementID(point: item.block.point, offset: item.block.index)] ?? []
            var isMissing = false
            var masked = item.quarantined?.reason
            switch item.block.content {
            case .missing: isMissing = true
            // Of another collection than the record.
            case .payload(let payload, _) where state.collection != nil && payload.collection != state.collection:
                masked = masked ?? .malformed
            default: break
            }
            return HistoryEntry(
                number: index + 1, point: item.block.point, block: item.block.index, time: item.block.time,
                creates: item.block.point == state.creation?.point && item.creates, masked: masked,
                isMissing: isMissing, items: teller.items(operations))
        }
    }
}

/// Tells block after block what it did, knowing what there was before it.
private struct HistoryTeller {
    private var written: [ElementID: Value] = [:]
    /// The values of each register that nobody overwrote so far, in the order in which they were written.
    private var standing: [FieldNumber: [ElementID]] = [:]
    private var added: [ElementID: Value] = [:]
    private var edges: [ElementID: RecordID] = [:]
    private var texts: [FieldNumber: TextReplay]
    /// The item of a list that an element belongs to, and the values of each that nobody overwrote so far.
    private var items: [ElementID: ElementID] = [:]
    private var itemValues: [ElementID: [ElementID]] = [:]

    init(documents: [FieldNumber: TextDocument]) { texts = documents.mapValues { TextReplay($0) } }

    mutating func items(_ operations: [ListedOperation]) -> [HistoryItem] {
        var items: [HistoryItem] = []
        var told: Set<FieldNumber> = []
        for one in operations {
            if let field = one.operation.field, !one.text.isEmpty {
                if let masked = one.masked {
                    items.append(HistoryItem(content: .text(field, maskedText(one, field)), masked: masked))
                } else if told.insert(field).inserted {
                    // All that the change did to this text is one item.
                    let pieces = operations.filter { $0.operation.field == field && $0.masked == nil }.map(\.text)
                    let changes = texts[field, default: TextReplay(TextDocument())].apply(pieces)
                    if !changes.isEmpty { items.append(HistoryItem(content: .text(field, changes), masked: nil)) }
                }
            } else {
                items.append(HistoryItem(content: content(one), masked: one.masked))
            }
        }
        return items
    }

    private func maskedText(_ one: ListedOperation, _ field: FieldNumber) -> [TextChange] {
        let pieces = one.text
        return pieces.inserts.map { TextChange(inserted: string($0.scalars)) }
            + pieces.deletes.map { TextChange(deleted: texts[field]?.text(of: $0) ?? "") }
    }

    private mutating func content(_ one: ListedOperation) -> HistoryItem.Content {
        guard one.isKnown else { return .unknown(one.operation.field) }
        switch one.operation {
        case .write(let field, let value, let overwrites):
            var live = standing[field] ?? []
            let content = written(field, value, over: overwrites, one, &live)
            standing[field] = live
            return content
        case .add(let field, let value):
            if one.masked == nil { added[one.element] = value }
            return .added(field, value)
        case .remove(let field, let adds):
            let named = adds.map(one.resolve)
            let found = named.compactMap { added[$0] ?? items[$0].flatMap(shown) }
            return .removed(field, Set(found).sorted())
        case .count(let field, let delta): return .counted(field, delta)
        case .place, .move, .assign: return listContent(one)
        case .deleteRecord: return .deleted
        case .eraseRecord(let successor): return .erased(successor: successor)
        case .same(let other, _):
            if one.masked == nil { edges[one.element] = other }
            return .joined(other)
        case .apart(let named):
            return .separated(Set(named.map(one.resolve).compactMap { edges[$0] }).sorted())
        default: return .unknown(one.operation.field)
        }
    }

    /// A value of a register, or of an item of a list, of which these stood before.
    private mutating func written(
        _ field: FieldNumber, _ value: Value, over overwrites: [ElementReference], _ one: ListedOperation,
        _ live: inout [ElementID]
    ) -> HistoryItem.Content {
        let named = Set(overwrites.map(one.resolve))
        let from = live.filter { named.contains($0) }
        let beside = live.filter { !named.contains($0) }
        if one.masked == nil {
            written[one.element] = value
            live = beside + [one.element]
        }
        return .register(field, from: values(from), beside: values(beside), to: value)
    }

    private mutating func listContent(_ one: ListedOperation) -> HistoryItem.Content {
        switch one.operation {
        case .place(let field, let left, _, let value):
            let after = left.map(one.resolve).flatMap { items[$0] }.flatMap(shown)
            if one.masked == nil {
                written[one.element] = value
                items[one.element] = one.element
                itemValues[one.element] = [one.element]
            }
            return .placed(field, value, after: after)
        case .move(let field, let item, let left, _):
            let item = one.resolve(item)
            let after = left.map(one.resolve).flatMap { items[$0] }.flatMap(shown)
            if one.masked == nil { items[one.element] = item }
            return .moved(field, shown(item), after: after)
        case .assign(let field, let item, let value, let overwrites):
            let item = one.resolve(item)
            var live = itemValues[item] ?? []
            let content = written(field, value, over: overwrites, one, &live)
            if one.masked == nil {
                itemValues[item] = live
                items[one.element] = item
            }
            return content
        default: return .unknown(one.operation.field)
        }
    }

    /// What an item of a list reads: the last value that nobody overwrote.
    private func shown(_ item: ElementID) -> Value? { itemValues[item]?.last.flatMap { written[$0] } }

    private func values(_ elements: [ElementID]) -> [Value] {
        var seen: Set<Value> = []
        return elements.compactMap { written[$0] }.filter { seen.insert($0).inserted }
    }
}

/// A text from its beginning: all elements it will ever have stand in their places, and are shown and hidden change by
/// change.
private struct TextReplay {
    private let elements: [TextElement]
    private let positions: [ElementID: Int]
    private var holdings: [ChangePoint: Offsets] = [:]
    private var isShown: [Bool]
    private var isGone: [Bool]
    /// How far context is looked for across what is not shown.
    private static let reach = 4096

    /// The elements of one change by offset, and for each the next one that nobody removed.
    private struct Offsets {
        var offsets: [UInt32] = []
        var positions: [Int] = []
        var next: [Int] = []

        mutating func standing(from index: Int) -> Int {
            var end = index
            while end < next.count, next[end] != end { end = next[end] }
            var at = index
            while at < end, at < next.count {
                let following = next[at]
                next[at] = end
                at = following
            }
            return end
        }
    }

    init(_ document: TextDocument) {
        elements = document.elements
        positions = Dictionary(
            elements.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        isShown = Array(repeating: false, count: elements.count)
        isGone = isShown
        for (position, element) in elements.enumerated().sorted(by: { $0.element.id < $1.element.id }) {
            var held = holdings.removeValue(forKey: element.id.point) ?? Offsets()
            held.offsets.append(element.id.offset)
            held.positions.append(position)
            held.next.append(held.next.count)
            holdings[element.id.point] = held
        }
    }

    /// Does what one change did, and tells where the text is another than before.
    mutating func apply(_ pieces: [TextPieces]) -> [TextChange] {
        var before: [Int: Bool] = [:]
        var waiting: [TextChange] = []
        for piece in pieces {
            for insert in piece.inserts {
                let found = insert.ids.compactMap { positions[$0] }
                // It refers to something that is not here yet.
                if found.isEmpty { waiting.append(TextChange(inserted: string(insert.scalars))) }
                for position in found where !isShown[position] && !isGone[position] {
                    before[position] = before[position] ?? false
                    isShown[position] = true
                }
            }
            for delete in piece.deletes {
                for position in remove(delete) {
                    before[position] = before[position] ?? isShown[position]
                    isShown[position] = false
                }
            }
        }
        return changes(before.filter { isShown[$0.key] != $0.value }.keys.sorted()) + waiting
    }

    /// The places of what is removed now and was not before.
    private mutating func remove(_ delete: TextOperations.Delete) -> [Int] {
        guard var held = holdings.removeValue(forKey: delete.first.point) else { return [] }
        let end = UInt64(delete.first.offset) + UInt64(delete.count)
        var found: [Int] = []
        var index = held.standing(from: held.offsets.partitioning { $0 >= delete.first.offset })
        while index < held.offsets.count, UInt64(held.offsets[index]) < end {
            found.append(held.positions[index])
            isGone[held.positions[index]] = true
            held.next[index] = index + 1
            index = held.standing(from: index + 1)
        }
        holdings[delete.first.point] = held
        return found
    }

    /// What the elements of a run are, here or removed.
    func text(of delete: TextOperations.Delete) -> String {
        guard let held = holdings[delete.first.point] else { return "" }
        let end = UInt64(delete.first.offset) + UInt64(delete.count)
        let from = held.offsets.partitioning { $0 >= delete.first.offset }
        return string(
            held.offsets[from...].indices.prefix { UInt64(held.offsets[$0]) < end }
                .map { elements[held.positions[$0]].scalar })
    }

    /// Changed places with nothing that stayed between them are one.
    private func changes(_ changed: [Int]) -> [TextChange] {
        var changes: [TextChange] = []
        var from = 0
        while from < changed.count {
            var to = from + 1
            while to < changed.count, !(changed[to - 1] + 1..<changed[to]).contains(where: { isShown[$0] }) { to += 1 }
            let run = changed[from..<to]
            changes.append(
                TextChange(
                    before: context(stride(from: run[from] - 1, through: 0, by: -1), isReversed: true),
                    deleted: string(run.filter { !isShown[$0] }.map { elements[$0].scalar }),
                    inserted: string(run.filter { isShown[$0] }.map { elements[$0].scalar }),
                    after: context(stride(from: run[to - 1] + 1, to: elements.count, by: 1), isReversed: false)))
            from = to
        }
        return changes
    }

    private func context(_ places: some Sequence<Int>, isReversed: Bool) -> String {
        let shown = places.prefix(Self.reach).filter { isShown[$0] }.prefix(TextChange.contextScalars)
        return string((isReversed ? shown.reversed() : Array(shown)).map { elements[$0].scalar })
    }
}

func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
}
