import StoepMerge
import StoepModel
import StoepStore

/// How a conflict is settled.
public enum Resolution: Sendable {
    /// The value with this number, from 1.
    case keep(Int)
    /// Another one. An integer is written in digits, a consent and an area by name.
    case value(String)
}

extension Replica {
    /// Every register in which several values compete, with who wrote which when.
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
        let registers = try definition.fields.compactMap { field -> Conflict? in
            let values = try competing(state, field, &people)
            guard values.count > 1 else { return nil }
            return Conflict(id: state.id, collection: definition.name, field: field.name, values: values)
        }
        let joins = try state.contested.map { other in
            Conflict(
                id: state.id, collection: definition.name, field: Conflict.same,
                values: try competing(state, joinedWith: other, &people))
        }
        return registers + joins
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
        guard let field = definition.field(named: name), field.kind == .register, let log = try store.log(of: id) else {
            throw ReplicaError.unknownField(name, known: definition.fields.filter { $0.kind == .register }.map(\.name))
        }
        let values = state.values(field.number)
        guard values.count > 1 else { throw ReplicaError.noConflict(id, field: name) }
        let value: Value
        switch resolution {
        case .keep(let number):
            guard (1...values.count).contains(number) else { throw ReplicaError.noSuchValue(number, of: values.count) }
            value = values[number - 1].value
        case .value(let text):
            value = try parse(text, for: field, of: state)
        }
        try check(value, for: field, of: state, in: log)
        _ = try store.saveInTransaction([
            RecordEdit(log: log, target: .existing(id), fields: [.set(field.number, value)])
        ])
        var people = People(self)
        guard let shown = try competing(store.stored(id), field, &people).first else {
            throw ReplicaError.noConflict(id, field: name)
        }
        return shown
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

    private func parse(_ text: String, for field: FieldDefinition, of state: RecordState) throws -> Value {
        let isConversation = state.collection == .conversation
        switch field.type {
        case .text where isConversation && field.number == Field.Conversation.area:
            return .text(try area(meaning: text).code)
        case .text:
            try Self.check(value: text, field.name)
            return .text(text)
        case .integer where isConversation && field.number == Field.Conversation.consent:
            guard let consent = Consent(named: text) else { break }
            return .integer(consent.rawValue)
        case .integer:
            guard let number = Int64(text) else { break }
            return .integer(number)
        case .bool:
            guard let flag = Bool(text) else { break }
            return .bool(flag)
        case .bytes, .record: break
        }
        throw ReplicaError.valueDoesNotFit(field: field.name, value: text)
    }

    private func check(_ value: Value, for field: FieldDefinition, of state: RecordState, in log: LogID) throws {
        guard state.collection == .conversation else { return }
        switch (field.number, value) {
        case (Field.Conversation.consent, .integer(let number)):
            if let consent = Consent(rawValue: number) { try checkConsent(consent, state) }
        case (Field.Conversation.area, .text(let code)): try checkArea(area(code: code), of: state.id, in: log)
        default: break
        }
    }
}
