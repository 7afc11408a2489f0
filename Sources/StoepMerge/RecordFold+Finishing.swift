import StoepModel

/// Gathering: what is said of a field goes to what was said before.
extension Fields {
    /// Where the field stands among what was gathered, or belongs. A save writes its fields in their order, so that is
    /// mostly the end.
    private func place(of field: FieldNumber) -> (index: Int, isThere: Bool) {
        var index = gathered.count
        while index > 0, gathered[index - 1].number >= field { index -= 1 }
        return (index, index < gathered.count && gathered[index].number == field)
    }

    private mutating func keep(_ state: consuming FieldState, in field: FieldNumber, at index: Int) {
        let entry = FieldEntry(number: field, state: state)
        if index == gathered.count { gathered.append(entry) } else { gathered.insert(entry, at: index) }
    }

    mutating func gather(_ value: consuming RegisterValue, in field: FieldNumber) {
        let (index, isThere) = place(of: field)
        guard isThere else { return keep(.register([value]), in: field, at: index) }
        hasRivals = true
        gathered[index].state.append(value)
    }

    mutating func gather(_ member: consuming SetMember, in field: FieldNumber) {
        let (index, isThere) = place(of: field)
        if isThere { return gathered[index].state.append(member) }
        var members: [SetMember] = []
        members.reserveCapacity(4)
        members.append(member)
        keep(.set(members), in: field, at: index)
    }

    mutating func gather(_ delta: Int64, in field: FieldNumber) {
        let (index, isThere) = place(of: field)
        guard isThere, case .counter(let sum) = gathered[index].state else {
            return keep(.counter(Int128(delta)), in: field, at: index)
        }
        // More operations than there can be bytes are needed to leave 128 bits.
        gathered[index].state = .counter(sum &+ Int128(delta))
    }

    var texts: [FieldNumber: TextFold] {
        Dictionary(grouping: textEdits, by: \.field).mapValues { TextFold(edits: $0.map(\.edit)) }
    }
}

/// What it all comes to.
extension Fields {
    mutating func finish(into state: inout RecordState) {
        for index in gathered.indices { settle(at: index) }
        if !superseded.isEmpty { gathered.removeAll(where: \.isEmpty) }
        finishTexts(&state.pending)
        for field in lists.keys { finishList(field, &state.pending) }
        state.fields = gathered
        state.unknown = unknown
        (state.edges, state.partings) = joins.finish()
        state.quarantined = quarantined
    }

    private mutating func settle(at index: Int) {
        if !superseded.isEmpty, let gone = superseded[gathered[index].number] { gathered[index].state.remove(gone) }
        if case .set = gathered[index].state {
            gathered[index].state.joinEqualMembers()
        } else if hasRivals {
            gathered[index].state.showGreatestFirst()
        }
    }

    private mutating func finishTexts(_ pending: inout Int) {
        if textEdits.count == 1, let (field, edit) = textEdits.first, let text = edit.whole {
            if !text.isEmpty { keep(.text(text), in: field, at: place(of: field).index) }
            return
        }
        for (field, text) in texts {
            let folded = text.folded()
            pending += folded.waiting
            if !folded.text.isEmpty { keep(.text(folded.text), in: field, at: place(of: field).index) }
        }
    }

    private mutating func finishList(_ field: FieldNumber, _ pending: inout Int) {
        guard let result = lists[field]?.finish(removed: superseded[field] ?? []) else { return }
        pending += result.pending
        quarantined += result.refused.map {
            Quarantined(point: $0.element.point, block: $0.block, offset: $0.element.offset, reason: .malformed)
        }
        if !result.items.isEmpty { keep(.list(result.items), in: field, at: place(of: field).index) }
    }
}

extension FieldEntry {
    fileprivate var isEmpty: Bool {
        switch state {
        case .register(let values): values.isEmpty
        case .set(let members): members.isEmpty
        case .text, .counter, .list: false
        }
    }
}

extension FieldState {
    /// A value more, of a register.
    fileprivate mutating func append(_ value: consuming RegisterValue) {
        guard case .register(var values) = self else { return }
        // So that the values stand nowhere else, and need not be copied.
        self = .register([])
        values.append(value)
        self = .register(values)
    }

    /// A member more, of a set.
    fileprivate mutating func append(_ member: consuming SetMember) {
        guard case .set(var members) = self else { return }
        self = .set([])
        members.append(member)
        self = .set(members)
    }

    fileprivate mutating func remove(_ gone: Set<ElementID>) {
        switch self {
        case .register(let values): self = .register(values.filter { !gone.contains($0.element) })
        // Every add is a member of its own still.
        case .set(let members): self = .set(members.filter { !$0.adds.contains(where: gone.contains) })
        case .text, .counter, .list: return
        }
    }

    /// Values came in ascending order.
    fileprivate mutating func showGreatestFirst() {
        guard case .register(let values) = self, values.count > 1 else { return }
        self = .register(PlantedFault.forgetRivalValue.isOn ? values.suffix(1) : values.reversed())
    }

    /// Of members that were gathered add by add: each once, ascending, with all its adds.
    fileprivate mutating func joinEqualMembers() {
        guard case .set(var members) = self, members.count > 1 else { return }
        self = .set([])
        members.sort { $0.value < $1.value }
        if members.indices.dropFirst().contains(where: { members[$0].value == members[$0 - 1].value }) {
            members = Self.joined(members)
        }
        self = .set(members)
    }

    /// Of ascending members, several of which may be equal.
    private static func joined(_ members: [SetMember]) -> [SetMember] {
        var joined: [SetMember] = []
        var next = 0
        while next < members.count {
            let first = next
            repeat { next += 1 } while next < members.count && members[next].value == members[first].value
            joined.append(
                SetMember(value: members[first].value, adds: members[first..<next].flatMap(\.adds).sorted()))
        }
        return joined
    }
}
