import StoepMerge
import StoepModel
import StoepStore

/// How a conflict is settled.
public enum Resolution: Sendable {
    /// The value with this number, from 1.
    case keep(Int)
    /// All of them behind each other, the one that is shown first: only of a text.
    case keepAll
    /// Another one, as people write it: a choice, an area and a record by name.
    case value(String)
}

extension Replica {
    /// Everything in which several values compete, registers and items of lists, with who wrote which when.
    public func conflicts() throws(ReplicaError) -> [Conflict] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                return try store.conflictedRecords().flatMap { try conflicts(in: store.stored($0), &people) }
            }
        }
    }

    private func conflicts(in state: RecordState, _ people: inout People) throws -> [Conflict] {
        let definition = try definition(state)
        let values = try state.conflicts.map { competition in
            Conflict(
                id: state.id, collection: definition.name, field: competition.name(in: definition),
                values: try competing(competition, state, &people))
        }
        let joins = try state.contested.map { other in
            Conflict(
                id: state.id, collection: definition.name, field: Conflict.same,
                values: try competing(state, joinedWith: other, &people))
        }
        return values + joins
    }

    /// What competes where a record was joined with another and taken apart from it at the same time.
    private func competing(
        _ state: RecordState, joinedWith other: RecordID, _ people: inout People
    ) throws -> [CompetingValue] {
        let edge = state.edges.last { $0.other == other }.map { ($0.element, $0.time, true) }
        let parting = state.partings.last { $0.other == other }.map { ($0.element, $0.time, false) }
        return try [edge, parting].compactMap { $0 }.map { element, time, isSame in
            CompetingValue(
                value: .bool(isSame), text: other.description, by: try people.author(element.point.actor), time: time)
        }
    }

    /// Settles a conflict: the value that stays overwrites all that are shown. The others stay in the history.
    /// - Returns: the value that stays.
    /// - Throws: `unknownField`, `noConflict`, `noSuchValue`, `valueDoesNotFit`, `loweringConsent`, `areaElsewhere`,
    ///   `notAllowed`.
    public func resolve(
        _ id: RecordID, field name: String, _ resolution: Resolution
    ) throws(ReplicaError) -> CompetingValue {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write { try settle(id, name, resolution) }
        }
    }

    private func settle(_ id: RecordID, _ name: String, _ resolution: Resolution) throws -> CompetingValue {
        let state = try store.stored(id)
        if name == Conflict.same { return try settleJoin(state, resolution) }
        let definition = try definition(state)
        guard let (field, place) = definition.competing(named: name), let log = try store.log(of: id) else {
            throw ReplicaError.unknownField(
                name, known: definition.fields.filter { $0.kind == .register || $0.kind == .list }.map(\.name))
        }
        let settled = { (one: Competition) in one.field == field.number && (place == nil || one.place == place) }
        guard let competition = state.conflicts.first(where: settled) else {
            throw ReplicaError.noConflict(id, field: name)
        }
        let values = competition.values
        let value: Value
        var reading = Reading()
        switch resolution {
        case .keep(let number):
            guard (1...values.count).contains(number) else { throw ReplicaError.noSuchValue(number, of: values.count) }
            value = values[number - 1].value
        case .keepAll:
            let texts = values.compactMap { if case .text(let text) = $0.value, !text.isEmpty { text } else { nil } }
            let all = texts.joined(separator: "; ")
            guard field.type == .text, case .plain = field.form else {
                throw ReplicaError.valueDoesNotFit(field: field.name, value: all)
            }
            try Self.check(value: all, field.name)
            value = .text(all)
        case .value(let text):
            guard let parsed = try self.value(text, of: field, &reading) else {
                throw ReplicaError.valueDoesNotFit(field: field.name, value: text)
            }
            value = parsed
        }
        try checkConsent([.set(field.number, value)], of: definition.number, state)
        try checkArea(in: [.set(field.number, value)], of: definition, about: id, in: log)
        let item = competition.place.map { state.items(field.number)[$0] }
        _ = try store.saveInTransaction([
            RecordEdit(
                log: log, target: .existing(id),
                fields: [item.map { .assignItem(field.number, $0.id, value) } ?? .set(field.number, value)])
        ] + reading.births)
        try followConsent(from: state)
        let new = try store.stored(id)
        let shown = item.map { item in new.items(field.number).first { $0.id == item.id }?.values ?? [] }
        var people = People(self)
        guard let kept = (shown ?? new.values(field.number)).first else {
            throw ReplicaError.noConflict(id, field: name)
        }
        return try self.value(kept, of: field, in: new, &people)
    }

    /// The first of the records with which it is contested: joined from now on, or taken apart.
    private func settleJoin(_ state: RecordState, _ resolution: Resolution) throws -> CompetingValue {
        guard let other = state.contested.first else { throw ReplicaError.noConflict(state.id, field: Conflict.same) }
        var people = People(self)
        let values = try competing(state, joinedWith: other, &people)
        guard case .keep(let number) = resolution else {
            throw ReplicaError.valueDoesNotFit(field: Conflict.same, value: "")
        }
        guard values.indices.contains(number - 1) else { throw ReplicaError.noSuchValue(number, of: values.count) }
        if values[number - 1].value == .bool(true) {
            _ = try store.joinInTransaction(state.id, other)
        } else {
            _ = try store.separateInTransaction(state.id, from: [other])
        }
        return values[number - 1]
    }
}

extension Competition {
    /// The field's name; of an item of a list with its number, from 1: `agenda[2]`.
    fileprivate func name(in definition: CollectionDefinition) -> String {
        let name = definition.field(field)?.name ?? String(field.rawValue)
        return place.map { "\(name)[\($0 + 1)]" } ?? name
    }
}

extension CollectionDefinition {
    /// The field that a name means in which values may compete, and the item of a list that it may name, from 0.
    fileprivate func competing(named name: String) -> (FieldDefinition, Int?)? {
        let bracket = name.firstIndex(of: "[") ?? name.endIndex
        guard let field = field(named: String(name[..<bracket])) else { return nil }
        let number = name[bracket...]
        if number.isEmpty { return field.kind == .register || field.kind == .list ? (field, nil) : nil }
        guard field.kind == .list, number.last == "]", let place = Int(number.dropFirst().dropLast()), place > 0 else {
            return nil
        }
        return (field, place - 1)
    }
}
