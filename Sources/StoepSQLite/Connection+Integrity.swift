extension Connection {
    /// What SQLite finds wrong with the file, in its own words: nothing where all is well. Reads every page that is in
    /// use, and takes no lock.
    /// - Parameter indexes: whether indexes are held against their tables too, which takes a few times as long.
    package func integrityFaults(indexes: Bool, atMost limit: Int = 100) throws -> [String] {
        let check = indexes ? "integrity_check" : "quick_check"
        return try query("PRAGMA \(check)(\(limit))") { $0.string(0) }.filter { $0 != "ok" }
    }
}
