import StoepModel

/// The kinds of records that are made, listed, shown and changed alike, as the schema says.
package enum RecordNoun: String, CaseIterable, Sendable {
    case theme, question, person, agreement, meeting, initiative, offer, need, match, referral, round, signal

    package var collection: CollectionNumber {
        switch self {
        case .theme: .theme
        case .question: .question
        case .person: .person
        case .agreement: .agreement
        case .meeting: .meeting
        case .initiative: .initiative
        case .offer: .offer
        case .need: .need
        case .match: .match
        case .referral: .referral
        case .round: .round
        case .signal: .signal
        }
    }

    /// What these commands write of a record, by the names of their options.
    package var options: [(field: FieldNumber, name: String)] {
        switch self {
        case .theme:
            [
                (Field.Theme.name, "name"), (Field.Theme.description, "description"), (Field.Theme.aim, "aim"),
                (Field.Theme.nextStep, "next-step"), (Field.Theme.state, "state"),
            ]
        case .question:
            [
                (Field.Question.wording, "wording"), (Field.Question.description, "description"),
                (Field.Question.themes, "theme"), (Field.Question.language, "language"),
            ]
        case .person:
            [
                (Field.Person.alias, "alias"), (Field.Person.calledA, "called"), (Field.Person.talents, "talent"),
                (Field.Person.note, "note"), (Field.Person.area, "area"), (Field.Person.place, "place"),
                (Field.Person.language, "language"), (Field.Person.doNotApproach, "do-not-approach"),
                (Field.Person.offers, "offer"), (Field.Person.needs, "need"), (Field.Person.network, "supported-by"),
                (Field.Person.consent, "consent"), (Field.Person.consentVersion, "consent-version"),
                (Field.Person.consentLanguage, "consent-language"), (Field.Person.consentWording, "consent-wording"),
            ]
        case .agreement:
            [
                (Field.Agreement.what, "what"), (Field.Agreement.who, "who"),
                (Field.Agreement.promisedBy, "promised-by"), (Field.Agreement.dueOn, "due"),
                (Field.Agreement.member, "member"), (Field.Agreement.area, "area"), (Field.Agreement.themes, "theme"),
                (Field.Agreement.meeting, "meeting"), (Field.Agreement.note, "note"),
            ]
        case .meeting:
            [
                (Field.Meeting.title, "title"), (Field.Meeting.startedAt, "at"), (Field.Meeting.area, "area"),
                (Field.Meeting.place, "place"), (Field.Meeting.themes, "theme"), (Field.Meeting.agenda, "agenda"),
                (Field.Meeting.chair, "chair"), (Field.Meeting.chairedBy, "chaired-by"),
                (Field.Meeting.minutes, "minutes"), (Field.Meeting.residents, "residents"),
                (Field.Meeting.professionals, "professionals"), (Field.Meeting.attendance, "present"),
            ]
        case .initiative:
            [
                (Field.Initiative.name, "name"), (Field.Initiative.description, "description"),
                (Field.Initiative.partner, "partner"), (Field.Initiative.area, "area"),
                (Field.Initiative.place, "place"), (Field.Initiative.themes, "theme"),
                // Linking is a command of its own: both sides say it.
                (Field.Initiative.contact, "contact"), (Field.Initiative.meets, "meets"),
                (Field.Initiative.verifiedOn, "verified"),
            ]
        case .offer, .need:
            [
                (Field.Offer.what, "what"), (Field.Offer.description, "description"), (Field.Offer.who, "who"),
                (Field.Offer.area, "area"), (Field.Offer.place, "place"), (Field.Offer.themes, "theme"),
                (Field.Offer.capacity, "capacity"), (Field.Offer.conditions, "condition"),
                (Field.Offer.fulfilled, "fulfilled"), (Field.Offer.initiative, "initiative"),
                (Field.Offer.until, "until"),
            ]
        case .match:
            [(Field.Match.progress, "progress"), (Field.Match.share, "share"), (Field.Match.note, "note")]
        case .referral:
            [
                (Field.Referral.what, "what"), (Field.Referral.to, "to"), (Field.Referral.initiative, "initiative"),
                (Field.Referral.conversation, "talk"), (Field.Referral.person, "person"), (Field.Referral.area, "area"),
                (Field.Referral.note, "note"),
            ]
        case .round:
            [
                (Field.Round.title, "title"), (Field.Round.area, "area"), (Field.Round.startsOn, "starts"),
                (Field.Round.themes, "theme"), (Field.Round.purpose, "purpose"),
            ]
        case .signal:
            [
                (Field.Signal.words, "words"), (Field.Signal.area, "area"), (Field.Signal.place, "place"),
                (Field.Signal.startedAt, "at"), (Field.Signal.conversation, "talk"), (Field.Signal.person, "person"),
            ]
        }
    }

    /// What a list shows beside id and name.
    package var columns: [FieldNumber] {
        switch self {
        case .theme: [Field.Theme.state, Field.Theme.nextStep]
        case .question: [Field.Question.themes]
        case .person: [Field.Person.calledA, Field.Person.area, Field.Person.talents, Field.Person.doNotApproach]
        case .agreement: [Field.Agreement.dueOn, Field.Agreement.who, Field.Agreement.outcome, Field.Agreement.area]
        case .meeting: [Field.Meeting.startedAt, Field.Meeting.area, Field.Meeting.chair, Field.Meeting.chairedBy]
        case .initiative: [Field.Initiative.area, Field.Initiative.partner, Field.Initiative.themes, Field.Initiative.verifiedOn]
        case .offer, .need: [Field.Offer.area, Field.Offer.who, Field.Offer.capacity, Field.Offer.themes]
        case .match: [Field.Match.offer, Field.Match.need, Field.Match.progress, Field.Match.share]
        case .referral: [Field.Referral.to, Field.Referral.progress, Field.Referral.progressOn, Field.Referral.area]
        case .round: [Field.Round.area, Field.Round.startsOn, Field.Round.closedOn]
        case .signal: [Field.Signal.area, Field.Signal.place, Field.Signal.startedAt]
        }
    }

    /// What is done with them in the way of all; what else a noun knows is a command of its own.
    package var actions: [RecordAction] {
        switch self {
        // It is made by its name alone, and its list counts conversations.
        case .theme: [.show, .edit, .history, .undo, .delete]
        // Its list tells how often each came up.
        case .question: [.new, .show, .edit, .same, .apart, .history, .undo, .delete]
        case .person: [.new, .list, .show, .edit, .same, .apart, .history, .undo, .delete]
        // Made of an offer and a need.
        case .match: [.list, .show, .edit, .history, .undo, .delete]
        // It is made in a hurry, and its list says what waits.
        case .signal: [.show, .edit, .history, .undo, .delete]
        case .agreement, .meeting, .initiative, .offer, .need, .referral, .round:
            [.new, .list, .show, .edit, .history, .undo, .delete]
        }
    }

    package var definition: CollectionDefinition {
        guard let definition = Schema.current[collection] else { preconditionFailure("\(self) is in the schema") }
        return definition
    }

    /// The field by which its records are called, which stands behind `new` without an option.
    package var name: FieldNumber? { SearchedFields.names[collection] }
}

/// What is done with any kind of record.
package enum RecordAction: String, CaseIterable, Sendable {
    case new, list, show, edit, same, apart, history, undo, delete
}
