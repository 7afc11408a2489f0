/// What `stoep search` looks in, and what it does not: every field that holds text stands in one of the two tables, so
/// that whoever adds a field has to say which.
public enum SearchedFields {
    /// What people wrote, in the order in which it is shown where it was found.
    public static let searched: [CollectionNumber: [FieldNumber]] = [
        .area: [Field.Area.name, Field.Area.code, Field.Area.municipality],
        .theme: [Field.Theme.name, Field.Theme.description, Field.Theme.aim, Field.Theme.nextStep],
        .claim: [Field.Claim.reason],
        .meeting: [
            Field.Meeting.title, Field.Meeting.agenda, Field.Meeting.minutes, Field.Meeting.place, Field.Meeting.chair,
        ],
        .question: [Field.Question.wording, Field.Question.description],
        .agreement: [Field.Agreement.what, Field.Agreement.who, Field.Agreement.note],
        .round: [Field.Round.title, Field.Round.purpose, Field.Round.learnt],
        .consentText: [Field.ConsentText.wording],
        .initiative: [
            Field.Initiative.name, Field.Initiative.description, Field.Initiative.place, Field.Initiative.contact,
            Field.Initiative.meets,
        ],
        .offer: exchanged, .need: exchanged, .match: [Field.Match.note],
        .conversation: [
            Field.Conversation.words, Field.Conversation.observation, Field.Conversation.place,
            Field.Conversation.handOver,
        ],
        .person: [
            Field.Person.alias, Field.Person.talents, Field.Person.note, Field.Person.place, Field.Person.calledA,
        ],
        .answer: [Field.Answer.words], .reply: [Field.Reply.words],
        .referral: [Field.Referral.what, Field.Referral.to, Field.Referral.acceptedBy, Field.Referral.note],
        .signal: [Field.Signal.words, Field.Signal.place], .signalAnswer: [Field.SignalAnswer.words],
        .contact: [
            Field.Contact.name, Field.Contact.address, Field.Contact.telephone, Field.Contact.email, Field.Contact.note,
        ],
    ]

    private static let exchanged = [
        Field.Offer.what, Field.Offer.description, Field.Offer.who, Field.Offer.place, Field.Offer.conditions,
    ]

    /// Codes and days, for which a list has options of its own. Of the roster nothing is searched.
    public static let others: [CollectionNumber: [FieldNumber]] = [
        .area: [Field.Area.outline], .meeting: [Field.Meeting.area], .question: [Field.Question.language],
        .agreement: [Field.Agreement.area, Field.Agreement.dueOn, Field.Agreement.outcomeOn],
        .round: [Field.Round.area, Field.Round.startsOn, Field.Round.closedOn],
        .consentText: [Field.ConsentText.version, Field.ConsentText.language],
        .initiative: [Field.Initiative.area, Field.Initiative.verifiedOn],
        .offer: unsearched, .need: unsearched,
        .conversation: [
            Field.Conversation.area, Field.Conversation.language, Field.Conversation.channel, Field.Conversation.team,
            Field.Conversation.status, Field.Conversation.source, Field.Conversation.followUpOn,
            Field.Conversation.consentVersion, Field.Conversation.consentLanguage, Field.Conversation.consentWording,
            Field.Conversation.followedUpOn,
        ],
        .tally: [Field.Tally.area, Field.Tally.day],
        .person: [
            Field.Person.area, Field.Person.language, Field.Person.consentVersion, Field.Person.consentLanguage,
            Field.Person.consentWording,
        ],
        .disclosure: [Field.Disclosure.reason],
        .referral: [Field.Referral.progressOn, Field.Referral.area], .signal: [Field.Signal.area],
    ]

    private static let unsearched = [
        Field.Offer.area, Field.Offer.until, Field.Offer.closedOn,
        // They stand among the conditions.
        Field.Offer.fulfilled,
    ]

    /// When a record took place, where it says so itself: newer ones are found first. Others go by when they were made.
    public static let times: [CollectionNumber: FieldNumber] = [
        .conversation: Field.Conversation.startedAt, .meeting: Field.Meeting.startedAt, .signal: Field.Signal.startedAt,
    ]

    /// The register by which people call a record that was found.
    public static let names: [CollectionNumber: FieldNumber] = [
        .area: Field.Area.name, .theme: Field.Theme.name, .meeting: Field.Meeting.title,
        .question: Field.Question.wording, .agreement: Field.Agreement.what, .round: Field.Round.title,
        .initiative: Field.Initiative.name, .offer: Field.Offer.what, .need: Field.Need.what,
        .person: Field.Person.alias, .referral: Field.Referral.what, .contact: Field.Contact.name,
    ]

    /// The register in which a record says by its code in which area it took place.
    public static let areas: [CollectionNumber: FieldNumber] = [
        .area: Field.Area.code, .meeting: Field.Meeting.area, .agreement: Field.Agreement.area,
        .round: Field.Round.area, .initiative: Field.Initiative.area, .offer: Field.Offer.area, .need: Field.Need.area,
        .conversation: Field.Conversation.area, .tally: Field.Tally.area, .person: Field.Person.area,
        .referral: Field.Referral.area, .signal: Field.Signal.area,
    ]
}

extension CollectionDefinition {
    /// The fields in which words are looked for, as far as this schema has them.
    public var searchedFields: [FieldDefinition] {
        SearchedFields.searched[number, default: []].compactMap { field($0) }
    }
}
