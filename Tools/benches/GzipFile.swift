import Foundation

/// Reads a file, inflated where it is gzip: told by its first bytes, not by its name.
enum GzipFile {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func contents(_ path: String) throws -> Data {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(description: "no such file")
        }
        if isFolder.boolValue { throw Failure(description: "a folder, not a file") }
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw Failure(description: "it cannot be read")
        }
        guard data.starts(with: [0x1f, 0x8b]) else { return data }
        let gzip = Process()
        let output = Pipe()
        let errors = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc"]
        gzip.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        gzip.standardOutput = output
        gzip.standardError = errors
        try gzip.run()
        let inflated = output.fileHandleForReading.readDataToEndOfFile()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        gzip.waitUntilExit()
        guard gzip.terminationStatus == 0 else {
            throw Failure(description: "gzip: \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
        return inflated
    }
}
