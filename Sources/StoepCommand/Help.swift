/// Help, made from the specifications: there is no second place where a command is described.
package struct Help<Verb: CommandVerb>: Sendable {
    let table: CommandTable<Verb>
    let language: Language
    let columns: Int

    /// `columns` is what the terminal has; lines get no longer than 100, because nobody reads those.
    package init(_ table: CommandTable<Verb>, language: Language, columns: Int?) {
        self.table = table
        self.language = language
        self.columns = min(columns ?? 80, 100)
    }

    /// Help about one command, about the commands of a noun, or about all.
    package func text(about words: [String]) -> String {
        let specs = table.commands(under: words)
        let lines: [String]
        if let spec = specs.first(where: { $0.path == words }) {
            let others = specs.filter { $0.path != words }
            let listed = others.map { ($0.name, $0.summary[language]) }
            lines = command(spec) + (others.isEmpty ? [] : section(.helpCommands, list(listed)))
        } else if words.isEmpty || words == ["help"] {
            lines = overview(specs)
        } else {
            lines = specs.isEmpty ? [] : noun(words, specs)
        }
        let topics = program.topics.filter { words.count == 1 && $0.isNamed(words[0]) }.flatMap { topic in
            (lines.isEmpty ? [] : [""]) + paragraph(topic.title) + topic.paragraphs.flatMap { [""] + paragraph($0) }
        }
        return (lines + topics).joined(separator: "\n")
    }

    /// How a command is typed, after the program's name.
    package func synopsis(_ spec: CommandSpec) -> String { usageParts(spec).dropFirst().joined(separator: " ") }

    private var program: ProgramSpec { table.program }

    private func overview(_ specs: [CommandSpec]) -> [String] {
        paragraph(Localized.same("\(program.name): \(program.summary[language])"))
            + section(.helpUsage, ["  \(program.name) \(Localized.helpCommand[language]) [\(Localized.helpOptions[language])]"])
            + section(.helpCommands, list(overviewEntries(specs) + [helpEntry]))
            + (program.topics.isEmpty
                ? []
                : section(.helpTopics, list(program.topics.map { ("help \($0.name[language])", $0.title[language]) })))
            + section(.helpGlobalOptions, list(program.globals.map(entry)))
            + [""] + paragraph(.helpMore(program: program.name))
    }

    /// A noun that has several verbs stands there once; they come first, in the order of the program's list.
    private func overviewEntries(_ specs: [CommandSpec]) -> [(String, String)] {
        let named = Set(program.nouns.map(\.name))
        let nouns = program.nouns.map { ("\($0.name) …", $0.summary[language]) }
        return nouns + specs.filter { !named.contains($0.path[0]) }.map { ($0.name, $0.summary[language]) }
    }

    private var helpEntry: (String, String) { ("help", Localized.helpSummary[language]) }

    private func noun(_ words: [String], _ specs: [CommandSpec]) -> [String] {
        let name = words.joined(separator: " ")
        let summary = program.nouns.first { $0.name == name }?.summary[language]
        return paragraph(.same([program.name + " " + name, summary].compactMap { $0 }.joined(separator: ": ")))
            + section(.helpCommands, list(specs.map { ($0.name, $0.summary[language]) }))
            + [""] + paragraph(.helpMoreOf(program: program.name, noun: name))
    }

    private func command(_ spec: CommandSpec) -> [String] {
        var lines = paragraph(.same("\(program.name) \(spec.name): \(spec.summary[language])"))
        if let explanation = spec.explanation { lines += [""] + paragraph(explanation) }
        lines += section(.helpUsage, usage(spec))
        if !spec.positionals.isEmpty {
            lines += section(
                .helpArguments, list(spec.positionals.map { ($0.placeholder[language], $0.help[language]) }))
        }
        if !spec.options.isEmpty {
            lines += section(.helpOptions, list(spec.options.map(entry)))
        }
        let notes = notes(spec)
        if !notes.isEmpty { lines += [""] + notes.flatMap { paragraph($0) } }
        lines += section(.helpGlobalOptions, list(program.globals.map(entry)))
        if !spec.examples.isEmpty {
            lines += section(
                .helpExamples,
                spec.examples.flatMap { example in
                    ["  # \(example.meaning[language])", "  \(example.line[language])"]
                })
        }
        return lines
    }

    private func usage(_ spec: CommandSpec) -> [String] {
        usageParts(spec).joined(separator: " ").wrapped(columns: columns - 4).enumerated().map { index, line in
            (index == 0 ? "  " : "    ") + line
        }
    }

    private func usageParts(_ spec: CommandSpec) -> [String] {
        var parts = [program.name, spec.name]
        parts += spec.positionals.map { positional in
            let name = positional.placeholder[language]
            return switch positional.count {
            case .one: name
            case .optional: "[\(name)]"
            case .many: "\(name)…"
            case .any: "[\(name)…]"
            }
        }
        let grouped = Set(spec.exactlyOneOf.joined().map(\.name))
        parts += (program.globals + spec.options).filter(\.isRequired).map(label)
        parts += spec.exactlyOneOf.map { $0.map(label).joined(separator: " | ") }
        if spec.options.contains(where: { !$0.isRequired && !grouped.contains($0.name) }) {
            parts.append("[\(Localized.helpOptions[language])]")
        }
        return parts
    }

    /// What holds for the values of this command's options.
    private func notes(_ spec: CommandSpec) -> [Localized] {
        var notes: [Localized] = []
        let values = spec.options.map(\.value)
        if values.contains(where: { if case .content = $0 { true } else { false } })
            || spec.positionals.contains(where: \.isContent)
        {
            notes.append(.helpContent)
        }
        if values.contains(where: { if case .moment = $0 { true } else { false } }) { notes.append(.helpTimes) }
        if values.contains(where: { if case .day = $0 { true } else { false } }) { notes.append(.helpDays) }
        return notes
    }

    func label(_ option: OptionSpec) -> String {
        switch option.value {
        case .flag: "--\(option.name)"
        case .text(let placeholder), .content(let placeholder), .number(let placeholder, _):
            "--\(option.name) \(placeholder[language])"
        case .choice(let choices): "--\(option.name) \(choices.joined(separator: "|"))"
        case .moment: "--\(option.name) \(Localized.helpTime[language])"
        case .day: "--\(option.name) \(Localized.helpDay[language])"
        }
    }

    private func entry(_ option: OptionSpec) -> (String, String) {
        var help = option.help[language]
        if option.repeats { help += " \(Localized.helpRepeats[language])" }
        if let variable = option.environment { help += " \(Localized.helpVariable(variable)[language])" }
        return (label(option), help)
    }

    private func paragraph(_ text: Localized) -> [String] { text[language].wrapped(columns: columns) }

    private func section(_ title: Localized, _ lines: [String]) -> [String] {
        ["", "\(title[language].capitalisedFirst):"] + lines
    }

    /// Names on the left, what they mean on the right; a name too long for its column has a line of its own.
    private func list(_ entries: [(String, String)]) -> [String] {
        let width = min(28, entries.map(\.0.displayWidth).max() ?? 0)
        let indent = String(repeating: " ", count: width + 4)
        return entries.flatMap { name, meaning in
            let wrapped = meaning.wrapped(columns: max(20, columns - width - 4))
            let lines = wrapped.map { indent + $0 }
            guard name.displayWidth <= width else { return ["  \(name)"] + lines }
            return ["  \(name.padded(columns: width))  \(wrapped[0])"] + lines.dropFirst()
        }
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
