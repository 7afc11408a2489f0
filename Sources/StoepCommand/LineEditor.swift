import Glibc

/// One line typed on a terminal, told to whoever keeps it while it grows: what stands on the screen is not yet anywhere
/// else, and the battery may be empty before Enter.
///
/// The end of the line is edited: a character, a word (Ctrl-W) or all of it (Ctrl-U) is taken back. What is pasted may
/// have several lines, where the terminal says that it is pasted.
package struct LineEditor {
    package enum Outcome: Equatable {
        case line(String)
        /// Ctrl-D on an empty line.
        case end
        /// Ctrl-C, or the terminal is gone; with what had been typed.
        case interrupted(String)
    }

    private static let maximumScalars = 100_000
    /// After so many bytes it is told, also to somebody who types without a pause.
    private static let told = 64

    private let input: Int32
    private let output: Int32
    private let columns: Int

    /// - Parameter columns: how wide the terminal is.
    package init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, columns: Int) {
        self.input = input
        self.output = output
        self.columns = max(columns, 20)
    }

    /// Asks, and reads until Enter.
    /// - Parameters:
    ///   - text: what stands there to begin with.
    ///   - keep: is told what stands there, at each pause and now and then.
    package func ask(_ prompt: String, beginning text: String = "", keep: (String) -> Void) -> Outcome {
        // A read ends after half a second without a key: then there is a pause.
        let outcome = RawTerminal.with(input, pause: 5) { () -> Outcome in
            say("\u{1B}[?2004h")
            defer { say("\u{1B}[?2004l\n") }
            var line = TypedLine(prompt: prompt.onOneLine, text: text, columns: columns)
            say(line.shown)
            return read(&line, keep)
        }
        return outcome ?? .interrupted(text)
    }

    private func read(_ line: inout TypedLine, _ keep: (String) -> Void) -> Outcome {
        var kept = line.text
        var untold = 0
        while true {
            var byte: UInt8 = 0
            errno = 0
            let count = Glibc.read(input, &byte, 1)
            if count < 0, errno == EINTR { continue }
            let isPause = count == 0
            if count < 0 || isPause && isGone {
                keep(line.text)
                return .interrupted(line.text)
            }
            if isPause || untold >= Self.told && !line.isPasting {
                if !kept.utf8.elementsEqual(line.text.utf8) { keep(line.text) }
                (kept, untold) = (line.text, 0)
            }
            if isPause { continue }
            untold += 1
            switch line.take(byte, maximumScalars: Self.maximumScalars) {
            case .nothing: continue
            case .appended(let scalar): say(String(scalar))
            case .changed(let rows): say((rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\r\u{1B}[J" + line.shown)
            case .entered: return .line(line.text)
            case .ended: return .end
            case .interrupted:
                keep(line.text)
                return .interrupted(line.text)
            }
        }
    }

    /// Whether nobody sits there any more: a read then ends at once, not after a pause.
    private var isGone: Bool {
        var poll = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0 && poll.revents & Int16(POLLHUP) != 0
    }

    private func say(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// What keys do to a line.
struct TypedLine {
    enum Effect: Equatable {
        case nothing
        case appended(Unicode.Scalar)
        /// It is drawn anew, over so many rows.
        case changed(over: Int)
        case entered, ended, interrupted
    }

    private enum State {
        case plain
        /// After ESC, and what followed it.
        case escape([UInt8])
    }

    let prompt: String
    private let columns: Int
    private var scalars: [Unicode.Scalar]
    private var pending: [UInt8] = []
    private var state = State.plain
    /// How many rows the line took when pasting began: what is pasted is drawn at its end, all at once.
    private var rowsBeforePaste: Int?

    init(prompt: String, text: String, columns: Int) {
        self.prompt = prompt
        self.columns = columns
        scalars = Array(text.unicodeScalars)
    }

    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    var isPasting: Bool { rowsBeforePaste != nil }

    /// As it stands on the screen.
    var shown: String { prompt + text.displayable }

    /// How many rows of the screen it takes.
    var rows: Int {
        shown.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) { rows, line in
            rows + max(String(line).displayWidth - 1, 0) / columns + 1
        }
    }

    mutating func take(_ byte: UInt8, maximumScalars: Int) -> Effect {
        if case .escape(let before) = state { return escape(before + [byte]) }
        switch byte {
        case 0x1B:
            state = .escape([])
            return .nothing
        case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            return rowsBeforePaste == nil ? .entered : append("\n", maximumScalars)
        case 3: return .interrupted
        case 4: return scalars.isEmpty ? .ended : .nothing
        case 8, 127: return removeLast { _ in false }
        case 21:
            let before = rows
            scalars = []
            return .changed(over: before)
        case 23: return removeLast { $0 != " " && $0 != "\n" }
        case 9: return append(" ", maximumScalars)
        case 0..<0x20: return .nothing
        default: return take(partOfScalar: byte, maximumScalars)
        }
    }

    /// Takes the last scalar and those before it that make one character with it, then while `more` says so.
    private mutating func removeLast(while more: (Unicode.Scalar) -> Bool) -> Effect {
        guard !scalars.isEmpty else { return .nothing }
        let before = rows
        var kept = text
        kept.removeLast()
        while let last = kept.unicodeScalars.last, more(last) { kept.removeLast() }
        scalars = Array(kept.unicodeScalars)
        return .changed(over: before)
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ maximum: Int) -> Effect {
        guard scalars.count < maximum else { return .nothing }
        // What joins the character before it is drawn with it.
        let joins = scalar.properties.generalCategory == .nonspacingMark
        let before = joins && rowsBeforePaste == nil ? rows : 0
        scalars.append(scalar)
        if rowsBeforePaste != nil { return .nothing }
        return joins ? .changed(over: before) : .appended(scalar)
    }

    private mutating func take(partOfScalar byte: UInt8, _ maximum: Int) -> Effect {
        // A new scalar begins: what was begun is none.
        if byte & 0xC0 != 0x80 { pending = [] }
        pending.append(byte)
        let length = byte < 0x80 ? 1 : pending[0] >= 0xF0 ? 4 : pending[0] >= 0xE0 ? 3 : 2
        guard pending.count >= length else { return .nothing }
        defer { pending = [] }
        guard let read = String(validating: pending, as: UTF8.self)?.unicodeScalars.first,
            read.properties.generalCategory != .control
        else { return .nothing }
        return append(read, maximum)
    }

    /// Keys such as arrows do nothing; what is pasted stands between two of these.
    private mutating func escape(_ bytes: [UInt8]) -> Effect {
        let isOpen = bytes.count == 1 && [UInt8(ascii: "["), UInt8(ascii: "O")].contains(bytes[0])
        let isEnd = bytes.count > 1 && (0x40...0x7E).contains(bytes[bytes.count - 1])
        guard isOpen || bytes.count > 1 && !isEnd && bytes.count < 16 else {
            state = .plain
            if bytes == Array("[200~".utf8) { rowsBeforePaste = rowsBeforePaste ?? rows }
            if bytes == Array("[201~".utf8), let before = rowsBeforePaste {
                rowsBeforePaste = nil
                return .changed(over: before)
            }
            return .nothing
        }
        state = .escape(bytes)
        return .nothing
    }
}
