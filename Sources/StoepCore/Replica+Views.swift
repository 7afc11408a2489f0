import StoepMerge
import StoepModel
import StoepStore

/// Records as people see them. All of these stand inside a read.
extension Replica {
    func definition(_ number: CollectionNumber) throws -> CollectionDefinition {
        guard let definition = Schema.current[number] else { throw ReplicaError.unexpected("collection \(number)") }
        return definition
    }

    /// - Parameter place: the log that it stands in, where that is known; otherwise the one that this store has it in.
    func view(_ id: RecordID, in place: LogID? = nil, _ people: inout People) throws -> RecordView {
        let state = try store.stored(id, in: place)
        guard let log = try place ?? store.log(of: id) else { throw ReplicaError.unknownID(id.description) }
        return try view(state, in: log, &people)
    }

    func view(_ state: RecordState, in log: LogID, _ people: inout People) throws -> RecordView {
        guard state.isListed, let creation = state.creation else { throw ReplicaError.unknownID(state.id.description) }
        let definition = try definition(state)
        var fields: [RecordView.Field] = []
        fields.reserveCapacity(state.fields.count)
        for field in definition.fields {
            let nothing = definition.nothing(in: field, of: state.id)
            guard let content = try content(field, state, nothing: nothing, &people) else { continue }
            fields.append(RecordView.Field(definition: field, content: content))
        }
        let same = definition.isJoinable ? try store.group(of: state.id).filter { $0 != state.id } : []
        return RecordView(
            id: state.id, log: log, collection: definition, by: try people.member(creation.member),
            createdAt: creation.time, fields: fields, same: same, pending: state.pending,
            quarantined: state.quarantined.count)
    }

    private func content(
        _ field: FieldDefinition, _ state: RecordState, nothing: Value?, _ people: inout People
    ) throws -> RecordView.Content? {
        switch state[field.number] {
        case nil: return nil
        case .register?:
            let values = try competing(state, field, &people)
            guard let shown = values.first, values.count > 1 || shown.value != nothing else { return nil }
            return .value(shown, others: Array(values.dropFirst()))
        case .set(let members)?:
            return .members(
                try members.map { RecordView.Member(value: $0.value, text: try text($0.value, of: field, &people)) }
                    .sorted { ($0.text, $0.value) < ($1.text, $1.value) })
        case .text(let text)?: return text.isEmpty ? nil : .text(text)
        case .counter?: return .count(state.count(field.number))
        case .list(let items)?:
            return .items(
                try items.compactMap(\.values.first).map {
                    RecordView.Member(value: $0.value, text: try text($0.value, of: field, &people))
                })
        }
    }

    /// A value for people who read no codes and ids: a choice by its name, an area and a record by what it is called.
    func text(_ value: Value, of field: FieldDefinition, _ people: inout People) throws -> String {
        switch (value, field.form, field.type) {
        case (.integer(let number), .choice(let choices), _):
            choices.first { $0.number == number }?.name ?? String(number)
        case (.text(let code), .area, _): try code.isEmpty ? "" : people.area(code: code).name
        case (.record(let id), _, .record(let collection)):
            try people.name(of: id, in: collection) ?? id.description
        case (.integer(let number), _, _): String(number)
        case (.text(let text), _, _): text
        case (.bool(let flag), _, _): String(flag)
        case (.bytes(let bytes), _, _): Hex.encode(bytes)
        case (.record(let id), _, _): id.description
        }
    }

    /// What people call a record; nil where it is not here, or has no name.
    func recordName(_ id: RecordID, of collection: CollectionNumber) throws -> String? {
        if collection == .member { return try person(id).name }
        return try store.stored(id).name(in: collection)
    }
}

extension RecordState {
    /// What people call it; nil where it has no name.
    func name(in collection: CollectionNumber) -> String? {
        // What somebody wants to be called wins over what others call them.
        if collection == .person, let chosen = string(Field.Person.calledA), !chosen.isEmpty { return chosen }
        return SearchedFields.names[collection].flatMap { string($0) }
    }
}
