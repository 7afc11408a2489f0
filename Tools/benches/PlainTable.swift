import Foundation
import StoepModel
import StoepSQLite
import StoepStore

/// What somebody would write who only wants conversations in SQLite: one table of fifteen columns with the indexes by
/// which lists are asked for, statements that are prepared once, and the pragmas of our own connection: WAL,
/// `synchronous=FULL`, `secure_delete`, no automatic checkpoint but one as soon as the log has more than 256 pages.
final class PlainTable {
    let directory: String
    private let isSearched: Bool
    private let connection: Connection
    private let columns: [String]
    private let insertion: String
    private var count = 0

    /// - Parameter isSearched: with FTS5 over words and place, in one piece, in the same transactions.
    init(_ directory: String, isSearched: Bool) throws {
        self.directory = directory
        self.isSearched = isSearched
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        connection = try Connection(.init(path: directory + "/plain.db", applicationID: 1))
        let registers = Schema.current[.conversation]?.fields.filter { $0.kind == .register }.map(\.name) ?? []
        columns = ["id"] + registers.prefix(12) + ["themes", "words"]
        insertion =
            "INSERT INTO talk(\(columns.joined(separator: ", "))) VALUES(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        try connection.transaction {
            let rest = columns.dropFirst().joined(separator: ", ")
            try connection.execute(
                """
                CREATE TABLE talk(id INTEGER PRIMARY KEY, \(rest));
                CREATE INDEX talk_startedAt ON talk(startedAt); CREATE INDEX talk_area ON talk(area, startedAt);
                CREATE INDEX talk_place ON talk(place COLLATE NOCASE, startedAt);
                CREATE INDEX talk_followUp ON talk(followUpOn);
                """)
            if isSearched {
                try connection.execute("CREATE VIRTUAL TABLE found USING fts5(words, place, \(WordBreaker.definition))")
            }
        }
    }

    var columnCount: Int { columns.count }

    func close() { connection.close() }

    /// In transactions of as many rows as ours have.
    func insert(_ records: ArraySlice<StreetRound.Record>, a batch: Int) throws {
        for start in stride(from: records.startIndex, to: records.endIndex, by: batch) {
            try connection.transaction {
                for record in records[start..<min(start + batch, records.endIndex)] { try insert(record) }
            }
            if connection.walPages > Store.logPagesWhileMoreFollows { _ = try connection.checkpoint(truncate: false) }
        }
        if connection.walPages > 256 { _ = try connection.checkpoint(truncate: true) }
    }

    private func insert(_ record: StreetRound.Record) throws {
        count += 1
        var values: [String: SQLValue] = ["id": .integer(Int64(count)), "words": .text(record.words)]
        values["themes"] = .text(record.themes.joined(separator: ","))
        for (name, value) in record.values {
            switch value {
            case .integer(let number): values[name] = .integer(number)
            case .text(let text): values[name] = .text(text)
            default: continue
            }
        }
        try connection.run(insertion, columns.map { values[$0] ?? .null })
        guard isSearched else { return }
        try connection.run(
            "INSERT INTO found(rowid, words, place) VALUES(?, ?, ?)",
            [.integer(Int64(count)), .text(record.words), values["place"] ?? .null])
    }

    func checkpoint() throws { _ = try connection.checkpoint(truncate: true) }

    // MARK: The same questions

    func latest(_ count: Int) throws -> [[SQLValue]] {
        try connection.snapshot {
            try connection.query(
                "SELECT * FROM talk ORDER BY startedAt DESC LIMIT ?", [.integer(Int64(count))]
            ) { row in (0..<columns.count).map { row.value($0) } }
        }
    }

    func show(_ number: Int) throws -> [SQLValue]? {
        try connection.snapshot {
            try connection.first("SELECT * FROM talk WHERE id = ?", [.integer(Int64(number))]) { row in
                (0..<columns.count).map { row.value($0) }
            }
        }
    }

    /// The newest twenty in which all stand.
    func search(_ words: [String]) throws -> [(Int64, String)] {
        try connection.snapshot {
            try connection.query(
                """
                SELECT t.id, t.words FROM found JOIN talk t ON t.id = found.rowid
                WHERE found MATCH ? ORDER BY t.startedAt DESC LIMIT 20
                """, [.text(words.map { "\"\($0)\"" }.joined(separator: " AND "))]
            ) { ($0.int64(0), $0.string(1)) }
        }
    }
}

extension FileManager {
    /// Bytes of all files in a folder.
    func bytes(in folder: String) throws -> Double {
        try contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let size = try attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int
            return sum + Double(size ?? 0)
        }
    }
}
