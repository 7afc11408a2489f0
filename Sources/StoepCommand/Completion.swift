/// Scripts by which shells complete a program's commands, options and choices, made from the specifications.
package struct Completion<Verb: CommandVerb>: Sendable {
    private let program: ProgramSpec
    private let specs: [CommandSpec]
    private let language: Language

    package static var shells: [String] { ["bash", "zsh", "fish"] }

    package init(_ table: CommandTable<Verb>, language: Language) {
        program = table.program
        specs = table.commands(under: [])
        self.language = language
    }

    /// - Parameter shell: one of `shells`; another is read as bash.
    package func script(_ shell: String) -> String {
        switch shell {
        case "zsh": zsh
        case "fish": fish
        default: bash
        }
    }

    // MARK: What there is

    /// The words that may stand behind each beginning of a command, and what they are about.
    private var branches: [(path: [String], words: [(word: String, meaning: Localized)])] {
        var paths: [[String]] = [[]]
        for spec in specs {
            for count in 1..<max(1, spec.path.count) where !paths.contains(Array(spec.path.prefix(count))) {
                paths.append(Array(spec.path.prefix(count)))
            }
        }
        return paths.map { path in
            var words: [(String, Localized)] = path.isEmpty ? [("help", .helpSummary)] : []
            for spec in specs where spec.path.count > path.count && spec.path.starts(with: path) {
                let word = spec.path[path.count]
                guard !words.contains(where: { $0.0 == word }) else { continue }
                let noun = program.nouns.first { path.isEmpty && $0.name == word }?.summary
                words.append((word, noun ?? spec.summary))
            }
            return (path, words.map { (word: $0.0, meaning: $0.1) })
        }
    }

    private func choices(_ option: OptionSpec) -> [String]? {
        if case .choice(let choices) = option.value { choices } else { nil }
    }

    private func takesValue(_ option: OptionSpec) -> Bool { if case .flag = option.value { false } else { true } }

    private func options(_ spec: CommandSpec) -> [OptionSpec] { spec.options + program.globals }

    /// The command as one word of a script.
    private func key(_ path: [String]) -> String { path.joined(separator: " ") }

    /// What may stand behind `help`.
    private var helpWords: [String] {
        var words = branches[0].words.map(\.word).filter { $0 != "help" }
        words += program.topics.map { $0.name[language] }.filter { !words.contains($0) }
        return words
    }

    /// A shell's pattern for every beginning of a command: what makes a word part of it.
    private var pathPattern: String {
        let paths = Set(specs.flatMap { spec in (1...spec.path.count).map { key(Array(spec.path.prefix($0))) } })
        return (paths.sorted() + ["help"]).map { "\" \($0)\"" }.joined(separator: "|")
    }

    /// Cases of which value an option takes, by command and option; what is no choice is a file or free text.
    private func valueCases(_ body: (String) -> String) -> [String] {
        var seen: Set<String> = []
        var lines: [String] = []
        for spec in specs {
            for option in options(spec) where takesValue(option) {
                let isGlobal = program.globals.contains { $0.name == option.name }
                let pattern = isGlobal ? "*\" --\(option.name)\"" : "\" \(key(spec.path)) --\(option.name)\""
                guard seen.insert(pattern).inserted else { continue }
                lines.append("    \(pattern)) \(body(choices(option)?.joined(separator: " ") ?? "")) ;;")
            }
        }
        return lines
    }

    // MARK: bash and zsh

    private var bash: String {
        let name = "_\(program.name)"
        let words = branches.map { branch in
            "    \"\(branch.path.isEmpty ? "" : " " + key(branch.path))\") words='\(branch.words.map(\.word).joined(separator: " "))' ;;"
        }
        let options = specs.map { spec in
            "    \" \(key(spec.path))\") options='\(spec.options.map { "--" + $0.name }.joined(separator: " "))' ;;"
        }
        let lines =
            [
                "# bash completion of \(program.name); made by: \(program.name) completion bash", "\(name)() {",
                "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= words= options= i",
                "  for ((i = 1; i < COMP_CWORD; i++)); do", "    case \"$path ${COMP_WORDS[i]}\" in",
                "    \(pathPattern)) path=\"$path ${COMP_WORDS[i]}\" ;;", "    esac", "  done", "  COMPREPLY=()",
                "  case \"$path $previous\" in",
            ]
            + valueCases { $0.isEmpty ? "return" : "COMPREPLY=($(compgen -W '\($0)' -- \"$current\")); return" }
            + ["  esac", "  case \"$path\" in"] + words
            + [
                "    \" help\") words='\(helpWords.joined(separator: " "))' ;;", "  esac", "  if [[ $current == -* ]]; then",
                "    case \"$path\" in",
            ] + options
            + [
                "    esac", "    words=\"$options \(program.globals.map { "--" + $0.name }.joined(separator: " "))\"", "  fi",
                "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))", "}", "complete -o default -F \(name) \(program.name)",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    private var zsh: String {
        let name = "_\(program.name)"
        let words = branches.map { branch in
            let entries = branch.words.map { described($0.word, $0.meaning) }
            return "    \"\(branch.path.isEmpty ? "" : " " + key(branch.path))\") list=(\(entries.joined(separator: " "))) ;;"
        }
        let options = specs.map { spec in
            let entries = spec.options.map { described("--" + $0.name, $0.help) }
            return "    \" \(key(spec.path))\") list=(\(entries.joined(separator: " "))) ;;"
        }
        let globals = program.globals.map { described("--" + $0.name, $0.help) }
        let lines =
            [
                "#compdef \(program.name)", "# zsh completion of \(program.name); made by: \(program.name) completion zsh", "\(name)() {",
                "  local where= ; local -a list; integer i", "  for ((i = 2; i < CURRENT; i++)); do",
                "    case \"$where ${words[i]}\" in", "    \(pathPattern)) where=\"$where ${words[i]}\" ;;", "    esac",
                "  done", "  case \"$where ${words[CURRENT-1]}\" in",
            ]
            + valueCases { $0.isEmpty ? "_files; return" : "compadd -- \($0); return" }
            + ["  esac", "  if [[ ${words[CURRENT]} == -* ]]; then", "    case \"$where\" in"] + options
            + ["    esac", "    list+=(\(globals.joined(separator: " ")))", "  else", "    case \"$where\" in"] + words
            + [
                "    \" help\") compadd -- \(helpWords.joined(separator: " ")); return ;;", "    *) _files; return ;;",
                "    esac", "  fi", "  _describe \(program.name) list", "}",
                "if [[ ${funcstack[1]} == \(name) ]]; then \(name) \"$@\"; else compdef \(name) \(program.name); fi",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// `word:what it means`, quoted.
    private func described(_ word: String, _ meaning: Localized) -> String {
        Self.quoted(word + ":" + Self.escaped(meaning[language], ":"))
    }

    // MARK: fish

    private var fish: String {
        let name = "__\(program.name)_path"
        var lines = [
            "# fish completion of \(program.name); made by: \(program.name) completion fish", "function \(name)",
            "  set -l path", "  for word in (commandline -opc)[2..-1]", "    switch \"$path $word\"",
            "      case \(pathPattern.replacing("|", with: " "))", "        set path \"$path $word\"", "    end", "  end",
            "  echo -- $path", "end", "complete -c \(program.name) -f",
        ]
        func line(_ path: String, _ rest: String) {
            lines.append("complete -c \(program.name) -n 'test (\(name)) = \"\(path)\"' \(rest)")
        }
        for branch in branches {
            let path = branch.path.isEmpty ? "" : " " + key(branch.path)
            for (word, meaning) in branch.words { line(path, "-a \(word) -d \(Self.quoted(meaning[language], fish: true))") }
        }
        for word in helpWords { line(" help", "-a \(word)") }
        for spec in specs {
            for option in spec.options { line(" " + key(spec.path), fish(option)) }
            if spec.options.isEmpty && spec.positionals.isEmpty { continue }
            line(" " + key(spec.path), "-F")
        }
        for option in program.globals { lines.append("complete -c \(program.name) \(fish(option))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func fish(_ option: OptionSpec) -> String {
        let value = choices(option).map { "-x -a '\($0.joined(separator: " "))'" } ?? (takesValue(option) ? "-r" : "")
        return "-l \(option.name) \(value) -d \(Self.quoted(option.help[language], fish: true))"
    }

    /// In quotes of a shell: nothing in it is obeyed.
    private static func quoted(_ text: String, fish: Bool = false) -> String {
        let line = text.onOneLine
        return fish
            ? "'" + escaped(escaped(line, "\\"), "'") + "'"
            : "'" + line.replacing("'", with: "'\\''") + "'"
    }

    private static func escaped(_ text: String, _ mark: Unicode.Scalar) -> String {
        text.replacing(String(mark), with: "\\\(mark)")
    }
}

extension String {
    /// Every occurrence of a text, scalar by scalar, replaced by another.
    fileprivate func replacing(_ wanted: String, with other: String) -> String {
        var out = String.UnicodeScalarView()
        var rest = unicodeScalars[...]
        let wanted = wanted.unicodeScalars
        while let first = rest.first {
            if rest.starts(with: wanted) {
                out.append(contentsOf: other.unicodeScalars)
                rest = rest.dropFirst(wanted.count)
            } else {
                out.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(out)
    }
}
