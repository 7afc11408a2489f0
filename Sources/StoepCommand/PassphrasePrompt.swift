import Glibc

/// Asks for a passphrase on the terminal, without showing it. It stands in no argument, no variable and no history.
package enum PassphrasePrompt {
    private static let maximumBytes = 1024

    /// - Returns: what was typed; nil where there is no terminal, or whoever sits there would not.
    package static func ask(_ question: String) -> [UInt8]? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        let typed = RawTerminal.with(terminal, pause: nil) { () -> [UInt8]? in
            defer { say("\n", to: terminal) }
            tcflush(terminal, TCIFLUSH)
            say("\(question): ", to: terminal)
            return readLine(from: terminal)
        }
        return typed ?? nil
    }

    private static func readLine(from terminal: Int32) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(terminal, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { return nil }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return line
            // Ctrl-C, Ctrl-D.
            case 3, 4: return nil
            // Backspace takes a whole character.
            case 8, 127:
                while let last = line.popLast(), last & 0xc0 == 0x80 {}
            // Ctrl-U.
            case 21: line = []
            default: if line.count < maximumBytes { line.append(byte) }
            }
        }
    }

    private static func say(_ text: String, to terminal: Int32) {
        let bytes = Array(text.utf8)
        _ = write(terminal, bytes, bytes.count)
    }
}
