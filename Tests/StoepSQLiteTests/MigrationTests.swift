import StoepSQLite
import Testing

@Suite struct MigrationTests {
    let folder = ScratchFolder()
    struct Interrupted: Error {}

    let two = [
        Migration(version: 1, sql: "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT) STRICT"),
        Migration(version: 2) { connection in
            try connection.execute("ALTER TABLE note ADD COLUMN language TEXT")
            try connection.run("INSERT INTO note (text, language) VALUES (?, ?)", ["hello", "en"])
        },
    ]

    @Test func `migrations run once each, in order`() throws {
        let connection = try folder.connect()
        #expect(try connection.migrate([two[0]]) == 0)
        #expect(try connection.migrate(two) == 1)
        #expect(try connection.migrate(two) == 2)
        #expect(try connection.userVersion() == 2)
        #expect(try connection.count() == 1)
    }

    @Test func `an up-to-date database is not written to`() throws {
        let connection = try folder.connect()
        try connection.migrate(two)
        _ = try connection.checkpoint(truncate: true)
        try connection.migrate(two)
        #expect(folder.size("store.db-wal") == 0)
    }

    @Test func `a migration that fails leaves the version and the schema before it`() throws {
        let connection = try folder.connect()
        let broken = Migration(version: 3) { connection in
            try connection.execute("DROP TABLE note")
            throw Interrupted()
        }
        #expect(throws: Interrupted.self) { try connection.migrate(two + [broken]) }
        #expect(try connection.userVersion() == 2)
        #expect(try connection.count() == 1)
    }

    @Test func `a newer version is refused by name and the file is untouched`() throws {
        let newer = try folder.connect()
        try newer.migrate(two)
        _ = try newer.checkpoint(truncate: true)
        newer.close()
        let before = try folder.bytes("store.db")
        let connection = try folder.connect()
        let error = sqliteError { try connection.migrate([two[0]]) }
        connection.close()
        #expect(error?.kind == .newerVersion(found: 2, known: 1))
        #expect(try folder.bytes("store.db") == before)
        #expect(folder.size("store.db-wal") ?? 0 == 0)
    }
}
