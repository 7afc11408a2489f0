import Glibc
import StoepModel
import StoepWire

/// What the daemon tells its operator: a line an event on standard error, `key=value`. What a field may be keeps names,
/// notes, addresses and secrets out: there is no field that takes a text of somebody's.
package struct EventLog: Sendable {
    package enum Level: String, Sendable {
        case info, warning, error
    }

    package enum Field: Sendable {
        case number(Int)
        /// The first four bytes of a device's key.
        case device(VerifyingKey)
        /// A word that this program wrote.
        case word(StaticString)
        /// A refusal, by the name that the protocol gives it; never its detail.
        case refusal(ErrorMessage)
        /// A failure of this machine or of ours.
        case error(any Error)
    }

    private let write: @Sendable (String) -> Void

    package init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    package static let silent = EventLog { _ in }
    package static let standardError = EventLog { line in
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }

    package func callAsFunction(
        _ level: Level, _ event: StaticString, _ fields: KeyValuePairs<StaticString, Field> = [:]
    ) {
        var line = "time=\(Self.now()) level=\(level.rawValue) event=\(event)"
        for (key, field) in fields { line += " \(key)=\(Self.text(field))" }
        write(line)
    }

    private static func text(_ field: Field) -> String {
        switch field {
        case .number(let number): String(number)
        case .device(let key): Hex.encode(key.bytes.prefix(4))
        case .word(let word): "\(word)"
        case .refusal(let message): message.name
        case .error(let error): quoted(String(describing: error))
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars.prefix(500) {
            if scalar == "\"" || scalar == "\\" { out += "\\" }
            out.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
        }
        return out + "\""
    }

    /// UTC, to the millisecond.
    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let milliseconds = String(1000 + time.tv_nsec / 1_000_000).dropFirst()
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) + ".\(milliseconds)Z"
    }
}
