// What the square holds of areas, themes and what people do about them; everybody in the space reads it.

extension Field {
    public enum Area {
        public static let code = FieldNumber(rawValue: 1)
        public static let name = FieldNumber(rawValue: 2)
        public static let longitude = FieldNumber(rawValue: 3)
        public static let latitude = FieldNumber(rawValue: 4)
        public static let outline = FieldNumber(rawValue: 5)
        public static let municipality = FieldNumber(rawValue: 6)
    }
    public enum Theme {
        public static let name = FieldNumber(rawValue: 1)
        public static let description = FieldNumber(rawValue: 2)
        /// The theme that it was split off from, and the one that goes on in its place; itself where there is none.
        public static let splitFrom = FieldNumber(rawValue: 3)
        public static let mergedInto = FieldNumber(rawValue: 4)
        /// What its owners want, what they do next, and how it stands: theirs to say.
        public static let aim = FieldNumber(rawValue: 5)
        public static let nextStep = FieldNumber(rawValue: 6)
        public static let state = FieldNumber(rawValue: 7)
    }
    /// Who made it asks for the ownership of a theme.
    public enum Claim {
        public static let theme = FieldNumber(rawValue: 1)
        public static let reason = FieldNumber(rawValue: 2)
        public static let givenUp = FieldNumber(rawValue: 3)
    }
    public enum Meeting {
        public static let title = FieldNumber(rawValue: 1)
        public static let startedAt = FieldNumber(rawValue: 2)
        public static let agenda = FieldNumber(rawValue: 3)
        public static let minutes = FieldNumber(rawValue: 4)
        public static let area = FieldNumber(rawValue: 5)
        public static let place = FieldNumber(rawValue: 6)
        public static let themes = FieldNumber(rawValue: 7)
        /// Who leads it, by the name that they go by, and as what.
        public static let chair = FieldNumber(rawValue: 8)
        public static let chairedBy = FieldNumber(rawValue: 9)
        /// How many were there.
        public static let residents = FieldNumber(rawValue: 10)
        public static let professionals = FieldNumber(rawValue: 11)
        /// Members who were there.
        public static let attendance = FieldNumber(rawValue: 12)
    }
    public enum Question {
        public static let wording = FieldNumber(rawValue: 1)
        public static let description = FieldNumber(rawValue: 2)
        public static let themes = FieldNumber(rawValue: 3)
        /// The members who carry it along to their next talks.
        public static let carriedBy = FieldNumber(rawValue: 4)
        public static let language = FieldNumber(rawValue: 5)
    }
    public enum Agreement {
        public static let what = FieldNumber(rawValue: 1)
        /// Who promised it, by the name that they go by, and as what.
        public static let who = FieldNumber(rawValue: 2)
        public static let promisedBy = FieldNumber(rawValue: 3)
        public static let dueOn = FieldNumber(rawValue: 4)
        public static let outcome = FieldNumber(rawValue: 5)
        public static let outcomeOn = FieldNumber(rawValue: 6)
        /// The member who sees to it.
        public static let member = FieldNumber(rawValue: 7)
        public static let area = FieldNumber(rawValue: 8)
        public static let themes = FieldNumber(rawValue: 9)
        public static let meeting = FieldNumber(rawValue: 10)
        public static let note = FieldNumber(rawValue: 11)
    }
    /// A time of walking the street, which ends with what was learnt.
    public enum Round {
        public static let title = FieldNumber(rawValue: 1)
        public static let area = FieldNumber(rawValue: 2)
        public static let startsOn = FieldNumber(rawValue: 3)
        public static let closedOn = FieldNumber(rawValue: 4)
        public static let learnt = FieldNumber(rawValue: 5)
        public static let themes = FieldNumber(rawValue: 6)
        public static let purpose = FieldNumber(rawValue: 7)
    }
    /// How consent is asked for; its key is "VERSION/LANGUAGE".
    public enum ConsentText {
        public static let version = FieldNumber(rawValue: 1)
        public static let language = FieldNumber(rawValue: 2)
        public static let wording = FieldNumber(rawValue: 3)
    }
}

extension CollectionDefinition {
    static let square: [CollectionDefinition] = [
        CollectionDefinition(
            .area, "area", Words(en: "area", nl: "gebied"), Words(en: "areas", nl: "gebieden"), in: .square,
            naturalKey: true,
            [
                FieldDefinition(1, "code", en: "code", nl: "code"),
                FieldDefinition(2, "name", en: "name", nl: "naam"),
                FieldDefinition(
                    3, "longitude", en: "longitude", nl: "lengtegraad", .register, .integer, form: .degrees),
                FieldDefinition(4, "latitude", en: "latitude", nl: "breedtegraad", .register, .integer, form: .degrees),
                FieldDefinition(5, "outline", en: "outline", nl: "omtrek", form: .outline),
                FieldDefinition(6, "municipality", en: "municipality", nl: "gemeente"),
            ]),
        CollectionDefinition(
            .theme, "theme", Words(en: "theme", nl: "thema"), Words(en: "themes", nl: "thema's"), in: .square,
            naturalKey: true,
            [
                FieldDefinition(1, "name", en: "name", nl: "naam"),
                FieldDefinition(2, "description", en: "description", nl: "omschrijving", .text),
                FieldDefinition(
                    3, "splitFrom", en: "split off from", nl: "afgesplitst van", .register, .record(.theme)),
                FieldDefinition(4, "mergedInto", en: "goes on as", nl: "gaat verder als", .register, .record(.theme)),
                FieldDefinition(5, "aim", en: "what its owners want", nl: "wat de eigenaars willen", .text, rule: .owner),
                FieldDefinition(6, "nextStep", en: "next step", nl: "volgende stap", rule: .owner),
                FieldDefinition(
                    7, "state", en: "state", nl: "stand", .register, .integer, form: .choice(of: ThemeState.self),
                    rule: .owner),
            ]),
        CollectionDefinition(
            .claim, "claim", Words(en: "request to own a theme", nl: "verzoek om een thema te bezitten"),
            Words(en: "requests to own themes", nl: "verzoeken om thema's te bezitten"), in: .square,
            [
                FieldDefinition(1, "theme", en: "theme", nl: "thema", .register, .record(.theme), rule: .creator),
                FieldDefinition(2, "reason", en: "why", nl: "waarom", .text, rule: .creator),
                FieldDefinition(3, "givenUp", en: "given up", nl: "opgegeven", .register, .bool, rule: .creator),
            ]),
        CollectionDefinition(
            .meeting, "meeting", Words(en: "meeting", nl: "vergadering"), Words(en: "meetings", nl: "vergaderingen"),
            in: .square,
            [
                FieldDefinition(1, "title", en: "title", nl: "titel"),
                FieldDefinition(2, "startedAt", en: "when", nl: "wanneer", .register, .integer, form: .moment),
                FieldDefinition(3, "agenda", en: "agenda", nl: "agenda", .list, .text),
                FieldDefinition(4, "minutes", en: "minutes", nl: "notulen", .text),
                FieldDefinition(5, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(6, "place", en: "place", nl: "plek"),
                FieldDefinition(7, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
                FieldDefinition(8, "chair", en: "chair", nl: "voorzitter"),
                FieldDefinition(
                    9, "chairedBy", en: "chaired by a", nl: "voorgezeten door een", .register, .integer,
                    form: .choice(of: Party.self)),
                FieldDefinition(10, "residents", en: "residents present", nl: "aanwezige bewoners", .register, .integer),
                FieldDefinition(
                    11, "professionals", en: "professionals present", nl: "aanwezige beroepskrachten", .register, .integer),
                FieldDefinition(
                    12, "attendance", en: "members present", nl: "aanwezige leden", .set, .record(.member)),
            ]),
        CollectionDefinition(
            .question, "question", Words(en: "question", nl: "vraag"), Words(en: "questions", nl: "vragen"),
            in: .square, joinable: true,
            [
                FieldDefinition(1, "wording", en: "wording", nl: "formulering"),
                FieldDefinition(2, "description", en: "description", nl: "omschrijving", .text),
                FieldDefinition(3, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
                FieldDefinition(4, "carriedBy", en: "carried along by", nl: "meegenomen door", .set, .record(.member)),
                FieldDefinition(5, "language", en: "language", nl: "taal", form: .language),
            ]),
        CollectionDefinition(
            .agreement, "agreement", Words(en: "agreement", nl: "afspraak"), Words(en: "agreements", nl: "afspraken"),
            in: .square,
            [
                FieldDefinition(1, "what", en: "what", nl: "wat"),
                FieldDefinition(2, "who", en: "who", nl: "wie"),
                FieldDefinition(
                    3, "promisedBy", en: "promised by a", nl: "beloofd door een", .register, .integer,
                    form: .choice(of: Party.self)),
                FieldDefinition(4, "dueOn", en: "by when", nl: "wanneer klaar", form: .day),
                FieldDefinition(
                    5, "outcome", en: "outcome", nl: "afloop", .register, .integer, form: .choice(of: Outcome.self)),
                FieldDefinition(6, "outcomeOn", en: "settled on", nl: "afgelopen op", form: .day),
                FieldDefinition(7, "member", en: "seen to by", nl: "in het oog gehouden door", .register, .record(.member)),
                FieldDefinition(8, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(9, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
                FieldDefinition(10, "meeting", en: "made at", nl: "gemaakt op", .register, .record(.meeting)),
                FieldDefinition(11, "note", en: "note", nl: "notitie", .text),
            ]),
        CollectionDefinition(
            .round, "round", Words(en: "round", nl: "ronde"), Words(en: "rounds", nl: "rondes"), in: .square,
            [
                FieldDefinition(1, "title", en: "title", nl: "titel"),
                FieldDefinition(2, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(3, "startsOn", en: "starts on", nl: "begint op", form: .day),
                FieldDefinition(4, "closedOn", en: "closed on", nl: "gesloten op", form: .day),
                FieldDefinition(5, "learnt", en: "what was learnt", nl: "wat er geleerd is", .text),
                FieldDefinition(6, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
                FieldDefinition(7, "purpose", en: "what it is for", nl: "waar het om gaat", .text),
            ]),
        CollectionDefinition(
            .consentText, "consentText", Words(en: "wording of consent", nl: "formulering van toestemming"),
            Words(en: "wordings of consent", nl: "formuleringen van toestemming"), in: .square, naturalKey: true,
            [
                FieldDefinition(1, "version", en: "version", nl: "versie", rule: .owner),
                FieldDefinition(2, "language", en: "language", nl: "taal", form: .language, rule: .owner),
                FieldDefinition(3, "wording", en: "wording", nl: "formulering", rule: .owner),
            ]),
    ]
}
