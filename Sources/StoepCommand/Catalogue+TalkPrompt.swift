// What stoep talk new asks on a terminal.
extension Localized {
    package static let promptWhat = Localized(en: "What was said?", nl: "Wat werd er gezegd?")
    package static let promptWho = Localized(
        en: "Who? (an alias; more with commas; Enter for nobody)",
        nl: "Wie? (een alias; meer met komma's; Enter voor niemand)")

    /// Where it was; what stands between brackets is taken with Enter.
    package static func promptWhere(_ offered: String) -> Localized {
        let taken = offered.isEmpty ? "" : " [\(offered.onOneLine)]"
        return Localized(en: "Where?\(taken)", nl: "Waar?\(taken)")
    }

    package static func promptUnfinished(time: String, text: String) -> Localized {
        Localized(
            en: "You did not finish this (\(time.onOneLine)): \(text.onOneLine)",
            nl: "Dit maakte je niet af (\(time.onOneLine)): \(text.onOneLine)")
    }

    package static let promptGoOn = Localized(
        en: "Enter goes on with it, n throws it away:", nl: "Enter gaat ermee verder, n gooit het weg:")

    /// A question that is carried along.
    package static func promptCarried(_ wording: String) -> Localized {
        Localized(en: "Ask along: \(wording.onOneLine)", nl: "Vraag mee: \(wording.onOneLine)")
    }

    package static func promptConsent(_ wording: String, version: String) -> Localized {
        Localized(
            en: "Ask first (\(version.onOneLine)): “\(wording.onOneLine)”",
            nl: "Vraag eerst (\(version.onOneLine)): ‘\(wording.onOneLine)’")
    }
}

extension CommandFailure {
    package static func talkInterrupted(isKept: Bool) -> CommandFailure {
        CommandFailure(
            "talk-interrupted", .failed,
            Localized(en: "not saved as a conversation", nl: "niet als gesprek opgeslagen"),
            advice: isKept
                ? Localized(
                    en: "What you typed is kept on this laptop: stoep talk new goes on with it.",
                    nl: "Wat je typte is op deze laptop bewaard: stoep talk new gaat ermee verder.")
                : Localized(en: "Nothing had been typed.", nl: "Er was nog niets getypt."))
    }
}
