import StoepModel
import StoepSQLite

/// A conversation in which a question came up, or was answered.
package struct QuestionOccurrence: Sendable {
    package let question: RecordID
    package let conversation: RecordID
    /// Milliseconds since 1970, as claimed.
    package let time: Int64?
    package let area: String?
    package let isAnswer: Bool
}

extension Store {
    /// Every occurrence of every question in the conversations that are listed here; one that both came up and was
    /// answered is there twice. Inside a read.
    package func questionOccurrences() throws -> [QuestionOccurrence] {
        try db.query(
            """
            SELECT s.value, r.rid, f.startedAt, f.area, 0
            FROM s_conversation_questions s JOIN f_conversation f ON f.record = s.record
            JOIN record r ON r.id = s.record
            UNION ALL
            SELECT a.question, r.rid, f.startedAt, f.area, 1
            FROM f_answer a JOIN record r ON r.rid = a.conversation JOIN f_conversation f ON f.record = r.id
            WHERE a.question IS NOT NULL
            UNION ALL
            SELECT a.question, r.rid, f.startedAt, f.area, 1
            FROM s_conversation_replaces s JOIN f_answer a ON a.conversation = s.value
            JOIN f_conversation f ON f.record = s.record JOIN record r ON r.id = s.record
            WHERE a.question IS NOT NULL
            """
        ) { row in
            guard let question = RecordID(bytes: row.blob(0)), let conversation = RecordID(bytes: row.blob(1)) else {
                throw StoreError.damaged("stoep.db: question")
            }
            return QuestionOccurrence(
                question: question, conversation: conversation, time: row.int64IfPresent(2),
                area: row.stringIfPresent(3), isAnswer: row.int64(4) != 0)
        }
    }

    /// What the members of each group of joined questions are; a question that is joined with nothing is not named.
    package func groups(in log: LogID) throws -> [RecordID: [RecordID]] {
        var groups: [RecordID: [RecordID]] = [:]
        for id in try edgedRecords(in: log) where groups[id] == nil {
            let group = try group(of: id)
            for member in group { groups[member] = group }
        }
        return groups
    }
}
