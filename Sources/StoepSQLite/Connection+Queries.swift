extension Connection {
    /// Runs several statements without arguments, one after the other. Not a transaction of its own.
    package func execute(_ sql: String) throws(SQLiteError) {
        var rest = sql
        while !rest.isEmpty {
            let (statement, following) = try compile(rest, flags: 0)
            try statement?.run()
            rest = following
        }
    }

    /// Runs one statement that returns no rows; its prepared form is cached.
    package func run(_ sql: String, _ arguments: [SQLValue] = []) throws(SQLiteError) {
        try prepare(sql).run(arguments)
    }

    /// Every row, each turned into a `T`.
    package func query<T>(
        _ sql: String, _ arguments: [SQLValue] = [], _ row: (borrowing Row) throws -> T
    ) throws -> [T] {
        try prepare(sql).query(arguments, row)
    }

    /// The first row, or nil where there is none.
    package func first<T>(
        _ sql: String, _ arguments: [SQLValue] = [], _ row: (borrowing Row) throws -> T
    ) throws -> T? {
        try prepare(sql).first(arguments, row)
    }

    /// Every row, with nothing collected.
    package func forEach(
        _ sql: String, _ arguments: [SQLValue] = [], _ row: (borrowing Row) throws -> Void
    ) throws {
        try prepare(sql).forEach(arguments, row)
    }

    /// As `forEach`, until `row` says that it has seen enough.
    package func scan(
        _ sql: String, _ arguments: [SQLValue] = [], while row: (borrowing Row) throws -> Bool
    ) throws {
        try prepare(sql).scan(arguments, while: row)
    }
}
