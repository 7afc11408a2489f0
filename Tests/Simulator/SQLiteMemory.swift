import CMemoryFaults

/// The memory that SQLite asks for in this thread. What asks in others is not concerned.
package enum SQLiteMemory {
    /// Whether it can be refused at all.
    package static var isWatched: Bool { stoep_memory_is_watched() }

    /// So many further requests are granted. The next is refused, and where it is for good all after it.
    package static func refuse(after requests: Int, forGood: Bool) {
        stoep_memory_refuse_after(Int64(requests), forGood)
    }

    /// There is enough of it again.
    /// - Returns: how many requests there were since `refuse`, and how many of them were refused.
    @discardableResult
    package static func grant() -> (requests: Int, refusals: Int) {
        stoep_memory_grant()
        return (Int(stoep_memory_requests()), Int(stoep_memory_refusals()))
    }
}
