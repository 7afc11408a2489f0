import StoepCommand
import StoepCore
import StoepModel

// stoep person export: one person's data, for themselves.
extension Command {
    func personExport(_ replica: Replica) throws -> ExitCode {
        let id = try record(.person, replica)
        let paths = files(arguments.required(.disclosureTo))
        for path in [paths.json, paths.text].compactMap({ $0 }) where replica.isInTheWay(path) {
            throw CommandFailure.exportInTheWay(path)
        }
        let reason = arguments.required(.disclosureReason)
        let data = try replica.disclose(id, reason: reason)
        if let path = paths.json { try replica.writeFile(json(data, reason).text(.pretty) + "\n", to: path) }
        if let path = paths.text { try replica.writeFile(text(data, reason), to: path) }
        let written = [paths.json, paths.text].compactMap { $0 }
        console.answer([
            "id": .string(id.description), "files": .strings(written),
            "conversations": .number(data.conversations.count),
        ]) {
            for path in written { console.say(.personExported(path: path)) }
            console.say(.personExportNoted, style: .faint)
        }
        return .done
    }

    /// Both forms, unless the name says which of them.
    private func files(_ path: String) -> (json: String?, text: String?) {
        if path.hasSuffix(".json") { return (path, nil) }
        if path.hasSuffix(".txt") { return (nil, path) }
        return (path + ".json", path + ".txt")
    }

    private func json(_ data: PersonData, _ reason: String) -> JSON {
        let links = data.links.map { link in
            JSON.Member("\(link.collection.name).\(link.field.name)", .array(link.records.map { json($0) }))
        }
        return [
            "reason": .string(reason), "exportedAt": .number(Moment.now()),
            "persons": .array(data.persons.map { json($0) }),
            "contact": .array(data.contacts.map { json($0) }),
            "conversations": .array(data.conversations.map { json($0.talk, $0.belongings, $0.history) }),
            "links": .object(links),
            "records": .array(data.records.map { json($0) }),
        ]
    }

    /// For somebody who reads no JSON: everything under headings, in the language of this run.
    private func text(_ data: PersonData, _ reason: String) -> String {
        var lines = [console.text(.exportTitle(data.persons[0].name)), Moment.local(Moment.now()), reason, ""]
        let section = { (label: Localized, content: [String]) in
            if !content.isEmpty { lines += [console.text(label).uppercased(), ""] + content }
        }
        section(.oneOf(collection: "person"), data.persons.flatMap { told($0) })
        section(.oneOf(collection: "contact"), data.contacts.flatMap { told($0) })
        section(.many(collection: "conversation"), data.conversations.flatMap { told($0.talk, $0.belongings) })
        for link in data.links { section(Localized(link.collection.many), link.records.flatMap { told($0) }) }
        section(.exportRecords, data.records.flatMap { told($0) })
        return lines.joined(separator: "\n").displayable + "\n"
    }

    private func told(_ record: RecordView) -> [String] {
        let fields = record.fields.map { field in
            "\(console.text(Localized(field.definition.words))): \(text(field.content, of: field.definition))"
        }
        let when = Moment.local(record.moment ?? Int64(clamping: record.createdAt.milliseconds))
        return fields + ["\(console.text(.labelMadeBy)): \(name(record.by)), \(when)", ""]
    }

    private func told(_ talk: ConversationDetail, _ belongings: TalkBelongings) -> [String] {
        var lines = talk.registers.map { register in
            "\(console.text(.field(register.name))): \(text(register.shown, of: register.name, in: "conversation"))"
        }
        if !talk.themes.isEmpty {
            lines.append("\(console.text(.labelThemes)): \(talk.themes.map(\.name).joined(separator: ", "))")
        }
        for field in belongings.links where field.definition.kind == .set {
            lines.append(
                "\(console.text(Localized(field.definition.words))): \(text(field.content, of: field.definition))")
        }
        lines.append("\(console.text(.labelHeardBy)): \(name(talk.by))")
        if !talk.words.isEmpty { lines.append("\(console.text(.labelWords)): \(talk.words)") }
        if !talk.observation.isEmpty { lines.append("\(console.text(.labelObservation)): \(talk.observation)") }
        lines += belongings.answers.map { "\($0.wording): \($0.words)" }
        lines += belongings.replies.map {
            "\(console.text(.labelReplies)): \($0.text(Field.Reply.words)) (\(name($0.by)))"
        }
        return lines + [""]
    }
}
