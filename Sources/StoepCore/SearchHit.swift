import StoepModel

/// What to look for, and where.
public struct SearchRequest: Sendable {
    /// Each is a word, or a phrase where it has blanks; `*` behind a word takes all that begins so.
    public var words: [String]
    /// A code or a name.
    public var area: String?
    /// Only what took place then, in milliseconds since 1970.
    public var period: Range<Int64>?
    /// At most so many.
    public var limit: Int

    public init(words: [String], limit: Int = 20) {
        self.words = words
        self.limit = limit
    }
}

/// What a search came to.
public struct SearchAnswer: Sendable {
    /// The newest first.
    public let hits: [SearchHit]
    /// Whether there are others beyond the limit.
    public let hasMore: Bool
}

/// A record in which all was found.
public struct SearchHit: Sendable {
    /// A text of the record in which some of it stands.
    public struct Match: Sendable {
        /// By its name in the schema.
        public let field: String
        /// What stands around the first place, in pieces: those that are found, and what is between them.
        public let pieces: [Piece]
        /// Whether the text begins before that, or goes on behind it.
        public let isCutBefore: Bool
        public let isCutAfter: Bool
    }

    public struct Piece: Sendable, Equatable {
        public let text: String
        public let isFound: Bool
    }

    public let id: RecordID
    /// By its name in the schema.
    public let collection: String
    public let log: LogID
    /// When it took place, else when it was made.
    public let time: Timestamp
    public let area: Area?
    /// Who made it.
    public let by: Person
    /// What it is called, of a theme or a meeting; nil for what has no name.
    public let name: String?
    public let matches: [Match]
}
