/// The languages that every message exists in.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case dutch = "nl"

    /// The language asked for: `--lang`, then `STOEP_LANG`, then what the system says (`LC_ALL`,
    /// `LC_MESSAGES`, `LANG`, the first that is set, as POSIX has it). English where nobody says.
    package static func chosen(option: String?, environment: Environment) -> Language {
        if let option { return Language(locale: option) }
        for name in ["STOEP_LANG", "LC_ALL", "LC_MESSAGES", "LANG"] {
            if let locale = environment[name], !locale.isEmpty { return Language(locale: locale) }
        }
        return .english
    }

    /// `nl`, `nl_NL.UTF-8`, `nl-BE` are Dutch; everything else is English, which is there for everybody.
    package init(locale: String) {
        let letters = locale.utf8.prefix { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") }
        let isDutch = letters.elementsEqual("nl".utf8) || letters.elementsEqual("NL".utf8)
        self = isDutch ? .dutch : .english
    }
}
