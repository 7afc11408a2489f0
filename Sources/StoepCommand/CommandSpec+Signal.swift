import StoepModel

// stoep signal …
extension CommandSpec {
    static let signal = CommandSpec(
        path: ["signal"],
        summary: Localized(
            en: "signal something urgent: it goes to the coordinators first",
            nl: "geef een seintje van iets dringends: het gaat als eerste naar de coördinatoren"),
        explanation: Localized(
            en: """
                Somebody is in danger, or needs a doctor today. It is saved on this laptop at once, and goes before \
                everything else at the next sync. It stays marked until a coordinator has answered. Is it a matter of \
                life and death, then call first.
                """,
            nl: """
                Iemand is in gevaar, of moet vandaag naar een dokter. Het wordt meteen op deze laptop opgeslagen, en gaat \
                bij de volgende sync voor al het andere. Het blijft gemarkeerd tot een coördinator heeft geantwoord. Is het \
                een zaak van leven en dood, bel dan eerst.
                """),
        options: [.area, .place, .at] + FieldOption.ofSignal.map(\.option), positionals: [.signalWords],
        examples: [
            CommandExample(
                .same("stoep signal - --place Noordplein"),
                Localized(
                    en: "Type what is the matter; Ctrl-D ends it. Then: stoep sync.",
                    nl: "Typ wat er is; Ctrl-D sluit het af. Daarna: stoep sync.")),
            CommandExample(
                .same("stoep signal - --talk 4f2a"),
                Localized(en: "It came up in this conversation.", nl: "Het kwam in dit gesprek naar voren.")),
        ])

    static let signalList = CommandSpec(
        path: ["signal", "list"],
        summary: Localized(
            en: "show signals: first those that wait for an answer", nl: "toon signalen: eerst die op antwoord wachten"),
        options: [.waiting, .ofArea, .limit],
        examples: [
            CommandExample(
                .same("stoep signal list --waiting"),
                Localized(en: "What nobody has answered yet.", nl: "Waar nog niemand op antwoordde."))
        ])

    static let signalAnswer = CommandSpec(
        path: ["signal", "answer"],
        summary: Localized(
            en: "answer a signal, as a coordinator: its mark goes",
            nl: "beantwoord een signaal, als coördinator: de markering gaat weg"),
        positionals: [.recordID, .replyWords],
        examples: [
            CommandExample(
                .same("stoep signal answer 4f2a -"),
                Localized(
                    en: "Type what is being done; Ctrl-D ends it. stoep sync brings it back to who signalled.",
                    nl: "Typ wat er gebeurt; Ctrl-D sluit het af. stoep sync brengt het naar wie het seintje gaf."))
        ])
}

extension FieldOption {
    /// What stoep signal writes beside what it has options of its own for.
    package static let ofSignal = all(
        [(Field.Signal.conversation, "talk"), (Field.Signal.person, "person")], of: .signal)
}

extension OptionSpec {
    package static let waiting = OptionSpec(
        "waiting", help: Localized(en: "only what waits for an answer", nl: "alleen wat op antwoord wacht"))
}

extension PositionalSpec {
    package static let signalWords = PositionalSpec(
        "TEXT", placeholder: .text, isContent: true,
        help: Localized(en: "what is the matter", nl: "wat er aan de hand is"))
}
