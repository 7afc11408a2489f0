import StoepModel
import StoepMerge

/// Several replicas that write one text at once and now and then hear of each other.
///
/// `description` is a line that `init(parsing:)` reads: the number of replicas, then the steps, as in
/// `2 0@0-0+ab 1<0 1@2-1+X`: replica 0 inserts `ab` at 0; 1 receives all that 0 has; 1 removes one scalar at 2 and
/// inserts `X`. After the last step everybody receives everything.
package struct TextHistory: CustomStringConvertible, Sendable {
    package enum Step: Sendable {
        case edit(replica: Int, TextEdit)
        case receive(replica: Int, from: Int)
    }

    package let replicas: Int
    package private(set) var steps: [Step] = []

    /// A history out of a seed. Each replica writes in letters of its own, mostly on from where it wrote last, forwards
    /// or backwards.
    package init(seed: UInt64, steps count: Int = 30) {
        var random = TextRandom(seed: seed)
        replicas = Int.random(in: 2...7, using: &random)
        let letters = [
            "abcdefghijklm", "ABCDEFGHIJKLM", "0123456789", "αβγδεζηθικλμ", "бгджзийлптфц", "אבגדהוזחטיכל", "👩👦🌾🌳🚲🏠🐕",
        ].map { Array($0.unicodeScalars) }
        var run = TextHistoryRun(replicas: replicas)
        var cursors = [Int](repeating: 0, count: replicas)
        while steps.count < count {
            let replica = Int.random(in: 0..<replicas, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                let other = Int.random(in: 0..<replicas, using: &random)
                guard other != replica else { continue }
                steps.append(.receive(replica: replica, from: other))
            } else {
                let length = run.texts[replica].count
                let isFresh = Int.random(in: 0..<3, using: &random) == 0
                let position = isFresh ? Int.random(in: 0...length, using: &random) : min(cursors[replica], length)
                let isDeleting = Int.random(in: 0..<4, using: &random) == 0
                let deleted = isDeleting ? Int.random(in: 0...min(3, length - position), using: &random) : 0
                let inserted = (0..<Int.random(in: deleted > 0 ? 0...1 : 1...3, using: &random)).map { _ in
                    letters[replica].randomElement(using: &random) ?? "?"
                }
                cursors[replica] = position + (Bool.random(using: &random) ? inserted.count : 0)
                steps.append(
                    .edit(replica: replica, TextEdit(position: position, deleted: deleted, inserted: inserted)))
            }
            run.take(steps[steps.count - 1])
        }
    }

    package init?(parsing line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard let first = words.first, let replicas = Int(first) else { return nil }
        self.replicas = replicas
        for word in words.dropFirst() {
            let ends = word.split(separator: "<").compactMap { Int($0) }
            let parts = word.split(maxSplits: 3, omittingEmptySubsequences: false) { "@-+".contains($0) }
            if ends.count == 2 {
                steps.append(.receive(replica: ends[0], from: ends[1]))
            } else if parts.count == 4, let replica = Int(parts[0]), let position = Int(parts[1]),
                let deleted = Int(parts[2])
            {
                let edit = TextEdit(position: position, deleted: deleted, inserted: Array(parts[3].unicodeScalars))
                steps.append(.edit(replica: replica, edit))
            } else {
                return nil
            }
        }
    }

    package var description: String {
        let words = steps.map { step in
            switch step {
            case .edit(let replica, let edit):
                "\(replica)@\(edit.position)-\(edit.deleted)+\(String(String.UnicodeScalarView(edit.inserted)))"
            case .receive(let replica, let from): "\(replica)<\(from)"
            }
        }
        return ([String(replicas)] + words).joined(separator: " ")
    }

    /// The history as the scanning implementation lives it.
    package func scanned() -> TextHistoryRun {
        var run = TextHistoryRun(replicas: replicas)
        for step in steps { run.take(step) }
        run.exchangeAll()
        return run
    }

    /// A change of a replica, from 1 on.
    package static func point(replica: Int, seq: Int) -> ChangePoint {
        ChangePoint(
            actor: ActorID(Bytes16(high: 0, low: UInt64(replica) + 1)), seq: UInt64(seq), check: UInt64(seq) &* 31)
    }
}

/// A history on its way: what each replica holds, and all that was written.
package struct TextHistoryRun {
    package private(set) var texts: [ScannedText]
    /// In an order in which everything follows what it stands on.
    package private(set) var operations: [TextOperation] = []
    /// Of each replica, the indices of the operations that it holds, ascending.
    package private(set) var held: [Set<Int>]
    private var seqs: [Int]

    init(replicas: Int) {
        texts = Array(repeating: ScannedText(), count: replicas)
        held = Array(repeating: [], count: replicas)
        seqs = Array(repeating: 0, count: replicas)
    }

    mutating func take(_ step: TextHistory.Step) {
        switch step {
        case .edit(let replica, let edit):
            seqs[replica] += 1
            let point = TextHistory.point(replica: replica, seq: seqs[replica])
            for operation in texts[replica].operations(for: edit, at: point) {
                texts[replica].apply(operation)
                held[replica].insert(operations.count)
                operations.append(operation)
            }
        case .receive(let replica, let from): receive(held[from], by: replica)
        }
    }

    mutating func exchangeAll() {
        for replica in texts.indices { receive(Set(operations.indices), by: replica) }
    }

    private mutating func receive(_ wanted: Set<Int>, by replica: Int) {
        for index in wanted.subtracting(held[replica]).sorted() { texts[replica].apply(operations[index]) }
        held[replica].formUnion(wanted)
    }
}

/// SplitMix64 (Steele, Lea & Flood, 2014): the same numbers for the same seed, everywhere and always.
package struct TextRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
