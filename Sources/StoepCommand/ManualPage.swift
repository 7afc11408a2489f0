/// Manual pages for `man`, made from the specifications.
package struct ManualPage<Verb: CommandVerb>: Sendable {
    private let table: CommandTable<Verb>
    private let language: Language

    package init(_ table: CommandTable<Verb>, language: Language) {
        self.table = table
        self.language = language
    }

    private var program: ProgramSpec { table.program }

    /// The page of the commands under these words; of the whole program where there are no words.
    /// - Throws: where no command begins so.
    package func text(about words: [String]) throws(CommandFailure) -> String {
        let specs = table.commands(under: words)
        guard !specs.isEmpty else {
            throw .unknownCommand(words.joined(separator: " "), program: program.name, suggestion: nil)
        }
        let isWhole = words.isEmpty
        let name = isWhole ? program.name : "\(program.name)-\(words.joined(separator: "-"))"
        let one = !isWhole && specs.count == 1 ? specs[0] : nil
        let noun = program.nouns.first { [$0.name] == words }?.summary
        var lines = [
            ".\\\" " + Self.escaped(name), ".TH \(Self.argument(name.uppercased())) 1 \"\" \(Self.argument("\(program.name) \(program.version)"))",
            // Neither stretched nor broken within words: command lines stay as they are typed.
            ".ad l", ".nh", ".SH " + title(.manName),
            Self.escaped(name) + " \\- " + Self.escaped((one?.summary ?? (isWhole ? nil : noun) ?? program.summary)[language]),
            ".SH " + title(.manSynopsis),
        ]
        if let one {
            lines += paragraph(.same("\(program.name) \(Help(table, language: language, columns: nil).synopsis(one))"))
        } else {
            let command = ([program.name] + (isWhole ? [] : words) + [Localized.helpCommand[language]]).joined(separator: " ")
            lines += paragraph(.same("\(command) [\(Localized.helpOptions[language])]"))
        }
        if let one {
            if let explanation = one.explanation { lines += [".SH " + title(.manDescription)] + paragraph(explanation) }
            lines += details(one, heading: ".SH")
        } else {
            lines.append(".SH " + title(.helpCommands))
            for spec in specs {
                lines.append(".SS " + Self.argument("\(program.name) \(Help(table, language: language, columns: nil).synopsis(spec))"))
                lines += paragraph(spec.summary)
                if let explanation = spec.explanation { lines += [".PP"] + paragraph(explanation) }
                lines += details(spec, heading: nil)
            }
        }
        lines += [".SH " + title(.helpGlobalOptions)] + entries(program.globals)
        if isWhole { lines += topics() }
        lines += [".SH " + title(.manExit)]
        for (code, meaning) in Localized.exitCodes { lines += [".TP", ".B \(code)"] + paragraph(meaning) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func topics() -> [String] {
        program.topics.flatMap { topic in
            [".SH " + title(topic.title)] + topic.paragraphs.map { paragraph($0) }.joined(separator: [".PP"])
        }
    }

    private func details(_ spec: CommandSpec, heading: String?) -> [String] {
        var lines: [String] = []
        func begin(_ label: Localized) { if let heading { lines.append("\(heading) " + title(label)) } }
        if !spec.positionals.isEmpty {
            begin(.helpArguments)
            for positional in spec.positionals {
                lines += [".TP", ".I " + Self.argument(positional.placeholder[language])] + paragraph(positional.help)
            }
        }
        if !spec.options.isEmpty {
            begin(.helpOptions)
            lines += entries(spec.options)
        }
        if !spec.examples.isEmpty {
            begin(.helpExamples)
            for example in spec.examples {
                lines += [".PP"] + paragraph(example.meaning) + [".PP", ".RS 4", ".nf"]
                    + [Self.line(example.line[language])] + [".fi", ".RE"]
            }
        }
        return lines
    }

    private func entries(_ options: [OptionSpec]) -> [String] {
        options.flatMap { option -> [String] in
            let label = Help(table, language: language, columns: nil).label(option)
            return [".TP", ".B " + Self.argument(label)] + paragraph(option.help)
        }
    }

    // MARK: roff

    private func title(_ text: Localized) -> String { Self.argument(text[language].uppercased()) }

    private func paragraph(_ text: Localized) -> [String] {
        text[language].unicodeScalars.split(separator: "\n").map { Self.line(String($0)) }
    }

    /// A line of text: what begins it is no request.
    private static func line(_ text: String) -> String {
        let text = escaped(text)
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    /// One argument of a request.
    private static func argument(_ text: String) -> String {
        "\"" + escaped(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\e"
            case "-": out += "\\-"
            // A long list of choices may go on in the next line.
            case "|": out += "\\:|"
            case "\n": out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
