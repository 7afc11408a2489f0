/// What an option takes, and what is checked before a command sees it.
package enum OptionValue: Sendable {
    case flag
    /// Some text on the command line, not empty; the placeholder is what help calls it.
    case text(Localized)
    /// Words that need not stand in the shell's history: `-` reads them from standard input and `@FILE` from
    /// a file. May be empty.
    case content(Localized)
    case choice([String])
    case number(Localized, ClosedRange<Int>)
    /// A point in time as `Moment.parse` reads it.
    case moment
    /// A date, or a word for one (`Moment.day`); it arrives as text, as in `2026-11-21`.
    case day
}

/// An option that a command or a whole program knows. Declared once as a static member, used both in the
/// command's specification and to ask for its value.
package struct OptionSpec: Sendable {
    /// Without the two dashes.
    package let name: String
    package let value: OptionValue
    package let help: Localized
    package let repeats: Bool
    /// The variable that stands in for the option where it is not given.
    package let environment: String?
    package private(set) var isRequired = false

    package init(
        _ name: String, _ value: OptionValue = .flag, repeats: Bool = false, environment: String? = nil,
        help: Localized
    ) {
        self.name = name
        self.value = value
        self.help = help
        self.repeats = repeats
        self.environment = environment
    }

    /// The same option where the command does not work without it.
    package func required() -> OptionSpec {
        var copy = self
        copy.isRequired = true
        return copy
    }
}

/// What stands on the command line without a name.
package struct PositionalSpec: Sendable {
    package enum Count: Sendable {
        case one, optional
        /// One or more.
        case many
        /// None or more.
        case any
    }

    /// As help shows it, in English: `ID`.
    package let name: String
    package let placeholder: Localized
    package let help: Localized
    package let count: Count
    /// Whether `-` and `@FILE` are read.
    package let isContent: Bool
    /// What it can be; empty for anything.
    package let choices: [String]

    package init(
        _ name: String, placeholder: Localized? = nil, _ count: Count = .one, isContent: Bool = false,
        choices: [String] = [], help: Localized
    ) {
        self.choices = choices
        self.name = name
        self.placeholder = placeholder ?? .same(name)
        self.count = count
        self.isContent = isContent
        self.help = help
    }
}

/// A command line that somebody could type, and what it does.
package struct CommandExample: Sendable {
    package let line: Localized
    package let meaning: Localized

    package init(_ line: Localized, _ meaning: Localized) {
        self.line = line
        self.meaning = meaning
    }
}

/// One command, said once: the parser, the help and the suggestions follow from it.
package struct CommandSpec: Sendable {
    /// Noun, then verb: `["talk", "new"]`.
    package let path: [String]
    package let summary: Localized
    /// More than the summary, in help only.
    package let explanation: Localized?
    package let options: [OptionSpec]
    package let positionals: [PositionalSpec]
    /// Of each of these groups exactly one option must be given.
    package let exactlyOneOf: [[OptionSpec]]
    package let examples: [CommandExample]

    package init(
        path: [String], summary: Localized, explanation: Localized? = nil, options: [OptionSpec] = [],
        positionals: [PositionalSpec] = [], exactlyOneOf: [[OptionSpec]] = [], examples: [CommandExample]
    ) {
        self.path = path
        self.summary = summary
        self.explanation = explanation
        self.options = options
        self.positionals = positionals
        self.exactlyOneOf = exactlyOneOf
        self.examples = examples
    }

    /// `talk new`
    package var name: String { path.joined(separator: " ") }
}

/// What a program is besides its commands.
package struct ProgramSpec: Sendable {
    package let name: String
    package let version: String
    package let summary: Localized
    /// Known to every command, before and after its name.
    package let globals: [OptionSpec]
    /// What the nouns that have several verbs are about.
    package let nouns: [(name: String, summary: Localized)]
    /// What `help` explains beside commands.
    package let topics: [HelpTopic]

    package init(
        name: String, version: String, summary: Localized, globals: [OptionSpec],
        nouns: [(name: String, summary: Localized)] = [], topics: [HelpTopic] = []
    ) {
        self.topics = topics
        self.name = name
        self.version = version
        self.summary = summary
        self.globals = globals
        self.nouns = nouns
    }
}

/// The commands of one program, as an enumeration: so that a command cannot be declared and then forgotten,
/// the executable switches over it.
package protocol CommandVerb: CaseIterable, Hashable, Sendable {
    static var program: ProgramSpec { get }
    /// Its specification's: known without making that.
    var path: [String] { get }
    var spec: CommandSpec { get }
}

extension CommandVerb {
    package var path: [String] { spec.path }
}
