import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A history out of a seed: two to seven members' devices record persons, join them and take them apart, each upon what
/// it happened to receive; by the rules and against them, while a daemon changes roles, grants and cuts.
package final class JoinHistory {
    private struct Writer {
        let key: VerifyingKey
        let actor: ActorID
        var replica: MergeReplica
        var ends: [LogID: HeldChange] = [:]
    }

    package let space: SpaceID
    package private(set) var changes: [HeldChange] = []
    package static let north = LogID(.street, partition: "north")!
    private let random: SeededRandom
    private let root: SigningKey
    /// The first is the daemon.
    private var writers: [Writer] = []
    private var members: [RecordID] = []

    package init(seed: UInt64, steps: Int = 40) {
        random = SeededRandom(seed: seed)
        root = TestSpace.key(random)
        space = SpaceID(root: root.verifyingKey, .openSSL)
        for _ in 0..<1 + 2 + random.below(6) {
            writers.append(
                Writer(
                    key: VerifyingKey(Bytes32(random.bytes(32))!), actor: ActorID(random.bytes16()),
                    replica: MergeReplica(space: space)))
        }
        found()
        for _ in 0..<steps { step() }
    }

    /// All that a replica folds and groups, compared with the naive fold: the first difference, if there is one.
    package static func difference(_ replica: inout MergeReplica, _ naive: NaiveFold) -> String? {
        if let difference = MergeHistory.difference(&replica, naive) { return difference }
        let real = joined(&replica).rendering
        let plain = naive.joined(in: north)
        return real == plain ? nil : Rendering.difference(real, plain)
    }

    /// What is joined in the street, as a replica has it.
    package static func joined(_ replica: inout MergeReplica) -> JoinedRecords {
        let roster = replica.roster()
        return JoinedRecords(replica.records(of: north).map { replica.fold($0, in: north, under: roster) })
    }

    // MARK: The roster

    private func found() {
        let statement = Delegation(root: root.verifyingKey, serial: 1, authority: writers[0].key)
            .sign(with: root.signer)
        var blocks = [created(.delegation, [.write(Field.Delegation.statement, .bytes(statement), overwrites: [])])]
        for _ in writers.dropFirst() {
            blocks.append(created(.member, [.write(Field.Member.role, .integer(3), overwrites: [])]))
        }
        append(0, .roster, blocks)
        members = writers.indices.map { changes[0].record($0) }
        for number in writers.indices.dropFirst() where !random.chance(8) { enrol(number) }
        for number in writers.indices.dropFirst() { receive(number, from: 0) }
    }

    private func enrol(_ number: Int) {
        let member = members[number]
        append(
            0, .roster,
            [
                natural(
                    .device, writers[number].key.description,
                    [
                        .write(Field.Device.key, .bytes(writers[number].key.bytes), overwrites: []),
                        .write(Field.Device.member, .record(member), overwrites: [])
                    ]),
                natural(
                    .grant, "\(member)/north",
                    [
                        .write(Field.Grant.member, .record(member), overwrites: []),
                        .write(Field.Grant.level, .integer(1), overwrites: [])
                    ])
            ])
    }

    private func govern() {
        let number = 1 + random.below(writers.count - 1)
        switch random.below(3) {
        case 0: enrol(number)
        case 1:
            let content = Payload(
                collection: .member,
                operations: [.write(Field.Member.role, .integer(random.pick([0, 2, 3, 4])), overwrites: [])])
            append(0, .roster, [HeldChange.Block(subject: .record(members[number]), content: .payload(content))])
        default:
            let written = changes.filter { $0.device == writers[number].key }
            guard !written.isEmpty else { return }
            let last = random.pick(written)
            // Nobody overwrites: each of several cuts restricts.
            append(
                0, last.log,
                [
                    natural(
                        .cut, last.actor.description,
                        [.write(Field.Cut.points, .bytes(CutEnds([last.point]).encoded()), overwrites: [])])
                ])
        }
    }

    // MARK: Steps

    private func step() {
        let number = 1 + random.below(writers.count - 1)
        switch random.below(13) {
        case 0, 1, 2: receive(number, from: random.below(writers.count))
        case 3: random.chance(3) ? govern() : receive(0, from: number)
        case 4: record(number)
        case 5: persons(number).count < 3 ? record(number) : join(number)
        case 6, 7, 8: join(number)
        case 9: separate(number)
        case 10:
            // One takes them apart while another, who hears of it too late, says that they are the same.
            let other = 1 + random.below(writers.count - 1)
            join(other)
            if other != number { separate(number) }
            join(other)
        case 11: delete(number)
        default: mischief(number)
        }
    }

    private func receive(_ number: Int, from other: Int) {
        let all = random.chance(2)
        for change in writers[other].replica.delivered where !writers[number].replica.holds(change.hash) {
            let hasParent = change.parent.map { writers[number].replica.holds($0) } ?? true
            if hasParent, all || !random.chance(4) { writers[number].replica.deliver(change) }
        }
    }

    private func record(_ number: Int) {
        let collection = random.chance(6) ? CollectionNumber.conversation : .person
        var operations: [Operation] = []
        if collection == .person {
            operations.append(.write(Field.Person.alias, .text(random.text(words: 1)), overwrites: []))
            operations.append(.add(Field.Person.talents, .text(random.text(words: 1))))
            operations.append(.edit(Field.Person.note, TextDelta(beginning: random.text(words: 2))))
        }
        append(
            number, random.chance(12) ? LogID(.street, partition: "south")! : Self.north,
            [created(collection, operations)])
    }

    /// The persons that this writer sees.
    private func seen(_ number: Int) -> JoinedRecords { Self.joined(&writers[number].replica) }

    private func persons(_ number: Int) -> [RecordState] {
        let roster = writers[number].replica.roster()
        return writers[number].replica.records(of: Self.north)
            .map { writers[number].replica.fold($0, in: Self.north, under: roster) }
            .filter { $0.collection == .person }
    }

    private func join(_ number: Int) {
        let persons = persons(number)
        guard persons.count > 1 else { return record(number) }
        // Few of them, so that several people say something of one pair at a time.
        let pool = Array(persons.prefix(3))
        var (one, other) = (random.pick(pool), random.pick(random.chance(6) ? persons : pool))
        if one.id == other.id { return }
        // Either side may say it.
        if random.chance(2) { swap(&one, &other) }
        var saw = Set(
            (one.partings.filter { $0.other == other.id } + other.partings.filter { $0.other == one.id })
                .map(\.element)
        ).sorted()
        if random.chance(5) { saw = saw.filter { _ in random.chance(2) } }
        append(number, Self.north, [about(one.id, number, { .same(other.id, saw: saw.map($0)) })])
    }

    /// As the store takes one apart from the rest: every edge that is seen between the two sides, in one change.
    private func separate(_ number: Int) {
        let joined = seen(number)
        guard let group = joined.groups.first else { return }
        let leaving = Set(random.chance(3) ? group.filter { _ in random.chance(2) } : [random.pick(group)])
        let blocks = group.compactMap { member -> HeldChange.Block? in
            let across =
                joined.state(of: member)?.edges.filter {
                    group.contains($0.other) && leaving.contains(member) != leaving.contains($0.other)
                } ?? []
            if across.isEmpty { return nil }
            return about(member, number) { reference in .apart(edges: across.map { reference($0.element) }) }
        }
        append(number, Self.north, blocks)
    }

    /// One of them is deleted as this writer sees it, or erased by them; whoever joins it meanwhile brings it back.
    private func delete(_ number: Int) {
        guard !persons(number).isEmpty, random.chance(2) else { return }
        let record = random.pick(persons(number)).id
        if random.chance(5) { return append(number, Self.north, [about(record, number) { _ in .eraseRecord(successor: nil) }]) }
        let touching = writers[number].replica.delivered.filter { change in
            change.log == Self.north && change.blocks.indices.contains { change.record($0) == record }
        }
        let last = Dictionary(grouping: touching, by: \.actor).values.compactMap { $0.max { $0.seq < $1.seq }?.point }
            .sorted { ($0.actor.raw, $0.seq) < ($1.actor.raw, $1.seq) }
        let block = about(record, number) { reference in
            .deleteRecord(heads: last.map { reference(ElementID(point: $0, offset: 0)).entry })
        }
        append(number, Self.north, [block])
    }

    /// What no client of ours would write.
    private func mischief(_ number: Int) {
        let known = writers[number].replica.records(of: Self.north)
        guard !known.isEmpty else { return }
        let (one, other) = (random.pick(known), random.pick(known))
        let there = changes.filter { $0.log == Self.north }
        let anything = (0..<random.below(4)).map { _ in
            ElementID(point: random.pick(there).point, offset: UInt32(random.below(3)))
        }
        switch random.below(4) {
        case 0: append(number, Self.north, [about(one, number, { .same(one, saw: anything.map($0)) })])
        case 1: append(number, Self.north, [about(one, number, { .apart(edges: anything.map($0)) })])
        case 2:
            let stranger = RecordID(random.bytes16())
            append(number, Self.north, [about(one, number, { .same(stranger, saw: anything.map($0)) })])
        default: append(number, Self.north, [about(one, number, { .same(other, saw: anything.map($0)) })])
        }
    }

    // MARK: Blocks

    private func append(_ number: Int, _ log: LogID, _ blocks: [HeldChange.Block]) {
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

    private func created(_ collection: CollectionNumber, _ operations: [Operation]) -> HeldChange.Block {
        HeldChange.Block(
            subject: .created, content: .payload(Payload(collection: collection, operations: operations)))
    }

    private func natural(_ collection: CollectionNumber, _ key: String, _ operations: [Operation]) -> HeldChange.Block {
        HeldChange.Block(
            subject: .record(RecordID(collection, key: key, .openSSL)),
            content: .payload(Payload(collection: collection, key: key, operations: operations)))
    }

    /// One operation on a person, or on whatever the record is.
    private func about(
        _ record: RecordID, _ number: Int, _ make: ((ElementID) -> ElementReference) -> Operation
    ) -> HeldChange.Block {
        var table: [TableEntry] = []
        let operation = make { element in
            let entry = TableEntry.other(element.point)
            let index = table.firstIndex(of: entry) ?? table.count
            if index == table.count { table.append(entry) }
            return ElementReference(entry: UInt32(index), offset: element.offset)
        }
        let state = writers[number].replica.fold(record, in: Self.north, under: writers[number].replica.roster())
        return HeldChange.Block(
            subject: .record(record),
            content: .payload(
                Payload(collection: state.collection ?? .person, table: table, operations: [operation])))
    }
}
