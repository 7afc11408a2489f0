/// Where a command says what it has to say. Results go to standard output; what happened on the way, and
/// failures, to standard error. Everything said is made harmless for a terminal here, once: nothing that
/// somebody wrote in a conversation can steer the screen of who reads it.
package struct Console: Sendable {
    package enum Style: String, Sendable {
        case plain = ""
        case strong = "1"
        case faint = "2"
        case warning = "33"
        case failure = "31"
    }

    package let program: String
    package var settings: OutputSettings
    package let output: OutputStream
    package let errors: OutputStream

    package init(
        program: String, settings: OutputSettings, output: OutputStream = .standardOutput,
        errors: OutputStream = .standardError
    ) {
        self.program = program
        self.settings = settings
        self.output = output
        self.errors = errors
    }

    package var language: Language { settings.language }

    /// In the language of this run.
    package func text(_ message: Localized) -> String { message[language] }

    /// What was done, for a person: not with `--quiet`, and not with `--json`, where the answer says it.
    package func say(_ message: Localized, style: Style = .plain) {
        guard !settings.quiet, !settings.json else { return }
        print(message[language], style: style)
    }

    /// What was asked for, as text: with `--quiet` too.
    package func print(_ text: String, style: Style = .plain) {
        output.write(styled(text.displayable, style, if: settings.coloursOutput) + "\n")
    }

    /// The same, one line in several styles.
    package func print(line: [(text: String, style: Style)]) {
        output.write(line.map { styled($0.text.onOneLine, $0.style, if: settings.coloursOutput) }.joined() + "\n")
    }

    /// A table; on a terminal cut to its width.
    package func print(_ table: Table) {
        let columns = settings.terminal.showsOutput ? settings.terminal.columns : nil
        for (index, line) in table.lines(language: language, columns: columns).enumerated() {
            print(line, style: index == 0 && table.hasHeader ? .strong : .plain)
        }
    }

    /// What was asked for: one JSON value with `--json`, and otherwise what `text` prints.
    package func answer(_ json: @autoclosure () -> JSON, text: () -> Void) {
        if settings.json { print(json()) } else { text() }
    }

    /// One JSON value, for people on a terminal in lines, for programs on one line.
    package func print(_ json: JSON) {
        output.write(json.text(layout) + "\n")
    }

    private var layout: JSON.Layout { settings.terminal.showsOutput ? .pretty : .compact }

    /// One JSON object that has one array, however long: what `body` adds to it is said in pieces, and not kept. Where it
    /// throws, what was said by then stands on a line that does not end.
    package func answer(listing key: String, _ body: ((JSON) -> Void) throws -> Void) rethrows {
        var list = JSON.List(key, layout)
        var hasBegun = false
        do {
            try body { element in
                list.add(element)
                guard let piece = list.text(from: Self.pieceBytes) else { return }
                output.write(piece)
                hasBegun = true
            }
        } catch {
            if hasBegun { output.write("\n") }
            throw error
        }
        list.end()
        output.write((list.text(from: 0) ?? "") + "\n")
    }

    private static let pieceBytes = 1 << 15

    /// Something to know that is no failure: on standard error, also with `--json`; not with `--quiet`.
    package func warn(_ message: Localized) {
        guard !settings.quiet else { return }
        errors.write(styled("\(program): \(message[language])".displayable, .warning, if: settings.coloursErrors) + "\n")
    }

    /// Says why the command failed, in the form that was asked for.
    package func report(_ failure: CommandFailure) {
        guard !settings.json else { return print(failure.json(language: language)) }
        var lines = failure.text(program: program, language: language).displayable.unicodeScalars.split(
            separator: "\n", omittingEmptySubsequences: false
        ).map { String($0) }
        lines[0] = styled(lines[0], .failure, if: settings.coloursErrors)
        errors.write(lines.joined(separator: "\n") + "\n")
    }

    private func styled(_ text: String, _ style: Style, if colours: Bool) -> String {
        colours && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
