/// What was given to a command, checked against its specification. Asking for what the command does not
/// declare, or as what it is not, is our mistake and stops the program.
package struct ParsedArguments: Sendable {
    enum Value: Sendable, Equatable {
        case flag
        case text(String)
        case number(Int)
        case moment(Int64)
    }

    private let declared: Set<String>
    private var values: [String: [Value]] = [:]
    private var positionals: [String: [String]] = [:]

    init(options: [OptionSpec], positionals: [PositionalSpec]) {
        declared = Set(options.map(\.name) + positionals.map(\.name))
    }

    mutating func add(_ value: Value, to option: OptionSpec) {
        values[option.name, default: []].append(value)
    }

    mutating func add(_ text: String, to positional: PositionalSpec) {
        positionals[positional.name, default: []].append(text)
    }

    private func values(_ option: OptionSpec) -> [Value] {
        precondition(declared.contains(option.name), "the command does not declare --\(option.name)")
        return values[option.name] ?? []
    }

    /// Whether the option was given, or its variable set.
    package func has(_ option: OptionSpec) -> Bool { !values(option).isEmpty }

    package func flag(_ option: OptionSpec) -> Bool { has(option) }

    /// The text, choice or content that was given; nil where the option was not.
    package func text(_ option: OptionSpec) -> String? { texts(option).last }

    /// All that was given to an option that may be repeated, in order.
    package func texts(_ option: OptionSpec) -> [String] {
        values(option).map { value in
            guard case .text(let text) = value else { preconditionFailure("--\(option.name) is no text") }
            return text
        }
    }

    /// What was given to an option declared `required()`.
    package func required(_ option: OptionSpec) -> String {
        guard let text = text(option) else { preconditionFailure("--\(option.name) is not declared required") }
        return text
    }

    package func number(_ option: OptionSpec) -> Int? {
        values(option).last.map { value in
            guard case .number(let number) = value else { preconditionFailure("--\(option.name) is no number") }
            return number
        }
    }

    /// Milliseconds since 1970, UTC.
    package func moment(_ option: OptionSpec) -> Int64? {
        values(option).last.map { value in
            guard case .moment(let moment) = value else { preconditionFailure("--\(option.name) is no time") }
            return moment
        }
    }

    /// The choice as a case of an enumeration that has every choice as a raw value.
    package func choice<Choice: RawRepresentable<String>>(_ option: OptionSpec, as: Choice.Type) -> Choice? {
        text(option).map { text in
            guard let choice = Choice(rawValue: text) else {
                preconditionFailure("\(Choice.self) lacks \(text), which --\(option.name) allows")
            }
            return choice
        }
    }

    /// All that was given for a positional; empty where it may be left out and was.
    package func all(_ positional: PositionalSpec) -> [String] {
        precondition(declared.contains(positional.name), "the command does not declare \(positional.name)")
        return positionals[positional.name] ?? []
    }

    package func first(_ positional: PositionalSpec) -> String? { all(positional).first }

    /// What was given for a positional of which there is exactly one.
    package func one(_ positional: PositionalSpec) -> String {
        guard let text = first(positional) else { preconditionFailure("\(positional.name) may be left out") }
        return text
    }
}
