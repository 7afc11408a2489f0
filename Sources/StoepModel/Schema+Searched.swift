/// What `stoep search` looks in, and what it does not: every field that holds text stands in one of the two tables, so
/// that whoever adds a field has to say which.
public enum SearchedFields {
    /// What people wrote, in the order in which it is shown where it was found.
    public static let searched: [CollectionNumber: [FieldNumber]] = [
        .area: [Field.Area.name, Field.Area.code],
        .theme: [Field.Theme.name, Field.Theme.description],
        .meeting: [Field.Meeting.title, Field.Meeting.agenda, Field.Meeting.minutes],
        .question: [Field.Question.wording, Field.Question.description],
        .conversation: [Field.Conversation.words, Field.Conversation.observation, Field.Conversation.place],
        .person: [Field.Person.alias, Field.Person.talents, Field.Person.note],
    ]

    /// Codes and days, for which a list has options of its own. Of the roster nothing is searched.
    public static let others: [CollectionNumber: [FieldNumber]] = [
        .conversation: [
            Field.Conversation.area, Field.Conversation.language, Field.Conversation.channel, Field.Conversation.team,
            Field.Conversation.status, Field.Conversation.source, Field.Conversation.followUpOn,
        ],
        .tally: [Field.Tally.area, Field.Tally.day],
    ]

    /// When a record took place, where it says so itself: newer ones are found first. Others go by when they were made.
    public static let times: [CollectionNumber: FieldNumber] = [
        .conversation: Field.Conversation.startedAt, .meeting: Field.Meeting.startedAt,
    ]

    /// The register by which people call a record that was found.
    public static let names: [CollectionNumber: FieldNumber] = [
        .area: Field.Area.name, .theme: Field.Theme.name, .meeting: Field.Meeting.title,
        .question: Field.Question.wording, .person: Field.Person.alias,
    ]

    /// The register in which a record says by its code in which area it took place.
    public static let areas: [CollectionNumber: FieldNumber] = [
        .area: Field.Area.code, .conversation: Field.Conversation.area, .tally: Field.Tally.area,
    ]
}

extension CollectionDefinition {
    /// The fields in which words are looked for, as far as this schema has them.
    public var searchedFields: [FieldDefinition] {
        SearchedFields.searched[number, default: []].compactMap { field($0) }
    }
}
