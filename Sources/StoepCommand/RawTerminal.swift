import Glibc

/// A terminal that gives every key at once and shows none, for as long as something is asked. Whatever ends the program
/// meanwhile leaves the terminal as it was: with it mute, whoever sits there would not know what to do.
enum RawTerminal {
    /// - Parameter pause: after how many tenths of a second without a key a read ends; nil for never.
    /// - Returns: nil where this is no terminal.
    static func with<Result>(_ terminal: Int32, pause: UInt8?, _ body: () -> Result) -> Result? {
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return nil }
        var raw = before
        // Ctrl-C is a key as well.
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        withUnsafeMutableBytes(of: &raw.c_cc) { controls in
            controls[Int(VMIN)] = pause == nil ? 1 : 0
            controls[Int(VTIME)] = pause ?? 0
        }
        restored = (terminal, before)
        let actions = endings.map { number -> (Int32, sigaction) in
            var (restoring, old) = (sigaction(), sigaction())
            restoring.__sigaction_handler.sa_handler = restoreAndEnd
            sigaction(number, &restoring, &old)
            return (number, old)
        }
        defer {
            tcsetattr(terminal, TCSADRAIN, &before)
            for (number, action) in actions {
                var action = action
                sigaction(number, &action, nil)
            }
            restored = nil
        }
        guard tcsetattr(terminal, TCSADRAIN, &raw) == 0 else { return nil }
        return body()
    }

    /// What ends a program from outside.
    private static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Written before the handlers are set and read by them alone: one thread asks at a time.
    nonisolated(unsafe) private static var restored: (terminal: Int32, settings: termios)?

    /// Calls only what a handler may call (POSIX.1-2017, 2.4.3).
    private static let restoreAndEnd: @convention(c) (Int32) -> Void = { number in
        if case (let terminal, var settings)? = restored { tcsetattr(terminal, TCSANOW, &settings) }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(number, &action, nil)
        raise(number)
    }
}
