import StoepModel
import StoepSQLite

/// What an overview counts: of one area or all, in a period or ever. Of conversations and meetings when they took place;
/// of tallies and agreements the day.
package struct OverviewScope: Sendable {
    package var area: String?
    /// Half-open, in milliseconds since 1970.
    package var period: Range<Int64>?
    /// As in `2026-11-21`, both included.
    package var days: ClosedRange<String>?

    package init(area: String? = nil, period: Range<Int64>? = nil, days: ClosedRange<String>? = nil) {
        self.area = area
        self.period = period
        self.days = days
    }
}

/// The figures of a space, from the columns: no record is read for them. All of these stand inside a read.
extension Store {
    /// Conditions on a table's columns, with what they compare with.
    private struct Conditions {
        private(set) var sql = ""
        private(set) var arguments: [SQLValue] = []

        mutating func and(_ condition: String, _ values: [SQLValue] = []) {
            sql += (sql.isEmpty ? " WHERE " : " AND ") + condition
            arguments += values
        }

        init(_ scope: OverviewScope, time: String? = nil, day: String? = nil) {
            if let area = scope.area { and("f.area = ?", [.text(area)]) }
            if let time, let period = scope.period {
                and("f.\(time) >= ? AND f.\(time) < ?", [.integer(period.lowerBound), .integer(period.upperBound)])
            }
            if let day, let days = scope.days {
                and("f.\(day) >= ? AND f.\(day) <= ?", [.text(days.lowerBound), .text(days.upperBound)])
            }
        }
    }

    private static func counted(_ row: borrowing Row) -> Int { Int(clamping: row.int64(1)) }

    private func first(_ sql: String, _ conditions: Conditions) throws -> Int {
        Int(clamping: try db.first(sql + conditions.sql, conditions.arguments) { $0.int64(0) } ?? 0)
    }

    // MARK: Conversations

    package func conversationCount(in scope: OverviewScope) throws -> Int {
        try first("SELECT count(*) FROM f_conversation f", Conditions(scope, time: "startedAt"))
    }

    /// How many conversations each area had; those without an area are in none.
    package func conversationsByArea(in scope: OverviewScope) throws -> [(area: String, count: Int)] {
        var conditions = Conditions(scope, time: "startedAt")
        conditions.and("f.area <> ''")
        return try db.query(
            "SELECT f.area, count(*) FROM f_conversation f\(conditions.sql) GROUP BY f.area", conditions.arguments
        ) { ($0.string(0), Self.counted($0)) }
    }

    /// How many conversations each theme was named in.
    package func conversationsByTheme(in scope: OverviewScope) throws -> [(theme: RecordID, count: Int)] {
        let conditions = Conditions(scope, time: "startedAt")
        let join = conditions.sql.isEmpty ? "" : " JOIN f_conversation f ON f.record = s.record"
        return try db.query(
            "SELECT s.value, count(*) FROM s_conversation_themes s\(join)\(conditions.sql) GROUP BY s.value",
            conditions.arguments
        ) { (try Self.link($0, 0), Self.counted($0)) }
    }

    /// How many conversations had any of these themes.
    package func conversationCount(of themes: [RecordID], in scope: OverviewScope) throws -> Int {
        var conditions = Conditions(scope, time: "startedAt")
        let marks = themes.map { _ in "?" }.joined(separator: ", ")
        conditions.and("s.value IN (\(marks))", themes.map { .blob($0.bytes) })
        return try first(
            "SELECT count(DISTINCT s.record) FROM s_conversation_themes s JOIN f_conversation f ON f.record = s.record",
            conditions)
    }

    /// The questions that came up or were answered most, and in how many conversations and areas.
    package func emergingQuestions(
        in scope: OverviewScope, limit: Int
    ) throws -> [(question: RecordID, conversations: Int, areas: Int)] {
        let conditions = Conditions(scope, time: "startedAt")
        // By record first: conversations are then looked at in the order in which they stand.
        return try db.query(
            """
            SELECT o.question, count(*), count(DISTINCT f.area) FROM (
                SELECT record, value AS question FROM s_conversation_questions
                UNION
                SELECT r.id, a.question FROM f_answer a JOIN record r ON r.rid = a.conversation
                WHERE a.question IS NOT NULL) o
            JOIN f_conversation f ON f.record = o.record\(conditions.sql)
            GROUP BY o.question ORDER BY 2 DESC, 3 DESC, o.question LIMIT ?
            """, conditions.arguments + [.integer(Int64(limit))]
        ) { (try Self.link($0, 0), Self.counted($0), Int(clamping: $0.int64(2))) }
    }

    // MARK: What people do

    /// Each tally's two counts, by its area. They are not added up here: sums from outside may go beyond what SQL holds.
    package func tallies(in scope: OverviewScope) throws -> [(area: String, approached: Int64, declined: Int64)] {
        let conditions = Conditions(scope, day: "day")
        return try db.query(
            "SELECT ifnull(f.area, ''), f.approached, f.declined FROM f_tally f\(conditions.sql)", conditions.arguments
        ) { ($0.string(0), $0.int64(1), $0.int64(2)) }
    }

    /// How many agreements have each outcome, of those that are due in the period; a number that is no outcome is open.
    package func agreementsByOutcome(in scope: OverviewScope) throws -> [(outcome: Int64, count: Int)] {
        let conditions = Conditions(scope, day: "dueOn")
        return try db.query(
            "SELECT ifnull(f.outcome, 0), count(*) FROM f_agreement f\(conditions.sql) GROUP BY 1", conditions.arguments
        ) { ($0.int64(0), Self.counted($0)) }
    }

    /// How many agreements are open though they were due before a day.
    package func overdueAgreements(before day: String, in scope: OverviewScope) throws -> Int {
        var conditions = Conditions(scope, day: "dueOn")
        conditions.and("ifnull(f.outcome, 0) = 0 AND f.dueOn > '' AND f.dueOn < ?", [.text(day)])
        return try first("SELECT count(*) FROM f_agreement f", conditions)
    }

    /// How many meetings were chaired by each party; nil where that was not said.
    package func meetingsByChair(in scope: OverviewScope) throws -> [(party: Int64?, count: Int)] {
        let conditions = Conditions(scope, time: "startedAt")
        return try db.query(
            "SELECT f.chairedBy, count(*) FROM f_meeting f\(conditions.sql) GROUP BY 1", conditions.arguments
        ) { ($0.int64IfPresent(0), Self.counted($0)) }
    }

    // MARK: What is there

    /// How many initiatives there are of each kind of partner; nil where that was not said.
    package func initiativesByPartner(area: String?) throws -> [(partner: Int64?, count: Int)] {
        let conditions = Conditions(OverviewScope(area: area))
        return try db.query(
            "SELECT f.partner, count(*) FROM f_initiative f\(conditions.sql) GROUP BY 1", conditions.arguments
        ) { ($0.int64IfPresent(0), Self.counted($0)) }
    }

    /// How many initiatives each theme has of each kind of partner.
    package func initiativesByThemeAndPartner(
        area: String?
    ) throws -> [(theme: RecordID, partner: Int64?, initiative: RecordID)] {
        let conditions = Conditions(OverviewScope(area: area))
        return try db.query(
            """
            SELECT s.value, f.partner, r.rid FROM s_initiative_themes s JOIN f_initiative f ON f.record = s.record
            JOIN record r ON r.id = f.record\(conditions.sql)
            """, conditions.arguments
        ) { (try Self.link($0, 0), $0.int64IfPresent(1), try Self.link($0, 2)) }
    }

    /// Each initiative that has an area, and those that it is linked with.
    package func initiativesWithArea() throws -> [(id: RecordID, area: String)] {
        try db.query(
            "SELECT r.rid, f.area FROM f_initiative f JOIN record r ON r.id = f.record WHERE f.area <> ''"
        ) { (try Self.link($0, 0), $0.string(1)) }
    }

    package func initiativeLinks() throws -> [(from: RecordID, to: RecordID)] {
        try db.query("SELECT r.rid, s.value FROM s_initiative_links s JOIN record r ON r.id = s.record") {
            (try Self.link($0, 0), try Self.link($0, 1))
        }
    }

    /// How many offers or needs are open on a day, by the area that they name, empty where none.
    package func openExchanges(
        _ collection: CollectionNumber, on day: String, area: String?
    ) throws -> [(area: String, count: Int)] {
        guard let name = configuration.schema[collection]?.name else { return [] }
        var conditions = Conditions(OverviewScope(area: area))
        conditions.and(Self.isOpen, [.text(day)])
        return try db.query(
            "SELECT ifnull(f.area, ''), count(*) FROM f_\(name) f\(conditions.sql) GROUP BY 1", conditions.arguments
        ) { ($0.string(0), Self.counted($0)) }
    }

    /// How many matches with this progress bring together what is open on a day, by the area of the need, else of the
    /// offer.
    package func openMatches(_ progress: Int64, on day: String, area: String?) throws -> [(area: String, count: Int)] {
        var conditions = Conditions(OverviewScope(area: area))
        conditions.and(Self.isOpen, [.text(day)])
        // Through the index of ids alone: no record is read.
        func side(_ name: String) -> String {
            """
            (SELECT ifnull(f.area, '') FROM record r JOIN f_\(name) f ON f.record = r.id\(conditions.sql)
                AND r.rid = m.\(name))
            """
        }
        let arguments = conditions.arguments + conditions.arguments + [.integer(progress)]
        let counts = try db.query(
            """
            SELECT coalesce(\(side("need")), \(side("offer"))), count(*) FROM f_match m
            WHERE m.offer IS NOT NULL AND m.need IS NOT NULL AND ifnull(m.progress, 0) = ? GROUP BY 1
            """, arguments
        ) { (area: $0.stringIfPresent(0), count: Self.counted($0)) }
        return counts.compactMap { counted in counted.area.map { ($0, counted.count) } }
    }

    /// Of an offer or a need `f`.
    private static let isOpen = "ifnull(f.closedOn, '') = '' AND (ifnull(f.until, '') = '' OR f.until >= ?)"

    private static func link(_ row: borrowing Row, _ column: Int) throws -> RecordID {
        guard let id = RecordID(bytes: row.blob(column)) else { throw StoreError.damaged("stoep.db: record id") }
        return id
    }
}
