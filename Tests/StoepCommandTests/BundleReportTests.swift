import StoepCommand
import Testing

/// What both programs tell of a bundle.
@Suite struct BundleReportTests {
    private func told(_ report: BundleReport, _ arguments: [String] = []) -> (
        text: String, warnings: String, code: ExitCode
    ) {
        var code = ExitCode.done
        let written = captured(arguments) { code = $0.tell(report) }
        return (written.output, written.errors, code)
    }

    private func imported(_ refused: [String] = [], notReadable: [String] = []) -> BundleReport {
        .imported(
            BundleReport.Imported(
                logs: ["roster", "street/BU1"], received: 3, refused: refused, sealedToOthers: 1,
                notReadable: notReadable, isResumed: true))
    }

    @Test func `a bundle that the other has all of says so, and not to whom it is sealed`() {
        let empty = told(.exported(BundleReport.Exported(path: "b", logs: [], changes: 0, bytes: 10, readers: 0)))
        #expect(empty.text.contains("There is nothing in it") && !empty.text.contains("Sealed to"))
        let full = told(
            .exported(BundleReport.Exported(path: "b", logs: ["roster"], changes: 2, bytes: 10, readers: 3)))
        #expect(full.text.contains("Sealed to 3 devices") && full.code == .done)
    }

    @Test func `what was refused is named once, and the command is not allowed`() throws {
        let all = told(imported())
        #expect(all.code == .done && all.warnings.isEmpty && all.text.contains("3 new changes, from 2 logs"))
        let some = told(imported(["log-mismatch", "fork", "log-mismatch"], notReadable: ["street/BU2"]))
        #expect(some.code == .notAllowed && some.warnings.contains("fork, log-mismatch."))
        #expect(some.warnings.contains("street/BU2"))
        let json = told(imported(["fork", "fork"]), ["--json"])
        let answer = try JSON.parse(json.text)
        #expect(answer["refused"] == ["fork"] && answer["resumed"] == true && answer["received"] == 3)
        #expect(json.code == .notAllowed)
    }

    @Test func `of what is sealed to others nothing is counted`() throws {
        let report = BundleReport.inspected(
            BundleReport.Inspected(
                madeAt: 0, bytes: 99,
                logs: [
                    .init("roster", bytes: 60, readers: 2, changes: 7, authors: 1),
                    .init(nil, bytes: 39, readers: 1, changes: 0, authors: 0),
                ]))
        let logs = try #require(try JSON.parse(told(report, ["--json"]).text)["logs"]?.array)
        #expect(logs[0]["changes"] == 7 && logs[1]["changes"] == .null && logs[1]["log"] == .null)
        let lines = told(report).text.split(separator: "\n")
        #expect(lines.count == 4 && lines[2].hasPrefix("(sealed to others)") && lines[2].hasSuffix("1"))
    }
}
