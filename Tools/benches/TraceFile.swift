import Foundation
import StoepMerge

/// Recorded texts in the formats of the public editing-traces collection and of the eg-walker reference's conformance
/// histories, told apart by their shape.
struct TraceFile {
    /// Some edits, one after another, that their author made on top of the transactions `parents`.
    struct Transaction {
        let agent: Int
        let parents: [Int]
        /// The number of the agent's first single step among them.
        let start: Int
        /// Each on the text after the one before it.
        let edits: [TextEdit]

        /// How many single steps they are: one a scalar that comes or goes.
        var length: Int { edits.reduce(0) { $0 + $1.deleted + $1.inserted.count } }
    }

    struct History {
        let transactions: [Transaction]
        let start: String
        let end: String
        let agents: Int
        /// One author after another, each on top of all before.
        let isSequential: Bool
    }

    let name: String
    let histories: [History]
    /// Agents are concurrent with themselves there.
    let isConformance: Bool

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(path: String) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        let json = try JSONSerialization.jsonObject(with: Self.contents(path))
        if let list = json as? [[String: Any]] {
            isConformance = true
            histories = try list.map { try Self.conformance($0, path) }
        } else if let top = json as? [String: Any] {
            isConformance = false
            histories = [try Self.trace(top, path)]
        } else {
            throw Failure(description: "\(path): neither a trace nor a list of histories")
        }
    }

    private static func contents(_ path: String) throws -> Data {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Failure(description: "\(path): no such file, or not readable")
        }
        guard path.hasSuffix(".gz") else { return try Data(contentsOf: URL(fileURLWithPath: path)) }
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", path]
        gzip.standardOutput = output
        try gzip.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        guard gzip.terminationStatus == 0 else { throw Failure(description: "\(path): gzip could not read it") }
        return data
    }

    /// A keystroke trace; one without `parents` is one author's.
    private static func trace(_ top: [String: Any], _ path: String) throws -> History {
        guard let end = top["endContent"] as? String, let all = top["txns"] as? [[String: Any]] else {
            throw Failure(description: "\(path): no endContent or no txns")
        }
        var starts: [Int: Int] = [:]
        var transactions: [Transaction] = []
        transactions.reserveCapacity(all.count)
        for (index, one) in all.enumerated() {
            let agent = one["agent"] as? Int ?? 0
            let before = index == 0 ? [] : [index - 1]
            let transaction = Transaction(
                agent: agent, parents: one["parents"] as? [Int] ?? before, start: starts[agent, default: 0],
                edits: try edits(one["patches"], path))
            guard transaction.parents.allSatisfy({ (0..<index).contains($0) }) else {
                throw Failure(description: "\(path): transaction \(index) has a parent that is not before it")
            }
            starts[agent, default: 0] += transaction.length
            transactions.append(transaction)
        }
        return History(
            transactions: transactions, start: top["startContent"] as? String ?? "", end: end,
            agents: Set(transactions.map(\.agent)).count,
            isSequential: transactions.indices.allSatisfy {
                transactions[$0].parents == ($0 == 0 ? [] : [$0 - 1])
            } && starts.count <= 1)
    }

    /// Parents are single steps there; agents are names, ordered by their scalars.
    private static func conformance(_ top: [String: Any], _ path: String) throws -> History {
        guard let end = top["endContent"] as? String, let all = top["txns"] as? [[String: Any]] else {
            throw Failure(description: "\(path): a history lacks endContent or txns")
        }
        let names = Set(all.compactMap { $0["agent"] as? String }).sorted {
            $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
        }
        var ofStep: [Int: Int] = [:]
        let transactions = try all.enumerated().map { index, one in
            guard let span = one["span"] as? [Int], span.count == 2, span[0] <= span[1],
                let start = one["seqStart"] as? Int, let name = one["agent"] as? String,
                let agent = names.firstIndex(of: name), let parents = one["parents"] as? [Int]
            else { throw Failure(description: "\(path): a txn lacks span, seqStart, agent or parents") }
            let before = parents.compactMap { ofStep[$0] }
            for step in span[0]..<span[1] { ofStep[step] = index }
            return Transaction(agent: agent, parents: before, start: start, edits: try edits(one["ops"], path))
        }
        return History(transactions: transactions, start: "", end: end, agents: names.count, isSequential: false)
    }

    private static func edits(_ list: Any?, _ path: String) throws -> [TextEdit] {
        guard let list = list as? [[Any]] else { throw Failure(description: "\(path): a txn without edits") }
        return try list.map { patch in
            guard patch.count == 3, let position = patch[0] as? Int, let deleted = patch[1] as? Int,
                let inserted = patch[2] as? String
            else { throw Failure(description: "\(path): an edit is no [position, deleted, inserted]") }
            return TextEdit(position: position, deleted: deleted, inserted: Array(inserted.unicodeScalars))
        }
    }
}
