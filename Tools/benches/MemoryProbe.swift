import Foundation
import StoepMerge
import StoepModel

/// How far memory grows while a log becomes a document: in a process of its own, that has done nothing else.
enum MemoryProbe {
    static let command = "memory-probe"

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Bytes.
    static func measure(_ log: RecordedLog) throws -> Double {
        let file = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
            "stoep-bench-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: file) }
        var bytes: [UInt8] = []
        for (actor, key) in log.devices { bytes += actor.bytes + key.bytes }
        for segment in log.segments {
            withUnsafeBytes(of: UInt32(segment.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes += segment
        }
        try Data(bytes).write(to: file)
        let probe = Process()
        let output = Pipe()
        probe.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        probe.arguments = [command, file.path, String(log.devices.count)]
        probe.standardOutput = output
        try probe.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        probe.waitUntilExit()
        guard let bytes = Double(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw Failure(description: "the process that measures memory gave no figure") }
        return bytes
    }

    static func run(_ arguments: [String]) throws -> Int32 {
        guard arguments.count == 3, let count = Int(arguments[2]) else { return 2 }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1])))
        var devices: [ActorID: VerifyingKey] = [:]
        for index in 0..<count {
            let at = index * 48
            if let actor = ActorID(bytes: bytes[at..<at + 16]), let key = VerifyingKey(bytes: bytes[at + 16..<at + 48])
            {
                devices[actor] = key
            }
        }
        var segments: [[UInt8]] = []
        var next = count * 48
        while next < bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[next + $1]) << (8 * $1) }
            segments.append(Array(bytes[next + 4..<next + 4 + length]))
            next += 4 + length
        }
        var isWhole = false
        let growth = try growth {
            let document = try TextImport.verified(segments, devices)
            isWhole = document.count == document.text.unicodeScalars.count
        }
        guard let growth, isWhole else { return 1 }
        print(Int(growth))
        return 0
    }

    /// How far memory grows meanwhile, at its highest; in bytes.
    static func growth(_ body: () throws -> Void) rethrows -> Double? {
        // Sets the peak back to what is resident now (proc(5)).
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = kilobytes("VmRSS:")
        try body()
        guard let before, let after = kilobytes("VmHWM:") else { return nil }
        return Double(after - before) * 1024
    }

    private static func kilobytes(_ name: String) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
    }
}
