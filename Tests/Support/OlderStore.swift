import Foundation
import StoepModel
import StoepSQLite
import StoepStore
import StoepWire

/// A store as an earlier version of the program left it: the tables that its migrations made, with what of a store of
/// today they had room for.
package enum OlderStore {
    /// The versions that there have been, this one left out.
    package static var versions: Range<Int32> { 1..<(Store.migrations.last?.version ?? 1) }

    /// Turns a store that nobody has open into one of an earlier version, in its place.
    package static func make(of directory: String, version: Int32) throws {
        let path = directory + "/stoep.db"
        let older = directory + "/older.db"
        let from = try OpenedFiles.connect(directory)
        let to = try OpenedFiles.connect(directory, "older.db")
        defer { for end in ["", "-wal", "-shm"] { unlink(older + end) } }
        try to.migrate(Store.migrations.filter { $0.version <= version })
        try to.transaction {
            for table in try names(of: "table", in: to) where !isByRow(table, version) { try copy(table, from, to) }
            if version < 9 { try copyRows(from, to) }
            // The tables of collections follow the schema.
            for kind in ["table", "index"] {
                for name in try names(of: kind, in: from) where isOfCollections(name) {
                    let sql = try from.first("SELECT sql FROM sqlite_master WHERE name = ?", [.text(name)]) {
                        $0.string(0)
                    }
                    try to.execute(sql ?? "")
                    if kind == "table" { try copy(name, from, to) }
                }
            }
            // The shards of the index; their words are made anew.
            if version >= 8 {
                let shards = try from.query("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'") {
                    $0.string(0)
                }
                for shard in shards { try to.execute(shard) }
            }
            try forgetSchema(to, version)
        }
        _ = try to.checkpoint(truncate: true)
        to.close()
        from.close()
        for end in ["-wal", "-shm"] { unlink(path + end) }
        // Written over, so that the file keeps its place on the disk.
        try Data(contentsOf: URL(fileURLWithPath: older)).write(to: URL(fileURLWithPath: path))
    }

    /// Says that a later version wrote this store, of which nobody has it open.
    package static func makeNewer(_ directory: String) throws {
        let connection = try OpenedFiles.connect(directory)
        defer { connection.close() }
        try connection.execute("PRAGMA user_version=\(versions.upperBound + 1)")
        _ = try connection.checkpoint(truncate: true)
    }

    private static func names(of kind: String, in connection: Connection) throws -> [String] {
        try connection.query(
            "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
            [.text(kind)]
        ) { $0.string(0) }
    }

    /// Whether a version named records by their ids in a table in which their rows stand since.
    private static func isByRow(_ table: String, _ version: Int32) -> Bool {
        version < 9 && (table == "touch" || table == "dirty")
    }

    private static func copyRows(_ from: Connection, _ to: Connection) throws {
        let touched = try from.query(
            "SELECT coalesce(r.rid, b.record), t.change, t.block FROM touch t LEFT JOIN record r ON r.id = t.record LEFT JOIN behind b ON b.row = t.record"
        ) { row in (0..<3).map { row.value($0) } }
        for row in touched { try to.run("INSERT INTO touch(record, change, block) VALUES(?, ?, ?)", row) }
        let behind = try from.query("SELECT log, record FROM behind") { [$0.value(0), $0.value(1)] }
        for row in behind { try to.run("INSERT INTO dirty(log, record) VALUES(?, ?)", row) }
    }

    private static func isOfCollections(_ name: String) -> Bool {
        // An index of an early migration may be called as those of a set are.
        name.hasPrefix("f_") || name.hasPrefix("s_") || name.hasPrefix("i_")
    }

    private static func copy(_ table: String, _ from: Connection, _ to: Connection) throws {
        let columns = try to.query("SELECT name FROM pragma_table_info(?)", [.text(table)]) { $0.string(0) }
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let rows = try from.query("SELECT \(list) FROM \(table)") { row in columns.indices.map { row.value($0) } }
        for row in rows { try to.run("INSERT INTO \(table)(\(list)) VALUES(\(marks))", row) }
    }

    /// The first version kept no schema; what later ones folded, this one folds otherwise.
    private static func forgetSchema(_ connection: Connection, _ version: Int32) throws {
        // By what the index was made: before the eighth there was none.
        try connection.run("DELETE FROM meta WHERE key IN ('schema', 'search')")
        guard version > 1 else { return }
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.unsigned(1)
        writer.bytes(Bytes32.zero)
        try connection.run("INSERT INTO meta(key, value) VALUES('schema', ?)", [.blob(writer.bytes)])
    }
}
