import StoepCrypto
import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A replica on a disk: the log of every change that it holds, and the records folded from it.
///
/// Synchronous, and owned by one isolation: an actor or a process's main thread wraps it. Clock, generator, SQLite
/// VFS and the facts of the machine are injected, so that a seed decides everything.
package final class Store {
    package struct Configuration {
        /// The directory that holds all files of the store.
        package var directory: String
        /// Shown to a process that waits for this one: "stoep sync".
        package var holder: String
        /// Nil for SQLite's own.
        package var vfsName: String?
        package var schema = Schema.current
        /// Where this store stands, to notice that it was copied or restored.
        package var place: (_ database: String) -> Place = Place.current
        /// How long to wait for another process that writes.
        package var lockTimeoutMilliseconds = 5000

        package init(directory: String, holder: String) {
            self.directory = directory
            self.holder = holder
        }
    }

    package let configuration: Configuration
    package let environment: Environment
    package let space: SpaceID
    package let keys: DeviceKeys
    /// Whether this store is a daemon's: it numbers what arrives, and signs what it writes at once.
    package let isHub: Bool
    let db: Connection
    private let lock: WriteLock
    private var anchorIsChecked = false
    /// A new actor was chosen in this transaction.
    var epochBegan = false
    /// The heads that the anchor names, so that it is written anew only when they changed.
    var lastAnchored: Set<Head>?
    /// Local ids of logs and actors never change once committed, so they are looked up once.
    var logIDs: [LogID: Int64] = [:]
    var actorIDs: [ActorID: Int64] = [:]
    /// The root's delegations, for as long as a transaction lasts.
    var knownAuthorities: [AuthorityEntry]?
    /// Statements whose signatures hold: to verify them again would cost more than saving a record.
    var verifiedStatements: [[UInt8]: Delegation] = [:]

    static func databasePath(_ directory: String) -> String { directory + "/stoep.db" }
    static func lockPath(_ directory: String) -> String { directory + "/lock" }
    static func keyPath(_ directory: String) -> String { directory + "/device.key" }

    private init(
        _ configuration: Configuration, _ environment: Environment, db: Connection, space: SpaceID, keys: DeviceKeys,
        isHub: Bool
    ) throws {
        self.configuration = configuration
        self.environment = environment
        self.db = db
        self.space = space
        self.keys = keys
        self.isHub = isHub
        lock = try WriteLock(path: Self.lockPath(configuration.directory))
    }

    /// Makes a store in an existing directory that holds none.
    package static func create(
        _ configuration: Configuration, _ environment: Environment, space: SpaceID, keys: DeviceKeys, isHub: Bool
    ) throws -> Store {
        let directory = configuration.directory
        guard !exists(in: directory) else { throw StoreError.alreadyExists(directory: directory) }
        return try translating {
            try DurableFile.write(keys.encoded(), to: keyPath(directory))
            let db = try connect(configuration)
            try db.migrate(migrations(configuration.schema))
            let store = try Store(configuration, environment, db: db, space: space, keys: keys, isHub: isHub)
            try store.lock.withLock(timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder) {
                try db.transaction {
                    try store.setMeta("space", space.bytes)
                    try store.setMeta("hub", [isHub ? 1 : 0])
                    try store.setMeta("nonce", environment.random16().bytes)
                }
                try store.writeAnchor(heads: [])
            }
            store.anchorIsChecked = true
            return store
        }
    }

    /// Whether a store stands in the directory.
    package static func exists(in directory: String) -> Bool {
        DurableFile.exists(databasePath(directory))
    }

    /// Opens a store to read and write it.
    package static func open(_ configuration: Configuration, _ environment: Environment) throws -> Store {
        let directory = configuration.directory
        guard exists(in: directory) else { throw StoreError.notFound(directory: directory) }
        return try translating {
            let keys = try DeviceKeys(decoding: DurableFile.read(keyPath(directory), maximumBytes: 4096))
            let db = try connect(configuration)
            try db.migrate(migrations(configuration.schema))
            guard let space = try meta("space", db).flatMap({ SpaceID(bytes: $0) }) else {
                throw StoreError.damaged("stoep.db: no space")
            }
            let isHub = try meta("hub", db) == [1]
            return try Store(configuration, environment, db: db, space: space, keys: keys, isHub: isHub)
        }
    }

    private static func connect(_ configuration: Configuration) throws -> Connection {
        try Connection(
            Connection.Configuration(
                path: databasePath(configuration.directory), vfsName: configuration.vfsName,
                applicationID: applicationID))
    }

    package func close() { db.close() }

    // MARK: Transactions

    /// Reads a consistent snapshot. Waits for nobody.
    package func read<T>(_ body: () throws -> T) throws -> T {
        if !db.isInTransaction { knownAuthorities = nil }
        return try Self.translating { try db.snapshot(body) }
    }

    /// Runs one write transaction under the lock that all processes share. What `body` throws undoes all of it.
    package func write<T>(_ body: () throws -> T) throws -> T {
        try Self.translating {
            try lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) {
                if !anchorIsChecked {
                    try checkAnchor()
                    anchorIsChecked = true
                }
                knownAuthorities = nil
                let result: T
                do {
                    result = try db.transaction(body)
                } catch {
                    forgetUncommitted()
                    throw error
                }
                try anchorEpoch()
                try checkpointIfLarge()
                return result
            }
        }
    }

    /// Ids that were given out in a transaction that was undone will be given to others.
    private func forgetUncommitted() {
        logIDs.removeAll()
        actorIDs.removeAll()
        knownAuthorities = nil
        epochBegan = false
    }

    /// Automatic checkpoints are off: they happen here, under the lock, so that no two connections ever checkpoint or
    /// write at once (the WAL-reset race of SQLite before 3.51.3).
    private func checkpointIfLarge() throws {
        if db.walPages > 1000 { _ = try db.checkpoint(truncate: false) }
    }

    /// Brings everything into the database file and empties the WAL. For a graceful end.
    package func checkpoint() throws {
        try Self.translating {
            try lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) { _ = try db.checkpoint(truncate: true) }
        }
    }

    static func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as SQLiteError {
            throw StoreError(error)
        } catch let error as WriteLockError {
            guard case .heldBy(let processID, let name) = error else { throw StoreError.disk("\(error)") }
            throw StoreError.busy(processID: processID, name: name)
        } catch let error as FileError {
            throw error.isFull ? StoreError.full : StoreError.disk("\(error)")
        }
    }

    // MARK: Meta

    static func meta(_ key: String, _ db: Connection) throws -> [UInt8]? {
        try db.first("SELECT value FROM meta WHERE key = ?", [.text(key)]) { $0.blob(0) }
    }

    /// A value of this store alone, never replicated. Inside a transaction.
    package func meta(_ key: String) throws -> [UInt8]? { try Self.meta(key, db) }

    package func setMeta(_ key: String, _ value: [UInt8]) throws {
        try db.run("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", [.text(key), .blob(value)])
    }

    /// Leaves a line for whoever asks later what was done by hand. Inside a transaction.
    package func audit(_ what: String) throws {
        try db.run(
            "INSERT INTO audit(time, what) VALUES(?, ?)",
            [.integer(Int64(clamping: environment.now().milliseconds)), .text(what)])
    }
}
