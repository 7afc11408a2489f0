import Foundation
import Testing

/// One of the real programs on a terminal of its own, at which a test types and reads the screen.
final class TerminalProgram {
    let pid: pid_t
    private let terminal: Int32
    private var shown = ""
    private var code: Int32?

    // Linux's TIOCSPTLCK and TIOCGPTN, and glibc's POSIX_SPAWN_SETSID: macros that Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430
    private static let inSession: Int16 = 0x80

    init(
        _ program: String, _ arguments: [String], scratch: String, columns: UInt16 = 80,
        environment: [String: String] = [:]
    ) throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (number, isLocked): (Int32, Int32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, Self.setLock, &isLocked) == 0,
            ioctl(terminal, Self.getNumber, &number) == 0
        else { throw Failure("no terminal") }
        self.terminal = terminal
        let path = "/dev/pts/\(number)"
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        _ = fcntl(terminal, F_SETFL, O_NONBLOCK)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens is the one that steers it.
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, path, O_RDWR, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.inSession)

        var variables = ["HOME": scratch, "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC", "TERM": "xterm"]
        variables.merge(environment) { $1 }
        let executable = RunningProgram.path(program)
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var started: pid_t = 0
        let result = posix_spawn(&started, executable, &actions, &attributes, &argv, &envp)
        guard result == 0 else { throw Failure("\(executable): \(String(cString: strerror(result)))") }
        pid = started
    }

    deinit {
        kill()
        close(terminal)
    }

    /// Everything that was written to the screen so far, as it was written.
    var screen: String {
        drain()
        return shown
    }

    private var bytes: [UInt8] = []

    private func drain() {
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(terminal, &piece, piece.count)
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        shown = String(decoding: bytes, as: UTF8.self)
    }

    func type(_ keys: String) {
        let all = Array(keys.utf8)
        _ = write(terminal, all, all.count)
    }

    /// Waits until the screen has a text, behind everything that it had when `type` was called last.
    func shows(_ text: String, times: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while screen.components(separatedBy: text).count - 1 < times {
            guard ContinuousClock.now < deadline else {
                throw Failure("the screen does not show “\(text)”: \(shown)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits for the end: the exit status, or the negated signal that ended it.
    func end(within limit: Duration = .seconds(60)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            // A screen that nobody reads holds up who writes.
            drain()
            if let code = poll() { return code }
            guard ContinuousClock.now < deadline else {
                kill()
                throw Failure("it did not end within \(limit): \(shown)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
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

extension Laptop {
    /// The same command, typed at a terminal.
    func terminal(
        _ arguments: String..., columns: UInt16 = 80, environment: [String: String] = [:]
    ) throws -> TerminalProgram {
        try TerminalProgram(
            "stoep", ["--store", store] + arguments, scratch: space.folder + "/scratch", columns: columns,
            environment: environment)
    }
}
