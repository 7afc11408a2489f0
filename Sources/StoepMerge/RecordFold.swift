import StoepModel

/// A block of one record, as the fold takes it: the store has decoded the payload and resolved its table.
package struct RecordBlock: Sendable {
    package let point: ChangePoint
    /// Which block of the change.
    package let index: UInt32
    package let lamport: UInt64
    package let time: Timestamp
    package let subject: Subject
    package let content: Content

    package enum Content: Sendable {
        /// `points` has the table's entries resolved, and the change's own point behind them.
        case payload(Payload, points: [ChangePoint])
        /// Neither payload nor salt are here.
        case missing
        /// The payload is not what the specification allows.
        case malformed
    }

    package init(
        point: ChangePoint, index: UInt32, lamport: UInt64, time: Timestamp, subject: Subject, content: Content
    ) {
        self.point = point
        self.index = index
        self.lamport = lamport
        self.time = time
        self.subject = subject
        self.content = content
    }

    /// Resolves a table whose own-chain entries `own` looks up; nil where an entry names nothing earlier in the chain.
    package static func points(
        of payload: Payload, at point: ChangePoint, own: (UInt64) -> ChangePoint?
    ) -> [ChangePoint]? {
        guard !payload.table.isEmpty else { return [point] }
        var points: [ChangePoint] = []
        points.reserveCapacity(payload.table.count + 1)
        for entry in payload.table {
            switch entry {
            case .other(let other): points.append(other)
            case .own(let seq):
                guard seq < point.seq, let earlier = own(seq) else { return nil }
                points.append(earlier)
            }
        }
        points.append(point)
        return points
    }

    /// Operations of kinds that this version does not know.
    var unknownKinds: Int {
        guard case .payload(let payload, _) = content else { return 0 }
        return payload.operations.count { if case .unknown = $0 { true } else { false } }
    }

    /// The total order (lamport, actor, hash): 8 bytes of the hash suffice, for within a branch lamports differ.
    static func precedes(_ a: Self, _ b: Self) -> Bool {
        if PlantedFault.orderByWallTime.isOn, a.time != b.time { return a.time < b.time }
        return (a.lamport, a.point.actor.raw, a.point.check, a.point.seq)
            < (b.lamport, b.point.actor.raw, b.point.check, b.point.seq)
    }
}

/// Folds a record from its blocks. The result depends on the set of blocks alone, never on their order or number of
/// deliveries.
package struct RecordFold {
    let schema: Schema
    private let log: LogKind
    private let naturalID: (CollectionNumber, String) -> RecordID
    private let standing: (RecordBlock) -> Standing
    let isCoordinator: (RecordID) -> Bool
    let owns: (_ record: RecordID, _ member: RecordID, _ point: ChangePoint) -> Bool
    let isWithin: (_ point: ChangePoint, _ cut: ChangePoint) -> Bool

    /// - Parameters:
    ///   - log: the kind of log that the record stands in.
    ///   - naturalID: the id of a record with this natural key.
    ///   - standing: what the roster says of the block's author at that point.
    ///   - isCoordinator: whether a member is one now.
    ///   - owns: whether what a member wrote at that point counts as an owner's of the record.
    ///   - isWithin: whether a point of the log is the other, which is held, or precedes it in the same branch.
    package init(
        schema: Schema, log: LogKind, naturalID: @escaping (CollectionNumber, String) -> RecordID,
        standing: @escaping (RecordBlock) -> Standing, isCoordinator: @escaping (RecordID) -> Bool,
        owns: @escaping (_ record: RecordID, _ member: RecordID, _ point: ChangePoint) -> Bool = { _, _, _ in false },
        isWithin: @escaping (_ point: ChangePoint, _ cut: ChangePoint) -> Bool
    ) {
        self.schema = schema
        self.log = log
        self.naturalID = naturalID
        self.standing = standing
        self.isCoordinator = isCoordinator
        self.owns = owns
        self.isWithin = isWithin
    }

    package func callAsFunction(_ id: RecordID, _ delivered: [RecordBlock]) -> RecordState {
        fold(id, delivered).state
    }

    /// One text field, to edit it: anchors and deletions name its elements.
    package func document(_ id: RecordID, _ field: FieldNumber, _ delivered: [RecordBlock]) -> TextDocument {
        fold(id, delivered).fields?.texts[field]?.document() ?? TextDocument()
    }

    /// The slots of one list field, to edit it: visible where an item shows, in the order of the items.
    package func slots(_ id: RecordID, _ field: FieldNumber, _ delivered: [RecordBlock]) -> TextDocument {
        fold(id, delivered).fields?.lists[field]?.sequence ?? TextDocument()
    }

    func fold(_ id: RecordID, _ delivered: [RecordBlock]) -> (state: RecordState, fields: Fields?) {
        let judged = judged(id, delivered)
        var endings = EndingOperation.all(in: judged)
        if let erased = erasedState(id, endings) { return (erased, nil) }
        var state = RecordState(id: id)
        state.missing = judged.count(where: \.isMissing)
        guard let birth = judged.first(where: \.creates), case .counts(let member) = birth.standing,
            case .payload(let payload, _) = birth.block.content
        else {
            state.quarantined = judged.compactMap(\.quarantined)
            state.pending = judged.count(where: \.waits)
            state.unknown = judged.reduce(0) { $0 + $1.block.unknownKinds }
            hide(&state, endings, creator: Self.creatorOfBodiless(judged))
            Self.sort(&state.quarantined, by: judged)
            return (state, nil)
        }
        state.collection = payload.collection
        state.creation = Creation(point: birth.block.point, time: birth.block.time, member: member)
        let creator = Creator(member: member)
        endings.removeAll { $0.collection != payload.collection }
        guard let definition = schema[payload.collection] else {
            state.unknown = judged.count
            hide(&state, endings, creator: creator)
            return (state, nil)
        }
        var fields = Fields(
            of: id, definition: definition, creator: member, notingEdits: !endings.isEmpty, owns: owns)
        for index in judged.indices { fields.apply(judged[index]) }
        fields.finish(into: &state)
        if !endings.isEmpty {
            hide(&state, endings, creator: creator)
            delete(
                &state, endings, creator: creator, in: definition, edits: fields.edits ?? [],
                points: Set(judged.map(\.block.point)))
        }
        Self.sort(&state.quarantined, by: judged)
        return (state, consume fields)
    }

    /// Who created a record whose creating block lacks its body: the header says that much.
    private static func creatorOfBodiless(_ judged: [Judged]) -> Creator? {
        for item in judged where item.block.subject == .created {
            if case .counts(let member) = item.standing { return Creator(member: member) }
        }
        return nil
    }

    /// Brings what was found late into its place: the total order, and within a block the order of its elements.
    private static func sort(_ quarantined: inout [Quarantined], by judged: [Judged]) {
        guard quarantined.count > 1 else { return }
        let order = Dictionary(
            judged.enumerated().map { ($1.block.point, $0) }, uniquingKeysWith: { first, _ in first })
        func key(_ entry: Quarantined) -> (Int, UInt32, Int64) {
            (order[entry.point] ?? judged.count, entry.block, entry.offset.map { Int64($0) } ?? -1)
        }
        quarantined.sort { key($0) < key($1) }
    }

    /// The record's distinct blocks in the total order, and whether each counts.
    func judged(_ id: RecordID, _ delivered: [RecordBlock]) -> [Judged] {
        Self.inOrder(delivered).map { judge($0, id) }
    }

    /// Distinct blocks in the total order.
    private static func inOrder(_ delivered: [RecordBlock]) -> [RecordBlock] {
        guard delivered.count > 1 else { return delivered }
        var blocks = PlantedFault.orderByArrival.isOn ? delivered : delivered.sorted(by: RecordBlock.precedes)
        var last: (ChangePoint, UInt32)?
        blocks.removeAll { block in
            defer { last = (block.point, block.index) }
            return last.map { $0.0 == block.point && $0.1 == block.index } ?? false
        }
        return blocks
    }

    private func judge(_ block: RecordBlock, _ id: RecordID) -> Judged {
        let verdict = standing(block)
        guard case .counts = verdict else { return Judged(block: block, standing: verdict, creates: false) }
        switch block.content {
        case .missing:
            return Judged(block: block, standing: verdict, creates: false)
        case .malformed:
            return Judged(block: block, standing: .masked(.malformed), creates: false)
        case .payload(let payload, _):
            // Who could write the cuts of a log could undo those of the authority.
            if case .counts(member: .some) = verdict, schema[payload.collection]?.isControl == true {
                return Judged(block: block, standing: .masked(.notAuthority), creates: false)
            }
            switch creation(block.subject, payload, id) {
            case .some(let creates): return Judged(block: block, standing: verdict, creates: creates)
            case nil: return Judged(block: block, standing: .masked(.malformed), creates: false)
            }
        }
    }

    /// Whether a block brings its record into being; nil where it says so against the rules: a key that is not the
    /// record's, a way of creating that is not its collection's, or a log that its collection does not belong in (else
    /// whoever writes in one log could grant themselves another).
    private func creation(_ subject: Subject, _ payload: Payload, _ id: RecordID) -> Bool? {
        let definition = schema[payload.collection]
        let isNamed = payload.key != nil
        switch (subject, payload.key) {
        case (.record, nil): return false
        case (.created, .some): return nil
        case (.record, let key?) where naturalID(payload.collection, key) != id: return nil
        case (.created, nil), (.record, .some):
            guard let definition else { return true }
            return definition.hasNaturalKey == isNamed && (definition.log ?? log) == log ? true : nil
        }
    }
}

/// A block, and whether it counts.
struct Judged {
    let block: RecordBlock
    let standing: Standing
    let creates: Bool

    var isMissing: Bool { if case .missing = block.content { true } else { false } }

    /// It counts, its body is here, and the record is not.
    var waits: Bool {
        guard case .payload = block.content, case .counts = standing else { return false }
        return true
    }

    var quarantined: Quarantined? {
        guard case .masked(let reason) = standing else { return nil }
        return Quarantined(point: block.point, block: block.index, offset: nil, reason: reason)
    }
}
