// stoep status, stoep conflicts, stoep resolve.
import StoepModel

extension Localized {
    package static let labelSpace = Localized(en: "space", nl: "ruimte")
    package static let labelMember = Localized(en: "you", nl: "jij")
    package static let labelRole = Localized(en: "role", nl: "rol")
    package static let labelActor = Localized(en: "this laptop", nl: "deze laptop")
    package static let labelStore = Localized(en: "store", nl: "opslag")
    package static let labelDaemon = Localized.same("daemon")
    package static let labelFrontier = Localized(en: "changes held", nl: "wijzigingen hier")
    package static let labelUnsynced = Localized(en: "not yet synced", nl: "nog niet gesynchroniseerd")
    package static let labelConflicts = Localized(en: "conflicts", nl: "conflicten")
    package static let labelPending = Localized(en: "refers to something not here yet", nl: "verwijst naar iets dat hier nog niet is")
    package static let labelWanted = Localized(en: "text missing", nl: "tekst ontbreekt")
    package static let labelQuarantined = Localized(en: "held but not counted", nl: "bewaard maar telt niet")
    package static let labelLastSync = Localized(en: "last sync", nl: "laatst gesynchroniseerd")
    package static let labelStateHash = Localized(en: "state hash", nl: "toestandshash")
    package static let labelLog = Localized(en: "log", nl: "logboek")
    package static let labelForks = Localized(en: "forked laptops", nl: "gesplitste laptops")
    package static let labelDrafts = Localized(en: "drafts waiting", nl: "kladden die wachten")
    package static let labelClock = Localized(en: "clock", nl: "klok")

    /// Why this laptop goes on under a new actor: nothing is lost, but somebody should know.
    package static func statusAlert(_ alert: String) -> Localized {
        switch alert {
        case "store-copied":
            Localized(
                en: "This store was copied from another place. It goes on as a laptop of its own; do not use both.",
                nl: "Deze opslag is van een andere plek gekopieerd. Hij gaat verder als een eigen laptop; gebruik ze niet allebei.")
        case "store-restored":
            Localized(
                en: "This store was restored from an older copy. What is missing comes back with stoep sync.",
                nl: "Deze opslag is teruggezet uit een oudere kopie. Wat ontbreekt komt terug met stoep sync.")
        case "changes-lost":
            Localized(
                en: "The disk lost what was saved here last, or an older copy was put in its place. See whether something is missing; what was synced comes back with stoep sync.",
                nl: "De schijf is kwijt wat hier het laatst is opgeslagen, of er is een oudere kopie voor in de plaats gezet. Kijk of er iets ontbreekt; wat gesynchroniseerd was komt terug met stoep sync.")
        case "branches":
            Localized(
                en: "This laptop's store exists twice. Both go on, nothing is lost; tell the coordinator.",
                nl: "De opslag van deze laptop bestaat dubbel. Beide gaan verder, er gaat niets verloren; zeg het de coördinator.")
        case "log-purged":
            Localized(
                en: "The daemon had this laptop destroy what it may no longer read.",
                nl: "De daemon liet deze laptop vernietigen wat hij niet meer mag lezen.")
        case "actor-cut":
            Localized(
                en: "A coordinator ended what counts of this laptop at some point, and it went on from there. What you record now counts; they decide about what came in between.",
                nl: "Een coördinator bepaalde tot waar telt wat deze laptop schreef, en hij ging vandaar verder. Wat je nu vastlegt telt; over wat ertussen kwam wordt beslist.")
        default:
            Localized(
                en: "A file beside the store was missing or damaged (\(alert.onOneLine)). Nothing is lost.",
                nl: "Een bestand naast de opslag ontbrak of was beschadigd (\(alert.onOneLine)). Er is niets verloren.")
        }
    }

    package static let statusNeverSynced = Localized(en: "never", nl: "nooit")
    package static let statusNone = Localized(en: "none", nl: "geen")

    package static func statusChanges(_ count: Int) -> Localized {
        Localized(en: "\(counted(count, "change", "changes"))", nl: "\(counted(count, "wijziging", "wijzigingen"))")
    }

    /// `14 (three actors)`: how far a log is.
    package static func statusFrontier(changes: Int, actors: Int) -> Localized {
        Localized(
            en: "\(changes) from \(counted(actors, "laptop", "laptops"))",
            nl: "\(changes) van \(counted(actors, "laptop", "laptops"))")
    }

    package static let statusAllSynced = Localized(
        en: "Everything here was acknowledged by the daemon.", nl: "Alles hier is door de daemon bevestigd.")

    /// A kind of log as people know it.
    package static func logKind(_ kind: String) -> Localized {
        switch kind {
        case "roster": Localized(en: "members", nl: "leden")
        case "square": Localized(en: "square", nl: "plein")
        case "street": Localized(en: "street", nl: "straat")
        case "signal": Localized(en: "signals", nl: "signalen")
        case "contact": Localized(en: "contacts", nl: "contacten")
        default: .same(kind.onOneLine)
        }
    }

    // Conflicts.

    package static let conflictsNone = Localized(en: "No conflicts.", nl: "Geen conflicten.")

    package static func conflictsWaiting(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "conflict waits", "conflicts wait")) for a person.",
            nl: "\(counted(count, "conflict wacht", "conflicten wachten")) op een mens.")
    }

    /// One field of one record in which values compete; the values follow, numbered.
    package static func conflictIn(id: String, field: String, of collection: String) -> Localized {
        let label = Localized.field(field, of: collection)
        let kind = Schema.current.collection(named: collection)?.one
        // What to type for the field stands there too, where people call it otherwise.
        func line(_ kind: String, _ label: String) -> String {
            let typed = label.utf8.elementsEqual(field.utf8) ? "" : " (--field \(field.onOneLine))"
            return "\(kind) \(id.onOneLine), \(label)\(typed):"
        }
        return Localized(
            en: line(kind?.en ?? collection.onOneLine, label.en), nl: line(kind?.nl ?? collection.onOneLine, label.nl))
    }

    package static func conflictValue(number: Int, value: String, by: String, when: Localized) -> Localized {
        Localized(
            en: "  \(number)  \(value.onOneLine)  (\(by.onOneLine), \(when.en))",
            nl: "  \(number)  \(value.onOneLine)  (\(by.onOneLine), \(when.nl))")
    }

    package static let conflictShown = Localized(en: "shown now", nl: "nu getoond")

    package static let conflictsHow = Localized(
        en: "Settle one with: stoep resolve ID --field NAME --keep N, --keep-all, or --value TEXT",
        nl: "Beslis er een met: stoep resolve ID --field NAAM --keep N, --keep-all, of --value TEKST")

    package static func resolved(id: String, field: String, value: String) -> Localized {
        Localized(
            en: "Settled: \(field.onOneLine) of \(id.onOneLine) is “\(value.onOneLine)”. The other values stay in its history. Not yet synced.",
            nl: "Beslist: \(field.onOneLine) van \(id.onOneLine) is ‘\(value.onOneLine)’. De andere waarden blijven in de geschiedenis. Nog niet gesynchroniseerd.")
    }
}

extension CommandFailure {
    package static func unknownField(_ field: String, known: [String]) -> CommandFailure {
        let near = nearest(to: field, in: known)
        return CommandFailure(
            "unknown-field", .usage,
            Localized(
                en: "this record has no field \(field.onOneLine)", nl: "dit record heeft geen veld \(field.onOneLine)"),
            advice: near.map { Localized(en: "Did you mean \($0)?", nl: "Bedoel je \($0)?") },
            details: [.init("field", .string(field)), .init("fields", .strings(known))])
    }

    package static func noConflict(id: String, field: String) -> CommandFailure {
        CommandFailure(
            "no-conflict", .failed,
            Localized(
                en: "\(field.onOneLine) of \(id.onOneLine) has no competing values",
                nl: "\(field.onOneLine) van \(id.onOneLine) heeft geen botsende waarden"),
            advice: Localized(
                en: "Perhaps somebody settled it already. Nothing was changed.",
                nl: "Misschien besliste iemand het al. Er is niets veranderd."),
            details: [.init("id", .string(id)), .init("field", .string(field))])
    }

    package static func noSuchValue(_ number: Int, of count: Int) -> CommandFailure {
        CommandFailure(
            "no-such-value", .usage,
            Localized(
                en: "there is no value \(number): they are numbered 1 to \(count)",
                nl: "er is geen waarde \(number): ze zijn genummerd van 1 tot en met \(count)"),
            advice: Localized(
                en: "stoep conflicts shows them. Nothing was changed.",
                nl: "stoep conflicts toont ze. Er is niets veranderd."),
            details: [.init("keep", .number(number)), .init("count", .number(count))])
    }

    package static func valueDoesNotFit(_ field: String, of collection: String, value: String) -> CommandFailure {
        let words = Localized.field(field, of: collection)
        return CommandFailure(
            "value-does-not-fit", .usage,
            Localized(
                en: "“\(value.onOneLine)” cannot stand under “\(words.en)”",
                nl: "‘\(value.onOneLine)’ kan niet staan bij ‘\(words.nl)’"),
            advice: Localized(en: "Nothing was changed.", nl: "Er is niets veranderd."),
            details: [.init("field", .string(field))])
    }
}
