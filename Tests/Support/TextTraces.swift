import Foundation
import StoepMerge

/// Recorded texts that do not belong to the project: looked for in the folder that `STOEP_TRACES` names, else in
/// `../shared/data` beside the package. A test that finds none is skipped, and says so.
package enum TextTraces {
    package static let folder: String = {
        if let path = ProcessInfo.processInfo.environment["STOEP_TRACES"] { return path }
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/data").path
    }()

    package static func has(_ name: String) -> Bool {
        FileManager.default.isReadableFile(atPath: "\(folder)/\(name)")
    }

    /// Some edits, one after another, that their author made on top of the transactions `parents`.
    package struct Transaction: Sendable {
        package let agent: String
        package let parents: [Int]
        /// The number of the agent's first single step among them.
        package let start: Int
        /// Each on the text after the one before it.
        package let edits: [TextEdit]

        /// How many single steps they are: one a scalar that comes or goes.
        package var length: Int { edits.reduce(0) { $0 + $1.deleted + $1.inserted.count } }
    }

    package struct Trace: Sendable {
        package let transactions: [Transaction]
        package let end: String
    }

    package enum Failure: Error { case malformed(String, what: String) }

    /// The histories of `sequence-conformance.json.gz`; parents there are single steps.
    package static func histories(_ name: String) throws -> [Trace] {
        guard let list = try json(name) as? [[String: Any]] else { throw Failure.malformed(name, what: "no list") }
        return try list.map { history in
            guard let end = history["endContent"] as? String, let all = history["txns"] as? [[String: Any]] else {
                throw Failure.malformed(name, what: "a history lacks endContent or txns")
            }
            var ofStep: [Int: Int] = [:]
            let transactions = try all.enumerated().map { index, one in
                guard let span = one["span"] as? [Int], span.count == 2, let start = one["seqStart"] as? Int,
                    let agent = one["agent"] as? String, let parents = one["parents"] as? [Int]
                else { throw Failure.malformed(name, what: "a txn lacks span, seqStart, agent or parents") }
                for step in span[0]..<span[1] { ofStep[step] = index }
                return Transaction(
                    agent: agent, parents: parents.compactMap { ofStep[$0] }, start: start,
                    edits: try edits(one["ops"], name))
            }
            return Trace(transactions: transactions, end: end)
        }
    }

    /// A keystroke trace; one without `parents` is one author's.
    package static func trace(_ name: String) throws -> Trace {
        guard let top = try json(name) as? [String: Any], let end = top["endContent"] as? String,
            let all = top["txns"] as? [[String: Any]]
        else { throw Failure.malformed(name, what: "no endContent or no txns") }
        var starts: [Int: Int] = [:]
        let transactions = try all.enumerated().map { index, one in
            let agent = one["agent"] as? Int ?? 0
            let transaction = Transaction(
                agent: String(agent), parents: one["parents"] as? [Int] ?? (index == 0 ? [] : [index - 1]),
                start: starts[agent, default: 0], edits: try edits(one["patches"], name))
            starts[agent, default: 0] += transaction.length
            return transaction
        }
        return Trace(transactions: transactions, end: end)
    }

    private static func edits(_ list: Any?, _ name: String) throws -> [TextEdit] {
        guard let list = list as? [[Any]] else { throw Failure.malformed(name, what: "a txn without edits") }
        return try list.map { patch in
            guard patch.count == 3, let position = patch[0] as? Int, let deleted = patch[1] as? Int,
                let inserted = patch[2] as? String
            else { throw Failure.malformed(name, what: "an edit is no [position, deleted, inserted]") }
            return TextEdit(position: position, deleted: deleted, inserted: Array(inserted.unicodeScalars))
        }
    }

    private static func json(_ name: String) throws -> Any {
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", "\(folder)/\(name)"]
        gzip.standardOutput = output
        try gzip.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        return try JSONSerialization.jsonObject(with: data)
    }
}
