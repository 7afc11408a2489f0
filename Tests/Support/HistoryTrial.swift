import StoepMerge
import StoepModel

/// One seed: a history, held by replicas that got it in orders of their own and some of it twice, and by one that got
/// only a part; all of them compared with a fold from scratch, and byte for byte with one another.
package struct HistoryTrial: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Registers, sets, counters, texts, lists, deletes and erasures, while roles and grants change.
        case records
        /// Persons who are joined and taken apart.
        case joined
        /// One text that several people write at once, by keystrokes.
        case texts
        /// What decodes, and nobody of ours would write.
        case hostile

        /// The kinds take turns.
        package init(ofSeed seed: UInt64) { self = Self.allCases[Int(seed % UInt64(Self.allCases.count))] }
    }

    package let kind: Kind
    package let seed: UInt64
    package private(set) var census = HistoryCensus()
    /// What differs first; nil where nothing does.
    package private(set) var difference: String?
    /// The history in lines that a person can follow.
    package private(set) var lines: [String] = []
    private let isTold: Bool

    package init(_ kind: Kind, seed: UInt64, isTold: Bool = false) {
        self.kind = kind
        self.seed = seed
        self.isTold = isTold
        census.histories[kind] = 1
        switch kind {
        case .records:
            let history = MergeHistory(seed: seed)
            census.replicas[history.replicas] = 1
            compare(history.changes, history.space, .editors)
        case .joined:
            let history = JoinHistory(seed: seed)
            census.replicas[Set(history.changes.map(\.device)).count] = 1
            compare(history.changes, history.space, .editors)
        case .texts: compareTexts()
        case .hostile:
            let history = HostileHistory(seed: seed)
            census.replicas[Set(history.changes.map(\.device)).count] = 1
            census.note("payloads damaged on the way that decode", history.damaged)
            difference = history.difference
            if difference == nil { compare(history.changes, history.space, .anybodys) }
        }
    }

    // MARK: Records

    private mutating func compare(_ changes: [HeldChange], _ space: SpaceID, _ anchors: NaiveAnchors) {
        let random = SeededRandom(seed: seed &* 31)
        let naive = NaiveFold(changes, space: space, anchors: anchors)
        var one = Self.replica(of: inSomeOrder(changes, random), space)
        var other = Self.replica(of: inSomeOrder(changes, random), space)
        let some = part(of: changes, random)
        var side = Self.replica(of: inSomeOrder(some, random), space)
        difference =
            Self.difference(&one, naive) ?? MergeHistory.difference(&one, &other).map { "two orders: \($0)" }
            ?? Self.difference(&side, NaiveFold(some, space: space, anchors: anchors)).map { "of a part: \($0)" }
        changes.forEach { census.note($0) }
        for replica in [one, side] { note(replica) }
        if isTold { tell(changes, one) }
    }

    private static func replica(of changes: [HeldChange], _ space: SpaceID) -> MergeReplica {
        var replica = MergeReplica(space: space)
        for change in changes { replica.deliver(change) }
        return replica
    }

    private static func difference(_ replica: inout MergeReplica, _ naive: NaiveFold) -> String? {
        JoinHistory.difference(&replica, naive)
    }

    private mutating func note(_ replica: MergeReplica) {
        var replica = replica
        let roster = replica.roster()
        for (log, record) in replica.records { census.note(replica.fold(record, in: log, under: roster)) }
        let joined = JoinHistory.joined(&replica)
        census.note("joined groups", joined.groups.count)
        census.note("pairs joined and taken apart at once", joined.contested.count)
    }

    private mutating func tell(_ changes: [HeldChange], _ replica: MergeReplica) {
        var replica = replica
        lines = changes.flatMap(\.lines)
        let roster = replica.roster()
        for (log, record) in replica.records {
            lines.append("")
            lines.append("\(log) \(record)")
            let state = replica.fold(record, in: log, under: roster)
            lines += state.rendering.split(separator: "\n").map { "    \($0)" }
        }
        let joined = JoinHistory.joined(&replica).rendering
        if !joined.isEmpty { lines += ["", joined] }
    }

    // MARK: Texts

    private mutating func compareTexts() {
        let history = TextHistory(seed: seed)
        let random = SeededRandom(seed: seed &* 31)
        let naive = history.scanned()
        let expected = naive.texts[0].items.map { TextElement(id: $0.id, scalar: $0.scalar, isVisible: $0.isVisible) }
        let (authors, changes) = history.lived(random)
        var fresh = TextDocument()
        fresh.beginImport()
        for change in random.shuffled(changes + changes.filter { _ in random.chance(4) }) { change.apply(to: &fresh) }
        fresh.finishImport()
        for (number, document) in (authors.map(\.document) + [fresh]).enumerated() {
            if document.elements == expected, document.pending == 0,
                document.utf8.elementsEqual(naive.texts[0].text.utf8)
            {
                continue
            }
            difference = difference ?? "replica \(number)\n\(document.text)\n--- naive\n\(naive.texts[0].text)"
        }
        census.replicas[history.replicas] = 1
        census.changes = changes.count
        census.operations["edit"] = changes.count
        census.note("scalars in texts", expected.count)
        census.note("of them removed", expected.count { !$0.isVisible })
        if isTold { lines = [history.description, naive.texts[0].text] }
    }
}
