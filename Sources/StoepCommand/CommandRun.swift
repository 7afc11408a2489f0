import Glibc

/// One run of a program, from the command line to the exit status: what both executables do the same way.
///
///     let run = CommandRun<StoepVerb>()
///     run.finish { verb, arguments, console in … return .done }
package struct CommandRun<Verb: CommandVerb>: Sendable {
    package let table = CommandTable<Verb>()
    package let console: Console
    private let arguments: [String]
    private let argumentsFailure: CommandFailure?
    private let context: ParseContext

    package init() {
        OutputStream.ignoreBrokenPipes()
        let environment = Environment.process
        (arguments, argumentsFailure) = Self.commandLine()
        context = .system()
        console = Console(
            program: Verb.program.name,
            settings: OutputSettings(
                arguments: arguments, environment: environment, terminal: .current(environment: environment)))
    }

    /// For tests: a run with everything given.
    package init(arguments: [String], context: ParseContext, console: Console) {
        self.arguments = arguments
        argumentsFailure = nil
        self.context = context
        self.console = console
    }

    /// Reads the command line, has `body` do what it asks for, tells what went wrong, and says with which
    /// status to end.
    package func status(
        _ body: (Verb, ParsedArguments, Console) throws -> ExitCode
    ) -> ExitCode {
        do {
            guard let (verb, arguments) = try start() else { return end(.done) }
            return end(try body(verb, arguments, console))
        } catch {
            return end(tell(error))
        }
    }

    /// The same for a body that waits.
    package func status(
        _ body: (Verb, ParsedArguments, Console) async throws -> ExitCode
    ) async -> ExitCode {
        do {
            guard let (verb, arguments) = try start() else { return end(.done) }
            return end(try await body(verb, arguments, console))
        } catch {
            return end(tell(error))
        }
    }

    /// Runs and ends the process.
    package func finish(_ body: (Verb, ParsedArguments, Console) throws -> ExitCode) -> Never {
        exit(status(body).rawValue)
    }

    package func finish(_ body: (Verb, ParsedArguments, Console) async throws -> ExitCode) async -> Never {
        exit(await status(body).rawValue)
    }

    /// Answers help and version itself; otherwise what is to be done.
    private func start() throws(CommandFailure) -> (Verb, ParsedArguments)? {
        if let argumentsFailure { throw argumentsFailure }
        switch try table.parse(arguments, context: context) {
        case .run(let verb, let arguments):
            return (verb, arguments)
        case .version:
            let program = table.program
            console.answer(["program": .string(program.name), "version": .string(program.version)]) {
                console.print("\(program.name) \(program.version)")
            }
        case .help(let words):
            let help = Help(table, language: console.language, columns: console.settings.terminal.columns)
            console.answer(["help": .string(help.text(about: words))]) { console.print(help.text(about: words)) }
        }
        return nil
    }

    private func tell(_ error: any Error) -> ExitCode {
        let failure = (error as? CommandFailure) ?? .unexpected(String(describing: error))
        console.report(failure)
        return failure.code
    }

    /// What was to be read but could not be written was not done.
    private func end(_ code: ExitCode) -> ExitCode {
        guard code == .done, let number = console.output.failure else { return code }
        return tell(CommandFailure.outputFailed(errno: number))
    }

    /// The words after the program's name; a failure where one is not text.
    private static func commandLine() -> ([String], CommandFailure?) {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index] else { break }
            guard let word = String(validatingCString: bytes) else {
                return (words, .argumentNotText(position: index))
            }
            words.append(word)
        }
        return (words, nil)
    }
}
