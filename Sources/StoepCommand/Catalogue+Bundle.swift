// stoep bundle, stoepd bundle.
extension Localized {
    package static func bundleExported(path: String, logs: Int, changes: Int, size: String) -> Localized {
        Localized(
            en:
                "\(path.onOneLine): \(counted(changes, "change", "changes")) of \(counted(logs, "log", "logs")), \(size).",
            nl:
                "\(path.onOneLine): \(counted(changes, "wijziging", "wijzigingen")) uit \(counted(logs, "logboek", "logboeken")), \(size)."
        )
    }

    /// Who can open it, and what to do with it.
    package static func bundleReaders(_ readers: Int) -> Localized {
        Localized(
            en:
                "Sealed to \(counted(readers, "device", "devices")). Bring the file over, and there: stoep bundle import FILE",
            nl:
                "Verzegeld voor \(counted(readers, "apparaat", "apparaten")). Breng het bestand over, en doe daar: stoep bundle import BESTAND"
        )
    }

    package static let bundleNothingToBring = Localized(
        en: "There is nothing in it: the other has all that is here.",
        nl: "Er zit niets in: de ander heeft alles wat hier is.")

    package static func bundleImported(received: Int, logs: Int) -> Localized {
        Localized(
            en: "Taken in: \(counted(received, "new change", "new changes")), from \(counted(logs, "log", "logs")).",
            nl:
                "Overgenomen: \(counted(received, "nieuwe wijziging", "nieuwe wijzigingen")), uit \(counted(logs, "logboek", "logboeken"))."
        )
    }

    package static let bundleResumed = Localized(
        en: "It went on where an earlier import was cut.", nl: "Het ging verder waar een eerdere keer was afgebroken.")

    package static func bundleSealedToOthers(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "log is", "logs are")) sealed to others. Carry the file on to them; it is as it was.",
            nl:
                "\(counted(count, "logboek is", "logboeken zijn")) voor anderen verzegeld. Draag het bestand verder; het is zoals het was."
        )
    }

    package static func bundleNotReadable(_ logs: [String]) -> Localized {
        let names = logs.map(\.onOneLine).joined(separator: ", ")
        return Localized(
            en:
                "Left out, because you may not read them (any more): \(names). Ask the coordinator if that is a mistake.",
            nl: "Weggelaten, omdat je ze niet (meer) mag lezen: \(names). Vraag de coördinator als dat niet klopt.")
    }

    /// Something that was not taken, by the name of its reason.
    package static func bundleNotTaken(_ reasons: [String]) -> Localized {
        let names = reasons.map(\.onOneLine).joined(separator: ", ")
        return Localized(
            en: "Not everything was taken in: \(names). The rest was; tell the coordinator, and keep the file.",
            nl: "Niet alles is overgenomen: \(names). De rest wel; zeg het de coördinator, en bewaar het bestand.")
    }

    package static func bundleMade(when: Localized, size: String) -> Localized {
        Localized(en: "Made \(when.en), \(size).", nl: "Gemaakt \(when.nl), \(size).")
    }

    package static let labelSize = Localized(en: "size", nl: "grootte")
    package static let labelAuthors = Localized(en: "authors", nl: "auteurs")
    package static let labelReaders = Localized(en: "readers", nl: "lezers")
    package static let bundleSealed = Localized(en: "(sealed to others)", nl: "(voor anderen verzegeld)")

    /// Bytes as people say them.
    package static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) B"
        case ..<10_000_000: "\(bytes / 1000) kB"
        default: "\(bytes / 1_000_000) MB"
        }
    }
}

extension CommandFailure {
    package static func bundleDamaged(_ path: String, what: String) -> CommandFailure {
        CommandFailure(
            "bundle-damaged", .damaged,
            Localized(
                en: "\(path.onOneLine) is no bundle, or is damaged: \(what.onOneLine)",
                nl: "\(path.onOneLine) is geen bundel, of is beschadigd: \(what.onOneLine)"),
            advice: Localized(
                en:
                    "Nothing of it was taken in. Copy it again from where it was made, and eject the stick before you pull it out.",
                nl:
                    "Er is niets van overgenomen. Kopieer het opnieuw van waar het gemaakt is, en werp de stick uit voor je hem losmaakt."
            ),
            details: [.init("path", .string(path)), .init("what", .string(what))])
    }

    package static func bundleVersion(_ path: String) -> CommandFailure {
        CommandFailure(
            "bundle-version", .failed,
            Localized(
                en: "\(path.onOneLine) was made by another version of stoep",
                nl: "\(path.onOneLine) is gemaakt door een andere versie van stoep"),
            advice: Localized(
                en: "Bring stoep up to date, and try again. Keep the file; nothing of it was taken in.",
                nl: "Werk stoep bij, en probeer het opnieuw. Bewaar het bestand; er is niets van overgenomen."),
            details: [.init("path", .string(path))])
    }

    package static func bundleOfAnotherSpace(_ path: String) -> CommandFailure {
        CommandFailure(
            "bundle-of-another-space", .notAllowed,
            Localized(
                en: "\(path.onOneLine) is of another space", nl: "\(path.onOneLine) is van een andere ruimte"),
            advice: Localized(
                en: "If you take part in that one too, name its store with --store DIR. Nothing was taken in.",
                nl: "Doe je ook aan die mee, noem dan die opslag met --store MAP. Er is niets overgenomen."),
            details: [.init("path", .string(path))])
    }

    package static func bundleNothingForYou(_ path: String) -> CommandFailure {
        CommandFailure(
            "bundle-nothing-for-you", .notAllowed,
            Localized(
                en: "nothing in \(path.onOneLine) is sealed to this device",
                nl: "niets in \(path.onOneLine) is voor dit apparaat verzegeld"),
            advice: Localized(
                en: """
                    Carry it on to somebody who may read it. If it was meant for you: whoever made it did not know this \
                    device yet, and has to sync first.
                    """,
                nl: """
                    Draag het verder naar iemand die het mag lezen. Was het voor jou bedoeld: wie het maakte kende dit \
                    apparaat nog niet, en moet eerst synchroniseren.
                    """),
            details: [.init("path", .string(path))])
    }

    package static func fileInTheWay(_ path: String) -> CommandFailure {
        CommandFailure(
            "file-in-the-way", .failed,
            Localized(
                en: "\(path.onOneLine) exists and is no bundle", nl: "\(path.onOneLine) bestaat en is geen bundel"),
            advice: Localized(
                en: "Name another file: only a bundle is replaced by a bundle.",
                nl: "Noem een ander bestand: alleen een bundel wordt door een bundel vervangen."),
            details: [.init("path", .string(path))])
    }

    package static let frontierDamaged = CommandFailure(
        "frontier-damaged", .usage,
        Localized(
            en: "this is not a whole line of stoep bundle frontier",
            nl: "dit is geen hele regel van stoep bundle frontier"),
        advice: Localized(
            en: "Copy the whole line, or leave --for out: then the bundle holds everything.",
            nl: "Neem de hele regel over, of laat --for weg: dan bevat de bundel alles."))
}
