import StoepModel

// What is said of any kind of record, in the words of the schema.
extension Localized {
    static func summary(_ action: RecordAction, one: Localized, many: Localized) -> Localized {
        switch action {
        case .new: Localized(en: "write down a new \(one.en)", nl: "schrijf een \(one.nl) op")
        case .list: Localized(en: "show the \(many.en)", nl: "toon de \(many.nl)")
        case .show:
            Localized(en: "show one \(one.en) whole, and what leads to it", nl: "toon één \(one.nl) in zijn geheel, en wat ernaar verwijst")
        case .edit: Localized(en: "change or add to a \(one.en)", nl: "verander een \(one.nl) of vul aan")
        case .same: Localized(en: "say that two \(many.en) are the same", nl: "zeg dat twee \(many.nl) dezelfde zijn")
        case .apart:
            Localized(en: "take \(many.en) apart that are not the same", nl: "haal \(many.nl) uit elkaar die niet dezelfde zijn")
        case .history: Localized(en: "show who changed what in a \(one.en), and when", nl: "toon wie wat in een \(one.nl) veranderde, en wanneer")
        case .undo: Localized(en: "take back a change of your own to a \(one.en)", nl: "draai een eigen wijziging van een \(one.nl) terug")
        case .delete: Localized(en: "delete a \(one.en)", nl: "verwijder een \(one.nl)")
        }
    }

    static func explanation(_ action: RecordAction) -> Localized? {
        switch action {
        case .new:
            Localized(
                en: "It is saved on this laptop at once, without a network; stoep sync brings it to the others.",
                nl: "Het wordt meteen op deze laptop opgeslagen, zonder netwerk; stoep sync brengt het naar de anderen.")
        case .edit:
            Localized(
                en: """
                    Only what is named changes. Without any option your editor opens with the texts. A text is compared \
                    with the version that was opened, or that --read names: what somebody else adds meanwhile stays.
                    """,
                nl: """
                    Alleen wat genoemd wordt verandert. Zonder opties gaat je editor open met de teksten. Een tekst wordt \
                    vergeleken met de versie die je opende, of die --read noemt: wat een ander intussen toevoegt blijft.
                    """)
        case .same:
            Localized(
                en: "Nothing of either is lost: they are shown together, and apart takes them apart again.",
                nl: "Van geen van beide gaat iets verloren: ze worden samen getoond, en apart haalt ze weer uit elkaar.")
        case .delete:
            Localized(
                en: """
                    It is shown no longer, here and after a sync anywhere. It is not erased: its history stays. What \
                    somebody adds without knowing of this brings it back.
                    """,
                nl: """
                    Het wordt niet meer getoond, hier en na een sync nergens. Gewist is het niet: de geschiedenis blijft. \
                    Wat een ander toevoegt zonder hiervan te weten, haalt het terug.
                    """)
        case .list, .show, .apart, .history, .undo: nil
        }
    }

    static func exampleMeaning(_ action: RecordAction, one: Localized, many: Localized) -> Localized {
        switch action {
        case .new: Localized(en: "A new \(one.en), offline as well.", nl: "Een \(one.nl) erbij, ook zonder netwerk.")
        case .list: Localized(en: "All \(many.en) that are here.", nl: "Alle \(many.nl) die hier zijn.")
        case .show, .edit, .undo, .delete:
            Localized(en: "The \(one.en) whose id begins with 4f2a.", nl: "Dat waarvan de id met 4f2a begint: \(one.nl).")
        case .same: Localized(en: "These two are one.", nl: "Deze twee zijn één.")
        case .apart: Localized(en: "It is none of the others.", nl: "Het is geen van de andere.")
        case .history: Localized(en: "Every change, numbered.", nl: "Elke wijziging, genummerd.")
        }
    }

    package static func recordSaved(_ one: Localized, id: String) -> Localized {
        Localized(
            en: "Saved as \(id.onOneLine) on this laptop (\(one.en)). Not yet synced.",
            nl: "Opgeslagen als \(id.onOneLine) op deze laptop (\(one.nl)). Nog niet gesynchroniseerd.")
    }

    package static func recordListEmpty(_ many: Localized) -> Localized {
        Localized(
            en: "Nothing here yet of these: \(many.en). stoep sync brings those of others.",
            nl: "Hier nog niets van deze soort: \(many.nl). stoep sync brengt die van anderen.")
    }

    package static func recordDeleted(id: String) -> Localized {
        Localized(
            en: "Deleted \(id.onOneLine): it is shown no longer. Its history stays.",
            nl: "\(id.onOneLine) verwijderd: het wordt niet meer getoond. De geschiedenis blijft.")
    }

    package static func joinedRecords(_ one: String, _ other: String) -> Localized {
        Localized(
            en: "\(one.onOneLine) and \(other.onOneLine) are the same from now on. Not yet synced.",
            nl: "\(one.onOneLine) en \(other.onOneLine) zijn voortaan dezelfde. Nog niet gesynchroniseerd.")
    }

    package static func separatedRecords(_ one: String) -> Localized {
        Localized(
            en: "\(one.onOneLine) stands apart from now on. Not yet synced.",
            nl: "\(one.onOneLine) staat voortaan apart. Nog niet gesynchroniseerd.")
    }

    package static let nothingToSay = Localized(
        en: "Nothing changed: that was so already.", nl: "Er is niets veranderd: dat was al zo.")
    package static let labelSame = Localized(en: "the same as", nl: "dezelfde als")
    package static let labelMadeBy = Localized(en: "written down by", nl: "opgeschreven door")

    /// A yes or a no.
    package static func flag(_ flag: Bool) -> Localized { flag ? yes : no }
}

extension CommandFailure {
    package static func unknownRecord(_ typed: String, _ one: Localized) -> CommandFailure {
        CommandFailure(
            "unknown-record", .failed,
            Localized(
                en: "nothing here goes by “\(typed.onOneLine)” (\(one.en))",
                nl: "niets hier heet ‘\(typed.onOneLine)’ (\(one.nl))"),
            advice: Localized(
                en: "Use its whole name, or the beginning of its id. Nothing was saved.",
                nl: "Gebruik de hele naam, of het begin van de id. Er is niets opgeslagen."),
            details: [.init("typed", .string(typed))])
    }

    package static func fieldEmpty(_ field: Localized) -> CommandFailure {
        CommandFailure(
            "field-empty", .usage,
            Localized(en: "it needs something here: \(field.en)", nl: "hier moet iets staan: \(field.nl)"),
            advice: Localized(en: "Nothing was saved.", nl: "Er is niets opgeslagen."))
    }
}
