import Glibc
import StoepCommand
import Synchronization
import Testing

@Suite struct ConsoleTests {
    private let wide = Terminal(showsOutput: true, showsErrors: true, canAnswer: true, columns: 60)
    private let greeting = Localized(en: "Good morning", nl: "Goedemorgen")

    @Test(arguments: [
        ([], [:], Language.english),
        ([], ["LANG": "nl_NL.UTF-8"], .dutch),
        ([], ["LANG": "nl_NL", "LC_ALL": "C"], .english),
        ([], ["LANG": "en_US", "LC_MESSAGES": "nl_BE"], .dutch),
        ([], ["LC_ALL": "C.UTF-8", "STOEP_LANG": "nl"], .dutch),
        ([], ["LC_ALL": "", "LANG": "nl"], .dutch),
        ([], ["LANG": "nld"], .english),
        (["--lang", "en"], ["STOEP_LANG": "nl"], .english),
        (["talk", "--lang=nl"], [:], .dutch),
        (["--", "--lang=nl"], [:], .english),
    ] as [([String], [String: String], Language)])
    func `the language is the one asked for nearest`(_ words: [String], _ variables: [String: String], _ language: Language) {
        let settings = OutputSettings(arguments: words, environment: Environment(variables), terminal: .none)
        #expect(settings.language == language)
    }

    @Test func `quiet and JSON leave out what was not asked for`() {
        let plain = captured { $0.say(greeting); $0.warn(greeting) }
        #expect(plain == ("Good morning\n", "sample: Good morning\n"))
        #expect(captured(["--quiet"]) { $0.say(greeting); $0.warn(greeting) } == ("", ""))
        #expect(captured(["--json"]) { $0.say(greeting) } == ("", ""))
        #expect(captured(["--quiet"]) { $0.print("asked") } == ("asked\n", ""))
        let answer = { (console: Console) in console.answer(["n": 1]) { console.print("one") } }
        #expect(captured(["--json"], answer).output == "{\"n\":1}\n")
        #expect(captured([], answer).output == "one\n")
    }

    @Test func `a long list is said whole, and one that fails halfway is nothing or ends with its line`() throws {
        struct Halfway: Error {}
        let long = JSON.string(String(repeating: "x", count: 20_000))
        let whole = captured(["--json"]) { console in
            console.answer(listing: "all") { add in for _ in 0..<3 { add(long) } }
        }.output
        #expect(whole == JSON.object([.init("all", .array(Array(repeating: long, count: 3)))]).text() + "\n")
        for (count, end) in [(1, ""), (3, "\n")] {
            let said = captured(["--json"]) { console in
                #expect(throws: Halfway.self) {
                    try console.answer(listing: "all") { add in
                        for _ in 0..<count { add(long) }
                        throw Halfway()
                    }
                }
            }.output
            #expect(said.isEmpty == end.isEmpty && said.hasSuffix(end))
        }
    }

    @Test func `colours need a terminal and nobody who objects`() {
        func colours(_ words: [String], _ variables: [String: String], _ terminal: Terminal) -> Bool {
            captured(words, environment: variables, terminal: terminal) { $0.print("x", style: .strong) }
                .output.contains("\u{1B}")
        }
        #expect(colours([], [:], wide))
        #expect(colours([], ["NO_COLOR": ""], wide), "an empty variable says nothing")
        #expect(!colours([], ["NO_COLOR": "1"], wide))
        #expect(!colours([], ["TERM": "dumb"], wide))
        #expect(!colours(["--quiet"], [:], wide))
        #expect(!colours([], [:], .none))
    }

    @Test func `what is marked in a line is marked without colours too, and cannot steer the terminal`() {
        func line(_ terminal: Terminal) -> String {
            captured(terminal: terminal) { $0.print(line: [("a\nb ", .plain), ("«c\u{1B}»", .strong)]) }.output
        }
        #expect(line(.none) == "a b «c\u{241B}»\n")
        #expect(line(wide) == "a b \u{1B}[1m«c\u{241B}»\u{1B}[0m\n")
    }

    @Test func `stored text reaches the terminal harmless, by every way`() {
        let evil = "\u{1B}]0;x\u{7}"
        let written = captured { console in
            console.say(.same(evil))
            console.print(evil)
            console.warn(.same(evil))
            console.print(["x": .string(evil)])
            var table = Table([.init(.same("x"))])
            table.add([evil])
            console.print(table)
            console.report(CommandFailure("x", .failed, .same(evil), advice: .same(evil)))
        }
        let both = (written.output + written.errors).unicodeScalars
        #expect(!both.contains { $0 != "\n" && $0.steersTerminal })
        #expect(both.contains("␛"))
    }

    @Test func `a failure is one line with the program's name, or one JSON object`() throws {
        let failure = CommandFailure.storeBusy(pid: 7, command: "stoep sync")
        let text = captured(["--lang", "nl"]) { $0.report(failure) }
        #expect(text.output == "")
        #expect(
            text.errors == """
                sample: een andere opdracht houdt de opslag vast: stoep sync, pid 7
                Wacht tot ze klaar is en probeer het opnieuw. Er is niets veranderd.

                """)
        let json = captured(["--json"]) { $0.report(failure) }
        #expect(json.errors == "")
        let error = try #require(try JSON.parse(json.output)["error"])
        #expect(error["name"] == "store-busy")
        #expect(error["message"]?.string?.contains("stoep sync") == true)
        #expect(error["details"]?["pid"] == 7)
    }

    @Test func `a reader that goes away is no failure, a full disk is`() {
        OutputStream.ignoreBrokenPipes()
        let ends = makePipe()
        close(ends.reading)
        let abandoned = OutputStream(descriptor: ends.writing)
        abandoned.write("x")
        abandoned.write("y")
        #expect(abandoned.failure == nil)
        close(ends.writing)
        let full = open("/dev/full", O_WRONLY)
        let stream = OutputStream(descriptor: full)
        stream.write("x")
        #expect(stream.failure == ENOSPC)
        close(full)
    }

    @Test func `more than a pipe holds arrives whole, also when it does not block`() async {
        let text = String(repeating: "0123456789", count: 50_000)
        for flags in [0, O_NONBLOCK] {
            let ends = makePipe()
            _ = fcntl(ends.writing, F_SETFL, flags)
            async let read = Task.detached { drain(ends.reading) }.value
            await Task.detached {
                OutputStream(descriptor: ends.writing).write(text)
                close(ends.writing)
            }.value
            #expect(await read == text)
        }
    }

    @Test func `progress comes after a second, ten times a second, and goes away`() {
        let clock = Clock()
        let drawn = captured(terminal: wide) { console in
            let line = ProgressLine(console: console) { clock.read() }
            for _ in 0..<200 {
                line.update(.same("working"))
                clock.advance(milliseconds: 10)
            }
            line.finish()
            line.finish()
        }
        #expect(drawn.output == "")
        #expect(drawn.errors.split(separator: "working", omittingEmptySubsequences: false).count - 1 == 10)
        #expect(drawn.errors.hasSuffix("\r\u{1B}[K"))
        #expect(!drawn.errors.hasSuffix("\r\u{1B}[K\r\u{1B}[K"), "wiped once")

        for (words, terminal) in [(["--quiet"], wide), ([], Terminal.none)] {
            let silent = captured(words, terminal: terminal) { console in
                let line = ProgressLine(console: console) { clock.read() }
                clock.advance(milliseconds: 5000)
                line.update(.same("working"))
                line.finish()
            }
            #expect(silent.errors == "")
        }
    }

    private final class Clock: Sendable {
        private let now = Mutex<UInt64>(0)
        func read() -> UInt64 { now.withLock { $0 } }
        func advance(milliseconds: UInt64) { now.withLock { $0 += milliseconds * 1_000_000 } }
    }

    @Test func `a run turns what happened into an exit status`() {
        func status(_ words: [String], _ body: @escaping () throws -> ExitCode = { .done }) -> (ExitCode, String, String) {
            var code = ExitCode.failed
            let written = captured(words) { console in
                code = CommandRun<SampleVerb>(arguments: words, context: sampleContext(), console: console)
                    .status { _, _, _ in try body() }
            }
            return (code, written.output, written.errors)
        }
        struct Odd: Error {}
        #expect(status(["plain"]) == (.done, "", ""))
        #expect(status(["plain"]) { .waitsForPerson }.0 == .waitsForPerson)
        #expect(status(["plain"]) { throw CommandFailure.daemonUnreachable(address: "a:1", unsynced: 2) }.0 == .offline)
        #expect(status(["plain"]) { throw Odd() }.0 == .failed)
        #expect(status(["plian"]).0 == .usage)
        #expect(status(["--version"]) { throw Odd() } == (.done, "sample 9.9\n", ""))
        #expect(status(["--version", "--json"]).1 == "{\"program\":\"sample\",\"version\":\"9.9\"}\n")
        #expect(status(["note", "--help"]).1.contains("note list"))
        #expect(status(["--lang", "nl", "plian"]).2.contains("bestaat niet"))
    }
}
