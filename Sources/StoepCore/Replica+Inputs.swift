import StoepMerge
import StoepModel
import StoepStore

/// What people write, read as the schema says. All of these stand inside a read.
extension Replica {
    /// Inputs as edits, and the themes that are born with them.
    struct Reading {
        var edits: [FieldEdit] = []
        var births: [RecordEdit] = []
    }

    func read(
        _ inputs: [FieldInput], of definition: CollectionDefinition, record: RecordState?, opened: OpenedText?,
        spoken: String? = nil
    ) throws -> Reading {
        var reading = Reading()
        for input in inputs {
            guard let field = definition.field(input.field) else {
                throw ReplicaError.unexpected("\(definition.name) has no field \(input.field)")
            }
            try read(input.change, of: field, record, opened, into: &reading)
        }
        try noteConsentWording(&reading.edits, of: definition, record, spoken: spoken)
        return reading
    }

    private func read(
        _ change: FieldInput.Change, of field: FieldDefinition, _ record: RecordState?, _ opened: OpenedText?,
        into reading: inout Reading
    ) throws {
        switch (change, field.kind) {
        case (.set(let text), .text):
            try Self.check(text: text, field.name)
            try checkWords(text, of: field, record, opened)
            let document = opened.map { $0.texts[field.number] ?? TextDocument() }
            if let document {
                reading.edits.append(.textEdited(field.number, text, opened: document))
            } else if record != nil || !text.isEmpty {
                reading.edits.append(.text(field.number, text))
            }
        case (.set(let typed), .register):
            // An author writes only what has a value.
            if record == nil, typed.trimmed.isEmpty { return }
            if let value = try value(typed, of: field, &reading) {
                reading.edits.append(.set(field.number, value))
            } else if let record, let nothing = try definition(record).nothing(in: field, of: record.id) {
                reading.edits.append(.set(field.number, nothing))
            } else {
                throw ReplicaError.valueDoesNotFit(field: field.name, value: typed)
            }
        case (.add(let typed), .set):
            let values = try typed.compactMap { try value($0, of: field, &reading) }.filter { $0 != .text("") }
            if !values.isEmpty { reading.edits.append(.add(field.number, values)) }
        case (.remove(let typed), .set):
            var nothingIsBorn = Reading()
            let values = try typed.compactMap { try value($0, of: field, &nothingIsBorn) }
            reading.edits.append(.remove(field.number, values))
        case (.add(let typed), .list):
            let count = record?.items(field.number).count ?? 0
            for (index, text) in typed.enumerated() {
                guard let value = try value(text, of: field, &reading) else { continue }
                reading.edits.append(.placeItem(field.number, value, at: count + index))
            }
        case (.count(let number), .counter): reading.edits.append(.count(field.number, number))
        default: throw ReplicaError.valueDoesNotFit(field: field.name, value: "\(change)")
        }
    }

    /// Somebody's words are changed by nobody else; what stays as it was is no change.
    private func checkWords(_ text: String, of field: FieldDefinition, _ record: RecordState?, _ opened: OpenedText?) throws {
        guard field.rule == .creator, let record, record.creation?.member != member else { return }
        let before = opened?.parts.first { $0.field.number == field.number }?.text ?? record.text(field.number)
        guard !text.utf8.elementsEqual(before.utf8) else { return }
        throw ReplicaError.wordsNotYours(record.id, heardBy: try person(record.creation?.member))
    }

    /// What a person means by what they typed for a field; nil where that is nothing, and the field has no empty value.
    func value(_ typed: String, of field: FieldDefinition, _ reading: inout Reading) throws -> Value? {
        let text = typed.trimmed
        try Self.check(value: text, field.name)
        if text.isEmpty { return field.type == .text ? .text("") : nil }
        switch (field.type, field.form) {
        case (.text, .area): return .text(try area(meaning: text).code)
        case (.text, .day):
            guard Self.isDay(text) else { break }
            return .text(text)
        case (.text, _): return .text(text)
        case (.integer, .choice(let choices)):
            guard let choice = choices.first(where: { $0.name.utf8.elementsEqual(text.utf8) }) else { break }
            return .integer(choice.number)
        case (.integer, _):
            guard let number = Int64(text) else { break }
            return .integer(number)
        case (.bool, _):
            guard let flag = Bool(text) else { break }
            return .bool(flag)
        case (.record(.theme), _):
            guard let choice = try themes(meaning: [text]).first else { break }
            if case .born(let name, _) = choice, !reading.births.contains(where: { $0.isBirth(of: name) }) {
                reading.births.append(Self.birth(of: name))
            }
            return .record(choice.id)
        case (.record(let collection), _): return .record(try record(meaning: text, of: collection))
        case (.bytes, _): break
        }
        throw ReplicaError.valueDoesNotFit(field: field.name, value: text)
    }

    /// A date as it is written on the wire: `2026-11-21`.
    static func isDay(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let month = Int(text.dropFirst(5).prefix(2)), let day = Int(text.suffix(2)),
            bytes.enumerated().allSatisfy({ $0.offset == 4 || $0.offset == 7 || (0x30...0x39).contains($0.element) })
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }

    // MARK: Finding

    /// The record that a person means: by what it is called, in any case, else by the beginning of its id.
    /// - Throws: `unknownRecord`, `ambiguousID`.
    func record(meaning typed: String, of collection: CollectionNumber) throws -> RecordID {
        let text = typed.trimmed
        if collection == .member, ["me", "ik"].contains(text.lowercased()) { return member }
        if let name = collection == .member ? Field.Member.name : SearchedFields.names[collection] {
            let named =
                if collection == .person { try persons(called: text, limit: 20) } else {
                    try store.records(of: collection, RecordSelection([.reads(name, text)], limit: 20))
                }
            if let only = named.first, named.count == 1 { return only }
            // Those who were joined are one, whichever is meant.
            if let first = named.first, try Set(store.group(of: first)).isSuperset(of: named) { return first }
            if !named.isEmpty { throw ReplicaError.ambiguousID(text, named) }
        }
        do throws(ReplicaError) {
            return try record(beginning: text, of: collection)
        } catch {
            if case .ambiguousID = error { throw error }
            if SearchedFields.names[collection] == nil, collection != .member { throw error }
            throw ReplicaError.unknownRecord(text, of: try definition(collection))
        }
    }

    /// A theme that is here, by its name or id.
    func heldTheme(_ typed: String) throws -> RecordID {
        guard case .held(let theme)? = try themes(meaning: [typed]).first else { throw ReplicaError.unknownTheme(typed) }
        return theme.id
    }

    /// The log that a record stands in: beside the conversation that it is about, or by the area that it names. Where it
    /// names none, it is that conversation's, else the last one's, and the record says so.
    /// - Parameter talk: the conversation in which it came up.
    /// - Throws: `areaElsewhere` where it names an area whose conversations others read.
    func log(
        for definition: CollectionDefinition, _ edits: inout [FieldEdit], inTalk talk: RecordID? = nil
    ) throws -> LogID {
        guard definition.log == .street || definition.log == .signal else { return .square }
        let beside = { (street: LogID) throws -> LogID in
            guard definition.log == .signal else { return street }
            guard let log = LogID(.signal, partition: street.partition) else { throw ReplicaError.damaged("\(street)") }
            return log
        }
        let field = SearchedFields.areas[definition.number]
        let named = edits.compactMap { edit -> RecordID? in
            guard case .set(let number, .record(let id)) = edit else { return nil }
            return definition.field(number)?.type == .record(.conversation) ? id : nil
        }
        if let id = talk ?? named.first, let street = try store.log(of: id) {
            let log = try beside(street)
            let hasArea = edits.contains { if case .set(let number, _) = $0 { number == field } else { false } }
            if let field, !hasArea, let code = try store.stored(id).string(Field.Conversation.area) {
                edits.append(.set(field, .text(code)))
            }
            try checkArea(in: edits, of: definition, about: id, in: log)
            return log
        }
        for case .set(let number, .text(let code)) in edits where number == field {
            return try beside(conversationLog(area(code: code)))
        }
        guard let code = try text(Meta.area), let street = try? conversationLog(area(code: code)) else {
            return try beside(conversationLog(nil))
        }
        if let field { edits.append(.set(field, .text(code))) }
        return try beside(street)
    }

    /// What a street or a signal holds stays in its log: in another, other people would read it.
    func checkArea(
        in edits: [FieldEdit], of definition: CollectionDefinition, about id: RecordID, in log: LogID
    ) throws {
        guard log.kind.isPartitioned, let field = SearchedFields.areas[definition.number] else { return }
        for case .set(field, .text(let code)) in edits where !code.isEmpty {
            try checkArea(area(code: code), of: id, in: log)
        }
    }
}

extension RecordEdit {
    fileprivate func isBirth(of name: String) -> Bool {
        guard case .natural(.theme, let key) = target else { return false }
        return key.utf8.elementsEqual(name.trimmed.lowercased().utf8)
    }
}
