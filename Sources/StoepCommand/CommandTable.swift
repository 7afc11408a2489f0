/// What a command line asks for.
package enum Invocation<Verb: CommandVerb>: Sendable {
    case run(Verb, ParsedArguments)
    /// Help about the commands under these words; about the program where there are none.
    case help([String])
    case version
}

/// What reading a command line depends on, besides the words.
package struct ParseContext: Sendable {
    package let environment: Environment
    package let input: ContentInput
    /// The wall clock, for times that say no date.
    package let nowMilliseconds: Int64

    package init(environment: Environment, input: ContentInput, nowMilliseconds: Int64) {
        self.environment = environment
        self.input = input
        self.nowMilliseconds = nowMilliseconds
    }

    package static func system() -> ParseContext {
        ParseContext(environment: .process, input: .system, nowMilliseconds: Moment.now())
    }
}

/// The commands of a program, and which of them a command line means.
package struct CommandTable<Verb: CommandVerb>: Sendable {
    package let program: ProgramSpec
    /// Specifications are made where they are asked for: a command needs its own.
    let entries: [(verb: Verb, path: [String])]

    package init() {
        program = Verb.program
        entries = Verb.allCases.map { ($0, $0.path) }
    }

    /// Reads a command line, without the program's own name. Everything that can be wrong with it is a
    /// failure with exit code 2, and then nothing was done.
    package func parse(_ arguments: [String], context: ParseContext) throws(CommandFailure) -> Invocation<Verb> {
        var words: [String] = []
        var globals: [(OptionSpec, String?)] = []
        var rest = arguments[...]
        while let argument = rest.first, argument != "--" {
            if CommandParser.isOption(argument) {
                // Once the command is complete, its options are read together with those of all commands.
                if entries.contains(where: { $0.path == words }) { break }
                rest.removeFirst()
                globals.append(try global(argument, rest: &rest, after: words))
            } else if words.first == "help" || leads(words + [argument]) {
                rest.removeFirst()
                words.append(argument)
            } else {
                break
            }
        }
        let given = Set(globals.map(\.0.name))
        if given.contains("version") { return .version }
        if words.first == "help" { return .help(try known(Array(words.dropFirst()))) }
        if given.contains("help") || words.isEmpty && rest.isEmpty { return .help(words) }
        guard let entry = entries.first(where: { $0.path == words }) else {
            guard rest.isEmpty else { throw unknown(words + [rest.first!]) }
            return .help(words)
        }
        var parser = CommandParser(program: program, spec: entry.verb.spec, context: context)
        for (option, value) in globals { try parser.take(option, value) }
        try parser.read(rest)
        if parser.asks("help") { return .help(words) }
        if parser.asks("version") { return .version }
        return .run(entry.verb, try parser.finish())
    }

    /// The commands whose path begins with these words.
    func commands(under words: [String]) -> [CommandSpec] {
        entries.filter { $0.path.starts(with: words) }.map(\.verb.spec)
    }

    private func leads(_ words: [String]) -> Bool {
        words == ["help"] || entries.contains { $0.path.starts(with: words) }
    }

    private func known(_ words: [String]) throws(CommandFailure) -> [String] {
        let isTopic = words.count == 1 && program.topics.contains { $0.isNamed(words[0]) }
        guard words.isEmpty || isTopic || leads(words) else { throw unknown(words) }
        return words
    }

    private func unknown(_ words: [String]) -> CommandFailure {
        let typed = words.joined(separator: " ")
        let names = entries.map { $0.path.joined(separator: " ") }
        let near = nearest(to: typed, in: names + program.nouns.map(\.name) + ["help"])
        return .unknownCommand(typed, program: program.name, suggestion: near)
    }

    /// An option that stands before the command is complete can only be one that all commands know.
    private func global(
        _ argument: String, rest: inout ArraySlice<String>, after words: [String]
    ) throws(CommandFailure) -> (OptionSpec, String?) {
        let (name, attached) = CommandParser.split(argument)
        guard let option = program.globals.first(where: { $0.name == name }) else {
            let owner = commands(under: words).first { $0.options.contains { $0.name == name } }
            if let owner, !words.isEmpty {
                throw .optionBeforeCommand(name, command: "\(program.name) \(owner.name)")
            }
            throw .unknownOption(argument, suggestion: nearest(to: name, in: program.globals.map(\.name)))
        }
        return (option, try CommandParser.value(for: option, attached: attached, rest: &rest))
    }
}
