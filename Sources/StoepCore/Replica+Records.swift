import StoepMerge
import StoepModel
import StoepStore

/// Records of any collection, made, changed, listed and shown as the schema says. What a collection has beside that
/// stands in a file of its own.
extension Replica {
    /// Makes a record. It stands in the square, or in the street of its area, of the conversation that it names, or of
    /// this member.
    /// - Parameters:
    ///   - collection: what it is.
    ///   - inputs: what it says.
    ///   - talk: the id of the conversation in which it came up, which leads to it from then on.
    /// - Throws: `empty` where it has no name, `tooLong`, `valueDoesNotFit`, `unknownRecord`, what naming areas and
    ///   themes throws, `conversationsNotGranted`, `notAllowed`; then nothing was saved.
    public func add(
        _ collection: CollectionNumber, _ inputs: [FieldInput], inTalk talk: String? = nil
    ) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            try saveDrafts()
            let talk = try talk.map { try record(beginning: $0, of: .conversation) }
            return try store.write {
                let id = try addInTransaction(collection, inputs, inTalk: talk)
                if let talk { try link(talk, to: id, of: collection) }
                return id
            }
        }
    }

    /// Has a conversation lead to a record that came up in it. References run from street to square, never back.
    private func link(_ talk: RecordID, to id: RecordID, of collection: CollectionNumber) throws {
        let (state, log) = try conversation(talk)
        if state.consent == Consent.none { throw ReplicaError.consentKeepsNothing }
        let field = try definition(.conversation).fields.first { $0.kind == .set && $0.type == .record(collection) }
        guard let field else { throw ReplicaError.unexpected("no conversation leads to \(collection)") }
        _ = try store.saveInTransaction([
            RecordEdit(log: log, target: .existing(talk), fields: [.add(field.number, [.record(id)])])
        ])
    }

    func addInTransaction(
        _ number: CollectionNumber, _ inputs: [FieldInput], inTalk talk: RecordID? = nil
    ) throws -> RecordID {
        let definition = try definition(number)
        if let name = SearchedFields.names[number], let field = definition.field(name) {
            let isNamed = inputs.contains { input in
                if case .set(let text) = input.change { input.field == name && !text.trimmed.isEmpty } else { false }
            }
            guard isNamed else { throw ReplicaError.empty(field: field.name) }
        }
        var reading = try read(inputs, of: definition, record: nil, opened: nil)
        try checkConsent(reading.edits, of: number, nil)
        let log = try log(for: definition, &reading.edits, inTalk: talk)
        let edit = RecordEdit(log: log, target: .new(number), fields: reading.edits)
        return try store.saveInTransaction([edit] + reading.births)[0]
    }

    /// Changes a record: only what the inputs name.
    /// - Parameters:
    ///   - id: the record.
    ///   - inputs: what is to change.
    ///   - opened: what texts were edited in: they are compared with this version, so that what came in meanwhile
    ///     stays; nil for what is held now.
    /// - Returns: whether anything changed.
    /// - Throws: as `add`, and `nothingToChange`, `unknownID`, `wordsNotYours`.
    public func edit(
        _ id: RecordID, _ inputs: [FieldInput], in opened: OpenedText? = nil
    ) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            guard !inputs.isEmpty else { throw ReplicaError.nothingToChange }
            try saveDrafts()
            return try store.write { try editInTransaction(id, inputs, in: opened) }
        }
    }

    func editInTransaction(_ id: RecordID, _ inputs: [FieldInput], in opened: OpenedText? = nil) throws -> Bool {
        let before = try store.stored(id)
        guard before.isListed, let log = try store.log(of: id) else { throw ReplicaError.unknownID(id.description) }
        let definition = try definition(before)
        let reading = try read(inputs, of: definition, record: before, opened: opened)
        try checkArea(in: reading.edits, of: definition, about: id, in: log)
        let edit = RecordEdit(log: log, target: .existing(id), fields: reading.edits)
        try checkConsent(reading.edits, of: definition.number, before)
        _ = try store.saveInTransaction([edit] + reading.births)
        try followConsent(from: before)
        return try store.stored(id) != before
    }

    /// Deletes a record: it is shown no longer. Somebody's later edit, made without knowing of it, brings it back.
    /// - Throws: `unknownID`, `notAllowed`.
    public func delete(_ id: RecordID) throws(ReplicaError) {
        try ReplicaError.naming {
            try saveDrafts()
            try store.write {
                guard try store.stored(id).isListed, let log = try store.log(of: id) else {
                    throw ReplicaError.unknownID(id.description)
                }
                _ = try store.saveInTransaction([
                    RecordEdit(log: log, target: .existing(id), fields: [], ending: .delete)
                ])
            }
        }
    }

    /// Says that two records are the same person or question, or no longer.
    /// - Returns: whether that was not said already.
    /// - Throws: `unknownID`, `notJoinable`, `notAllowed`.
    @discardableResult
    public func join(_ one: RecordID, _ other: RecordID) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.join(one, other)
        }
    }

    /// Takes a record apart from another, and from what is joined with that one; from all where none is named.
    @discardableResult
    public func separate(_ id: RecordID, from other: RecordID?) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.separate(id, from: other.map { [$0] })
        }
    }

    // MARK: Looking

    /// The record of a collection that a person means: by what it is called, else by the beginning of its id.
    /// - Throws: `unknownRecord`, `unknownID`, `notAnID`, `ambiguousID`.
    public func find(_ typed: String, of collection: CollectionNumber) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming { try store.read { try record(meaning: typed, of: collection) } }
    }

    /// The records of a collection that a request wants.
    /// - Throws: `unknownArea`, `ambiguousArea`, `unknownTheme`.
    public func records(
        of number: CollectionNumber, _ request: RecordRequest = RecordRequest()
    ) throws(ReplicaError) -> [RecordView] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                var records: [RecordView] = []
                try store.forEachRecord(of: number, selection(number, request)) { state, log in
                    records.append(try view(state, in: log, &people))
                }
                return records
            }
        }
    }

    func listed(_ number: CollectionNumber, _ request: RecordRequest) throws -> [(id: RecordID, log: LogID)] {
        try store.placedRecords(of: number, selection(number, request))
    }

    private func selection(_ number: CollectionNumber, _ request: RecordRequest) throws -> RecordSelection {
        let definition = try definition(number)
        var selection = RecordSelection(request.conditions, order: Self.orders[number], limit: request.limit)
        if let typed = request.area, let field = SearchedFields.areas[number] {
            selection.conditions.append(.holds(field, .text(try area(meaning: typed).code)))
        }
        if let typed = request.theme, let field = definition.field(named: "themes") {
            let themes = try themesGoingOn(as: heldTheme(typed))
            selection.conditions.append(.holdsAny(field.number, themes.map { .record($0) }))
        }
        return selection
    }

    /// What lists go by; others by what people call the records.
    private static let orders: [CollectionNumber: RecordSelection.Order] = [
        .agreement: .init(Field.Agreement.dueOn), .meeting: .init(Field.Meeting.startedAt, isDescending: true),
        .round: .init(Field.Round.startsOn, isDescending: true), .tally: .init(Field.Tally.day, isDescending: true),
        .referral: .init(Field.Referral.progress), .initiative: .init(Field.Initiative.name),
        .offer: .init(Field.Offer.what), .need: .init(Field.Need.what), .person: .init(Field.Person.alias),
        .question: .init(Field.Question.wording),
    ]

    /// One record whole.
    /// - Throws: `unknownID`.
    public func view(_ id: RecordID) throws(ReplicaError) -> RecordView {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                return try view(id, &people)
            }
        }
    }

    /// The record as it is held now.
    /// - Throws: `unknownID`.
    public func version(of id: RecordID) throws(ReplicaError) -> String {
        try ReplicaError.naming { try store.read { try store.version(of: id) } }
    }

    /// The records that refer to this one or to what is the same, by collection and field.
    public func links(to id: RecordID) throws(ReplicaError) -> [RecordLinks] {
        try ReplicaError.naming {
            try store.read {
                let definition = try definition(store.stored(id))
                var people = People(self)
                let group = definition.isJoinable ? try store.group(of: id) : [id]
                var found: [RecordLinks] = []
                for referrers in try group.flatMap({ try store.referrers(to: $0, of: definition.number) }) {
                    guard let collection = Schema.current[referrers.collection],
                        let field = collection.field(referrers.field)
                    else { continue }
                    let records = try referrers.records.map { try view($0, &people) }
                    if let index = found.firstIndex(where: {
                        $0.collection.number == collection.number && $0.field.number == field.number
                    }) {
                        let all = found[index].records + records
                        found[index] = RecordLinks(collection: collection, field: field, records: all)
                    } else {
                        found.append(RecordLinks(collection: collection, field: field, records: records))
                    }
                }
                // The latest first.
                return found.map { links in
                    let sorted = links.records.sorted { ($0.latest, $0.id) > ($1.latest, $1.id) }
                    return RecordLinks(collection: links.collection, field: links.field, records: sorted)
                }
            }
        }
    }

    /// Opens a record to edit its texts.
    /// - Parameters:
    ///   - id: the record.
    ///   - version: one that was read earlier; nil for what is held now.
    /// - Throws: `unknownID`, `unknownVersion`.
    public func openText(_ id: RecordID, version: String? = nil) throws(ReplicaError) -> OpenedText {
        try ReplicaError.naming {
            try store.read {
                let opened = try store.open(id, version: version)
                let isOwn = opened.state.creation?.member == member
                return OpenedText(
                    id: id, version: opened.version,
                    parts: try definition(opened.state).fields.filter { $0.kind == .text }.map { field in
                        OpenedText.Part(
                            field: field, text: opened.state.text(field.number),
                            mayEdit: field.rule != .creator || isOwn)
                    }, texts: opened.texts)
            }
        }
    }
}

extension RecordView {
    fileprivate var latest: Int64 { moment ?? Int64(clamping: createdAt.milliseconds) }
}
