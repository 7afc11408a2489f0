// stoep talk edit in an editor, and against a version that was read.
extension Localized {
    /// Above the texts in the file that an editor opens.
    package static func editorNote(id: String) -> Localized {
        Localized(
            en: """
                Conversation \(id.onOneLine). Change the text under the headings, and leave the headings as they are.
                What stands above the first of them is not kept.
                """,
            nl: """
                Gesprek \(id.onOneLine). Verander de tekst onder de kopjes, en laat de kopjes zelf staan.
                Wat boven het eerste kopje staat wordt niet bewaard.
                """)
    }
}

extension CommandFailure {
    package static func unknownVersion(_ version: String) -> CommandFailure {
        CommandFailure(
            "unknown-version", .failed,
            Localized(
                en: "version \(version.onOneLine) was never here, or does not read the same any more",
                nl: "versie \(version.onOneLine) is hier nooit geweest, of luidt niet meer hetzelfde"),
            advice: Localized(
                en: "Read it again with stoep talk show --json, and change that. Nothing was changed.",
                nl: "Lees het opnieuw met stoep talk show --json, en verander dat. Er is niets veranderd."),
            details: [.init("version", .string(version))])
    }

    package static let noEditor = CommandFailure(
        "no-editor", .failed,
        Localized(en: "no editor was found", nl: "er is geen editor gevonden"),
        advice: Localized(
            en: "Name one in EDITOR, or give the text with --observation -. Nothing was changed.",
            nl: "Noem er een in EDITOR, of geef de tekst met --observation -. Er is niets veranderd."))

    /// It could not be started, or ended with a failure; the file is still there where it holds something new.
    package static func editorFailed(_ editor: String, status: Int, kept path: String?) -> CommandFailure {
        CommandFailure(
            "editor-failed", .failed,
            Localized(
                en: "the editor (\(editor.onOneLine)) failed with status \(status)",
                nl: "de editor (\(editor.onOneLine)) mislukte met status \(status)"),
            advice: keptIn(path), details: [.init("path", .optional(path))])
    }

    /// What came back cannot be read: a heading is gone, or it is no text.
    package static func editedFileUnreadable(kept path: String) -> CommandFailure {
        CommandFailure(
            "edited-file-unreadable", .failed,
            Localized(
                en: "what the editor left cannot be read: a heading is missing, or it is not text",
                nl: "wat de editor achterliet is niet te lezen: er ontbreekt een kopje, of het is geen tekst"),
            advice: keptIn(path), details: [.init("path", .string(path))])
    }

    /// The same failure, where a text was edited that is kept in a file.
    package func keeping(_ path: String) -> CommandFailure {
        let kept = Self.keptIn(path)
        return CommandFailure(
            name, code, message, advice: advice.map { .joined([$0, kept], separator: "\n") } ?? kept,
            details: details + [.init("path", .string(path))])
    }

    package static let editInterrupted = CommandFailure(
        "edit-interrupted", .failed,
        Localized(en: "interrupted while editing", nl: "onderbroken tijdens het bewerken"),
        advice: Localized(
            en: "The file with the text is removed. Nothing was changed.",
            nl: "Het bestand met de tekst is weggehaald. Er is niets veranderd."))

    private static func keptIn(_ path: String?) -> Localized {
        guard let path else { return Localized(en: "Nothing was changed.", nl: "Er is niets veranderd.") }
        return Localized(
            en:
                "Nothing was changed. What you wrote is kept in \(path.onOneLine): take from it what you need, and remove it.",
            nl:
                "Er is niets veranderd. Wat je schreef staat nog in \(path.onOneLine): haal eruit wat je nodig hebt, en haal het weg."
        )
    }
}
