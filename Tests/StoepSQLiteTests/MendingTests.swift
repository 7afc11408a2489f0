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
}
