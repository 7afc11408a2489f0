import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// The conversations held here, the latest first.
    public func conversations(limit: Int? = nil) throws(ReplicaError) -> [ConversationSummary] {
        var request = ConversationRequest()
        request.limit = limit
        return try conversations(request).conversations
    }

    /// The conversations that a request wants, the latest first, and how many there are without its limit.
    /// - Throws: `unknownArea`, `ambiguousArea`, `unknownTheme`, `ambiguousTheme`, `unknownRecord`.
    public func conversations(
        _ request: ConversationRequest
    ) throws(ReplicaError) -> (conversations: [ConversationSummary], all: Int) {
        try ReplicaError.naming {
            try store.read {
                var found: [ConversationSummary] = []
                let all = try forEach(request, isCounting: true) { found.append($0) }
                return (found, all)
            }
        }
    }

    /// Goes through the conversations that a request wants, the latest first, and holds one at once.
    /// - Throws: as `conversations`.
    public func forEachConversation(
        _ request: ConversationRequest, _ body: (ConversationSummary) -> Void
    ) throws(ReplicaError) {
        try ReplicaError.naming { try store.read { _ = try forEach(request, isCounting: false, body) } }
    }

    /// - Parameter isCounting: whether those beyond the limit are counted as well.
    private func forEach(
        _ request: ConversationRequest, isCounting: Bool, _ body: (ConversationSummary) -> Void
    ) throws -> Int {
        var people = People(self)
        let conditions = try conditions(request)
        if conditions.isEmpty {
            try store.forEachConversation(limit: request.limit) { body(try summary($0, &people)) }
            return isCounting ? try store.conversationCount() : 0
        }
        let order = RecordSelection.Order(Field.Conversation.startedAt, isDescending: true)
        guard let typed = request.volunteer else {
            let selection = RecordSelection(conditions, order: order, limit: request.limit)
            try store.forEachRecord(of: .conversation, selection) { state, _ in body(try summary(state, &people)) }
            return isCounting ? try store.count(of: .conversation, conditions) : 0
        }
        let (maker, limit) = (try record(meaning: typed, of: .member), request.limit ?? .max)
        // Whoever made one in ten of all needs no look at the rest.
        if !isCounting, conditions.count == 1, limit <= 1000 {
            var latest: [RecordState] = []
            try store.forEachConversation(limit: 10 * limit) { state in
                if latest.count < limit, state.creation?.member == maker { latest.append(state) }
            }
            if latest.count == limit {
                for state in latest { body(try summary(state, &people)) }
                return limit
            }
        }
        // Whoever wrote in one need not have made it.
        var made = 0
        try store.forEachRecord(of: .conversation, RecordSelection(conditions, order: order)) { state, _ in
            guard state.creation?.member == maker else { return }
            made += 1
            if made <= limit { body(try summary(state, &people)) }
        }
        return made
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
        if let typed = request.volunteer { conditions.append(.writtenBy(try record(meaning: typed, of: .member))) }
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

    private func summary(_ state: RecordState, _ people: inout People) throws -> ConversationSummary {
        var themes: [String] = []
        for member in state.members(Field.Conversation.themes) {
            guard case .record(let theme) = member.value else { continue }
            // One that has not come yet has no name.
            if let name = try people.name(of: theme, in: .theme) { themes.append(name) }
        }
        return ConversationSummary(
            id: state.id,
            startedAt: state.integer(Field.Conversation.startedAt).map {
                Timestamp(milliseconds: UInt64(clamping: $0))
            },
            area: try state.string(Field.Conversation.area).map { try people.area(code: $0) },
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
            value: value.value, text: try text(value.value, of: field, &people),
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
