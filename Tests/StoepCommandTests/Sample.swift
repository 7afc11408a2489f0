import Glibc
import StoepCommand

/// A small program whose commands have one of everything, so that the parser is tested apart from what
/// `stoep` happens to offer.
enum SampleVerb: CommandVerb {
    case note, list, move, plain

    static let program = ProgramSpec(
        name: "sample", version: "9.9",
        summary: Localized(en: "a sample", nl: "een voorbeeld"),
        globals: [.store, .json, .lang, .quiet, .help, .version],
        nouns: [("note", Localized(en: "notes", nl: "notities"))])

    static let tag = OptionSpec("tag", .text(.same("TAG")), repeats: true, help: .same("tag"))
    static let body = OptionSpec("body", .content(.same("TEXT")), help: .same("body"))
    static let title = OptionSpec("title", .content(.same("TEXT")), help: .same("title"))
    static let count = OptionSpec("count", .number(.same("N"), 1...9), help: .same("count"))
    static let kind = OptionSpec("kind", .choice(["small", "large"]), help: .same("kind"))
    static let at = OptionSpec("at", .moment, help: .same("at"))
    static let loud = OptionSpec("loud", help: .same("loud"))
    static let to = OptionSpec("to", .text(.same("PLACE")), help: .same("to"))
    static let away = OptionSpec("away", help: .same("away"))
    static let id = PositionalSpec("ID", help: .same("id"))
    static let rest = PositionalSpec("REST", .optional, isContent: true, help: .same("rest"))
    static let words = PositionalSpec("WORD", .many, help: .same("words"))

    var spec: CommandSpec {
        switch self {
        case .note:
            CommandSpec(
                path: ["note", "new"], summary: .same("new note"),
                options: [Self.tag, Self.body, Self.title, Self.count, Self.kind, Self.at, Self.loud],
                positionals: [Self.rest], examples: [])
        case .list:
            CommandSpec(path: ["note", "list"], summary: .same("list"), positionals: [Self.words], examples: [])
        case .move:
            CommandSpec(
                path: ["move"], summary: .same("move"), options: [Self.tag.required(), Self.to, Self.away],
                positionals: [Self.id], exactlyOneOf: [[Self.to, Self.away]], examples: [])
        case .plain:
            CommandSpec(path: ["plain"], summary: .same("plain"), examples: [])
        }
    }
}

/// A fixed moment: 2026-11-21 13:05:00 UTC.
let sampleNow: Int64 = 1_795_266_300_000

func sampleContext(_ environment: [String: String] = [:], input: [UInt8] = []) -> ParseContext {
    ParseContext(
        environment: Environment(environment), input: ContentInput(standardInput: pipe(holding: input)),
        nowMilliseconds: sampleNow)
}

/// The reading end of a pipe that has these bytes and then ends.
func pipe(holding bytes: [UInt8]) -> Int32 {
    let (reading, writing) = makePipe()
    precondition(bytes.count <= 60_000, "more than a pipe holds")
    _ = bytes.withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
    close(writing)
    return reading
}

func makePipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    precondition(Glibc.pipe(&ends) == 0)
    return (ends[0], ends[1])
}

/// Everything that can be read until the other end is closed.
func drain(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = read(descriptor, &piece, piece.count), count > 0 { bytes += piece[..<count] }
    close(descriptor)
    return String(decoding: bytes, as: UTF8.self)
}

/// A new file with these bytes; the caller removes it.
func temporaryFile(_ bytes: [UInt8]) -> String {
    var template = Array("/tmp/stoep-command-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    precondition(descriptor >= 0)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// What a console wrote to its two streams.
func captured(
    _ arguments: [String] = [], environment: [String: String] = [:], terminal: Terminal = .none,
    _ body: (Console) -> Void
) -> (output: String, errors: String) {
    let output = makePipe()
    let errors = makePipe()
    body(
        Console(
            program: "sample",
            settings: OutputSettings(
                arguments: arguments, environment: Environment(environment), terminal: terminal),
            output: OutputStream(descriptor: output.writing), errors: OutputStream(descriptor: errors.writing)))
    close(output.writing)
    close(errors.writing)
    return (drain(output.reading), drain(errors.reading))
}

/// SplitMix64: the same seed gives the same run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
