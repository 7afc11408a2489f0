import StoepModel

/// The figures of a space, as far as they are here.
public struct Overview: Sendable {
    public struct Share: Sendable {
        public let name: String
        public let count: Int
        public let id: RecordID?
    }

    public struct EmergingQuestion: Sendable {
        public let id: RecordID
        public let wording: String
        public let conversations: Int
        public let areas: Int
    }

    /// What is offered and needed in an area, and what of it was brought together. Never a person's debt.
    public struct Balance: Sendable {
        /// Nil for what names none.
        public let area: Area?
        public var offers = 0
        public var needs = 0
        public var matches = 0
    }

    public internal(set) var conversations = 0
    /// Of conversations, the most first.
    public internal(set) var areas: [(area: Area, conversations: Int)] = []
    public internal(set) var themes: [Share] = []
    public internal(set) var questions: [EmergingQuestion] = []
    public internal(set) var approached: Int64 = 0
    public internal(set) var declined: Int64 = 0
    /// By kind of partner; nil where that was not said.
    public internal(set) var initiatives: [(partner: PartnerKind?, count: Int)] = []
    public internal(set) var balance: [Balance] = []
    public internal(set) var kept = 0
    public internal(set) var broken = 0
    public internal(set) var open = 0
    /// Of those that are open.
    public internal(set) var overdue = 0
    /// By who led them; nil where that was not said.
    public internal(set) var meetings: [(party: Party?, count: Int)] = []
}

/// What an overview is of. Everything may be left out.
public struct OverviewRequest: Sendable {
    /// A code or a name.
    public var area: String?
    /// Half-open, in milliseconds since 1970.
    public var period: Range<Int64>?
    /// The same as days, both included.
    public var days: ClosedRange<String>?
    /// Today, as in `2026-11-21`.
    public var today: String
    /// How many areas, themes and questions are named.
    public var limit = 10

    public init(today: String) { self.today = today }
}

/// Which kinds of partners have an initiative about which theme.
public struct PartnerGrid: Sendable {
    public struct Row: Sendable {
        public let theme: Theme
        public let counts: [PartnerKind: Int]
        /// Those that do not say what kind of partner they are.
        public let unsaid: Int
        /// Who is missing.
        public var missing: [PartnerKind] { PartnerKind.allCases.filter { (counts[$0] ?? 0) == 0 } }
    }

    public let rows: [Row]
}

/// Two initiatives of one area with a theme in common that do not know of each other.
public struct NeighbourSuggestion: Sendable {
    public let one: RecordView
    public let other: RecordView
    public let area: Area
    /// The names of the themes that both have.
    public let themes: [String]
}
