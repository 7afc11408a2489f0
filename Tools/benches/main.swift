import Foundation

// Measures the libraries beside peers, in one run.
let usage = """
    usage: stoep-bench text [--data DIR] [--python FILE] [--json FILE]
           stoep-bench trace FILE…

    text    the figures of text: our side, and the peers where a Python that has them is given (Tools/setup --bench)
    trace   replays recorded texts (keystroke traces, conformance histories), and says whether each came out as expected
    """

/// The values of options, and what is no option.
func parse(_ arguments: ArraySlice<String>, _ known: Set<String>) -> (options: [String: String], rest: [String])? {
    var options: [String: String] = [:]
    var rest: [String] = []
    var arguments = arguments
    while let next = arguments.popFirst() {
        if next.hasPrefix("--") {
            guard known.contains(next), let value = arguments.popFirst() else { return nil }
            options[next] = value
        } else {
            rest.append(next)
        }
    }
    return (options, rest)
}

func run(_ arguments: [String]) throws -> Int32 {
    guard let command = arguments.first else { return 2 }
    switch command {
    case "text":
        guard let (options, rest) = parse(arguments.dropFirst(), ["--data", "--python", "--json"]), rest.isEmpty else {
            return 2
        }
        return try TextBench(data: options["--data"], python: options["--python"]).run(json: options["--json"])
    case "trace":
        guard let (_, files) = parse(arguments.dropFirst(), []), !files.isEmpty else { return 2 }
        return TraceReplay.run(files)
    case "fuzz-merge": return FuzzMerge.run(arguments.dropFirst())
    case MemoryProbe.command:
        return try MemoryProbe.run(arguments)
    default:
        return 2
    }
}

do {
    let status = try run(Array(CommandLine.arguments.dropFirst()))
    if status == 2 { FileHandle.standardError.write(Data((usage + "\n").utf8)) }
    exit(status)
} catch {
    FileHandle.standardError.write(Data("stoep-bench: \(error)\n".utf8))
    exit(1)
}
