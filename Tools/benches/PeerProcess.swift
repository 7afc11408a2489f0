import Foundation

/// Yrs and Loro in a Python process that stays: it is asked for one measurement after another (Tools/bench.d/peers.py).
final class PeerProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What a history comes to on a peer's wire.
    struct Size {
        let bytes: Double
        let deflated: Double
    }

    private let process = Process()
    private let requests = Pipe()
    private let replies = Pipe()
    private var unread = Data()
    /// The versions, for the note below the table.
    private(set) var versions = ""

    init(python: String) throws {
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "\(python): no Python with the peers there; Tools/setup --bench makes one")
        }
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [Checkout.root.appendingPathComponent("Tools/bench.d/peers.py").path]
        process.standardInput = requests
        process.standardOutput = replies
        // What it dies of is said by the reply that does not come.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
        let about = try ask(["do": "about"])
        versions =
            ["yrs", "loro"].compactMap { about[$0] as? String }.joined(separator: " and ")
            + " in Python \(about["python"] as? String ?? "")"
    }

    deinit {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// - Parameters:
    ///   - kind: `trace` or `records`.
    ///   - piece: of how many records a piece is; nil is 256.
    func load(_ name: String, _ kind: String, from path: String, piece: Int? = nil) throws -> [Contest.Side: Size] {
        var request = ["do": "load", "name": name, "kind": kind, "path": path]
        request["piece"] = piece.map { String($0) }
        let reply = try ask(request)
        var sizes: [Contest.Side: Size] = [:]
        for side in [Contest.Side.yrs, .loro] {
            guard let one = reply[side.rawValue] as? [String: Any], let bytes = one["bytes"] as? Double,
                let deflated = one["deflated"] as? Double
            else { throw Failure(description: "the peers' answer on \(path) says nothing of \(side.name)") }
            sizes[side] = Size(bytes: bytes, deflated: deflated)
        }
        return sizes
    }

    /// - Parameter piece: of how many records a piece is; nil is 256.
    func load(_ name: String, _ round: StreetRound, piece: Int? = nil) throws -> [Contest.Side: Size] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "stoep-bench-records-\(ProcessInfo.processInfo.processIdentifier).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        try round.jsonLines().write(to: file)
        return try load(name, "records", from: file.path, piece: piece)
    }

    /// Milliseconds; for memory bytes.
    func measure(_ what: String, _ name: String, _ side: Contest.Side) throws -> Double {
        let reply = try ask(["do": what, "name": name, "peer": side.rawValue])
        guard let value = reply["value"] as? Double else {
            throw Failure(description: "the peers' answer to \(what) of \(name) has no value")
        }
        return value
    }

    private func ask(_ request: [String: String]) throws -> [String: Any] {
        var line = try JSONSerialization.data(withJSONObject: request)
        line.append(UInt8(ascii: "\n"))
        try requests.fileHandleForWriting.write(contentsOf: line)
        guard let reply = try JSONSerialization.jsonObject(with: readLine()) as? [String: Any] else {
            throw Failure(description: "the peers answered no JSON object")
        }
        if let error = reply["error"] as? String { throw Failure(description: "the peers: \(error)") }
        return reply
    }

    private func readLine() throws -> Data {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(unread[unread.startIndex..<end])
                unread = Data(unread[unread.index(after: end)...])
                return line
            }
            let more = replies.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw Failure(description: "the peers' Python ended; what it said stands above")
            }
            unread.append(more)
        }
    }
}

/// Where this was built, and what `Tools/setup --bench` makes there.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let python = root.appendingPathComponent(".build/bench-venv/bin/python3").path
}
