/// What a member is in the space. The numbers order them from the most restricted, and are frozen.
public enum Role: Int64, NamedChoice, Comparable {
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

    public var words: Words {
        switch self {
        case .revoked: Words(en: "revoked", nl: "ingetrokken")
        case .observer: Words(en: "observer", nl: "waarnemer")
        case .owner: Words(en: "owner of a theme", nl: "eigenaar van een thema")
        case .volunteer: Words(en: "volunteer", nl: "vrijwilliger")
        case .coordinator: Words(en: "coordinator", nl: "coördinator")
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What the person talked to agreed to, from the least on (`DESIGN` §6). The numbers are frozen.
public enum Consent: Int64, NamedChoice, Comparable {
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

    public var words: Words {
        switch self {
        case .none: Words(en: "none (only counts)", nl: "geen (alleen aantallen)")
        case .anonymous: Words(en: "anonymous", nl: "anoniem")
        case .contact: Words(en: "with contact details", nl: "met contactgegevens")
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The five kinds of partners of a neighbourhood, in Dutch the five O's. The numbers are frozen.
public enum PartnerKind: Int64, NamedChoice {
    case business = 1
    case education = 2
    case research = 3
    case government = 4
    case neighbourhood = 5

    public var name: String {
        switch self {
        case .business: "business"
        case .education: "education"
        case .research: "research"
        case .government: "government"
        case .neighbourhood: "neighbourhood"
        }
    }

    public var words: Words {
        switch self {
        case .business: Words(en: "entrepreneurs", nl: "ondernemers")
        case .education: Words(en: "education", nl: "onderwijs")
        case .research: Words(en: "research", nl: "onderzoek")
        case .government: Words(en: "government", nl: "overheid")
        case .neighbourhood: Words(en: "neighbourhood", nl: "omgeving")
        }
    }
}

/// As what somebody leads a meeting, or promises something. The numbers are frozen.
public enum Party: Int64, NamedChoice {
    case resident = 1
    case volunteer = 2
    case professional = 3
    case municipality = 4

    public var name: String {
        switch self {
        case .resident: "resident"
        case .volunteer: "volunteer"
        case .professional: "professional"
        case .municipality: "municipality"
        }
    }

    public var words: Words {
        switch self {
        case .resident: Words(en: "resident", nl: "bewoner")
        case .volunteer: Words(en: "volunteer", nl: "vrijwilliger")
        case .professional: Words(en: "professional", nl: "beroepskracht")
        case .municipality: Words(en: "municipality", nl: "gemeente")
        }
    }
}

/// What became of an agreement; one of which nothing is said is open. The numbers are frozen.
public enum Outcome: Int64, NamedChoice {
    case open = 0
    case kept = 1
    case broken = 2

    public var name: String {
        switch self {
        case .open: "open"
        case .kept: "kept"
        case .broken: "broken"
        }
    }

    public var words: Words {
        switch self {
        case .open: Words(en: "open", nl: "open")
        case .kept: Words(en: "kept", nl: "nagekomen")
        case .broken: Words(en: "broken", nl: "niet nagekomen")
        }
    }
}

/// How far a match of an offer and a need is, or a referral. The numbers are frozen.
public enum Progress: Int64, NamedChoice {
    case open = 0
    case accepted = 1
    case declined = 2
    case ended = 3

    public var name: String {
        switch self {
        case .open: "open"
        case .accepted: "accepted"
        case .declined: "declined"
        case .ended: "ended"
        }
    }

    public var words: Words {
        switch self {
        case .open: Words(en: "open", nl: "open")
        case .accepted: Words(en: "accepted", nl: "aangenomen")
        case .declined: Words(en: "declined", nl: "afgewezen")
        case .ended: Words(en: "ended", nl: "beëindigd")
        }
    }
}

/// How a theme stands; one of which nothing is said is active. The numbers are frozen.
public enum ThemeState: Int64, NamedChoice {
    case active = 0
    case resting = 1
    case done = 2

    public var name: String {
        switch self {
        case .active: "active"
        case .resting: "resting"
        case .done: "done"
        }
    }

    public var words: Words {
        switch self {
        case .active: Words(en: "active", nl: "actief")
        case .resting: Words(en: "resting", nl: "rust")
        case .done: Words(en: "done", nl: "afgerond")
        }
    }
}
