// The options that both programs know everywhere.
extension OptionSpec {
    package static let json = OptionSpec(
        "json",
        help: Localized(en: "answer in JSON, for programs", nl: "antwoord in JSON, voor programma's"))
    package static let lang = OptionSpec(
        "lang", .choice(Language.allCases.map(\.rawValue)),
        help: Localized(en: "the language of messages", nl: "de taal van de meldingen"))
    package static let quiet = OptionSpec(
        "quiet",
        help: Localized(
            en: "say only what was asked for, and what went wrong", nl: "zeg alleen wat gevraagd is, en wat misging"))
    package static let help = OptionSpec(
        "help", help: Localized(en: "show help for this command", nl: "toon hulp bij deze opdracht"))
    package static let version = OptionSpec(
        "version", help: Localized(en: "show the version", nl: "toon de versie"))
}

extension Localized {
    static let text = Localized(en: "TEXT", nl: "TEKST")
    static let name = Localized(en: "NAME", nl: "NAAM")
    static let directory = Localized(en: "DIR", nl: "MAP")
    static let address = Localized.same("HOST:PORT")
}
