import StoepModel

/// A record as its blocks fold: the same on every replica that holds the same blocks, the same roster and the same
/// schema (`DESIGN` §2).
package struct RecordState: Sendable, Hashable {
    package let id: RecordID
    /// Nil while the block that creates the record is not here, lacks its body, or does not count; and once the record
    /// is erased.
    package var collection: CollectionNumber?
    /// Where the record was created, once that is known; for a natural key, the first in the total order.
    package var creation: Creation?
    /// Ascending by field number; a field that holds nothing is absent.
    package var fields: [FieldEntry]
    package var presence: RecordPresence
    /// What joins this record with others now, ascending by the other record, then by element.
    package var edges: [JoinEdge]
    /// What took this record apart from others, ascending likewise: it contests edges whose author did not know of it.
    package var partings: [Parting]
    /// Operations that refer to something not here yet.
    package var pending: Int
    /// Operations of kinds, fields or collections that this schema does not know: they fold after an upgrade.
    package var unknown: Int
    /// Blocks whose payload and salt are missing.
    package var missing: Int
    /// What is held and does not count, in the total order.
    package var quarantined: [Quarantined]

    package init(id: RecordID) {
        self.id = id
        fields = []
        presence = .present
        edges = []
        partings = []
        pending = 0
        unknown = 0
        missing = 0
        quarantined = []
    }

    package subscript(field: FieldNumber) -> FieldState? {
        fields.first { $0.number == field }?.state
    }

    /// Whether there is such a record, and it is shown: what the rules of the space and every list go by.
    package var isListed: Bool { collection != nil && presence.isListed }
}

/// Who brought a record into being, and when by their clock.
package struct Creation: Sendable, Hashable {
    package let point: ChangePoint
    package let time: Timestamp
    /// Nil for the authority.
    package let member: RecordID?
    package init(point: ChangePoint, time: Timestamp, member: RecordID?) {
        self.point = point
        self.time = time
        self.member = member
    }
}

package struct FieldEntry: Sendable, Hashable {
    package let number: FieldNumber
    package var state: FieldState
    package init(number: FieldNumber, state: FieldState) {
        self.number = number
        self.state = state
    }
}

/// What a field holds.
package enum FieldState: Sendable, Hashable {
    /// Every value that nobody overwrote, the one that is shown first. Never empty.
    case register([RegisterValue])
    /// Members ascending by value. Never empty.
    case set([SetMember])
    case text(String)
    /// The sum of all that was counted, which may be zero.
    case counter(Int128)
    /// The items that are shown, in order. Never empty.
    case list([ListItem])

    package static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.register(let x), .register(let y)): x == y
        case (.set(let x), .set(let y)): x == y
        case (.text(let x), .text(let y)): x.utf8.elementsEqual(y.utf8)
        case (.counter(let x), .counter(let y)): x == y
        case (.list(let x), .list(let y)): x == y
        default: false
        }
    }
}

/// Values of which somebody has to choose one: of a register, or of an item of a list.
package struct Competition: Sendable, Hashable {
    package let field: FieldNumber
    /// Where the item stands in its list, from 0; nil for a register.
    package let place: Int?
    /// At least two, all different, the one that is shown first.
    package let values: [RegisterValue]
}

/// A value of a register, and who wrote it when.
package struct RegisterValue: Sendable, Hashable {
    package let value: Value
    package let element: ElementID
    package let lamport: UInt64
    package let time: Timestamp
    package init(value: Value, element: ElementID, lamport: UInt64, time: Timestamp) {
        self.value = value
        self.element = element
        self.lamport = lamport
        self.time = time
    }
}

/// A member of a set, and the adds that give it: a remove names them.
package struct SetMember: Sendable, Hashable {
    package let value: Value
    /// Ascending.
    package let adds: [ElementID]
    package init(value: Value, adds: [ElementID]) {
        self.value = value
        self.adds = adds
    }
}

/// An item of a list.
package struct ListItem: Sendable, Hashable {
    /// The operation that placed it.
    package let id: ElementID
    /// Where it shows: its id, or the greatest of its moves.
    package let slot: ElementID
    /// All that was done to it and not removed, ascending: a remove names them.
    package let elements: [ElementID]
    /// Every value that nobody overwrote, the one that is shown first. Never empty.
    package let values: [RegisterValue]
    package init(id: ElementID, slot: ElementID, elements: [ElementID], values: [RegisterValue]) {
        self.id = id
        self.slot = slot
        self.elements = elements
        self.values = values
    }

    /// The distinct values, the shown one first. More than one is a conflict.
    package var distinctValues: [RegisterValue] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0.value).inserted }
    }
}

/// Something held that does not count, and why.
package struct Quarantined: Sendable, Hashable {
    package let point: ChangePoint
    /// Which block of the change.
    package let block: UInt32
    /// Which of the block's elements; nil for the whole block.
    package let offset: UInt32?
    package let reason: QuarantineReason
    package init(point: ChangePoint, block: UInt32, offset: UInt32?, reason: QuarantineReason) {
        self.point = point
        self.block = block
        self.offset = offset
        self.reason = reason
    }
}

extension RecordState {
    /// The register's value that is shown.
    package func value(_ field: FieldNumber) -> Value? {
        guard case .register(let values)? = self[field] else { return nil }
        return values.first?.value
    }

    /// The register's distinct values, the shown one first. More than one is a conflict.
    package func values(_ field: FieldNumber) -> [RegisterValue] {
        guard case .register(let values)? = self[field] else { return [] }
        if values.count < 2 { return values }
        var seen: Set<Value> = []
        return values.filter { seen.insert($0.value).inserted }
    }

    package func text(_ field: FieldNumber) -> String {
        guard case .text(let text)? = self[field] else { return "" }
        return text
    }

    package func members(_ field: FieldNumber) -> [SetMember] {
        guard case .set(let members)? = self[field] else { return [] }
        return members
    }

    /// What a counter came to, as far as 64 bits hold it; zero where nobody counted.
    package func count(_ field: FieldNumber) -> Int64 {
        guard case .counter(let sum)? = self[field] else { return 0 }
        return Int64(clamping: sum)
    }

    package func items(_ field: FieldNumber) -> [ListItem] {
        guard case .list(let items)? = self[field] else { return [] }
        return items
    }

    /// Where values compete, by field, and in a list by place. Equal values written apart are no conflict.
    package var conflicts: [Competition] {
        fields.flatMap { field -> [Competition] in
            switch field.state {
            case .register:
                let values = values(field.number)
                return values.count > 1 ? [Competition(field: field.number, place: nil, values: values)] : []
            case .list(let items):
                return items.enumerated().compactMap { index, item in
                    let values = item.distinctValues
                    return values.count > 1 ? Competition(field: field.number, place: index, values: values) : nil
                }
            case .set, .text, .counter: return []
            }
        }
    }

    /// What a conversation or a person consented to, the highest that anybody recorded: what is kept may rest on it.
    package var consent: Consent? {
        guard let field = collection.flatMap({ Self.consentField(of: $0) }) else { return nil }
        return values(field).compactMap { candidate in
            if case .integer(let number) = candidate.value { Consent(rawValue: number) } else { nil }
        }.max()
    }

    /// Where a record of a collection says what somebody consented to.
    package static func consentField(of collection: CollectionNumber) -> FieldNumber? {
        switch collection {
        case .conversation: Field.Conversation.consent
        case .person: Field.Person.consent
        default: nil
        }
    }

    /// For a register on which the rules of the space depend: the least of the competing integers.
    package func least(_ field: FieldNumber) -> Int64? {
        values(field).compactMap { candidate in
            if case .integer(let number) = candidate.value { number } else { nil }
        }.min()
    }
}
