/// The commands of `stoep`, for the volunteer and the owner of a theme.
package enum StoepVerb: CommandVerb {
    case join
    case talkNew, talkList, talkShow, talkEdit, talkHistory, talkUndo
    case erase, redact
    case themeNew, themeList
    case areaList, areaFind
    case sync, share, status
    case bundleExport, bundleImport, bundleInspect, bundleFrontier
    case conflicts, resolve
    case unlock, lock, passphrase
    case search
    case doctor, backup, restore

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
            ("area", Localized(en: "neighbourhoods", nl: "buurten")),
            ("bundle", .bundleNoun),
        ])

    package var spec: CommandSpec {
        switch self {
        case .join: .join
        case .talkNew: .talkNew
        case .talkList: .talkList
        case .talkShow: .talkShow
        case .talkEdit: .talkEdit
        case .talkHistory: .talkHistory
        case .talkUndo: .talkUndo
        case .erase: .erase
        case .redact: .redact
        case .themeNew: .themeNew
        case .themeList: .themeList
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
