import Foundation
import Testing

/// What stands in the repository besides code.
struct TreeTests {
    @Test
    func `only what belongs there stands at the root`() throws {
        let allowed: Set<String> = [
            ".ci", ".git", ".gitignore", ".swift-format", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Package.swift",
            "Protocol", "README.md", "Sources", "Tests", "Tools",
        ]
        // What .gitignore keeps out: what building leaves behind.
        let ignored = try Repository.entries().filter { entry in
            entry == ".build" || entry.hasPrefix(".build-") || entry.hasPrefix(".build_") || entry == "Package.resolved"
        }
        let extra = Set(try Repository.entries()).subtracting(allowed).subtracting(ignored)
        #expect(extra.isEmpty, "\(extra.sorted())")
    }

    @Test(arguments: [("schema.json", [String]()), ("schema.md", ["--page"])])
    func `the schema in Protocol is what the program says`(file: String, arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(Repository.products)/stoep-schema")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let generated = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let committed = try Data(contentsOf: URL(fileURLWithPath: "\(Repository.root)/Protocol/\(file)"))
        #expect(
            String(decoding: generated, as: UTF8.self) == String(decoding: committed, as: UTF8.self),
            "swift run stoep-schema \(arguments.joined()) > Protocol/\(file)")
    }

    @Test
    func `no file names the machine that it was written on`() throws {
        let homes = ["home", "root", "work", "Users"].map { "/\($0)/" }
        for path in try ["Sources", "Tests", "Tools", "Protocol", ".ci"].flatMap({ try Repository.paths(under: $0) })
            + ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Package.swift", ".swift-format", ".gitignore"]
        {
            guard let file = try? Repository.read(path) else { continue }
            for (number, line) in zip(1..., file.lines) {
                for home in homes {
                    // A path begins there; in the middle of a longer one it is another thing.
                    guard let range = line.range(of: home) else { continue }
                    let before = line[..<range.lowerBound].last
                    let begins = before.map { !($0.isLetter || $0.isNumber || "._-~/}".contains($0)) } ?? true
                    #expect(!begins, "\(path):\(number): \(line)")
                }
            }
        }
    }

    /// A suite, and the first words of a test in it.
    @Test
    func `every test that ARCHITECTURE.md names is there, once`() throws {
        let page = try Repository.read("ARCHITECTURE.md").lines.joined(separator: "\n")
        let named = page.matches(of: /`([A-Za-z]+Tests\/[A-Za-z]+)` “([^”]+)”/)
        #expect(named.count > 60)
        for match in named {
            let lines = try Repository.read("Tests/\(match.1).swift").lines
            let count = lines.count { $0.contains("`\(match.2)") }
            #expect(count == 1, "\(match.1): \(match.2)")
        }
    }

    @Test
    func `every tool can be run and says how to call it`() throws {
        for name in try Repository.entries(of: "Tools") where !name.contains(".") {
            let path = "\(Repository.root)/Tools/\(name)"
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if isFolder.boolValue { continue }
            #expect(FileManager.default.isExecutableFile(atPath: path), "Tools/\(name)")
            let lines = try Repository.read("Tools/\(name)").lines
            #expect(lines.first == "#!/usr/bin/env bash", "Tools/\(name)")
            #expect(lines.dropFirst().first?.hasPrefix("# ") == true, "Tools/\(name) says what it does")
            #expect(lines.contains("set -euo pipefail"), "Tools/\(name)")
        }
    }
}
