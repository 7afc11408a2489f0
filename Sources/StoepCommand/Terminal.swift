import Glibc

/// What is known of where the output goes. Asked once, at the start.
package struct Terminal: Sendable {
    /// Whether standard output is a terminal.
    package let showsOutput: Bool
    /// Whether standard error is a terminal.
    package let showsErrors: Bool
    /// Whether standard input is one: without, nothing is ever asked.
    package let canAnswer: Bool
    /// In columns; nil where lines may be as long as they are.
    package let columns: Int?

    package init(showsOutput: Bool, showsErrors: Bool, canAnswer: Bool, columns: Int?) {
        self.showsOutput = showsOutput
        self.showsErrors = showsErrors
        self.canAnswer = canAnswer
        self.columns = columns
    }

    /// No terminal anywhere.
    package static let none = Terminal(showsOutput: false, showsErrors: false, canAnswer: false, columns: nil)

    package static func current(environment: Environment) -> Terminal {
        let showsOutput = isatty(STDOUT_FILENO) == 1
        let showsErrors = isatty(STDERR_FILENO) == 1
        return Terminal(
            showsOutput: showsOutput,
            showsErrors: showsErrors,
            canAnswer: isatty(STDIN_FILENO) == 1,
            columns: columnsAsked(environment)
                ?? (showsOutput ? columns(of: STDOUT_FILENO) : nil)
                ?? (showsErrors ? columns(of: STDERR_FILENO) : nil))
    }

    /// `COLUMNS`, where it says something that a line can have.
    private static func columnsAsked(_ environment: Environment) -> Int? {
        environment["COLUMNS"].flatMap { Int($0) }.flatMap { (20...1000).contains($0) ? $0 : nil }
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }
}
