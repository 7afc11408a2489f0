import StoepCommand
import StoepCore
import StoepModel

// What is done with any kind of record, as the schema says.
extension Command {
    func run(_ noun: RecordNoun, _ action: RecordAction, _ replica: Replica) throws -> ExitCode {
        switch action {
        case .new: try recordNew(noun, replica)
        case .list: try recordList(noun, replica)
        case .show: try recordShow(noun, replica)
        case .edit: try recordEdit(noun, replica)
        case .same, .apart: try recordJoin(noun, action, replica)
        case .history: try history(of: record(noun.collection, replica), noun.definition, replica)
        case .undo: try undo(record(noun.collection, replica), replica)
        case .delete: try delete(record(noun.collection, replica), replica)
        }
    }

    /// The record of this kind whose id was typed.
    func record(_ collection: CollectionNumber, _ replica: Replica) throws -> RecordID {
        try replica.find(arguments.one(.recordID), of: collection)
    }

    private func recordNew(_ noun: RecordNoun, _ replica: Replica) throws -> ExitCode {
        var inputs = inputs(noun.fieldOptions, except: noun.name)
        if let name = noun.name, let positional = noun.namePositional {
            inputs.insert(.set(name, arguments.one(positional)), at: 0)
        }
        let talk = noun.linkOptions.isEmpty ? nil : arguments.text(.withTalk)
        let id = try replica.add(noun.collection, inputs, inTalk: talk)
        console.answer(["id": .string(id.description)]) {
            console.say(.recordSaved(Localized(noun.definition.one), id: replica.shortID(id)))
        }
        return .done
    }

    /// What was said of the fields that these options write.
    func inputs(
        _ options: [FieldOption], except name: FieldNumber? = nil, removing: Bool = false
    ) -> [FieldInput] {
        options.filter { $0.field.number != name }.flatMap { option -> [FieldInput] in
            let number = option.field.number
            var inputs: [FieldInput] = []
            switch option.field.kind {
            case .set, .list:
                let added = arguments.texts(option.option)
                if !added.isEmpty { inputs.append(.add(number, added)) }
            case .register, .text, .counter:
                if let text = typed(option) { inputs.append(.set(number, text)) }
            }
            if removing, let removal = option.removal {
                let removed = arguments.texts(removal)
                if !removed.isEmpty { inputs.append(FieldInput(number, .remove(removed))) }
            }
            return inputs
        }
    }

    /// A single value as the replica reads it.
    private func typed(_ option: FieldOption) -> String? {
        switch option.option.value {
        case .number: arguments.number(option.option).map(String.init)
        case .moment: arguments.moment(option.option).map { String($0) }
        case .choice where option.field.type == .bool: arguments.text(option.option).map { $0 == "yes" ? "true" : "false" }
        default: arguments.text(option.option)
        }
    }

    private func recordEdit(_ noun: RecordNoun, _ replica: Replica) throws -> ExitCode {
        let id = try record(noun.collection, replica)
        let inputs = inputs(noun.fieldOptions, removing: true)
        let read = try arguments.text(.read).map { try replica.openText(id, version: $0) }
        let terminal = console.settings.terminal
        let changed: Bool
        if !inputs.isEmpty {
            try confirmLowering(inputs, of: id, noun, replica)
            do throws(ReplicaError) {
                changed = try replica.edit(id, inputs, in: read)
            } catch {
                guard case .loweringConsent = error, inputs.count == 1 else { throw error }
                return try lowerConsent(ofPerson: id, replica)
            }
        } else if terminal.canAnswer, terminal.showsOutput, noun.definition.fields.contains(where: { $0.kind == .text }) {
            changed = try editTexts(try read ?? replica.openText(id), replica)
        } else {
            throw CommandFailure.nothingToChange
        }
        return tellChanged(id, changed, replica)
    }

    /// That a record was changed, or was so already.
    func tellChanged(_ id: RecordID, _ changed: Bool, _ replica: Replica) -> ExitCode {
        console.answer(["id": .string(id.description), "changed": .bool(changed)]) {
            console.say(changed ? .talkChanged(id: replica.shortID(id)) : .nothingToSay)
        }
        return .done
    }

    private func recordJoin(_ noun: RecordNoun, _ action: RecordAction, _ replica: Replica) throws -> ExitCode {
        let id = try record(noun.collection, replica)
        let typed = action == .same ? arguments.one(.otherID) : arguments.first(.otherIDIfAny)
        let other = try typed.map { try replica.find($0, of: noun.collection) }
        let changed =
            if action == .same, let other { try replica.join(id, other) } else { try replica.separate(id, from: other) }
        let same = try replica.view(id).same
        console.answer([
            "id": .string(id.description), "changed": .bool(changed), "same": .strings(same.map(\.description)),
        ]) {
            guard changed else { return console.say(.nothingToSay) }
            console.say(
                action == .same
                    ? .joinedRecords(replica.shortID(id), other.map(replica.shortID) ?? "")
                    : .separatedRecords(replica.shortID(id)))
        }
        return .done
    }

    func delete(_ id: RecordID, _ replica: Replica) throws -> ExitCode {
        try replica.delete(id)
        console.answer(["id": .string(id.description), "deleted": true]) { console.say(.recordDeleted(id: short(id))) }
        return .done
    }

    // MARK: Showing

    private func recordList(_ noun: RecordNoun, _ replica: Replica) throws -> ExitCode {
        var request = RecordRequest()
        if noun.hasArea { request.area = arguments.text(.ofArea) }
        if noun.hasThemes { request.theme = arguments.text(.ofTheme) }
        request.limit = arguments.number(.limit)
        list(try replica.records(of: noun.collection, request), noun, replica)
        return .done
    }

    /// Records in a table, and under the plural of the noun in JSON.
    func list(_ records: [RecordView], _ noun: RecordNoun, _ replica: Replica) {
        let key = noun == .match ? "matches" : noun.rawValue + "s"
        console.answer(.object([.init(key, .array(records.map { json($0) }))])) {
            guard !records.isEmpty else { return console.say(.recordListEmpty(Localized(noun.definition.many))) }
            let fields = ([noun.name].compactMap { $0 } + noun.columns).compactMap { noun.definition.field($0) }
            var table = Table(
                [.init(.labelID)]
                    + fields.enumerated().map { .init(Localized($0.element.words), shrinks: $0.offset == 0) })
            for record in records {
                table.add([replica.shortID(record.id)] + fields.map { text(record[$0.number], of: $0).truncated(columns: 40) })
            }
            console.print(table)
        }
    }

    private func recordShow(_ noun: RecordNoun, _ replica: Replica) throws -> ExitCode {
        let id = try record(noun.collection, replica)
        let record = try replica.view(id)
        // What is held of how somebody is reached is shown by itself, as far as they agree to it.
        let links = try replica.links(to: id).filter { $0.collection.number != .contact }
        let contacts = noun == .person ? try replica.contacts(of: id) : []
        let version = try replica.version(of: id)
        let before = noun == .round ? try replica.roundsBefore(id) : []
        let owners = noun == .theme ? try replica.owners(of: id) : []
        console.answer(json(record, links, version: version, more: moreOf(noun, before, owners, contacts))) {
            // Of a person what happened comes first.
            if noun == .person { for link in links { tell(link, replica) } }
            tell(record)
            if !contacts.isEmpty {
                console.print("")
                console.print(console.text(Localized(contacts[0].collection.one)), style: .strong)
                for contact in contacts { tell(contact: contact) }
            }
            if noun != .person { for link in links { tell(link, replica) } }
            if !owners.isEmpty { show(owners.map { name($0) }.joined(separator: ", "), under: .labelOwners) }
            for round in before { show(round.text(Field.Round.learnt), under: .labelLearntBefore) }
        }
        return .done
    }

    private func moreOf(
        _ noun: RecordNoun, _ rounds: [RecordView], _ owners: [Person], _ contacts: [RecordView]
    ) -> [JSON.Member] {
        switch noun {
        case .person: [.init("contact", .array(contacts.map { json($0) }))]
        case .round: [.init("learntBefore", .array(rounds.map { json($0) }))]
        case .theme: [.init("owners", .array(owners.map { json($0) }))]
        default: []
        }
    }

    func tell(_ record: RecordView) {
        var pairs: [(Localized, String)] = [(.labelID, record.id.description), (.labelMadeBy, name(record.by))]
        for field in record.fields where field.definition.kind != .text {
            pairs.append((Localized(field.definition.words), text(field.content, of: field.definition)))
            guard case .value(_, let others) = field.content else { continue }
            for other in others {
                let value = text(value: other.value, other.text, of: field.definition)
                pairs.append((.same("  !"), "\(value)  (\(name(other.by)), \(console.text(ago(other.time))))"))
            }
        }
        if !record.same.isEmpty {
            pairs.append((.labelSame, record.same.map { short($0) }.joined(separator: ", ")))
        }
        console.print(Table(pairs: pairs, language: console.language))
        for field in record.fields {
            if case .text(let text) = field.content { show(text, under: Localized(field.definition.words)) }
        }
        if !record.conflicts.isEmpty { console.say(.conflictsHow, style: .warning) }
    }

    private func tell(_ link: RecordLinks, _ replica: Replica) {
        console.print("")
        console.print(console.text(Localized(link.collection.many)), style: .strong)
        for record in link.records.prefix(20) {
            let when = record.moment.map { Moment.local($0) }
            let parts = [replica.shortID(record.id), when ?? "", heading(record)].filter { !$0.isEmpty }
            console.print("  " + parts.map(\.onOneLine).joined(separator: "  "))
        }
    }

    /// What people call it; of what has no name the beginning of what it says, or what it is about.
    func heading(_ record: RecordView) -> String {
        if !record.name.isEmpty { return record.name }
        for field in record.fields {
            if case .text(let text) = field.content { return text.onOneLine.truncated(columns: 60) }
        }
        let linked = record.fields.compactMap { field -> String? in
            guard case .record = field.definition.type, case .value(let shown, _) = field.content else { return nil }
            return shown.text
        }
        return linked.isEmpty ? name(record.by) : linked.joined(separator: " – ")
    }
}
