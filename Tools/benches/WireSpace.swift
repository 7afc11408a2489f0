import StoepCrypto
import StoepMerge
import StoepModel
import StoepStore
import StoepSync
import StoepTestSupport
import StoepWire

/// A street round on its way to another replica: a laptop records it in its store and syncs with a daemon's, from which
/// a second laptop then takes it. The stores, the sessions and the messages are those of the programs; only the network
/// is not there, every message passing from one side to the other as its bytes.
struct WireSpace {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let partition = "north"

    private let space: TestSpace
    /// The laptop of the volunteer who recorded everything: one chain, as with the peers one author.
    private let recorder: Store
    private let round: StreetRound
    private var recorded = 0
    /// The sync that brought the whole round to the second laptop.
    let arrival: SyncRun
    /// The next one of that laptop, which has nothing to send by then and nothing to get.
    let idle: SyncRun

    init(_ round: StreetRound) throws {
        self.round = round
        space = try TestSpace(seed: 1, partitions: [Self.partition])
        recorder = try space.laptop("recorder", in: [Self.partition])
        let reader = try space.laptop("reader", in: [Self.partition])
        try space.sync(recorder)
        recorded = try Self.record(round.records, space, recorder)
        try space.sync(recorder)
        // Whatever the daemon answered meanwhile.
        try space.sync(recorder)
        arrival = try space.sync(reader)
        idle = try space.sync(reader)
        guard try space.hashes(reader) == space.hashes(recorder) else {
            throw Failure(description: "the second laptop does not hold what the first one recorded")
        }
    }

    /// The sync in which the laptop that recorded the round, and had synced, brings so many conversations more.
    mutating func bringing(_ count: Int) throws -> SyncRun {
        // The round's own once more: as long, and of the same words.
        let more = (0..<count).map { round.records[(recorded + $0) % round.records.count] }
        recorded += try Self.record(more, space, recorder)
        let run = try space.sync(recorder)
        guard run.summary?.sent == count else {
            throw Failure(description: "\(count) conversations were recorded, and \(run.summary?.sent ?? 0) sent")
        }
        return run
    }

    /// A change a conversation, as `talk new` saves them; all in one transaction, since writing is not measured here.
    private static func record(
        _ records: [StreetRound.Record], _ space: TestSpace, _ store: Store
    ) throws -> Int {
        try store.write {
            for record in records {
                if case .integer(let time)? = record.values.first(where: { $0.name == "startedAt" })?.value {
                    // Saved when the conversation is over.
                    space.clock.milliseconds = UInt64(clamping: time) + 600_000
                }
                _ = try store.saveInTransaction([try edit(record)])
            }
        }
        return records.count
    }

    private static func edit(_ record: StreetRound.Record) throws -> RecordEdit {
        guard let conversation = Schema.current[.conversation], let log = LogID.street(partition) else {
            throw Failure(description: "the schema has no conversations")
        }
        var fields: [FieldEdit] = []
        for (name, value) in record.values {
            guard let field = conversation.field(named: name) else {
                throw Failure(description: "a conversation has no \(name)")
            }
            fields.append(.set(field.number, try StreetRoundLog.value(value, of: field)))
        }
        let themes = record.themes.map { Value.record(RecordID(.theme, key: $0, .openSSL)) }
        fields += [.add(Field.Conversation.themes, themes), .text(Field.Conversation.words, record.words)]
        return RecordEdit(log: log, target: .new(.conversation), fields: fields)
    }

    // MARK: The segments that arrived

    /// A segment of the round as it came, and what it takes to verify it.
    struct Arrived {
        let packed: [UInt8]
        let stream: [UInt8]
        let segment: Segment
        let inflated: [UInt8]
        /// The change before its first.
        let base: (hash: ChangeHash, lamport: UInt64)?
    }

    /// The round's own segments of the arrival, in order. The roster's, which came with them, are not among these.
    func arrived() throws -> [Arrived] {
        var out: [Arrived] = []
        var base: (hash: ChangeHash, lamport: UInt64)?
        for packed in arrival.received {
            let segment = try packed.unpacked()
            guard segment.log == LogID.street(Self.partition) else { continue }
            let one = Arrived(
                packed: packed.encoded(), stream: packed.stream, segment: segment, inflated: segment.encoded(),
                base: base)
            base = try verified(one).last.map { ($0.hash, $0.header.lamport) }
            out.append(one)
        }
        guard out.reduce(0, { $0 + $1.segment.changes.count }) == round.records.count else {
            throw Failure(description: "not every conversation arrived")
        }
        return out
    }

    /// From packed bytes to changes of which every hash and the signature hold.
    func verified(_ arrived: Arrived) throws -> [VerifiedChange] {
        try PackedSegment(decoding: arrived.packed).unpacked().verify(
            base: arrived.base, device: recorder.keys.publicKey, space: space.id, cryptography: .openSSL)
    }
}

extension SyncRun {
    /// Bytes of all bodies, in both directions.
    var bytes: Int { requests.reduce(0, +) + answers.reduce(0, +) }
}
