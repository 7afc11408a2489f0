import StoepModel
import StoepSQLite

/// The indexes of the tables that follow the schema: by what lists are asked for. What has no such value costs nothing.
extension Store {
    /// An index over columns of a collection.
    private struct ListIndex {
        let name: String
        /// What of it the schema has to have.
        let columns: [String]
        /// Those columns that are compared in any case of the letters of ASCII.
        var ignoresCase: Set<String> = []
        /// Only records in which the first column says something.
        var isPartial = true
    }

    /// Raised when these indexes are others: a store that an earlier program made gets them when it is opened.
    static let listIndexRevision: UInt8 = 1

    /// The columns by which lists are asked for, beside those that follow from a field's kind. The time stands behind what
    /// is asked for together with it, so that the latest are found first; and what says that something is done behind its
    /// day, so that what is done is passed over without looking at it.
    private static let listed: [CollectionNumber: [ListIndex]] = [
        .conversation: [
            ListIndex(name: "startedAt", columns: ["startedAt"], isPartial: false),
            ListIndex(name: "areaTime", columns: ["area", "startedAt"], isPartial: false),
            ListIndex(name: "placeTime", columns: ["place", "startedAt"], ignoresCase: ["place"]),
            ListIndex(name: "point", columns: ["latitude", "longitude"]),
            ListIndex(name: "followUp", columns: ["followUpOn", "followedUpOn"]),
        ],
        .agreement: [ListIndex(name: "due", columns: ["dueOn", "outcome"])],
        .person: [
            ListIndex(name: "place", columns: ["place"], ignoresCase: ["place"]),
            ListIndex(name: "avoided", columns: ["area", "doNotApproach"]),
        ],
        .device: [ListIndex(name: "member", columns: ["member"], isPartial: false)],
        .grant: [ListIndex(name: "member", columns: ["member"], isPartial: false)],
        .area: [
            ListIndex(name: "name", columns: ["name"], isPartial: false),
            ListIndex(name: "code", columns: ["code"], isPartial: false),
        ],
        .theme: [ListIndex(name: "name", columns: ["name"], isPartial: false)],
        .meeting: [ListIndex(name: "startedAt", columns: ["startedAt"], isPartial: false)],
        .tally: [ListIndex(name: "area", columns: ["area"], isPartial: false)],
    ]

    /// Those of earlier programs in whose place others stand.
    private static let replaced: [CollectionNumber: [String]] = [
        .conversation: ["i_conversation_area", "l_conversation_followUpOn"], .agreement: ["l_agreement_dueOn"],
    ]

    /// Makes what is not there yet.
    func makeListIndexes(of collection: CollectionDefinition) throws {
        let table = "f_\(collection.name)"
        for index in Self.listed[collection.number] ?? []
        where index.columns.allSatisfy({ collection.field(named: $0) != nil }) {
            let columns = index.columns.map { "\"\($0)\"\(index.ignoresCase.contains($0) ? " COLLATE NOCASE" : "")" }
            let condition = index.isPartial ? " WHERE \"\(index.columns[0])\" IS NOT NULL" : ""
            try db.execute(
                """
                CREATE INDEX IF NOT EXISTS i_\(collection.name)_\(index.name) ON
                    \(table)(\(columns.joined(separator: ", ")))\(condition)
                """)
        }
        for field in collection.fields where collection.log != .roster && field.kind == .register {
            let isLink = if case .record = field.type { true } else { false }
            let isName = SearchedFields.names[collection.number] == field.number
            guard isLink || isName || field.form == .day else { continue }
            let name = "l_\(collection.name)_\(field.name)"
            guard Self.replaced[collection.number]?.contains(name) != true else { continue }
            try db.execute(
                """
                CREATE INDEX IF NOT EXISTS \(name) ON
                    \(table)("\(field.name)"\(isName ? " COLLATE NOCASE" : "")) WHERE "\(field.name)" IS NOT NULL
                """)
        }
        for name in Self.replaced[collection.number] ?? [] { try db.execute("DROP INDEX IF EXISTS \(name)") }
    }
}
