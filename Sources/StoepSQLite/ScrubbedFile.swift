import CSQLite
import Glibc

/// The database file of a connection, whose pages are written without what SQLite left in their unused part.
///
/// `secure_delete` overwrites a cell where it is deleted. But when SQLite balances a tree it may build a page anew, in
/// place, and what the page held before stays in the gap between the cell pointers and the cells: a copy of a row that
/// lies on another page from then on, and that no later DELETE reaches. So whatever is written into the file goes by
/// here, and the gap goes blank. In the write-ahead log it may still stand: until that is emptied.
enum ScrubbedFile {
    /// The greatest number of pages for which no page begins like one of a tree that is not: others begin with the four
    /// bytes of a page's number, of which the first is then 0 or 1, and a tree's begin with 2, 5, 10 or 13.
    static let maximumPages = 0x1ff_ffff

    /// Has everything that the connection writes into its main file go by here.
    /// - Returns: a code of SQLite.
    static func install(on database: OpaquePointer, _ configuration: Connection.Configuration) -> Int32 {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file, let inner = file.pointee.pMethods else { return code }
        let methods = UnsafeMutablePointer<ScrubbingMethods>.allocate(capacity: 1)
        methods.initialize(to: ScrubbingMethods(around: inner, configuration))
        file.pointee.pMethods = UnsafeRawPointer(methods).assumingMemoryBound(to: sqlite3_io_methods.self)
        return SQLITE_OK
    }

    /// Where a page of a tree holds nothing: between its cell pointers and its cells. Nil for any other page, and where
    /// there is no such place.
    /// - Parameters:
    ///   - page: without the reserved bytes.
    ///   - isFirst: whether the file's header stands before the page's.
    static func gap(in page: UnsafeRawBufferPointer, isFirst: Bool) -> Range<Int>? {
        let header = isFirst ? 100 : 0
        guard page.count >= header + 12 else { return nil }
        let headerBytes: Int
        switch page[header] {
        case 2, 5: headerBytes = 12
        case 10, 13: headerBytes = 8
        default: return nil
        }
        let cells = Int(page[header + 3]) << 8 | Int(page[header + 4])
        let content = Int(page[header + 5]) << 8 | Int(page[header + 6])
        let start = header + headerBytes + 2 * cells
        // 0 stands for 65536.
        let end = content == 0 ? 65536 : content
        return start < end && end <= page.count ? start..<end : nil
    }
}

/// SQLite's table of what can be done with a file, and behind it what ours needs. It lives until the file is closed.
private struct ScrubbingMethods {
    var base: sqlite3_io_methods
    let inner: UnsafePointer<sqlite3_io_methods>
    let pageBytes: Int
    let reservedBytes: Int
    /// Of a page's size.
    let scratch: UnsafeMutableRawPointer

    init(around inner: UnsafePointer<sqlite3_io_methods>, _ configuration: Connection.Configuration) {
        self.inner = inner
        pageBytes = configuration.pageSize
        reservedBytes = configuration.reservedBytes
        scratch = .allocate(byteCount: configuration.pageSize, alignment: 8)
        // An older table ends before what newer versions added.
        let layout = MemoryLayout<sqlite3_io_methods>.self
        let byteCount =
            switch inner.pointee.iVersion {
            case ..<2: layout.offset(of: \.xShmMap)
            case 2: layout.offset(of: \.xFetch)
            default: layout.size
            }
        base = sqlite3_io_methods()
        withUnsafeMutableBytes(of: &base) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: inner, count: byteCount ?? 0))
        }
        base.xWrite = { file, source, count, offset in
            guard let file, let source else { return SQLITE_MISUSE }
            return ScrubbingMethods.of(file).pointee.write(source, Int(count), to: file, at: offset)
        }
        base.xClose = { file in
            guard let file else { return SQLITE_MISUSE }
            let methods = ScrubbingMethods.of(file)
            file.pointee.pMethods = methods.pointee.inner
            let code = methods.pointee.inner.pointee.xClose(file)
            methods.pointee.scratch.deallocate()
            methods.deallocate()
            return code
        }
    }

    /// The table that `install` gave a file.
    static func of(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<ScrubbingMethods> {
        UnsafeMutableRawPointer(mutating: UnsafeRawPointer(file.pointee.pMethods))
            .assumingMemoryBound(to: ScrubbingMethods.self)
    }

    func write(
        _ source: UnsafeRawPointer, _ count: Int, to file: UnsafeMutablePointer<sqlite3_file>, at offset: Int64
    ) -> Int32 {
        guard count == pageBytes, offset % Int64(pageBytes) == 0,
            case let page = UnsafeRawBufferPointer(start: source, count: pageBytes - reservedBytes),
            let gap = ScrubbedFile.gap(in: page, isFirst: offset == 0), page[gap].contains(where: { $0 != 0 })
        else { return inner.pointee.xWrite(file, source, Int32(count), offset) }
        // What SQLite hands over is its own, and not to be changed.
        scratch.copyMemory(from: source, byteCount: count)
        memset(scratch + gap.lowerBound, 0, gap.count)
        return inner.pointee.xWrite(file, scratch, Int32(count), offset)
    }
}
