import StoepModel
import StoepSQLite

extension Store {
    /// The tables. Everything but `log`, `actor`, `change`, `peer`, `known`, `arrival`, `invitation`, `audit` and
    /// `meta` is derived from the log, and can be made anew from it; a statement in `authority` may be here before the
    /// log that brings it.
    /// The tables of collections are apart: they follow the schema, not the program's version.
    package static let migrations = [
        Migration(version: 1, sql: base), Migration(version: 2, sql: upgrades), Migration(version: 3, sql: cuts),
        Migration(version: 4, sql: laptops), Migration(version: 5, sql: endings), Migration(version: 6, sql: retention),
        Migration(version: 7, sql: ledgered), Migration(version: 8, sql: searchTables),
        Migration(version: 9, sql: rows), Migration(version: 10, sql: deleted),
        Migration(version: 11, sql: counted),
    ]

    private static let counted = """
        -- How many of a log's records are listed: whoever asks how a store stands does not count them.
        ALTER TABLE log ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
        UPDATE log SET records = (SELECT count(*) FROM record r WHERE r.log = log.id AND r.listed = 1);

        """

    private static let deleted = """
        -- What is deleted is in no list, but is erased with what it belongs to.
        CREATE INDEX record_deleted ON record(collection) WHERE listed = 0 AND ended = 0 AND collection IS NOT NULL;

        """

    private static let rows = """
        -- Records whose fold is behind the log, with the rows that they have in `record`, or will have. What decides
        -- whether others count is folded first.
        CREATE TABLE behind(
            row INTEGER PRIMARY KEY, log INTEGER NOT NULL, record BLOB NOT NULL, first INTEGER NOT NULL DEFAULT 0,
            UNIQUE(log, record));
        CREATE INDEX behind_first ON behind(row) WHERE first = 1;
        INSERT INTO behind(row, log, record, first)
            SELECT r.id, d.log, d.record, d.first FROM dirty d JOIN record r ON r.rid = d.record AND r.log = d.log;
        INSERT INTO behind(row, log, record, first)
            SELECT (SELECT ifnull(max(id), 0) FROM record) + row_number() OVER (), d.log, d.record, d.first FROM dirty d
            WHERE NOT EXISTS(SELECT 1 FROM record r WHERE r.rid = d.record AND r.log = d.log);
        DROP TABLE dirty;
        -- By rows instead of ids, which come in no order: what is new then stands together.
        CREATE TABLE touched(
            record INTEGER NOT NULL, change INTEGER NOT NULL, block INTEGER NOT NULL,
            PRIMARY KEY(record, change, block)) WITHOUT ROWID;
        INSERT OR IGNORE INTO touched(record, change, block)
            SELECT coalesce(r.id, b.row), t.change, t.block FROM touch t CROSS JOIN change c ON c.id = t.change
            LEFT JOIN record r ON r.rid = t.record AND r.log = c.log
            LEFT JOIN behind b ON b.record = t.record AND b.log = c.log
            WHERE coalesce(r.id, b.row) IS NOT NULL ORDER BY 1, 2, 3;
        DROP TABLE touch;
        ALTER TABLE touched RENAME TO touch;
        CREATE INDEX touch_change ON touch(change);

        """

    private static let ledgered = """
        -- Whether a daemon's ledger names it: not yet where another daemon erased it.
        ALTER TABLE erasure ADD COLUMN ledgered INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX erasure_unledgered ON erasure(log, record) WHERE ledgered = 0;

        """

    private static let retention = """
        -- When a change arrived at this daemon, by its clock: what is kept for so long is counted from then. 0 where it
        -- arrived before that was noted.
        ALTER TABLE arrival ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
        -- Records that somebody had joined with one that is erased: an erasure does not spread, a coordinator looks.
        CREATE TABLE sibling(
            log INTEGER NOT NULL, record BLOB NOT NULL, erased BLOB NOT NULL,
            PRIMARY KEY(log, record, erased)) WITHOUT ROWID;

        """

    private static let laptops = """
        -- Whether a peer is a daemon, or a colleague's laptop: what only a laptop holds is not yet synced.
        ALTER TABLE peer ADD COLUMN daemon INTEGER NOT NULL DEFAULT 1;

        """

    private static let cuts = """
        -- The record that cuts the actor's chain, in any log that has one; its id follows from the actor.
        ALTER TABLE actor ADD COLUMN cut BLOB;
        CREATE INDEX actor_cut ON actor(cut);
        -- What decides whether other records count is folded before them.
        ALTER TABLE dirty ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX dirty_first ON dirty(log, record) WHERE first = 1;

        """

    private static let endings = """
        -- Whether a record is hidden (3) or erased (4): what lacks a body of it is not wanted.
        ALTER TABLE record ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX record_ended ON record(ended, log) WHERE ended > 0;
        -- The erasures that the authority countersigned: by which change, asked for by whom, and when this store learnt
        -- of it.
        CREATE TABLE erasure(
            log INTEGER NOT NULL, record BLOB NOT NULL, change INTEGER NOT NULL, member BLOB, time INTEGER NOT NULL,
            PRIMARY KEY(log, record)) WITHOUT ROWID;
        CREATE INDEX erasure_change ON erasure(log, change);
        -- Up to which of an authority's changes a peer was told that what they erased is gone from here.
        CREATE TABLE receipted(
            peer INTEGER NOT NULL, log INTEGER NOT NULL, actor INTEGER NOT NULL, seq INTEGER NOT NULL,
            PRIMARY KEY(peer, log, actor)) WITHOUT ROWID;
        -- A daemon's: which logs each device was given something of, and what it has said that it destroyed.
        CREATE TABLE holding(
            device BLOB NOT NULL, log INTEGER NOT NULL, PRIMARY KEY(device, log)) WITHOUT ROWID;
        CREATE TABLE receipt(
            device BLOB NOT NULL, log INTEGER NOT NULL, actor INTEGER NOT NULL, seq INTEGER NOT NULL,
            time INTEGER NOT NULL, PRIMARY KEY(device, log, actor)) WITHOUT ROWID;

        """

    private static let upgrades = """
        -- How many operations, fields or collections the schema did not know when the record was folded.
        ALTER TABLE record ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX record_unknown ON record(log) WHERE unknown > 0;
        -- Whether it is shown: it is there, and neither deleted nor erased.
        ALTER TABLE record ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
        UPDATE record SET listed = collection IS NOT NULL;
        -- The edges that stand, of records that are listed, each once for all that say the same: so that a group is
        -- found without reading every record.
        CREATE TABLE edge(
            log INTEGER NOT NULL, record BLOB NOT NULL, other BLOB NOT NULL,
            PRIMARY KEY(log, record, other)) WITHOUT ROWID;
        CREATE INDEX edge_other ON edge(log, other);

        """

    /// Ours, in the header of the file: "Stoe".
    package static let applicationID: Int32 = 0x5374_6f65

    private static let base = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE log(
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            lamport INTEGER NOT NULL DEFAULT 0,
            state_sum BLOB NOT NULL);
        CREATE TABLE actor(
            id INTEGER PRIMARY KEY,
            actor BLOB NOT NULL UNIQUE,
            device BLOB NOT NULL);
        CREATE INDEX actor_device ON actor(device);
        -- One row a change. `header` is hashed into the chain; `body` has payloads and salts, and can be purged.
        CREATE TABLE change(
            id INTEGER PRIMARY KEY,
            log INTEGER NOT NULL,
            actor INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            hash BLOB NOT NULL,
            parent INTEGER,
            lamport INTEGER NOT NULL,
            time INTEGER NOT NULL,
            missing INTEGER NOT NULL DEFAULT 0,
            header BLOB NOT NULL,
            body BLOB NOT NULL,
            signature BLOB);
        CREATE INDEX change_point ON change(log, actor, seq);
        CREATE INDEX change_missing ON change(missing) WHERE missing > 0;
        -- The ends of all chains: several of one actor where it has branches.
        CREATE TABLE head(
            log INTEGER NOT NULL, actor INTEGER NOT NULL, change INTEGER NOT NULL,
            PRIMARY KEY(log, actor, change)) WITHOUT ROWID;
        CREATE TABLE touch(
            record BLOB NOT NULL, change INTEGER NOT NULL, block INTEGER NOT NULL,
            PRIMARY KEY(record, change, block)) WITHOUT ROWID;
        -- One folded row a record of a log; `content` is canonical, and equal wherever the same is held. Whoever writes
        -- in one log may name a record of another there: it is another row, and empty.
        CREATE TABLE record(
            id INTEGER PRIMARY KEY,
            rid BLOB NOT NULL,
            log INTEGER NOT NULL,
            collection INTEGER,
            content BLOB NOT NULL,
            conflicts INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            quarantined INTEGER NOT NULL,
            UNIQUE(rid, log));
        CREATE INDEX record_conflicts ON record(log) WHERE conflicts > 0;
        CREATE INDEX record_pending ON record(log) WHERE pending > 0;
        CREATE INDEX record_quarantined ON record(log) WHERE quarantined > 0;
        -- Records whose fold is behind the log.
        CREATE TABLE dirty(log INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY(log, record)) WITHOUT ROWID;
        CREATE TABLE authority(
            serial INTEGER NOT NULL, device BLOB NOT NULL, statement BLOB NOT NULL,
            PRIMARY KEY(serial, device, statement)) WITHOUT ROWID;
        -- A peer that this replica syncs with, and the chain ends that it is known to hold.
        CREATE TABLE peer(
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            position INTEGER,
            cursor BLOB,
            last_sync INTEGER,
            clock_offset INTEGER);
        CREATE TABLE known(
            peer INTEGER NOT NULL, log INTEGER NOT NULL, actor INTEGER NOT NULL, change INTEGER NOT NULL,
            PRIMARY KEY(peer, log, actor, change)) WITHOUT ROWID;
        -- A daemon's order of arrival, numbered for the whole space, chained per log.
        CREATE TABLE arrival(
            position INTEGER PRIMARY KEY, log INTEGER NOT NULL, change INTEGER NOT NULL, chain BLOB NOT NULL);
        CREATE INDEX arrival_log ON arrival(log, position);
        CREATE TABLE invitation(
            secret BLOB PRIMARY KEY,
            name TEXT NOT NULL,
            role INTEGER NOT NULL,
            partitions TEXT NOT NULL,
            expires INTEGER NOT NULL,
            device BLOB,
            member BLOB,
            used INTEGER) WITHOUT ROWID;
        CREATE TABLE audit(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, what TEXT NOT NULL);

        """

    /// Makes what is not there yet of the tables by which SQL asks for records: a collection's registers and counters
    /// as columns, its sets as tables of their own.
    func makeTables(of schema: Schema) throws {
        for collection in schema.collections {
            let name = collection.name
            let shown = collection.fields.filter(\.isColumn).map { field in
                (name: field.name, sql: "\"\(field.name)\"\(field.kind == .counter ? " NOT NULL DEFAULT 0" : "")")
            }
            let columns = Set(
                try db.query("SELECT name FROM pragma_table_info(?)", [.text("f_\(name)")]) { $0.string(0) })
            if columns.isEmpty {
                let all = (["record INTEGER PRIMARY KEY"] + shown.map(\.sql)).joined(separator: ", ")
                try db.execute("CREATE TABLE f_\(name)(\(all))")
            } else {
                for column in shown where !columns.contains(column.name) {
                    try db.execute("ALTER TABLE f_\(name) ADD COLUMN \(column.sql)")
                }
            }
            for field in collection.fields where field.kind == .set {
                let table = "\(name)_\(field.name)"
                try db.execute(
                    """
                    CREATE TABLE IF NOT EXISTS s_\(table)(
                        record INTEGER NOT NULL, value NOT NULL, PRIMARY KEY(record, value)) WITHOUT ROWID;
                    CREATE INDEX IF NOT EXISTS i_\(table) ON s_\(table)(value);
                    """)
            }
            try makeListIndexes(of: collection)
        }
    }
}
