import Glibc
import StoepModel
import StoepSQLite
import StoepWire

/// Putting a backup back, where no store stands.
extension Store {
    /// Makes a store of a backup: the same device, from here on under a new actor, because what it wrote since the backup
    /// may be elsewhere. Its pages get a key of their own, wrapped by the passphrase that the store had, or else as the
    /// configuration says. Cut at any point, it can be run again.
    /// - Parameters:
    ///   - prepare: is told what the backup has beside the rows, before anything is made of it.
    ///   - progress: bytes of the backup that are taken in, of all.
    /// - Throws: `alreadyExists` where a store stands in the directory, `unusableDirectory` where anything else does; `backup`.
    package static func restore(
        _ configuration: Configuration, _ environment: Environment, from path: String, secret: [UInt8],
        prepare: (BackupHead) throws -> Void = { _ in }, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> Store {
        try translating {
            let reader = try BackupReader(path, secret: secret)
            let head = try BackupHead(reader.next())
            var configuration = configuration
            if head.hasPassphrase, configuration.protection != .none { configuration.protection = .passphrase(secret) }
            let known = migrations
            guard head.schemaVersion <= Int64(known.last?.version ?? 0) else { throw StoreError.backup(.version) }
            try clear(configuration, environment)
            try prepare(head)
            let keys = try DeviceKeys(decoding: head.keys)
            let pageKeys = try Self.keys(configuration, making: environment)
            let files = FileSealer(pageKeys, random: environment.random)
            try configuration.disk.write(
                files?.seal(keys.encoded(), name: keyName) ?? keys.encoded(), to: keyPath(configuration.directory))
            let lock = try configuration.disk.writeLock(lockPath(configuration.directory))
            return try lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) {
                let db = try connect(configuration, pageKeys, environment)
                // The rows go in as they came out, and are then brought up to date as any older store.
                try db.migrate(known.filter { Int64($0.version) <= head.schemaVersion })
                let meta = try db.withCache(bytes: rebuildingBytes) {
                    try db.transaction { try insertRows(of: reader, into: db, progress) }
                }
                try db.migrate(known)
                let store = Store(
                    configuration, environment, db: db, lock: lock, space: head.space, keys: keys, isHub: head.isHub,
                    files: files)
                try db.withCache(bytes: rebuildingBytes) {
                    try store.transaction {
                        for (key, value) in meta { try store.setMeta(key, value) }
                        guard try store.meta("space") == head.space.bytes else {
                            throw StoreError.backup(.damaged("meta"))
                        }
                        try store.adoptSchema()
                        _ = try store.foldAnew()
                        try store.beginEpoch(alert: AnchorDoubt.restored.rawValue)
                    }
                }
                try store.anchorEpoch()
                store.anchorIsChecked = true
                _ = try db.checkpoint(truncate: true)
                return store
            }
        }
    }

    /// What may stand where a store is to be restored: what the lock of a daemon needs, and a restore that was cut.
    private static let ours: Set = [
        "stoep.db", "stoep.db-wal", "stoep.db-shm", "anchor", "mark", "device.key", "lock", "tls.key", "serve.lock",
        "keys", "unlock.key", "ballast",
    ]

    /// Makes the directory, and takes away what a restore that was cut left behind: a database without a space is
    /// nobody's. Keys stay, because nothing says that a database which was moved away is not theirs.
    private static func clear(_ configuration: Configuration, _ environment: Environment) throws {
        let directory = configuration.directory
        _ = try JoiningStore.makeFolders(directory, on: configuration.disk)
        guard exists(in: directory, on: configuration.disk) else {
            // Nothing is put beside what somebody keeps there.
            let names = Set(try configuration.disk.names(in: directory) ?? [])
            guard names.isSubset(of: ours), try opensKeys(configuration) else {
                throw StoreError.unusableDirectory(directory, errno: ENOTEMPTY)
            }
            return
        }
        guard try opensKeys(configuration) else { throw StoreError.alreadyExists(directory: directory) }
        do {
            try open(configuration, environment).close()
        } catch StoreError.damaged(noSpace) {
            for name in ["stoep.db", "stoep.db-wal", "stoep.db-shm", "anchor", "mark", "device.key"] {
                try configuration.disk.remove("\(directory)/\(name)")
            }
            return
        }
        throw StoreError.alreadyExists(directory: directory)
    }

    /// Whether the keys that stand in the directory, if any, are opened by what opened the backup.
    private static func opensKeys(_ configuration: Configuration) throws -> Bool {
        do {
            _ = try keys(configuration)
            return true
        } catch StoreError.locked {
            return false
        } catch StoreError.wrongPassphrase {
            return false
        }
    }

    /// - Returns: what the store alone knows, which goes in last: by that it is whole.
    private static func insertRows(
        of reader: BackupReader, into db: Connection, _ progress: (Int, Int) -> Void
    ) throws -> [(String, [UInt8])] {
        var tables: [(name: String, sql: String, columns: Int)] = []
        var meta: [(String, [UInt8])] = []
        var isWhole = false
        var count = 0
        while let record = try reader.next() {
            switch record.kind {
            case BackupRecord.table: tables.append(try declared(record, in: db))
            case BackupRecord.end: isWhole = true
            default:
                guard tables.indices.contains(Int(record.kind)), !isWhole else { throw StoreError.backup(.damaged("row")) }
                let table = tables[Int(record.kind)]
                guard record.values.count == table.columns else { throw StoreError.backup(.damaged(table.name)) }
                if table.name == "meta" {
                    guard case .text(let key) = record.values[0], case .blob(let value) = record.values[1] else {
                        throw StoreError.backup(.damaged("meta"))
                    }
                    meta.append((key, value))
                } else {
                    try db.run(table.sql, record.values)
                }
                count += 1
                if count % 256 == 0 { progress(reader.done, reader.bytes) }
            }
        }
        guard isWhole else { throw StoreError.backup(.damaged("end")) }
        return meta
    }

    /// How a row of a declared table goes in. Names come from outside: only what stands in the schema is taken.
    private static func declared(
        _ record: BackupRecord, in db: Connection
    ) throws -> (name: String, sql: String, columns: Int) {
        let names = record.values.compactMap { if case .text(let name) = $0 { name } else { nil } }
        guard let table = names.first, keptTables.contains(table), names.count == record.values.count else {
            throw StoreError.backup(.damaged("table"))
        }
        let columns = Array(names.dropFirst())
        let known = Set(try db.query("SELECT name FROM pragma_table_info(?)", [.text(table)]) { $0.string(0) })
        guard !columns.isEmpty, columns.allSatisfy(known.contains), table != "meta" || columns == ["key", "value"] else {
            throw StoreError.backup(.damaged(table))
        }
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        return (table, "INSERT INTO \(table)(\(list)) VALUES(\(marks))", columns.count)
    }
}
