import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A change as somebody holds it, by its meaning: what the naive fold takes.
package struct HeldChange: Sendable {
    package enum Content: Sendable {
        case payload(Payload)
        case missing
        case malformed
    }

    package struct Block: Sendable {
        package let subject: Subject
        package let content: Content

        package init(subject: Subject, content: Content) {
            self.subject = subject
            self.content = content
        }
    }

    package let log: LogID
    package let actor: ActorID
    package let device: VerifyingKey
    package let seq: UInt64
    package let hash: ChangeHash
    /// The hash of the change before it in its branch.
    package let parent: ChangeHash?
    package let lamport: UInt64
    package let time: Timestamp
    package let blocks: [Block]

    package init(
        log: LogID, actor: ActorID, device: VerifyingKey, seq: UInt64, hash: ChangeHash, parent: ChangeHash?,
        lamport: UInt64, time: Timestamp, blocks: [Block]
    ) {
        self.log = log
        self.actor = actor
        self.device = device
        self.seq = seq
        self.hash = hash
        self.parent = parent
        self.lamport = lamport
        self.time = time
        self.blocks = blocks
    }

    package var point: ChangePoint { ChangePoint(actor: actor, seq: seq, check: hash.raw.first) }

    package func record(_ block: Int) -> RecordID {
        switch blocks[block].subject {
        case .created: RecordID(createdBy: point, block: block, .openSSL)
        case .record(let id): id
        }
    }
}

/// Every record of what is held, folded from scratch, by the rules as the design states them (§3 verdicts, §4, §5): all
/// changes are looked through again and again, nothing is kept in step, and nothing is shared with `RecordFold`.
///
/// The oracle of everything faster.
package final class NaiveFold {
    let held: [HeldChange]
    let space: SpaceID
    let schema: Schema
    let anchors: NaiveAnchors
    private var byHash: [ChangeHash: HeldChange] = [:]
    private(set) lazy var authorities = findAuthorities()
    private var verdicts: [ChangeHash: NaiveVerdict] = [:]
    private var rosterRecords: [RecordID: NaiveRecord] = [:]
    private var statements: [[UInt8]: Delegation?] = [:]
    private var cutRecords: [NaivePlace: NaiveRecord] = [:]

    package init(
        _ delivered: [HeldChange], space: SpaceID, schema: Schema = .current, anchors: NaiveAnchors = .editors
    ) {
        self.space = space
        self.schema = schema
        self.anchors = anchors
        for change in delivered { byHash[change.hash] = change }
        // The total order: lamport stamp, actor, hash.
        held = byHash.values.sorted { a, b in
            if a.lamport != b.lamport { return a.lamport < b.lamport }
            if a.actor != b.actor { return a.actor < b.actor }
            return a.hash < b.hash
        }
    }

    /// Every record that a change of the log is about.
    package func records(of log: LogID) -> [RecordID] {
        var records: Set<RecordID> = []
        for change in held where change.log == log {
            for block in change.blocks.indices { records.insert(change.record(block)) }
        }
        return records.sorted()
    }

    package var logs: [LogID] { Set(held.map(\.log)).sorted() }

    // MARK: Chains

    /// The change numbered `seq` on the way back from `change`, itself included.
    func ancestor(_ change: HeldChange, _ seq: UInt64) -> HeldChange? {
        var at: HeldChange? = change
        while let here = at, here.seq > seq { at = here.parent.flatMap { byHash[$0] } }
        return at?.seq == seq ? at : nil
    }

    /// Whether a cut leaves the change counting: it is the change that the cut names, or stands before it in its branch.
    /// While that one is not here, what precedes it by number counts where there is only one branch to choose from.
    func isWithin(_ change: HeldChange, _ cut: ChangePoint) -> Bool {
        let chain = held.filter { $0.log == change.log && $0.actor == cut.actor }
        if let end = chain.first(where: { $0.point == cut }) { return ancestor(end, change.seq)?.hash == change.hash }
        let ends = chain.filter { one in !chain.contains { $0.parent == one.hash } }
        let isReached = chain.contains { $0.seq == cut.seq }
        return ends.count == 1 && !isReached && change.seq < cut.seq
    }

    /// What a payload's table names, then the change itself; nil where an entry names nothing earlier in the chain.
    func resolve(_ payload: Payload, _ change: HeldChange) -> [ChangePoint]? {
        var points: [ChangePoint] = []
        for entry in payload.table {
            switch entry {
            case .other(let point): points.append(point)
            case .own(let seq):
                guard seq < change.seq, let earlier = ancestor(change, seq) else { return nil }
                points.append(earlier.point)
            }
        }
        return points + [change.point]
    }

    // MARK: Verdicts

    private func statement(_ operation: Operation) -> [UInt8]? {
        if case .write(FieldNumber(rawValue: 1), .bytes(let bytes), _) = operation { bytes } else { nil }
    }

    /// All that the root signed for this space, whoever carried it: the greatest serial is in force.
    private func findAuthorities() -> [Delegation] {
        var found: [[UInt8]: Delegation] = [:]
        for change in held where change.log == .roster {
            for block in change.blocks {
                guard case .payload(let payload) = block.content, payload.collection.rawValue == 1,
                    resolve(payload, change) != nil
                else { continue }
                for bytes in payload.operations.compactMap(statement) where found[bytes] == nil {
                    found[bytes] = delegation(bytes)
                }
            }
        }
        return found.sorted { a, b in
            if a.value.serial != b.value.serial { return a.value.serial < b.value.serial }
            if a.value.authority != b.value.authority { return a.value.authority < b.value.authority }
            return a.key.lexicographicallyPrecedes(b.key)
        }.map(\.value)
    }

    /// Whether a change counts, as far as the roster says.
    func verdict(_ change: HeldChange) -> NaiveVerdict {
        if let known = verdicts[change.hash] { return known }
        let verdict = judge(change)
        verdicts[change.hash] = verdict
        return verdict
    }

    private func judge(_ change: HeldChange) -> NaiveVerdict {
        if let inForce = authorities.last, inForce.authority == change.device { return .counts(nil) }
        if let own = authorities.last(where: { $0.authority == change.device }) {
            let later = authorities.filter {
                $0.serial > own.serial || $0.serial == own.serial && $0.authority != own.authority
            }
            let ends = later.map { statement in
                statement.cuts.filter { $0.log == change.log && $0.point.actor == change.actor }
            }.filter { !$0.isEmpty }
            let counts = !ends.isEmpty && ends.allSatisfy { $0.contains { isWithin(change, $0.point) } }
            return counts ? .counts(nil) : .masked("beyond-cut")
        }
        if change.log.kind == .roster { return .masked("not-authority") }
        let device = roster(RecordID(.device, key: change.device.description, .openSSL))
        guard device.isListed else { return .masked("unknown-device") }
        guard case .record(let member)? = device.shown(Field.Device.member) else { return .masked("unknown-member") }
        guard let role = role(member) else { return .masked("unknown-member") }
        let cut = cutRecord(of: change.actor, in: change.log)
        if cut.isListed {
            let values = (cut.registers[Field.Cut.points] ?? []).map { Self.ends($0.value, change.actor) }
            let isKept = !values.isEmpty && values.allSatisfy { $0.contains { isWithin(change, $0) } }
            return isKept ? .counts(member) : .masked("beyond-cut")
        }
        if (device.integers(Field.Device.state).min() ?? 1) < 1 { return .masked("role") }
        if let objection = objection(member, role, change.log) { return .masked(objection) }
        return .counts(member)
    }

    private func objection(_ member: RecordID, _ role: Int64, _ log: LogID) -> String? {
        // 0 revoked, 1 observer, 2 owner, 3 volunteer, 4 coordinator.
        if role < 2 || role > 4 { return "role" }
        if log.kind == .square || role == 4 { return nil }
        if role == 2 || log.kind == .contact && log.member != member { return "role" }
        return isGranted(member, log.partition) ? nil : "partition"
    }

    /// The least of the roles that were set at once.
    func role(_ member: RecordID) -> Int64? {
        let record = roster(member)
        guard record.collection == 3, record.isListed else { return nil }
        return record.integers(Field.Member.role).min()
    }

    private func isGranted(_ member: RecordID, _ partition: String) -> Bool {
        let record = roster(RecordID(.grant, key: "\(member)/\(partition)", .openSSL))
        return record.isListed && (record.integers(Field.Grant.level).min() ?? 0) > 0
    }

    /// Whether what somebody wrote counts where only owners of the theme, coordinators and the authority may write.
    func mayActAsOwner(of theme: RecordID, _ one: Judged) -> Bool {
        guard let member = one.member else { return true }
        if role(member) == 4 { return true }
        let record = roster(RecordID(.ownership, key: "\(theme)/\(member)", .openSSL))
        guard record.isListed else { return false }
        if (record.integers(Field.Ownership.level).min() ?? 0) > 0 { return true }
        return record.sets[Field.Ownership.ends, default: []].contains { end in
            guard case .bytes(let bytes) = end.value, let point = try? ChangePoint(decodingEnd: bytes) else { return false }
            return point.actor == one.change.actor && isWithin(one.change, point)
        }
    }

    private func roster(_ record: RecordID) -> NaiveRecord {
        if let known = rosterRecords[record] { return known }
        let folded = fold(record, in: .roster)
        rosterRecords[record] = folded
        return folded
    }

    // MARK: Cuts

    /// What the authority wrote of an actor in a log. Only its word is asked for: who is cut has none.
    private func cutRecord(of actor: ActorID, in log: LogID) -> NaiveRecord {
        let place = NaivePlace(log: log, actor: actor)
        if let known = cutRecords[place] { return known }
        let record = RecordID(.cut, key: actor.description, .openSSL)
        let folded = fold(record, in: log, hearing: { self.mayGovern($0) ? self.verdict($0) : .masked("") })
        cutRecords[place] = folded
        return folded
    }

    /// Whether the device is or was the authority's.
    private func mayGovern(_ change: HeldChange) -> Bool {
        authorities.contains { $0.authority == change.device }
    }

    /// `[[seq, check]…]`, read byte by byte: strictly ascending, sixteen at most; anything else admits nothing.
    private static func ends(_ value: Value, _ actor: ActorID) -> [ChangePoint] {
        guard case .bytes(var rest) = value, let head = rest.first, (0x80...0x90).contains(head) else { return [] }
        rest.removeFirst()
        var points: [ChangePoint] = []
        for _ in 0..<Int(head - 0x80) {
            guard rest.count > 1, rest[0] == 0x82 else { return [] }
            let first = rest[1]
            let length = first < 24 ? 0 : first == 24 ? 1 : first == 25 ? 2 : first == 26 ? 4 : first == 27 ? 8 : -1
            guard length >= 0, rest.count >= 2 + length + 9 else { return [] }
            let seq = length == 0 ? UInt64(first) : rest[2..<2 + length].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let least: [Int: UInt64] = [0: 1, 1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32]
            guard seq >= least[length] ?? .max, seq <= 1 << 62, rest[2 + length] == 0x48 else { return [] }
            let check = rest[(3 + length)..<(11 + length)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let point = ChangePoint(actor: actor, seq: seq, check: check)
            if let last = points.last, (last.seq, last.check) >= (seq, check) { return [] }
            points.append(point)
            rest.removeFirst(11 + length)
        }
        return rest.isEmpty ? points : []
    }

    /// A block of the roster that brings nothing but the root's own statements needs nobody's word.
    func provesItself(_ payload: Payload, in log: LogID) -> Bool {
        guard log == .roster, payload.collection.rawValue == 1, !payload.operations.isEmpty else { return false }
        return payload.operations.allSatisfy { operation in
            statement(operation).map { delegation($0) != nil } ?? false
        }
    }

    private func delegation(_ statement: [UInt8]) -> Delegation? {
        if let known = statements[statement] { return known }
        let delegation = try? Delegation(verifying: statement, space: space, .openSSL)
        statements[statement] = .some(delegation)
        return delegation
    }
}

private struct NaivePlace: Hashable {
    let log: LogID
    let actor: ActorID
}

/// Whether something counts, and as whose; nil is the authority.
enum NaiveVerdict: Equatable {
    case counts(RecordID?)
    case masked(String)
}
