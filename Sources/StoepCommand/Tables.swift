import StoepModel

/// Which collections leave as files, and which come in as tables.
package enum Tables {
    /// Those that can be imported, in an order in which what is referred to comes first. Requests, signals, contact details,
    /// how consent is asked for and what is recorded of disclosures are said by people, one at a time: they are not among
    /// them.
    package static let imported: [CollectionNumber] = [
        .area, .theme, .question, .initiative, .meeting, .round, .offer, .need, .match, .agreement,
        .person, .conversation, .answer, .reply, .referral, .tally,
    ]

    /// All of the space itself: those, then whatever else the schema has. What governs the space is nobody's table.
    package static let exported: [CollectionNumber] = {
        let all = Schema.current.collections.filter { $0.log != .roster && !$0.isControl }.map(\.number)
        return imported + all.filter { !imported.contains($0) }
    }()

    static func names(_ collections: [CollectionNumber]) -> [String] {
        collections.compactMap { Schema.current[$0]?.name }
    }
}
