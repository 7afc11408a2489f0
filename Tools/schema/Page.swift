import StoepModel

/// All of it, for people: a table a collection.
func page(_ schema: Schema) -> String {
    let logs = [LogKind?](LogKind.allCases) + [nil]
    return """
        # The schema

        Version \(schema.version). What each log holds: the collections, their fields by the numbers that the wire \
        carries, and what people call them. The same, for programs, stands in [`schema.json`](schema.json); both are \
        written by `Tools/schema` out of `Sources/StoepModel`. Numbers are frozen, and so are a field's kind and rule: \
        a new rule is a new field.

        **Kind** says how concurrent writes come together ([`README.md`](README.md), *Merging*), and what the field \
        holds. **Who** may change it, beside the right to write in the log at all: *writers* is everybody who has that, \
        *creator* the member whose device created the record, *owner* whom the roster gave the theme, and coordinators. \
        A record **belongs to** what it names in a field that says so, and is erased with it ([`README.md`](README.md), \
        *Erasing*). A **key** makes records that are created twice one; records that can be **joined** may turn out to \
        be the same.

        """
        + logs.flatMap { log in section(log, schema.collections.filter { $0.log == log }, schema) }.joined(separator: "\n")
}

private func section(_ log: LogKind?, _ collections: [CollectionDefinition], _ schema: Schema) -> [String] {
    guard !collections.isEmpty else { return [] }
    return ["", "## \(log.map { "The log `\($0.name)`" } ?? "In any log")"]
        + collections.flatMap { lines($0, schema) }
}

private func lines(_ collection: CollectionDefinition, _ schema: Schema) -> [String] {
    var traits: [String] = []
    if collection.hasNaturalKey { traits.append("has a key") }
    if collection.isJoinable { traits.append("can be joined") }
    let header = [
        "", "### \(collection.number.rawValue) `\(collection.name)`", "",
        "\(collection.one.en), \(collection.many.en); \(collection.one.nl), \(collection.many.nl)"
            + (traits.isEmpty ? "." : ". It \(traits.joined(separator: ", and "))."),
        "", "| | field | kind | who | English | Dutch |", "|---|---|---|---|---|---|",
    ]
    return header
        + collection.fields.map { field in
            "| \(field.number.rawValue) | `\(field.name)` | \(kind(field, schema)) | \(field.rule.rawValue) "
                + "| \(field.words.en) | \(field.words.nl) |"
        }
}

private func kind(_ field: FieldDefinition, _ schema: Schema) -> String {
    switch (field.kind, field.type, field.form) {
    case (.text, _, _), (.counter, _, _): field.kind.rawValue
    case (_, .record(let number), _):
        "\(field.kind.rawValue) of `\(schema[number]?.name ?? "?")`" + (field.belongs ? ", belongs to" : "")
    case (_, _, .choice(let choices)):
        "\(field.kind.rawValue) of " + choices.map { "\($0.number) *\($0.name)*" }.joined(separator: ", ")
    case (_, _, .plain): "\(field.kind.rawValue) of \(field.type.name)"
    default: "\(field.kind.rawValue) of \(field.type.name), \(field.form.name)"
    }
}
