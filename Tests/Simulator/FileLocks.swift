import CSQLite

/// The locks of a database file, among the connections that have it open since the machine's last start.
final class FileLocks {
    private var readers = 0
    /// The one that has RESERVED or more.
    private var writer: ObjectIdentifier?
    /// The writer waits for readers to leave, or has the file for itself: nobody new may read.
    private var isClosing = false

    var isReserved: Bool { writer != nil }
    var isInUse: Bool { readers > 0 || writer != nil }

    /// - Returns: the level that the file then holds; less than was asked for is SQLITE_BUSY.
    func raise(_ file: OpenFile, from level: Int32, to wanted: Int32) -> Int32 {
        guard level < wanted else { return level }
        let id = ObjectIdentifier(file)
        if wanted == SQLITE_LOCK_SHARED {
            guard !isClosing else { return level }
            readers += 1
            return SQLITE_LOCK_SHARED
        }
        guard writer == nil || writer == id else { return level }
        writer = id
        if wanted == SQLITE_LOCK_RESERVED { return wanted }
        isClosing = true
        // The writer reads too.
        return readers > 1 ? SQLITE_LOCK_PENDING : SQLITE_LOCK_EXCLUSIVE
    }

    func lower(_ file: OpenFile, from level: Int32, to wanted: Int32) -> Int32 {
        guard level > wanted else { return level }
        if writer == ObjectIdentifier(file) {
            writer = nil
            isClosing = false
        }
        if wanted == SQLITE_LOCK_NONE { readers -= 1 }
        return wanted
    }
}

/// The memory that the connections of one database share, with its locks: the index of the write-ahead log.
final class SharedMemory {
    private var regions: [UnsafeMutableRawPointer] = []
    private var slots = [Slot](repeating: Slot(), count: Int(SQLITE_SHM_NLOCK))
    /// Files that use it.
    var users = 0

    private struct Slot {
        var sharers: Set<ObjectIdentifier> = []
        var owner: ObjectIdentifier?
    }

    deinit { for region in regions { region.deallocate() } }

    /// The region with this number; nil where it does not exist and is not to be made.
    func region(_ number: Int, byteCount: Int, extends: Bool) -> UnsafeMutableRawPointer? {
        while extends && regions.count <= number {
            let region = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            regions.append(region)
        }
        return number < regions.count ? regions[number] : nil
    }

    /// - Returns: false where another file's lock is in the way.
    func lock(_ file: OpenFile, _ range: Range<Int>, exclusively: Bool) -> Bool {
        let id = ObjectIdentifier(file)
        for slot in slots[range] {
            if let owner = slot.owner, owner != id { return false }
            if exclusively, slot.sharers.contains(where: { $0 != id }) { return false }
        }
        for index in range {
            if exclusively { slots[index].owner = id } else { slots[index].sharers.insert(id) }
        }
        return true
    }

    func unlock(_ file: OpenFile, _ range: Range<Int>) {
        let id = ObjectIdentifier(file)
        for index in range {
            if slots[index].owner == id { slots[index].owner = nil }
            slots[index].sharers.remove(id)
        }
    }
}
