import StoepSQLite
import Testing

/// Whatever happens to the file's first bytes or its length: an error, or all that was in it. Never a database
/// that looks new, and never fewer notes.
@Suite struct DamageTests {
    let folder = ScratchFolder()

    /// A database of 40 notes; `inLog` of them are in the log only.
    private func notes(inLog: Int) throws -> (database: [UInt8], log: [UInt8]) {
        let connection = try folder.connectToNotes()
        for number in 0..<40 {
            if number == 40 - inLog { _ = try connection.checkpoint(truncate: true) }
            let text = String(repeating: "\(number) ", count: 500)
            try connection.run("INSERT INTO note (text) VALUES (?)", [.text(text)])
        }
        if inLog == 0 { _ = try connection.checkpoint(truncate: true) }
        connection.close()
        return (try folder.bytes("store.db"), try folder.bytes("store.db-wal"))
    }

    /// How many notes there are, nil for an error.
    private func found(_ database: [UInt8], _ log: [UInt8]) throws -> Int? {
        // Not durably: eight hundred fsyncs would be most of the test.
        try folder.overwrite(database, "store.db")
        try folder.overwrite(log, "store.db-wal")
        folder.remove("store.db-shm")
        var count: Int?
        let error = sqliteError {
            let connection = try folder.connect()
            count = try connection.query("SELECT length(text) FROM note") { _ = $0.int64(0) }.count
        }
        return error == nil ? count : nil
    }

    @Test(arguments: [0, 10]) func `no flipped bit of the header makes notes vanish`(inLog: Int) throws {
        let (database, log) = try notes(inLog: inLog)
        #expect(try found(database, log) == 40)
        var refused = 0
        for bit in 0..<(100 * 8) {
            var damaged = database
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let count = try found(damaged, log)
            #expect(count == nil || count == 40, "bit \(bit)")
            if count == nil { refused += 1 }
        }
        // Else the damage never reached the file. With the first page in the log too, it is the one that counts.
        #expect(inLog > 0 || refused > 100)
    }

    @Test func `no length of the file makes notes vanish`() throws {
        let (database, log) = try notes(inLog: 0)
        var refused = 0
        let lengths = [0, 1, 2, 15, 16, 99, 100, 511, 512] + stride(from: 1_024, to: database.count, by: 1_024)
        for length in lengths {
            let count = try found(Array(database.prefix(length)), log)
            // A file of no bytes without a log is what a new one looks like; who knows better says so.
            if length == 0 { continue }
            // Words at the very end can be lost unnoticed, until pages are sealed; rows cannot.
            #expect(count == nil || count == 40, "\(length) bytes")
            if count == nil { refused += 1 }
        }
        #expect(refused >= lengths.count - 5)
    }
}
