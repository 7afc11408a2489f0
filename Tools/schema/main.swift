import StoepModel

// Writes the schema of this version as JSON, the same bytes every time: `Protocol/schema.json`.

/// As much of JSON (RFC 8259) as the schema needs; keys stay in the order in which they are given.
indirect enum JSON {
    case null
    case bool(Bool)
    case number(Int64)
    case text(String)
    case array([JSON])
    case object([(String, JSON)])

    func lines(_ indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let value): return "\(value)"
        case .text(let value): return Self.quoted(value)
        case .array(let items):
            if items.isEmpty { return "[]" }
            return "[\n" + items.map { inner + $0.lines(inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            return "{\n"
                + members.map { "\(inner)\(Self.quoted($0)): \($1.lines(inner))" }.joined(separator: ",\n")
                + "\n\(indent)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{0}"..<"\u{20}":
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

func json(_ field: FieldDefinition, _ schema: Schema) -> JSON {
    var members: [(String, JSON)] = [
        ("number", .number(Int64(field.number.rawValue))),
        ("name", .text(field.name)),
        ("kind", .text(field.kind.rawValue)),
        ("type", .text(field.type.name)),
    ]
    if case .record(let number) = field.type {
        members.append(("collection", schema[number].map { .text($0.name) } ?? .null))
    }
    members.append(("rule", .text(field.rule.rawValue)))
    members.append(("settlement", .text(field.settlement.rawValue)))
    return .object(members)
}

func json(_ collection: CollectionDefinition, _ schema: Schema) -> JSON {
    .object([
        ("number", .number(Int64(collection.number.rawValue))),
        ("name", .text(collection.name)),
        ("log", collection.log.map { .text($0.name) } ?? .null),
        ("naturalKey", .bool(collection.hasNaturalKey)),
        ("joinable", .bool(collection.isJoinable)),
        ("fields", .array(collection.fields.map { json($0, schema) })),
    ])
}

func named(_ number: Int64, _ name: String) -> JSON {
    .object([("number", .number(number)), ("name", .text(name))])
}

let schema = Schema.current
let document = JSON.object([
    ("version", .number(Int64(schema.version))),
    ("operationKinds", .number(Int64(clamping: schema.operationKinds))),
    ("logs", .array(LogKind.allCases.map { named(Int64($0.rawValue), $0.name) })),
    ("collections", .array(schema.collections.map { json($0, schema) })),
    ("roles", .array(Role.allCases.map { named($0.rawValue, $0.name) })),
    ("consents", .array(Consent.allCases.map { named($0.rawValue, $0.name) })),
])
print(document.lines())
