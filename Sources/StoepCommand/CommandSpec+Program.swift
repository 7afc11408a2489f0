// What a machine wants to know of the program itself.
extension CommandSpec {
    static let completion = CommandSpec(
        path: ["completion"],
        summary: Localized(
            en: "write the script by which a shell completes commands", nl: "schrijf het script waarmee een shell opdrachten aanvult"),
        explanation: Localized(
            en: """
                For bash: into ~/.local/share/bash-completion/completions/stoep; for fish: into \
                ~/.config/fish/completions/stoep.fish; for zsh: into a file _stoep in a folder of $fpath. From the next \
                terminal on the Tab key shows what may follow.
                """,
            nl: """
                Voor bash: naar ~/.local/share/bash-completion/completions/stoep; voor fish: naar \
                ~/.config/fish/completions/stoep.fish; voor zsh: naar een bestand _stoep in een map van $fpath. Vanaf de \
                volgende terminal toont de Tab-toets wat er kan volgen.
                """),
        positionals: [.shell],
        examples: [
            CommandExample(
                .same("stoep completion bash"),
                Localized(en: "The script, on standard output.", nl: "Het script, op de standaarduitvoer."))
        ])

    static let man = CommandSpec(
        path: ["man"],
        summary: Localized(en: "write the manual page, for man", nl: "schrijf de handleiding, voor man"),
        explanation: Localized(
            en: "Into ~/.local/share/man/man1/stoep.1, and then: man stoep. Or straight on: stoep man | man -l -",
            nl: "Naar ~/.local/share/man/man1/stoep.1, en dan: man stoep. Of meteen: stoep man | man -l -"),
        positionals: [.manualWords],
        examples: [
            CommandExample(
                .same("stoep man"), Localized(en: "The page of the whole program.", nl: "De bladzijde van het hele programma.")),
            CommandExample(
                .same("stoep man talk new"), Localized(en: "The page of one command.", nl: "De bladzijde van één opdracht.")),
        ])
}

extension PositionalSpec {
    package static let shell = PositionalSpec(
        "SHELL", placeholder: .same("SHELL"), choices: ["bash", "zsh", "fish"],
        help: Localized(en: "bash, zsh or fish", nl: "bash, zsh of fish"))
    package static let manualWords = PositionalSpec(
        "COMMAND", placeholder: .helpCommand, .any,
        help: Localized(en: "only about these commands; about all unless given", nl: "alleen over deze opdrachten; zonder deze over alle"))
}

extension Localized {
    static let manName = Localized(en: "name", nl: "naam")
    static let manSynopsis = Localized(en: "synopsis", nl: "overzicht")
    static let manDescription = Localized(en: "description", nl: "beschrijving")
    static let manExit = Localized(en: "exit status", nl: "exitcode")
    static let helpTopics = Localized(en: "explained", nl: "uitgelegd")

    static let exitCodes: [(Int, Localized)] = [
        (0, Localized(en: "Done.", nl: "Gedaan.")), (1, Localized(en: "Failed.", nl: "Mislukt.")),
        (2, Localized(en: "The command line is wrong; nothing was done.", nl: "De opdrachtregel klopt niet; er is niets gedaan.")),
        (3, Localized(en: "Something waits for a person.", nl: "Er wacht iets op een mens.")),
        (4, Localized(en: "There is no network; everything is kept here.", nl: "Er is geen netwerk; alles blijft hier bewaard.")),
        (5, Localized(en: "Not allowed.", nl: "Niet toegestaan.")),
        (6, Localized(en: "The store is damaged.", nl: "De opslag is beschadigd.")),
    ]
}
