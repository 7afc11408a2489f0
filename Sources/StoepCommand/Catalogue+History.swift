// stoep talk history and undo, and records that are the same.
extension Localized {
    /// The line above what one change did.
    package static func historyStep(number: Int, by: String, when: Localized) -> Localized {
        Localized(en: "\(number)  \(by.onOneLine), \(when.en)", nl: "\(number)  \(by.onOneLine), \(when.nl)")
    }

    package static let historyRecorded = Localized(en: "recorded", nl: "vastgelegd")
    package static let historyMissing = Localized(
        en: "what it did is not here yet", nl: "wat het deed is hier nog niet")

    package static func historyMasked(_ rule: String) -> Localized {
        Localized(en: "does not count: \(rule.onOneLine)", nl: "telt niet mee: \(rule.onOneLine)")
    }

    package static let historyUnknown = Localized(
        en: "something that a later version wrote", nl: "iets wat een latere versie schreef")
    package static let historyBeside = Localized(en: "at the same time", nl: "tegelijk")
    package static let historyNothing = Localized(en: "(nothing)", nl: "(niets)")

    package static let historyDeleted = Localized(en: "deleted", nl: "verwijderd")
    package static let historyErased = Localized(en: "erased", nl: "gewist")
    package static let historyFirst = Localized(en: "first", nl: "als eerste")

    package static func historyAfter(_ item: String) -> Localized {
        Localized(en: "after \(item.onOneLine)", nl: "na \(item.onOneLine)")
    }

    package static func sameAs(_ id: String) -> Localized {
        Localized(en: "the same as \(id.onOneLine)", nl: "dezelfde als \(id.onOneLine)")
    }

    package static func notSameAs(_ id: String) -> Localized {
        Localized(en: "not the same as \(id.onOneLine)", nl: "niet dezelfde als \(id.onOneLine)")
    }

    package static func undone(id: String, number: Int) -> Localized {
        Localized(
            en: "Change \(number) of \(id.onOneLine) is taken back. Not yet synced.",
            nl: "Wijziging \(number) van \(id.onOneLine) is teruggedraaid. Nog niet gesynchroniseerd.")
    }

    /// Why an undo leaves something as it is.
    package static func undoKept(field: Localized?, reason: String) -> Localized {
        let what = field ?? Localized(en: "the rest", nl: "de rest")
        return switch reason {
        case "overwritten":
            Localized(
                en: "Kept: \(what.en), because another value was written since.",
                nl: "Gebleven: \(what.nl), want er is sindsdien een andere waarde geschreven.")
        case "nothing-before":
            Localized(
                en: "Kept: \(what.en), because there was nothing before that it could go back to.",
                nl: "Gebleven: \(what.nl), want er stond eerst niets waarnaar het terug kan.")
        case "others":
            Localized(
                en: "Kept: \(what.en), as far as others did the same.",
                nl: "Gebleven: \(what.nl), voor zover anderen hetzelfde deden.")
        case "irrevocable":
            Localized(
                en: "Kept: the erasure, which is for ever.", nl: "Gebleven: het wissen, want dat is voorgoed.")
        default:
            Localized(
                en: "Kept: \(what.en), which this version cannot take back.",
                nl: "Gebleven: \(what.nl), wat deze versie niet kan terugdraaien.")
        }
    }
}

extension CommandFailure {
    /// Nil: no change of the record is this member's.
    package static func notYourChange(id: String, by name: String?) -> CommandFailure {
        let message =
            if let name {
                Localized(
                    en: "only your own changes can be undone; this one is by \(name.onOneLine)",
                    nl: "alleen je eigen wijzigingen kun je terugdraaien; deze is van \(name.onOneLine)")
            } else {
                Localized(
                    en: "none of the changes of \(id.onOneLine) is yours",
                    nl: "geen van de wijzigingen van \(id.onOneLine) is van jou")
            }
        return CommandFailure(
            "not-your-change", .notAllowed, message,
            advice: Localized(
                en: "stoep talk history shows who changed what. Nothing was changed.",
                nl: "stoep talk history toont wie wat veranderde. Er is niets veranderd."),
            details: [.init("id", .string(id))])
    }

    package static func unknownChange(_ typed: String) -> CommandFailure {
        CommandFailure(
            "unknown-change", .failed,
            Localized(
                en: "it has no change \(typed.onOneLine) here", nl: "het heeft hier geen wijziging \(typed.onOneLine)"),
            advice: Localized(
                en: "stoep talk history shows their numbers. Nothing was changed.",
                nl: "stoep talk history toont de nummers. Er is niets veranderd."),
            details: [.init("change", .string(typed))])
    }

    package static func cannotUndoRecording(id: String) -> CommandFailure {
        CommandFailure(
            "cannot-undo-recording", .notAllowed,
            Localized(
                en: "that change recorded \(id.onOneLine) itself, and cannot be undone",
                nl: "met die wijziging is \(id.onOneLine) zelf vastgelegd; ze kan niet worden teruggedraaid"),
            advice: Localized(
                en: "stoep talk edit changes what it says. Nothing was changed.",
                nl: "Met stoep talk edit verander je wat er staat. Er is niets veranderd."),
            details: [.init("id", .string(id))])
    }

    package static func nothingToUndo(id: String, kept: [Localized]) -> CommandFailure {
        CommandFailure(
            "nothing-to-undo", .failed,
            Localized(
                en: "nothing of that change of \(id.onOneLine) is left to take back",
                nl: "van die wijziging van \(id.onOneLine) is niets meer terug te draaien"),
            advice: kept.isEmpty ? nil : .joined(kept, separator: "\n"), details: [.init("id", .string(id))])
    }
}
