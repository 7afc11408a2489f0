// What a street holds: what was heard there, and of whom.

extension Field {
    public enum Conversation {
        public static let startedAt = FieldNumber(rawValue: 1)
        public static let area = FieldNumber(rawValue: 2)
        public static let place = FieldNumber(rawValue: 3)
        public static let language = FieldNumber(rawValue: 4)
        public static let consent = FieldNumber(rawValue: 5)
        public static let minutes = FieldNumber(rawValue: 6)
        public static let headcount = FieldNumber(rawValue: 7)
        public static let channel = FieldNumber(rawValue: 8)
        public static let team = FieldNumber(rawValue: 9)
        public static let status = FieldNumber(rawValue: 10)
        public static let source = FieldNumber(rawValue: 11)
        public static let followUpOn = FieldNumber(rawValue: 12)
        public static let themes = FieldNumber(rawValue: 13)
        public static let words = FieldNumber(rawValue: 14)
        public static let observation = FieldNumber(rawValue: 15)
        /// How consent was asked for: the version of the wording, and its language.
        public static let consentVersion = FieldNumber(rawValue: 16)
        public static let consentLanguage = FieldNumber(rawValue: 17)
        public static let consentWording = FieldNumber(rawValue: 18)
        /// Questions that came up in it; answers are records of their own.
        public static let questions = FieldNumber(rawValue: 19)
        public static let agreements = FieldNumber(rawValue: 20)
        public static let persons = FieldNumber(rawValue: 21)
        public static let initiatives = FieldNumber(rawValue: 22)
        public static let offers = FieldNumber(rawValue: 23)
        public static let needs = FieldNumber(rawValue: 24)
        public static let round = FieldNumber(rawValue: 25)
        /// The member who goes back, what they should know, and when they did.
        public static let followUpBy = FieldNumber(rawValue: 26)
        public static let handOver = FieldNumber(rawValue: 27)
        public static let followedUpOn = FieldNumber(rawValue: 28)
        public static let longitude = FieldNumber(rawValue: 29)
        public static let latitude = FieldNumber(rawValue: 30)
        /// The conversations of which this one is what was kept.
        public static let replaces = FieldNumber(rawValue: 31)
    }
    /// What one area came to on one day; its key is "AREA/DAY".
    public enum Tally {
        public static let area = FieldNumber(rawValue: 1)
        public static let day = FieldNumber(rawValue: 2)
        public static let approached = FieldNumber(rawValue: 3)
        public static let declined = FieldNumber(rawValue: 4)
    }
    public enum Person {
        public static let alias = FieldNumber(rawValue: 1)
        public static let talents = FieldNumber(rawValue: 2)
        public static let note = FieldNumber(rawValue: 3)
        public static let doNotApproach = FieldNumber(rawValue: 4)
        public static let area = FieldNumber(rawValue: 5)
        public static let place = FieldNumber(rawValue: 6)
        public static let language = FieldNumber(rawValue: 7)
        public static let consent = FieldNumber(rawValue: 8)
        public static let consentVersion = FieldNumber(rawValue: 9)
        public static let consentLanguage = FieldNumber(rawValue: 10)
        public static let consentWording = FieldNumber(rawValue: 11)
        /// Those who stand by this person, with their consent.
        public static let network = FieldNumber(rawValue: 12)
        public static let offers = FieldNumber(rawValue: 13)
        public static let needs = FieldNumber(rawValue: 14)
        /// The word that this person chose: it wins over the space's.
        public static let calledA = FieldNumber(rawValue: 15)
    }
    /// What one conversation said to one question.
    public enum Answer {
        public static let question = FieldNumber(rawValue: 1)
        public static let conversation = FieldNumber(rawValue: 2)
        public static let words = FieldNumber(rawValue: 3)
    }
    /// What somebody has to say to a conversation: an objection for one.
    public enum Reply {
        public static let conversation = FieldNumber(rawValue: 1)
        public static let words = FieldNumber(rawValue: 2)
    }
    /// That somebody was given what is held of a person: who did that and when its change says, and here stands nothing
    /// of what was given.
    public enum Disclosure {
        public static let person = FieldNumber(rawValue: 1)
        public static let reason = FieldNumber(rawValue: 2)
    }
    public enum Referral {
        public static let what = FieldNumber(rawValue: 1)
        public static let conversation = FieldNumber(rawValue: 2)
        public static let person = FieldNumber(rawValue: 3)
        /// To whom: in words, or an initiative.
        public static let to = FieldNumber(rawValue: 4)
        public static let initiative = FieldNumber(rawValue: 5)
        public static let progress = FieldNumber(rawValue: 6)
        public static let acceptedBy = FieldNumber(rawValue: 7)
        public static let progressOn = FieldNumber(rawValue: 8)
        public static let area = FieldNumber(rawValue: 9)
        public static let note = FieldNumber(rawValue: 10)
    }
}

extension CollectionDefinition {
    static let street: [CollectionDefinition] = [
        CollectionDefinition(
            .conversation, "conversation", Words(en: "conversation", nl: "gesprek"),
            Words(en: "conversations", nl: "gesprekken"), in: .street, conversation),
        CollectionDefinition(
            .tally, "tally", Words(en: "tally", nl: "telling"), Words(en: "tallies", nl: "tellingen"), in: .street,
            naturalKey: true,
            [
                FieldDefinition(1, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(2, "day", en: "day", nl: "dag", form: .day),
                FieldDefinition(3, "approached", en: "approached", nl: "aangesproken", .counter, .integer),
                FieldDefinition(4, "declined", en: "declined", nl: "wilden niet", .counter, .integer),
            ]),
        CollectionDefinition(
            .person, "person", Words(en: "person", nl: "persoon"), Words(en: "persons", nl: "personen"), in: .street,
            joinable: true,
            [
                FieldDefinition(1, "alias", en: "alias", nl: "alias"),
                FieldDefinition(2, "talents", en: "talents", nl: "talenten", .set),
                FieldDefinition(3, "note", en: "note", nl: "notitie", .text),
                FieldDefinition(4, "doNotApproach", en: "do not approach", nl: "niet aanspreken", .register, .bool),
                FieldDefinition(5, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(6, "place", en: "place", nl: "plek"),
                FieldDefinition(7, "language", en: "language", nl: "taal", form: .language),
                FieldDefinition(
                    8, "consent", en: "consent", nl: "toestemming", .register, .integer, form: .choice(of: Consent.self)),
                FieldDefinition(9, "consentVersion", en: "version of consent", nl: "versie van toestemming"),
                FieldDefinition(
                    10, "consentLanguage", en: "language of consent", nl: "taal van toestemming", form: .language),
                FieldDefinition(11, "consentWording", en: "how it was asked", nl: "hoe erom gevraagd is"),
                FieldDefinition(12, "network", en: "supported by", nl: "gesteund door", .set, .record(.person)),
                FieldDefinition(13, "offers", en: "offers", nl: "biedt aan", .set, .record(.offer)),
                FieldDefinition(14, "needs", en: "needs", nl: "heeft nodig", .set, .record(.need)),
                FieldDefinition(15, "calledA", en: "wants to be called", nl: "wil heten"),
            ]),
        CollectionDefinition(
            .answer, "answer", Words(en: "answer", nl: "antwoord"), Words(en: "answers", nl: "antwoorden"), in: .street,
            [
                FieldDefinition(1, "question", en: "question", nl: "vraag", .register, .record(.question)),
                .belonging(2, "conversation", en: "conversation", nl: "gesprek", to: .conversation),
                FieldDefinition(3, "words", en: "words", nl: "woorden", .text, rule: .creator),
            ]),
        CollectionDefinition(
            .reply, "reply", Words(en: "reply", nl: "reactie"), Words(en: "replies", nl: "reacties"), in: .street,
            [
                .belonging(1, "conversation", en: "conversation", nl: "gesprek", to: .conversation),
                FieldDefinition(2, "words", en: "words", nl: "woorden", .text, rule: .creator),
            ]),
        CollectionDefinition(
            .referral, "referral", Words(en: "referral", nl: "doorverwijzing"),
            Words(en: "referrals", nl: "doorverwijzingen"), in: .street,
            [
                FieldDefinition(1, "what", en: "what", nl: "wat"),
                .belonging(2, "conversation", en: "conversation", nl: "gesprek", to: .conversation),
                .belonging(3, "person", en: "person", nl: "persoon", to: .person),
                FieldDefinition(4, "to", en: "to whom", nl: "naar wie"),
                FieldDefinition(
                    5, "initiative", en: "initiative", nl: "initiatief", .register, .record(.initiative)),
                FieldDefinition(
                    6, "progress", en: "how far", nl: "hoever", .register, .integer, form: .choice(of: Progress.self)),
                FieldDefinition(7, "acceptedBy", en: "accepted by", nl: "aangenomen door"),
                FieldDefinition(8, "progressOn", en: "since", nl: "sinds", form: .day),
                FieldDefinition(9, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(10, "note", en: "note", nl: "notitie", .text),
            ]),
        CollectionDefinition(
            .disclosure, "disclosure", Words(en: "disclosure of what is held", nl: "inzage in wat er bewaard is"),
            Words(en: "disclosures of what is held", nl: "inzages in wat er bewaard is"), in: .street,
            [
                .belonging(1, "person", en: "of whom", nl: "van wie", to: .person),
                FieldDefinition(2, "reason", en: "why", nl: "waarom", rule: .creator),
            ]),
    ]

    private static let conversation: [FieldDefinition] = [
        FieldDefinition(1, "startedAt", en: "when", nl: "wanneer", .register, .integer, form: .moment),
        FieldDefinition(2, "area", en: "area", nl: "gebied", form: .area),
        FieldDefinition(3, "place", en: "place", nl: "plek"),
        FieldDefinition(4, "language", en: "language", nl: "taal", form: .language),
        FieldDefinition(
            5, "consent", en: "consent", nl: "toestemming", .register, .integer, form: .choice(of: Consent.self)),
        FieldDefinition(6, "minutes", en: "minutes", nl: "minuten", .register, .integer),
        FieldDefinition(7, "headcount", en: "people", nl: "mensen", .register, .integer),
        FieldDefinition(8, "channel", en: "how they met", nl: "hoe ze elkaar troffen"),
        FieldDefinition(9, "team", en: "team", nl: "team"),
        FieldDefinition(10, "status", en: "status", nl: "status"),
        FieldDefinition(11, "source", en: "source", nl: "bron"),
        FieldDefinition(12, "followUpOn", en: "go back on", nl: "terug op", form: .day),
        FieldDefinition(13, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
        FieldDefinition(14, "words", en: "words", nl: "woorden", .text, rule: .creator),
        FieldDefinition(15, "observation", en: "observation", nl: "observatie", .text),
        FieldDefinition(16, "consentVersion", en: "version of consent", nl: "versie van toestemming"),
        FieldDefinition(17, "consentLanguage", en: "language of consent", nl: "taal van toestemming", form: .language),
        FieldDefinition(18, "consentWording", en: "how it was asked", nl: "hoe erom gevraagd is"),
        FieldDefinition(19, "questions", en: "questions that came up", nl: "vragen die opkwamen", .set, .record(.question)),
        FieldDefinition(20, "agreements", en: "agreements", nl: "afspraken", .set, .record(.agreement)),
        FieldDefinition(21, "persons", en: "persons", nl: "personen", .set, .record(.person)),
        FieldDefinition(22, "initiatives", en: "initiatives", nl: "initiatieven", .set, .record(.initiative)),
        FieldDefinition(23, "offers", en: "offers", nl: "aanbiedingen", .set, .record(.offer)),
        FieldDefinition(24, "needs", en: "needs", nl: "behoeften", .set, .record(.need)),
        FieldDefinition(25, "round", en: "round", nl: "ronde", .register, .record(.round)),
        FieldDefinition(26, "followUpBy", en: "goes back", nl: "gaat terug", .register, .record(.member)),
        FieldDefinition(27, "handOver", en: "to know before", nl: "vooraf te weten", .text),
        FieldDefinition(28, "followedUpOn", en: "went back on", nl: "terug geweest op", form: .day),
        FieldDefinition(29, "longitude", en: "longitude", nl: "lengtegraad", .register, .integer, form: .degrees),
        FieldDefinition(30, "latitude", en: "latitude", nl: "breedtegraad", .register, .integer, form: .degrees),
        FieldDefinition(
            31, "replaces", en: "what is kept of", nl: "wat bewaard is van", .set, .record(.conversation), rule: .creator),
    ]
}
