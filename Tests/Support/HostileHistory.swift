import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A history out of a seed in which everything decodes and nothing is what a client of ours would write: references to
/// what is not there, to the wrong kind, to itself and round in circles, offsets and stamps at their bounds, branches.
/// Every payload went through the wire: encoded, often damaged there, and decoded again.
///
/// Who writes: the authority, volunteers with and without a grant, a coordinator, an owner, and a device that nobody
/// knows; some are cut off on the way. Any anchors come in it, so a fold from scratch has to be `anybodys`.
package final class HostileHistory {
    private enum Part: CaseIterable {
        case authority, volunteer, coordinator, stranger, ungranted, owner
    }

    private struct Writer {
        let part: Part
        let key: VerifyingKey
        let actor: ActorID
        var ends: [LogID: HeldChange] = [:]
    }

    package let space: SpaceID
    package private(set) var changes: [HeldChange] = []
    /// Payloads that were damaged on the way and decode all the same, and those that do not.
    package private(set) var damaged = 0
    package private(set) var malformed = 0
    /// What was decoded and does not encode to the same bytes again.
    package private(set) var difference: String?
    let random: SeededRandom
    private let root: SigningKey
    private var writers: [Writer] = []
    private var members: [RecordID] = []
    private var records: [LogID: [(id: RecordID, collection: CollectionNumber)]] = [:]
    private static let street = JoinHistory.north

    package init(seed: UInt64, steps: Int = 24) {
        random = SeededRandom(seed: seed)
        root = TestSpace.key(random)
        space = SpaceID(root: root.verifyingKey, .openSSL)
        for part in Part.allCases.prefix(2 + random.below(Part.allCases.count - 1)) {
            writers.append(
                Writer(
                    part: part, key: VerifyingKey(Bytes32(random.bytes(32))!), actor: ActorID(random.bytes16())))
        }
        found()
        begin()
        for _ in 0..<steps { step() }
    }

    // MARK: The roster, and what there is to write about

    private func found() {
        let statement = Delegation(root: root.verifyingKey, serial: 1, authority: writers[0].key)
            .sign(with: root.signer)
        var blocks = [created(.delegation, [.write(Field.Delegation.statement, .bytes(statement), overwrites: [])])]
        for writer in writers {
            let role: Int64 = writer.part == .coordinator ? 4 : writer.part == .owner ? 2 : 3
            blocks.append(created(.member, [.write(Field.Member.role, .integer(role), overwrites: [])]))
        }
        append(0, .roster, blocks)
        members = writers.indices.map { changes[0].record($0 + 1) }
        var known: [HeldChange.Block] = []
        for (writer, member) in zip(writers, members) where writer.part != .authority && writer.part != .stranger {
            known.append(
                natural(
                    .device, writer.key.description,
                    [
                        .write(Field.Device.key, .bytes(writer.key.bytes), overwrites: []),
                        .write(Field.Device.member, .record(member), overwrites: []),
                    ]))
            if writer.part == .ungranted { continue }
            known.append(
                natural(
                    .grant, "\(member)/north",
                    [
                        .write(Field.Grant.member, .record(member), overwrites: []),
                        .write(Field.Grant.level, .integer(1), overwrites: []),
                    ]))
        }
        append(0, .roster, known)
        records[.roster] = members.map { ($0, .member) }
    }

    private func begin() {
        let unknown = CollectionNumber(rawValue: 99)
        append(
            random.below(2), Self.street,
            [
                created(.conversation, [.edit(Field.Conversation.words, TextDelta(beginning: "woorden"))]),
                created(.person, [.edit(Field.Person.note, TextDelta(beginning: "e\u{301}én"))]), created(.person, []),
                natural(.tally, "north/2026-11-20", [.count(Field.Tally.approached, .max)]), created(unknown, []),
            ])
        take(changes[changes.count - 1], [.conversation, .person, .person, .tally, unknown])
        append(
            random.below(2), .square,
            [
                created(
                    .meeting,
                    [
                        .place(Field.Meeting.agenda, left: nil, right: nil, .text("één")),
                        .place(Field.Meeting.agenda, left: .init(entry: 0, offset: 0), right: nil, .text("twee")),
                        .edit(Field.Meeting.minutes, TextDelta(beginning: "notulen")),
                    ]), natural(.theme, "groen", [.write(Field.Theme.name, .text("groen"), overwrites: [])]),
            ])
        take(changes[changes.count - 1], [.meeting, .theme])
    }

    private func take(_ change: HeldChange, _ collections: [CollectionNumber]) {
        for (block, collection) in collections.enumerated() {
            records[change.log, default: []].append((change.record(block), collection))
        }
    }

    // MARK: Steps

    private func step() {
        let number = random.below(writers.count)
        if random.chance(14) { return cut() }
        let log = random.chance(20) ? LogID.roster : random.chance(3) ? .square : Self.street
        let (point, parent) = next(number, log)
        var taken: Set<RecordID> = []
        var blocks: [HeldChange.Block] = []
        for _ in 0...random.below(2) {
            let target = random.pick(records[log] ?? [])
            guard taken.insert(target.id).inserted else { continue }
            let subject: Subject = random.chance(8) ? .created : .record(target.id)
            let content: HeldChange.Content =
                random.chance(30) ? .missing : payload(target.collection, log, point).map { .payload($0) } ?? .malformed
            blocks.append(HeldChange.Block(subject: subject, content: content))
        }
        append(number, log, blocks, at: point, after: parent)
    }

    /// Where the writer's next change stands: sometimes on another branch, or as far out as numbers go.
    private func next(_ number: Int, _ log: LogID) -> (ChangePoint, HeldChange?) {
        var parent = writers[number].ends[log]
        if random.chance(8) {
            let own = changes.filter { $0.actor == writers[number].actor && $0.log == log }
            if !own.isEmpty { parent = random.pick(own) }
        }
        var seq = (parent?.seq ?? 0) + 1
        if random.chance(30) { seq = max(seq, Limits.counter - 100) }
        return (ChangePoint(actor: writers[number].actor, seq: seq, check: random.next()), parent)
    }

    private func append(_ number: Int, _ log: LogID, _ blocks: [HeldChange.Block]) {
        let end = writers[number].ends[log]
        let point = ChangePoint(actor: writers[number].actor, seq: (end?.seq ?? 0) + 1, check: random.next())
        append(number, log, blocks, at: point, after: end)
    }

    private func append(
        _ number: Int, _ log: LogID, _ blocks: [HeldChange.Block], at point: ChangePoint, after parent: HeldChange?
    ) {
        let highest = changes.lazy.filter { $0.log == log }.map(\.lamport).max() ?? 0
        let lamport = random.chance(6) ? random.pick([1, highest, Limits.counter]) : min(highest + 1, Limits.counter)
        let change = HeldChange(
            log: log, actor: point.actor, device: writers[number].key, seq: point.seq,
            hash: Self.hash(point, random), parent: parent?.hash, lamport: max(1, lamport),
            time: Timestamp(milliseconds: random.pick([0, 5, Limits.timestamp])), blocks: blocks)
        writers[number].ends[log] = change
        changes.append(change)
    }

    /// A hash whose first bytes are the point's.
    private static func hash(_ point: ChangePoint, _ random: SeededRandom) -> ChangeHash {
        let first = (0..<8).map { UInt8(truncatingIfNeeded: point.check >> (56 - 8 * UInt64($0))) }
        return ChangeHash(Bytes32(first + random.bytes(24))!)
    }

    private func cut() {
        let number = random.below(writers.count)
        let written = changes.filter { $0.device == writers[number].key && $0.log != .roster }
        guard !written.isEmpty else { return }
        let last = random.pick(written)
        var ends = CutEnds((0..<random.below(3)).map { _ in random.pick(written) }.filter { $0.log == last.log }
            .map(\.point) + [last.point]).encoded()
        if random.chance(3) { ends = random.damaged(ends) }
        // Sometimes by somebody who may not.
        let block = natural(
            .cut, writers[number].actor.description,
            [.write(random.chance(9) ? Field.Cut.refused : Field.Cut.points, .bytes(ends), overwrites: [])])
        append(random.chance(4) ? random.below(writers.count) : 0, last.log, [block])
        records[last.log, default: []].append((changes[changes.count - 1].record(0), .cut))
    }

    private func created(_ collection: CollectionNumber, _ operations: [Operation]) -> HeldChange.Block {
        HeldChange.Block(
            subject: .created, content: .payload(Payload(collection: collection, operations: operations)))
    }

    private func natural(_ collection: CollectionNumber, _ key: String, _ operations: [Operation]) -> HeldChange.Block {
        HeldChange.Block(
            subject: .record(RecordID(collection, key: key, .openSSL)),
            content: .payload(Payload(collection: collection, key: key, operations: operations)))
    }

    // MARK: Through the wire

    /// What a replica has of a payload; nil where its bytes are no payload any more.
    private func payload(_ own: CollectionNumber, _ log: LogID, _ point: ChangePoint) -> Payload? {
        let payload = anything(about: own, in: log, at: point)
        guard let bytes = try? payload.encoded() else {
            difference = difference ?? "does not encode: \(payload)"
            return nil
        }
        guard random.chance(3) else { return decoded(bytes) ?? fail("does not decode: \(payload)") }
        // Most damage leaves no payload; of what does, more is to be had.
        for _ in 0..<12 {
            if let payload = decoded(random.damaged(bytes)) {
                damaged += 1
                return payload
            }
        }
        malformed += 1
        return nil
    }

    private func decoded(_ bytes: [UInt8]) -> Payload? {
        guard let payload = try? Payload(decoding: bytes) else { return nil }
        let again = try? payload.encoded()
        return again == bytes ? payload : fail("encodes to other bytes: \(payload)")
    }

    private func fail(_ what: String) -> Payload? {
        difference = difference ?? what
        return nil
    }

    private func anything(about own: CollectionNumber, in log: LogID, at point: ChangePoint) -> Payload {
        let collection = random.chance(25) ? random.pick([.conversation, .meeting, .person, .theme]) : own
        var key: String?
        if own == .tally, random.chance(2) { key = "north/2026-11-20" }
        if own == .theme, random.chance(2) { key = "groen" }
        if random.chance(40) { key = "x" }
        let there = changes.filter { $0.log == log }
        let table = (0..<random.below(6)).map { _ -> TableEntry in
            switch random.below(12) {
            case 0: .own(seq: random.chance(4) ? Limits.counter : UInt64(1 + random.below(3)))
            case 1:
                .other(
                    ChangePoint(actor: point.actor, seq: random.chance(2) ? 1 : Limits.counter, check: random.next()))
            // No hash can be known before it is made; it must do no harm all the same.
            case 2 where random.chance(3): .other(point)
            default: .other(there.isEmpty ? point : random.pick(there).point)
            }
        }
        let maker = HostileOperations(random: random, collection: collection, table: table.count)
        return Payload(
            collection: collection, key: key, table: table, operations: (0..<random.below(6)).map { _ in maker.next() })
    }
}
