import StoepModel

func json(_ field: FieldDefinition, _ schema: Schema) -> JSON {
    var members: [(String, JSON)] = [
        ("number", .number(Int64(field.number.rawValue))),
        ("name", .text(field.name)),
        ("kind", .text(field.kind.rawValue)),
        ("type", .text(field.type.name)),
        ("form", .text(field.form.name)),
    ]
    if case .choice(let choices) = field.form {
        members.append(("choices", .array(choices.map { named($0.number, $0.name, $0.words) })))
    }
    if case .record(let number) = field.type {
        members.append(("collection", schema[number].map { .text($0.name) } ?? .null))
    }
    members.append(("belongs", .bool(field.belongs)))
    members.append(("rule", .text(field.rule.rawValue)))
    members.append(("settlement", .text(field.settlement.rawValue)))
    members.append(("words", json(field.words)))
    return .object(members)
}

func json(_ collection: CollectionDefinition, _ schema: Schema) -> JSON {
    .object([
        ("number", .number(Int64(collection.number.rawValue))),
        ("name", .text(collection.name)),
        ("log", collection.log.map { .text($0.name) } ?? .null),
        ("naturalKey", .bool(collection.hasNaturalKey)),
        ("joinable", .bool(collection.isJoinable)),
        ("one", json(collection.one)),
        ("many", json(collection.many)),
        ("fields", .array(collection.fields.map { json($0, schema) })),
    ])
}

func json(_ words: Words) -> JSON { .object([("en", .text(words.en)), ("nl", .text(words.nl))]) }

func named(_ number: Int64, _ name: String) -> JSON {
    .object([("number", .number(number)), ("name", .text(name))])
}

func named(_ number: Int64, _ name: String, _ words: Words) -> JSON {
    .object([("number", .number(number)), ("name", .text(name)), ("words", json(words))])
}

/// All of it, for programs.
func document(_ schema: Schema) -> JSON {
    .object([
        ("version", .number(Int64(schema.version))),
        ("operationKinds", .number(Int64(clamping: schema.operationKinds))),
        ("logs", .array(LogKind.allCases.map { named(Int64($0.rawValue), $0.name) })),
        ("collections", .array(schema.collections.map { json($0, schema) })),
        ("roles", .array(Role.allCases.map { named($0.rawValue, $0.name, $0.words) })),
        ("consents", .array(Consent.allCases.map { named($0.rawValue, $0.name, $0.words) })),
    ])
}
