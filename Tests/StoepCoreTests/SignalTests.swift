import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore

/// What is urgent, among everything else.
@Suite struct SignalTests {
    private func replica(_ store: Store) throws -> Replica {
        let member = try #require(try store.owner(of: store.keys.publicKey))
        return Replica(store.configuration.directory, store, member)
    }

    private func add(_ area: String, _ store: Store) throws {
        let fields: [FieldEdit] = [.set(Field.Area.code, .text(area)), .set(Field.Area.name, .text(area))]
        try store.save([RecordEdit(log: .square, target: .natural(.area, key: area), fields: fields)])
    }

    @Test
    func
        `a signal leaves before the conversations that were recorded before it, and comes alone where the line breaks`()
        throws
    {
        let space = try TestSpace(seed: 71)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        try add("north", anna)
        let replica = try replica(anna)
        // More than one message holds: words that do not get smaller.
        for number in 0..<12 {
            var draft = ConversationDraft()
            draft.area = "north"
            draft.words = Hex.encode(space.random.bytes(100_000))
            draft.themes = ["thema \(number)"]
            _ = try replica.record(draft)
        }
        let signal = try replica.signal([
            .set(Field.Signal.words, "Hij ademt slecht."), .set(Field.Signal.area, "north"),
        ])
        #expect(signal.log == LogID(.signal, partition: "north"))

        var first: [LogID] = []
        // The line breaks once the first message has arrived.
        _ = try space.sync(anna, dropAfter: 4) { request in
            guard first.isEmpty else { return }
            first = request.segments.compactMap { try? $0.unpacked().log }
        }
        #expect(first.first == signal.log, "\(first)")
        #expect(first.contains { $0.kind == .street })
        #expect(try space.hub.seen(signal.id).text(Field.Signal.words) == "Hij ademt slecht.")
        #expect(try space.hub.read { try space.hub.conversationCount() } < 12, "the rest waits for the next")
    }

    @Test func `a signal waits until a coordinator answers: what a volunteer's client wrote takes no mark off`() throws
    {
        let space = try TestSpace(seed: 72, partitions: ["north", "south"])
        let anna = try space.laptop("Anna", in: ["north", "south"])
        let cora = try space.laptop("Cora", .coordinator)
        try space.settle([anna, cora])
        try add("south", anna)
        let (volunteer, coordinator) = (try replica(anna), try replica(cora))
        // No area is named, and two could be meant: it is kept all the same.
        let signal = try volunteer.signal([.set(Field.Signal.words, "Er ligt iemand.")])
        #expect(signal.log.kind == .signal && (signal.moment ?? 0) > 0)
        #expect(throws: ReplicaError.self) { try volunteer.signal([.set(Field.Signal.words, " \n")]) }
        #expect(throws: ReplicaError.self) { try volunteer.answer(signal: signal.id, "Ik regel het.") }
        try anna.save([
            RecordEdit(
                log: signal.log, target: .new(.signalAnswer),
                fields: [
                    .set(Field.SignalAnswer.signal, .record(signal.id)),
                    .text(Field.SignalAnswer.words, "Al geregeld."),
                ])
        ])
        try space.settle([anna, cora])
        for replica in [volunteer, coordinator] {
            let waiting = try replica.signals(waiting: true)
            #expect(waiting.map(\.record.id) == [signal.id] && waiting.map(\.answers.count) == [1])
        }
        _ = try coordinator.answer(signal: signal.id, "De dokter is onderweg.")
        let later = try volunteer.signal([.set(Field.Signal.words, "Nog iemand."), .set(Field.Signal.area, "south")])
        try space.settle([anna, cora])
        for replica in [volunteer, coordinator] {
            #expect(try replica.signals(waiting: true).map(\.record.id) == [later.id])
            #expect(try replica.signals().map(\.record.id) == [later.id, signal.id], "what waits comes first")
            #expect(try replica.signals(area: "south").map(\.record.id) == [later.id])
        }
    }
}
