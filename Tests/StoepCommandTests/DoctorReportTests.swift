import StoepCommand
import StoepModel
import Testing

/// What both programs tell of a checkup.
@Suite struct DoctorReportTests {
    private func told(_ kind: Finding.Kind, _ what: String, hasDaemon: Bool, _ language: String) -> (text: [String], code: ExitCode) {
        var checkup = Checkup()
        checkup.note(Finding(kind, what))
        var code = ExitCode.done
        let written = captured(["--lang", language]) {
            code = $0.tell(DoctorReport(checkup, rebuilt: nil, waiting: [], hasDaemon: hasDaemon))
        }
        return (written.output.split(separator: "\n").map(String.init), code)
    }

    @Test(arguments: Finding.Kind.allCases, [true, false])
    func `whatever is found is told in both languages, with what to do`(_ kind: Finding.Kind, hasDaemon: Bool) {
        for what in ["missing", "elsewhere"] {
            let (english, dutch) = (
                told(kind, what, hasDaemon: hasDaemon, "en"), told(kind, what, hasDaemon: hasDaemon, "nl")
            )
            #expect(english.code == .damaged && dutch.code == .damaged)
            // What was found, what to do, and by what the store is protected.
            #expect(english.text.count >= 3 && english.text.count == dutch.text.count, "\(english.text), \(dutch.text)")
            for (one, other) in zip(english.text, dutch.text) {
                #expect(one.contains { $0.isLetter } && one != other, "\(one)")
            }
        }
    }

    @Test func `no two kinds of finding are told alike`() {
        for language in ["en", "nl"] {
            let found = Finding.Kind.allCases.map { told($0, "x", hasDaemon: true, language).text.first }
            #expect(Set(found).count == found.count, "\(found)")
        }
    }
}
