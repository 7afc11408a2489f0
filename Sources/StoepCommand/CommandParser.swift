/// Reads the words after a command's name: its options, those of all commands, and what stands without a
/// name. One parser is one reading.
struct CommandParser {
    private let program: ProgramSpec
    private let spec: CommandSpec
    private let context: ParseContext
    private let options: [OptionSpec]
    private var parsed: ParsedArguments
    private var given: Set<String> = []
    private var loose: [String] = []
    private var readsStandardInput = false

    init(program: ProgramSpec, spec: CommandSpec, context: ParseContext) {
        self.program = program
        self.spec = spec
        self.context = context
        options = spec.options + program.globals
        parsed = ParsedArguments(options: options, positionals: spec.positionals)
    }

    /// A word that begins with a dash; a dash alone is a value.
    static func isOption(_ word: String) -> Bool {
        word.utf8.first == UInt8(ascii: "-") && word.utf8.count > 1
    }

    /// `--name=value` in its parts. `-h` is the one short option, because everybody tries it.
    static func split(_ word: String) -> (name: String, value: String?) {
        if word == "-h" { return ("help", nil) }
        let bare = word.hasPrefix("--") ? word.dropFirst(2) : word.dropFirst(1)
        let parts = bare.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
    }

    /// The value of an option, from behind its `=` or from the next word; nil for a flag.
    static func value(
        for option: OptionSpec, attached: String?, rest: inout ArraySlice<String>
    ) throws(CommandFailure) -> String? {
        if case .flag = option.value {
            guard attached == nil else { throw .flagTakesNoValue(option.name) }
            return nil
        }
        if let attached { return attached }
        // What begins with two dashes is the next option: somebody forgot the value.
        guard let next = rest.first, !next.hasPrefix("--") else { throw .valueMissing(option.name) }
        rest.removeFirst()
        return next
    }

    mutating func read(_ words: ArraySlice<String>) throws(CommandFailure) {
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" {
                loose += rest
                return
            }
            guard Self.isOption(word) else {
                loose.append(word)
                continue
            }
            let (name, attached) = Self.split(word)
            let isLong = word.hasPrefix("--") || word == "-h"
            guard isLong, let option = options.first(where: { $0.name == name }) else {
                throw .unknownOption(word, suggestion: nearest(to: name, in: options.map(\.name)))
            }
            try take(option, try Self.value(for: option, attached: attached, rest: &rest))
        }
    }

    mutating func take(_ option: OptionSpec, _ value: String?) throws(CommandFailure) {
        // A flag said twice says the same.
        if !given.insert(option.name).inserted, !option.repeats, value != nil {
            throw .optionGivenTwice(option.name)
        }
        parsed.add(try checked(value, for: option), to: option)
    }

    /// Whether help or the version was asked for: then nothing else is checked.
    func asks(_ name: String) -> Bool { given.contains(name) }

    mutating func finish() throws(CommandFailure) -> ParsedArguments {
        for option in options where !given.contains(option.name) {
            if let variable = option.environment, let value = context.environment.nonEmpty(variable) {
                parsed.add(try checked(value, for: option), to: option)
            } else if option.isRequired {
                throw .optionMissing(option.name, command: commandLine)
            }
        }
        for group in spec.exactlyOneOf where group.count(where: { given.contains($0.name) }) != 1 {
            throw .exactlyOneNeeded(group.map(\.name))
        }
        try placeLooseWords()
        return parsed
    }

    private var commandLine: String { "\(program.name) \(spec.name)" }

    private mutating func placeLooseWords() throws(CommandFailure) {
        var rest = loose[...]
        for positional in spec.positionals {
            switch positional.count {
            case .any:
                for word in rest { parsed.add(word, to: positional) }
                rest = []
            case .many:
                guard !rest.isEmpty else { throw .argumentMissing(positional.placeholder, command: commandLine) }
                for word in rest { parsed.add(word, to: positional) }
                rest = []
            case .one, .optional:
                guard let word = rest.popFirst() else {
                    if positional.count == .optional { continue }
                    throw .argumentMissing(positional.placeholder, command: commandLine)
                }
                let text = positional.isContent ? try content(word) : word
                guard !text.isEmpty else { throw .argumentMissing(positional.placeholder, command: commandLine) }
                guard positional.choices.isEmpty || positional.choices.contains(text) else {
                    throw .argumentNotAChoice(
                        positional.placeholder, value: text, choices: positional.choices,
                        suggestion: nearest(to: text, in: positional.choices))
                }
                parsed.add(text, to: positional)
            }
        }
        if let extra = rest.first { throw .argumentUnexpected(extra, command: commandLine) }
    }

    private mutating func checked(
        _ value: String?, for option: OptionSpec
    ) throws(CommandFailure) -> ParsedArguments.Value {
        guard let value else { return .flag }
        switch option.value {
        case .flag:
            return .flag
        case .text:
            guard !value.isEmpty else { throw .valueEmpty(option.name) }
            return .text(value)
        case .content:
            return .text(try content(value))
        case .choice(let choices):
            guard choices.contains(value) else {
                throw .notAChoice(
                    option.name, value: value, choices: choices, suggestion: nearest(to: value, in: choices))
            }
            return .text(value)
        case .number(_, let range):
            guard let number = Int(value), range.contains(number) else {
                throw .notANumber(option.name, value: value, range: range)
            }
            return .number(number)
        case .moment:
            guard let moment = Moment.parse(value, now: context.nowMilliseconds) else {
                throw .notATime(option.name, value: value)
            }
            return .moment(moment)
        case .day:
            guard let day = Moment.day(value, now: context.nowMilliseconds) else {
                throw .notADay(option.name, value: value)
            }
            return .text(day)
        }
    }

    private mutating func content(_ value: String) throws(CommandFailure) -> String {
        if value == "-" {
            guard !readsStandardInput else { throw .standardInputTwice }
            readsStandardInput = true
        }
        return try context.input.resolve(value)
    }
}
