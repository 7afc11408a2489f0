extension CollectionNumber {
    public static let delegation = CollectionNumber(rawValue: 1)
    public static let space = CollectionNumber(rawValue: 2)
    public static let member = CollectionNumber(rawValue: 3)
    public static let device = CollectionNumber(rawValue: 4)
    public static let grant = CollectionNumber(rawValue: 5)
    public static let partition = CollectionNumber(rawValue: 6)
    public static let daemon = CollectionNumber(rawValue: 7)
    public static let cut = CollectionNumber(rawValue: 8)
    public static let area = CollectionNumber(rawValue: 16)
    public static let theme = CollectionNumber(rawValue: 17)
    public static let meeting = CollectionNumber(rawValue: 18)
    public static let question = CollectionNumber(rawValue: 19)
    public static let conversation = CollectionNumber(rawValue: 32)
    public static let tally = CollectionNumber(rawValue: 33)
    public static let person = CollectionNumber(rawValue: 34)
}

/// The fields of each collection by name. The numbers are frozen: they are what the wire carries.
public enum Field {
    public enum Delegation {
        public static let statement = FieldNumber(rawValue: 1)
    }
    public enum Space {
        public static let name = FieldNumber(rawValue: 1)
        /// For how many days conversations are kept, counted from their arrival at the daemon; absent or 0 for ever.
        public static let conversationDays = FieldNumber(rawValue: 2)
        /// From when on that is acted upon, in milliseconds since 1970: so that everybody hears of it before.
        public static let retentionFrom = FieldNumber(rawValue: 3)
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
    public enum Area {
        public static let code = FieldNumber(rawValue: 1)
        public static let name = FieldNumber(rawValue: 2)
        public static let longitude = FieldNumber(rawValue: 3)
        public static let latitude = FieldNumber(rawValue: 4)
    }
    public enum Theme {
        public static let name = FieldNumber(rawValue: 1)
        public static let description = FieldNumber(rawValue: 2)
    }
    public enum Meeting {
        public static let title = FieldNumber(rawValue: 1)
        public static let startedAt = FieldNumber(rawValue: 2)
        public static let agenda = FieldNumber(rawValue: 3)
        public static let minutes = FieldNumber(rawValue: 4)
    }
    public enum Question {
        public static let wording = FieldNumber(rawValue: 1)
        public static let description = FieldNumber(rawValue: 2)
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
    }
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
    }
}

/// What a member is in the space. The numbers order them from the most restricted, and are frozen.
public enum Role: Int64, Sendable, CaseIterable, Comparable {
    case revoked = 0
    case observer = 1
    case owner = 2
    case volunteer = 3
    case coordinator = 4

    public var name: String {
        switch self {
        case .revoked: "revoked"
        case .observer: "observer"
        case .owner: "owner"
        case .volunteer: "volunteer"
        case .coordinator: "coordinator"
        }
    }

    public init?(named name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What the person talked to agreed to, from the least on (`DESIGN` §6). The numbers are frozen.
public enum Consent: Int64, Sendable, CaseIterable, Comparable {
    case none = 0
    case anonymous = 1
    case contact = 2

    public var name: String {
        switch self {
        case .none: "none"
        case .anonymous: "anonymous"
        case .contact: "contact"
        }
    }

    public init?(named name: String) {
        guard let consent = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = consent
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension Schema {
    /// The schema of this version. `Protocol/schema.json` is generated from it.
    public static let current = Schema(
        version: 2, operationKinds: 12,
        collections: [
            CollectionDefinition(.delegation, "delegation", in: .roster, [
                FieldDefinition(1, "statement", .register, .bytes)
            ]),
            CollectionDefinition(.space, "space", in: .roster, naturalKey: true, [
                FieldDefinition(1, "name"),
                FieldDefinition(2, "conversationDays", .register, .integer),
                FieldDefinition(3, "retentionFrom", .register, .integer),
            ]),
            CollectionDefinition(.member, "member", in: .roster, [
                FieldDefinition(1, "name"),
                FieldDefinition(2, "role", .register, .integer, settlement: .least),
                FieldDefinition(3, "defaultPartition"),
            ]),
            CollectionDefinition(.device, "device", in: .roster, naturalKey: true, [
                FieldDefinition(1, "key", .register, .bytes),
                FieldDefinition(2, "sealingKey", .register, .bytes),
                FieldDefinition(3, "member", .register, .record(.member)),
                FieldDefinition(4, "state", .register, .integer, settlement: .least),
            ]),
            CollectionDefinition(.grant, "grant", in: .roster, naturalKey: true, [
                FieldDefinition(1, "member", .register, .record(.member)),
                FieldDefinition(2, "partition"),
                FieldDefinition(3, "level", .register, .integer, settlement: .least),
            ]),
            CollectionDefinition(.partition, "partition", in: .roster, naturalKey: true, [
                FieldDefinition(1, "name"),
                FieldDefinition(2, "areas", .set, .text),
            ]),
            CollectionDefinition(.daemon, "daemon", in: .roster, naturalKey: true, [
                FieldDefinition(1, "key", .register, .bytes),
                FieldDefinition(2, "address"),
                FieldDefinition(3, "state", .register, .integer, settlement: .least),
                FieldDefinition(4, "sealingKey", .register, .bytes),
            ]),
            CollectionDefinition(.cut, "cut", in: nil, naturalKey: true, [
                FieldDefinition(1, "points", .register, .bytes),
                FieldDefinition(2, "refused", .register, .bytes),
            ]),
            CollectionDefinition(.area, "area", in: .square, naturalKey: true, [
                FieldDefinition(1, "code"),
                FieldDefinition(2, "name"),
                FieldDefinition(3, "longitude", .register, .integer),
                FieldDefinition(4, "latitude", .register, .integer),
            ]),
            CollectionDefinition(.theme, "theme", in: .square, naturalKey: true, [
                FieldDefinition(1, "name"),
                FieldDefinition(2, "description", .text),
            ]),
            CollectionDefinition(.meeting, "meeting", in: .square, [
                FieldDefinition(1, "title"),
                FieldDefinition(2, "startedAt", .register, .integer),
                FieldDefinition(3, "agenda", .list, .text),
                FieldDefinition(4, "minutes", .text),
            ]),
            CollectionDefinition(.question, "question", in: .square, joinable: true, [
                FieldDefinition(1, "wording"),
                FieldDefinition(2, "description", .text),
            ]),
            CollectionDefinition(.conversation, "conversation", in: .street, [
                FieldDefinition(1, "startedAt", .register, .integer),
                FieldDefinition(2, "area"),
                FieldDefinition(3, "place"),
                FieldDefinition(4, "language"),
                FieldDefinition(5, "consent", .register, .integer),
                FieldDefinition(6, "minutes", .register, .integer),
                FieldDefinition(7, "headcount", .register, .integer),
                FieldDefinition(8, "channel"),
                FieldDefinition(9, "team"),
                FieldDefinition(10, "status"),
                FieldDefinition(11, "source"),
                FieldDefinition(12, "followUpOn"),
                FieldDefinition(13, "themes", .set, .record(.theme)),
                FieldDefinition(14, "words", .text, rule: .creator),
                FieldDefinition(15, "observation", .text),
            ]),
            CollectionDefinition(.tally, "tally", in: .street, naturalKey: true, [
                FieldDefinition(1, "area"),
                FieldDefinition(2, "day"),
                FieldDefinition(3, "approached", .counter, .integer),
                FieldDefinition(4, "declined", .counter, .integer),
            ]),
            CollectionDefinition(.person, "person", in: .street, joinable: true, [
                FieldDefinition(1, "alias"),
                FieldDefinition(2, "talents", .set),
                FieldDefinition(3, "note", .text),
            ]),
        ])
}
