import StoepMerge
import StoepModel
import StoepStore

/// What a row comes to.
struct ImportPlan {
    /// Nil where the row says what is so already.
    let edit: RecordEdit?
    /// Themes that the row names and that are not here.
    let births: [RecordEdit]
    /// The record as it is; nil for a new one.
    let before: RecordState?
}

/// Rows as edits. All of these stand inside a read.
extension Replica {
    /// - Throws: what is wrong with the row.
    func planned(_ row: ImportRow, _ definition: CollectionDefinition) throws -> ImportPlan {
        if let misfit = row.misfit { throw ReplicaError.valueDoesNotFit(field: misfit.field, value: misfit.value) }
        let natural = try naturalKey(row, definition)
        let typed = try row.id.map { typed throws -> RecordID in
            guard let id = Hex.decode(typed).flatMap({ RecordID(bytes: $0) }) else { throw ReplicaError.notAnID(typed) }
            return id
        }
        if let id = typed ?? natural.map({ store.naturalID(definition.number, $0) }) {
            let held = try store.stored(id)
            if case .erased(let successor) = held.presence { throw ReplicaError.alreadyErased(id, successor: successor) }
            if held.isListed {
                guard held.collection == definition.number else {
                    throw ReplicaError.unknownRecord(id.description, of: definition)
                }
                return try change(held, row, definition)
            }
            // What was deleted here is not brought back by a file.
            guard held.collection == nil else { throw ReplicaError.unknownID(id.description) }
        }
        return try birth(row, definition, natural)
    }

    /// The key by which a record of this row is known, where its collection has such keys.
    private func naturalKey(_ row: ImportRow, _ definition: CollectionDefinition) throws -> String? {
        guard definition.hasNaturalKey else { return nil }
        func needed(_ number: FieldNumber) throws -> String {
            guard let text = row.text(number), !text.trimmed.isEmpty else {
                throw ReplicaError.empty(field: definition.field(number)?.name ?? "")
            }
            return text.trimmed
        }
        switch definition.number {
        case .area: return try needed(Field.Area.code)
        case .theme: return Self.key(try needed(Field.Theme.name))
        case .tally:
            return "\(try area(meaning: needed(Field.Tally.area)).code)/\(try needed(Field.Tally.day))"
        case .match:
            let offer = try record(meaning: needed(Field.Match.offer), of: .offer)
            return "\(offer)/\(try record(meaning: needed(Field.Match.need), of: .need))"
        default: throw ReplicaError.unexpected("\(definition.name) is not imported")
        }
    }

    private func birth(
        _ row: ImportRow, _ definition: CollectionDefinition, _ natural: String?
    ) throws -> ImportPlan {
        if let name = SearchedFields.names[definition.number], let field = definition.field(name),
            (row.text(name) ?? "").trimmed.isEmpty
        {
            throw ReplicaError.empty(field: field.name)
        }
        var reading = try read(row.inputs(definition), of: definition, record: nil, opened: nil)
        for (number, texts) in row.values where definition.field(number)?.kind == .counter {
            let count = try Self.count(texts.first ?? "", definition, number)
            if count != 0 { reading.edits.append(.count(number, count)) }
        }
        if definition.number == .conversation { complete(&reading, row) }
        try checkConsent(reading.edits, of: definition.number, nil)
        let log = try placed(definition, &reading.edits)
        let target: RecordEdit.Target = natural.map { .natural(definition.number, key: $0) } ?? .new(definition.number)
        return ImportPlan(
            edit: RecordEdit(log: log, target: target, fields: reading.edits), births: reading.births, before: nil)
    }

    /// The log of what its row says; a row that names no area is in none, wherever this member was last.
    private func placed(_ definition: CollectionDefinition, _ edits: inout [FieldEdit]) throws -> LogID {
        let places = edits.contains { edit in
            guard case .set(let number, _) = edit else { return false }
            return number == SearchedFields.areas[definition.number]
                || definition.field(number)?.type == .record(.conversation)
        }
        return definition.log == .street && !places ? try conversationLog(nil) : try log(for: definition, &edits)
    }

    /// What every conversation says, and no row has to.
    private func complete(_ reading: inout Reading, _ row: ImportRow) {
        if (row.text(Field.Conversation.consent) ?? "").trimmed.isEmpty {
            reading.edits.append(.set(Field.Conversation.consent, .integer(Consent.anonymous.rawValue)))
        }
        if (row.text(Field.Conversation.startedAt) ?? "").isEmpty {
            let now = Int64(clamping: store.environment.now().milliseconds)
            reading.edits.append(.set(Field.Conversation.startedAt, .integer(now)))
        }
    }

    /// Only what differs from what is held.
    private func change(
        _ held: RecordState, _ row: ImportRow, _ definition: CollectionDefinition
    ) throws -> ImportPlan {
        guard let log = try store.log(of: held.id) else { throw ReplicaError.unknownID(held.id.description) }
        var (edits, births): ([FieldEdit], [RecordEdit]) = ([], [])
        for (number, texts) in row.values where texts.contains(where: { !$0.isEmpty }) {
            guard let field = definition.field(number) else { continue }
            var reading = Reading()
            switch field.kind {
            case .register, .text:
                let text = texts[0]
                reading = try read([.set(number, text)], of: definition, record: held, opened: nil)
                if try isSaid(reading.edits, by: held, field) { continue }
            case .set:
                let values = try texts.compactMap { try value($0, of: field, &reading) }
                let before = held.members(number).map(\.value)
                let (added, removed) = (values.filter { !before.contains($0) }, before.filter { !values.contains($0) })
                if !added.isEmpty { reading.edits.append(.add(number, added)) }
                if !removed.isEmpty { reading.edits.append(.remove(number, removed)) }
            case .counter:
                let wanted = try Self.count(texts[0], definition, number)
                let delta = wanted.subtractingDownTo(held.count(number))
                if delta != 0 { reading.edits.append(.count(number, delta)) }
            case .list:
                let items = held.items(number).compactMap { $0.values.first?.value }
                // Whose item moved where cannot be read off a file.
                guard items == texts.map({ .text($0) }) else {
                    throw ReplicaError.valueDoesNotFit(field: field.name, value: texts.joined(separator: ", "))
                }
            }
            edits += reading.edits
            births += reading.births
        }
        guard !edits.isEmpty else { return ImportPlan(edit: nil, births: [], before: held) }
        try checkConsent(edits, of: definition.number, held)
        try checkArea(in: edits, of: definition, about: held.id, in: log)
        return ImportPlan(
            edit: RecordEdit(log: log, target: .existing(held.id), fields: edits), births: births, before: held)
    }

    private func isSaid(_ edits: [FieldEdit], by held: RecordState, _ field: FieldDefinition) throws -> Bool {
        edits.allSatisfy { edit in
            switch edit {
            case .set(_, let value): held.value(field.number) == value
            case .text(_, let text): held.text(field.number).utf8.elementsEqual(text.utf8)
            default: false
            }
        }
    }

    private static func count(_ text: String, _ definition: CollectionDefinition, _ number: FieldNumber) throws -> Int64 {
        if text.trimmed.isEmpty { return 0 }
        guard let count = Int64(text.trimmed) else {
            throw ReplicaError.valueDoesNotFit(field: definition.field(number)?.name ?? "", value: text)
        }
        return count
    }
}

extension ImportRow {
    func text(_ number: FieldNumber) -> String? { values.first { $0.field == number }?.texts.first }

    /// What is read as anybody types it: all but counters.
    fileprivate func inputs(_ definition: CollectionDefinition) -> [FieldInput] {
        values.compactMap { number, texts in
            let said = texts.filter { !$0.isEmpty }
            guard let field = definition.field(number), let first = said.first else { return nil }
            switch field.kind {
            case .register, .text: return .set(number, first)
            case .set, .list: return .add(number, said)
            case .counter: return nil
            }
        }
    }
}
