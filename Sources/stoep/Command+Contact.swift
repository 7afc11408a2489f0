import StoepCommand
import StoepCore
import StoepModel

// stoep person contact, a person's consent, and stoep consent.
extension Command {
    func personContact(_ replica: Replica) throws -> ExitCode {
        let person = try record(.person, replica)
        let inputs = inputs(FieldOption.ofContact)
        var changed = false
        if !inputs.isEmpty { changed = try replica.setContact(of: person, inputs).changed }
        let contacts = try replica.contacts(of: person)
        console.answer([
            "person": .string(person.description), "changed": .bool(changed),
            "contact": .array(contacts.map { json($0) }),
        ]) {
            if changed { console.say(.contactSaved) }
            guard !contacts.isEmpty else { return console.say(.contactNothing) }
            for contact in contacts { tell(contact: contact) }
        }
        return .done
    }

    /// How somebody is reached, by whoever noted it.
    func tell(contact: RecordView) {
        let fields = contact.fields.filter { $0.definition.number != Field.Contact.person }
        var pairs = fields.map { (Localized($0.definition.words), text($0.content, of: $0.definition)) }
        pairs.append((.labelMadeBy, name(contact.by)))
        console.print(Table(pairs: pairs, language: console.language))
    }

    /// To lower somebody's consent destroys how they are reached: whoever sits there is asked first.
    func confirmLowering(_ inputs: [FieldInput], of id: RecordID, _ noun: RecordNoun, _ replica: Replica) throws {
        let lowers = inputs.contains { input in
            guard input.field == Field.Person.consent, case .set(let name) = input.change else { return false }
            return name == Consent.anonymous.name
        }
        if noun == .person, lowers, try !replica.contacts(of: id).isEmpty { try confirm(id, replica) }
    }

    func lowerConsent(ofPerson id: RecordID, _ replica: Replica) throws -> ExitCode {
        try confirm(id, replica)
        let (isErased, conversations) = try replica.lowerConsent(ofPerson: id)
        console.answer([
            "id": .string(id.description), "changed": true, "erased": .bool(isErased),
            "conversations": .number(conversations),
        ]) {
            console.say(isErased ? .personErased(id: short(id)) : .personErasedByOthers(id: short(id)))
            if conversations > 0 { console.say(.personInConversations(conversations), style: .warning) }
        }
        try warnOfReaders(replica)
        return .done
    }

    func consentAdd(_ replica: Replica) throws -> ExitCode {
        let id = try replica.addConsentText(
            arguments.one(.consentVersion), language: arguments.required(.language),
            wording: arguments.required(.wording))
        console.answer(["id": .string(id.description)]) {
            console.say(.recordSaved(.oneOf(collection: "consentText"), id: replica.shortID(id)))
        }
        return .done
    }

    func consentList(_ replica: Replica) throws -> ExitCode {
        let texts = try replica.consentTexts(in: arguments.text(.language))
        let answer = texts.map { text in
            [
                "id": .string(text.id.description), "version": .string(text.version),
                "language": .string(text.language),
                "wording": .string(text.wording), "by": json(text.by),
                "createdAt": .number(text.createdAt.milliseconds),
            ] as JSON
        }
        console.answer(["consents": .array(answer)]) {
            guard !texts.isEmpty else { return console.say(.consentListEmpty) }
            for text in texts {
                show(text.wording, under: .same("\(text.version.onOneLine) (\(text.language.onOneLine))"))
            }
        }
        return .done
    }
}
