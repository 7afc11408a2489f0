/// How a run speaks: decided before the command line is understood, because a mistake in it must be told in
/// the right language and form as well.
package struct OutputSettings: Sendable {
    package var language: Language
    package var json: Bool
    package var quiet: Bool
    package var terminal: Terminal
    /// Whether standard output takes colours.
    package var coloursOutput: Bool
    /// Whether standard error takes colours.
    package var coloursErrors: Bool
    /// What a resident is called; a space may say so once its store is open.
    package var words: ResidentWords = .standard

    /// Looks for `--json`, `--lang` and `--quiet` wherever they stand; the parser reads the same words later,
    /// strictly.
    package init(arguments: [String], environment: Environment, terminal: Terminal) {
        var language: String?
        var json = false
        var quiet = false
        var rest = arguments[...]
        while let argument = rest.popFirst(), argument != "--" {
            switch argument {
            case "--json": json = true
            case "--quiet": quiet = true
            case "--lang": language = rest.first
            default:
                if argument.hasPrefix("--lang=") { language = String(argument.dropFirst(7)) }
            }
        }
        self.language = Language.chosen(option: language, environment: environment)
        self.json = json
        self.quiet = quiet
        self.terminal = terminal
        let mayColour = environment.nonEmpty("NO_COLOR") == nil && environment["TERM"] != "dumb" && !quiet
        coloursOutput = mayColour && terminal.showsOutput && !json
        coloursErrors = mayColour && terminal.showsErrors
    }
}
