import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// What people agreed to holds for every change, whichever way it comes.
@Suite struct ConsentRulesTests {
    private func replica(_ store: Store) throws -> Replica {
        Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
    }

    private func founded(_ seed: UInt64) throws -> (TestSpace, Store, Replica) {
        let space = try TestSpace(seed: seed)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        return (space, anna, try replica(anna))
    }

    private func person(_ alias: String, _ consent: String, _ replica: Replica) throws -> RecordID {
        try replica.add(.person, [.set(Field.Person.alias, alias), .set(Field.Person.consent, consent)])
    }

    private func reach(_ person: RecordID, at telephone: String, _ replica: Replica) throws {
        _ = try replica.setContact(of: person, [.set(Field.Contact.telephone, telephone)])
    }

    private func isLowering(_ error: (any Error)?) -> Bool {
        if case .loweringConsent? = error as? ReplicaError { true } else { false }
    }

    private func row(_ id: RecordID?, _ values: [(FieldNumber, String)]) -> ImportRow {
        ImportRow(line: 2, id: id?.description, values: values.map { (field: $0.0, texts: [$0.1]) })
    }

    @Test func `no row erases a person or a conversation, or puts words where nothing may be kept`() throws {
        let (_, _, replica) = try founded(301)
        let wim = try person("Wim", "contact", replica)
        try reach(wim, at: "06 1", replica)
        let erasing = try replica.importRows([row(wim, [(Field.Person.consent, "none")])], as: .person)
        #expect(erasing.isRefused && isLowering(erasing.faults.first?.error))
        let born = try replica.importRows(
            [row(nil, [(Field.Person.alias, "Zoë"), (Field.Person.consent, "none")])], as: .person)
        #expect(born.isRefused)
        #expect(try replica.contacts(of: wim).count == 1)

        var draft = ConversationDraft()
        draft.consent = .none
        guard case .saved(let talk, _, _) = try replica.record(draft) else { throw Unsaved() }
        for field in [Field.Conversation.words, Field.Conversation.place, Field.Conversation.themes] {
            let report = try replica.importRows([row(talk, [(field, "slaapt slecht")])], as: .conversation)
            #expect(report.isRefused, "\(field)")
        }
        let counted = try replica.importRows([row(talk, [(Field.Conversation.headcount, "2")])], as: .conversation)
        #expect(counted.changed == 1)
    }

    @Test func `a row that lowers a person's consent erases how they are reached, and so does taking it back`() throws {
        let (_, _, replica) = try founded(302)
        let wim = try person("Wim", "contact", replica)
        try reach(wim, at: "06 1", replica)
        let report = try replica.importRows([row(wim, [(Field.Person.consent, "anonymous")])], as: .person)
        #expect(report.changed == 1)
        #expect(try replica.count(of: [.contact]) == 0)

        let zoe = try person("Zoë", "anonymous", replica)
        _ = try replica.edit(zoe, [.set(Field.Person.consent, "contact")])
        try reach(zoe, at: "06 2", replica)
        _ = try replica.undo(zoe)
        #expect(try replica.count(of: [.contact]) == 0, "what was agreed to was taken back")
    }

    @Test func `whoever agrees again is noted again, in another record`() throws {
        let (space, anna, replica) = try founded(303)
        let wim = try person("Wim", "contact", replica)
        for round in 1...3 {
            try reach(wim, at: "06 \(round)", replica)
            #expect(try replica.contacts(of: wim).map { $0.text(Field.Contact.telephone) } == ["06 \(round)"])
            try space.settle([anna])
            _ = try replica.edit(wim, [.set(Field.Person.consent, "anonymous")])
            #expect(try replica.count(of: [.contact]) == 0)
            try space.settle([anna])
            if round != 2 { _ = try space.hub.countersign { _ in } }
            try space.settle([anna])
            _ = try replica.edit(wim, [.set(Field.Person.consent, "contact")])
        }
        #expect(try replica.contacts(of: wim).isEmpty)
    }

    @Test func `settled or taken back, what a conversation allowed goes with its consent`() throws {
        let (space, anna, replica) = try founded(304)
        let ben = try space.laptop("Ben")
        try space.settle([anna, ben])
        var draft = ConversationDraft()
        draft.persons = ["Wim"]
        draft.consent = .contact
        guard case .saved(let talk, _, _) = try replica.record(draft) else { throw Unsaved() }
        try space.settle([anna, ben])
        let wim = try #require(try replica.records(of: .person).first?.id)
        try reach(wim, at: "06 1", replica)
        // Both say something else at once, and neither knows of it.
        let consent = { (consent: Consent) in FieldEdit.set(Field.Conversation.consent, .integer(consent.rawValue)) }
        let log = try #require(try anna.read { try anna.log(of: talk) })
        for value in [Consent.anonymous, .contact] {
            try anna.save([RecordEdit(log: log, target: .existing(talk), fields: [consent(value)])])
        }
        try ben.save([RecordEdit(log: log, target: .existing(talk), fields: [consent(.anonymous)])])
        try space.settle([anna, ben])
        let conflict = try #require(try replica.conflicts().first { $0.id == talk })
        let lower = try #require(conflict.values.firstIndex { $0.value == .integer(Consent.anonymous.rawValue) })
        _ = try replica.resolve(talk, field: "consent", .keep(lower + 1))
        #expect(try replica.contacts(of: wim).isEmpty && replica.count(of: [.contact]) == 0)
        #expect(throws: ReplicaError.self) { try replica.resolve(talk, field: "consent", .value("none")) }
    }

    @Test func `nobody but a coordinator says how consent is asked for, whoever came first with its key`() throws {
        let (space, anna, replica) = try founded(305)
        let carla = try space.laptop("Carla", .coordinator)
        try space.settle([anna, carla])
        let mine = { (wording: String) in
            RecordEdit(
                log: .square, target: .natural(.consentText, key: "1/nl"),
                fields: [
                    .set(Field.ConsentText.version, .text("1")), .set(Field.ConsentText.language, .text("nl")),
                    .set(Field.ConsentText.wording, .text(wording)),
                ])
        }
        #expect(throws: (any Error).self) { try anna.save([mine("Alles mag")]) }
        _ = try self.replica(carla).addConsentText("1", language: "nl", wording: "Mag ik opschrijven wat u zegt?")
        try space.settle([anna, carla])
        #expect(throws: (any Error).self) { try anna.save([mine("Alles mag")]) }
        #expect(try replica.consentTexts().map(\.wording) == ["Mag ik opschrijven wat u zegt?"])
        let member = try #require(try space.hub.owner(of: carla.keys.publicKey))
        _ = try space.hub.write { try space.hub.saveInTransaction(space.hub.ownershipsWithdrawn(fromCoordinator: member)) }
        try space.settle([anna, carla])
        #expect(try replica.consentTexts().count == 1, "what a coordinator said stays once they are one no longer")
    }

    @Test func `what was typed is gone before what it became is erased`() throws {
        let (space, anna, replica) = try founded(306)
        defer { withExtendedLifetime(space) {} }
        var draft = ConversationDraft()
        draft.startedAt = Timestamp(milliseconds: 1_790_000_000_000)
        draft.words = "Wim slaapt slecht"
        try replica.keepUnfinished(draft)
        guard case .saved(let talk, _, _) = try replica.record(draft) else { throw Unsaved() }
        #expect(try anna.typed() != nil, "the machine stopped before it was forgotten")
        try replica.erase(talk)
        #expect(try anna.typed() == nil && replica.unfinished() == nil)
        // What nobody saved stays, whatever else is erased.
        draft.words = "iets anders"
        try replica.keepUnfinished(draft)
        guard case .saved(let other, _, _) = try replica.record(ConversationDraft()) else { throw Unsaved() }
        try replica.erase(other)
        #expect(try replica.unfinished()?.words == "iets anders")
    }

    private struct Unsaved: Error {}
}
