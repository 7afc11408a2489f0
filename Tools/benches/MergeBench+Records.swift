import Foundation
import StoepMerge
import StoepModel
import StoepStore

extension MergeBench {
    /// A note of 5,000 characters with 10,000 past operations, nothing concurrent: opened from the row of its folded record,
    /// which is what the store has of it, beside importing the operations.
    func noteContests() throws -> [Contest] {
        let history = Self.note()
        let log = try RecordedLog(history, keystrokesPerChange: 1000)
        let document = try TextImport.trusted(log.segments, log.chains)
        let note = RecordedText(name: "the note", history: history, sizes: [:])
        try note.check(document.text, "imported")
        let row = try Self.row(of: document.text)
        try note.check(try Self.open(row), "opened")
        let opened = Contest(
            name: "text.open-note",
            measure: [
                (.ours, { try Stopwatch.milliseconds { try Self.open(row) } }),
                (.baseline, { try Stopwatch.milliseconds { try TextImport.trusted(log.segments, log.chains).text } }),
            ]
        ) { medians in
            [
                Figure(
                    "text.open-note", medians[.ours] ?? 0, "ms", beside: "importing its operations", medians[.baseline],
                    .atMost(0.1))
            ]
        }
        return [opened]
    }

    /// As the store keeps a folded record with this note.
    private static func row(of text: String) throws -> [UInt8] {
        var state = RecordState(id: RecordID(Bytes16(high: 1, low: 1)))
        let point = ChangePoint(actor: ActorID(Bytes16(high: 2, low: 2)), seq: 1, check: 3)
        state.collection = .conversation
        state.creation = Creation(point: point, time: Timestamp(milliseconds: 1_790_000_000_000), member: nil)
        state.fields = [FieldEntry(number: Field.Conversation.observation, state: .text(text))]
        return try state.encodedContent()
    }

    private static func open(_ row: [UInt8]) throws -> String {
        try RecordState(id: RecordID(Bytes16(high: 1, low: 1)), decoding: row).text(Field.Conversation.observation)
    }

    /// 7,500 scalars come and 2,500 go, in bursts at places.
    private static func note() -> TraceFile.History {
        var transactions: [TraceFile.Transaction] = []
        var plain: [Unicode.Scalar] = []
        let words = Array("wat er op straat gezegd werd over groen, zorg en de buurt ".unicodeScalars)
        var random = SeededRandom(seed: 7)
        var cursor = 0
        while transactions.count < 10_000 {
            if transactions.count.isMultiple(of: 25) { cursor = random.below(plain.count + 1) }
            // One of four takes a scalar back; where there is none before the cursor, the one behind it.
            let isDelete = transactions.count % 4 == 3
            let position = isDelete ? max(cursor - 1, 0) : cursor
            let edit = TextEdit(
                position: position, deleted: isDelete ? 1 : 0,
                inserted: isDelete ? [] : [words[transactions.count % words.count]])
            plain.replaceSubrange(position..<position + edit.deleted, with: edit.inserted)
            cursor = position + edit.inserted.count
            transactions.append(
                TraceFile.Transaction(
                    agent: 0, parents: transactions.isEmpty ? [] : [transactions.count - 1], start: transactions.count,
                    edits: [edit]))
        }
        return TraceFile.History(
            transactions: transactions, end: String(String.UnicodeScalarView(plain)), agents: 1, isSequential: true)
    }

    /// Many records, from wire bytes to what is shown of them.
    func streetContests(_ round: StreetRound) throws -> [Contest] {
        let log = try StreetRoundLog(round)
        try log.verify()
        let count = Double(log.count)
        let sizes = try peers.map { try $0.load("street-round", round) }
        let name = "fold.street-round"
        let folded = Contest(
            name: name,
            measure: [(.ours, { try Stopwatch.milliseconds { try log.folded() } })]
                + peerSides([.yrs, .loro], "import", "street-round")
        ) { medians in
            func rate(_ side: Contest.Side) -> Double? { medians[side].map { count / $0 * 1000 } }
            return [
                Figure(name, rate(.ours) ?? 0, "records/s", beside: "Yrs", rate(.yrs), .atLeast(1)),
                Figure("\(name).loro", rate(.ours) ?? 0, "records/s", beside: "Loro", rate(.loro)),
            ]
        }
        let inflating = Contest(
            name: "\(name).inflating",
            measure: [(.ours, { try Stopwatch.milliseconds { try log.folded() } })]
                + peerSides([.yrs], "inflate-import", "street-round")
        ) { medians in
            func rate(_ side: Contest.Side) -> Double? { medians[side].map { count / $0 * 1000 } }
            return [
                Figure(
                    "\(name).inflating", rate(.ours) ?? 0, "records/s", beside: "Yrs, which inflates too", rate(.yrs))
            ]
        }
        let bytes = Contest(name: "\(name).bytes", measure: []) { _ in
            [
                Figure(
                    "\(name).bytes", Double(log.bytes) / count, "bytes/record", beside: "bare values, deflated",
                    Double(round.deflatedBareBytes()) / count),
                Figure(
                    "\(name).bytes.peers", Double(log.bytes) / count, "bytes/record",
                    beside: "the smaller of Yrs' and Loro's, deflated",
                    sizes?.values.map(\.deflated).min().map { $0 / count }),
            ]
        }
        return try [folded, inflating, bytes] + stageContests(name, log)
    }

    /// What a record takes on each part of that way, each by itself.
    private func stageContests(_ name: String, _ log: StreetRoundLog) throws -> [Contest] {
        let segments = try log.unpacked()
        func stage(_ part: String, _ once: @escaping () throws -> Double) -> Contest {
            Contest(name: "\(name).\(part)", measure: [(.ours, once)]) { medians in
                [Figure("\(name).\(part)", (medians[.ours] ?? 0) * 1000 / Double(log.count), "µs/record")]
            }
        }
        return [
            stage("unpack") { try Stopwatch.milliseconds { try log.unpacked() } },
            stage("unpack.decode") { try Stopwatch.milliseconds { try log.taken() } },
            stage("payload") { try Stopwatch.milliseconds { try log.decoded(segments) } },
            stage("fold") { try Stopwatch.milliseconds { try log.foldedAlone() } },
        ]
    }
}
