import StoepModel
import StoepSQLite

/// A scope as conditions of SQL.
struct SearchFilter {
    /// Of a document `d`.
    private(set) var document = ""
    /// Of a record `r`; without the period, which stands in no row of it.
    private(set) var record = "r.listed = 1"
    /// Of either.
    private(set) var arguments: [SQLValue] = []

    /// Inside a read.
    init(_ scope: SearchScope, _ store: Store) throws {
        let readable = Set(scope.logs)
        let ids = try readable.compactMap { try store.logID($0) }.sorted().map(String.init).joined(separator: ",")
        record += " AND r.log IN (\(ids))"
        // Nearly always all that is held may be read: then no record has to be looked at.
        if try !store.logs().allSatisfy(readable.contains) {
            document += " AND (SELECT log FROM record WHERE id = d.record) IN (\(ids))"
        }
        if let period = scope.period {
            document += " AND d.time >= \(period.lowerBound) AND d.time < \(period.upperBound)"
        }
        if let area = scope.area {
            let schema = store.configuration.schema
            let columns = SearchedFields.areas.compactMap { collection, field -> String? in
                guard let definition = schema[collection], let column = definition.field(field) else { return nil }
                return "SELECT record FROM f_\(definition.name) WHERE \"\(column.name)\" = ?"
            }.sorted()
            let rows = columns.joined(separator: " UNION ALL ")
            document += " AND d.record IN (\(rows))"
            record += " AND r.id IN (\(rows))"
            arguments = columns.map { _ in .text(area) }
        }
    }
}
