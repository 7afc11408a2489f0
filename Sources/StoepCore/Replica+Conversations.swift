import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// The conversations held here, the latest first.
    public func conversations(limit: Int? = nil) throws(ReplicaError) -> [ConversationSummary] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                var themes: [RecordID: String] = [:]
                return try store.conversations(limit: limit).map { try summary($0, &people, &themes) }
            }
        }
    }

    /// The conversations that a request wants, the latest first, and how many there are without its limit; nil where
    /// that was not counted.
    /// - Throws: `unknownArea`, `ambiguousArea`, `unknownTheme`, `ambiguousTheme`, `unknownRecord`.
    public func conversations(
        _ request: ConversationRequest
    ) throws(ReplicaError) -> (conversations: [ConversationSummary], all: Int?) {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                var themes: [RecordID: String] = [:]
                let conditions = try conditions(request)
                let maker = try request.volunteer.map { try record(meaning: $0, of: .member) }
                let limit = request.limit ?? .max
                if conditions.isEmpty, maker == nil {
                    let ids = try store.conversations(limit: request.limit)
                    return (try ids.map { try summary($0, &people, &themes) }, try store.conversationCount())
                }
                let order = RecordSelection.Order(Field.Conversation.startedAt, isDescending: true)
                let ids = conditions.isEmpty
                    ? try store.conversations() : try store.records(of: .conversation, RecordSelection(conditions, order: order))
                guard let maker else {
                    return (try ids.prefix(limit).map { try summary($0, &people, &themes) }, ids.count)
                }
                var found: [ConversationSummary] = []
                for id in ids where found.count < limit {
                    if try store.stored(id).creation?.member == maker { found.append(try summary(id, &people, &themes)) }
                }
                return (found, found.count < limit ? found.count : nil)
            }
        }
    }

    private func conditions(_ request: ConversationRequest) throws -> [RecordSelection.Condition] {
        var conditions: [RecordSelection.Condition] = []
        if let typed = request.area {
            conditions.append(.holds(Field.Conversation.area, .text(try area(meaning: typed).code)))
        }
        if let typed = request.theme {
            let themes = try themesGoingOn(as: heldTheme(typed))
            conditions.append(.holdsAny(Field.Conversation.themes, themes.map { .record($0) }))
        }
        if let since = request.since {
            conditions.append(.atLeast(Field.Conversation.startedAt, .integer(Int64(clamping: since.milliseconds))))
        }
        if let until = request.until {
            let last = Int64(clamping: until.milliseconds) - 1
            conditions.append(.atMost(Field.Conversation.startedAt, .integer(last)))
        }
        if request.isToFollowUp {
            conditions += [
                .atLeast(Field.Conversation.followUpOn, .text("0")), .lacks(Field.Conversation.followedUpOn),
            ]
        }
        return conditions
    }

    /// How many conversations are held here.
    public func conversationCount() throws(ReplicaError) -> Int {
        try ReplicaError.naming { try store.read { try store.conversationCount() } }
    }

    private func summary(
        _ id: RecordID, _ people: inout People, _ names: inout [RecordID: String]
    ) throws -> ConversationSummary {
        let state = try store.stored(id)
        let themes = try state.members(Field.Conversation.themes).compactMap { member -> String? in
            guard case .record(let theme) = member.value else { return nil }
            let name = try names[theme] ?? themeName(of: theme)
            names[theme] = name
            // One that has not come yet has no name.
            return name.isEmpty ? nil : name
        }
        return ConversationSummary(
            id: id,
            startedAt: state.integer(Field.Conversation.startedAt).map {
                Timestamp(milliseconds: UInt64(clamping: $0))
            },
            area: try state.string(Field.Conversation.area).map { try area(code: $0) },
            place: state.string(Field.Conversation.place), language: state.string(Field.Conversation.language),
            consent: state.integer(Field.Conversation.consent).flatMap { Consent(rawValue: $0) },
            themes: themes.sorted(), words: state.text(Field.Conversation.words),
            observation: state.text(Field.Conversation.observation), by: try people.member(state.creation?.member),
            conflicts: state.conflicts.count)
    }

    /// One conversation whole.
    /// - Throws: `unknownID`.
    public func conversation(id: RecordID) throws(ReplicaError) -> ConversationDetail {
        try ReplicaError.naming {
            try store.read {
                let (state, log) = try conversation(id)
                guard let creation = state.creation else { throw ReplicaError.unknownID(id.description) }
                var people = People(self)
                let themes = try state.members(Field.Conversation.themes).compactMap { member -> Theme? in
                    guard case .record(let theme) = member.value else { return nil }
                    return Theme(id: theme, name: try themeName(of: theme), conversations: 0)
                }
                let registers = try definition(state).fields.compactMap { field -> ConversationDetail.Register? in
                    let values = try competing(state, field, &people)
                    guard let shown = values.first else { return nil }
                    return ConversationDetail.Register(
                        name: field.name, shown: shown, others: Array(values.dropFirst()))
                }
                return ConversationDetail(
                    id: id, log: log, by: try people.member(creation.member), createdAt: creation.time,
                    registers: registers, area: try state.string(Field.Conversation.area).map { try area(code: $0) },
                    words: state.text(Field.Conversation.words),
                    observation: state.text(Field.Conversation.observation), themes: themes,
                    conflicts: registers.filter { !$0.others.isEmpty }.map(\.name), pending: state.pending,
                    quarantined: state.quarantined.count, version: try store.version(of: id))
            }
        }
    }

    func definition(_ state: RecordState) throws -> CollectionDefinition {
        guard let definition = state.collection.flatMap({ Schema.current[$0] }) else {
            throw ReplicaError.unknownID(state.id.description)
        }
        return definition
    }

    /// A register's distinct values, the shown one first. None for a field that is no register or holds nothing.
    func competing(
        _ state: RecordState, _ field: FieldDefinition, _ people: inout People
    ) throws -> [CompetingValue] {
        let values = state.values(field.number)
        // A link that leads nowhere any more leads to the record itself.
        if values.count == 1, values[0].value == .record(state.id) { return [] }
        return try values.map { try value($0, of: field, in: state, &people) }
    }

    /// What competes in one place.
    func competing(
        _ competition: Competition, _ state: RecordState, _ people: inout People
    ) throws -> [CompetingValue] {
        guard let field = try definition(state).field(competition.field) else { return [] }
        return try competition.values.map { try value($0, of: field, in: state, &people) }
    }

    func value(
        _ value: RegisterValue, of field: FieldDefinition, in state: RecordState, _ people: inout People
    ) throws -> CompetingValue {
        CompetingValue(
            value: value.value, text: try text(value.value, of: field),
            by: try people.author(value.element.point.actor), time: value.time)
    }
}

extension RecordState {
    func string(_ field: FieldNumber) -> String? {
        guard case .text(let text)? = value(field), !text.isEmpty else { return nil }
        return text
    }

    func integer(_ field: FieldNumber) -> Int64? {
        guard case .integer(let number)? = value(field) else { return nil }
        return number
    }
}
