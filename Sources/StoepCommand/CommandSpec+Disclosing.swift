// stoep person export.
extension CommandSpec {
    static let personExport = CommandSpec(
        path: ["person", "export"],
        summary: Localized(
            en: "write down everything that is held here of one person, at their request",
            nl: "schrijf op wat hier van één persoon bewaard wordt, op diens verzoek"),
        explanation: Localized(
            en: """
                As far as you may see it: conversations, answers, agreements, and how they are reached. Two files, one in \
                JSON and one to read, unless the name ends in .json or .txt; nobody else on this machine may read them. \
                That you did so, when and why stays on record; what was in it does not.
                """,
            nl: """
                Voor zover jij het mag zien: gesprekken, antwoorden, afspraken, en hoe iemand te bereiken is. Twee \
                bestanden, een in JSON en een om te lezen, tenzij de naam eindigt op .json of .txt; niemand anders op deze \
                machine mag ze lezen. Dat jij dat deed, wanneer en waarom, blijft staan; wat erin stond niet.
                """),
        options: [.disclosureTo.required(), .disclosureReason.required()], positionals: [.recordID],
        examples: [
            CommandExample(
                Localized(
                    en: "stoep person export 4f2a --to henk --reason \"he asked for it\"",
                    nl: "stoep person export 4f2a --to henk --reason \"hij vroeg erom\""),
                Localized(en: "Writes henk.json and henk.txt.", nl: "Schrijft henk.json en henk.txt."))
        ])
}

extension OptionSpec {
    package static let disclosureTo = OptionSpec(
        "to", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(en: "the file to write", nl: "het bestand om te schrijven"))
    package static let disclosureReason = OptionSpec(
        "reason", .content(.text),
        help: Localized(en: "why: it stays on record", nl: "waarom: dat blijft staan"))
}

extension Localized {
    package static func personExported(path: String) -> Localized {
        Localized(
            en: "Written: \(path.onOneLine). It is not sealed: hand it over, and delete it here.",
            nl: "Geschreven: \(path.onOneLine). Het is niet verzegeld: geef het af, en verwijder het hier.")
    }

    package static let personExportNoted = Localized(
        en: "That you did so stays on record. Not yet synced.",
        nl: "Dat jij dit deed blijft staan. Nog niet gesynchroniseerd.")

    package static func exportTitle(_ alias: String) -> Localized {
        Localized(en: "What is held of \(alias.onOneLine)", nl: "Wat er van \(alias.onOneLine) bewaard is")
    }

    package static let exportRecords = Localized(
        en: "agreements, offers and needs", nl: "afspraken, aanbiedingen en behoeften")
}

extension CommandFailure {
    package static func exportInTheWay(_ path: String) -> CommandFailure {
        CommandFailure(
            "export-in-the-way", .failed,
            Localized(en: "\(path.onOneLine) exists already", nl: "\(path.onOneLine) bestaat al"),
            advice: Localized(
                en: "Name another file. Nothing was written, and nothing noted.",
                nl: "Noem een ander bestand. Er is niets geschreven, en niets genoteerd."),
            details: [.init("path", .string(path))])
    }
}
