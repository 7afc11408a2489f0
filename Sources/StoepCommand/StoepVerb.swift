import StoepModel

/// The commands of `stoep`, for the volunteer and the owner of a theme.
package enum StoepVerb: CommandVerb {
    /// One with a story of its own.
    case own(OwnVerb)
    case square(SquareVerb)
    case desk(DeskVerb)
    /// What is done with any kind of record.
    case record(RecordNoun, RecordAction)

    package static let allCases: [StoepVerb] =
        OwnVerb.allCases.map { .own($0) } + SquareVerb.allCases.map { .square($0) }
        + DeskVerb.allCases.map { .desk($0) }
        + RecordNoun.allCases.flatMap { noun in noun.actions.map { .record(noun, $0) } }

    package static let program = ProgramSpec(
        name: "stoep",
        version: "0.1.0",
        summary: Localized(
            en: "record conversations on the street without a network, and bring them together later",
            nl: "leg gesprekken op straat vast zonder netwerk, en breng ze later bij elkaar"),
        globals: [.store, .passphraseFile, .json, .lang, .quiet, .help, .version],
        nouns: [
            ("talk", Localized(en: "conversations with residents", nl: "gesprekken met bewoners")),
            ("theme", Localized(en: "what conversations are about", nl: "waar gesprekken over gaan")),
            ("tally", Localized(en: "how many were approached", nl: "hoeveel mensen aangesproken zijn")),
            ("area", Localized(en: "neighbourhoods", nl: "buurten")),
            ("consent", Localized(en: "how consent is asked for", nl: "hoe om toestemming gevraagd wordt")),
            ("bundle", .bundleNoun),
            ("import", Localized(en: "tables from files", nl: "tabellen uit bestanden")),
        ] + RecordNoun.allCases.filter { $0 != .theme }.map { ($0.rawValue, Localized($0.definition.many)) },
        topics: HelpTopic.all)

    package var path: [String] {
        switch self {
        case .own, .square, .desk: spec.path
        case .record(let noun, let action): CommandSpec.path(noun, action)
        }
    }

    package var spec: CommandSpec {
        switch self {
        case .own(let verb): verb.spec
        case .square(let verb): verb.spec
        case .desk(let verb): verb.spec
        case .record(let noun, let action): .record(noun, action)
        }
    }
}

/// The commands of `stoep` that are like no other.
package enum OwnVerb: CaseIterable, Hashable, Sendable {
    case join
    case talkNew, talkList, talkShow, talkEdit, talkReply, talkHistory, talkUndo, talkDelete
    case tallyAdd, tallyList
    case signal, signalList, signalAnswer, near
    case personContact, personExport, consentAdd, consentList
    case due
    case erase, redact
    case themeNew, themeList, themeOwn, themeSplit, themeMerge
    case areaList, areaFind
    case sync, share, status
    case bundleExport, bundleImport, bundleInspect, bundleFrontier
    case conflicts, resolve
    case unlock, lock, passphrase
    case search
    case doctor, backup, restore

    package var spec: CommandSpec {
        switch self {
        case .join: .join
        case .talkNew: .talkNew
        case .talkList: .talkList
        case .talkShow: .talkShow
        case .talkEdit: .talkEdit
        case .talkReply: .talkReply
        case .talkHistory: .talkHistory
        case .talkUndo: .talkUndo
        case .talkDelete: .talkDelete
        case .tallyAdd: .tallyAdd
        case .tallyList: .tallyList
        case .signal: .signal
        case .signalList: .signalList
        case .signalAnswer: .signalAnswer
        case .near: .near
        case .personContact: .personContact
        case .personExport: .personExport
        case .consentAdd: .consentAdd
        case .consentList: .consentList
        case .due: .due
        case .erase: .erase
        case .redact: .redact
        case .themeNew: .themeNew
        case .themeList: .themeList
        case .themeOwn: .themeOwn
        case .themeSplit: .themeSplit
        case .themeMerge: .themeMerge
        case .areaList: .areaList
        case .areaFind: .areaFind
        case .sync: .sync
        case .share: .share
        case .status: .status
        case .bundleExport: .bundleExport
        case .bundleImport: .bundleImport
        case .bundleInspect: .bundleInspect
        case .bundleFrontier: .bundleFrontier
        case .conflicts: .conflicts
        case .resolve: .resolve
        case .unlock: .unlock
        case .lock: .lock
        case .passphrase: .passphrase
        case .search: .search
        case .doctor: .doctor
        case .backup: .backup
        case .restore: .restore
        }
    }
}
