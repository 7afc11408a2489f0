import StoepModel

/// The fields of one record while its blocks are applied in the total order.
struct Fields {
    private let definition: CollectionDefinition
    private let creator: RecordID?
    private var registers: [FieldNumber: [RegisterValue]] = [:]
    private var adds: [FieldNumber: [(value: Value, element: ElementID)]] = [:]
    /// Elements that a write overwrote or a remove took, by the field in which that was said.
    private var superseded: [FieldNumber: Set<ElementID>] = [:]
    private(set) var texts: [FieldNumber: TextFold] = [:]
    private var counters: [FieldNumber: Int128] = [:]
    private(set) var lists: [FieldNumber: ListFold] = [:]
    /// The changes with anything in them that counts, in the total order; deleting and erasing apart.
    private(set) var edits: [ChangePoint] = []
    private var unknown = 0
    private var joins: JoinFold
    private var quarantined: [Quarantined] = []

    init(of record: RecordID, definition: CollectionDefinition, creator: RecordID?) {
        joins = JoinFold(of: record)
        self.definition = definition
        self.creator = creator
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
        if item.creates { edits.append(item.block.point) }
        let context = BlockContext(block: item.block, points: points)
        var offset: UInt32 = 0
        for operation in payload.operations {
            apply(operation, at: offset, verdict, context)
            let (next, overflow) = offset.addingReportingOverflow(operation.span)
            if overflow { break }
            offset = next
        }
    }

    private mutating func apply(
        _ operation: Operation, at offset: UInt32, _ verdict: Standing, _ context: BlockContext
    ) {
        if JoinFold.isAboutJoining(operation) { return join(operation, at: offset, verdict, context) }
        guard let number = operation.field, let field = definition.field(number) else {
            if operation.endsRecord { return }
            unknown += 1
            if case .counts = verdict { noteEdit(context) }
            return
        }
        let reason = Self.objection(to: operation, field, verdict, creator)
        if let reason, case .counts = verdict {
            quarantined.append(
                Quarantined(
                    point: context.block.point, block: context.block.index, offset: offset, reason: reason))
        }
        if reason == nil { noteEdit(context) }
        let element = ElementID(point: context.block.point, offset: offset)
        switch operation {
        case .edit(_, let delta):
            // Masked text still has its place: what others wrote may be anchored in it.
            guard field.kind == .text else { return }
            texts[number, default: TextFold()].edits.append(
                TextFold.Edit(delta: delta, first: element, points: context.points, isVisible: reason == nil))
        case .place, .move, .assign:
            guard field.kind == .list else { return }
            apply(operation, at: element, counts: reason == nil, context, &lists[number, default: ListFold()])
        case _ where reason != nil:
            return
        case .write(_, let value, let overwrites):
            registers[number, default: []].append(context.value(value, element))
            supersede(overwrites, in: number, context)
        case .add(_, let value):
            adds[number, default: []].append((value, element))
        case .remove(_, let removed):
            supersede(removed, in: number, context)
        case .count(_, let delta):
            // More operations than there can be bytes are needed to leave 128 bits.
            counters[number, default: 0] &+= Int128(delta)
        case .deleteRecord, .eraseRecord, .same, .apart, .unknown:
            return
        }
    }

    private mutating func join(
        _ operation: Operation, at offset: UInt32, _ verdict: Standing, _ context: BlockContext
    ) {
        guard case .counts = verdict else { return }
        let element = ElementID(point: context.block.point, offset: offset)
        guard definition.isJoinable, joins.apply(operation, element, context.block.time, context.resolve) else {
            quarantined.append(
                Quarantined(
                    point: context.block.point, block: context.block.index, offset: offset, reason: .malformed))
            return
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
                    element: element, block: context.block.index, left: left.map(context.resolve),
                    right: right.map(context.resolve), counts: counts))
            if counts { list.place(context.value(value, element)) }
        case .move(_, let item, let left, let right):
            list.addSlot(
                ListFold.Slot(
                    element: element, block: context.block.index, left: left.map(context.resolve),
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

    private mutating func noteEdit(_ context: BlockContext) {
        if edits.last != context.block.point { edits.append(context.block.point) }
    }

    private mutating func supersede(_ references: [ElementReference], in field: FieldNumber, _ context: BlockContext) {
        for reference in references { superseded[field, default: []].insert(context.resolve(reference)) }
    }

    /// Why an operation does not count, or nil.
    static func objection(
        to operation: Operation, _ field: FieldDefinition, _ verdict: Standing, _ creator: RecordID?
    ) -> QuarantineReason? {
        guard case .counts(let member) = verdict else {
            guard case .masked(let reason) = verdict else { return nil }
            return reason
        }
        switch (operation, field.kind) {
        case (.write(_, let value, _), .register), (.add(_, let value), .set):
            if !field.type.admits(value) { return .malformed }
        case (.place(_, _, _, let value), .list), (.assign(_, _, let value, _), .list):
            if !field.type.admits(value) { return .malformed }
        case (.remove, .set), (.edit, .text), (.count, .counter), (.remove, .list), (.move, .list): break
        default: return .malformed
        }
        return field.rule == .creator && member != creator ? .notCreator : nil
    }

    mutating func finish(into state: inout RecordState) {
        for field in definition.fields.sorted(by: { $0.number < $1.number }) {
            let gone = superseded[field.number] ?? []
            if let folded = finish(field, gone, &state.pending) {
                state.fields.append(FieldEntry(number: field.number, state: folded))
            }
        }
        state.unknown = unknown
        (state.edges, state.partings) = joins.finish()
        state.quarantined = quarantined
    }

    private mutating func finish(_ field: FieldDefinition, _ gone: Set<ElementID>, _ pending: inout Int) -> FieldState?
    {
        switch field.kind {
        case .register:
            // Blocks came in ascending order, so the last is the greatest.
            let values = (registers[field.number] ?? []).filter { !gone.contains($0.element) }
            return values.isEmpty ? nil : .register(values.reversed())
        case .set:
            var members: [Value: [ElementID]] = [:]
            for add in adds[field.number] ?? [] where !gone.contains(add.element) {
                members[add.value, default: []].append(add.element)
            }
            let sorted = members.sorted { $0.key < $1.key }
            return sorted.isEmpty ? nil : .set(sorted.map { SetMember(value: $0.key, adds: $0.value.sorted()) })
        case .text:
            guard let text = texts[field.number] else { return nil }
            let folded = text.folded()
            pending += folded.waiting
            return folded.text.isEmpty ? nil : .text(folded.text)
        case .counter:
            return counters[field.number].map { .counter($0) }
        case .list:
            guard let result = lists[field.number]?.finish(removed: gone) else { return nil }
            pending += result.pending
            quarantined += result.refused.map {
                Quarantined(point: $0.element.point, block: $0.block, offset: $0.element.offset, reason: .malformed)
            }
            return result.items.isEmpty ? nil : .list(result.items)
        }
    }
}

/// A block while its operations are applied.
struct BlockContext {
    let block: RecordBlock
    let points: [ChangePoint]

    func value(_ value: Value, _ element: ElementID) -> RegisterValue {
        RegisterValue(value: value, element: element, lamport: block.lamport, time: block.time)
    }

    func resolve(_ reference: ElementReference) -> ElementID {
        // The decoder bounds entries by the table; an entry out of it is taken for the change itself.
        let entry = Int(reference.entry)
        return ElementID(point: entry < points.count ? points[entry] : block.point, offset: reference.offset)
    }
}

/// One text field while what changes did to it is gathered.
struct TextFold {
    /// What one change did: its elements begin with `first`.
    struct Edit {
        let delta: TextDelta
        let first: ElementID
        /// The payload's table resolved, and the change's own point behind it.
        let points: [ChangePoint]
        /// False for what is masked: it has its place, is not shown, and removes nothing.
        let isVisible: Bool
    }

    var edits: [Edit] = []

    /// The text as it is shown, and how many runs wait. What one person wrote in one go and nobody touched since is the
    /// text: most notes are, and no sequence is made of them.
    func folded() -> (text: String, waiting: Int) {
        if edits.count == 1, let only = edits.first, only.isWhole {
            return (only.isVisible ? String(decoding: only.delta.utf8, as: UTF8.self) : "", 0)
        }
        let document = document()
        return (document.text, document.pending)
    }

    /// Every run whose anchors are here, in its place.
    func document() -> TextDocument {
        var document = TextDocument()
        document.beginImport(scalars: edits.reduce(0) { $0 + Int($1.delta.scalarCount) }, changes: edits.count)
        for edit in edits {
            document.apply(
                edit.delta, at: edit.first.point, firstOffset: edit.first.offset, points: edit.points,
                visible: edit.isVisible)
        }
        document.finishImport()
        return document
    }
}

extension TextFold.Edit {
    /// Whether it is a text from its beginning to its end.
    fileprivate var isWhole: Bool {
        guard delta.deletes.isEmpty, delta.inserts.count == 1, let only = delta.inserts.first,
            only.left == nil, only.right == nil
        else { return false }
        return !first.offset.addingReportingOverflow(delta.scalarCount).overflow
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
}
