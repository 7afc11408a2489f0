import StoepCrypto
import StoepMerge
import StoepModel
import StoepStore
import StoepWire

/// A history out of a seed: one daemon, or two with one authority's key (one restored from a backup), and members'
/// devices, two to seven replicas together, each of which holds what it happened to receive, and writes upon that:
/// registers, sets, texts, counters, lists, deletes and erasures, by the rules and against them; and roles, grants, cuts
/// and late enrolments in between.
package final class MergeHistory {
    /// What one writer holds and writes under.
    struct Writer {
        let key: VerifyingKey
        /// Changes with the install epoch.
        var actor: ActorID
        let isAuthority: Bool
        var replica: MergeReplica
        /// The end of the own chain in each log.
        var ends: [LogID: HeldChange] = [:]
    }

    package let space: SpaceID
    /// Everything that was written, in the order in which it was.
    package private(set) var changes: [HeldChange] = []
    let random: SeededRandom
    private let root: SigningKey
    package private(set) var replicas = 0
    private(set) var writers: [Writer] = []
    private(set) var members: [RecordID] = []
    let daemons: Int
    private static let north = LogID(.street, partition: "north")!
    private static let south = LogID(.street, partition: "south")!

    package init(seed: UInt64, steps: Int = 34) {
        random = SeededRandom(seed: seed)
        root = TestSpace.key(random)
        space = SpaceID(root: root.verifyingKey, .openSSL)
        let authority = VerifyingKey(Bytes32(random.bytes(32))!)
        replicas = 2 + random.below(6)
        daemons = replicas < 4 ? 1 : 2
        for number in 0..<replicas {
            writers.append(
                Writer(
                    key: number < daemons ? authority : VerifyingKey(Bytes32(random.bytes(32))!),
                    actor: ActorID(random.bytes16()), isAuthority: number < daemons,
                    replica: MergeReplica(space: space)))
        }
        // The restored daemon was cloned with its install epoch.
        if daemons > 1 { writers[1].actor = writers[0].actor }
        found()
        for _ in 0..<steps { step() }
    }

    /// All that a replica of these changes folds, compared with the naive fold: the first difference, if there is one.
    package static func difference(_ replica: inout MergeReplica, _ naive: NaiveFold) -> String? {
        let roster = replica.roster()
        for (log, record) in replica.records {
            let state = replica.fold(record, in: log, under: roster)
            let real = state.rendering
            let plain = naive.fold(record, in: log).rendering
            if real != plain { return "\(log) \(record)\n\(Rendering.difference(real, plain))" }
            if let difference = storing(state) { return "\(log) \(record) \(difference)" }
        }
        return nil
    }

    /// What a store would keep of a record says the same when it is read again.
    private static func storing(_ state: RecordState) -> String? {
        guard let content = try? state.encodedContent(), let read = try? RecordState(id: state.id, decoding: content)
        else { return "cannot be stored" }
        // Of a hidden record nothing else is kept; counts and reasons stand elsewhere.
        if state.presence == .hidden { return read.presence == .hidden ? nil : "is not stored as hidden" }
        let isSame = read.fields == state.fields && read.presence == state.presence && read.creation == state.creation
            && read.edges == state.edges && read.partings == state.partings
        return isSame ? nil : "is stored as\n\(read.rendering)"
    }

    /// The first record that two replicas fold to something else, byte for byte.
    package static func difference(_ one: inout MergeReplica, _ other: inout MergeReplica) -> String? {
        let (first, second) = (one.roster(), other.roster())
        for (log, record) in one.records {
            let a = one.fold(record, in: log, under: first)
            let b = other.fold(record, in: log, under: second)
            let content = try? a.encodedContent()
            if a != b || content == nil || content != (try? b.encodedContent()) {
                return "\(log) \(record)\n\(a.rendering)\n--- other\n\(b.rendering)"
            }
        }
        return one.records.count == other.records.count ? nil : "other records"
    }

    // MARK: Steps

    private func step() {
        let number = random.below(writers.count)
        switch random.below(10) {
        case 0, 1, 2: receive(number, from: random.below(writers.count))
        case 3 where !writers[number].isAuthority && random.chance(3): fork(number)
        default:
            if writers[number].isAuthority { govern(number) } else { write(number) }
        }
    }

    private func receive(_ number: Int, from other: Int) {
        let all = random.chance(2)
        for change in writers[other].replica.delivered where !writers[number].replica.holds(change.hash) {
            let hasParent = change.parent.map { writers[number].replica.holds($0) } ?? true
            if hasParent, all || !random.chance(4) { writers[number].replica.deliver(change) }
        }
    }

    /// The device goes on from an earlier point of its own chain, as a restored copy does.
    private func fork(_ number: Int) {
        guard let log = random.shuffled(writers[number].ends.keys.sorted()).first,
            let end = writers[number].ends[log], let parent = end.parent,
            let earlier = changes.first(where: { $0.hash == parent })
        else { return }
        writers[number].ends[log] = earlier
    }

    func append(_ number: Int, _ log: LogID, _ blocks: [HeldChange.Block]) {
        guard !blocks.isEmpty else { return }
        let end = writers[number].ends[log]
        let highest = writers[number].replica.delivered.filter { $0.log == log }.map(\.lamport).max() ?? 0
        let change = HeldChange(
            log: log, actor: writers[number].actor, device: writers[number].key, seq: (end?.seq ?? 0) + 1,
            hash: ChangeHash(Bytes32(random.bytes(32))!), parent: end?.hash, lamport: highest + 1,
            time: Timestamp(milliseconds: UInt64(random.below(5))), blocks: blocks)
        writers[number].ends[log] = change
        writers[number].replica.deliver(change)
        changes.append(change)
    }

    // MARK: The roster

    private func found() {
        let statement = Delegation(root: root.verifyingKey, serial: 1, authority: writers[0].key)
            .sign(with: root.signer)
        var blocks = [created(.delegation, [.write(Field.Delegation.statement, .bytes(statement), overwrites: [])])]
        let count = writers.count - daemons
        for number in 0..<count {
            blocks.append(
                created(.member, [.write(Field.Member.role, .integer(number == 2 ? 2 : 3), overwrites: [])]))
        }
        append(0, .roster, blocks)
        let founding = changes[0]
        members = (1...count).map { founding.record($0) }
        append(
            0, .roster,
            (0..<min(2, count)).map { enrolment(daemons + $0) }
                + (0..<min(2, count)).map { grant(members[$0], "north", 1, []) })
        for number in 1..<writers.count where number < daemons || !random.chance(6) { receive(number, from: 0) }
        // The clone stands on the same chain.
        if daemons > 1 { writers[1].ends[.roster] = random.chance(2) ? changes[0] : changes[1] }
    }

    private func anyMember() -> Int { daemons + random.below(members.count) }

    private func enrolment(_ number: Int) -> HeldChange.Block {
        natural(
            .device, writers[number].key.description,
            [
                .write(Field.Device.key, .bytes(writers[number].key.bytes), overwrites: []),
                .write(Field.Device.member, .record(members[number - daemons]), overwrites: []),
            ])
    }

    private func grant(
        _ member: RecordID, _ partition: String, _ level: Int64, _ overwrites: [ElementReference],
        table: [TableEntry] = [], isNew: Bool = true
    ) -> HeldChange.Block {
        let key = "\(member)/\(partition)"
        return HeldChange.Block(
            subject: .record(RecordID(.grant, key: key, .openSSL)),
            content: .payload(
                Payload(
                    collection: .grant, key: isNew ? key : nil, table: table,
                    operations: [
                        .write(Field.Grant.member, .record(member), overwrites: []),
                        .write(Field.Grant.level, .integer(level), overwrites: overwrites),
                    ])))
    }

    private func govern(_ number: Int) {
        let roster = writers[number].replica.roster()
        let log = LogID.roster
        switch random.below(8) {
        case 0:
            append(number, log, [enrolment(anyMember())])
        case 1, 2:
            let (member, partition) = (random.pick(members), random.pick(["north", "south"]))
            let record = RecordID(.grant, key: "\(member)/\(partition)", .openSSL)
            let state = writers[number].replica.fold(record, in: log, under: roster)
            var table = Table(writers[number].actor, (writers[number].ends[log]?.seq ?? 0) + 1)
            let overwrites = register(state, Field.Grant.level).map { table.reference($0) }
            append(
                number, log,
                [
                    grant(
                        member, partition, random.chance(3) ? 0 : 1, overwrites, table: table.entries,
                        isNew: state.collection == nil)
                ])
        case 3:
            let member = random.pick(members)
            let state = writers[number].replica.fold(member, in: log, under: roster)
            var table = Table(writers[number].actor, (writers[number].ends[log]?.seq ?? 0) + 1)
            let overwrites = register(state, Field.Member.role).map { table.reference($0) }
            append(
                number, log,
                [
                    about(
                        member, .member, table.entries,
                        [.write(Field.Member.role, .integer(random.pick([0, 1, 2, 3, 3, 3, 4, 4, 7])), overwrites: overwrites)])
                ])
        case 4 where random.chance(2):
            cut(number)
        case 5 where random.chance(3):
            own(number, roster)
        case 6 where random.chance(8):
            turn(number)
        default:
            write(number)
        }
    }

    /// An actor's chain is cut somewhere, or what is beyond an earlier cut is released: the daemon overwrites the values
    /// that it knows of, the other daemon's stay beside it.
    private func cut(_ number: Int) {
        let other = anyMember()
        let written = changes.filter { $0.device == writers[other].key && $0.log != .roster }
        guard !written.isEmpty else { return }
        let last = random.pick(written)
        var ends = [last.point]
        // Now and then one that nobody will ever hold, one of another branch, or none.
        if random.chance(6) { ends = [ChangePoint(actor: last.actor, seq: last.seq, check: random.next())] }
        if random.chance(3) { ends += written.filter { $0.log == last.log && random.chance(3) }.prefix(8).map(\.point) }
        if random.chance(9) { ends = [] }
        var bytes = CutEnds(ends).encoded()
        if random.chance(9) { bytes = random.damaged(bytes) }
        let key = last.actor.description
        let record = RecordID(.cut, key: key, .openSSL)
        let roster = writers[number].replica.roster()
        let state = writers[number].replica.fold(record, in: last.log, under: roster)
        var table = Table(writers[number].actor, (writers[number].ends[last.log]?.seq ?? 0) + 1)
        let known = register(state, Field.Cut.points).filter { _ in !random.chance(4) }
        let overwrites = known.map { table.reference($0) }
        let operations: [Operation] =
            random.chance(12) && !lastPoints(number, record, last.log).isEmpty
            ? [.deleteRecord(heads: lastPoints(number, record, last.log).map { table.reference(ElementID(point: $0, offset: 0)).entry }.sorted())]
            : [.write(Field.Cut.points, .bytes(bytes), overwrites: overwrites)]
        append(
            number, last.log,
            [
                HeldChange.Block(
                    subject: .record(record),
                    content: .payload(
                        Payload(
                            collection: .cut, key: state.collection == nil || random.chance(4) ? key : nil,
                            table: table.entries, operations: operations)))
            ])
    }

    /// One device alone is put out, or let in again.
    private func turn(_ number: Int) {
        let other = anyMember()
        append(
            number, .roster,
            [
                natural(
                    .device, writers[other].key.description,
                    [.write(Field.Device.state, .integer(random.pick([0, 1, 1])), overwrites: [])])
            ])
    }

    // MARK: Records

    private func write(_ number: Int) {
        let log = random.chance(3) ? LogID.square : random.chance(8) ? Self.south : Self.north
        if random.chance(12) { return append(number, .roster, [mischief(number)]) }
        let roster = writers[number].replica.roster()
        var blocks: [HeldChange.Block] = []
        var taken: Set<RecordID> = []
        for _ in 0...random.below(2) {
            let known = writers[number].replica.records(of: log)
            var fresh = known.isEmpty || random.chance(5)
            if random.chance(4), let record = known.isEmpty ? nil : random.pick(known), !taken.contains(record) {
                taken.insert(record)
                blocks.append(ending(number, record, log, roster))
                continue
            }
            if log == .square, !random.chance(3) {
                let themes = ["groen", "zorg"].map { RecordID(.theme, key: $0, .openSSL) }
                let meetings = known.filter { !themes.contains($0) || random.chance(12) }
                let id = meetings.isEmpty || random.chance(6) ? nil : random.pick(meetings)
                if let id, !taken.insert(id).inserted { continue }
                blocks.append(meeting(number, id, roster))
                continue
            }
            if log.kind == .street, random.chance(5) {
                let key = "\(log.partition)/2026-11-\(random.pick(["20", "21"]))"
                guard taken.insert(RecordID(.tally, key: key, .openSSL)).inserted else { continue }
                blocks.append(tally(number, key, log, roster))
                continue
            }
            if log == .square {
                let name = random.pick(["groen", "zorg"])
                guard taken.insert(RecordID(.theme, key: name, .openSSL)).inserted else { continue }
                blocks.append(theme(number, name, roster))
                continue
            }
            let record = fresh ? RecordID(Bytes16(high: 0, low: 0)) : random.pick(known)
            if !fresh, !taken.insert(record).inserted { fresh = true }
            blocks.append(conversation(number, fresh ? nil : record, log, roster))
        }
        append(number, log, blocks)
    }

    private func theme(_ number: Int, _ name: String, _ roster: Roster) -> HeldChange.Block {
        let record = RecordID(.theme, key: name, .openSSL)
        let state = writers[number].replica.fold(record, in: .square, under: roster)
        var table = Table(writers[number].actor, (writers[number].ends[.square]?.seq ?? 0) + 1)
        var operations = [
            Operation.write(
                Field.Theme.name, .text(random.text(words: 1)),
                overwrites: register(state, Field.Theme.name).map { table.reference($0) })
        ]
        operations += text(number, record, Field.Theme.description, .square, roster, &table)
        operations += owned(number, record, state, roster, &table)
        return HeldChange.Block(
            subject: .record(record),
            content: .payload(
                Payload(
                    collection: .theme, key: state.collection == nil || random.chance(5) ? name : nil,
                    table: table.entries, operations: operations)))
    }

    private func conversation(_ number: Int, _ record: RecordID?, _ log: LogID, _ roster: Roster) -> HeldChange.Block {
        if random.chance(25) { return HeldChange.Block(subject: record.map { .record($0) } ?? .created, content: .malformed) }
        if random.chance(25) { return HeldChange.Block(subject: record.map { .record($0) } ?? .created, content: .missing) }
        let state = record.map { writers[number].replica.fold($0, in: log, under: roster) }
        var table = Table(writers[number].actor, (writers[number].ends[log]?.seq ?? 0) + 1)
        var operations: [Operation] = []
        for _ in 0...random.below(3) {
            operations += operation(number, record, state, log, roster, &table)
        }
        let collection = random.chance(30) ? CollectionNumber(rawValue: UInt32(random.pick([99, 17, 3]))) : .conversation
        return HeldChange.Block(
            subject: record.map { .record($0) } ?? .created,
            content: .payload(
                Payload(
                    collection: collection, key: random.chance(40) ? "x" : nil, table: table.entries,
                    operations: operations)))
    }

    private func operation(
        _ number: Int, _ record: RecordID?, _ state: RecordState?, _ log: LogID, _ roster: Roster, _ table: inout Table
    ) -> [Operation] {
        switch random.below(9) {
        case 0, 1:
            let field = random.pick([Field.Conversation.place, Field.Conversation.consent])
            let value: Value =
                field == Field.Conversation.place && !random.chance(10)
                ? .text(random.text(words: 1)) : .integer(Int64(random.below(3)))
            var seen = state.map { register($0, field) } ?? []
            if random.chance(4) { seen = seen.filter { _ in random.chance(2) } }
            if random.chance(6), let other = anyElement(number, log) { seen.append(other) }
            return [.write(field, value, overwrites: seen.map { table.reference($0) })]
        case 2, 3:
            return [.add(Field.Conversation.themes, .record(RecordID(Bytes16(high: 0, low: UInt64(random.below(3))))))]
        case 4:
            var seen = state?.members(Field.Conversation.themes).flatMap(\.adds).filter { _ in random.chance(2) } ?? []
            if random.chance(6), let other = anyElement(number, log) { seen.append(other) }
            guard !seen.isEmpty else { return [] }
            return [.remove(Field.Conversation.themes, adds: seen.map { table.reference($0) })]
        case 5 where random.chance(3):
            // Of a later version, or of a kind that the field is not.
            return random.pick([
                [.unknown([0x82, 0x18, 0x63, 0x01])], [.write(FieldNumber(rawValue: 99), .bool(true), overwrites: [])],
                [.add(Field.Conversation.place, .text("x"))],
                [.edit(Field.Conversation.place, TextDelta(beginning: "x"))],
            ])
        default:
            let field = random.chance(3) ? Field.Conversation.words : Field.Conversation.observation
            guard let record else { return [.edit(field, TextDelta(beginning: random.text(words: 2)))] }
            return text(number, record, field, log, roster, &table)
        }
    }

    /// An edit as an editor makes one: the text that is shown, changed, compared word by word.
    func text(
        _ number: Int, _ record: RecordID, _ field: FieldNumber, _ log: LogID, _ roster: Roster, _ table: inout Table
    ) -> [Operation] {
        var document = writers[number].replica.document(record, field, in: log, under: roster)
        let old = document.visibleScalars
        var new = old
        let at = random.below(new.count + 1)
        if random.chance(2) { new.removeSubrange(at..<min(new.count, at + random.below(6))) }
        new.insert(contentsOf: Array(random.text(words: 1 + random.below(2)).unicodeScalars), at: min(at, new.count))
        let operations = document.operations(for: TextDiff.edits(from: old, to: new))
        return operations.isEmpty ? [] : [.edit(field, operations.delta { table.reference($0) })]
    }

    /// What only the authority may write, from somebody who is not, or from a daemon.
    private func mischief(_ number: Int) -> HeldChange.Block {
        switch random.below(3) {
        case 0:
            about(random.pick(members), .member, [], [.write(Field.Member.role, .integer(4), overwrites: [])])
        case 1:
            natural(
                .grant, "\(members[0])/south",
                [
                    .write(Field.Grant.member, .record(members[0]), overwrites: []),
                    .write(Field.Grant.level, .integer(1), overwrites: []),
                ])
        default: created(.conversation, [.edit(Field.Conversation.words, TextDelta(beginning: "hier niet"))])
        }
    }

    /// An element of anything in the log, here or not.
    func anyElement(_ number: Int, _ log: LogID) -> ElementID? {
        let there = changes.filter { $0.log == log }
        guard !there.isEmpty else { return nil }
        return ElementID(point: random.pick(there).point, offset: UInt32(random.below(4)))
    }

    func register(_ state: RecordState, _ field: FieldNumber) -> [ElementID] {
        if case .register(let values)? = state[field] { values.map(\.element) } else { [] }
    }

    // MARK: Blocks

    private func created(_ collection: CollectionNumber, _ operations: [Operation]) -> HeldChange.Block {
        HeldChange.Block(
            subject: .created, content: .payload(Payload(collection: collection, operations: operations)))
    }

    private func about(
        _ record: RecordID, _ collection: CollectionNumber, _ table: [TableEntry], _ operations: [Operation]
    ) -> HeldChange.Block {
        HeldChange.Block(
            subject: .record(record),
            content: .payload(Payload(collection: collection, table: table, operations: operations)))
    }

    private func natural(_ collection: CollectionNumber, _ key: String, _ operations: [Operation]) -> HeldChange.Block {
        HeldChange.Block(
            subject: .record(RecordID(collection, key: key, .openSSL)),
            content: .payload(Payload(collection: collection, key: key, operations: operations)))
    }

    /// A payload's table while it is made: the own chain by number, all else by point.
    struct Table {
        let own: ActorID
        let seq: UInt64
        private(set) var entries: [TableEntry] = []

        init(_ own: ActorID, _ seq: UInt64) {
            self.own = own
            self.seq = seq
        }

        mutating func reference(_ element: ElementID) -> ElementReference {
            // Where the own chain has branches, a point says which: the number alone would mean this branch's.
            let entry = TableEntry.other(element.point)
            let index = entries.firstIndex(of: entry) ?? entries.count
            if index == entries.count { entries.append(entry) }
            return ElementReference(entry: UInt32(index), offset: element.offset)
        }
    }
}
