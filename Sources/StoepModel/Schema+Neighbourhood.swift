// What the square holds of what is already there in a neighbourhood, and of giving and taking.

extension Field {
    public enum Initiative {
        public static let name = FieldNumber(rawValue: 1)
        public static let description = FieldNumber(rawValue: 2)
        public static let partner = FieldNumber(rawValue: 3)
        public static let area = FieldNumber(rawValue: 4)
        public static let place = FieldNumber(rawValue: 5)
        public static let themes = FieldNumber(rawValue: 6)
        public static let links = FieldNumber(rawValue: 7)
        /// Whom to ask, and how they are reached: what they made public themselves.
        public static let contact = FieldNumber(rawValue: 8)
        public static let meets = FieldNumber(rawValue: 9)
        public static let verifiedOn = FieldNumber(rawValue: 10)
        public static let longitude = FieldNumber(rawValue: 11)
        public static let latitude = FieldNumber(rawValue: 12)
    }
    /// What somebody has to give. A need has the same fields, by the same numbers.
    public enum Offer {
        public static let what = FieldNumber(rawValue: 1)
        public static let description = FieldNumber(rawValue: 2)
        /// By the name that they go by.
        public static let who = FieldNumber(rawValue: 3)
        public static let area = FieldNumber(rawValue: 4)
        public static let place = FieldNumber(rawValue: 5)
        public static let themes = FieldNumber(rawValue: 6)
        /// How many it is enough for; of a need, how many have it. One where nothing is said.
        public static let capacity = FieldNumber(rawValue: 7)
        /// What has to be there first, and what of that is.
        public static let conditions = FieldNumber(rawValue: 8)
        public static let fulfilled = FieldNumber(rawValue: 9)
        public static let initiative = FieldNumber(rawValue: 10)
        public static let until = FieldNumber(rawValue: 11)
        public static let closedOn = FieldNumber(rawValue: 12)
    }
    public typealias Need = Offer
    /// An offer and a need that were brought together; its key is "OFFER/NEED".
    public enum Match {
        public static let offer = FieldNumber(rawValue: 1)
        public static let need = FieldNumber(rawValue: 2)
        public static let progress = FieldNumber(rawValue: 3)
        /// How much of the offer it takes.
        public static let share = FieldNumber(rawValue: 4)
        public static let note = FieldNumber(rawValue: 5)
    }
}

extension CollectionDefinition {
    static let neighbourhood: [CollectionDefinition] = [
        CollectionDefinition(
            .initiative, "initiative", Words(en: "initiative", nl: "initiatief"),
            Words(en: "initiatives", nl: "initiatieven"), in: .square,
            [
                FieldDefinition(1, "name", en: "name", nl: "naam"),
                FieldDefinition(2, "description", en: "description", nl: "omschrijving", .text),
                FieldDefinition(
                    3, "partner", en: "kind of partner", nl: "soort partner", .register, .integer,
                    form: .choice(of: PartnerKind.self)),
                FieldDefinition(4, "area", en: "area", nl: "gebied", form: .area),
                FieldDefinition(5, "place", en: "place", nl: "plek"),
                FieldDefinition(6, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
                FieldDefinition(7, "links", en: "linked with", nl: "verbonden met", .set, .record(.initiative)),
                FieldDefinition(8, "contact", en: "whom to ask", nl: "bij wie te vragen"),
                FieldDefinition(9, "meets", en: "when they meet", nl: "wanneer ze er zijn"),
                FieldDefinition(10, "verifiedOn", en: "last verified", nl: "laatst nagegaan", form: .day),
                FieldDefinition(
                    11, "longitude", en: "longitude", nl: "lengtegraad", .register, .integer, form: .degrees),
                FieldDefinition(12, "latitude", en: "latitude", nl: "breedtegraad", .register, .integer, form: .degrees),
            ]),
        CollectionDefinition(
            .offer, "offer", Words(en: "offer", nl: "aanbod"), Words(en: "offers", nl: "aanbiedingen"), in: .square,
            exchange(capacity: Words(en: "enough for", nl: "genoeg voor"))),
        CollectionDefinition(
            .need, "need", Words(en: "need", nl: "behoefte"), Words(en: "needs", nl: "behoeften"), in: .square,
            exchange(capacity: Words(en: "for how many", nl: "voor hoeveel"))),
        CollectionDefinition(
            .match, "match", Words(en: "match", nl: "koppeling"), Words(en: "matches", nl: "koppelingen"), in: .square,
            naturalKey: true,
            [
                FieldDefinition(1, "offer", en: "offer", nl: "aanbod", .register, .record(.offer)),
                FieldDefinition(2, "need", en: "need", nl: "behoefte", .register, .record(.need)),
                FieldDefinition(
                    3, "progress", en: "how far", nl: "hoever", .register, .integer, form: .choice(of: Progress.self)),
                FieldDefinition(4, "share", en: "how much of it", nl: "hoeveel ervan", .register, .integer),
                FieldDefinition(5, "note", en: "note", nl: "notitie", .text),
            ]),
    ]

    /// An offer and a need are the same kind of thing, from both sides.
    private static func exchange(capacity: Words) -> [FieldDefinition] {
        [
            FieldDefinition(1, "what", en: "what", nl: "wat"),
            FieldDefinition(2, "description", en: "description", nl: "omschrijving", .text),
            FieldDefinition(3, "who", en: "who", nl: "wie"),
            FieldDefinition(4, "area", en: "area", nl: "gebied", form: .area),
            FieldDefinition(5, "place", en: "place", nl: "plek"),
            FieldDefinition(6, "themes", en: "themes", nl: "thema's", .set, .record(.theme)),
            FieldDefinition(7, "capacity", en: capacity.en, nl: capacity.nl, .register, .integer),
            FieldDefinition(8, "conditions", en: "conditions", nl: "voorwaarden", .set),
            FieldDefinition(9, "fulfilled", en: "conditions that are met", nl: "vervulde voorwaarden", .set),
            FieldDefinition(
                10, "initiative", en: "initiative", nl: "initiatief", .register, .record(.initiative)),
            FieldDefinition(11, "until", en: "until", nl: "tot en met", form: .day),
            FieldDefinition(12, "closedOn", en: "closed on", nl: "gesloten op", form: .day),
        ]
    }
}
