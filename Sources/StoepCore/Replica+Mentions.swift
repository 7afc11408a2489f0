import StoepMerge
import StoepModel
import StoepStore

/// What comes up in a conversation beside what was said: questions and their answers, persons, and links.
extension Replica {
    /// All of it, found to be allowed.
    struct Mentions {
        var questions: [(choice: Choice, answer: String?)] = []
        var persons: [Choice] = []
        var reading = Reading()

        static let none = Mentions()
    }

    /// A record that is here, or one that is born with the conversation.
    enum Choice: Equatable {
        case held(RecordID)
        case born(String)

        /// In any case of the letters of ASCII, as the store finds what is here.
        static func == (a: Self, b: Self) -> Bool {
            switch (a, b) {
            case (.held(let one), .held(let other)): one == other
            case (.born(let one), .born(let other)): one.utf8.map(Self.folded) == other.utf8.map(Self.folded)
            case (.held, .born), (.born, .held): false
            }
        }

        private static func folded(_ byte: UInt8) -> UInt8 {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
    }

    /// Inside a read.
    func mentions(
        _ questions: [AskedQuestion], _ persons: [String], _ more: [FieldInput], in log: LogID, of record: RecordState?,
        spoken: String?
    ) throws -> Mentions {
        var mentions = Mentions()
        for asked in questions {
            let choice = try question(meaning: asked.question)
            guard let index = mentions.questions.firstIndex(where: { $0.choice == choice }) else {
                mentions.questions.append((choice, asked.answer))
                continue
            }
            // Asked twice, answered twice: one answer holds both.
            let answers = [mentions.questions[index].answer, asked.answer].compactMap { $0 }.filter { !$0.isEmpty }
            mentions.questions[index].answer = answers.isEmpty ? nil : answers.joined(separator: "\n")
        }
        for asked in mentions.questions { try Self.check(text: asked.answer, "words") }
        for typed in persons {
            let choice = try person(meaning: typed, in: log)
            if !mentions.persons.contains(choice) { mentions.persons.append(choice) }
        }
        mentions.reading = try read(more, of: definition(.conversation), record: record, opened: nil, spoken: spoken)
        return mentions
    }

    /// By its wording, else by its id; what is neither is a question to be born. Of several in the same words any will
    /// do: people say which are the same.
    private func question(meaning typed: String) throws -> Choice {
        let wording = typed.trimmed
        guard !wording.isEmpty else { throw ReplicaError.empty(field: "question") }
        try Self.check(value: wording, "question")
        let reads = RecordSelection([.reads(Field.Question.wording, wording)], limit: 1)
        if let held = try store.records(of: .question, reads).first { return .held(held) }
        // Fewer digits might be a word.
        if wording.utf8.count >= 8, let id = try? record(beginning: wording, of: .question) { return .held(id) }
        return .born(wording)
    }

    /// By an alias, the name that they chose, or an id. Only who is met in the same street is known there.
    private func person(meaning typed: String, in log: LogID) throws -> Choice {
        let alias = typed.trimmed
        guard !alias.isEmpty else { throw ReplicaError.empty(field: "person") }
        try Self.check(value: alias, "person")
        let named = try persons(called: alias).filter { try store.log(of: $0) == log }
        if let first = named.first {
            guard try Set(store.group(of: first)).isSuperset(of: named) else {
                throw ReplicaError.ambiguousID(alias, named)
            }
            return .held(first)
        }
        if alias.utf8.count >= 8, let id = try? record(beginning: alias, of: .person) {
            guard try store.log(of: id) == log else { throw ReplicaError.unknownRecord(alias, of: try definition(.person)) }
            return .held(id)
        }
        return .born(alias)
    }

    /// Brings forth what is born, and gives what the conversation says of all of it. Inside a write transaction.
    func bringForth(
        _ mentions: Mentions, in log: LogID, at area: String?
    ) throws -> (fields: [FieldEdit], births: [RecordEdit], questions: [RecordID], persons: [RecordID]) {
        let questions = try mentions.questions.map { try bringForth($0.choice, .question, Field.Question.wording, in: .square, []) }
        let place = area.map { [FieldEdit.set(Field.Person.area, .text($0))] } ?? []
        let persons = try mentions.persons.map { try bringForth($0, .person, Field.Person.alias, in: log, place) }
        var fields = mentions.reading.edits
        if !questions.isEmpty { fields.append(.add(Field.Conversation.questions, Self.links(questions))) }
        if !persons.isEmpty { fields.append(.add(Field.Conversation.persons, Self.links(persons))) }
        return (fields, mentions.reading.births, questions, persons)
    }

    private func bringForth(
        _ choice: Choice, _ collection: CollectionNumber, _ name: FieldNumber, in log: LogID, _ fields: [FieldEdit]
    ) throws -> RecordID {
        switch choice {
        case .held(let id): return id
        case .born(let text):
            let edit = RecordEdit(log: log, target: .new(collection), fields: [.set(name, .text(text))] + fields)
            return try store.saveInTransaction([edit])[0]
        }
    }

    private static func links(_ ids: [RecordID]) -> [Value] {
        var seen: Set<RecordID> = []
        return ids.filter { seen.insert($0).inserted }.map { .record($0) }
    }

    /// Saves what was answered: of each question one answer a conversation and member. Inside a write transaction.
    func saveAnswers(
        _ mentions: Mentions, to questions: [RecordID], in conversation: RecordID, _ log: LogID
    ) throws {
        for (question, asked) in zip(questions, mentions.questions) {
            guard let words = asked.answer, !words.isEmpty else { continue }
            let given = try store.records(
                of: .answer,
                RecordSelection([
                    .holds(Field.Answer.conversation, .record(conversation)),
                    .holds(Field.Answer.question, .record(question)),
                ]))
            let own = try given.first { try store.stored($0).creation?.member == member }
            let links: [FieldEdit] = [
                .set(Field.Answer.question, .record(question)), .set(Field.Answer.conversation, .record(conversation)),
            ]
            _ = try store.saveInTransaction([
                RecordEdit(
                    log: log, target: own.map { .existing($0) } ?? .new(.answer),
                    fields: links + [.text(Field.Answer.words, words)])
            ])
        }
    }
}
