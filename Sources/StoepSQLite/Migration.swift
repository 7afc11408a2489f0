import CSQLite

/// One step of a schema, from the version before it to `version`.
package struct Migration: Sendable {
    package let version: Int32
    let apply: @Sendable (Connection) throws -> Void

    package init(version: Int32, sql: String) {
        self.init(version: version) { connection in try connection.execute(sql) }
    }

    package init(version: Int32, apply: @escaping @Sendable (Connection) throws -> Void) {
        self.version = version
        self.apply = apply
    }
}

extension Connection {
    /// The version that the last migration wrote; 0 in a new database.
    package func userVersion() throws(SQLiteError) -> Int32 {
        Int32(truncatingIfNeeded: try pragmaInteger("user_version"))
    }

    /// Brings the schema to the last of `migrations`, each step in a transaction of its own, and returns
    /// the version that was found. When that is the last one, reading it was all the work.
    ///
    /// A newer version than we know throws `.newerVersion` and leaves the file as it is. The caller holds
    /// the `WriteLock`.
    @discardableResult
    package func migrate(_ migrations: [Migration]) throws -> Int32 {
        precondition(
            zip(migrations, migrations.dropFirst()).allSatisfy { $0.version < $1.version }
                && (migrations.first?.version ?? 1) > 0,
            "versions of migrations must rise from above 0")
        let known = migrations.last?.version ?? 0
        let found = try userVersion()
        guard found <= known else {
            throw SQLiteError(
                kind: .newerVersion(found: found, known: known), extendedCode: SQLITE_CANTOPEN,
                message: "the database has version \(found); this program knows up to \(known)",
                operation: "migrate \(configuration.path)")
        }
        for migration in migrations where migration.version > found {
            try transaction {
                // Another process may have been here between our look and our lock.
                guard try userVersion() < migration.version else { return }
                try migration.apply(self)
                try execute("PRAGMA user_version=\(migration.version)")
            }
        }
        return found
    }
}
