import Foundation

/// Which module needs which, as it stands written somewhere.
struct ModuleGraph: Equatable {
    var needs: [String: Set<String>] = [:]

    /// The block of ARCHITECTURE.md that begins with ```graph: a line a module, `Name ← Other, Other`.
    static func drawn() throws -> ModuleGraph {
        let lines = try Repository.read("ARCHITECTURE.md").lines
        guard let start = lines.firstIndex(of: "```graph"),
            let end = lines[start...].firstIndex(of: "```")
        else { return ModuleGraph() }
        var graph = ModuleGraph()
        for line in lines[(start + 1)..<end] where line.contains("←") {
            let sides = line.split(separator: "←").map { $0.filter { $0 != " " } }
            graph.needs[sides[0]] = sides.count < 2 ? [] : Set(sides[1].split(separator: ",").map(String.init))
        }
        return graph
    }

    /// What Package.swift declares: the entries of `graph`, and the executables.
    static func declared() throws -> ModuleGraph {
        let text = try Repository.read("Package.swift").lines.joined(separator: "\n")
        var graph = ModuleGraph()
        let libraries =
            text.components(separatedBy: "let graph").last?.components(separatedBy: "let package").first ?? ""
        for match in libraries.matches(of: /\("(\w+)",\s*\[([^\]]*)\]\)/) {
            graph.needs[String(match.1)] = names(match.2)
        }
        for match in text.matches(of: /executableTarget\(\s*name:\s*"([\w-]+)",\s*dependencies:\s*\[([^\]]*)\]/) {
            graph.needs[String(match.1)] = names(match.2)
        }
        return graph
    }

    /// What the files of each module import of ours and of the C libraries.
    static func imported() throws -> ModuleGraph {
        var graph = ModuleGraph()
        for module in try drawn().needs.keys {
            let files = try Repository.files(under: folder(of: module), ".swift")
            graph.needs[module] = Set(files.flatMap(\.imports).filter(isOurs))
        }
        return graph
    }

    static func folder(of module: String) -> String {
        switch module {
        case "stoep-schema": "Tools/schema"
        case "stoep-vectors": "Tools/vectors"
        case "stoep-bench": "Tools/benches"
        case "stoep-simulate": "Tools/simulator"
        default: "Sources/\(module)"
        }
    }

    /// Everything that is not the platform's: our modules, and the thin ones around C libraries.
    static func isOurs(_ module: String) -> Bool {
        let isCLibrary = module.hasPrefix("C") && module.dropFirst().first?.isUppercase == true
        return module.hasPrefix("Stoep") || isCLibrary
    }

    private static func names(_ list: some StringProtocol) -> Set<String> {
        Set(list.split(separator: ",").map { String($0.filter { $0.isLetter || $0.isNumber }) }.filter { !$0.isEmpty })
    }
}
