// stoep export and import.
extension Localized {
    package static func exportProgress(_ done: Int, of all: Int, _ bar: String) -> Localized {
        Localized(en: "\(bar) \(done) of \(all) records", nl: "\(bar) \(done) van \(all) records")
    }

    package static func exported(_ records: Int, path: String) -> Localized {
        Localized(
            en: "Wrote \(counted(records, "record", "records")) to \(path.onOneLine).",
            nl: "\(counted(records, "record", "records")) naar \(path.onOneLine) geschreven.")
    }

    package static let exportHoldsContacts = Localized(
        en: "It holds contact details; the reason was recorded. Destroy it once it has served.",
        nl: "Er staan contactgegevens in; de reden is vastgelegd. Vernietig het zodra het gediend heeft.")

    package static func olderContactDetails(path: String) -> Localized {
        Localized(
            en: "\(path) is of an earlier export, and holds contact details: destroy it once it has served.",
            nl: "\(path) is van een eerdere export, en bevat contactgegevens: vernietig het zodra het gediend heeft.")
    }

    package static func importProgress(_ done: Int, of all: Int, _ bar: String) -> Localized {
        Localized(en: "\(bar) \(done) of \(all) rows", nl: "\(bar) \(done) van \(all) rijen")
    }

    package static func importDone(made: Int, changed: Int, unchanged: Int) -> Localized {
        Localized(
            en: "Imported: \(made) made, \(changed) changed, \(unchanged) so already. Not yet synced; stoep import undo takes it back.",
            nl: "Geïmporteerd: \(made) gemaakt, \(changed) veranderd, \(unchanged) al zo. Nog niet gesynchroniseerd; stoep import undo draait het terug.")
    }

    package static func importWould(made: Int, changed: Int, unchanged: Int) -> Localized {
        Localized(
            en: "Would import: \(made) made, \(changed) changed, \(unchanged) so already. Nothing was saved.",
            nl: "Zou importeren: \(made) gemaakt, \(changed) veranderd, \(unchanged) al zo. Er is niets opgeslagen.")
    }

    package static func importUndone(deleted: Int, restored: Int, kept: Int) -> Localized {
        Localized(
            en: "Taken back: \(deleted) deleted, \(restored) as before, \(kept) kept because something was built on them.",
            nl: "Teruggedraaid: \(deleted) verwijderd, \(restored) als voorheen, \(kept) gebleven omdat er iets bij kwam.")
    }

    package static func importRow(line: Int, _ message: Localized) -> Localized {
        Localized(en: "line \(line): \(message.en)", nl: "regel \(line): \(message.nl)")
    }
}

extension CommandFailure {
    package static let contactsNeedReason = CommandFailure(
        "contacts-need-reason", .usage,
        Localized(
            en: "contact details are exported only with a reason", nl: "contactgegevens worden alleen met een reden geëxporteerd"),
        advice: Localized(
            en: "Give --contact-details and --reason together; the reason is recorded. Nothing was written.",
            nl: "Geef --contact-details en --reason samen; de reden wordt vastgelegd. Er is niets geschreven."))

    package static func exportFailed(_ path: String, errno number: Int32) -> CommandFailure {
        let reason = Localized.systemError(number)
        return CommandFailure(
            "export-failed", .failed,
            Localized(
                en: "cannot write \(path.onOneLine): \(reason.en)", nl: "kan \(path.onOneLine) niet schrijven: \(reason.nl)"),
            advice: Localized(
                en: "A file that was there before is as it was. Try again where there is room.",
                nl: "Een bestand dat er al was, is zoals het was. Probeer het opnieuw waar ruimte is."),
            details: [.init("path", .string(path))])
    }

    package static func notATable(_ path: String, line: Int) -> CommandFailure {
        CommandFailure(
            "not-a-table", .usage,
            Localized(
                en: "\(path.onOneLine) is not comma-separated values, from line \(line) on",
                nl: "\(path.onOneLine) is geen lijst kommagescheiden waarden, vanaf regel \(line)"),
            advice: Localized(en: "Nothing was imported.", nl: "Er is niets geïmporteerd."),
            details: [.init("line", .number(line))])
    }

    package static func tableTooLarge(_ path: String, rows: Int) -> CommandFailure {
        CommandFailure(
            "table-too-large", .usage,
            Localized(
                en: "\(path.onOneLine) is larger than one import may be (\(rows) rows)",
                nl: "\(path.onOneLine) is groter dan één import mag zijn (\(rows) rijen)"),
            advice: Localized(
                en: "Cut it into several files, each with the first row. Nothing was imported.",
                nl: "Knip het in meer bestanden, elk met de eerste rij. Er is niets geïmporteerd."))
    }

    package static func columnUnknown(_ column: String, known: [String]) -> CommandFailure {
        CommandFailure(
            "column-unknown", .usage,
            Localized(
                en: "no field goes by the column “\(column.onOneLine)”", nl: "geen veld heet zoals de kolom ‘\(column.onOneLine)’"),
            advice: Localized(
                en: "Say --map \"\(column.onOneLine)=FIELD\", or leave it out with --map \"\(column.onOneLine)=\". Fields: \(known.joined(separator: ", ")).",
                nl: "Zeg --map \"\(column.onOneLine)=VELD\", of laat haar weg met --map \"\(column.onOneLine)=\". Velden: \(known.joined(separator: ", "))."),
            details: [.init("column", .string(column)), .init("fields", .strings(known))])
    }

    package static func mappingUnusable(_ typed: String) -> CommandFailure {
        CommandFailure(
            "mapping-unusable", .usage,
            Localized(
                en: "--map is a column and a field, as in club=name, not “\(typed.onOneLine)”",
                nl: "--map is een kolom en een veld, als in club=name, niet ‘\(typed.onOneLine)’"),
            advice: Localized(en: "Nothing was imported.", nl: "Er is niets geïmporteerd."))
    }

    /// - Parameter faults: the first of them, each as a person reads it.
    package static func rowsUnusable(_ count: Int, faults: [Localized], details: [JSON]) -> CommandFailure {
        let shown = Localized.joined(faults, separator: "\n")
        return CommandFailure(
            "rows-unusable", .failed,
            Localized(
                en: "\(counted(count, "row cannot", "rows cannot")) be imported",
                nl: "\(counted(count, "rij is", "rijen zijn")) niet te importeren"),
            advice: Localized(
                en: "\(shown.en)\nNothing was imported. Mend the file, or leave such rows out with --skip-bad.",
                nl: "\(shown.nl)\nEr is niets geïmporteerd. Herstel het bestand, of laat zulke rijen weg met --skip-bad."),
            details: [.init("rows", .array(details))])
    }

    package static func featureUnusable(_ number: Int, what: String) -> CommandFailure {
        CommandFailure(
            "feature-unusable", .usage,
            Localized(
                en: "feature \(number) is no area: \(what.onOneLine)", nl: "feature \(number) is geen gebied: \(what.onOneLine)"),
            advice: Localized(en: "Nothing was imported.", nl: "Er is niets geïmporteerd."),
            details: [.init("feature", .number(number)), .init("what", .string(what))])
    }

    package static func notGeoJSON(_ path: String, offset: Int) -> CommandFailure {
        CommandFailure(
            "not-geojson", .usage,
            Localized(
                en: "\(path.onOneLine) is not GeoJSON: it cannot be read from byte \(offset) on",
                nl: "\(path.onOneLine) is geen GeoJSON: vanaf byte \(offset) is het niet te lezen"),
            advice: Localized(en: "Nothing was imported.", nl: "Er is niets geïmporteerd."))
    }

    package static let nothingImported = CommandFailure(
        "nothing-imported", .usage,
        Localized(
            en: "no import was made from this laptop that could be taken back",
            nl: "er is vanaf deze laptop geen import gedaan die terug te draaien is"),
        advice: Localized(en: "Nothing was changed.", nl: "Er is niets veranderd."))
}
