import StoepCommand
import Testing

@Suite struct HelpTests {
    private func everyHelp<Verb: CommandVerb>(_: Verb.Type) -> [(what: String, text: String, spec: CommandSpec?)] {
        let table = CommandTable<Verb>()
        let subjects: [[String]] = [[], ["help"]] + Verb.allCases.flatMap { [$0.spec.path, Array($0.spec.path.prefix(1))] }
        return Language.allCases.flatMap { language in
            ([40, 80] as [Int]).flatMap { columns in
                subjects.map { (words: [String]) in
                    (
                        "\(words) \(language) \(columns)",
                        Help(table, language: language, columns: columns).text(about: words),
                        Verb.allCases.first { $0.spec.path == words }?.spec
                    )
                }
            }
        }
    }

    @Test func `help of every command names its options and its examples`() {
        for (what, text, spec) in everyHelp(StoepVerb.self) + everyHelp(StoepdVerb.self) {
            guard let spec else { continue }
            for option in spec.options { #expect(text.contains("--\(option.name)"), "\(what)") }
            #expect(!spec.examples.isEmpty, "\(what)")
            let dutch = what.contains("dutch")
            for example in spec.examples {
                #expect(text.contains(dutch ? example.line.nl : example.line.en), "\(what)")
            }
        }
    }

    @Test func `an explanation has no gaps, as where a line's end was lost`() {
        for spec in StoepVerb.allCases.map(\.spec) + StoepdVerb.allCases.map(\.spec) {
            for text in Language.allCases.compactMap({ spec.explanation?[$0] }) {
                #expect(!text.split(separator: "\n").contains { $0.contains("  ") }, "\(spec.path)")
            }
        }
    }

    @Test func `help fits the width, but for examples`() {
        for (what, text, _) in everyHelp(StoepVerb.self) + everyHelp(StoepdVerb.self) {
            let body = text.components(before: ["\nExamples:", "\nVoorbeelden:"])
            for line in body.split(separator: "\n") where line.contains(" ") {
                let isOneWord = line.drop { $0 == " " }.split(separator: " ").count == 1
                let isLabel = line.hasPrefix("  --")
                let limit = what.hasSuffix("40") ? 60 : 80
                #expect(String(line).displayWidth <= limit || isOneWord || isLabel, "\(what): \(line)")
            }
        }
    }

    @Test func `every example is a command line that the parser takes`() throws {
        try check(StoepVerb.self)
        try check(StoepdVerb.self)
    }

    private func check<Verb: CommandVerb>(_: Verb.Type) throws {
        let table = CommandTable<Verb>()
        for verb in Verb.allCases {
            for line in verb.spec.examples.flatMap({ [$0.line.en, $0.line.nl] }) {
                var words = shellWords(line)
                #expect(words.removeFirst() == Verb.program.name)
                // The files of the examples are not here; their contents are not what is tested.
                words = words.map { $0.hasPrefix("@") ? "x" : $0 }
                guard case .run(let parsed, _) = try table.parse(words, context: sampleContext(input: [0x78])) else {
                    Issue.record("\(line) runs nothing")
                    continue
                }
                #expect(parsed == verb, "\(line)")
            }
        }
    }

    private func shellWords(_ line: String) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
    }
}

extension String {
    fileprivate func components(before ends: [String]) -> String {
        for end in ends {
            if let range = firstRange(of: end) { return String(self[..<range.lowerBound]) }
        }
        return self
    }
}
