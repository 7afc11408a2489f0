import StoepMerge
import StoepModel
import StoepStore

/// What belongs to a conversation, and is a record of its own.
public struct TalkBelongings: Sendable {
    public let answers: [Answer]
    public let replies: [RecordView]
    /// What was agreed in it, as far as that is here.
    public let agreements: [RecordView]
    /// Where its links lead, by their fields: questions, persons, agreements and so on.
    public let links: [RecordView.Field]
}

extension Replica {
    /// Answers and replies to a conversation, and where its links lead.
    public func belongings(ofTalk id: RecordID) throws(ReplicaError) -> TalkBelongings {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                let talk = try view(id, &people)
                let replies = try store.belongings(of: store.stored(id), only: .reply)
                return TalkBelongings(
                    answers: try answers(in: id),
                    replies: try replies.map { try view($0, &people) }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) },
                    agreements: try talk.members(Field.Conversation.agreements).compactMap { member -> RecordView? in
                        guard case .record(let agreement) = member.value, try store.stored(agreement).isListed else { return nil }
                        return try view(agreement, &people)
                    },
                    links: talk.fields.filter { field in
                        guard case .record = field.definition.type else { return false }
                        return field.definition.number != Field.Conversation.themes
                    })
            }
        }
    }

    /// Replies to a conversation: what was said in it stays as it is.
    /// - Throws: `empty`, `tooLong`, `unknownID`, `consentKeepsNothing`, `notAllowed`.
    public func reply(to id: RecordID, _ words: String) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            guard !words.trimmed.isEmpty else { throw ReplicaError.empty(field: "words") }
            let state = try store.read { try conversation(id).0 }
            if state.consent == Consent.none { throw ReplicaError.consentKeepsNothing }
            try saveDrafts()
            return try store.write {
                try addInTransaction(
                    .reply, [.set(Field.Reply.conversation, id.description), .set(Field.Reply.words, words)])
            }
        }
    }

    // MARK: Tallies

    /// Counts people who were approached, and who declined, in an area on a day. Negative numbers take back.
    /// - Parameters:
    ///   - approached: how many more were spoken to.
    ///   - declined: how many more would not.
    ///   - typed: a code or a name; that of the last conversation unless given.
    ///   - day: as in `2026-11-21`.
    /// - Throws: `nothingToChange`, `areaNeeded`, `valueDoesNotFit`, and what naming an area throws.
    public func count(
        approached: Int64, declined: Int64, area typed: String?, on day: String
    ) throws(ReplicaError) -> RecordView {
        try ReplicaError.naming {
            guard approached != 0 || declined != 0 else { throw ReplicaError.nothingToChange }
            guard Self.isDay(day) else { throw ReplicaError.valueDoesNotFit(field: "day", value: day) }
            try saveDrafts()
            return try store.write {
                guard let code = try typed.map({ try area(meaning: $0).code }) ?? text(Meta.area) else {
                    throw ReplicaError.areaNeeded
                }
                let log = try conversationLog(area(code: code))
                let id = store.naturalID(.tally, "\(code)/\(day)")
                _ = try store.saveInTransaction([
                    RecordEdit(
                        log: log, target: .natural(.tally, key: "\(code)/\(day)"),
                        fields: [
                            .set(Field.Tally.area, .text(code)), .set(Field.Tally.day, .text(day)),
                            .count(Field.Tally.approached, approached), .count(Field.Tally.declined, declined),
                        ])
                ])
                var people = People(self)
                return try view(id, in: log, &people)
            }
        }
    }

    /// What was counted, the latest day first.
    /// - Parameters:
    ///   - area: a code or a name; nil for all.
    ///   - days: both included; nil for all.
    public func tallies(area: String?, days: ClosedRange<String>? = nil) throws(ReplicaError) -> [RecordView] {
        var request = RecordRequest()
        request.area = area
        if let days {
            request.conditions = [
                .atLeast(Field.Tally.day, .text(days.lowerBound)), .atMost(Field.Tally.day, .text(days.upperBound)),
            ]
        }
        return try records(of: .tally, request)
    }
}
