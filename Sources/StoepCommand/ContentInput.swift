import Glibc

/// Where `-` and `@FILE` read from. Both are bounded, and what comes must be text.
package struct ContentInput: Sendable {
    /// The most that one value may have, in bytes.
    package static let limitBytes = 1 << 20

    private let standardInput: Int32

    package static let system = ContentInput(standardInput: STDIN_FILENO)

    /// `standardInput` is the descriptor that `-` reads; a test gives its own.
    package init(standardInput: Int32) {
        self.standardInput = standardInput
    }

    /// What a value says: itself, or what `-` or `@FILE` stand for. `@@…` is a text that begins with @.
    /// One line break at the end of what was read is the file's, not the text's, and is left out.
    func resolve(_ value: String) throws(CommandFailure) -> String {
        if value == "-" { return try read(standardInput, source: "-") }
        guard value.utf8.first == UInt8(ascii: "@") else { return value }
        let path = String(value.dropFirst())
        if path.utf8.first == UInt8(ascii: "@") { return path }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fileUnreadable(path, errno: errno) }
        defer { close(descriptor) }
        return try read(descriptor, source: path)
    }

    /// What stands in a file, or on standard input for `-`.
    package func contents(of path: String) throws(CommandFailure) -> String {
        if path == "-" { return try resolve(path) }
        return try resolve(path.utf8.first == UInt8(ascii: "@") ? "@./\(path)" : "@\(path)")
    }

    private func read(_ descriptor: Int32, source: String) throws(CommandFailure) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .fileUnreadable(source, errno: errno)
            }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= Self.limitBytes else { throw .contentTooLarge(source, limitBytes: Self.limitBytes) }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw .contentNotText(source)
        }
        return text
    }
}
