// What the roster holds, and the cuts that any log may hold: only the authority writes them.

extension Field {
    public enum Delegation {
        public static let statement = FieldNumber(rawValue: 1)
    }
    public enum Space {
        public static let name = FieldNumber(rawValue: 1)
        /// For how many days conversations are kept, counted from their arrival at the daemon; absent or 0 for ever.
        public static let conversationDays = FieldNumber(rawValue: 2)
        /// From when on that is acted upon: so that everybody hears of it before.
        public static let retentionFrom = FieldNumber(rawValue: 3)
        /// What a resident is called in this space, and several.
        public static let resident = FieldNumber(rawValue: 4)
        public static let residents = FieldNumber(rawValue: 5)
        /// For how many days after a contact nobody else is to go to the same place.
        public static let coolDownDays = FieldNumber(rawValue: 6)
    }
    public enum Member {
        public static let name = FieldNumber(rawValue: 1)
        public static let role = FieldNumber(rawValue: 2)
        public static let defaultPartition = FieldNumber(rawValue: 3)
    }
    public enum Device {
        public static let key = FieldNumber(rawValue: 1)
        public static let sealingKey = FieldNumber(rawValue: 2)
        public static let member = FieldNumber(rawValue: 3)
        public static let state = FieldNumber(rawValue: 4)
    }
    public enum Grant {
        public static let member = FieldNumber(rawValue: 1)
        public static let partition = FieldNumber(rawValue: 2)
        public static let level = FieldNumber(rawValue: 3)
    }
    public enum Partition {
        public static let name = FieldNumber(rawValue: 1)
        public static let areas = FieldNumber(rawValue: 2)
    }
    public enum Daemon {
        public static let key = FieldNumber(rawValue: 1)
        public static let address = FieldNumber(rawValue: 2)
        public static let state = FieldNumber(rawValue: 3)
        /// The X25519 key of the authority, to seal bundles to it.
        public static let sealingKey = FieldNumber(rawValue: 4)
    }
    /// Up to where an actor's chain counts in the log that the record stands in; its key is the actor.
    public enum Cut {
        public static let points = FieldNumber(rawValue: 1)
        public static let refused = FieldNumber(rawValue: 2)
    }
    /// That a member owns a theme; its key is "THEME/MEMBER".
    public enum Ownership {
        public static let theme = FieldNumber(rawValue: 1)
        public static let member = FieldNumber(rawValue: 2)
        public static let level = FieldNumber(rawValue: 3)
        /// Once it is withdrawn: the ends of the member's chains in the square up to which it counts.
        public static let ends = FieldNumber(rawValue: 4)
        /// Claims that were acted upon: given up, and not to be given up again.
        public static let heard = FieldNumber(rawValue: 5)
    }
}

extension CollectionDefinition {
    static let roster: [CollectionDefinition] = [
        CollectionDefinition(
            .delegation, "delegation", Words(en: "delegation", nl: "machtiging"),
            Words(en: "delegations", nl: "machtigingen"), in: .roster,
            [FieldDefinition(1, "statement", en: "statement", nl: "verklaring", .register, .bytes)]),
        CollectionDefinition(
            .space, "space", Words(en: "space", nl: "ruimte"), Words(en: "spaces", nl: "ruimtes"), in: .roster,
            naturalKey: true,
            [
                FieldDefinition(1, "name", en: "name", nl: "naam"),
                FieldDefinition(
                    2, "conversationDays", en: "days that conversations are kept", nl: "dagen dat gesprekken bewaard blijven",
                    .register, .integer),
                FieldDefinition(
                    3, "retentionFrom", en: "kept so long from", nl: "zo lang bewaard vanaf", .register, .integer,
                    form: .moment),
                FieldDefinition(4, "resident", en: "word for a resident", nl: "woord voor een bewoner"),
                FieldDefinition(5, "residents", en: "word for residents", nl: "woord voor bewoners"),
                FieldDefinition(
                    6, "coolDownDays", en: "days of rest after a contact", nl: "dagen rust na een contact", .register, .integer),
            ]),
        CollectionDefinition(
            .member, "member", Words(en: "member", nl: "lid"), Words(en: "members", nl: "leden"), in: .roster,
            [
                FieldDefinition(1, "name", en: "name", nl: "naam"),
                FieldDefinition(
                    2, "role", en: "role", nl: "rol", .register, .integer, form: .choice(of: Role.self), settlement: .least),
                FieldDefinition(3, "defaultPartition", en: "records in", nl: "legt vast in"),
            ]),
        CollectionDefinition(
            .device, "device", Words(en: "device", nl: "apparaat"), Words(en: "devices", nl: "apparaten"), in: .roster,
            naturalKey: true,
            [
                FieldDefinition(1, "key", en: "key", nl: "sleutel", .register, .bytes),
                FieldDefinition(2, "sealingKey", en: "sealing key", nl: "verzegelsleutel", .register, .bytes),
                FieldDefinition(3, "member", en: "member", nl: "lid", .register, .record(.member)),
                FieldDefinition(
                    4, "state", en: "in force", nl: "van kracht", .register, .integer, settlement: .least),
            ]),
        CollectionDefinition(
            .grant, "grant", Words(en: "grant", nl: "toekenning"), Words(en: "grants", nl: "toekenningen"), in: .roster,
            naturalKey: true,
            [
                FieldDefinition(1, "member", en: "member", nl: "lid", .register, .record(.member)),
                FieldDefinition(2, "partition", en: "part of the street", nl: "deel van de straat"),
                FieldDefinition(
                    3, "level", en: "in force", nl: "van kracht", .register, .integer, settlement: .least),
            ]),
        CollectionDefinition(
            .partition, "partition", Words(en: "part of the street", nl: "deel van de straat"),
            Words(en: "parts of the street", nl: "delen van de straat"), in: .roster, naturalKey: true,
            [
                FieldDefinition(1, "name", en: "name", nl: "naam"),
                FieldDefinition(2, "areas", en: "areas", nl: "gebieden", .set, .text, form: .area),
            ]),
        CollectionDefinition(
            .daemon, "daemon", Words(en: "daemon of the space", nl: "daemon van de ruimte"),
            Words(en: "daemons of the space", nl: "daemons van de ruimte"), in: .roster, naturalKey: true,
            [
                FieldDefinition(1, "key", en: "key", nl: "sleutel", .register, .bytes),
                FieldDefinition(2, "address", en: "address", nl: "adres"),
                FieldDefinition(
                    3, "state", en: "in force", nl: "van kracht", .register, .integer, settlement: .least),
                FieldDefinition(4, "sealingKey", en: "sealing key", nl: "verzegelsleutel", .register, .bytes),
            ]),
        CollectionDefinition(
            .ownership, "ownership", Words(en: "ownership of a theme", nl: "eigenaarschap van een thema"),
            Words(en: "ownerships of themes", nl: "eigenaarschappen van thema's"), in: .roster, naturalKey: true,
            [
                FieldDefinition(1, "theme", en: "theme", nl: "thema", .register, .record(.theme)),
                FieldDefinition(2, "member", en: "member", nl: "lid", .register, .record(.member)),
                FieldDefinition(
                    3, "level", en: "in force", nl: "van kracht", .register, .integer, settlement: .least),
                FieldDefinition(4, "ends", en: "counted up to", nl: "telde tot", .set, .bytes),
                FieldDefinition(5, "heard", en: "claims that were heard", nl: "gehoorde aanvragen", .set, .record(.claim)),
            ]),
        CollectionDefinition(
            .cut, "cut", Words(en: "cut", nl: "afkapping"), Words(en: "cuts", nl: "afkappingen"), in: nil,
            naturalKey: true,
            [
                FieldDefinition(1, "points", en: "counts up to", nl: "telt tot", .register, .bytes),
                FieldDefinition(2, "refused", en: "refused", nl: "geweigerd", .register, .bytes),
            ]),
    ]
}
