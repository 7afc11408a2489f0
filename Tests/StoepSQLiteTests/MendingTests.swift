import StoepTestSupport
import Testing

@testable import StoepSQLite

/// Bits that fall over on a disk, under pages that are sealed.
@Suite struct MendingTests {
    private let notes = SealedNotes()
    private static let pageBytes = 4096

    /// A closed database of some pages, with an empty log.
    private func written() throws -> [UInt8] {
        let connection = try notes.connect()
        try SealedNotes.add(0..<2, to: connection)
        _ = try connection.checkpoint(truncate: true)
        connection.close()
        return try notes.folder.bytes("store.db")
    }

    private func mend(_ bytes: [UInt8], _ numbers: UInt8...) throws -> (mended: Int, bytes: [UInt8]) {
        try notes.folder.overwrite(bytes, "store.db")
        let keys = numbers.map { PageKey.test($0) }
        let mended = try PageMending.mend(notes.folder.file("store.db"), keys: keys)
        return (mended, try notes.folder.bytes("store.db"))
    }

    @Test func `one bit that fell over in a page is turned back, wherever it is`() throws {
        let bytes = try written()
        let pages = bytes.count / Self.pageBytes
        #expect(pages > 3)
        let random = SeededRandom(seed: 3)
        var fallen = bytes
        for page in 0..<pages {
            fallen[page * Self.pageBytes + random.below(Self.pageBytes)] ^= 1 << UInt8(random.below(8))
        }
        #expect(try SealedNotes.whole(["store.db": fallen]) == nil)
        #expect(try mend(fallen, 7) == (pages, bytes))
        // What every file begins with, the last bytes, which are nothing, and the seal itself.
        for place in [3, 12, Self.pageBytes - 1, Self.pageBytes - 20] {
            fallen = bytes
            fallen[place] ^= 0x10
            #expect(try mend(fallen, 7) == (1, bytes), "byte \(place)")
        }
        #expect(try mend(bytes, 7) == (0, bytes))
        #expect(try SealedNotes.whole(in: notes.folder) == 2)
    }

    @Test func `what is not one bit stays as it is, and so does all that another key has sealed`() throws {
        let bytes = try written()
        var fallen = bytes
        for place in [100, 2000] { fallen[Self.pageBytes + place] ^= 1 }
        fallen[2 * Self.pageBytes + 5] ^= 1
        var mended = fallen
        mended[2 * Self.pageBytes + 5] ^= 1
        #expect(try mend(fallen, 7) == (1, mended))
        #expect(try mend(Array(bytes.prefix(2 * Self.pageBytes)), 8) == (0, Array(bytes.prefix(2 * Self.pageBytes))))
    }

    // MARK: The log

    private static let frameBytes = 4120

    /// A closed database with two notes in it, and two in its log.
    private func logged() throws -> [String: [UInt8]] {
        let connection = try notes.connect()
        try SealedNotes.add(0..<2, to: connection)
        _ = try connection.checkpoint(truncate: true)
        try SealedNotes.add(2..<4, to: connection)
        connection.close()
        return try notes.files()
    }

    /// - Returns: how many frames were mended, and whether the log is then what it was.
    private func mendLog(_ log: [UInt8], of files: [String: [UInt8]]) throws -> (mended: Int, isWhole: Bool) {
        try notes.folder.overwrite(log, "store.db-wal")
        let mended = try PageMending.mend(notes.folder.file("store.db"), keys: [.test(7)])
        return (mended, try notes.folder.bytes("store.db-wal") == files["store.db-wal"])
    }

    @Test func `one bit that fell over in a frame of the log is damage, and is turned back, wherever it is`() throws {
        let files = try logged()
        let log = try #require(files["store.db-wal"])
        let frames = (log.count - 32) / Self.frameBytes
        #expect(frames > 4)
        let random = SeededRandom(seed: 4)
        var fallen = log
        for frame in 0..<frames {
            fallen[32 + frame * Self.frameBytes + random.below(Self.frameBytes)] ^= 1 << UInt8(random.below(8))
        }
        #expect(try mendLog(fallen, of: files) == (frames, true))
        // In the last frame, behind which nothing stands: page, size, salts, checksum, page, nonce, tag, the spare bytes.
        for place in [3, 6, 9, 22, 24, 4085, 4090, 4110, 4119] {
            fallen = log
            fallen[log.count - Self.frameBytes + place] ^= 0x10
            var damaged = files
            damaged["store.db-wal"] = fallen
            #expect(try SealedNotes.whole(damaged) == nil, "byte \(place)")
            #expect(try mendLog(fallen, of: files) == (1, true), "byte \(place)")
        }
        #expect(try mendLog(log, of: files) == (0, true))
        #expect(try SealedNotes.whole(in: notes.folder) == 4)
    }

    @Test func `whatever bit of the log's header fell over is turned back, by what the first frame says`() throws {
        let files = try logged()
        let log = try #require(files["store.db-wal"])
        for bit in 0..<32 * 8 {
            var fallen = log
            fallen[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try mendLog(fallen, of: files) == (1, true), "bit \(bit)")
        }
    }

    @Test func `what a power cut leaves of the log stays as it is`() throws {
        let files = try logged()
        let log = try #require(files["store.db-wal"])
        let last = log.count - Self.frameBytes
        var torn = log
        torn.replaceSubrange((last + 1000)..., with: [UInt8](repeating: 0, count: Self.frameBytes - 1000))
        var other = log
        for place in [100, 2000] { other[last + place] ^= 1 }
        for left in [torn, other, Array(log[..<last]), Array(log[..<(last + 700)]), Array(log[..<20]), []] {
            #expect(try mendLog(left, of: files) == (0, false))
            #expect(try notes.folder.bytes("store.db-wal") == left)
            var cut = files
            cut["store.db-wal"] = left
            #expect(try SealedNotes.whole(cut) == (left.count < 32 ? 2 : 3))
        }
    }
}
