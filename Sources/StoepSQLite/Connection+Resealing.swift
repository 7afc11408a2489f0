import CSQLite
import Glibc

/// A sealed database as a whole: whose it is, and a copy of it under another key.
extension Connection {
    /// The id of the file, as it stands in clear at its beginning; nil for a database that is not sealed.
    package var pageFileID: [UInt8]? { state.sealed?.sealer.fileID }

    /// Whether another file stands in the place of this one by now: what is written here is lost.
    package var hasMoved: Bool {
        guard let database = state.database else { return false }
        var moved: Int32 = 0
        return sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// Runs `body` while no other connection to the file exists, and none can be opened.
    /// - Throws: busy, where somebody else has it open.
    package func excludingOthers(_ body: () throws -> Void) throws {
        let file = try file(for: "exclude")
        // Whoever has a database with a log open holds a shared lock on it.
        _ = try pragmaInteger("schema_version")
        let methods = file.pointee.pMethods
        defer { _ = methods?.pointee.xUnlock(file, SQLITE_LOCK_SHARED) }
        var code = methods?.pointee.xLock(file, SQLITE_LOCK_RESERVED) ?? SQLITE_MISUSE
        for _ in 0..<50 {
            if code == SQLITE_OK { code = methods?.pointee.xLock(file, SQLITE_LOCK_EXCLUSIVE) ?? SQLITE_MISUSE }
            guard code == SQLITE_BUSY else { break }
            usleep(100_000)
            code = SQLITE_OK
        }
        guard code == SQLITE_OK else {
            throw SQLiteError(extendedCode: code, message: "another program has the database open", operation: "exclude")
        }
        try body()
    }

    private static let lockPage: UInt32 = 1 << 30 / UInt32(PageSealer.pageByteCount)

    /// Every page of the file, sealed with another key, for a file of its own. The log is empty, and nobody writes.
    package func copyPages(
        sealedBy key: PageKey, random: @escaping (_ count: Int) -> [UInt8], _ take: ([UInt8]) throws -> Void
    ) throws {
        let file = try file(for: "copy")
        let size = PageSealer.pageByteCount
        let sealer = PageSealer(key, random: random)
        var length: Int64 = 0
        var code = file.pointee.pMethods?.pointee.xFileSize(file, &length) ?? SQLITE_MISUSE
        var (plain, sealed) = ([UInt8](repeating: 0, count: size), [UInt8](repeating: 0, count: size))
        for number in 0..<UInt32(clamping: length / Int64(size)) where code == SQLITE_OK {
            // Behind the first GiB is a page that SQLite locks, and never writes.
            if number == Self.lockPage {
                try take([UInt8](repeating: 0, count: size))
                continue
            }
            code = file.pointee.pMethods?.pointee.xRead(file, &plain, Int32(size), Int64(number) * Int64(size))
                ?? SQLITE_MISUSE
            guard code == SQLITE_OK else { break }
            let isSealed = plain.withUnsafeBytes { source in
                sealed.withUnsafeMutableBytes { target in
                    target.baseAddress.map { sealer.seal(source, at: .database(page: number + 1), into: $0) } ?? false
                }
            }
            guard isSealed else {
                throw SQLiteError(extendedCode: SQLITE_CORRUPT, message: "a page of another layout", operation: "copy")
            }
            try take(sealed)
        }
        guard code == SQLITE_OK else {
            throw SQLiteError(
                kind: code == SealedFile.unauthentic ? .unauthentic : .engine, extendedCode: code,
                message: "a page cannot be read", operation: "copy")
        }
    }

    private func file(for operation: String) throws(SQLiteError) -> UnsafeMutablePointer<sqlite3_file> {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(
            try database(for: operation), "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file else {
            throw .reported(by: state.database, code: code, operation: operation)
        }
        return file
    }
}
