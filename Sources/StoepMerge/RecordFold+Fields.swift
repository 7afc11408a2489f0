import StoepModel

/// The fields of one record while its blocks are applied in the total order.
///
/// Most records were written by one save that said one thing of each field. So what is gathered stands from the start as
/// it will in the state, and only what was written twice, overwritten or removed is gone through again at the end.
struct Fields {
    let definition: CollectionDefinition
    private let record: RecordID
    private let creator: RecordID?
    private let owns: (_ record: RecordID, _ member: RecordID, _ point: ChangePoint) -> Bool
    /// Registers, sets and counters, ascending by field, with every value and every add that counts, in the total order.
    var gathered: [FieldEntry] = []
    /// Whether a register has more values than one, so that the order of its values matters.
    var hasRivals = false
    /// Elements that a write overwrote or a remove took, by the field in which that was said.
    private(set) var superseded: [FieldNumber: Set<ElementID>] = [:]
    /// What changes did to texts, in the total order.
    private(set) var textEdits: [(field: FieldNumber, edit: TextFold.Edit)] = []
    var lists: [FieldNumber: ListFold] = [:]
    /// The changes with anything in them that counts, in the total order; deleting and erasing apart. Nil where nobody
    /// asks, because nobody deleted the record.
    private(set) var edits: [ChangePoint]?
    private(set) var unknown = 0
    private(set) var joins: JoinFold
    var quarantined: [Quarantined] = []

    init(
        of record: RecordID, definition: CollectionDefinition, creator: RecordID?, notingEdits: Bool,
        owns: @escaping (_ record: RecordID, _ member: RecordID, _ point: ChangePoint) -> Bool
    ) {
        joins = JoinFold(of: record)
        self.record = record
        self.owns = owns
        self.definition = definition
        self.creator = creator
        edits = notingEdits ? [] : nil
    }

    mutating func apply(_ item: Judged) {
        guard case .payload(let payload, let points) = item.block.content, !points.isEmpty else {
            if let quarantined = item.quarantined { self.quarantined.append(quarantined) }
            return
        }
        var verdict = item.standing
        if payload.collection != definition.number, case .counts = verdict { verdict = .masked(.malformed) }
        if case .masked(let reason) = verdict {
            quarantined.append(
                Quarantined(point: item.block.point, block: item.block.index, offset: nil, reason: reason))
        }
        let context = BlockContext(item.block, points: points)
        if item.creates { noteEdit(context) }
        if gathered.isEmpty { gathered.reserveCapacity(min(payload.operations.count, definition.fields.count)) }
        var offset: UInt32 = 0
        // A span lends its elements, where an array would copy each.
        let operations = payload.operations.span
        for index in operations.indices {
            apply(operations[index], at: offset, verdict, context)
            let (next, overflow) = offset.addingReportingOverflow(operations[index].span)
            if overflow { break }
            offset = next
        }
    }

    private mutating func apply(
        _ operation: Operation, at offset: UInt32, _ verdict: Standing, _ context: BlockContext
    ) {
        guard let number = operation.field, let place = definition.place(of: number) else {
            return applyBesideFields(operation, at: offset, verdict, context)
        }
        let reason = objection(to: operation, definition.fields[place], verdict, at: context.point)
        if let reason, case .counts = verdict { object(reason, at: offset, context) }
        if reason == nil { noteEdit(context) }
        let element = ElementID(point: context.point, offset: offset)
        switch operation {
        case .edit(_, let delta):
            // Masked text still has its place: what others wrote may be anchored in it.
            guard case .text = definition.fields[place].kind else { return }
            textEdits.append(
                (
                    number,
                    TextFold.Edit(delta: delta, first: element, points: context.points, isVisible: reason == nil)
                ))
        case .place, .move, .assign:
            guard case .list = definition.fields[place].kind else { return }
            apply(operation, at: element, counts: reason == nil, context, &lists[number, default: ListFold()])
        case _ where reason != nil:
            return
        case .write(_, let value, let overwrites):
            gather(context.value(value, element), in: number)
            supersede(overwrites, in: number, context)
        case .add(_, let value):
            gather(SetMember(value: value, adds: [element]), in: number)
        case .remove(_, let removed):
            supersede(removed, in: number, context)
            if PlantedFault.removeWins.isOn { supersedeEqual(Set(removed.map(context.resolve)), in: number) }
        case .count(_, let delta):
            gather(delta, in: number)
        case .deleteRecord, .eraseRecord, .same, .apart, .unknown:
            return
        }
    }

    /// What is about the record as a whole, or about nothing that this version knows.
    private mutating func applyBesideFields(
        _ operation: Operation, at offset: UInt32, _ verdict: Standing, _ context: BlockContext
    ) {
        if JoinFold.isAboutJoining(operation) { return join(operation, at: offset, verdict, context) }
        if operation.endsRecord { return }
        unknown += 1
        if case .counts = verdict { noteEdit(context) }
    }

    private mutating func join(
        _ operation: Operation, at offset: UInt32, _ verdict: Standing, _ context: BlockContext
    ) {
        guard case .counts = verdict else { return }
        let element = ElementID(point: context.point, offset: offset)
        guard definition.isJoinable, joins.apply(operation, element, context.time, context.resolve) else {
            return object(.malformed, at: offset, context)
        }
        noteEdit(context)
    }

    /// Slots keep their place also where they do not count: what others placed may be anchored in them.
    private func apply(
        _ operation: Operation, at element: ElementID, counts: Bool, _ context: BlockContext, _ list: inout ListFold
    ) {
        switch operation {
        case .place(_, let left, let right, let value):
            list.addSlot(
                ListFold.Slot(
                    element: element, block: context.index, left: left.map(context.resolve),
                    right: right.map(context.resolve), counts: counts))
            if counts { list.place(context.value(value, element)) }
        case .move(_, let item, let left, let right):
            list.addSlot(
                ListFold.Slot(
                    element: element, block: context.index, left: left.map(context.resolve),
                    right: right.map(context.resolve), counts: counts))
            if counts { list.move(context.resolve(item), to: element) }
        case .assign(_, let item, let value, let overwrites):
            if counts {
                list.assign(
                    context.resolve(item), context.value(value, element), overwrites: overwrites.map(context.resolve))
            }
        default: return
        }
    }

    private mutating func object(_ reason: QuarantineReason, at offset: UInt32, _ context: BlockContext) {
        quarantined.append(
            Quarantined(point: context.point, block: context.index, offset: offset, reason: reason))
    }

    private mutating func noteEdit(_ context: BlockContext) {
        guard edits != nil, edits?.last != context.point else { return }
        edits?.append(context.point)
    }

    private mutating func supersede(_ references: [ElementReference], in field: FieldNumber, _ context: BlockContext) {
        for reference in references { superseded[field, default: []].insert(context.resolve(reference)) }
    }

    /// All adds so far of what these adds gave (`PlantedFault.removeWins`).
    private mutating func supersedeEqual(_ adds: Set<ElementID>, in field: FieldNumber) {
        guard case .set(let members)? = gathered.first(where: { $0.number == field })?.state else { return }
        let values = Set(members.filter { !adds.isDisjoint(with: $0.adds) }.map(\.value))
        superseded[field, default: []].formUnion(members.filter { values.contains($0.value) }.flatMap(\.adds))
    }

    /// Why an operation does not count, or nil.
    private func objection(
        to operation: Operation, _ field: FieldDefinition, _ verdict: Standing, at point: ChangePoint
    ) -> QuarantineReason? {
        switch verdict {
        case .masked(let reason): return reason
        case .counts(let member):
            guard operation.suits(field) else { return .malformed }
            switch field.rule {
            case .writers: return nil
            case .creator: return member == creator ? nil : .notCreator
            // The authority may change anything.
            case .owner: return member.map { owns(record, $0, point) } ?? true ? nil : .notOwner
            }
        }
    }
}

/// What a block's operations are applied with.
struct BlockContext {
    let point: ChangePoint
    /// Which block of the change.
    let index: UInt32
    private let lamport: UInt64
    let time: Timestamp
    /// The payload's table resolved, and the change's own point behind it.
    let points: [ChangePoint]

    init(_ block: RecordBlock, points: [ChangePoint]) {
        point = block.point
        index = block.index
        lamport = block.lamport
        time = block.time
        self.points = points
    }

    func value(_ value: Value, _ element: ElementID) -> RegisterValue {
        RegisterValue(value: value, element: element, lamport: lamport, time: time)
    }

    func resolve(_ reference: ElementReference) -> ElementID {
        // The decoder bounds entries by the table; an entry out of it is taken for the change itself.
        let entry = Int(reference.entry)
        return ElementID(point: entry < points.count ? points[entry] : point, offset: reference.offset)
    }
}

extension Operation {
    /// Whether it is about the record as a whole, and ends it.
    var endsRecord: Bool {
        switch self {
        case .deleteRecord, .eraseRecord: true
        default: false
        }
    }

    /// The field that the operation is about; nil where it is about the record as a whole, and for a kind that this
    /// version does not know.
    package var field: FieldNumber? {
        switch self {
        case .write(let field, _, _), .add(let field, _), .remove(let field, _), .edit(let field, _),
            .count(let field, _), .place(let field, _, _, _), .move(let field, _, _, _), .assign(let field, _, _, _):
            field
        case .deleteRecord, .eraseRecord, .same, .apart, .unknown: nil
        }
    }

    /// Whether a field is of the kind that the operation is for, and holds such values.
    fileprivate func suits(_ field: FieldDefinition) -> Bool {
        switch (field.kind, self) {
        case (.register, .write(_, let value, _)), (.set, .add(_, let value)), (.list, .place(_, _, _, let value)),
            (.list, .assign(_, _, let value, _)):
            field.type.admits(value)
        case (.set, .remove), (.text, .edit), (.counter, .count), (.list, .remove), (.list, .move): true
        default: false
        }
    }
}
