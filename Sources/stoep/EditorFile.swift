import Glibc
import StoepCommand

/// The file that an editor opens: readable for nobody else, in a directory of its own, because editors leave their own
/// copies beside it.
struct EditorFile {
    let path: String
    private let directory: String
    private static let limitBytes = 16 << 20

    /// Where it is gone with the session (`XDG_RUNTIME_DIR`, in memory), else beside the store: never where everybody's
    /// programs leave their files.
    static func folder(_ environment: StoepCommand.Environment, store: String) -> String {
        guard let runtime = environment.nonEmpty("XDG_RUNTIME_DIR"), runtime.utf8.first == UInt8(ascii: "/"),
            isPrivate(runtime)
        else { return store }
        return runtime
    }

    private static let prefix = "stoep-edit-"

    /// Removes what was kept of a record's texts where saving them had failed: the record is erased.
    static func forget(_ id: String, _ environment: StoepCommand.Environment, store: String) {
        for folder in Set([store, folder(environment, store: store)]) {
            for name in entries(folder) where name.hasPrefix(prefix) {
                let file = EditorFile(directory: "\(folder)/\(name)")
                let isOfIt = entries(file.directory).contains { left in
                    let stem = left.prefix { $0 != "." }
                    return stem.utf8.count >= 8 && id.hasPrefix(stem)
                }
                if isOfIt { file.remove() }
            }
        }
    }

    /// One that was kept.
    private init(directory: String) {
        self.directory = directory
        path = directory
    }

    private static func entries(_ directory: String) -> [String] {
        guard let folder = opendir(directory) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func isPrivate(_ path: String) -> Bool {
        var status = Glibc.stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        return status.st_uid == geteuid() && status.st_mode & 0o077 == 0 && access(path, W_OK) == 0
    }

    init(_ text: String, under folder: String, name: String) throws(CommandFailure) {
        var template = Array("\(folder)/\(Self.prefix)XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw .fileUnusable(folder, errno: errno) }
        directory = String(cString: made)
        path = "\(directory)/\(name)"
        if let number = Self.write(text, to: path) {
            remove()
            throw .fileUnusable(path, errno: number)
        }
    }

    /// Nil once all of it is written; else why not, an `errno`.
    private static func write(_ text: String, to path: String) -> Int32? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            bytes = bytes.dropFirst(count)
        }
        return nil
    }

    /// Its text; nil where it is none, or gone.
    func read() -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.limitBytes {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
        return nil
    }

    /// The path, where the file holds anything else than was put in; otherwise it is removed.
    func keepIfChanged(from text: String) -> String? {
        guard let read = read(), read.utf8.elementsEqual(text.utf8) else { return path }
        remove()
        return nil
    }

    /// Removes it, and whatever the editor left beside it.
    func remove() {
        for name in Self.entries(directory) { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }
}

/// The editor while it runs.
enum EditorProcess {
    enum Outcome {
        case ended
        /// Its exit status, or 128 and the signal that ended it.
        case failed(status: Int)
        /// This process was asked to end, and has passed that on.
        case interrupted
    }

    /// `VISUAL`, else `EDITOR`, else what the machine has.
    static func command(_ environment: StoepCommand.Environment) throws(CommandFailure) -> String {
        if let named = environment.nonEmpty("VISUAL") ?? environment.nonEmpty("EDITOR") { return named }
        let folders = (environment.nonEmpty("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        let found = ["editor", "nano", "vi"].first { editor in
            folders.contains { access("\($0)/\(editor)", X_OK) == 0 }
        }
        guard let found else { throw .noEditor }
        return found
    }

    /// Runs it and waits. Ctrl-C is the editor's to answer; who asks this process to end asks both.
    static func run(_ editor: String, _ path: String) -> Outcome {
        var (watched, before) = (sigset_t(), sigset_t())
        sigemptyset(&watched)
        for signal in [SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP] { sigaddset(&watched, signal) }
        sigprocmask(SIG_BLOCK, &watched, &before)
        defer { sigprocmask(SIG_SETMASK, &before, nil) }
        guard let child = spawn(editor, path, signals: before) else { return .failed(status: 127) }
        var isInterrupted = false
        while true {
            var status: Int32 = 0
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child || ended < 0 && errno != EINTR {
                if isInterrupted { return .interrupted }
                let signal = status & 0x7f
                let code = signal == 0 ? Int(status >> 8 & 0xff) : 128 + Int(signal)
                return ended == child && code == 0 ? .ended : .failed(status: code)
            }
            let signal = sigwaitinfo(&watched, nil)
            guard signal == SIGTERM || signal == SIGHUP else { continue }
            isInterrupted = true
            kill(child, SIGTERM)
        }
    }

    /// Through the shell, as everywhere: what stands in EDITOR may have options.
    private static func spawn(_ editor: String, _ path: String, signals: sigset_t) -> pid_t? {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (mask, defaults) = (signals, sigset_t())
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words: [String] = ["sh", "-c", "\(editor) \"$@\"", editor, path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        return posix_spawn(&child, "/bin/sh", nil, &attributes, &arguments, environ) == 0 ? child : nil
    }
}
