import StoepSQLite
import Testing

@Suite struct OpeningTests {
    let folder = ScratchFolder()

    @Test func `a new database has pages of 4096 bytes with 32 reserved, in WAL mode and under our id`() throws {
        let connection = try folder.connectToNotes()
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        let header = try folder.bytes("store.db").prefix(100)
        #expect(Array(header[16..<18]) == [0x10, 0x00])
        #expect(header[20] == 32)
        #expect(Array(header[18..<20]) == [2, 2])
        #expect(Array(header[68..<72]) == [0x53, 0x74, 0x6f, 0x65])
    }

    @Test func `every setting is in force, also on opening again`() throws {
        try folder.connectToNotes().close()
        let connection = try folder.connect()
        #expect(try connection.first("PRAGMA journal_mode") { $0.string(0) } == "wal")
        #expect(try connection.setting("synchronous") == 2)
        #expect(try connection.setting("secure_delete") == 1)
        #expect(try connection.setting("temp_store") == 2)
        #expect(try connection.setting("cell_size_check") == 1)
        #expect(try connection.setting("foreign_keys") == 0)
        #expect(try connection.setting("trusted_schema") == 0)
        #expect(try connection.setting("wal_autocheckpoint") == 0)
        #expect(try connection.setting("mmap_size") == 0)
    }

    @Test func `a new database is at FULL as well, not only one that is opened again`() throws {
        #expect(try folder.connect().setting("synchronous") == 2)
    }

    @Test func `database, log and shared memory are the owner's only`() throws {
        let connection = try folder.connectToNotes()
        try connection.run("INSERT INTO note (text) VALUES (?)", ["x"])
        for name in ["store.db", "store.db-wal", "store.db-shm"] {
            #expect(folder.mode(name) == 0o600, "\(name)")
        }
    }

    @Test func `closing leaves the log as it is`() throws {
        let connection = try folder.connectToNotes()
        try connection.run("INSERT INTO note (text) VALUES (?)", ["kept in the log"])
        let before = folder.size("store.db-wal")
        connection.close()
        #expect((before ?? 0) > 0)
        #expect(folder.size("store.db-wal") == before)
        #expect(try !contains(folder.bytes("store.db"), "kept in the log"))
        #expect(try folder.connect().count() == 1)
    }

    @Test func `a thousand pages and more in the log are not checkpointed by themselves`() throws {
        let connection = try folder.connectToNotes()
        let page = [UInt8](repeating: 7, count: 4000)
        for _ in 0..<1_200 {
            try connection.run("INSERT INTO note (body) VALUES (?)", [.blob(page)])
        }
        #expect(connection.walPages > 1_200)
        #expect((folder.size("store.db") ?? 0) < 10 * 4096)
    }

    @Test func `a file that is no database is refused by name and left as it is`() throws {
        let words = Array(String(repeating: "This is a letter, not a database. ", count: 300).utf8)
        try folder.put(words, "store.db")
        let error = sqliteError { _ = try folder.connect() }
        #expect(error?.kind == .notADatabase)
        #expect(error?.isCorrupt == true)
        #expect(try folder.bytes("store.db") == words)
    }

    @Test func `zeros are not read as new and empty`() throws {
        try folder.put([UInt8](repeating: 0, count: 8192), "store.db")
        #expect(sqliteError { _ = try folder.connect() }?.kind == .notADatabase)
        try folder.put([0], "store.db")
        #expect(sqliteError { _ = try folder.connect() }?.kind == .notADatabase)
    }

    @Test func `another program's database is refused and left as it is`() throws {
        let connection = try folder.connect(applicationID: 77)
        try connection.execute("CREATE TABLE other (x)")
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        let before = try folder.bytes("store.db")
        #expect(sqliteError { _ = try folder.connect() }?.kind == .foreignDatabase(applicationID: 77))
        #expect(try folder.bytes("store.db") == before)
    }

    @Test func `a database without an application id is not taken over`() throws {
        let connection = try folder.connectToNotes()
        try connection.execute("PRAGMA application_id=0")
        connection.close()
        #expect(sqliteError { _ = try folder.connect() }?.kind == .foreignDatabase(applicationID: 0))
    }

    @Test func `pages without reserved bytes are refused`() throws {
        try Connection(
            Connection.Configuration(path: folder.file("store.db"), reservedBytes: 0, applicationID: applicationID)
        ).close()
        #expect(
            sqliteError { _ = try folder.connect() }?.kind == .otherPageLayout(pageSize: 4096, reservedBytes: 0))
    }

    @Test func `an empty file beside a log is damage, and the log survives it`() throws {
        let connection = try folder.connectToNotes()
        try connection.run("INSERT INTO note (text) VALUES (?)", ["only in the log"])
        connection.close()
        let log = try folder.bytes("store.db-wal")
        try folder.put([], "store.db")
        #expect(sqliteError { _ = try folder.connect() }?.kind == .logWithoutDatabase)
        #expect(try folder.bytes("store.db-wal") == log)
    }

    @Test func `where a store must exist, none is made`() throws {
        #expect(sqliteError { _ = try folder.connect(createsIfMissing: false) }?.kind == .missing)
        #expect(sqliteError { _ = try folder.connect(readOnly: true) }?.kind == .missing)
        #expect(folder.size("store.db") == nil)
        try folder.put([], "store.db")
        #expect(sqliteError { _ = try folder.connect(createsIfMissing: false) }?.kind == .missing)
    }

    @Test func `a truncated database is refused as corrupt`() throws {
        let connection = try folder.connectToNotes()
        let body = [UInt8](repeating: 1, count: 3_000)
        for _ in 0..<50 { try connection.run("INSERT INTO note (body) VALUES (?)", [.blob(body)]) }
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        try folder.put(Array(try folder.bytes("store.db").prefix(4096 * 5)), "store.db")
        #expect(sqliteError { _ = try folder.connect() }?.isCorrupt == true)
    }

    @Test func `a damaged schema is noticed on opening`() throws {
        let connection = try folder.connectToNotes()
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        var bytes = try folder.bytes("store.db")
        // The b-tree header of page 1, right behind the file's header.
        bytes[100] = 0xff
        try folder.put(bytes, "store.db")
        #expect(sqliteError { _ = try folder.connect() }?.isCorrupt == true)
    }

    @Test func `creation interrupted before WAL mode is completed by the next opening`() throws {
        let connection = try folder.connectToNotes()
        try connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        #expect(try folder.bytes("store.db")[18] == 1)
        #expect(try folder.connect().first("PRAGMA journal_mode") { $0.string(0) } == "wal")
    }

    @Test func `a read-only connection reads and refuses to write`() throws {
        let writer = try folder.connectToNotes()
        try writer.run("INSERT INTO note (text) VALUES (?)", ["x"])
        let reader = try folder.connect(readOnly: true)
        #expect(try reader.count() == 1)
        #expect(sqliteError { try reader.run("DELETE FROM note") }?.isReadOnly == true)
        #expect(reader.failure == nil)
    }

    @Test func `after close everything throws and nothing crashes`() throws {
        let connection = try folder.connectToNotes()
        let statement = try connection.prepare("SELECT 1")
        connection.close()
        connection.close()
        #expect(sqliteError { try statement.run() }?.kind == .closed)
        #expect(sqliteError { try connection.run("SELECT 1") }?.kind == .closed)
        #expect(sqliteError { _ = try connection.checkpoint(truncate: true) }?.kind == .closed)
        #expect(connection.walPages == 0)
    }
}
