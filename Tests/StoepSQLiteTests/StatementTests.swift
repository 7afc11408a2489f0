import StoepSQLite
import Testing

@Suite struct StatementTests {
    let folder = ScratchFolder()

    static let texts = [
        "", "a\0b\0", "caf\u{e9}", "cafe\u{301}", "\r\n", "\u{1F9D1}\u{200D}\u{1F33E}",
        String(repeating: "w\0", count: 70_000),
    ]

    @Test(arguments: texts)
    func `text comes back byte for byte`(text: String) throws {
        let connection = try folder.connectToNotes()
        try connection.run("INSERT INTO note (text) VALUES (?)", [.text(text)])
        let back = try connection.first("SELECT text FROM note") { ($0.string(0), $0.blob(0), $0.isNull(0)) }
        #expect(back.map { Array($0.0.utf8) } == Array(text.utf8))
        #expect(back?.1 == Array(text.utf8))
        #expect(back?.2 == false)
    }

    @Test func `two normal forms are two different keys`() throws {
        let connection = try folder.connect()
        try connection.execute("CREATE TABLE name (name TEXT PRIMARY KEY) STRICT")
        try connection.run("INSERT INTO name VALUES (?)", ["caf\u{e9}"])
        try connection.run("INSERT INTO name VALUES (?)", ["cafe\u{301}"])
        #expect(try connection.first("SELECT count(*) FROM name") { $0.int64(0) } == 2)
        #expect(SQLValue.text("caf\u{e9}") != SQLValue.text("cafe\u{301}"))
    }

    @Test func `SQL texts in two normal forms are two statements`() throws {
        let connection = try folder.connect()
        let composed = try connection.first("SELECT 'caf\u{e9}'") { $0.blob(0).count }
        let decomposed = try connection.first("SELECT 'cafe\u{301}'") { $0.blob(0).count }
        #expect(composed == 5)
        #expect(decomposed == 6)
    }

    @Test func `no bytes are not null, whether copied or lent`() throws {
        let connection = try folder.connectToNotes()
        try connection.run("INSERT INTO note (body) VALUES (?)", [.blob([])])
        let statement = try connection.prepare("INSERT INTO note (body) VALUES (?)")
        try statement.bind(borrowed: UnsafeRawBufferPointer(start: nil, count: 0), at: 1)
        _ = try statement.step()
        statement.reset()
        try connection.run("INSERT INTO note (body) VALUES (?)", [nil])
        let nulls = try connection.query("SELECT body FROM note ORDER BY id") { $0.isNull(0) }
        #expect(nulls == [false, false, true])
        #expect(try connection.query("SELECT body FROM note ORDER BY id") { $0.blobIfPresent(0) } == [[], [], nil])
    }

    @Test func `a borrowed blob is stored and lent back without copies`() throws {
        let connection = try folder.connectToNotes()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let statement = try connection.prepare("INSERT INTO note (body) VALUES (?)")
        try bytes.withUnsafeBytes { buffer in
            try statement.bind(borrowed: buffer, at: 1)
            _ = try statement.step()
            statement.reset()
        }
        let sum = try connection.first("SELECT body FROM note") { row in
            row.withBlob(0) { span in
                var sum = 0
                for offset in 0..<span.byteCount { sum += Int(span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
                return sum
            }
        }
        #expect(sum == bytes.reduce(0) { $0 + Int($1) })
    }

    @Test func `values come back with their type`() throws {
        let connection = try folder.connect()
        let values: [SQLValue] = [nil, 1, .integer(.min), "text", .blob([0, 255])]
        let back = try connection.first("SELECT ?, ?, ?, ?, ?", values) { row in
            (0..<row.columnCount).map { row.value($0) }
        }
        #expect(back == values)
    }

    @Test func `a statement used inside its own rows does not disturb them`() throws {
        let connection = try folder.connect()
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"
        let sums = try connection.query(sql, [4]) { row in
            let inner = try connection.query(sql, [.integer(row.int64(0))]) { $0.int64(0) }
            return inner.reduce(0, +)
        }
        #expect(sums == [1, 3, 6, 10])
    }

    @Test func `arguments do not stay in a statement that was reset`() throws {
        let connection = try folder.connect()
        let statement = try connection.prepare("SELECT ?")
        #expect(try statement.first(["secret"]) { $0.string(0) } == "secret")
        _ = try statement.step()
        #expect(statement.withRow { $0.isNull(0) })
        statement.reset()
    }

    @Test func `an error names statement and code but quotes no argument`() throws {
        let connection = try folder.connect()
        try connection.execute("CREATE VIRTUAL TABLE words USING fts5(text); CREATE TABLE one (x TEXT UNIQUE) STRICT")
        let search = "SELECT rowid FROM words WHERE words MATCH ?"
        let error = sqliteError { _ = try connection.query(search, ["\"mevrouw-de-vries"]) { $0.int64(0) } }
        #expect(error?.sql == search)
        #expect(error.map { "\($0)".contains("vries") } == false)
        try connection.run("INSERT INTO one VALUES (?)", ["jan"])
        let twice = sqliteError { try connection.run("INSERT INTO one VALUES (?)", ["jan"]) }
        #expect(twice?.code == 19)
        #expect(twice?.extendedCode == 2067)
        #expect(twice?.message.contains("one.x") == true)
        #expect(twice.map { "\($0)".contains("jan") } == false)
        let unknown = sqliteError { try connection.run("SELECT nothing FROM one") }
        #expect(unknown?.operation == "prepare")
        #expect(unknown?.message.contains("nothing") == true)
    }

    @Test func `execute runs every statement and run only takes one`() throws {
        let connection = try folder.connect()
        try connection.execute(
            "CREATE TABLE a (x); -- a remark\n INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);\n")
        #expect(try connection.first("SELECT sum(x) FROM a") { $0.int64(0) } == 3)
        #expect(sqliteError { try connection.run("DELETE FROM a; DELETE FROM a") } != nil)
        #expect(try connection.first("SELECT sum(x) FROM a") { $0.int64(0) } == 3)
        try connection.run("INSERT INTO a VALUES (3)")
        #expect(connection.lastInsertedRow == 3)
        try connection.run("UPDATE a SET x = 0")
        #expect(connection.changes == 3)
    }

    @Test func `more statements than the cache holds still work`() throws {
        let connection = try folder.connect()
        for number in 0..<1_000 {
            #expect(try connection.first("SELECT \(number)") { $0.int64(0) } == Int64(number))
        }
    }

    @Test func `the wrong number of arguments traps`() async {
        await #expect(processExitsWith: .failure) {
            let connection = try ScratchFolder().connect()
            try connection.run("SELECT ?, ?", [1])
        }
    }
}
