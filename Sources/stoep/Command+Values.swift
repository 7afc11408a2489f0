import StoepCommand
import StoepCore
import StoepModel

// Values of any field: as JSON for programs, as words for people.
extension Command {
    /// A record: what it is and who made it, and its fields by their names in the schema.
    func json(_ record: RecordView) -> JSON { .object(members(record)) }

    /// The same with what leads to it: by collection, and where several fields of one do, by field.
    func json(
        _ record: RecordView, _ links: [RecordLinks], version: String, more: [JSON.Member] = []
    ) -> JSON {
        let linked = links.map { link in
            JSON.Member(
                "\(link.collection.name).\(link.field.name)", .array(link.records.map { json($0) }))
        }
        return .object(
            members(record) + [.init("links", .object(linked)), .init("version", .string(version))] + more)
    }

    private func members(_ record: RecordView) -> [JSON.Member] {
        let fields = record.everyField.map { field, content in
            JSON.Member(field.name, content.map { json($0, of: field) } ?? Self.nothing(field))
        }
        return [
            .init("id", .string(record.id.description)), .init("collection", .string(record.collection.name)),
            .init("log", .string(record.log.description)), .init("by", json(record.by)),
            .init("createdAt", .number(record.createdAt.milliseconds)), .init("fields", .object(fields)),
            .init("conflicts", .strings(record.conflicts)), .init("same", .strings(record.same.map(\.description))),
            .init("pending", .number(record.pending)), .init("quarantined", .number(record.quarantined)),
        ]
    }

    /// A field that holds nothing is there all the same: keys are stable.
    private static func nothing(_ field: FieldDefinition) -> JSON {
        switch field.kind {
        case .register: nil
        case .set, .list: []
        case .text: ""
        case .counter: 0
        }
    }

    func json(_ content: RecordView.Content, of field: FieldDefinition) -> JSON {
        switch content {
        case .value(let shown, _): json(shown.value, shown.text, of: field)
        case .members(let members), .items(let members): .array(members.map { json($0.value, $0.text, of: field) })
        case .text(let text): .string(text)
        case .count(let count): .number(count)
        }
    }

    /// A choice by its name, a record by its id and what people call it, everything else as it is held.
    func json(_ value: Value, _ text: String, of field: FieldDefinition) -> JSON {
        switch value {
        case .integer(let number):
            if case .choice = field.form { .string(text) } else { .number(number) }
        case .text(let text): .string(text)
        case .bool(let flag): .bool(flag)
        case .bytes: .string(text)
        case .record(let id):
            ["id": .string(id.description), "name": text.utf8.elementsEqual(id.description.utf8) ? nil : .string(text)]
        }
    }

    /// One of competing values, of a field by its name.
    func json(_ value: CompetingValue, of field: String, in collection: String) -> JSON {
        if let definition = definition(field, in: collection) { return json(value.value, value.text, of: definition) }
        if case .bool(let flag) = value.value { return .bool(flag) }
        return .string(value.text)
    }

    /// A field by its name, or an item of a list by its field's: `agenda[2]`.
    private func definition(_ field: String, in collection: String) -> FieldDefinition? {
        Schema.current.collection(named: collection)?.field(named: String(field.prefix { $0 != "[" }))
    }

    // MARK: As text

    func text(_ value: CompetingValue, of field: String, in collection: String) -> String {
        if field == Conflict.same, case .bool(let isSame) = value.value {
            let other = String(value.text.prefix(8))
            return console.text(isSame ? .sameAs(other) : .notSameAs(other))
        }
        guard let definition = definition(field, in: collection) else { return value.text }
        return text(value: value.value, value.text, of: definition)
    }

    func text(_ content: RecordView.Content?, of field: FieldDefinition) -> String {
        switch content {
        case nil: ""
        case .value(let shown, _)?: text(value: shown.value, shown.text, of: field)
        case .members(let members)?, .items(let members)?:
            members.map { text(value: $0.value, $0.text, of: field) }.joined(separator: ", ")
        case .text(let text)?: text
        case .count(let count)?: String(count)
        }
    }

    /// Of a choice that the space has a word for.
    private func word(_ choice: String) -> String? {
        choice == Party.resident.name ? console.text(console.settings.words.one) : nil
    }

    func text(value: Value, _ text: String, of field: FieldDefinition) -> String {
        switch (value, field.form) {
        case (.integer(let number), .choice(let choices)):
            choices.first { $0.number == number }.map { word($0.name) ?? console.text(Localized($0.words)) } ?? text
        case (.integer(let time), .moment): Moment.local(time)
        case (.text(let code), .area): code == text ? code : "\(text) (\(code))"
        case (.bool(let flag), _): console.text(.flag(flag))
        case (.record(let id), _): text.utf8.elementsEqual(id.description.utf8) ? short(id) : text
        default: text
        }
    }
}
