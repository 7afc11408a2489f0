import Foundation
import StoepMerge

/// Recorded texts: keystroke traces in the format of the public editing-traces collection, of one author or of several at
/// once, and conformance histories, whose transactions have spans. One of them or a list, as they are or gzipped.
struct TraceFile {
    /// Some edits, one after another, that their author made on top of the transactions `parents`.
    struct Transaction {
        /// By number, in the order of their names.
        var agent: Int
        var parents: [Int]
        /// The number of the agent's first single step among them.
        var start: Int
        /// Each on the text after the one before it.
        let edits: [TextEdit]

        /// How many single steps they are: one a scalar that comes or goes.
        var length: Int { edits.reduce(0) { $0 + $1.deleted + $1.inserted.count } }
    }

    struct History {
        let transactions: [Transaction]
        /// The text that has to come out; nil where the file does not say.
        let end: String?
        let agents: Int
        /// One author, each transaction on top of the one before.
        let isSequential: Bool
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    let histories: [History]
    /// Agents are concurrent with themselves there.
    let isConformance: Bool

    init(path: String) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        let data = try GzipFile.contents(path)
        let json: Any
        do {
            json = try JSONSerialization.jsonObject(with: data)
        } catch {
            let said = (error as NSError).userInfo["NSDebugDescription"].map { ": \($0)" } ?? ""
            throw Failure(description: "no JSON\(said)")
        }
        guard let list = json as? [[String: Any]] ?? (json as? [String: Any]).map({ [$0] }) else {
            throw Failure(description: "neither a history nor a list of histories")
        }
        if list.isEmpty { throw Failure(description: "an empty list: no history in it") }
        let readers = try list.enumerated().map { try Reader($1, list.count > 1 ? "history \($0): " : "") }
        isConformance = readers[0].isConformance
        if readers.contains(where: { $0.isConformance != readers[0].isConformance }) {
            throw Failure(description: "keystroke traces and conformance histories in one list")
        }
        histories = try readers.map { try $0.history() }
    }

    /// `automerge-paper` of `automerge-paper.json.gz`.
    var stem: String { name.split(separator: ".").first.map(String.init) ?? name }
}

extension TraceFile.Transaction {
    /// Agents in the order of their names: numbers as such, then texts by their scalars.
    fileprivate enum Agent: Hashable, Comparable {
        case number(Int)
        case text(String)

        init?(_ json: Any?) {
            if let number = json as? Int {
                self = .number(number)
            } else if let text = json as? String {
                self = .text(text)
            } else {
                return nil
            }
        }

        static func < (a: Self, b: Self) -> Bool {
            switch (a, b) {
            case (.number(let x), .number(let y)): x < y
            case (.text(let x), .text(let y)): x.unicodeScalars.lexicographicallyPrecedes(y.unicodeScalars)
            case (.number, .text): true
            case (.text, .number): false
            }
        }
    }
}

/// One history, while it is read.
private struct Reader {
    private typealias Agent = TraceFile.Transaction.Agent
    private let transactions: [[String: Any]]
    private let start: String
    private let end: String?
    /// What a failure begins with.
    private let place: String
    let isConformance: Bool

    init(_ top: [String: Any], _ place: String) throws {
        self.place = place
        guard let transactions = top["txns"] as? [[String: Any]] else {
            throw TraceFile.Failure(description: "\(place)no list of txns")
        }
        for key in ["startContent", "endContent"] where top[key] != nil && !(top[key] is String) {
            throw TraceFile.Failure(description: "\(place)\(key) is no text")
        }
        self.transactions = transactions
        start = top["startContent"] as? String ?? ""
        end = top["endContent"] as? String
        isConformance = transactions.first.map { $0["span"] != nil || $0["ops"] != nil } ?? false
    }

    private func failure(_ index: Int, _ what: String) -> TraceFile.Failure {
        TraceFile.Failure(description: "\(place)txn \(index): \(what)")
    }

    func history() throws -> TraceFile.History {
        let agents = try transactions.enumerated().map { try agent($1["agent"], $0) }
        let ordered = Set(agents).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
        var read: [TraceFile.Transaction] = []
        read.reserveCapacity(transactions.count)
        var steps: [Int: Int] = [:]
        var ofStep: [Int: Int] = [:]
        for (index, json) in transactions.enumerated() {
            let number = numbers[agents[index]] ?? 0
            let edits = try edits(json[isConformance ? "ops" : "patches"], index)
            var one = TraceFile.Transaction(agent: number, parents: [], start: steps[number, default: 0], edits: edits)
            if isConformance {
                one.parents = try parentsOfSteps(json, index, ofStep)
                one.start = try self.start(json, index)
                for step in try span(json, index, one.length) { ofStep[step] = index }
            } else {
                one.parents = try parents(json["parents"], index)
                steps[number, default: 0] += one.length
            }
            read.append(one)
        }
        return finished(read, agents: ordered.count)
    }

    /// A text that was there before is what the first author wrote first.
    private func finished(_ read: [TraceFile.Transaction], agents: Int) -> TraceFile.History {
        var all = read
        if !start.isEmpty {
            let before = TextEdit(position: 0, deleted: 0, inserted: Array(start.unicodeScalars))
            let agent = read.first?.agent ?? 0
            all = read.map { one in
                var one = one
                one.parents = one.parents.isEmpty ? [0] : one.parents.map { $0 + 1 }
                if one.agent == agent { one.start += before.inserted.count }
                return one
            }
            all.insert(TraceFile.Transaction(agent: agent, parents: [], start: 0, edits: [before]), at: 0)
        }
        let isSequential =
            agents <= 1 && !isConformance && all.indices.allSatisfy { all[$0].parents == ($0 == 0 ? [] : [$0 - 1]) }
        return TraceFile.History(transactions: all, end: end, agents: agents, isSequential: isSequential)
    }

    private func agent(_ json: Any?, _ index: Int) throws -> Agent {
        guard let json, !(json is NSNull) else {
            // One author needs no name.
            if isConformance { throw failure(index, "no agent") }
            return .number(0)
        }
        guard let agent = Agent(json) else { throw failure(index, "its agent is neither a text nor a whole number") }
        return agent
    }

    /// Transactions by number; where none are named, the one before.
    private func parents(_ json: Any?, _ index: Int) throws -> [Int] {
        guard let json else { return index == 0 ? [] : [index - 1] }
        guard let parents = json as? [Int] else { throw failure(index, "parents is no list of whole numbers") }
        if let wrong = parents.first(where: { !(0..<index).contains($0) }) {
            throw failure(index, "its parent \(wrong) is no txn before it")
        }
        return parents
    }

    /// Single steps by number.
    private func parentsOfSteps(_ json: [String: Any], _ index: Int, _ ofStep: [Int: Int]) throws -> [Int] {
        guard let parents = json["parents"] as? [Int] else {
            throw failure(index, "parents is no list of whole numbers")
        }
        return try parents.map { step in
            guard let transaction = ofStep[step] else {
                throw failure(index, "its parent \(step) is no step before it")
            }
            return transaction
        }
    }

    private func start(_ json: [String: Any], _ index: Int) throws -> Int {
        guard let start = json["seqStart"] as? Int, start >= 0, start < Int(Int32.max) else {
            throw failure(index, "seqStart is no whole number from 0 on")
        }
        return start
    }

    private func span(_ json: [String: Any], _ index: Int, _ length: Int) throws -> Range<Int> {
        guard let span = json["span"] as? [Int], span.count == 2, span[0] >= 0, span[0] <= span[1] else {
            throw failure(index, "span is no [from, to]")
        }
        guard span[1] - span[0] == length else {
            throw failure(index, "its span has \(span[1] - span[0]) steps and its ops \(length)")
        }
        return span[0]..<span[1]
    }

    private func edits(_ json: Any?, _ index: Int) throws -> [TextEdit] {
        guard let list = json as? [Any] else {
            throw failure(index, isConformance ? "no list of ops" : "no list of patches")
        }
        return try list.enumerated().map { number, json in
            // Some collections add the time of a patch behind these three.
            guard let patch = json as? [Any], patch.count >= 3, let position = patch[0] as? Int,
                let deleted = patch[1] as? Int, let inserted = patch[2] as? String,
                // What counts scalars of a text fits 32 bits; so no sum of two can overflow.
                position >= 0, deleted >= 0, position < Int(Int32.max), deleted < Int(Int32.max)
            else { throw failure(index, "edit \(number) is no [position, deleted, inserted]") }
            return TextEdit(position: position, deleted: deleted, inserted: Array(inserted.unicodeScalars))
        }
    }
}

extension TraceFile.History {
    /// The same in which no author is concurrent with itself: one that is becomes several, as if on several devices.
    var onDevices: TraceFile.History {
        var devices: [[(device: Int, last: Int)]] = Array(repeating: [], count: max(agents, 1))
        var count = 0
        var split = transactions
        for index in split.indices {
            let agent = split[index].agent
            if let known = devices[agent].firstIndex(where: { isBefore($0.last, index) }) {
                devices[agent][known].last = index
                split[index].agent = devices[agent][known].device
            } else {
                devices[agent].append((count, index))
                split[index].agent = count
                count += 1
            }
        }
        return TraceFile.History(transactions: split, end: end, agents: count, isSequential: isSequential)
    }

    /// Whether a transaction is among those that another was made on top of.
    private func isBefore(_ earlier: Int, _ later: Int) -> Bool {
        var queue = transactions[later].parents
        var seen: Set<Int> = []
        while let one = queue.popLast() {
            if one == earlier { return true }
            if one > earlier, seen.insert(one).inserted { queue += transactions[one].parents }
        }
        return false
    }
}
