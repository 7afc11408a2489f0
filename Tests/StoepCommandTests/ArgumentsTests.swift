import Glibc
import StoepCommand
import Testing

@Suite struct ArgumentsTests {
    private let table = CommandTable<SampleVerb>()

    private func run(_ line: [String], _ context: ParseContext = sampleContext()) throws -> (SampleVerb, ParsedArguments) {
        guard case .run(let verb, let arguments) = try table.parse(line, context: context) else {
            throw Unexpected.noRun
        }
        return (verb, arguments)
    }

    private enum Unexpected: Error { case noRun }

    private func note(_ options: [String], _ context: ParseContext = sampleContext()) throws -> ParsedArguments {
        try run(["note", "new"] + options, context).1
    }

    /// The name of the failure that a command line ends in; it must be a usage failure.
    private func failure(_ line: [String], _ context: ParseContext = sampleContext()) -> String? {
        do {
            _ = try table.parse(line, context: context)
            return nil
        } catch {
            return error.code == .usage ? error.name : "not usage: \(error.name)"
        }
    }

    private func advice(_ line: [String]) -> String? {
        do {
            _ = try table.parse(line, context: sampleContext())
            return nil
        } catch {
            return error.advice?.en
        }
    }

    @Test func `the longest path names the command`() throws {
        #expect(try run(["note", "new"]).0 == .note)
        #expect(try run(["note", "list", "new"]).0 == .list)
        #expect(try run(["plain"]).0 == .plain)
    }

    @Test func `a value follows its option as the next word or behind an equals sign`() throws {
        #expect(try note(["--body", "a=b"]).text(SampleVerb.body) == "a=b")
        #expect(try note(["--body=a=b"]).text(SampleVerb.body) == "a=b")
        #expect(try note(["--body="]).text(SampleVerb.body) == "")
        #expect(try note(["--body=--json"]).text(SampleVerb.body) == "--json")
        #expect(try note(["--body", "-1"]).text(SampleVerb.body) == "-1")
        #expect(try note([]).text(SampleVerb.body) == nil)
    }

    @Test func `every kind of value arrives as what it is`() throws {
        enum Kind: String { case small, large }
        let given = try note([
            "--tag", "a", "--tag=b", "--count", "9", "--kind=large", "--at", "2026-11-21T14:05Z", "--loud",
        ])
        #expect(given.texts(SampleVerb.tag) == ["a", "b"])
        #expect(given.number(SampleVerb.count) == 9)
        #expect(given.choice(SampleVerb.kind, as: Kind.self) == .large)
        #expect(given.moment(SampleVerb.at) == sampleNow + 3_600_000)
        #expect(given.flag(SampleVerb.loud))
        #expect(!given.flag(.json))
    }

    @Test func `options of all commands stand anywhere`() throws {
        for line in [["--store", "/s", "note", "new"], ["note", "--store=/s", "new"], ["note", "new", "--store", "/s"]] {
            #expect(try run(line).1.required(.store) == "/s")
        }
    }

    @Test func `a variable stands in for an option that is not given`() throws {
        let context = sampleContext(["STOEP_STORE": "/from/environment"])
        #expect(try note([], context).text(.store) == "/from/environment")
        #expect(try note(["--store", "/given"], context).texts(.store) == ["/given"])
        #expect(try note([], sampleContext(["STOEP_STORE": ""])).text(.store) == nil)
    }

    @Test func `two dashes end the options`() throws {
        #expect(try run(["note", "list", "a", "--", "--json", "-x"]).1.all(SampleVerb.words) == ["a", "--json", "-x"])
        #expect(try note(["--", "--loud"]).first(SampleVerb.rest) == "--loud")
    }

    @Test func `content comes from standard input, from a file, or from the line itself`() throws {
        let path = temporaryFile(Array("\u{FEFF}twee\nregels\r\n".utf8))
        defer { unlink(path) }
        #expect(try note(["--body", "-"], sampleContext(input: Array("één\n\n".utf8))).text(SampleVerb.body) == "één\n")
        #expect(try note(["--body", "@\(path)"]).text(SampleVerb.body) == "twee\nregels")
        #expect(try note(["--body", "@@home"]).text(SampleVerb.body) == "@home")
        #expect(try note(["-"], sampleContext(input: Array("x".utf8))).first(SampleVerb.rest) == "x")
        #expect(try note(["--tag", "@x", "--tag", "-"]).texts(SampleVerb.tag) == ["@x", "-"], "a tag is no content")
    }

    @Test func `content is bounded and must be text`() throws {
        let large = temporaryFile([UInt8](repeating: 0x61, count: ContentInput.limitBytes + 1))
        let whole = temporaryFile([UInt8](repeating: 0x61, count: ContentInput.limitBytes))
        defer { unlink(large); unlink(whole) }
        #expect(failure(["note", "new", "--body", "@\(large)"]) == "content-too-large")
        #expect(failure(["note", "new", "--body", "@\(whole)"]) == nil)
        #expect(failure(["note", "new", "--body", "@/nonexistent/file"]) == "file-unreadable")
        #expect(failure(["note", "new", "--body", "@/tmp"]) == "file-unreadable")
        #expect(failure(["note", "new", "--body", "-"], sampleContext(input: [0xC3])) == "content-not-text")
        #expect(failure(["note", "new", "--body", "-"], sampleContext(input: [0x61, 0])) == "content-not-text")
        #expect(failure(["note", "new", "--body", "-", "--title", "-"]) == "standard-input-twice")
    }

    @Test(arguments: [
        (["nothing"], "unknown-command"),
        (["note", "nothing"], "unknown-command"),
        (["help", "nothing"], "unknown-command"),
        (["note", "new", "--nothing"], "unknown-option"),
        (["note", "new", "-b", "x"], "unknown-option"),
        (["note", "new", "-tag", "x"], "unknown-option"),
        (["--body", "x", "note", "new"], "unknown-option"),
        (["note", "--body", "x", "new"], "option-before-command"),
        (["note", "new", "--body"], "value-missing"),
        (["note", "new", "--body", "--loud"], "value-missing"),
        (["note", "new", "--tag="], "value-empty"),
        (["note", "new", "--loud=yes"], "flag-takes-no-value"),
        (["note", "new", "--count", "1", "--count", "2"], "option-given-twice"),
        (["note", "new", "--count", "0"], "not-a-number"),
        (["note", "new", "--count", "10"], "not-a-number"),
        (["note", "new", "--count", "many"], "not-a-number"),
        (["note", "new", "--kind", "Large"], "not-a-choice"),
        (["note", "new", "--at", "2026-02-30"], "not-a-time"),
        (["note", "new", "one", "two"], "argument-unexpected"),
        (["plain", "one"], "argument-unexpected"),
        (["note", "list"], "argument-missing"),
        (["move", "--tag", "x", "--to", "y"], "argument-missing"),
        (["move", "--tag", "x", "--to", "y", ""], "argument-missing"),
        (["move", "7", "--to", "y"], "option-missing"),
        (["move", "7", "--tag", "x"], "exactly-one-needed"),
        (["move", "7", "--tag", "x", "--to", "y", "--away"], "exactly-one-needed"),
        (["plain", "--lang", "fr"], "not-a-choice"),
    ])
    func `a mistake has a name`(_ line: [String], _ name: String) {
        #expect(failure(line) == name)
    }

    @Test func `a near miss is met with the nearest known name`() {
        #expect(advice(["note", "new", "--bdoy", "x"]) == "Did you mean --body?")
        #expect(advice(["note", "new", "--cuont=1"]) == "Did you mean --count?")
        #expect(advice(["note", "nwe"]) == "Did you mean sample note new?")
        #expect(advice(["note", "new", "--kind", "smal"]) == "Did you mean small?")
        #expect(advice(["note", "new", "--zzzzzz"]) == nil)
    }

    @Test func `help and version win over what is missing`() throws {
        func help(_ line: [String]) throws -> [String]? {
            guard case .help(let words) = try table.parse(line, context: sampleContext()) else { return nil }
            return words
        }
        #expect(try help([]) == [])
        #expect(try help(["--json"]) == [])
        #expect(try help(["note"]) == ["note"])
        #expect(try help(["help", "note", "new"]) == ["note", "new"])
        #expect(try help(["move", "--help"]) == ["move"])
        #expect(try help(["move", "-h"]) == ["move"])
        #expect(try help(["--help", "note", "new"]) == ["note", "new"])
        guard case .version = try table.parse(["--version"], context: sampleContext()) else {
            Issue.record("no version")
            return
        }
    }
}
