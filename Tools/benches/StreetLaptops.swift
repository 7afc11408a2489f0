import Foundation
import StoepCrypto
import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire

/// A laptop that records a street round in memory, and laptops on a disk that take it in.
final class StreetLaptops {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let partition = "north"
    /// Where stores on a disk stand: /tmp may be in memory, where being durable costs nothing.
    let folder: String
    private let space: TestSpace
    private let seals: Bool
    private let round: StreetRound
    private let recorder: Store
    private var recorded = 0
    private var made = 0

    /// - Parameter seals: whether stores on a disk are sealed, as those of the programs are.
    init(_ round: StreetRound, seals: Bool = true) throws {
        self.round = round
        self.seals = seals
        folder =
            Checkout.root.appendingPathComponent(".build/bench-store-\(ProcessInfo.processInfo.processIdentifier)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        space = try TestSpace(seed: 1, partitions: [Self.partition])
        recorder = try space.laptop("recorder", in: [Self.partition])
        try space.sync(recorder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The one place that says how a store stands on its disk.
    private func configuration(_ directory: String) -> Store.Configuration {
        var configuration = TestSpace.configuration(directory)
        if seals { configuration.protection = .besideTheStore }
        return configuration
    }

    /// A laptop that has joined, and holds the roster.
    func reader() throws -> TakingLaptop {
        made += 1
        let directory = "\(folder)/reader-\(made)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let random = space.random
        let keys = try DeviceKeys(random: { random.bytes($0) })
        let store = try Store.create(
            configuration(directory), space.environment, space: space.id, keys: keys, isHub: false)
        let member = try space.member("reader \(made)", .volunteer)
        try space.enrol(keys, of: member)
        try space.grant(member, Self.partition)
        try space.sync(store, scope: [.roster])
        return TakingLaptop(store: store, member: member)
    }

    func reopened(_ reader: TakingLaptop) throws -> Store {
        try Store.open(configuration(reader.store.configuration.directory), space.environment)
    }

    /// Whatever was recorded is recorded again, later, once all of it was: no two begin at the same time.
    func record(_ number: Int) -> StreetRound.Record {
        let (again, index) = number.quotientAndRemainder(dividingBy: round.records.count)
        return again == 0 ? round.records[index] : round.records[index].later(by: Int64(again) * Self.span)
    }

    /// Milliseconds between a round and the next: more than one lasts.
    private static let span: Int64 = 400 * 86_400_000

    /// So many more, a change each, as they travel.
    func recordMore(_ count: Int) throws -> [PackedSegment] {
        let before = try recorder.read { try recorder.headList(recorder.logs()) }
        for start in stride(from: recorded, to: recorded + count, by: 1000) {
            try recorder.write {
                for number in start..<min(start + 1000, recorded + count) {
                    _ = try recorder.saveInTransaction([try edit(number)])
                }
            }
        }
        recorded += count
        try recorder.prepareToSend()
        guard let log = LogID.street(Self.partition) else { return [] }
        return try recorder.read {
            try recorder.segments(beyond: before, in: .all, of: [log], budget: .max).segments.map(\.packed)
        }
    }

    /// One conversation, as `talk new` saves it.
    /// - Parameter area: where it took place, instead of where the round has it; and the partition it belongs to.
    func edit(_ number: Int, area: String? = nil) throws -> RecordEdit {
        let record = record(number)
        guard let conversation = Schema.current[.conversation], let log = LogID.street(area ?? Self.partition) else {
            throw Failure(description: "the schema has no conversations")
        }
        var fields: [FieldEdit] = []
        for (name, value) in record.values {
            guard let field = conversation.field(named: name) else {
                throw Failure(description: "a conversation has no \(name)")
            }
            let isArea = field.number == Field.Conversation.area
            let value = try isArea ? area.map { .text($0) } ?? value : StreetRoundLog.value(value, of: field)
            fields.append(.set(field.number, value))
        }
        let themes = record.themes.map { Value.record(RecordID(.theme, key: $0, .openSSL)) }
        fields += [.add(Field.Conversation.themes, themes), .text(Field.Conversation.words, record.words)]
        return RecordEdit(log: log, target: .new(.conversation), fields: fields)
    }
}

/// A laptop that takes in what another recorded.
struct TakingLaptop {
    let store: Store
    let member: RecordID

    /// Verified, appended, folded, listable and durable, in pieces of 500 changes.
    func take(_ packed: [PackedSegment]) throws {
        let taken = try store.takeFromLaptop(packed, as: member)
        if let refused = taken.results.compactMap({ $0 }).first {
            throw StreetLaptops.Failure(description: "refused: \(refused)")
        }
    }
}
