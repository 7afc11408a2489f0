import StoepModel

/// What takes back a change of one record: operations of a new change, and what stays as it is.
package struct UndoPlan: Sendable, Hashable {
    /// Why something is kept.
    package enum Reason: String, Sendable, Hashable {
        /// Somebody wrote another value since.
        case overwritten = "overwritten"
        /// There was no value before, and this kind of value cannot be empty.
        case nothingBefore = "nothing-before"
        /// Others said the same: added the same member, removed the same, deleted the same text.
        case others = "others"
        /// An erasure is for ever.
        case irrevocable = "irrevocable"
        /// This version cannot take back that kind of change.
        case unknown = "unknown"
    }

    package struct Kept: Sendable, Hashable {
        /// Nil for what is no field's.
        package let field: FieldNumber?
        package let reason: Reason
        package init(field: FieldNumber?, reason: Reason) {
            self.field = field
            self.reason = reason
        }
    }

    package internal(set) var operations: [ElementOperation] = []
    /// Each once, in the order in which they were found.
    package internal(set) var kept: [Kept] = []
    /// The change brought the record into being. What it wrote can be taken back; the record is still there.
    package internal(set) var created = false
}

extension RecordFold {
    /// What takes back what the change at `point` did to a record, upon all that was built on it since: only what that
    /// change itself wrote and what still stands goes; nil where it did nothing to the record that counts.
    package func undo(_ point: ChangePoint, of id: RecordID, _ delivered: [RecordBlock]) -> UndoPlan? {
        let judged = judged(id, delivered)
        let (state, fields) = fold(id, delivered)
        guard let definition = state.collection.flatMap({ schema[$0] }) else { return nil }
        let counted = listed(judged, of: state).filter { $0.masked == nil }
        let target = counted.filter { $0.block.point == point }
        guard !target.isEmpty else { return nil }
        var maker = UndoMaker(
            state: state, definition: definition, target: target,
            others: counted.filter { $0.block.point != point })
        maker.plan.created = state.creation?.point == point
        for one in target where one.text.isEmpty && !one.isOfAList(in: definition) { maker.takeBack(one) }
        for (field, text) in (fields?.texts ?? [:]).sorted(by: { $0.key < $1.key }) {
            maker.takeBackText(field, text.document())
        }
        for (field, list) in (fields?.lists ?? [:]).sorted(by: { $0.key < $1.key }) {
            maker.takeBackList(field, list.sequence.elements)
        }
        maker.takeBackDeletion()
        return maker.plan
    }
}

struct UndoMaker {
    let state: RecordState
    let definition: CollectionDefinition
    let target: [ListedOperation]
    /// What all other changes say.
    let others: [ListedOperation]
    var plan = UndoPlan()

    mutating func keep(_ field: FieldNumber?, _ reason: UndoPlan.Reason) {
        let kept = UndoPlan.Kept(field: field, reason: reason)
        if !plan.kept.contains(kept) { plan.kept.append(kept) }
    }

    mutating func takeBack(_ one: ListedOperation) {
        guard one.isKnown else { return keep(one.operation.field, .unknown) }
        switch one.operation {
        case .write(let field, let value, let overwrites):
            takeBackWrite(field, value, one.element, overwrote: Set(overwrites.map(one.resolve)))
        case .add(let field, let value):
            guard let member = state.members(field).first(where: { $0.value == value }),
                member.adds.contains(one.element)
            else { return }
            plan.operations.append(.remove(field, adds: [one.element]))
            if member.adds.count > 1 { keep(field, .others) }
        case .remove(let field, let adds): takeBackRemove(field, Set(adds.map(one.resolve)))
        case .same(let other, _):
            guard state.edges.contains(where: { $0.element == one.element }) else { return }
            plan.operations.append(.apart(edges: [one.element]))
            if state.edges.count(where: { $0.other == other }) > 1 { keep(nil, .others) }
        case .apart(let edges): takeBackApart(Set(edges.map(one.resolve)))
        case .count(let field, let delta): takeBackCount(field, delta)
        case .deleteRecord: return
        case .eraseRecord: keep(nil, .irrevocable)
        default: keep(one.operation.field, .unknown)
        }
    }

    // MARK: Registers

    private mutating func takeBackWrite(
        _ field: FieldNumber, _ value: Value, _ element: ElementID, overwrote: Set<ElementID>
    ) {
        guard case .register(let values)? = state[field], values.contains(where: { $0.element == element }) else {
            return keep(field, .overwritten)
        }
        var before: [Value] = []
        let standing = overwrote.subtracting(overwrittenByOthers(in: field))
        for one in others {
            guard case .write(field, let value, _) = one.operation, standing.contains(one.element) else { continue }
            if !before.contains(value) { before.append(value) }
        }
        if before == [value] { return }
        if before.isEmpty, let beside = values.first(where: { $0.element.point != element.point }) {
            // What others wrote instead stands; a value goes only by another, so it is said once more.
            before = [beside.value]
        } else if before.isEmpty {
            guard overwrote.isEmpty, let nothing = definition.field(field).flatMap({ definition.nothing(in: $0, of: state.id) })
            else {
                return keep(field, .nothingBefore)
            }
            before = [nothing]
        }
        // Several competed before: they do so again.
        for value in before { plan.operations.append(.write(field, value, overwrites: [element])) }
    }

    private func overwrittenByOthers(in field: FieldNumber) -> Set<ElementID> {
        others.reduce(into: []) { overwritten, one in
            guard case .write(field, _, let named) = one.operation else { return }
            overwritten.formUnion(named.map(one.resolve))
        }
    }

    // MARK: Sets

    private mutating func takeBackRemove(_ field: FieldNumber, _ adds: Set<ElementID>) {
        var removedByOthers: Set<ElementID> = []
        for one in others {
            guard case .remove(field, let named) = one.operation else { continue }
            removedByOthers.formUnion(named.map(one.resolve))
        }
        // Who took it and gave it in one change takes the gift back with this.
        var held = Set(
            state.members(field).filter { member in
                member.adds.contains { add in !target.contains { $0.element == add } }
            }.map(\.value))
        for one in others {
            guard case .add(field, let value) = one.operation, adds.contains(one.element) else { continue }
            if removedByOthers.contains(one.element) {
                keep(field, .others)
            } else if held.insert(value).inserted {
                plan.operations.append(.add(field, value))
            }
        }
    }

    // MARK: Same and apart

    private mutating func takeBackApart(_ edges: Set<ElementID>) {
        var removedByOthers: Set<ElementID> = []
        for one in others {
            guard case .apart(let named) = one.operation else { continue }
            removedByOthers.formUnion(named.map(one.resolve))
        }
        var joined = Set(state.edges.map(\.other))
        for one in others {
            guard case .same(let other, _) = one.operation, edges.contains(one.element) else { continue }
            if removedByOthers.contains(one.element) {
                keep(nil, .others)
            } else if joined.insert(other).inserted {
                let saw = state.partings.filter { $0.other == other }.map(\.element)
                plan.operations.append(.same(other, saw: saw))
            }
        }
    }

    // MARK: Counters

    private mutating func takeBackCount(_ field: FieldNumber, _ delta: Int64) {
        // The least integer has no opposite; two counts have.
        let (opposite, overflow) = Int64(0).subtractingReportingOverflow(delta)
        plan.operations.append(.count(field, overflow ? .max : opposite))
        if overflow { plan.operations.append(.count(field, 1)) }
    }

    // MARK: The record

    /// A deleted record is brought back by an edit, so one is made that says nothing new.
    mutating func takeBackDeletion() {
        let isDeletion = { (one: ListedOperation) in if case .deleteRecord = one.operation { true } else { false } }
        guard target.contains(where: isDeletion), case .deleted = state.presence else { return }
        // What takes back the rest of the change is an edit already.
        guard plan.operations.isEmpty else { return }
        if others.contains(where: isDeletion) { keep(nil, .others) }
        for entry in state.fields where definition.field(entry.number)?.rule == .writers {
            guard case .register(let values) = entry.state, let shown = values.first else { continue }
            // Only what it shows itself: what competes with it goes on competing.
            plan.operations.append(.write(entry.number, shown.value, overwrites: [shown.element]))
            return
        }
        keep(nil, .nothingBefore)
    }

    // MARK: Texts

    /// Deletes what was inserted, and inserts anew what was deleted, where it stood: behind the last of its own
    /// tombstones, so that what others wrote between them stays between.
    mutating func takeBackText(_ field: FieldNumber, _ document: TextDocument) {
        let pieces = target.filter { $0.operation.field == field }.map(\.text)
        guard pieces.contains(where: { !$0.isEmpty }) else { return }
        let elements = document.elements
        let places = Dictionary(
            elements.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        let inserted = pieces.flatMap(\.inserts).flatMap(\.ids)
        let deleted = ElementRanges(pieces.flatMap(\.deletes))
        let own = Set(inserted)
        let theirs = others.filter { $0.operation.field == field }.map(\.text)
        let otherwise = ElementRanges(theirs.flatMap(\.deletes))
        // What is masked was never seen, and does not come back as one's own.
        let counted = ElementRanges(
            theirs.flatMap(\.inserts).map { .init(first: $0.first, count: UInt32(clamping: $0.scalars.count)) })
        var operations = TextOperations()
        var run: [TextElement] = []
        for element in elements {
            if deleted.contains(element.id), counted.contains(element.id) {
                if otherwise.contains(element.id) { keep(field, .others) } else { run.append(element) }
            } else if element.isVisible, !own.contains(element.id), !run.isEmpty {
                restore(run, field, elements, places, &operations)
                run = []
            }
        }
        if !run.isEmpty { restore(run, field, elements, places, &operations) }
        let visible = inserted.filter { id in places[id].map { elements[$0].isVisible } ?? false }
        operations.deletes = TextOperations.runs(of: visible)
        if !operations.isEmpty { plan.operations.append(.edit(field, operations)) }
    }

    private func restore(
        _ run: [TextElement], _ field: FieldNumber, _ elements: [TextElement], _ places: [ElementID: Int],
        _ operations: inout TextOperations
    ) {
        guard let last = run.last, let place = places[last.id] else { return }
        let scalars = run.map(\.scalar)
        if isRestored(scalars, behind: last.id, field, elements, places) { return }
        let right = place + 1 < elements.count ? elements[place + 1].id : nil
        operations.inserts.append(TextOperations.Insert(left: last.id, right: right, scalars: scalars))
    }

    /// Whether somebody undid it already: the same text stands there, put in behind the very same tombstone.
    private func isRestored(
        _ scalars: [Unicode.Scalar], behind last: ElementID, _ field: FieldNumber, _ elements: [TextElement],
        _ places: [ElementID: Int]
    ) -> Bool {
        others.contains { one in
            guard one.operation.field == field else { return false }
            return one.text.inserts.contains { insert in
                insert.left == last && insert.scalars == scalars
                    && insert.ids.allSatisfy { id in places[id].map { elements[$0].isVisible } ?? false }
            }
        }
    }
}

/// Which elements some deletions name, however many they say.
private struct ElementRanges {
    private var ranges: [ChangePoint: [Range<UInt64>]] = [:]

    init(_ deletes: [TextOperations.Delete]) {
        var all: [ChangePoint: [Range<UInt64>]] = [:]
        for delete in deletes {
            let first = UInt64(delete.first.offset)
            all[delete.first.point, default: []].append(first..<first + UInt64(delete.count))
        }
        ranges = all.mapValues { ranges in
            ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
                if let last = merged.last, range.lowerBound <= last.upperBound {
                    merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
                } else {
                    merged.append(range)
                }
            }
        }
    }

    func contains(_ id: ElementID) -> Bool {
        guard let ranges = ranges[id.point] else { return false }
        let index = ranges.partitioning { $0.upperBound > UInt64(id.offset) }
        return index < ranges.count && ranges[index].contains(UInt64(id.offset))
    }
}
