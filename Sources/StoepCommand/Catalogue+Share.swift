// stoep share, stoep sync --from.
extension Localized {
    package static let shareIntroduction = Localized(
        en: "Sharing until Ctrl-C. On the other laptop, type:", nl: "Delen tot Ctrl-C. Typ op de andere laptop:")

    /// What a colleague types; the same in every language.
    package static func shareCommand(address: String, key: String) -> Localized {
        .same("stoep sync --from \(address.onOneLine)/\(key.onOneLine)")
    }

    package static func shareSynced(name: String, received: Int, sent: Int) -> Localized {
        Localized(
            en:
                "\(name.onOneLine): \(counted(received, "new change", "new changes")) received, \(counted(sent, "piece", "pieces")) sent.",
            nl:
                "\(name.onOneLine): \(counted(received, "nieuwe wijziging", "nieuwe wijzigingen")) ontvangen, \(counted(sent, "stuk", "stukken")) verstuurd."
        )
    }

    package static func shareNothingNew(name: String) -> Localized {
        Localized(
            en: "\(name.onOneLine): nothing new on either side.",
            nl: "\(name.onOneLine): aan geen van beide kanten iets nieuws.")
    }

    package static func shareRefused(device: String, reason: String) -> Localized {
        Localized(
            en: "Refused a laptop with the key \(device.onOneLine)…: \(reason.onOneLine)",
            nl: "Weigerde een laptop met de sleutel \(device.onOneLine)…: \(reason.onOneLine)")
    }

    package static func exchangeDone(sent: Int, received: Int) -> Localized {
        Localized(
            en: "Exchanged: \(counted(sent, "change", "changes")) sent, \(received) received.",
            nl: "Uitgewisseld: \(counted(sent, "wijziging", "wijzigingen")) verstuurd, \(received) ontvangen.")
    }

    package static let exchangeNothingNew = Localized(
        en: "Exchanged: nothing new on either side.", nl: "Uitgewisseld: aan geen van beide kanten iets nieuws.")

    /// A colleague is not the daemon.
    package static func exchangeUnsynced(_ count: Int) -> Localized {
        Localized(
            en:
                "\(counted(count, "change of yours is", "changes of yours are")) not at the daemon yet: stoep sync, when there is a network.",
            nl:
                "\(counted(count, "wijziging van jou is", "wijzigingen van jou zijn")) nog niet bij de daemon: stoep sync, zodra er een netwerk is."
        )
    }

    package static func exchangeNotTaken(_ reasons: [String]) -> Localized {
        let names = reasons.map(\.onOneLine).joined(separator: ", ")
        return Localized(
            en: "The other laptop did not take everything: \(names). It is kept here.",
            nl: "De andere laptop nam niet alles aan: \(names). Het blijft hier bewaard.")
    }
}

extension CommandFailure {
    package static func laptopUnreachable(address: String) -> CommandFailure {
        CommandFailure(
            "laptop-unreachable", .offline,
            Localized(
                en: "the laptop at \(address.onOneLine) cannot be reached",
                nl: "de laptop op \(address.onOneLine) is niet te bereiken"),
            advice: Localized(
                en: """
                    Are both on the same network, and does stoep share still run there? A USB stick needs no network: \
                    stoep bundle export FILE
                    """,
                nl: """
                    Zitten beide op hetzelfde netwerk, en draait stoep share daar nog? Een USB-stick vraagt geen netwerk: \
                    stoep bundle export BESTAND
                    """),
            details: [.init("address", .string(address))])
    }

    /// - Parameter usual: the port on which laptops share unless told otherwise.
    package static func laptopPortMissing(address: String, usual: UInt16) -> CommandFailure {
        CommandFailure(
            "laptop-port-missing", .usage,
            Localized(
                en: "“\(address.onOneLine)” names no port", nl: "‘\(address.onOneLine)’ noemt geen poort"),
            advice: Localized(
                en: "Type the whole line that stoep share shows there, usually with \(address.onOneLine):\(usual).",
                nl: "Typ de hele regel die stoep share daar toont, meestal met \(address.onOneLine):\(usual)."),
            details: [.init("address", .string(address))])
    }

    package static func laptopKeyMismatch(address: String, key: String) -> CommandFailure {
        CommandFailure(
            "laptop-key-mismatch", .notAllowed,
            Localized(
                en: "what answers at \(address.onOneLine) does not have the key \(key.onOneLine)…",
                nl: "wat op \(address.onOneLine) antwoordt heeft niet de sleutel \(key.onOneLine)…"),
            advice: Localized(
                en: "Nothing was sent to it. Look at the line that stoep share shows there, and type it again.",
                nl: "Er is niets naartoe gestuurd. Kijk naar de regel die stoep share daar toont, en typ die opnieuw."),
            details: [.init("address", .string(address)), .init("key", .string(key))])
    }

    /// By the name under which a daemon refuses the same.
    package static let unknownToLaptop = CommandFailure(
        deviceUnknown.name, .notAllowed,
        Localized(en: "the other laptop does not know this one", nl: "de andere laptop kent deze niet"),
        advice: Localized(
            en:
                "Its list of members may be older than you. It has to sync with the daemon, or take in a bundle, first.",
            nl:
                "De ledenlijst daar is misschien ouder dan jij. Die laptop moet eerst met de daemon synchroniseren, of een bundel overnemen."
        ))

    /// By the name under which a daemon refuses the same. A laptop takes nothing in for a daemon.
    package static let revokedToLaptop = CommandFailure(
        deviceRevoked(handedIn: 0, notTaken: []).name, .notAllowed,
        Localized(
            en: "the other laptop knows that this one's access was withdrawn",
            nl: "de andere laptop weet dat de toegang van deze is ingetrokken"),
        advice: Localized(
            en: "Nothing went over, and everything is kept here. Hand in what you recorded at the daemon: stoep sync",
            nl: "Er is niets overgegaan, en alles blijft hier bewaard. Lever wat je vastlegde in bij de daemon: stoep sync"))

    package static func laptopNotReady(reason: String) -> CommandFailure {
        CommandFailure(
            "laptop-not-ready", .offline,
            Localized(
                en: "the other laptop cannot answer now: \(reason.onOneLine)",
                nl: "de andere laptop kan nu niet antwoorden: \(reason.onOneLine)"),
            advice: Localized(
                en: "Another command may be busy there. Try again in a while.",
                nl: "Misschien is daar een andere opdracht bezig. Probeer het straks opnieuw."),
            details: [.init("reason", .string(reason))])
    }

    package static func unknownLaptop(_ typed: String) -> CommandFailure {
        CommandFailure(
            "laptop-unknown", .notAllowed,
            Localized(
                en: "no other laptop that takes part here has a key that begins with “\(typed.onOneLine)”",
                nl: "geen andere laptop die hier meedoet heeft een sleutel die begint met ‘\(typed.onOneLine)’"),
            advice: Localized(
                en: """
                    Look at the line that stoep share shows there. If that colleague joined after your last sync, you \
                    do not know them yet: sync, or take in a bundle of theirs, first.
                    """,
                nl: """
                    Kijk naar de regel die stoep share daar toont. Kwam die collega er na je laatste keer synchroniseren \
                    bij, dan ken je die nog niet: synchroniseer eerst, of neem een bundel van ze over.
                    """),
            details: [.init("key", .string(typed))])
    }

    package static func ambiguousLaptop(_ typed: String, keys: [String]) -> CommandFailure {
        CommandFailure(
            "laptop-ambiguous", .usage,
            Localized(
                en: "several laptops have a key that begins with “\(typed.onOneLine)”",
                nl: "meer dan één laptop heeft een sleutel die begint met ‘\(typed.onOneLine)’"),
            advice: Localized(
                en: "Type more of it, as stoep share shows it there.",
                nl: "Typ er meer van, zoals stoep share het daar toont."),
            details: [.init("key", .string(typed)), .init("candidates", .strings(keys))])
    }
}
