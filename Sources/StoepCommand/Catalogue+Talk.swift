import StoepModel

// stoep talk: what is said of conversations.
extension Localized {
    /// It is on the disk, whatever happens to the machine now.
    package static func talkSaved(id: String) -> Localized {
        Localized(
            en: "Saved as \(id.onOneLine) on this laptop. Not yet synced.",
            nl: "Opgeslagen als \(id.onOneLine) op deze laptop. Nog niet gesynchroniseerd.")
    }

    package static func talkChanged(id: String) -> Localized {
        Localized(
            en: "Changed \(id.onOneLine) on this laptop. Not yet synced.",
            nl: "\(id.onOneLine) veranderd op deze laptop. Nog niet gesynchroniseerd.")
    }

    package static let talkUnchanged = Localized(
        en: "Nothing changed: it says that already.", nl: "Er is niets veranderd: het staat er al zo.")

    /// The store was held by another command for too long; what was said waits as a draft.
    package static func talkKeptAsDraft(path: String) -> Localized {
        Localized(
            en: "The store is busy. What you recorded is kept as a draft and goes in with the next command: \(path.onOneLine)",
            nl: "De opslag is bezet. Wat je vastlegde is als klad bewaard en gaat mee met de volgende opdracht: \(path.onOneLine)")
    }

    /// What is kept, under the consent that was given.
    package static func talkKeeps(consent: String, _ words: ResidentWords = .standard) -> Localized {
        switch consent {
        case "none":
            Localized(
                en: "Kept: that there was a conversation, no more.",
                nl: "Bewaard: dat er een gesprek was, meer niet.")
        case "contact":
            Localized(
                en: "Kept: the conversation; the \(words.one.en) allowed contact details to be kept as well.",
                nl: "Bewaard: het gesprek; de \(words.one.nl) vindt het goed dat ook contactgegevens bewaard worden.")
        default:
            Localized(
                en: "Kept: the conversation, without the name of the \(words.one.en).",
                nl: "Bewaard: het gesprek, zonder de naam van de \(words.one.nl).")
        }
    }

    /// Where a conversation was recorded: said because it may be the area of the one before.
    package static func talkArea(name: String, code: String) -> Localized {
        Localized(
            en: "Area: \(name.onOneLine) (\(code.onOneLine)).", nl: "Gebied: \(name.onOneLine) (\(code.onOneLine)).")
    }

    /// Drafts of earlier commands that this one saved.
    package static func draftsSaved(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "draft is", "drafts are")) saved that waited here.",
            nl: "\(counted(count, "klad is", "kladden zijn")) opgeslagen dat hier wachtte.")
    }

    /// Somebody whom the roster here does not name.
    package static let somebody = Localized(en: "somebody not known here", nl: "iemand die hier niet bekend is")
    package static let theDaemon = Localized(en: "the daemon", nl: "de daemon")

    package static let talkListEmpty = Localized(
        en: "No conversations yet. stoep talk new records one.",
        nl: "Nog geen gesprekken. stoep talk new legt er een vast.")

    package static let talkListNone = Localized(
        en: "No such conversations here.", nl: "Zulke gesprekken zijn hier niet.")
    package static let labelHistory = Localized(en: "history", nl: "geschiedenis")

    package static func talkListMore(shown: Int, all: Int) -> Localized {
        Localized(
            en: "\(shown) of \(counted(all, "conversation", "conversations")); --limit shows more.",
            nl: "\(shown) van \(counted(all, "gesprek", "gesprekken")); --limit toont er meer.")
    }

    /// A consent as people read it.
    package static func consent(_ consent: String) -> Localized {
        Consent(named: consent).map { Localized($0.words) } ?? .same(consent.onOneLine)
    }

    // Fields, as headers and labels.

    package static let labelID = Localized.same("id")
    package static let labelWhen = Localized(en: "when", nl: "wanneer")
    package static let labelArea = Localized(en: "area", nl: "gebied")
    package static let labelPlace = Localized(en: "place", nl: "plek")
    package static let labelThemes = Localized(en: "themes", nl: "thema's")
    package static let labelWords = Localized(en: "words", nl: "woorden")
    package static let labelObservation = Localized(en: "observation", nl: "observatie")
    package static let labelLanguage = Localized(en: "language", nl: "taal")
    package static let labelConsent = Localized(en: "consent", nl: "toestemming")
    package static let labelMinutes = Localized(en: "minutes", nl: "minuten")
    package static let labelHeadcount = Localized(en: "people", nl: "mensen")
    package static let labelHeardBy = Localized(en: "heard by", nl: "gehoord door")
    package static let labelChangedBy = Localized(en: "changed by", nl: "veranderd door")
    package static let labelName = Localized(en: "name", nl: "naam")
    package static let labelCode = Localized.same("code")
    package static let labelConflict = Localized(en: "other values", nl: "andere waarden")

    /// A field of a conversation by its name in the schema; an unknown one as it is written.
    package static func field(_ name: String) -> Localized { field(name, of: "conversation") }

    /// A field by its name in the schema, and a list's item by its number (`agenda[2]`); an unknown one as it is written.
    package static func field(_ name: String, of collection: String) -> Localized {
        let bare = String(name.prefix { $0 != "[" })
        guard let words = Schema.current.collection(named: collection)?.field(named: bare)?.words else {
            // Of a row in a table: how many cells it has.
            return name == "columns" ? Localized(en: "columns", nl: "kolommen") : .same(name.onOneLine)
        }
        let rest = name.dropFirst(bare.count)
        return Localized(en: words.en + rest, nl: words.nl + rest)
    }

    fileprivate static let nothingChanged = Localized(en: "Nothing was changed.", nl: "Er is niets veranderd.")
}

extension CommandFailure {
    package static func wordsNotYours(
        id: String, heardBy: String, _ words: ResidentWords = .standard
    ) -> CommandFailure {
        CommandFailure(
            "words-not-yours", .notAllowed,
            Localized(
                en: "the words of a \(words.one.en) can be edited only by who heard them; these were heard by \(heardBy.onOneLine)",
                nl: "de woorden van een \(words.one.nl) kan alleen veranderen wie ze hoorde; deze hoorde \(heardBy.onOneLine)"),
            advice: Localized(
                en: "Add what you know to the observation: stoep talk edit \(id.onOneLine) --observation … Nothing was changed.",
                nl: "Zet wat jij weet bij de observatie: stoep talk edit \(id.onOneLine) --observation … Er is niets veranderd."),
            details: [.init("id", .string(id))])
    }

    package static func unknownID(_ typed: String) -> CommandFailure {
        CommandFailure(
            "unknown-id", .failed,
            Localized(
                en: "nothing here has an id that begins with \(typed.onOneLine)",
                nl: "niets hier heeft een id die met \(typed.onOneLine) begint"),
            advice: Localized(
                en: "stoep talk list shows the ids. What a colleague recorded is here after stoep sync.",
                nl: "stoep talk list toont de id's. Wat een collega vastlegde is hier na stoep sync."),
            details: [.init("id", .string(typed))])
    }

    package static func ambiguousID(_ typed: String, candidates: [String]) -> CommandFailure {
        let shown = candidates.prefix(5).map(\.onOneLine).joined(separator: ", ")
        return CommandFailure(
            "ambiguous-id", .failed,
            Localized(
                en: "\(counted(candidates.count, "record begins", "records begin")) with \(typed.onOneLine): \(shown)",
                nl: "\(counted(candidates.count, "record begint", "records beginnen")) met \(typed.onOneLine): \(shown)"),
            advice: Localized(en: "Type more of the id.", nl: "Typ meer van de id."),
            details: [.init("id", .string(typed)), .init("candidates", .strings(candidates))])
    }

    /// What was typed cannot be the beginning of an id.
    package static func notAnID(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-an-id", .usage,
            Localized(
                en: "“\(typed.onOneLine)” is not an id or the beginning of one",
                nl: "‘\(typed.onOneLine)’ is geen id of het begin ervan"))
    }

    /// Lowering consent to none erases, and so stands alone.
    package static func loweringConsent(id: String) -> CommandFailure {
        CommandFailure(
            "lowering-consent", .notAllowed,
            Localized(
                en: "to lower consent to none erases \(id.onOneLine), so it cannot go with other changes",
                nl: "toestemming verlagen naar none wist \(id.onOneLine), en kan dus niet samen met andere wijzigingen"),
            advice: Localized(
                en: "Nothing was changed. To erase it, edit it with --consent none alone.",
                nl: "Er is niets veranderd. Om te wissen: bewerk het met alleen --consent none."),
            details: [.init("id", .string(id))])
    }

    /// Words or an observation beside `--consent none`, under which nothing of them may be kept.
    package static let consentKeepsNothing = CommandFailure(
        "consent-keeps-nothing", .usage,
        Localized(
            en: "with --consent none only counts are kept: no words, observation, place or themes",
            nl: "met --consent none blijven alleen aantallen: geen woorden, observatie, plek of thema's"),
        advice: Localized(
            en: "Leave them out, or ask whether the conversation may be kept without a name. Nothing was saved.",
            nl: "Laat ze weg, of vraag of het gesprek zonder naam bewaard mag worden. Er is niets opgeslagen."))

    package static let nothingToChange = CommandFailure(
        "nothing-to-change", .usage,
        Localized(en: "say what to change", nl: "zeg wat er moet veranderen"),
        advice: Localized(
            en: "For example --observation - or --theme NAME; stoep help talk edit shows all.",
            nl: "Bijvoorbeeld --observation - of --theme NAAM; stoep help talk edit toont alles."))

    package static func areaElsewhere(id: String, area: String) -> CommandFailure {
        CommandFailure(
            "area-elsewhere", .notAllowed,
            Localized(
                en: "\(area.onOneLine) is read by other people than this: it cannot stand there",
                nl: "\(area.onOneLine) wordt door andere mensen gelezen dan dit: het kan daar niet staan"),
            advice: Localized(
                en: "Ask the coordinator. Nothing was changed.",
                nl: "Vraag de coördinator. Er is niets veranderd."),
            details: [.init("id", .string(id)), .init("area", .string(area))])
    }

    package static let areaNeeded = CommandFailure(
        "area-needed", .usage,
        Localized(
            en: "say in which area it was: this laptop records for several",
            nl: "zeg in welk gebied het was: deze laptop legt voor meer gebieden vast"),
        advice: Localized(
            en: "With --area; stoep area list shows them. It is remembered for the next conversation. Nothing was saved.",
            nl: "Met --area; stoep area list toont ze. Het wordt onthouden voor het volgende gesprek. Er is niets opgeslagen."))

    /// A rule of the space, by its name.
    package static func notAllowedByRule(_ rule: String) -> CommandFailure {
        CommandFailure(
            "not-allowed", .notAllowed,
            Localized(
                en: "the rules of this space do not allow it: \(rule.onOneLine)",
                nl: "de regels van deze ruimte laten het niet toe: \(rule.onOneLine)"),
            advice: .nothingChanged, details: [.init("rule", .string(rule))])
    }

    /// Two records of different kinds or logs.
    package static func notJoinable(_ one: String, _ other: String) -> CommandFailure {
        CommandFailure(
            "not-joinable", .notAllowed,
            Localized(
                en: "\(one.onOneLine) and \(other.onOneLine) cannot be the same: they are of different kinds, or other people read the one",
                nl: "\(one.onOneLine) en \(other.onOneLine) kunnen niet dezelfde zijn: ze zijn van een andere soort, of anderen lezen de ene"),
            advice: .nothingChanged, details: [.init("ids", .strings([one, other]))])
    }

    package static func textTooLong(field: Localized, limit: Int) -> CommandFailure {
        CommandFailure(
            "text-too-long", .usage,
            Localized(
                en: "\(field.en): more than \(counted(limit, "character", "characters"))",
                nl: "\(field.nl): meer dan \(counted(limit, "teken", "tekens"))"),
            advice: .nothingChanged)
    }

    /// An owner's store, or another area's volunteer: conversations are not for this device.
    package static let talksNotGranted = CommandFailure(
        "talks-not-granted", .notAllowed,
        Localized(
            en: "this laptop may not read or record conversations there",
            nl: "deze laptop mag daar geen gesprekken lezen of vastleggen"),
        advice: Localized(
            en: "The coordinator decides who may, area by area; stoep status shows what this laptop may.",
            nl: "De coördinator bepaalt per gebied wie dat mag; stoep status toont wat deze laptop mag."))
}
