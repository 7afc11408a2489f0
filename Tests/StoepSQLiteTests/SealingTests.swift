import Glibc
import StoepSQLite
import StoepTestSupport
import Testing

extension PageSealing {
    /// With keys of small numbers, and nonces out of a seed.
    static func test(_ numbers: UInt8..., nonces seed: UInt64 = 1) -> PageSealing {
        let random = SeededRandom(seed: seed)
        return PageSealing(keys: numbers.map { PageKey.test($0) }) { count in
            (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() >> 24) }
        }
    }
}

extension PageKey {
    static func test(_ number: UInt8, file: UInt8? = nil) -> PageKey {
        PageKey(
            fileID: [UInt8](repeating: file ?? number, count: 16), key: [UInt8](repeating: number &+ 100, count: 32))!
    }
}

/// Numbered notes, each of several pages, in a sealed database.
struct SealedNotes {
    static let canary = "Kanarie op de Stoep"
    let folder = ScratchFolder()

    func connect(_ sealing: PageSealing = .test(7)) throws -> Connection {
        try folder.connectToNotes(sealing: sealing)
    }

    static func text(_ number: Int) -> String {
        "\(canary) \(number) " + String(repeating: "note \(number), ", count: 400)
    }

    static func add(_ numbers: Range<Int>, to connection: Connection) throws {
        for number in numbers {
            try connection.transaction {
                try connection.run(
                    "INSERT INTO note (id, text) VALUES (?, ?)", [.integer(Int64(number)), .text(text(number))])
            }
        }
    }

    /// The files as they stand, and how they look to whoever opens them next: as after a kill.
    func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in folder.names() { files[name] = try folder.bytes(name) }
        return files
    }

    /// How many notes, from the first on, are there and right; nil for an error.
    static func whole(in folder: ScratchFolder, _ sealing: PageSealing = .test(7)) throws -> Int? {
        var found: [(Int64?, String?)] = []
        let error = sqliteError {
            let connection = try folder.connect(createsIfMissing: false, sealing: sealing)
            found = try connection.query("SELECT id, text FROM note ORDER BY id") { ($0.int64(0), $0.string(1)) }
        }
        if let error {
            // An error is what it may come to, but never one that says something else.
            #expect(error.isCorrupt || error.kind == .missing || error.kind == .logWithoutDatabase, "\(error)")
            return nil
        }
        for (index, row) in found.enumerated() {
            #expect(row.0 == Int64(index))
            #expect(row.1 == text(index))
        }
        return found.count
    }

    /// What stands in a folder of its own when it begins with these files.
    static func whole(_ files: [String: [UInt8]]) throws -> Int? {
        let folder = ScratchFolder()
        for (name, bytes) in files where !name.hasSuffix("-shm") { try folder.overwrite(bytes, name) }
        return try whole(in: folder)
    }
}

/// What stands on the disk tells nothing, and nothing but what was written is ever read from it.
@Suite struct SealingTests {
    let notes = SealedNotes()
    static let pageBytes = 4096
    static let frameBytes = 4120

    @Test func `no word stands in any file, whatever SQLite does with it`() throws {
        let connection = try notes.connect()
        try connection.execute("CREATE TABLE canary_table (Kanarie TEXT); CREATE INDEX by_text ON note(text)")
        try connection.execute("CREATE VIRTUAL TABLE search USING fts5(text, prefix='2 3')")
        try connection.execute("PRAGMA cache_size=8")
        // More than the cache: pages go to the log, come back, and go again before the commit.
        try connection.transaction {
            for number in 0..<60 {
                try connection.run(
                    "INSERT INTO note (id, text) VALUES (?, ?)", [.integer(Int64(number)), .text(SealedNotes.text(number))])
                try connection.run("INSERT INTO search(rowid, text) VALUES (?, ?)", [.integer(Int64(number)), .text(SealedNotes.text(number))])
                if number % 10 == 5 {
                    try connection.execute("SAVEPOINT one; DELETE FROM note WHERE id < 3; ROLLBACK TO one; RELEASE one")
                }
            }
            try connection.run("UPDATE note SET body = zeroblob(3000) WHERE id % 2 = 0")
            try connection.run("UPDATE note SET body = NULL")
        }
        try expectNothingTold()
        #expect(try SealedNotes.whole(notes.files()) == 60)
        _ = try connection.checkpoint(truncate: true)
        try SealedNotes.add(60..<70, to: connection)
        try connection.execute("VACUUM")
        try expectNothingTold()
        #expect(try SealedNotes.whole(notes.files()) == 70)
        _ = try connection.checkpoint(truncate: true)
        #expect(try connection.first("PRAGMA integrity_check") { $0.string(0) } == "ok")
        #expect(try connection.first("SELECT count(*) FROM search WHERE search MATCH 'kanar*'") { $0.int64(0) } == 60)
        try expectNothingTold()
        connection.close()
        #expect(try SealedNotes.whole(notes.files()) == 70)
    }

    private func expectNothingTold() throws {
        // Every alignment of three bytes in base64; the ends depend on what stands beside them.
        let base64 = ["S2FuYXJpZSBvcCBkZSBTdG9lc", "thbmFyaWUgb3AgZGUgU3RvZX", "LYW5hcmllIG9wIGRlIFN0b2Vw"]
        let utf16 = SealedNotes.canary.utf16.map { UInt8(truncatingIfNeeded: $0) }
        let patterns =
            [Array(SealedNotes.canary.utf8), Array("CREATE TABLE".utf8), Array("canary_table".utf8), Array("note ".utf8)]
            + base64.map { Array($0.utf8) } + [utf16.flatMap { [$0, 0] }, utf16.flatMap { [0, $0] }]
        var bytes = 0
        for (name, content) in try notes.files() {
            bytes += content.count
            for pattern in patterns { #expect(!contains(content, pattern), "\(name)") }
        }
        #expect(bytes > 200_000)
    }

    /// Twenty notes in the database and ten in the log.
    private func thirty() throws -> [String: [UInt8]] {
        let connection = try notes.connect()
        try SealedNotes.add(0..<20, to: connection)
        _ = try connection.checkpoint(truncate: true)
        try SealedNotes.add(20..<30, to: connection)
        connection.close()
        return try notes.files()
    }

    @Test func `a flipped bit of the database is noticed wherever it falls`() throws {
        let connection = try notes.connect()
        try SealedNotes.add(0..<6, to: connection)
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        let files = try notes.files()
        #expect(try SealedNotes.whole(files) == 6)
        let database = try #require(files["store.db"])
        let random = SeededRandom(seed: 5)
        let first = [0, 7, 8, 23, 24, 100, 4063, 4064, 4076, 4092, 4095]
        for byte in first + (0..<150).map({ _ in random.below(database.count) }) {
            var damaged = files
            damaged["store.db"]?[byte] ^= 1 << UInt8(random.below(8))
            #expect(try SealedNotes.whole(damaged) == nil, "byte \(byte)")
        }
    }

    @Test func `a flipped bit of the log is an error wherever it falls`() throws {
        let files = try thirty()
        let log = try #require(files["store.db-wal"])
        let random = SeededRandom(seed: 6)
        // The header, anywhere, and the last frame.
        let last = (0..<20).map { log.count - 1 - $0 * 211 }
        for byte in Array(0..<32) + (0..<100).map({ _ in random.below(log.count) }) + last {
            var damaged = files
            damaged["store.db-wal"]?[byte] ^= 1 << UInt8(random.below(8))
            #expect(try SealedNotes.whole(damaged) == nil, "byte \(byte)")
        }
    }

    @Test func `where a sector ends in what stands in clear of a frame, another bit there may be what a cut left`() throws {
        let connection = try notes.connect()
        try SealedNotes.add(0..<30, to: connection)
        connection.close()
        let files = try notes.files()
        let log = try #require(files["store.db-wal"])
        // Of every 64 frames one begins within 8 bytes of the end of a sector: the 42nd, and so on.
        for (frame, isTail) in [(41, false), (42, true), (43, false)] {
            let offset = 32 + (frame - 1) * 4120
            #expect((offset % 512 >= 504) == isTail)
            var damaged = files
            var cut = Array(log[..<(offset + 4120)])
            cut[offset + 3] ^= 1
            damaged["store.db-wal"] = cut
            #expect((try SealedNotes.whole(damaged) != nil) == isTail, "frame \(frame)")
        }
    }

    @Test func `a log that was cut anywhere opens with what was committed before`() throws {
        let files = try thirty()
        let log = try #require(files["store.db-wal"])
        let random = SeededRandom(seed: 7)
        var counts: Set<Int> = []
        for _ in 0..<60 {
            let length = random.below(log.count + 1)
            var cut = files
            // The sectors of the last frames in any state, as nothing was synced since.
            cut["store.db-wal"] = Array(log[..<length])
            let count = try #require(try SealedNotes.whole(cut), "\(length) bytes")
            counts.insert(count)
            #expect(count >= 20)
        }
        #expect(counts.count > 5)
    }

    @Test func `a last transaction whose sectors came in any order is not there, and the next goes on`() throws {
        let files = try thirty()
        let log = try #require(files["store.db-wal"])
        let random = SeededRandom(seed: 8)
        let transaction = (log.count - 32) / Self.frameBytes / 10 * Self.frameBytes
        for _ in 0..<25 {
            var torn = log
            let sectors = (log.count - transaction) / 512 + 1..<log.count / 512
            for sector in sectors where random.below(3) == 0 {
                torn.replaceSubrange((sector * 512)..<(sector * 512 + 512), with: [UInt8](repeating: 0, count: 512))
            }
            let folder = ScratchFolder()
            try folder.overwrite(try #require(files["store.db"]), "store.db")
            try folder.overwrite(torn, "store.db-wal")
            #expect(try SealedNotes.whole(in: folder) == (torn == log ? 30 : 29))
            // What is written now stands in place of the torn frames, before others that were whole.
            let connection = try folder.connect(sealing: .test(7, nonces: random.next()))
            if torn != log { try SealedNotes.add(29..<30, to: connection) }
            try SealedNotes.add(30..<31, to: connection)
            connection.close()
            #expect(try SealedNotes.whole(in: folder) == 31)
        }
    }

    @Test func `a page opens in its own place only, and an old one of that place cannot be told`() throws {
        let connection = try notes.connect()
        try SealedNotes.add(0..<5, to: connection)
        _ = try connection.checkpoint(truncate: true)
        let old = try notes.files()
        try connection.run("UPDATE note SET body = x'00' WHERE id = 2")
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        let new = try notes.files()
        let (before, after) = (try #require(old["store.db"]), try #require(new["store.db"]))

        var moved = new
        moved["store.db"]?.replaceSubrange(0x2000..<0x3000, with: after[0x3000..<0x4000])
        #expect(try SealedNotes.whole(moved) == nil)

        let other = SealedNotes()
        let stranger = try other.folder.connectToNotes(
            sealing: PageSealing(keys: [.test(7, file: 8)], random: PageSealing.test(7).random))
        try SealedNotes.add(0..<5, to: stranger)
        _ = try stranger.checkpoint(truncate: true)
        stranger.close()
        var copied = new
        copied["store.db"]?.replaceSubrange(
            0x2000..<0x3000, with: try #require(other.files()["store.db"])[0x2000..<0x3000])
        #expect(try SealedNotes.whole(copied) == nil)

        // What no seal can see: the chain of hashes and the anchor have to.
        let page = try #require(
            stride(from: 0x1000, to: before.count, by: 0x1000).first {
                before[$0..<($0 + 0x1000)] != after[$0..<($0 + 0x1000)]
            })
        var replayed = new
        replayed["store.db"]?.replaceSubrange(page..<(page + 0x1000), with: before[page..<(page + 0x1000)])
        #expect(try SealedNotes.whole(replayed) == 5)
    }

    @Test func `a frame opens in its own place only`() throws {
        let files = try thirty()
        let log = try #require(files["store.db-wal"])
        let frame = { (number: Int) in (32 + (number - 1) * Self.frameBytes)..<(32 + number * Self.frameBytes) }
        var moved = files
        moved["store.db-wal"]?.replaceSubrange(frame(3), with: log[frame(5)])
        #expect(try SealedNotes.whole(moved) == nil)
        // Frames of the database's own pages, as pages of the database.
        var copied = files
        copied["store.db"]?.replaceSubrange(0x2000..<0x3000, with: log[frame(3)].dropFirst(24))
        #expect(try SealedNotes.whole(copied) == nil)
    }

    @Test func `a torn first page is mended from the log`() throws {
        let connection = try notes.connect()
        try SealedNotes.add(0..<3, to: connection)
        _ = try connection.checkpoint(truncate: true)
        try connection.execute("CREATE TABLE another (id INTEGER)")
        connection.close()
        var files = try notes.files()
        files["store.db"]?.replaceSubrange(512..<4096, with: [UInt8](repeating: 0, count: 3584))
        #expect(try SealedNotes.whole(files) == 3)
        files["store.db-wal"] = []
        #expect(try SealedNotes.whole(files) == nil)
    }

    @Test func `another key is named, and so is a database in clear`() throws {
        let connection = try notes.connect()
        try SealedNotes.add(0..<2, to: connection)
        connection.close()
        let folder = notes.folder
        #expect(sqliteError { _ = try folder.connect(sealing: .test(8)) }?.kind == .sealedWithAnotherKey)
        #expect(sqliteError { _ = try folder.connect() }?.kind == .notADatabase)
        let other = PageSealing(keys: [.test(9, file: 7)], random: PageSealing.test(1).random)
        #expect(sqliteError { _ = try folder.connect(sealing: other) }?.isCorrupt == true)
        // The file says by which of several it is to be opened.
        #expect(try SealedNotes.whole(in: folder, .test(3, 7)) == 2)
        try folder.connectToNotes("clear.db").close()
        #expect(sqliteError { _ = try folder.connect("clear.db", sealing: .test(7)) }?.kind == .notSealed)
    }

    @Test func `two connections read and write the same log`() throws {
        let (one, two) = (try notes.connect(), try notes.connect(.test(7, nonces: 2)))
        for number in 0..<12 {
            try SealedNotes.add(number..<(number + 1), to: number % 2 == 0 ? one : two)
            #expect(try one.count() == Int64(number + 1))
            #expect(try two.count() == Int64(number + 1))
            if number % 5 == 4 { _ = try two.checkpoint(truncate: number % 2 == 0) }
        }
        one.close()
        two.close()
        #expect(try SealedNotes.whole(notes.files()) == 12)
    }
}
