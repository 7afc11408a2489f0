import CZlib
import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A street round as it travels, and the way from there to what is shown: one chain, a change a record, a segment every 256
/// changes. A volunteer writes fewer; but then the peers' pieces are of 256 records too.
struct StreetRoundLog {
    /// Signed, deflated.
    let segments: [[UInt8]]
    /// The same before they are deflated, to tell inflating from decoding.
    private let inflated: [[UInt8]]
    /// By change. Hashes lead to both, and hashing is not what is measured here.
    private let points: [ChangePoint]
    private let ids: [RecordID]
    private let payloads: [(payload: Payload, lamport: UInt64, time: Timestamp)]
    private let records: [StreetRound.Record]
    private let fold: RecordFold

    var count: Int { records.count }
    var bytes: Int { segments.reduce(0) { $0 + $1.count } }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ round: StreetRound) throws {
        records = round.records
        var author = LogAuthor(number: 0)
        var payloads: [(payload: Payload, lamport: UInt64, time: Timestamp)] = []
        var points: [ChangePoint] = []
        for (index, record) in records.enumerated() {
            let payload = try Self.payload(record)
            let began: UInt64? = record.values.lazy.compactMap { name, value in
                if name == "startedAt", case .integer(let time) = value { UInt64(clamping: time) } else { nil }
            }.first
            // Saved when the conversation is over.
            let time = (began ?? 1_790_000_000_000) + 600_000
            points.append(try author.save(payload, lamport: UInt64(index) + 1, at: time, about: nil))
            payloads.append((payload, UInt64(index) + 1, Timestamp(milliseconds: time)))
        }
        let made = try author.segments()
        segments = try made.map { try $0.packed().encoded() }
        inflated = made.map { $0.encoded() }
        self.points = points
        self.payloads = payloads
        ids = points.map { RecordID(createdBy: $0, block: 0, .openSSL) }
        let member = RecordID(Bytes16(high: 1, low: 1))
        fold = RecordFold(
            schema: .current, log: .street, naturalID: { RecordID($0, key: $1, .openSSL) },
            standing: { _ in .counts(member: member) }, isCoordinator: { _ in false }, isWithin: { _, _ in true })
    }

    /// What saving a new conversation writes.
    private static func payload(_ record: StreetRound.Record) throws -> Payload {
        guard let conversation = Schema.current[.conversation] else {
            throw Failure(description: "the schema has no conversations")
        }
        var operations: [Operation] = []
        for (name, value) in record.values {
            guard let field = conversation.field(named: name) else {
                throw Failure(description: "a conversation has no \(name)")
            }
            operations.append(.write(field.number, try Self.value(value, of: field), overwrites: []))
        }
        for theme in record.themes {
            operations.append(
                .add(Field.Conversation.themes, .record(RecordID(.theme, key: theme, .openSSL))))
        }
        operations.append(.edit(Field.Conversation.words, TextDelta(beginning: record.words)))
        return Payload(collection: .conversation, operations: operations)
    }

    /// Consent travels as a number, and has a name in a file.
    static func value(_ value: Value, of field: FieldDefinition) throws -> Value {
        switch (value, field.type) {
        case (.text, .text), (.integer, .integer): return value
        case (.text(let name), .integer):
            if let consent = Consent(named: name) { return .integer(consent.rawValue) }
            throw Failure(description: "\(field.name) is no number: \(name)")
        default: throw Failure(description: "\(field.name) does not take what is given")
        }
    }

    // MARK: From wire bytes to records

    /// Inflated, decoded, folded: what `fold.street-round` measures.
    func folded() throws -> [RecordState] {
        var states: [RecordState] = []
        states.reserveCapacity(count)
        for bytes in segments {
            let segment = try PackedSegment(decoding: bytes).unpacked()
            for (index, change) in segment.changes.enumerated() {
                guard case .body(let body) = change.blocks[0].content else { throw Self.bodyless }
                let number = Int(segment.first) - 1 + index
                let payload = try Payload(decoding: body.payload)
                states.append(try state(number, payload, change.lamport, change.time, change.blocks[0].subject))
            }
        }
        return states
    }

    private static let bodyless = Failure(description: "a change without its body")

    private func state(
        _ number: Int, _ payload: Payload, _ lamport: UInt64, _ time: Timestamp, _ subject: Subject
    ) throws -> RecordState {
        let point = points[number]
        guard let table = RecordBlock.points(of: payload, at: point, own: { points[Int($0) - 1] }) else {
            throw Failure(description: "a table names what is not there")
        }
        let block = RecordBlock(
            point: point, index: 0, lamport: lamport, time: time, subject: subject,
            content: .payload(payload, points: table))
        return fold(ids[number], [block])
    }

    /// Whether every record comes out as it was written.
    func verify() throws {
        let states = try folded()
        for (index, state) in states.enumerated() {
            let record = records[index]
            guard state.text(Field.Conversation.words).utf8.elementsEqual(record.words.utf8),
                state.members(Field.Conversation.themes).count == record.themes.count,
                state.conflicts.isEmpty, state.quarantined.isEmpty,
                record.values.allSatisfy({ state.holds($0.name) })
            else { throw Failure(description: "record \(index + 1) does not come out as it was written") }
        }
        guard states.count == count else {
            throw Failure(description: "\(states.count) records come out of \(count)")
        }
    }

    // MARK: The stages by themselves

    /// Inflated, and taken apart into changes and their payloads' bytes.
    func unpacked() throws -> [Segment] { try segments.map { try PackedSegment(decoding: $0).unpacked() } }

    /// Taken apart alone.
    func taken() throws -> [Segment] { try inflated.map { try Segment(decoding: $0) } }

    /// From payloads' bytes to operations.
    func decoded(_ segments: [Segment]) throws -> [Payload] {
        var out: [Payload] = []
        out.reserveCapacity(count)
        for segment in segments {
            for change in segment.changes {
                guard case .body(let body) = change.blocks[0].content else { throw Self.bodyless }
                out.append(try Payload(decoding: body.payload))
            }
        }
        return out
    }

    /// From operations to what is shown.
    func foldedAlone() throws -> [RecordState] {
        var states: [RecordState] = []
        states.reserveCapacity(count)
        for (number, one) in payloads.enumerated() {
            states.append(try state(number, one.payload, one.lamport, one.time, .created))
        }
        return states
    }
}

extension RecordState {
    fileprivate func holds(_ name: String) -> Bool {
        Schema.current[.conversation]?.field(named: name).map { value($0.number) != nil } ?? false
    }
}

extension StreetRound {
    /// How many bytes the bare values come to, deflated in pieces of 256 records.
    func deflatedBareBytes() -> Int {
        let pieces = stride(from: 0, to: records.count, by: Limits.changesPerHead)
        return deflatedBareBytes(in: pieces.map { $0..<min($0 + Limits.changesPerHead, records.count) })
    }

    /// The same in other pieces: which records each has.
    func deflatedBareBytes(in pieces: [Range<Int>]) -> Int {
        let bare = bareBytes()
        return pieces.reduce(0) { $0 + Zlib.deflated(Array(bare[$1].joined())).count }
    }
}

/// zlib as whoever knows nothing of what the bytes say calls it.
enum Zlib {
    static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var out = [UInt8](repeating: 0, count: Int(length))
        let status = compress2(&out, &length, bytes, UInt(bytes.count), 6)
        precondition(status == Z_OK, "zlib wrote beyond its own bound")
        return Array(out[..<Int(length)])
    }

    /// - Parameter count: how many bytes come out, which is known.
    static func inflated(_ bytes: [UInt8], count: Int) -> [UInt8] {
        var length = UInt(count)
        var out = [UInt8](repeating: 0, count: count)
        let status = uncompress(&out, &length, bytes, UInt(bytes.count))
        precondition(status == Z_OK && length == count, "what zlib deflated does not inflate")
        return out
    }
}
