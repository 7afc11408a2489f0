import StoepSQLite
import StoepTestSupport
import Testing

/// What SQLite's own `secure_delete` leaves behind.
@Suite struct ScrubbingTests {
    let folder = ScratchFolder()

    /// Rows of all sizes come, change and go, so that pages are split, joined and built anew.
    private func live(_ connection: Connection, seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        try connection.execute(
            "CREATE TABLE word (key BLOB PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID; CREATE INDEX worth ON word(value)")
        for number in 0..<400 {
            let word = Array("kanarie-\(number)q".utf8)
            try connection.transaction {
                try connection.run(
                    "INSERT INTO word(key, value) VALUES(?, ?)",
                    [.blob(random.bytes(4) + word), .blob(random.bytes(random.pick([10, 50, 300, 800])) + word)])
                if random.chance(2) {
                    try connection.run(
                        "DELETE FROM word WHERE key = (SELECT key FROM word ORDER BY key LIMIT 1 OFFSET ?)",
                        [.integer(Int64(random.below(20)))])
                }
            }
        }
    }

    @Test func `no copy of a deleted row is left on a page that SQLite built anew`() throws {
        for seed in UInt64(1)...4 {
            let name = "store\(seed).db"
            let connection = try folder.connect(name)
            try live(connection, seed: seed)
            let left = try connection.query("SELECT key FROM word") { String(decoding: $0.blob(0).dropFirst(4), as: UTF8.self) }
            #expect(left.count > 100 && left.count < 300)
            #expect(try !connection.checkpoint(truncate: true).isBlocked)
            connection.close()
            let bytes = try folder.bytes(name)
            let found = (0..<400).map { "kanarie-\($0)q" }.filter { contains(bytes, $0) }
            #expect(Set(found) == Set(left), "seed \(seed)")
            // What it holds is whole.
            #expect(try folder.connect(name).first("PRAGMA integrity_check") { $0.string(0) } == "ok")
        }
    }
}
