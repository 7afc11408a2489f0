import Foundation

/// The files of this checkout.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Where the test runner stands, and the executables beside it.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    struct File {
        /// From the root: `Sources/StoepModel/Bytes.swift`.
        let path: String
        let lines: [String]
    }

    static func read(_ path: String) throws -> File {
        let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
        return File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }

    /// The text files under a folder whose names end in one of these; all where none is given.
    static func files(under folder: String, _ endings: String...) throws -> [File] {
        try paths(under: folder, endings).map(read)
    }

    static func paths(under folder: String, _ endings: [String] = []) throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
        return all.filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: "\(root)/\(folder)/\(path)", isDirectory: &isFolder)
            guard exists, !isFolder.boolValue, !path.contains("__pycache__") else { return false }
            return endings.isEmpty || endings.contains { path.hasSuffix($0) }
        }
        .sorted().map { "\(folder)/\($0)" }
    }

    static func entries(of folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").sorted()
    }
}

extension Repository.File {
    /// The modules that it imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                words[..<at].allSatisfy({
                    $0.hasPrefix("@") || ["package", "public", "internal", "private"].contains($0)
                })
            else { return nil }
            // `import struct Module.Type` names its module too.
            let name = words[(at + 1)...].first {
                !["struct", "class", "enum", "func", "var", "protocol"].contains($0)
            }
            return name.flatMap { $0.split(separator: ".").first }.map(String.init)
        }
    }

    /// The lines that are code, with their numbers from 1: comments left out.
    var code: [(number: Int, text: String)] {
        zip(1..., lines).filter { !$1.drop { $0 == " " }.hasPrefix("//") }
            .map { (number: $0, text: $1.components(separatedBy: " // ")[0]) }
    }
}
