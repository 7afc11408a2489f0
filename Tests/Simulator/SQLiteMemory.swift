import CSQLite

/// The memory that all connections of the process have together.
package enum SQLiteMemory {
    /// - Parameter bytes: so much more than now; nil for as much as there is.
    package static func limit(toFurther bytes: Int?) {
        sqlite3_hard_heap_limit64(bytes.map { sqlite3_memory_used() + Int64($0) } ?? 0)
    }
}
