import StoepModel
import StoepSQLite
import StoepWire

/// What a backup has beside the rows of the store.
package struct BackupHead: Sendable {
    package let space: SpaceID
    package let isHub: Bool
    /// The store's passphrase opens the backup: it protects what is made of it as well.
    package let hasPassphrase: Bool
    package let time: Timestamp
    /// Seed of the daemon's TLS key; nil for a laptop.
    package let tlsSeed: [UInt8]?
    let schemaVersion: Int64
    let keys: [UInt8]

    private static let version: Int64 = 1

    init(
        space: SpaceID, isHub: Bool, hasPassphrase: Bool, time: Timestamp, tlsSeed: [UInt8]?, schemaVersion: Int64,
        keys: [UInt8]
    ) {
        self.space = space
        self.isHub = isHub
        self.hasPassphrase = hasPassphrase
        self.time = time
        self.tlsSeed = tlsSeed
        self.schemaVersion = schemaVersion
        self.keys = keys
    }

    var record: BackupRecord {
        BackupRecord(
            BackupRecord.head,
            [
                .integer(Self.version), .blob(space.bytes), .integer(isHub ? 1 : 0),
                .integer(Int64(clamping: time.milliseconds)), .integer(schemaVersion), .blob(keys), .optional(tlsSeed),
                .integer(hasPassphrase ? 1 : 0),
            ])
    }

    init(_ record: BackupRecord?) throws(StoreError) {
        guard let record, record.kind == BackupRecord.head, case .integer(let version)? = record.values.first else {
            throw .backup(.damaged("head"))
        }
        guard version == Self.version else { throw .backup(.version) }
        let values = record.values
        guard values.count == 8, case .blob(let space) = values[1], let space = SpaceID(bytes: space),
            case .integer(let hub) = values[2], case .integer(let time) = values[3],
            case .integer(let schemaVersion) = values[4], case .blob(let keys) = values[5],
            case .integer(let hasPassphrase) = values[7]
        else { throw .backup(.damaged("head")) }
        var tlsSeed: [UInt8]?
        if case .blob(let seed) = values[6] { tlsSeed = seed }
        self.init(
            space: space, isHub: hub == 1, hasPassphrase: hasPassphrase == 1,
            time: Timestamp(milliseconds: UInt64(clamping: time)), tlsSeed: tlsSeed, schemaVersion: schemaVersion, keys: keys)
    }
}

/// What a backup came to.
package struct BackupWritten: Sendable {
    /// Of the file.
    package let bytes: Int
    package let changes: Int
    /// Changes that do not hold: the store is damaged, and so is what the backup has of it.
    package let damaged: Int
}

/// Backups hold the rows that nothing else can make: the log, and what this store alone knows. Reading them keeps nobody
/// from writing; whatever follows from them is made anew when they are put back.
extension Store {
    /// The tables that are kept. Those before `change` say what its numbers mean.
    package static let keptTables = [
        "log", "actor", "change", "authority", "peer", "known", "arrival", "invitation", "audit", "erasure", "receipted",
        "holding", "receipt", "sibling", "meta",
    ]
    /// What is made anew from the log, beside the tables of collections and the shards of the search index.
    package static let derivedTables = [
        "head", "touch", "record", "behind", "edge", "search_shard", "search_doc", "search_behind",
    ]

    /// Writes everything into a sealed file, reads that back, and holds it against its own hashes. The state is that of
    /// one moment; others go on writing meanwhile.
    /// - Parameters:
    ///   - path: nothing may stand there.
    ///   - secret: what opens it again; nil for the passphrase of the store, which need not be known here.
    ///   - tlsSeed: the daemon's TLS key.
    ///   - cost: of guessing the secret: the exponent of scrypt's N.
    ///   - progress: changes that are written, or read back, of all that are to be.
    package func backUp(
        to path: String, secret: [UInt8]?, tlsSeed: [UInt8]? = nil, cost: Int = WrappedKeys.cost,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> BackupWritten {
        try Self.translating {
            let random = environment.random
            let (data, wrapped) = try backupKey(secret, cost: cost)
            let writer = try BackupWriter(path, data, wrapped, random: { random($0) })
            var all = 0
            var counts: [Int] = []
            try read {
                all = try db.first("SELECT count(*) FROM change") { Int(clamping: $0.int64(0)) } ?? 0
                let head = BackupHead(
                    space: space, isHub: isHub, hasPassphrase: secret == nil, time: environment.now(), tlsSeed: tlsSeed,
                    schemaVersion: Int64(try db.userVersion()), keys: keys.encoded())
                try writer.append(head.record)
                for (index, table) in Self.keptTables.enumerated() {
                    counts.append(try write(table, UInt8(index), writer) { progress($0, 2 * all) })
                }
                try writer.append(BackupRecord(BackupRecord.end, counts.map { .integer(Int64($0)) }))
            }
            var result: BackupWritten?
            try writer.finish { reader in
                var check = BackupCheck(environment.cryptography)
                try check.read(reader) { progress(all + $0, 2 * all) }
                result = BackupWritten(bytes: reader.bytes, changes: check.changes, damaged: check.damaged)
            }
            guard let result else { throw StoreError.backup(.damaged("end")) }
            return result
        }
    }

    /// The key that a backup is sealed with, and the same as it is carried along: the store's own, wrapped as it is now;
    /// or where there is a secret, one that nothing else is sealed with.
    private func backupKey(_ secret: [UInt8]?, cost: Int) throws -> (PageKey, WrappedKeys) {
        guard let secret else {
            let wrapped = try WrappedKeys.read(configuration.directory, on: configuration.disk)
            guard let key = files?.keys.first, case .scrypt = wrapped.wrapping,
                case let own = wrapped.keeping(key.fileID), own.entries.count == 1
            else { throw StoreError.damaged("keys") }
            return (key, own)
        }
        let key = Self.freshKey(environment)
        let wrapping = WrappedKeys.Wrapping.scrypt(logN: cost, r: 8, p: 1, salt: environment.random(16))
        let wrappingKey = try WrappedKeys.key(wrapping, passphrase: secret, configuration.directory, on: configuration.disk)
        return (key, WrappedKeys([key], wrapping, key: wrappingKey, random: environment.random))
    }

    private func write(
        _ table: String, _ index: UInt8, _ writer: BackupWriter, _ progress: (Int) -> Void
    ) throws -> Int {
        let columns = try db.query("SELECT name FROM pragma_table_info(?)", [.text(table)]) { $0.string(0) }
        try writer.append(BackupRecord(BackupRecord.table, ([table] + columns).map { .text($0) }))
        // The changes of a chain stand together, so that whoever reads them remembers one end of it.
        let order = table == "change" ? " ORDER BY log, actor, seq" : ""
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        var count = 0
        try db.forEach("SELECT \(names) FROM \(table)\(order)") { row in
            try writer.append(BackupRecord(index, columns.indices.map { row.value($0) }))
            count += 1
            if table == "change", count % 256 == 0 { progress(count) }
        }
        return count
    }
}

/// Reads a backup through: that it is whole, and that every change in it is what its chain was hashed over.
struct BackupCheck {
    private(set) var changes = 0
    private(set) var damaged = 0
    private let cryptography: Cryptography
    private var space: SpaceID?
    private var tables: [(name: String, columns: [String], rows: Int)] = []
    private var logs: [Int64: LogID] = [:]
    private var actors: [Int64: (id: ActorID, device: VerifyingKey?)] = [:]
    private var chain: (log: Int64, actor: Int64, check: ChainCheck)?

    init(_ cryptography: Cryptography) {
        self.cryptography = cryptography
    }

    mutating func read(_ reader: BackupReader, _ progress: (Int) -> Void) throws {
        space = try BackupHead(reader.next()).space
        var isWhole = false
        while let record = try reader.next() {
            switch record.kind {
            case BackupRecord.table:
                let names = record.values.compactMap { if case .text(let name) = $0 { name } else { nil } }
                guard let name = names.first, names.count == record.values.count else { throw Self.damage("table") }
                tables.append((name, Array(names.dropFirst()), 0))
            case BackupRecord.end:
                isWhole = record.values == tables.map { .integer(Int64($0.rows)) }
            default:
                guard tables.indices.contains(Int(record.kind)) else { throw Self.damage("row") }
                tables[Int(record.kind)].rows += 1
                let table = tables[Int(record.kind)]
                guard record.values.count == table.columns.count else { throw Self.damage(table.name) }
                take(BackupRow(names: table.columns, values: record.values), of: table.name)
                if table.name == "change", changes % 256 == 0 { progress(changes) }
            }
        }
        guard isWhole else { throw Self.damage("end") }
    }

    private static func damage(_ what: String) -> StoreError { .backup(.damaged(what)) }

    private mutating func take(_ row: BackupRow, of table: String) {
        switch table {
        case "log": logs[row.integer("id")] = LogID(parsing: row.text("name"))
        case "actor":
            if let id = ActorID(bytes: row.blob("actor")) {
                actors[row.integer("id")] = (id, VerifyingKey(bytes: row.blob("device")))
            }
        case "change":
            changes += 1
            let (log, actor) = (row.integer("log"), row.integer("actor"))
            if chain?.log != log || chain?.actor != actor { chain = begin(log, actor) }
            let faults = chain?.check.take(row.change)
            if faults?.isEmpty != true { damaged += 1 }
        default: break
        }
    }

    private func begin(_ log: Int64, _ actor: Int64) -> (log: Int64, actor: Int64, check: ChainCheck)? {
        guard let space, let name = logs[log], let author = actors[actor] else { return nil }
        let check = ChainCheck(space: space, log: name, actor: author.id, device: author.device, cryptography)
        return (log, actor, check)
    }
}

/// A row of a table, by the names of its columns.
struct BackupRow {
    let names: [String]
    let values: [SQLValue]

    private func value(_ name: String) -> SQLValue { names.firstIndex(of: name).map { values[$0] } ?? .null }

    func integer(_ name: String) -> Int64 { if case .integer(let value) = value(name) { value } else { 0 } }
    func text(_ name: String) -> String { if case .text(let value) = value(name) { value } else { "" } }
    func blob(_ name: String) -> [UInt8] { if case .blob(let value) = value(name) { value } else { [] } }

    var change: CheckedChange {
        var parent: Int64?
        if case .integer(let id) = value("parent") { parent = id }
        var signature: [UInt8]?
        if case .blob(let bytes) = value("signature") { signature = bytes }
        return CheckedChange(
            id: integer("id"), seq: UInt64(clamping: integer("seq")), hash: blob("hash"), parent: parent,
            lamport: UInt64(clamping: integer("lamport")), time: UInt64(clamping: integer("time")),
            header: blob("header"), body: blob("body"), signature: signature, missing: integer("missing"))
    }
}
