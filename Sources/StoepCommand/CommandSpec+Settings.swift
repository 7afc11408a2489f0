// stoepd settings.
extension CommandSpec {
    static let settings = CommandSpec(
        path: ["settings"],
        summary: Localized(
            en: "show or set what a resident is called, and how long a street rests",
            nl: "toon of bepaal hoe een bewoner heet, en hoelang een straat rust krijgt"),
        explanation: Localized(
            en: """
                Laptops follow at their next sync. An empty word is the usual one again. Somebody who says what they want \
                to be called is called that. The daemon may be running.
                """,
            nl: """
                Laptops volgen bij hun volgende sync. Een leeg woord is weer het gewone. Wie zelf zegt hoe hij wil heten, \
                heet zo. De daemon mag draaien.
                """),
        options: [.residentWord, .residentsWord, .coolDownDays],
        examples: [
            CommandExample(
                Localized(
                    en: "stoepd settings --resident neighbour --residents neighbours --data /var/lib/stoep",
                    nl: "stoepd settings --resident buur --residents buren --data /var/lib/stoep"),
                Localized(en: "In every message, for everybody.", nl: "In elke melding, voor iedereen.")),
            CommandExample(
                .same("stoepd settings --cool-down 14 --data /var/lib/stoep"),
                Localized(
                    en: "Two weeks before another team goes to the same place.",
                    nl: "Twee weken voordat een ander team naar dezelfde plek gaat.")),
        ])
}

extension OptionSpec {
    package static let residentWord = OptionSpec(
        "resident", .content(.word),
        help: Localized(en: "what a resident is called", nl: "hoe een bewoner heet"))
    package static let residentsWord = OptionSpec(
        "residents", .content(.word),
        help: Localized(en: "what several residents are called", nl: "hoe meer bewoners heten"))
    package static let coolDownDays = OptionSpec(
        "cool-down", .number(.same("N"), 0...366),
        help: Localized(
            en: "for how many days after a contact nobody else is to go to the same place",
            nl: "hoeveel dagen na een contact niemand anders naar dezelfde plek gaat"))
}

extension Localized {
    fileprivate static let word = Localized(en: "WORD", nl: "WOORD")

    package static func settingsWords(_ words: ResidentWords) -> Localized {
        Localized(
            en: "One is called \(words.one.en.onOneLine), several \(words.many.en.onOneLine).",
            nl: "Eén heet \(words.one.nl.onOneLine), meer heten \(words.many.nl.onOneLine).")
    }

    package static func settingsCoolDown(_ days: Int) -> Localized {
        Localized(
            en: "A street rests for \(counted(days, "day", "days")) after a contact.",
            nl: "Een straat krijgt \(counted(days, "dag", "dagen")) rust na een contact.")
    }
}
