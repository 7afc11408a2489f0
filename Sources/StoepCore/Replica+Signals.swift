import StoepMerge
import StoepModel
import StoepStore

/// Something urgent, and what was said to it.
public struct Signal: Sendable {
    public let record: RecordView
    /// The earliest first.
    public let answers: [RecordView]
    /// Whether a coordinator answered.
    public let isAnswered: Bool
}

/// What cannot wait: it goes before all else at the next sync, and stays marked until a coordinator has answered.
extension Replica {
    /// Signals something urgent. It stands beside the street of the conversation or of the area that it names, else of
    /// the last conversation, else of the first that this member is granted: whoever is in need does not wait for a name.
    /// - Parameter inputs: the words, and where, of whom and in which conversation, as far as that is known.
    /// - Throws: `empty`, `tooLong`, `areaElsewhere`, `conversationsNotGranted`, `notAllowed`, and what naming areas,
    ///   persons and conversations throws; then nothing was saved.
    public func signal(_ inputs: [FieldInput]) throws(ReplicaError) -> RecordView {
        try ReplicaError.naming {
            let says = inputs.contains { input in
                guard input.field == Field.Signal.words, case .set(let text) = input.change else { return false }
                return !text.trimmed.isEmpty
            }
            guard says else { throw ReplicaError.empty(field: "words") }
            try saveDrafts()
            return try store.write {
                var reading = try read(inputs, of: definition(.signal), record: nil, opened: nil)
                if !inputs.contains(where: { $0.field == Field.Signal.startedAt }) {
                    let now = Int64(clamping: store.environment.now().milliseconds)
                    reading.edits.append(.set(Field.Signal.startedAt, .integer(now)))
                }
                let log = try signalLog(&reading.edits)
                let edit = RecordEdit(log: log, target: .new(.signal), fields: reading.edits)
                let id = try store.saveInTransaction([edit] + reading.births)[0]
                var people = People(self)
                return try view(id, &people)
            }
        }
    }

    private func signalLog(_ edits: inout [FieldEdit]) throws -> LogID {
        do {
            return try log(for: definition(.signal), &edits)
        } catch ReplicaError.areaNeeded {
            guard let first = try store.grantedPartitions(member).sorted().first,
                let log = LogID(.signal, partition: first)
            else { throw ReplicaError.areaNeeded }
            return log
        }
    }

    /// What is signalled here: first what waits for an answer, then the rest, the latest first.
    /// - Parameters:
    ///   - waiting: only what no coordinator has answered yet.
    ///   - typed: a code or a name of an area; nil for all.
    public func signals(waiting: Bool = false, area typed: String? = nil) throws(ReplicaError) -> [Signal] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                let here = try typed.map {
                    RecordSelection.Condition.holds(Field.Signal.area, .text(try area(meaning: $0).code))
                }
                let found = try store.records(of: .signal, RecordSelection([here].compactMap { $0 }))
                let all = try found.compactMap { id -> Signal? in
                    let answers = try answers(toSignal: id)
                    let isAnswered = try answers.contains { try settles($0) }
                    if waiting, isAnswered { return nil }
                    return Signal(
                        record: try view(id, &people),
                        answers: try answers.map { try view($0, &people) }
                            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) },
                        isAnswered: isAnswered)
                }
                return all.sorted { one, other in
                    if one.isAnswered != other.isAnswered { return other.isAnswered }
                    return (one.record.moment ?? 0, one.record.id) > (other.record.moment ?? 0, other.record.id)
                }
            }
        }
    }

    private func answers(toSignal id: RecordID) throws -> [RecordID] {
        try store.records(of: .signalAnswer, RecordSelection([.holds(Field.SignalAnswer.signal, .record(id))]))
    }

    /// Whether an answer takes the mark off: a coordinator gave it, also one who left since. A volunteer's does not,
    /// whatever their client let them write.
    private func settles(_ answer: RecordID) throws -> Bool {
        guard let maker = try store.stored(answer).creation?.member else { return true }
        return try store.role(of: maker).map { $0 == .coordinator || $0 == .revoked } ?? false
    }

    /// Answers a signal: its mark goes, here at once and elsewhere after a sync.
    /// - Throws: `unknownID`, `empty`, `tooLong`, `coordinatorsOnly`, `notAllowed`.
    public func answer(signal id: RecordID, _ words: String) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            guard try store.read({ try currentRole() }) == .coordinator else { throw ReplicaError.coordinatorsOnly }
            guard !words.trimmed.isEmpty else { throw ReplicaError.empty(field: "words") }
            try Self.check(text: words, "words")
            try saveDrafts()
            return try store.write {
                let state = try store.stored(id)
                guard state.isListed, state.collection == .signal, let log = try store.log(of: id) else {
                    throw ReplicaError.unknownID(id.description)
                }
                return try store.saveInTransaction([
                    RecordEdit(
                        log: log, target: .new(.signalAnswer),
                        fields: [.set(Field.SignalAnswer.signal, .record(id)), .text(Field.SignalAnswer.words, words)])
                ])[0]
            }
        }
    }
}
