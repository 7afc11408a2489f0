/// How a value is written, beside its type: what a client asks for, checks and shows.
public enum ValueForm: Sendable, Hashable {
    /// As it is.
    case plain
    /// Milliseconds since 1970.
    case moment
    /// A date, as in `2026-11-21`.
    case day
    /// The code of an area.
    case area
    /// The code of a language, as in `nl`.
    case language
    /// Hundred-thousandths of a degree.
    case degrees
    /// Rings of points around an area: `LONGITUDE,LATITUDE` in hundred-thousandths of a degree with blanks between, and
    /// rings with `;` between. A ring ends where it begins, and goes against the clock around land, with it around a hole.
    case outline
    /// The number of one of a few things.
    case choice([Choice])

    /// One thing that can be chosen. Its number is frozen.
    public struct Choice: Sendable, Hashable {
        public let number: Int64
        public let name: String
        public let words: Words
    }

    public static func choice<Kind: NamedChoice>(of: Kind.Type) -> Self {
        .choice(Kind.allCases.map { Choice(number: $0.rawValue, name: $0.name, words: $0.words) })
    }

    public var name: String {
        switch self {
        case .plain: "plain"
        case .moment: "moment"
        case .day: "day"
        case .area: "area"
        case .language: "language"
        case .degrees: "degrees"
        case .outline: "outline"
        case .choice: "choice"
        }
    }

    /// What can be chosen; nothing where it is no choice.
    public var choices: [Choice] {
        if case .choice(let choices) = self { choices } else { [] }
    }

    /// Whether such a value is written as a value of this type.
    package func suits(_ type: ValueType) -> Bool {
        switch (self, type) {
        case (.plain, _), (.moment, .integer), (.degrees, .integer), (.choice, .integer), (.day, .text), (.area, .text),
            (.language, .text), (.outline, .text):
            true
        default: false
        }
    }
}

/// Things of which one is chosen, by numbers that are frozen.
public protocol NamedChoice: RawRepresentable<Int64>, CaseIterable, Sendable {
    /// What programs call it.
    var name: String { get }
    /// What people call it.
    var words: Words { get }
}

extension NamedChoice {
    public init?(named name: String) {
        guard let choice = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = choice
    }
}
