extension Connection {
    /// What SQLite finds wrong with the file, in its own words: nothing where all is well. Reads every page that is in
    /// use, and takes no lock.
    /// - Parameter indexes: whether indexes are held against their tables too, which takes a few times as long.
    package func integrityFaults(indexes: Bool, atMost limit: Int = 100) throws -> [String] {
        let check = indexes ? "integrity_check" : "quick_check"
        return try query("PRAGMA \(check)(\(limit))") { $0.string(0) }.filter { $0 != "ok" }
    }
}

extension Connection {
    /// Gives a long transaction room, so that pages which it changes again and again are not written each time.
    /// - Parameter bytes: of memory, at most; less is taken where less is needed.
    package func withCache<T>(bytes: Int, _ body: () throws -> T) throws -> T {
        let usual = try first("PRAGMA cache_size") { $0.int64(0) } ?? -2000
        try execute("PRAGMA cache_size=-\(bytes / 1024)")
        defer { try? execute("PRAGMA cache_size=\(usual)") }
        return try body()
    }
}
