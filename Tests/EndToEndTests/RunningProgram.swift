import Foundation
import Testing

/// One of the real programs, started as a process. Its input and output are files, so that no descriptor of this
/// process reaches a child that was started beside it.
final class RunningProgram {
    /// Where the programs stand: beside the test runner, unless Tools/torture says which to drive.
    static let folder =
        ProcessInfo.processInfo.environment["STOEP_PROGRAMS"]
        ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path

    static func path(_ program: String) -> String { "\(folder)/\(program)" }

    private let commandLine: String
    private let inputPath: String
    private let outputPath: String
    private let errorPath: String
    let pid: pid_t
    private var code: Int32?

    /// - Parameters:
    ///   - program: one of ours by its name, or another by its path.
    ///   - scratch: a directory for what it reads and writes.
    ///   - environment: besides a `HOME` of its own and a plain locale.
    init(
        _ program: String, _ arguments: [String], input: String = "", scratch: String,
        environment: [String: String] = [:]
    ) throws {
        let base = "\(scratch)/\(UUID().uuidString)"
        inputPath = base + ".in"
        outputPath = base + ".out"
        errorPath = base + ".err"
        commandLine = ([program] + arguments).joined(separator: " ")
        try Data(input.utf8).write(to: URL(fileURLWithPath: inputPath))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, create, 0o600)

        var variables = ["HOME": scratch, "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"]
        variables.merge(environment) { $1 }
        let path = program.hasPrefix("/") ? program : Self.path(program)
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var started: pid_t = 0
        let result = posix_spawn(&started, path, &actions, nil, &argv, &envp)
        guard result == 0 else { throw Failure("\(path): \(String(cString: strerror(result)))") }
        pid = started
    }

    deinit {
        kill()
    }

    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
    var error: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }
    var isRunning: Bool { poll() == nil }

    /// Waits for the end: the exit status, or the negated signal that ended it.
    func end(within limit: Duration = .seconds(60)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let code = poll() { return code }
            guard ContinuousClock.now < deadline else {
                kill()
                throw Failure("\(commandLine) did not end within \(limit): \(output)\(error)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Takes away what it read and wrote, where thousands are started.
    func discard() {
        for path in [inputPath, outputPath, errorPath] { unlink(path) }
    }

    func send(_ signal: Int32) {
        if poll() == nil { Foundation.kill(pid, signal) }
    }

    /// `kill -9`, and waits until it is gone.
    func kill() {
        guard poll() == nil else { return }
        Foundation.kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        code = -SIGKILL
    }

    private func poll() -> Int32? {
        if let code { return code }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        code = signal == 0 ? (status >> 8) & 0xFF : -signal
        return code
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
