// stoep sync.
extension Localized {
    package static func syncConnecting(address: String) -> Localized {
        Localized(en: "Calling \(address.onOneLine) …", nl: "Verbinden met \(address.onOneLine) …")
    }

    package static func syncSending(_ done: Int, of all: Int) -> Localized {
        Localized(
            en: "Sending: \(done) of \(counted(all, "change", "changes"))",
            nl: "Versturen: \(done) van \(counted(all, "wijziging", "wijzigingen"))")
    }

    /// How many there will be is not always known.
    package static func syncReceiving(_ done: Int, of all: Int?) -> Localized {
        guard let all else {
            return Localized(
                en: "Receiving: \(counted(done, "change", "changes"))",
                nl: "Ontvangen: \(counted(done, "wijziging", "wijzigingen"))")
        }
        return Localized(
            en: "Receiving: \(done) of \(counted(all, "change", "changes"))",
            nl: "Ontvangen: \(done) van \(counted(all, "wijziging", "wijzigingen"))")
    }

    package static func syncDone(sent: Int, received: Int) -> Localized {
        Localized(
            en: "Synced: \(counted(sent, "change", "changes")) sent, \(received) received.",
            nl: "Gesynchroniseerd: \(counted(sent, "wijziging", "wijzigingen")) verstuurd, \(received) ontvangen.")
    }

    package static let syncNothingNew = Localized(
        en: "Synced: nothing new on either side.", nl: "Gesynchroniseerd: aan geen van beide kanten iets nieuws.")

    package static func syncConflicts(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "field has", "fields have")) several values: stoep conflicts shows them.",
            nl: "\(counted(count, "veld heeft", "velden hebben")) meer dan één waarde: stoep conflicts toont ze.")
    }

    /// Changes whose text has not come: never called synced.
    package static func syncWanted(_ count: Int) -> Localized {
        Localized(
            en: "The text of \(counted(count, "change", "changes")) is still missing and will be asked for again.",
            nl: "De tekst van \(counted(count, "wijziging", "wijzigingen")) ontbreekt nog en wordt opnieuw gevraagd.")
    }

    /// Something that the daemon did not take, by the name of its reason.
    package static func syncNotTaken(_ reasons: [String]) -> Localized {
        let names = reasons.map(\.onOneLine).joined(separator: ", ")
        return Localized(
            en: "The daemon did not take everything: \(names). It is kept here; tell the coordinator.",
            nl: "De daemon nam niet alles aan: \(names). Het blijft hier bewaard; zeg het de coördinator.")
    }

    package static func syncClockSuspect(minutes: Int) -> Localized {
        Localized(
            en: "This laptop's clock is \(counted(minutes, "minute", "minutes")) off from the daemon's. Nothing is lost by it; the times shown may be wrong.",
            nl: "De klok van deze laptop verschilt \(counted(minutes, "minuut", "minuten")) van die van de daemon. Er gaat niets door verloren; getoonde tijden kunnen onjuist zijn.")
    }
}

extension CommandFailure {
    /// `unsynced` is how many changes wait here, where that is known.
    package static func daemonUnreachable(address: String, unsynced: Int? = nil) -> CommandFailure {
        let kept = unsynced.map { count in
            Localized(
                en: "Everything is kept on this laptop (\(counted(count, "change", "changes")) not yet synced). Try again later: stoep sync",
                nl: "Alles blijft bewaard op deze laptop (\(counted(count, "wijziging", "wijzigingen")) nog niet gesynchroniseerd). Probeer het later opnieuw: stoep sync")
        }
        return unreachable(
            address,
            advice: kept
                ?? Localized(
                    en: "Everything is kept on this laptop. Try again later.",
                    nl: "Alles blijft bewaard op deze laptop. Probeer het later opnieuw."),
            details: unsynced.map { [.init("unsynced", .number($0))] } ?? [])
    }

    static func unreachable(_ address: String, advice: Localized, details: [JSON.Member] = []) -> CommandFailure {
        CommandFailure(
            "daemon-unreachable", .offline,
            Localized(
                en: "the daemon at \(address.onOneLine) cannot be reached",
                nl: "de daemon op \(address.onOneLine) is niet te bereiken"),
            advice: advice, details: [.init("address", .string(address))] + details)
    }

    /// It was there and then was not.
    package static func connectionLost(address: String) -> CommandFailure {
        lost(
            address,
            advice: Localized(
                en: "Everything is kept, and what went over need not go again. Try again: stoep sync",
                nl: "Alles blijft bewaard, en wat over is hoeft niet opnieuw. Probeer het weer: stoep sync"))
    }

    static func lost(_ address: String, advice: Localized) -> CommandFailure {
        CommandFailure(
            "connection-lost", .offline,
            Localized(
                en: "the connection to \(address.onOneLine) broke off",
                nl: "de verbinding met \(address.onOneLine) viel weg"),
            advice: advice, details: [.init("address", .string(address))])
    }

    package static let deviceUnknown = CommandFailure(
        "device-unknown", .notAllowed,
        Localized(
            en: "the daemon does not know this laptop", nl: "de daemon kent deze laptop niet"),
        advice: Localized(
            en: """
                Everything is kept here. Ask the coordinator whether the laptop was removed, or for a new invitation: \
                stoep join with it, in this store, hands in what is here.
                """,
            nl: """
                Alles blijft hier bewaard. Vraag de coördinator of de laptop is verwijderd, of om een nieuwe uitnodiging: \
                stoep join daarmee, in deze opslag, levert in wat hier is.
                """))

    /// The laptop's member was revoked: what it has is handed in all the same.
    package static func deviceRevoked(handedIn: Int, notTaken: [String]) -> CommandFailure {
        CommandFailure(
            "device-revoked", .notAllowed,
            Localized(
                en: "this laptop's access was withdrawn; \(counted(handedIn, "change was", "changes were")) handed in",
                nl: "de toegang van deze laptop is ingetrokken; \(counted(handedIn, "wijziging is", "wijzigingen zijn")) ingeleverd"),
            advice: notTaken.isEmpty
                ? Localized(
                    en: "What you recorded is kept here as well. A coordinator decides what becomes of what was handed in.",
                    nl: "Wat je vastlegde blijft ook hier bewaard. Een coördinator beslist wat er met het ingeleverde gebeurt.")
                : .syncNotTaken(Set(notTaken).sorted()),
            details: [.init("handedIn", .number(handedIn)), .init("refused", .strings(notTaken))])
    }

    /// The daemon is there and cannot serve now.
    package static func daemonNotReady(reason: String) -> CommandFailure {
        CommandFailure(
            "daemon-not-ready", .offline,
            Localized(
                en: "the daemon cannot answer now: \(reason.onOneLine)",
                nl: "de daemon kan nu niet antwoorden: \(reason.onOneLine)"),
            advice: Localized(
                en: "Everything is kept. Try again in a while: stoep sync",
                nl: "Alles blijft bewaard. Probeer het straks opnieuw: stoep sync"),
            details: [.init("reason", .string(reason))])
    }

    package static func notALog(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-a-log", .usage,
            Localized(
                en: "“\(typed.onOneLine)” is not a log: roster, square or street/AREA",
                nl: "‘\(typed.onOneLine)’ is geen logboek: roster, square of street/GEBIED"))
    }

    package static func logNotReadable(_ log: String) -> CommandFailure {
        CommandFailure(
            "log-not-readable", .notAllowed,
            Localized(
                en: "this laptop may not read \(log.onOneLine)", nl: "deze laptop mag \(log.onOneLine) niet lezen"),
            advice: Localized(
                en: "The coordinator decides who reads what; everything that you recorded is kept.",
                nl: "De coördinator bepaalt wie wat leest; alles wat je vastlegde blijft bewaard."),
            details: [.init("log", .string(log))])
    }

    /// The daemon did not take something; its reason by name.
    package static func syncRefused(reason: String) -> CommandFailure {
        CommandFailure(
            "sync-refused", .notAllowed,
            Localized(
                en: "the daemon refused: \(reason.onOneLine)", nl: "de daemon weigerde: \(reason.onOneLine)"),
            advice: Localized(
                en: "Everything is kept on this laptop. Tell the coordinator, with this line.",
                nl: "Alles blijft bewaard op deze laptop. Zeg het de coördinator, met deze regel."),
            details: [.init("reason", .string(reason))])
    }

    /// The daemon speaks a version of the protocol that this program does not, or something else altogether.
    package static func answerNotUnderstood(reason: String) -> CommandFailure {
        CommandFailure(
            "answer-not-understood", .failed,
            Localized(
                en: "the daemon's answer cannot be read: \(reason.onOneLine)",
                nl: "het antwoord van de daemon is niet te lezen: \(reason.onOneLine)"),
            advice: Localized(
                en: "Everything is kept. Perhaps stoep or stoepd must be brought up to date.",
                nl: "Alles blijft bewaard. Misschien moet stoep of stoepd worden bijgewerkt."),
            details: [.init("reason", .string(reason))])
    }
}
