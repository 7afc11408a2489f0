import CSQLite
import Glibc
import Synchronization

/// A VFS of SQLite for one connection: it seals what goes to the VFS below, and opens what comes from there.
///
/// Its memory is kept by the connection and by each open file, whichever goes last.
final class SealedVFS {
    let name: String
    let lower: UnsafeMutablePointer<sqlite3_vfs>
    private(set) var sealer: PageSealer
    /// What is wrong with the file's beginning.
    private(set) var objection: SQLiteError.Kind?
    /// SQLite makes the index of the log anew just now.
    var isRecovering = false
    private let sealing: PageSealing
    private let record: UnsafeMutablePointer<sqlite3_vfs>
    private let recordName: UnsafeMutablePointer<CChar>

    /// Numbers those of a process, as a VFS is found by its name.
    private static let made = Atomic<Int>(0)

    /// Nil where there is no such VFS below, or no memory.
    init?(_ sealing: PageSealing, above lowerName: String?) {
        guard let lower = sqlite3_vfs_find(lowerName), lower.pointee.iVersion >= 2,
            let first = sealing.keys.first
        else { return nil }
        name = "stoep-sealed-\(Self.made.add(1, ordering: .relaxed).newValue)"
        guard let recordName = strdup(name) else { return nil }
        self.lower = lower
        self.sealing = sealing
        self.recordName = recordName
        sealer = PageSealer(first, random: sealing.random)
        record = .allocate(capacity: 1)
        record.initialize(to: sqlite3_vfs())
        fill()
        // Under its name VACUUM looks for it as well.
        sqlite3_vfs_register(record, 0)
    }

    deinit {
        sqlite3_vfs_unregister(record)
        record.deallocate()
        free(recordName)
    }

    /// Settles by which key the file is to be opened.
    /// - Parameter header: the bytes with which it begins, in clear.
    /// - Returns: false where it is by none.
    func admit(_ header: [UInt8]) -> Bool {
        guard header.starts(with: PageSealer.magic) else {
            // Neither ours nor another's: perhaps a power cut tore the first page, and it stands in the log.
            let isClear = header.starts(with: PageSealer.shownHeader.prefix(16))
            objection = isClear ? .notSealed : .notADatabase
            return !isClear
        }
        let fileID = Array(header.dropFirst(PageSealer.magic.count))
        if sealer.fileID == fileID { return true }
        guard let key = sealing.keys.first(where: { $0.fileID == fileID }) else {
            objection = .sealedWithAnotherKey
            return false
        }
        sealer = PageSealer(key, random: sealing.random)
        return true
    }

    private func fill() {
        record.pointee.iVersion = 2
        record.pointee.szOsFile = Int32(clamping: SealedFileRecord.byteCount) + lower.pointee.szOsFile
        record.pointee.mxPathname = lower.pointee.mxPathname
        record.pointee.zName = UnsafePointer(recordName)
        record.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
        record.pointee.xOpen = { vfs, path, file, flags, given in
            guard let vfs = SealedVFS.of(vfs), let file else { return SQLITE_MISUSE }
            return vfs.open(path, file, flags, given)
        }
        record.pointee.xDelete = { vfs, path, syncs in
            guard let lower = SealedVFS.of(vfs)?.lower else { return SQLITE_MISUSE }
            return lower.pointee.xDelete(lower, path, syncs)
        }
        record.pointee.xAccess = { vfs, path, flags, answer in
            guard let lower = SealedVFS.of(vfs)?.lower else { return SQLITE_MISUSE }
            return lower.pointee.xAccess(lower, path, flags, answer)
        }
        record.pointee.xFullPathname = { vfs, path, count, target in
            guard let lower = SealedVFS.of(vfs)?.lower else { return SQLITE_MISUSE }
            return lower.pointee.xFullPathname(lower, path, count, target)
        }
        record.pointee.xRandomness = { vfs, count, target in
            guard let lower = SealedVFS.of(vfs)?.lower else { return 0 }
            return lower.pointee.xRandomness(lower, count, target)
        }
        record.pointee.xSleep = { vfs, microseconds in
            guard let lower = SealedVFS.of(vfs)?.lower else { return 0 }
            return lower.pointee.xSleep(lower, microseconds)
        }
        record.pointee.xCurrentTime = { vfs, days in
            guard let lower = SealedVFS.of(vfs)?.lower else { return SQLITE_MISUSE }
            return lower.pointee.xCurrentTime(lower, days)
        }
        record.pointee.xCurrentTimeInt64 = { vfs, milliseconds in
            guard let lower = SealedVFS.of(vfs)?.lower else { return SQLITE_MISUSE }
            return lower.pointee.xCurrentTimeInt64(lower, milliseconds)
        }
        record.pointee.xGetLastError = { vfs, count, target in
            guard let lower = SealedVFS.of(vfs)?.lower else { return 0 }
            return lower.pointee.xGetLastError(lower, count, target)
        }
    }

    private static func of(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SealedVFS? {
        (vfs?.pointee.pAppData).map { Unmanaged<SealedVFS>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Opens a file of the database below, and ours above it. There are no others: what SQLite would put into temporary
    /// files stays in memory.
    private func open(
        _ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>, _ flags: Int32,
        _ given: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        file.pointee.pMethods = nil
        let kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL
        guard flags & kinds != 0, path != nil else { return SQLITE_CANTOPEN }
        let lowerFile = SealedFileRecord.lower(of: file)
        lowerFile.pointee.pMethods = nil
        let code = lower.pointee.xOpen(lower, path, lowerFile, flags, given)
        guard code == SQLITE_OK else {
            if let methods = lowerFile.pointee.pMethods { _ = methods.pointee.xClose(lowerFile) }
            return code
        }
        let opened: SealedFile
        if flags & SQLITE_OPEN_MAIN_DB != 0 {
            opened = SealedDatabase(self, lower: lowerFile)
        } else if flags & SQLITE_OPEN_WAL != 0 {
            opened = SealedLog(self, lower: lowerFile)
        } else {
            opened = SealedJournal(self, lower: lowerFile)
        }
        SealedFileRecord.give(opened, to: file)
        return SQLITE_OK
    }
}
