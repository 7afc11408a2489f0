// The commands of `stoep` by which a store is kept from whoever finds the laptop.
extension OptionSpec {
    package static let passphraseFile = OptionSpec(
        "passphrase-file", .text(Localized(en: "FILE", nl: "BESTAND")), environment: "STOEP_PASSPHRASE_FILE",
        help: Localized(
            en: "read the store's passphrase from this file, or from standard input for -",
            nl: "lees de wachtzin van de opslag uit dit bestand, of van standaardinvoer bij -"))
    package static let newPassphraseFile = OptionSpec(
        "new-passphrase-file", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(
            en: "read the new passphrase from this file instead of asking for it",
            nl: "lees de nieuwe wachtzin uit dit bestand in plaats van erom te vragen"))
    package static let noPassphrase = OptionSpec(
        "no-passphrase",
        help: Localized(
            en: "keep the key in a file beside the store: whoever finds the laptop can read all of it",
            nl: "bewaar de sleutel in een bestand naast de opslag: wie de laptop vindt kan alles lezen"))
    package static let newKey = OptionSpec(
        "new-key",
        help: Localized(
            en: "write everything anew with another key, where somebody may have the old one",
            nl: "schrijf alles opnieuw met een andere sleutel, als iemand de oude kan hebben"))
    package static let unlockedTime = OptionSpec(
        "for", .text(Localized(en: "TIME", nl: "TIJD")),
        help: Localized(
            en: "how long: 30m, 8h, 2d; eight hours unless given", nl: "hoelang: 30m, 8h, 2d; zonder deze optie acht uur"))
}

extension CommandSpec {
    static let unlock = CommandSpec(
        path: ["unlock"],
        summary: Localized(
            en: "give the passphrase once, for some hours", nl: "geef de wachtzin eenmaal, voor een paar uur"),
        explanation: Localized(
            en: """
                The kernel keeps the key in memory until the time is over, until stoep lock, or until you log out. \
                It never stands on the disk.
                """,
            nl: """
                De kernel houdt de sleutel in het geheugen tot de tijd om is, tot stoep lock, of tot je uitlogt. Ze \
                komt nooit op de schijf.
                """),
        options: [.unlockedTime],
        examples: [
            CommandExample(
                .same("stoep unlock"), Localized(en: "For the rest of the day.", nl: "Voor de rest van de dag.")),
            CommandExample(
                .same("stoep unlock --for 30m"), Localized(en: "For half an hour.", nl: "Voor een half uur.")),
        ])

    static let lock = CommandSpec(
        path: ["lock"],
        summary: Localized(en: "forget the passphrase again", nl: "vergeet de wachtzin weer"),
        examples: [
            CommandExample(
                .same("stoep lock"), Localized(en: "Before the laptop goes out of sight.", nl: "Voordat de laptop uit het zicht gaat."))
        ])

    static let passphrase = CommandSpec(
        path: ["passphrase"],
        summary: Localized(
            en: "change the passphrase of the store, or give it one", nl: "verander de wachtzin van de opslag, of geef haar er een"),
        explanation: Localized(
            en: """
                Asks for the old one and twice for the new one. Only the key is wrapped anew, which is quick; with \
                --new-key every page is written again, and no other command may be running.
                """,
            nl: """
                Vraagt de oude en tweemaal de nieuwe. Alleen de sleutel wordt opnieuw ingepakt, en dat gaat snel; met \
                --new-key wordt elke bladzijde opnieuw geschreven, en mag er geen andere opdracht lopen.
                """),
        options: [.newPassphraseFile, .noPassphrase, .newKey],
        examples: [
            CommandExample(
                .same("stoep passphrase"), Localized(en: "A new one, typed twice.", nl: "Een nieuwe, tweemaal getypt.")),
            CommandExample(
                .same("stoep passphrase --new-key"),
                Localized(en: "The same passphrase, and another key.", nl: "Dezelfde wachtzin, en een andere sleutel.")),
        ])
}
