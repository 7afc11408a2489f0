import StoepModel

/// Several records that are the same person or question, seen as one: nothing of any is left out, and everything says
/// where it stands. What is written in it goes to the record displayed.
package struct JoinedView: Sendable, Hashable {
    /// The record that was asked for.
    package let displayed: RecordID
    /// Ascending; the first stands for the group. One alone where it is joined with nothing.
    package let members: [RecordID]
    package let collection: CollectionNumber
    /// Ascending by number; a field that holds nothing in any of them is absent.
    package let fields: [Field]
    /// The pairs of them that were joined and taken apart at the same time.
    package let contested: [JoinedRecords.ContestedPair]

    package struct Field: Sendable, Hashable {
        package let number: FieldNumber
        package let content: Content
    }

    package enum Content: Sendable, Hashable {
        /// The distinct values of all, the greatest in the total order first; more than one is a conflict.
        case register([JoinedValue])
        /// The members of all, ascending.
        case set([JoinedMember])
        /// Texts, and what else does not unite: each record's own, whole, beside the others'.
        case beside([Part])
    }

    package struct Part: Sendable, Hashable {
        package let record: RecordID
        package let state: FieldState
    }

    /// A value, and the records in which it stands.
    package struct JoinedValue: Sendable, Hashable {
        package let value: Value
        /// The greatest in the total order first.
        package let places: [Place]

        package struct Place: Sendable, Hashable {
            package let record: RecordID
            package let written: RegisterValue
        }
    }

    package struct JoinedMember: Sendable, Hashable {
        package let value: Value
        /// Ascending.
        package let records: [RecordID]
    }

    package var representative: RecordID { members.first ?? displayed }

    package subscript(field: FieldNumber) -> Content? {
        fields.first { $0.number == field }?.content
    }

    /// Registers whose values differ, within one record or between them.
    package var conflicts: [FieldNumber] {
        fields.compactMap { field in
            if case .register(let values) = field.content, values.count > 1 { field.number } else { nil }
        }
    }
}

extension JoinedRecords {
    /// The group of a record as one; nil where the record is not here.
    package func view(of id: RecordID) -> JoinedView? {
        guard let collection = state(of: id)?.collection else { return nil }
        let members = group(of: id)
        let states = members.compactMap { state(of: $0) }
        let numbers = Set(states.flatMap { $0.fields.map(\.number) }).sorted()
        let within = Set(members)
        return JoinedView(
            displayed: id, members: members, collection: collection,
            fields: numbers.map { JoinedView.Field(number: $0, content: Self.content($0, states)) },
            contested: contested.filter { within.contains($0.first) && within.contains($0.second) })
    }

    private static func content(_ field: FieldNumber, _ states: [RecordState]) -> JoinedView.Content {
        var places: [JoinedView.JoinedValue.Place] = []
        var members: [Value: [RecordID]] = [:]
        var parts: [JoinedView.Part] = []
        for state in states {
            switch state[field] {
            case .register(let values)?:
                places += values.map { JoinedView.JoinedValue.Place(record: state.id, written: $0) }
            case .set(let held)?:
                for member in held { members[member.value, default: []].append(state.id) }
            case let other?: parts.append(JoinedView.Part(record: state.id, state: other))
            case nil: break
            }
        }
        // They are of one collection, so the field is of one kind.
        if !places.isEmpty { return .register(values(places)) }
        if !members.isEmpty {
            return .set(
                members.sorted { $0.key < $1.key }.map { JoinedView.JoinedMember(value: $0.key, records: $0.value) })
        }
        return .beside(parts)
    }

    private static func values(_ places: [JoinedView.JoinedValue.Place]) -> [JoinedView.JoinedValue] {
        var values: [Value] = []
        var byValue: [Value: [JoinedView.JoinedValue.Place]] = [:]
        for place in places.sorted(by: { follows($0, $1) }) {
            if byValue[place.written.value] == nil { values.append(place.written.value) }
            byValue[place.written.value, default: []].append(place)
        }
        return values.map { JoinedView.JoinedValue(value: $0, places: byValue[$0] ?? []) }
    }

    /// Whether one was written after the other in the total order, which all records of a log share.
    private static func follows(_ a: JoinedView.JoinedValue.Place, _ b: JoinedView.JoinedValue.Place) -> Bool {
        let (x, y) = (a.written, b.written)
        if x.lamport != y.lamport { return x.lamport > y.lamport }
        if x.element.point.actor != y.element.point.actor { return x.element.point.actor > y.element.point.actor }
        if x.element.point.check != y.element.point.check { return x.element.point.check > y.element.point.check }
        return (y.element, b.record) < (x.element, a.record)
    }
}
