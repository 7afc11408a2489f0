import StoepMerge
import StoepModel
import StoepStore

/// A question with what is the same: where it came up, as far as the conversations held here tell.
public struct QuestionSummary: Sendable {
    /// The one that stands for all that are the same.
    public let question: RecordView
    /// How others put it.
    public let wordings: [String]
    /// In how many conversations it came up or was answered.
    public let times: Int
    public let answers: Int
    public let areas: [Area]
    /// When it first came up.
    public let since: Timestamp?
    /// Whether this member carries it along to their next talks.
    public let isCarried: Bool
}

/// What one conversation said to a question.
public struct Answer: Sendable, Equatable {
    public let id: RecordID
    public let question: RecordID
    /// As it was put there; empty where the question is not here.
    public let wording: String
    public let conversation: RecordID
    public let startedAt: Timestamp?
    public let area: Area?
    public let by: Person
    public let words: String
}

/// Questions emerge from conversations: they come up, are put in other words, are carried along, and their answers are
/// read together.
extension Replica {
    /// All questions, those that come up most first: how often, in how many areas, and since when.
    /// - Parameters:
    ///   - request: which.
    ///   - onlyCarried: only those that this member carries along.
    public func questions(
        _ request: RecordRequest = RecordRequest(), onlyCarried: Bool = false
    ) throws(ReplicaError) -> [QuestionSummary] {
        try ReplicaError.naming {
            try store.read {
                var wanted = request
                wanted.limit = nil
                wanted.area = nil
                let code = try request.area.map { try area(meaning: $0).code }
                var people = People(self)
                let groups = try store.groups(in: .square)
                let occurrences = Dictionary(grouping: try store.questionOccurrences()) {
                    groups[$0.question]?.first ?? $0.question
                }
                var seen: Set<RecordID> = []
                let all = try listed(.question, wanted).compactMap { id, _ -> QuestionSummary? in
                    let group = groups[id] ?? [id]
                    guard let first = group.first, seen.insert(first).inserted else { return nil }
                    let found = occurrences[first] ?? []
                    if let code, !found.contains(where: { $0.area == code }) { return nil }
                    let summary = try summary(group, found, &people)
                    return summary.isCarried || !onlyCarried ? summary : nil
                }
                let sorted = all.sorted { ($0.times, $0.areas.count) > ($1.times, $1.areas.count) }
                return Array(sorted.prefix(request.limit ?? sorted.count))
            }
        }
    }

    private func summary(
        _ group: [RecordID], _ found: [QuestionOccurrence], _ people: inout People
    ) throws -> QuestionSummary {
        let questions = try group.map { try view($0, &people) }
        let isCarried = questions.contains { question in
            question.members(Field.Question.carriedBy).contains { $0.value == .record(member) }
        }
        return QuestionSummary(
            question: questions[0], wordings: questions.dropFirst().map(\.name),
            times: Set(found.map(\.conversation)).count, answers: found.count(where: \.isAnswer),
            areas: try Set(found.compactMap(\.area)).sorted().map { try area(code: $0) },
            since: found.compactMap(\.time).min().map { Timestamp(milliseconds: UInt64(clamping: $0)) },
            isCarried: isCarried)
    }

    /// Carries a question along to this member's next talks, or no longer.
    /// - Returns: whether that was not so already.
    public func carry(_ id: RecordID, _ carries: Bool) throws(ReplicaError) -> Bool {
        let me = ["me"]
        return try edit(id, [FieldInput(Field.Question.carriedBy, carries ? .add(me) : .remove(me))])
    }

    /// What was answered to a question and to what is the same, the latest conversation first.
    public func answers(to id: RecordID) throws(ReplicaError) -> [Answer] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                let found = try store.group(of: id).flatMap { question in
                    try store.records(of: .answer, RecordSelection([.holds(Field.Answer.question, .record(question))]))
                }
                // Of a conversation that is deleted nothing is shown.
                return try found.compactMap { try answer($0, &people) }
                    .sorted { ($0.startedAt?.milliseconds ?? 0, $0.id) > ($1.startedAt?.milliseconds ?? 0, $1.id) }
            }
        }
    }

    /// What a conversation answered. Inside a read.
    func answers(in conversation: RecordID) throws -> [Answer] {
        var people = People(self)
        return try store.belongings(of: store.stored(conversation), only: .answer).compactMap { try answer($0, &people) }
    }

    private func answer(_ id: RecordID, _ people: inout People) throws -> Answer? {
        let state = try store.stored(id)
        guard case .record(let question)? = state.value(Field.Answer.question),
            case .record(let conversation)? = state.value(Field.Answer.conversation)
        else { return nil }
        let talk = try store.keptConversation(conversation)
        guard talk.isListed else { return nil }
        return Answer(
            id: id, question: question, wording: try recordName(question, of: .question) ?? "",
            conversation: talk.id,
            startedAt: talk.integer(Field.Conversation.startedAt).map { Timestamp(milliseconds: UInt64(clamping: $0)) },
            area: try talk.string(Field.Conversation.area).map { try area(code: $0) },
            by: try people.member(state.creation?.member), words: state.text(Field.Answer.words))
    }
}
