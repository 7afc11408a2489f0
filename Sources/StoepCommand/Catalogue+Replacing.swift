// stoepd replace; what stoep says of a daemon that was replaced.
extension Localized {
    package static func replaced(daemonKey: Bool, authority: Bool) -> Localized {
        switch (daemonKey, authority) {
        case (true, true):
            Localized(
                en: "The daemon has a new key, and the space a new authority. Whoever has the old ones can do nothing with them here.",
                nl: "De daemon heeft een nieuwe sleutel, en de ruimte een nieuw gezag. Wie de oude heeft, kan er hier niets meer mee.")
        case (true, false):
            Localized(en: "The daemon has a new key.", nl: "De daemon heeft een nieuwe sleutel.")
        default:
            Localized(en: "The space has a new authority.", nl: "De ruimte heeft een nieuw gezag.")
        }
    }

    package static func replacedNext(address: String) -> Localized {
        Localized(
            en: "Start it where \(address.onOneLine) leads: the laptops follow by themselves at their next sync, and invitations that are still good go on working. A laptop that knows another address takes this one once: stoep sync --from \(address.onOneLine)",
            nl: "Start hem waar \(address.onOneLine) heen leidt: de laptops volgen vanzelf bij hun volgende sync, en uitnodigingen die nog geldig zijn blijven werken. Een laptop die een ander adres kent neemt dit één keer: stoep sync --from \(address.onOneLine)")
    }

    package static let replacedRootKey = Localized(
        en: "PUT THE ROOT KEY AWAY AGAIN, offline.", nl: "BERG DE HOOFDSLEUTEL WEER OP, offline.")

    package static let daemonWasReplaced = Localized(
        en: "The coordinator replaced the daemon, with the root key of the space. This laptop follows the new one.",
        nl: "De coördinator heeft de daemon vervangen, met de hoofdsleutel van de ruimte. Deze laptop volgt de nieuwe.")
}

extension CommandFailure {
    package static let nothingToReplace = CommandFailure(
        "nothing-to-replace", .usage,
        Localized(
            en: "say what is to be replaced: --daemon-key, --authority, or both",
            nl: "zeg wat er vervangen moet worden: --daemon-key, --authority of allebei"),
        advice: Localized(
            en: "Where somebody may have the daemon's files: both.",
            nl: "Als iemand de bestanden van de daemon kan hebben: allebei."))

    package static let keepsNoDaemonKey = CommandFailure(
        "keeps-no-daemon-key", .usage,
        Localized(
            en: "--keep goes with --daemon-key alone: it is for a second daemon beside the first",
            nl: "--keep hoort bij --daemon-key alleen: het is voor een tweede daemon naast de eerste"))

    package static func notARootKey(_ path: String) -> CommandFailure {
        CommandFailure(
            "not-a-root-key", .failed,
            Localized(en: "\(path.onOneLine) is not a root key", nl: "\(path.onOneLine) is geen hoofdsleutel"),
            advice: .nothingReplaced, details: [.init("path", .string(path))])
    }

    package static func rootKeyOfAnotherSpace(_ path: String) -> CommandFailure {
        CommandFailure(
            "root-key-of-another-space", .notAllowed,
            Localized(
                en: "\(path.onOneLine) is the root key of another space",
                nl: "\(path.onOneLine) is de hoofdsleutel van een andere ruimte"),
            advice: .nothingReplaced, details: [.init("path", .string(path))])
    }

    package static func tooManyDaemons(limit: Int) -> CommandFailure {
        CommandFailure(
            "too-many-daemons", .failed,
            Localized(en: "a space has at most \(limit) daemons", nl: "een ruimte heeft hoogstens \(limit) daemons"),
            advice: .nothingReplaced, details: [.init("limit", .number(limit))])
    }
}

extension Localized {
    fileprivate static let nothingReplaced = Localized(en: "Nothing was replaced.", nl: "Er is niets vervangen.")
}

extension OptionSpec {
    package static let heldRootKey = OptionSpec(
        "root-key", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(
            en: "the root key of the space, as stoepd init wrote it; it is read and kept nowhere",
            nl: "de hoofdsleutel van de ruimte, zoals stoepd init die schreef; hij wordt gelezen en nergens bewaard"))
    package static let newDaemonKey = OptionSpec(
        "daemon-key",
        help: Localized(
            en: "a new key by which laptops know this daemon; the old one counts no longer",
            nl: "een nieuwe sleutel waaraan laptops deze daemon kennen; de oude geldt niet meer"))
    package static let newAuthority = OptionSpec(
        "authority",
        help: Localized(
            en: "a new authority; what the old one wrote counts as far as it is held here",
            nl: "een nieuw gezag; wat het oude schreef telt voor zover het hier staat"))
    package static let keepDaemonKey = OptionSpec(
        "keep",
        help: Localized(
            en: "the old daemon key counts too: this is a copy, for a second daemon beside the first",
            nl: "de oude daemonsleutel geldt ook nog: dit is een kopie, voor een tweede daemon naast de eerste"))
    package static let newAddress = OptionSpec(
        "address", .text(.address),
        help: Localized(
            en: "where laptops reach the daemon from now on; as before unless given",
            nl: "waar laptops de daemon voortaan bereiken; zonder deze optie als voorheen"))
}

extension CommandSpec {
    static let replaceKeys = CommandSpec(
        path: ["replace"],
        summary: Localized(
            en: "replace a daemon that was lost or stolen, with the root key",
            nl: "vervang een verloren of gestolen daemon, met de hoofdsleutel"),
        explanation: Localized(
            en: """
                Put the data directory back from a backup, or copy it, and run this before you serve from it; no daemon \
                may be running on it. If the old one was stolen, replace both: whoever joined after the backup was made \
                then has to be invited again. If it was only lost, a new key is enough, and often not even that: what \
                the backup lacks comes back from the laptops. They notice by themselves and need no new invitation. \
                The root key alone, without a backup, brings nothing back.
                """,
            nl: """
                Zet de gegevensmap terug uit een back-up, of kopieer haar, en doe dit voordat je haar bedient; er mag \
                geen daemon op draaien. Is de oude gestolen, vervang dan allebei: wie na de back-up meedeed, moet dan \
                opnieuw worden uitgenodigd. Is hij alleen verloren, dan is een nieuwe sleutel genoeg, en vaak is zelfs \
                dat niet nodig: wat in de back-up ontbreekt komt terug van de laptops. Die merken het vanzelf en hebben \
                geen nieuwe uitnodiging nodig. Met alleen de hoofdsleutel, zonder back-up, komt er niets terug.
                """),
        options: [.heldRootKey.required(), .newDaemonKey, .newAuthority, .keepDaemonKey, .newAddress],
        examples: [
            CommandExample(
                .same("stoepd replace --data /var/lib/stoep --root-key /media/usb/root.key --daemon-key --authority"),
                Localized(en: "The daemon was stolen.", nl: "De daemon is gestolen.")),
            CommandExample(
                .same("stoepd replace --data /srv/copy --root-key /media/usb/root.key --daemon-key --keep --address two.example.org:7410"),
                Localized(
                    en: "A copy becomes a second daemon.", nl: "Een kopie wordt een tweede daemon.")),
        ])
}
