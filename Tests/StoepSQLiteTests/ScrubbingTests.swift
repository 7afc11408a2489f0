import Glibc
import StoepSQLite
import StoepTestSupport
import Testing

/// What SQLite's own `secure_delete` leaves behind.
@Suite struct ScrubbingTests {
    let folder = ScratchFolder()

    /// Rows of all sizes come, change and go, so that pages are split, joined and built anew.
    private func live(_ connection: Connection, seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        try connection.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, key BLOB, value BLOB) STRICT")
        try connection.execute("CREATE INDEX named ON word(key); CREATE INDEX worth ON word(value)")
        for round in 0..<40 {
            try connection.transaction {
                for number in 0..<10 {
                    let word = Array("kanarie-\(round * 10 + number)q".utf8)
                    let sizes = [10, 50, 300, 800]
                    try connection.run(
                        "INSERT INTO word(key, value) VALUES(?, ?)",
                        [.blob(random.bytes(4) + word), .blob(random.bytes(random.pick(sizes)) + word)])
                    try connection.run(
                        "UPDATE word SET value = ? WHERE id = ?",
                        [.blob(random.bytes(random.pick(sizes))), .integer(Int64(random.below(400)))])
                    try connection.run("DELETE FROM word WHERE id = ?", [.integer(Int64(random.below(600)))])
                }
            }
        }
    }

    /// The words that stand anywhere in these bytes.
    private func words(in bytes: [UInt8]) -> Set<String> {
        let start = Array("kanarie-".utf8)
        var found: Set<String> = []
        bytes.withUnsafeBytes { bytes in
            var from = 0
            while let hit = memchr(bytes.baseAddress! + from, Int32(start[0]), bytes.count - from) {
                let place = UnsafeRawPointer(hit) - bytes.baseAddress!
                from = place + 1
                let rest = bytes[place...].prefix(start.count + 4)
                guard rest.starts(with: start), let end = rest.firstIndex(of: UInt8(ascii: "q")) else { continue }
                found.insert(String(decoding: rest[..<end], as: UTF8.self))
            }
        }
        return found
    }

    @Test func `what was blanked in the file is not written into the log by a later commit`() throws {
        for seed in UInt64(1)...8 {
            let name = "store\(seed).db"
            let connection = try folder.connect(name)
            try live(connection, seed: seed)
            try #expect(!connection.checkpoint(truncate: true).isBlocked)
            connection.forgetPages()
            let left = try connection.query("SELECT key FROM word") { words(in: $0.blob(0)) }
            // Every page of the rows changes in place.
            try connection.run("UPDATE word SET value = zeroblob(length(value))")
            try #expect(words(in: folder.bytes(name + "-wal")).isSubset(of: left.reduce(into: []) { $0.formUnion($1) }))
        }
    }

    @Test func `no copy of a deleted row is left on a page that SQLite built anew`() throws {
        for seed in UInt64(1)...8 {
            let name = "store\(seed).db"
            let connection = try folder.connect(name)
            try live(connection, seed: seed)
            let left = try connection.query("SELECT key FROM word") { words(in: $0.blob(0)) }
            #expect(left.count > 100 && left.count < 400)
            #expect(try !connection.checkpoint(truncate: true).isBlocked)
            connection.close()
            #expect(words(in: try folder.bytes(name)) == left.reduce(into: []) { $0.formUnion($1) }, "seed \(seed)")
            // What it holds is whole.
            #expect(try folder.connect(name).first("PRAGMA integrity_check") { $0.string(0) } == "ok")
        }
    }
}
