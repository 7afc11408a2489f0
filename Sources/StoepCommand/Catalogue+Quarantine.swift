// stoepd: revoke, role, quarantine.
extension Localized {
    package static func revoked(name: String, cuts: Int) -> Localized {
        Localized(
            en: "\(name.onOneLine) has no access any more. What the daemon has goes on counting; chains cut: \(cuts).",
            nl: "\(name.onOneLine) heeft geen toegang meer. Wat de daemon heeft blijft tellen; afgekapte ketens: \(cuts).")
    }

    package static func deviceRevoked(key: String, name: String, cuts: Int) -> Localized {
        Localized(
            en: "Laptop \(key) of \(name.onOneLine) has no access any more. What the daemon has goes on counting; chains cut: \(cuts).",
            nl: "Laptop \(key) van \(name.onOneLine) heeft geen toegang meer. Wat de daemon heeft blijft tellen; afgekapte ketens: \(cuts).")
    }

    package static let revokedNext = Localized(
        en: "What is handed in later is kept aside: stoepd quarantine list shows it.",
        nl: "Wat later wordt ingeleverd blijft apart: stoepd quarantine list toont het.")

    package static func roleChanged(name: String, role: Localized, areas: [String]) -> Localized {
        let where_ = areas.map(\.onOneLine).joined(separator: " ")
        return Localized(
            en: "\(name.onOneLine): \(role.en)\(where_.isEmpty ? "" : ", \(where_)")",
            nl: "\(name.onOneLine): \(role.nl)\(where_.isEmpty ? "" : ", \(where_)")")
    }

    package static let labelActors = Localized.same("actor")
    package static let labelLaptop = Localized.same("laptop")
    package static let labelWho = Localized(en: "who", nl: "wie")
    package static let labelChanges = Localized(en: "changes", nl: "wijzigingen")
    package static let labelSince = Localized(en: "since", nl: "sinds")
    package static let labelReason = Localized(en: "why", nl: "waarom")
    package static let labelRevoked = Localized(en: "without access", nl: "zonder toegang")
    package static let labelKeptAside = Localized(en: "kept aside", nl: "apart gehouden")
    package static let quarantineNone = Localized(
        en: "Nothing waits for you to decide.", nl: "Er is niets waarover je moet beslissen.")
    package static let quarantineUnknownWho = Localized(en: "unknown", nl: "onbekend")

    package static func quarantineRefused(_ count: Int) -> Localized {
        Localized(en: "(\(count) refused)", nl: "(\(count) afgewezen)")
    }

    package static func quarantineBesides(_ reason: Localized, _ count: Int) -> Localized {
        Localized(
            en: "Besides, single parts of changes that do not count: \(count), \(reason.en)",
            nl: "Daarnaast losse delen van wijzigingen die niet tellen: \(count), \(reason.nl)")
    }

    package static func quarantineMore(_ count: Int) -> Localized {
        Localized(
            en: "… and \(counted(count, "change", "changes")) more. Release a part with --through, or all of it.",
            nl: "… en nog \(counted(count, "wijziging", "wijzigingen")). Geef een deel vrij met --through, of alles.")
    }

    package static func quarantineReleased(_ count: Int, log: String) -> Localized {
        Localized(
            en: "\(log.onOneLine): \(counted(count, "change counts", "changes count")) from now on, for everybody after their next sync.",
            nl: "\(log.onOneLine): \(counted(count, "wijziging telt", "wijzigingen tellen")) voortaan, voor iedereen na de volgende sync.")
    }

    package static func quarantineLeftOut(_ count: Int, log: String) -> Localized {
        Localized(
            en: "\(log.onOneLine): \(counted(count, "change stays", "changes stay")) out. quarantine list --all still shows it.",
            nl: "\(log.onOneLine): \(counted(count, "wijziging blijft", "wijzigingen blijven")) erbuiten. quarantine list --all toont het nog.")
    }

    /// Why something does not count, by the name that the protocol gives it.
    package static func reason(_ name: String) -> Localized {
        switch name {
        case "unknown-device": Localized(en: "the laptop is not known", nl: "de laptop is niet bekend")
        case "unknown-member": Localized(en: "the member is not known", nl: "het lid is niet bekend")
        case "role": Localized(en: "the role does not allow it", nl: "de rol staat het niet toe")
        case "partition": Localized(en: "the area was not granted", nl: "het gebied is niet toegekend")
        case "not-authority": Localized(en: "only the daemon writes this", nl: "alleen de daemon schrijft dit")
        case "beyond-cut": Localized(en: "later than what counts", nl: "later dan wat telt")
        case "not-owner": Localized(en: "only an owner of the theme may", nl: "alleen een eigenaar van het thema mag dat")
        case "not-creator": Localized(en: "only who recorded it may", nl: "alleen wie het vastlegde mag dat")
        case "malformed": Localized(en: "not as the protocol says", nl: "niet zoals het protocol voorschrijft")
        default: .same(name.onOneLine)
        }
    }

    /// What one operation of a change does, to be shown behind the field's name.
    package static func operation(_ kind: String, _ text: String) -> Localized {
        let text = text.displayable
        switch kind {
        case "set": return .same("= \(text)")
        case "add": return .same("+ \(text)")
        case "text": return .same("“\(text)”")
        case "remove": return Localized(en: "takes out \(text)", nl: "haalt er \(text) uit")
        case "count": return Localized(en: "counts \(text)", nl: "telt \(text)")
        case "move": return Localized(en: "moves an item", nl: "verplaatst een punt")
        case "delete": return Localized(en: "deletes it", nl: "verwijdert het")
        case "erase": return Localized(en: "erases it", nl: "wist het")
        case "same": return Localized(en: "is the same as \(text)", nl: "is dezelfde als \(text)")
        case "apart": return Localized(en: "is taken apart again", nl: "wordt weer losgemaakt")
        default: return Localized(en: "something of a later version", nl: "iets van een latere versie")
        }
    }

    fileprivate static let nothingDecided = Localized(en: "Nothing was changed.", nl: "Er is niets veranderd.")
}

extension CommandFailure {
    package static func unknownMember(_ typed: String) -> CommandFailure {
        CommandFailure(
            "unknown-member", .failed,
            Localized(
                en: "no member and no laptop is called or begins with “\(typed.onOneLine)”",
                nl: "geen lid en geen laptop heet of begint met ‘\(typed.onOneLine)’"),
            advice: Localized(
                en: "stoepd members shows all. Nothing was changed.", nl: "stoepd members toont alle. Er is niets veranderd."),
            details: [.init("member", .string(typed))])
    }

    package static func ambiguousMember(_ typed: String, candidates: [String]) -> CommandFailure {
        CommandFailure(
            "ambiguous-member", .failed,
            Localized(
                en: "“\(typed.onOneLine)” may be several: \(candidates.map(\.onOneLine).joined(separator: ", "))",
                nl: "‘\(typed.onOneLine)’ kan er meer dan één zijn: \(candidates.map(\.onOneLine).joined(separator: ", "))"),
            advice: .nothingDecided,
            details: [.init("member", .string(typed)), .init("candidates", .strings(candidates))])
    }

    package static func unknownLaptop(_ typed: String, candidates: [String]) -> CommandFailure {
        CommandFailure(
            "unknown-laptop", .failed,
            Localized(
                en: "\(typed.onOneLine) does not name one laptop of the member: \(candidates.map(\.onOneLine).joined(separator: ", "))",
                nl: "\(typed.onOneLine) is niet één laptop van het lid: \(candidates.map(\.onOneLine).joined(separator: ", "))"),
            advice: .nothingDecided,
            details: [.init("device", .string(typed)), .init("candidates", .strings(candidates))])
    }

    package static func nothingKeptAside(_ typed: String) -> CommandFailure {
        CommandFailure(
            "nothing-kept-aside", .failed,
            Localized(
                en: "nothing of \(typed.onOneLine) is kept aside", nl: "van \(typed.onOneLine) staat niets apart"),
            advice: Localized(
                en: "stoepd quarantine list shows what is. Nothing was changed.",
                nl: "stoepd quarantine list toont wat er apart staat. Er is niets veranderd."),
            details: [.init("actor", .string(typed))])
    }

    package static func ambiguousActor(_ typed: String, candidates: [String]) -> CommandFailure {
        CommandFailure(
            "ambiguous-actor", .failed,
            Localized(
                en: "several actors begin with \(typed.onOneLine): \(candidates.map(\.onOneLine).joined(separator: ", "))",
                nl: "er zijn meer actors die met \(typed.onOneLine) beginnen: \(candidates.map(\.onOneLine).joined(separator: ", "))"),
            advice: .nothingDecided,
            details: [.init("actor", .string(typed)), .init("candidates", .strings(candidates))])
    }

    package static func notReleasable(_ name: String) -> CommandFailure {
        let reason = Localized.reason(name)
        return CommandFailure(
            "not-releasable", .notAllowed,
            Localized(
                en: "this cannot be released: \(reason.en)", nl: "dit kan niet worden vrijgegeven: \(reason.nl)"),
            advice: .nothingDecided, details: [.init("reason", .string(name))])
    }

    package static func releaseTooShort(_ through: String) -> CommandFailure {
        CommandFailure(
            "release-too-short", .usage,
            Localized(
                en: "nothing that is kept aside comes up to change \(through.onOneLine), or what counts already would not",
                nl: "tot en met wijziging \(through.onOneLine) staat er niets apart, of wat al telt zou niet meer tellen"),
            advice: .nothingDecided, details: [.init("through", .string(through))])
    }
}
