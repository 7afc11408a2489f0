import StoepMerge
import StoepModel

/// One record whose blocks a test writes by hand, folded under standings that the test decides.
final class RecordScene {
    /// Writes the blocks of one actor; a branch is another pen with the same actor.
    final class Pen {
        let actor: ActorID
        /// Nil for the authority.
        let member: RecordID?
        var end: ChangePoint?
        init(actor: ActorID, member: RecordID?, end: ChangePoint? = nil) {
            self.actor = actor
            self.member = member
            self.end = end
        }
    }

    let id = RecordID(Bytes16(high: 7, low: 7))
    let collection: CollectionNumber
    let log: LogKind
    private(set) var blocks: [RecordBlock] = []
    private var parents: [ChangePoint: ChangePoint] = [:]
    private var members: [ActorID: RecordID?] = [:]
    var masked: [ChangePoint: QuarantineReason] = [:]
    var coordinators: Set<RecordID> = []
    /// Of the record; what was withdrawn from them counts no longer at these points.
    var owners: Set<RecordID> = []
    var disowned: Set<ChangePoint> = []
    private var lamport: UInt64 = 0
    private var checks: UInt64 = 0

    init(_ collection: CollectionNumber, in log: LogKind) {
        self.collection = collection
        self.log = log
    }

    /// A pen for a member; 0 is the authority.
    func pen(_ number: UInt64) -> Pen {
        let member = number == 0 ? nil : RecordID(Bytes16(high: 1, low: number))
        let actor = ActorID(Bytes16(high: 9, low: number))
        members[actor] = .some(member)
        return Pen(actor: actor, member: member)
    }

    func branch(of pen: Pen) -> Pen { Pen(actor: pen.actor, member: pen.member, end: pen.end) }

    /// Takes references for one payload.
    struct Table {
        fileprivate(set) var points: [ChangePoint] = []

        mutating func callAsFunction(_ element: ElementID) -> ElementReference {
            ElementReference(entry: entry(element.point), offset: element.offset)
        }

        mutating func entry(_ point: ChangePoint) -> UInt32 {
            let index = points.firstIndex(of: point) ?? points.count
            if index == points.count { points.append(point) }
            return UInt32(index)
        }

        /// An element of the change itself, where the table has so many entries.
        func own(_ offset: UInt32, entries: Int) -> ElementReference {
            ElementReference(entry: UInt32(entries), offset: offset)
        }
    }

    /// - Returns: the change's point: its elements are numbered from 0.
    @discardableResult
    func write(
        _ pen: Pen, lamport given: UInt64? = nil, creates: Bool = false, missing: Bool = false,
        as other: CollectionNumber? = nil, key: String? = nil, _ operations: (inout Table) -> [Operation]
    ) -> ChangePoint {
        lamport += 1
        checks += 1
        let point = ChangePoint(actor: pen.actor, seq: (pen.end?.seq ?? 0) + 1, check: checks)
        parents[point] = pen.end
        pen.end = point
        var table = Table()
        let operations = operations(&table)
        let payload = Payload(
            collection: other ?? collection, key: key, table: table.points.map { .other($0) }, operations: operations)
        blocks.append(
            RecordBlock(
                point: point, index: 0, lamport: given ?? lamport, time: Timestamp(milliseconds: lamport),
                subject: creates ? .created : .record(id),
                content: missing ? .missing : .payload(payload, points: table.points + [point])))
        return point
    }

    /// A change that only creates the record: by its key, where its collection has one.
    @discardableResult
    func create(_ pen: Pen, missing: Bool = false) -> ChangePoint {
        let isNatural = Schema.current[collection]?.hasNaturalKey == true
        return write(pen, creates: !isNatural, missing: missing, key: isNatural ? "key" : nil) { _ in [] }
    }

    @discardableResult
    func delete(_ pen: Pen, seen: [ChangePoint]) -> ChangePoint {
        write(pen) { table in [.deleteRecord(heads: seen.map { table.entry($0) })] }
    }

    var fold: RecordFold {
        RecordFold(
            schema: .current, log: log, naturalID: { [id] _, _ in id },
            standing: { [self] block in
                if let reason = masked[block.point] { return .masked(reason) }
                return members[block.point.actor].map { .counts(member: $0) } ?? .masked(.unknownDevice)
            },
            isCoordinator: { [self] in coordinators.contains($0) },
            owns: { [self] _, member, point in
                coordinators.contains(member) || owners.contains(member) && !disowned.contains(point)
            },
            isWithin: { [self] point, cut in
                var at: ChangePoint? = cut
                while let here = at, here != point { at = parents[here] }
                return at == point
            })
    }

    /// The state of all that was written, or of a part of it.
    func state(_ part: [RecordBlock]? = nil) -> RecordState { fold(id, part ?? blocks) }
}

extension ChangePoint {
    subscript(offset: UInt32) -> ElementID { ElementID(point: self, offset: offset) }
}

extension RecordState {
    /// The agenda as it reads, an item with competing values as "a|b".
    var agenda: [String] {
        items(Field.Meeting.agenda).map { item in
            item.distinctValues.map { if case .text(let text) = $0.value { text } else { "?" } }.joined(separator: "|")
        }
    }
}
