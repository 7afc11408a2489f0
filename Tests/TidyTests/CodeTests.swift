import Testing

/// How the code may read.
struct CodeTests {
    /// Where a `fatalError`, a `try!` or an `as!` is right, as `path: line`, and why.
    private static let allowed: [String: String] = [:]

    @Test
    func `nothing traps that need not`() throws {
        // Written apart, so that this file does not find itself.
        let words = ["try" + "!", " as" + "! ", "fatal" + "Error("]
        for folder in ["Sources", "Tools"] {
            for file in try Repository.files(under: folder, ".swift") {
                for line in file.code where words.contains(where: line.text.contains) {
                    let text = line.text.trimmed
                    #expect(Self.allowed["\(file.path): \(text)"] != nil, "\(file.path):\(line.number): \(text)")
                }
            }
        }
    }

    @Test
    func `what the compiler is told to trust says why it holds`() throws {
        for folder in ["Sources", "Tools", "Tests"] {
            for file in try Repository.files(under: folder, ".swift") {
                for line in file.code {
                    let code = line.text.withoutStrings
                    let trusts = ["@unchecked " + "Sendable", "nonisolated" + "(unsafe)"].contains(where: code.contains)
                    guard trusts else { continue }
                    // One comment may stand above several such lines.
                    let paragraph = file.lines[..<(line.number - 1)].reversed().prefix { !$0.trimmed.isEmpty }
                    let isExplained = paragraph.contains { $0.trimmed.hasPrefix("//") }
                    #expect(isExplained, "\(file.path):\(line.number): say why, in a comment above")
                }
            }
        }
    }

    @Test
    func `no file tells two stories`() throws {
        for folder in ["Sources", "Tests", "Tools"] {
            for file in try Repository.files(under: folder, ".swift", ".sh", ".py") {
                #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count - 1) lines")
            }
        }
        #expect(try Repository.read("ARCHITECTURE.md").lines.count < 300)
    }

    @Test
    func `names of files and folders say something`() throws {
        let empty = ["Utils", "Util", "Helpers", "Helper", "Common", "Misc", "Manager"]
        for folder in ["Sources", "Tests", "Tools"] {
            for path in try Repository.paths(under: folder) {
                for part in path.split(separator: "/") {
                    let name = String(part.prefix { $0 != "." })
                    #expect(!empty.contains { name == $0 || name.hasSuffix("Manager") }, "\(path)")
                }
            }
        }
    }
}

extension String {
    var trimmed: String { String(drop { $0 == " " }) }

    /// Without what stands between quotes on this line.
    var withoutStrings: String {
        split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }.joined(separator: "\"\"")
    }
}
