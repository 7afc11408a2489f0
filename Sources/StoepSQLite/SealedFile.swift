import CSQLite
import Glibc

/// One open file of a sealed database, above the file of the VFS below. Called by the one thread that its connection is
/// on.
class SealedFile {
    let vfs: SealedVFS
    let lower: UnsafeMutablePointer<sqlite3_file>
    /// A page as it stands in the file, and as SQLite sees it; in the log with its frame's header before it.
    let sealed: UnsafeMutableRawBufferPointer
    let plain: UnsafeMutableRawBufferPointer

    /// What is sealed already and stands one behind the other in the file. It is written at once: by the page the system
    /// call costs as much as the sealing.
    private let run: UnsafeMutableRawBufferPointer
    private var runOffset: Int64 = 0
    private var runByteCount = 0

    /// SQLite's own VFS takes no more than 128 KiB at once.
    private static let runPages = 31

    /// What SQLite is told of a page that does not match its seal.
    static let unauthentic = SQLITE_IOERR | 32 << 8

    init(_ vfs: SealedVFS, lower: UnsafeMutablePointer<sqlite3_file>) {
        self.vfs = vfs
        self.lower = lower
        sealed = .allocate(byteCount: SealedLog.frameByteCount, alignment: 16)
        plain = .allocate(byteCount: SealedLog.frameByteCount, alignment: 16)
        run = .allocate(byteCount: SealedLog.frameByteCount * Self.runPages, alignment: 16)
    }

    deinit {
        sealed.deallocate()
        plain.deallocate()
        run.deallocate()
    }

    /// Of a page of 4096 bytes, or a frame.
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 { SQLITE_IOERR }
    func write(_ source: UnsafeRawBufferPointer, at offset: Int64) -> Int32 { SQLITE_IOERR }
    /// The file is about to be cut off.
    func willTruncate() -> Int32 { flush() }

    // MARK: Holding back

    /// Takes what belongs behind what is held back, or writes that out first.
    /// - Parameter fill: puts so many bytes there; false where that cannot be done.
    final func holdBack(_ byteCount: Int, at offset: Int64, _ fill: (UnsafeMutableRawPointer) -> Bool) -> Int32 {
        if runByteCount > 0, runOffset + Int64(runByteCount) != offset || runByteCount + byteCount > run.count {
            let code = writeRun()
            guard code == SQLITE_OK else { return code }
        }
        guard let base = run.baseAddress, fill(base + runByteCount) else { return stoepIOErrorWrite }
        if runByteCount == 0 { runOffset = offset }
        runByteCount += byteCount
        return SQLITE_OK
    }

    /// Writes what was held back. Where that fails it is held back no longer: whoever hears of it rolls back.
    func flush() -> Int32 { writeRun() }

    /// What is held back is not wanted any more.
    final func dropRun() { runByteCount = 0 }

    private func writeRun() -> Int32 {
        guard runByteCount > 0 else { return SQLITE_OK }
        defer { runByteCount = 0 }
        return lowerWrite(UnsafeRawBufferPointer(rebasing: run[..<runByteCount]), at: runOffset)
    }

    // MARK: The file below

    var methods: UnsafePointer<sqlite3_io_methods> { lower.pointee.pMethods }

    func lowerRead(_ target: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        methods.pointee.xRead(lower, target.baseAddress, Int32(clamping: target.count), offset)
    }

    func lowerWrite(_ source: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        methods.pointee.xWrite(lower, source.baseAddress, Int32(clamping: source.count), offset)
    }

    /// Nil where it cannot be told.
    func lowerSize() -> Int64? {
        var size: Int64 = 0
        return methods.pointee.xFileSize(lower, &size) == SQLITE_OK ? size : nil
    }
}

/// The database file. Every page is sealed where it stands; SQLite reads pages, and pieces of the first.
final class SealedDatabase: SealedFile {
    override func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        guard offset >= 0 else { return stoepIOErrorRead }
        let code = flush()
        guard code == SQLITE_OK else { return code }
        // SQLite asks so for the size of the pages, before it has looked whether the first is to be mended.
        if offset == 0, target.count == 100 { return readHeader(target) }
        let size = Int64(PageSealer.pageByteCount)
        var done = 0
        while done < target.count {
            let position = offset + Int64(done)
            let within = Int(position % size)
            let count = min(PageSealer.pageByteCount - within, target.count - done)
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[done..<(done + count)])
            let code = openPage(position / size)
            guard code == SQLITE_OK else {
                UnsafeMutableRawBufferPointer(rebasing: target[done...]).initializeMemory(as: UInt8.self, repeating: 0)
                return code
            }
            rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: plain[within..<(within + count)]))
            done += count
        }
        return SQLITE_OK
    }

    override func write(_ source: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        let size = PageSealer.pageByteCount
        guard source.count == size, offset >= 0, offset % Int64(size) == 0,
            let number = UInt32(exactly: offset / Int64(size) + 1)
        else { return stoepIOErrorWrite }
        return holdBack(size, at: offset) { vfs.sealer.seal(source, at: .database(page: number), into: $0) }
    }

    /// Answers from what stands in clear; with nothing, where nothing stands yet.
    private func readHeader(_ target: UnsafeMutableRawBufferPointer) -> Int32 {
        let header = UnsafeMutableRawBufferPointer(rebasing: sealed[..<PageSealer.clearByteCount])
        let code = lowerRead(header, at: 0)
        guard code == SQLITE_OK || code == stoepIOErrorShortRead else { return code }
        target.initializeMemory(as: UInt8.self, repeating: 0)
        // A file in the making, whose journal says that it was empty; or one that was never there.
        if header.allSatisfy({ $0 == 0 }) { return stoepIOErrorShortRead }
        guard vfs.admit(Array(header)) else { return SQLITE_NOTADB }
        target.copyBytes(from: PageSealer.shownHeader)
        return SQLITE_OK
    }

    /// Opens a page, numbered from 0, into `plain`.
    private func openPage(_ index: Int64) -> Int32 {
        let size = PageSealer.pageByteCount
        guard let number = UInt32(exactly: index + 1), let target = plain.baseAddress else {
            return stoepIOErrorRead
        }
        let page = UnsafeMutableRawBufferPointer(rebasing: sealed[..<size])
        let code = lowerRead(page, at: index * Int64(size))
        // Past the end. A page of which a part is there is none.
        if code == stoepIOErrorShortRead, page.allSatisfy({ $0 == 0 }) { return code }
        guard code == SQLITE_OK else {
            return code == stoepIOErrorShortRead ? Self.unauthentic : code
        }
        guard vfs.sealer.open(UnsafeRawBufferPointer(page), at: .database(page: number), into: target) else {
            return Self.unauthentic
        }
        return SQLITE_OK
    }
}

/// The rollback journal, which exists only while a database is being made. Pages in it are sealed; the rest are numbers.
final class SealedJournal: SealedFile {
    override func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        let size = PageSealer.pageByteCount
        guard target.count == size else { return lowerRead(target, at: offset) }
        let page = UnsafeMutableRawBufferPointer(rebasing: sealed[..<size])
        let code = lowerRead(page, at: offset)
        guard code == SQLITE_OK, let base = target.baseAddress else { return code }
        let place = PageSealer.Place.journal(offset: UInt64(clamping: offset))
        return vfs.sealer.open(UnsafeRawBufferPointer(page), at: place, into: base) ? SQLITE_OK : Self.unauthentic
    }

    override func write(_ source: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        let size = PageSealer.pageByteCount
        guard source.count == size else {
            // Never a piece of a page: those of a journal's header are a sector long.
            return source.count <= 512 ? lowerWrite(source, at: offset) : stoepIOErrorWrite
        }
        guard let target = sealed.baseAddress,
            vfs.sealer.seal(source, at: .journal(offset: UInt64(clamping: offset)), into: target)
        else { return stoepIOErrorWrite }
        return lowerWrite(UnsafeRawBufferPointer(rebasing: sealed[..<size]), at: offset)
    }
}

// Macros made of arithmetic are not imported.
let stoepIOErrorRead = SQLITE_IOERR | 1 << 8
let stoepIOErrorShortRead = SQLITE_IOERR | 2 << 8
let stoepIOErrorWrite = SQLITE_IOERR | 3 << 8
