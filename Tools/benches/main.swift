import Foundation

let usage = """
    usage: stoep-bench merge [--peers] [--json FILE] [--runs N] [--data DIR] [--records FILE]
                             [--only NAME] [--python FILE]
           stoep-bench wire [--peers] [--json FILE] [--runs N] [--records FILE] [--python FILE]
           stoep-bench search [--clear] [--count N] [--json FILE] [--runs N] [--records FILE]
           stoep-bench store [--clear] [--count N] [--peers] [--json FILE] [--runs N] [--records FILE]
                             [--python FILE]
           stoep-bench fill --store DIR --area AREA --count N [--records FILE]
           stoep-bench fill-street --store DIR --areas AREA,… --count N [--first N] [--step N] [--records FILE]
           stoep-bench trace [--json FILE] [--runs N] FILE…

    Tools/bench --help says what these do.
    """

/// Options with a value, options without, and what is neither.
struct Arguments {
    private(set) var values: [String: String] = [:]
    private(set) var flags: Set<String> = []
    private(set) var rest: [String] = []

    struct Misuse: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: some Sequence<String>, valued: Set<String>, flags known: Set<String> = []) throws {
        var arguments = Array(arguments)[...]
        while let next = arguments.popFirst() {
            if known.contains(next) {
                flags.insert(next)
            } else if valued.contains(next) {
                guard let value = arguments.popFirst() else { throw Misuse(description: "\(next) needs a value") }
                values[next] = value
            } else if next.hasPrefix("--") {
                throw Misuse(description: "\(next) is no option here")
            } else {
                rest.append(next)
            }
        }
    }

    func runs(orElse standard: Int) throws -> Int {
        guard let text = values["--runs"] else { return standard }
        guard let runs = Int(text), runs > 0, runs <= 1000 else {
            throw Misuse(description: "--runs takes a number from 1 to 1000, not \(text)")
        }
        return runs
    }
}

func merge(_ given: some Sequence<String>) throws -> Int32 {
    let arguments = try Arguments(
        given, valued: ["--json", "--runs", "--data", "--records", "--only", "--python"], flags: ["--peers"])
    if let extra = arguments.rest.first { throw Arguments.Misuse(description: "merge takes no \(extra)") }
    var options = MergeBench.Options()
    options.data = arguments.values["--data"] ?? ProcessInfo.processInfo.environment["STOEP_TRACES"]
    options.records = arguments.values["--records"]
    options.only = arguments.values["--only"] ?? ""
    options.json = arguments.values["--json"]
    options.runs = try arguments.runs(orElse: options.runs)
    options.python = arguments.values["--python"] ?? (arguments.flags.contains("--peers") ? Checkout.python : nil)
    var bench = try MergeBench(options)
    try bench.run()
    return 0
}

func wire(_ given: some Sequence<String>) throws -> Int32 {
    let arguments = try Arguments(given, valued: ["--json", "--runs", "--records", "--python"], flags: ["--peers"])
    if let extra = arguments.rest.first { throw Arguments.Misuse(description: "wire takes no \(extra)") }
    try WireBench(
        records: arguments.values["--records"],
        python: arguments.values["--python"] ?? (arguments.flags.contains("--peers") ? Checkout.python : nil),
        runs: try arguments.runs(orElse: 11)
    ).run(json: arguments.values["--json"])
    return 0
}

func search(_ given: some Sequence<String>) throws -> Int32 {
    let arguments = try Arguments(given, valued: ["--count", "--json", "--runs", "--records"], flags: ["--clear"])
    if let extra = arguments.rest.first { throw Arguments.Misuse(description: "search takes no \(extra)") }
    guard let count = Int(arguments.values["--count"] ?? "200000"), (20_000...2_000_000).contains(count) else {
        throw Arguments.Misuse(description: "--count takes a number from 20000 to 2000000")
    }
    let bench = try SearchBench(
        records: arguments.values["--records"], count: count, runs: try arguments.runs(orElse: 11),
        seals: !arguments.flags.contains("--clear"))
    try bench.run(json: arguments.values["--json"])
    return 0
}

func store(_ given: some Sequence<String>) throws -> Int32 {
    let arguments = try Arguments(
        given, valued: ["--count", "--json", "--runs", "--records", "--python"], flags: ["--clear", "--peers"])
    if let extra = arguments.rest.first { throw Arguments.Misuse(description: "store takes no \(extra)") }
    guard let count = Int(arguments.values["--count"] ?? "100000"), (20_000...2_000_000).contains(count) else {
        throw Arguments.Misuse(description: "--count takes a number from 20000 to 2000000")
    }
    let bench = try StoreBench(
        records: arguments.values["--records"], count: count, runs: try arguments.runs(orElse: 5),
        python: arguments.values["--python"] ?? (arguments.flags.contains("--peers") ? Checkout.python : nil),
        seals: !arguments.flags.contains("--clear"))
    try bench.run(json: arguments.values["--json"])
    return 0
}

func trace(_ given: some Sequence<String>) throws -> Int32 {
    let arguments = try Arguments(given, valued: ["--json", "--runs"])
    if arguments.rest.isEmpty { throw Arguments.Misuse(description: "trace needs a file") }
    var replay = TraceReplay(runs: try arguments.runs(orElse: 5))
    return try replay.run(arguments.rest, json: arguments.values["--json"]) ? 0 : 1
}

func run(_ arguments: [String]) throws -> Int32 {
    let rest = arguments.dropFirst()
    switch arguments.first {
    case "merge": return try merge(rest)
    case "wire": return try wire(rest)
    case "search": return try search(rest)
    case "store": return try store(rest)
    case "fill": return try StoreFilling.run(rest)
    case "fill-street": return try StreetFilling.run(rest)
    case "trace": return try trace(rest)
    case "fuzz-merge": return FuzzMerge.run(rest)
    case MemoryProbe.command: return try MemoryProbe.run(arguments)
    case let other: throw Arguments.Misuse(description: other.map { "\($0) is no bench" } ?? "which bench?")
    }
}

do {
    exit(try run(Array(CommandLine.arguments.dropFirst())))
} catch let misuse as Arguments.Misuse {
    FileHandle.standardError.write(Data("stoep-bench: \(misuse)\n\(usage)\n".utf8))
    exit(2)
} catch {
    FileHandle.standardError.write(Data("stoep-bench: \(error)\n".utf8))
    exit(1)
}
