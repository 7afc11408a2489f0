/// Why a command could not do what was asked: a stable name for scripts, a sentence for people, and what
/// they can do next. The catalogue of them stands in `CommandFailure+….swift`; an executable throws one
/// of those and makes up none.
package struct CommandFailure: Error, Sendable, Equatable {
    /// Kebab-case and stable: `invitation-expired`.
    package let name: String
    package let code: ExitCode
    package let message: Localized
    /// What to do now, where there is something.
    package let advice: Localized?
    /// What a script wants to know beside the name; shown with `--json` only.
    package let details: [JSON.Member]

    package init(
        _ name: String, _ code: ExitCode, _ message: Localized, advice: Localized? = nil,
        details: [JSON.Member] = []
    ) {
        self.name = name
        self.code = code
        self.message = message
        self.advice = advice
        self.details = details
    }

    /// The same failure with a name for scripts attached to what it is about.
    package func adding(_ key: String, _ value: JSON) -> CommandFailure {
        CommandFailure(name, code, message, advice: advice, details: details + [JSON.Member(key, value)])
    }

    /// What stands on standard error: `stoep: …`, then the advice on lines of its own.
    package func text(program: String, language: Language) -> String {
        var text = "\(program): \(message[language])"
        if let advice { text += "\n\(advice[language])" }
        return text
    }

    /// What stands on standard output with `--json`.
    package func json(language: Language) -> JSON {
        var error: [JSON.Member] = [
            JSON.Member("name", .string(name)),
            JSON.Member("message", .string(message[language])),
        ]
        if let advice { error.append(JSON.Member("advice", .string(advice[language]))) }
        if !details.isEmpty { error.append(JSON.Member("details", .object(details))) }
        return ["error": .object(error)]
    }
}
