import StoepSQLite
import Testing

@Suite struct TransactionTests {
    let folder = ScratchFolder()
    struct Interrupted: Error {}

    @Test func `a committed transaction is there on opening again`() throws {
        let connection = try folder.connectToNotes()
        let result = try connection.transaction {
            try connection.run("INSERT INTO note (text) VALUES (?)", ["one"])
            try connection.run("INSERT INTO note (text) VALUES (?)", ["two"])
            return try connection.count()
        }
        connection.close()
        #expect(result == 2)
        #expect(try folder.connect().count() == 2)
    }

    @Test func `a rolled-back transaction leaves nothing`() throws {
        let connection = try folder.connectToNotes()
        #expect(throws: Interrupted.self) {
            try connection.transaction {
                try connection.run("INSERT INTO note (text) VALUES (?)", ["gone"])
                throw Interrupted()
            }
        }
        #expect(try connection.count() == 0)
        #expect(!connection.isInTransaction)
        try connection.transaction { try connection.run("INSERT INTO note (text) VALUES (?)", ["kept"]) }
        #expect(try connection.count() == 1)
    }

    @Test func `a transaction inside a transaction traps`() async {
        await #expect(processExitsWith: .failure) {
            let connection = try ScratchFolder().connectToNotes()
            try connection.transaction { try connection.transaction {} }
        }
    }

    @Test func `what follows a rollback by SQLite itself is not committed piece by piece`() throws {
        let connection = try folder.connectToNotes()
        let error = sqliteError {
            try connection.transaction {
                try connection.run("INSERT INTO note (id, text) VALUES (1, 'a')")
                try? connection.run("INSERT OR ROLLBACK INTO note (id, text) VALUES (1, 'b')")
                try connection.run("INSERT INTO note (id, text) VALUES (2, 'half a batch')")
            }
        }
        #expect(error?.kind == .transactionLost)
        #expect(try connection.count() == 0)
        #expect(connection.failure == nil)
    }

    @Test func `a swallowed rollback does not look like a commit`() throws {
        let connection = try folder.connectToNotes()
        #expect(throws: SQLiteError.self) {
            try connection.transaction {
                try connection.run("INSERT INTO note (id, text) VALUES (1, 'a')")
                try? connection.run("INSERT OR ROLLBACK INTO note (id, text) VALUES (1, 'b')")
            }
        }
        #expect(connection.failure == nil)
    }

    @Test func `a snapshot does not move and does not write`() throws {
        let writer = try folder.connectToNotes()
        let reader = try folder.connect()
        try reader.snapshot {
            #expect(try reader.count() == 0)
            try writer.run("INSERT INTO note (text) VALUES (?)", ["later"])
            #expect(try reader.count() == 0)
            #expect(try reader.snapshot { try reader.count() } == 0)
            let error = sqliteError { try reader.run("DELETE FROM note") }
            #expect(error?.kind == .writeInSnapshot)
        }
        #expect(try reader.count() == 1)
        #expect(!reader.isInTransaction)
    }

    @Test func `a second writer is told busy and has not failed`() throws {
        let first = try folder.connectToNotes()
        let second = try folder.connect()
        try first.transaction {
            let error = sqliteError { try second.transaction {} }
            #expect(error?.isBusy == true)
        }
        #expect(second.failure == nil)
        try second.transaction { try second.run("INSERT INTO note (text) VALUES ('x')") }
    }

    @Test func `deleted words are in neither file after a truncating checkpoint`() throws {
        let canary = "kanarie-in-de-kolenmijn"
        let connection = try folder.connectToNotes()
        let long = String(repeating: canary, count: 2_000)
        try connection.run("INSERT INTO note (text) VALUES (?)", [.text(canary)])
        try connection.run("INSERT INTO note (text) VALUES (?)", [.text(long)])
        #expect(try !connection.checkpoint(truncate: true).isBlocked)
        connection.close()
        // Else the search below would prove nothing.
        #expect(try contains(folder.bytes("store.db"), canary))
        let again = try folder.connect()
        try again.run("DELETE FROM note")
        #expect(again.walPages > 0)
        let result = try again.checkpoint(truncate: true)
        #expect(result == CheckpointResult(logFrames: 0, checkpointedFrames: 0, isBlocked: false))
        #expect(again.walPages == 0)
        again.close()
        #expect(try !contains(folder.bytes("store.db"), canary))
        #expect(folder.size("store.db-wal") == 0)
    }

    @Test func `a reader blocks a truncating checkpoint, and the result says so`() throws {
        let writer = try folder.connectToNotes()
        let reader = try folder.connect()
        try reader.snapshot {
            _ = try reader.count()
            try writer.run("INSERT INTO note (text) VALUES (?)", ["x"])
            let result = try writer.checkpoint(truncate: true)
            #expect(result.isBlocked)
        }
        #expect((folder.size("store.db-wal") ?? 0) > 0)
        #expect(writer.failure == nil)
        #expect(try !writer.checkpoint(truncate: true).isBlocked)
        #expect(folder.size("store.db-wal") == 0)
    }

    @Test func `an unhurried checkpoint moves frames and keeps the log`() throws {
        let connection = try folder.connectToNotes()
        try connection.run("INSERT INTO note (text) VALUES (?)", ["x"])
        let pages = connection.walPages
        let result = try connection.checkpoint(truncate: false)
        #expect(result == CheckpointResult(logFrames: pages, checkpointedFrames: pages, isBlocked: false))
        #expect((folder.size("store.db-wal") ?? 0) > 0)
    }
}
