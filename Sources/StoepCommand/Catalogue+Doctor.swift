import StoepModel

// stoep doctor, stoepd doctor.
extension Localized {
    /// A finding: what is wrong, and where.
    static func finding(_ found: Finding) -> Localized {
        let place = [
            found.log?.description, found.actor.map { "actor \($0.description.prefix(8))" },
            found.seq.map { "#\($0)" }, found.record.map { "record \($0.description.prefix(8))" },
        ].compactMap { $0?.onOneLine }.joined(separator: ", ")
        let meaning = meaning(of: found.kind, found.what)
        return place.isEmpty ? meaning : joined([.same(place), meaning], separator: ": ")
    }

    private static func meaning(of kind: Finding.Kind, _ what: String) -> Localized {
        switch (kind, what) {
        case (.database, _):
            Localized(
                en: "the database file is damaged: \(what.onOneLine)",
                nl: "het databasebestand is beschadigd: \(what.onOneLine)")
        case (.change, _):
            Localized(
                en: "the change is not the one that was signed (\(what.onOneLine))",
                nl: "de wijziging is niet die ondertekend is (\(what.onOneLine))")
        case (.signature, "missing"):
            Localized(
                en: "the end of the chain is not signed", nl: "het einde van de keten is niet ondertekend")
        case (.signature, _):
            Localized(en: "the signature does not hold", nl: "de handtekening klopt niet")
        case (.body, _):
            Localized(
                en: "what it says is not what was written", nl: "wat erin staat is niet wat er geschreven werd")
        case (.statement, _):
            Localized(
                en: "a statement about the daemons is not what the root key signed",
                nl: "een verklaring over de daemons is niet wat de hoofdsleutel ondertekende")
        case (.arrival, _):
            Localized(
                en: "the order of arrival does not fit together: \(what.onOneLine)",
                nl: "de volgorde van aankomst klopt niet met zichzelf: \(what.onOneLine)")
        case (.anchor, _):
            Localized(
                en: "the anchor beside the store does not fit it (\(what.onOneLine)): something that was written is gone, or the file is damaged",
                nl: "het anker naast de opslag past er niet bij (\(what.onOneLine)): er is iets weg dat geschreven was, of het bestand is beschadigd")
        case (.derived, _):
            Localized(
                en: "what is derived from the log differs from what follows from it (\(what.onOneLine))",
                nl: "wat van het logboek is afgeleid verschilt van wat eruit volgt (\(what.onOneLine))")
        }
    }

    static func findingsMore(_ count: Int) -> Localized {
        Localized(en: "… and \(count) more.", nl: "… en nog \(count).")
    }

    static func doctorSound(changes: Int, signatures: Int, records: Int) -> Localized {
        Localized(
            en: "Everything holds: \(counted(changes, "change", "changes")), \(counted(signatures, "signature", "signatures")), \(counted(records, "record", "records")).",
            nl: "Alles klopt: \(counted(changes, "wijziging", "wijzigingen")), \(counted(signatures, "handtekening", "handtekeningen")), \(counted(records, "record", "records")).")
    }

    static func doctorProtected(by what: Localized) -> Localized {
        Localized(en: "The store is protected by \(what.en).", nl: "De opslag is beschermd door \(what.nl).")
    }

    static func doctorBehind(_ count: Int) -> Localized {
        Localized(
            en: "\(count) records are not worked out yet; the daemon, or the next command, does that.",
            nl: "\(count) records zijn nog niet verwerkt; dat doet de daemon, of de volgende opdracht.")
    }

    static func doctorRebuilt(before: Int, records: Int) -> Localized {
        Localized(
            en: "Found \(counted(before, "fault", "faults")) and made everything anew from the log: \(counted(records, "record", "records")).",
            nl: "\(counted(before, "fout", "fouten")) gevonden, en alles opnieuw gemaakt uit het logboek: \(counted(records, "record", "records")).")
    }

    static func doctorMended(_ count: Int) -> Localized {
        Localized(
            en: "In \(counted(count, "place", "places")) one bit had flipped; it is turned back, and the hash says that it is right.",
            nl: "Op \(counted(count, "plaats", "plaatsen")) was één bit omgevallen; die staat weer goed, en de hash bevestigt dat.")
    }

    /// A laptop's: the daemon has them.
    static func doctorFetches(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "damaged part", "damaged parts")) set aside. stoep sync fetches them again.",
            nl: "\(counted(count, "beschadigd deel", "beschadigde delen")) apart gezet. stoep sync haalt ze opnieuw op.")
    }

    /// A daemon's: laptops may have them.
    static func doctorWants(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "damaged part", "damaged parts")) set aside. Laptops that have them bring them at their next sync.",
            nl: "\(counted(count, "beschadigd deel", "beschadigde delen")) apart gezet. Laptops die ze hebben brengen ze bij hun volgende sync.")
    }

    static func doctorWaits(_ name: String, _ count: Int) -> Localized {
        switch name {
        case "conflicts":
            Localized(
                en: "\(counted(count, "conflict waits", "conflicts wait")) for somebody to settle: stoep conflicts",
                nl: "\(counted(count, "conflict wacht", "conflicten wachten")) op iemand die beslist: stoep conflicts")
        case "keptAside":
            Localized(
                en: "Of \(counted(count, "actor", "actors")) something is kept aside: stoepd quarantine list",
                nl: "Van \(counted(count, "actor", "actoren")) staat iets apart: stoepd quarantine list")
        case "erasures":
            Localized(
                en: "\(counted(count, "request", "requests")) to erase beyond the daily limit: stoepd erasures",
                nl: "\(counted(count, "verzoek", "verzoeken")) om te wissen boven de daglimiet: stoepd erasures")
        case "recovery":
            Localized(
                en: "The ledger of erasures is not there, or is behind: the daemon serves only the roster until stoepd recovery lift.",
                nl: "Het wisregister ontbreekt of loopt achter: de daemon geeft alleen het rooster tot stoepd recovery lift.")
        default:
            Localized(
                en: "\(counted(count, "record was", "records were")) joined with one that is erased: stoepd erasures",
                nl: "\(counted(count, "record hoorde", "records hoorden")) bij een dat gewist is: stoepd erasures")
        }
    }

    static let adviceDatabase = Localized(
        en: "The file itself is damaged. Copy the whole directory away first. What was synced comes back on a new store: ask the coordinator for an invitation; or put back a backup with stoep restore.",
        nl: "Het bestand zelf is beschadigd. Kopieer eerst de hele map. Wat gesynchroniseerd was komt terug in een nieuwe opslag: vraag de coördinator om een uitnodiging; of zet een back-up terug met stoep restore.")
    static let adviceDatabaseOfDaemon = Localized(
        en: "The file itself is damaged. Stop the daemon, copy the directory away, and put back a backup with stoepd restore; the laptops bring what came after it.",
        nl: "Het bestand zelf is beschadigd. Stop de daemon, kopieer de map, en zet een back-up terug met stoepd restore; de laptops brengen wat daarna kwam.")
    static let adviceRebuild = Localized(
        en: "stoep doctor --rebuild mends what can be mended, and sets the rest aside; stoep sync then fetches it again.",
        nl: "stoep doctor --rebuild herstelt wat te herstellen is, en zet de rest apart; stoep sync haalt die daarna opnieuw op.")
    static let adviceRebuildOfDaemon = Localized(
        en: "Stop the daemon and run stoepd doctor --rebuild: it mends what can be mended, and laptops bring the rest.",
        nl: "Stop de daemon en doe stoepd doctor --rebuild: dat herstelt wat te herstellen is, en laptops brengen de rest.")
    static let adviceChanges = Localized(
        en: "What is left cannot be mended here, and the daemon is not known to have it: it counts for nothing. Keep a copy of the directory and ask the coordinator.",
        nl: "Wat overblijft is hier niet te herstellen, en voor zover bekend heeft de daemon het niet: het telt niet mee. Bewaar een kopie van de map en vraag de coördinator.")
    static let adviceChangesOfDaemon = Localized(
        en: "What is left cannot be mended here and counts for nothing. Put back a backup from before with stoepd restore; the laptops bring what came after it.",
        nl: "Wat overblijft is hier niet te herstellen en telt niet mee. Zet een eerdere back-up terug met stoepd restore; de laptops brengen wat daarna kwam.")
    static let adviceAnchor = Localized(
        en: "The next command that writes goes on under a new actor. What is missing comes back with the next sync, if it was synced.",
        nl: "De volgende opdracht die schrijft gaat verder onder een nieuwe actor. Wat ontbreekt komt terug met de volgende sync, als het gesynchroniseerd was.")

    /// What a checkup is at, on a terminal.
    package static func checking(_ progress: CheckProgress) -> Localized {
        let amount = progress.done == 0 ? "" : progress.all.map { " \(progress.done)/\($0)" } ?? " \(progress.done)"
        return switch progress.stage {
        case .database: Localized(en: "reading the file", nl: "leest het bestand")
        case .changes:
            Localized(en: "checking changes\(amount)", nl: "controleert wijzigingen\(amount)")
        case .arrival: Localized(en: "checking the order of arrival", nl: "controleert de volgorde van aankomst")
        case .records: Localized(en: "folding records\(amount)", nl: "verwerkt records\(amount)")
        case .tables: Localized(en: "comparing tables", nl: "vergelijkt tabellen")
        }
    }
}
