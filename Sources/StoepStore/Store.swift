import StoepCrypto
import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A replica on a disk: the log of every change that it holds, and the records folded from it.
///
/// Synchronous, and owned by one isolation: an actor or a process's main thread wraps it. Clock, generator, disk
/// and the facts of the machine are injected, so that a seed decides everything.
package final class Store {
    package struct Configuration {
        /// The directory that holds all files of the store.
        package var directory: String
        /// Shown to a process that waits for this one: "stoep sync".
        package var holder: String
        package var disk: any Disk = SystemDisk()
        package var schema = Schema.current
        /// Where this store stands, to notice that it was copied or restored.
        package var place: (_ database: String) -> Place = Place.current
        /// Documents in one shard of the full-text index: the more, the fewer tables a large store has, and the more is
        /// indexed anew where one is erased. The ballast has to have room for one.
        package var shardDocuments = 40_000
        /// Room that is kept for erasing and bundling out on a full disk; 0 keeps none.
        package var ballastBytes = 0
        /// How long to wait for another process that writes.
        package var lockTimeoutMilliseconds = 5000
        /// Destroys what the host keeps of a record beside the store, once the record is erased: a text that an editor
        /// left, for one. Called before anybody is told that it is gone, perhaps more than once.
        package var forget: (RecordID) throws -> Void = { _ in }

        /// By what the keys of a new store are wrapped, or the passphrase for one that is there. A store that has keys is
        /// sealed whatever this says.
        package var protection = KeyProtection.none
        /// The keys, where they are known already.
        package var keys: [PageKey]?
        /// Whether bits that fell over in the pages of a sealed store are turned back before it is opened. On the system's
        /// disk.
        package var mendsPages = false

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
    let lock: any WriteLocking
    /// Seals the files beside the database; nil for a store in clear.
    var files: FileSealer?
    /// In so many pages a bit was turned back.
    private(set) var mendedPages = 0
    var anchorIsChecked = false
    var ballastIsChecked = false
    /// A new actor was chosen in this transaction.
    var epochBegan = false
    /// The last change of this device's own that was appended in this transaction.
    var lastOwn: Head?
    /// Something that was erased may still stand in the write-ahead log, as far as this handle knows.
    var purgeIsDue = false
    /// Whether anything came since the claims were last looked at by which one may be open.
    var mayHaveOpenClaims = true
    /// What `takeForks` gives.
    var forks: [Fork] = []
    /// The heads that the anchor names, so that it is written anew only when they changed.
    var lastAnchored: Set<Head>?
    /// What has been looked up before.
    var cache = Cache()
    /// What the end of this transaction writes.
    var deferred = Deferred()

    struct Cache {
        /// Local ids of logs and actors never change, once committed.
        var logIDs: [LogID: Int64] = [:]
        var logs: [Int64: LogID] = [:]
        var actorIDs: [ActorID: Int64] = [:]
        var devices: [ActorID: VerifyingKey] = [:]
        /// The root's statements whose signatures held: bytes that were verified once stay true.
        var statements: [[UInt8]: Delegation] = [:]
        /// They follow from the schema.
        var columns: [CollectionNumber: CollectionColumns] = [:]
        /// As it stands within one transaction.
        var roster = RosterCache()
    }

    static func databasePath(_ directory: String) -> String { directory + "/stoep.db" }
    static func lockPath(_ directory: String) -> String { directory + "/lock" }
    static let keyName = "device.key"
    package static func keyPath(_ directory: String) -> String { "\(directory)/\(keyName)" }

    init(
        _ configuration: Configuration, _ environment: Environment, db: Connection, lock: any WriteLocking, space: SpaceID,
        keys: DeviceKeys, isHub: Bool, files: FileSealer?
    ) {
        self.files = files
        self.configuration = configuration
        self.environment = environment
        self.db = db
        self.space = space
        self.keys = keys
        self.isHub = isHub
        self.lock = lock
    }

    /// Makes a store in an existing directory that holds none.
    package static func create(
        _ configuration: Configuration, _ environment: Environment, space: SpaceID, keys: DeviceKeys, isHub: Bool
    ) throws -> Store {
        let directory = configuration.directory
        guard !exists(in: directory, on: configuration.disk) else { throw StoreError.alreadyExists(directory: directory) }
        return try translating {
            let pageKeys = try Self.keys(configuration, making: environment)
            let files = FileSealer(pageKeys, random: environment.random)
            let encoded = keys.encoded()
            try configuration.disk.write(
                files?.seal(encoded, name: keyName) ?? encoded, to: keyPath(directory))
            let lock = try configuration.disk.writeLock(lockPath(directory))
            return try lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) {
                let db = try connect(configuration, pageKeys, environment)
                try db.migrate(migrations)
                let store = Store(
                    configuration, environment, db: db, lock: lock, space: space, keys: keys, isHub: isHub,
                    files: files)
                try store.transaction {
                    try store.setMeta("space", space.bytes)
                    try store.setMeta("hub", [isHub ? 1 : 0])
                    try store.setMeta("nonce", environment.random16().bytes)
                    try store.adoptSchema()
                }
                try store.writeAnchor(heads: [])
                store.anchorIsChecked = true
                return store
            }
        }
    }

    /// Whether a store stands in the directory.
    package static func exists(in directory: String, on disk: any Disk = SystemDisk()) -> Bool {
        disk.exists(databasePath(directory))
    }

    /// What is wrong with a store whose making was cut.
    static let noSpace = "stoep.db: no space"

    /// Opens a store to read and write it.
    /// - Parameter newKeys: takes the place of the device's keys, once their owner puts them there: the first write has
    ///   to begin a new actor, and the anchor of the earlier one is not looked at.
    package static func open(
        _ configuration: Configuration, _ environment: Environment, newKeys: DeviceKeys? = nil
    ) throws -> Store {
        let directory = configuration.directory
        guard exists(in: directory, on: configuration.disk) else { throw StoreError.notFound(directory: directory) }
        return try translating {
            var pageKeys = try Self.keys(configuration)
            let mended = configuration.mendsPages ? try mendPages(configuration, pageKeys) : 0
            if pageKeys.count > 1 { pageKeys = try settleKeys(pageKeys, configuration, environment) }
            let files = FileSealer(pageKeys, random: environment.random)
            let keys = try newKeys ?? readKeys(configuration, files)
            let db = try connect(configuration, pageKeys, environment)
            let lock = try configuration.disk.writeLock(lockPath(directory))
            let known = migrations
            if try db.userVersion() < known.last?.version ?? 0 {
                try lock.withLock(
                    timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
                ) { _ = try db.migrate(known) }
            } else {
                // Says so where the store is newer than this program.
                try db.migrate(known)
            }
            guard let space = try meta("space", db).flatMap({ SpaceID(bytes: $0) }) else {
                throw StoreError.damaged(noSpace)
            }
            let isHub = try meta("hub", db) == [1]
            let store = Store(
                configuration, environment, db: db, lock: lock, space: space, keys: keys, isHub: isHub,
                files: files)
            store.anchorIsChecked = newKeys != nil
            store.mendedPages = mended
            try store.followSchema()
            return store
        }
    }

    /// The device's keys. Those that somebody put there in clear are sealed from now on.
    private static func readKeys(_ configuration: Configuration, _ files: FileSealer?) throws -> DeviceKeys {
        let path = keyPath(configuration.directory)
        let found = try configuration.disk.read(path, maximumBytes: 4096)
        let bytes = try files?.open(found, name: keyName) ?? found
        let keys = try DeviceKeys(decoding: bytes)
        if let files, bytes == found { try configuration.disk.write(files.seal(bytes, name: keyName), to: path) }
        return keys
    }

    static func connect(
        _ configuration: Configuration, _ keys: [PageKey], _ environment: Environment
    ) throws -> Connection {
        try Connection(
            Connection.Configuration(
                path: databasePath(configuration.directory), vfsName: configuration.disk.vfsName,
                applicationID: applicationID),
            sealing: keys.isEmpty ? nil : PageSealing(keys: keys, random: environment.random))
    }

    package func close() { db.close() }

    // MARK: Transactions

    /// Reads a consistent snapshot. Waits for nobody.
    package func read<T>(_ body: () throws -> T) throws -> T {
        try Self.translating {
            if !db.isInTransaction { cache.roster = RosterCache() }
            return try db.snapshot(body)
        }
    }

    /// Runs one write transaction under the lock that all processes share. What `body` throws undoes all of it.
    /// - Parameters:
    ///   - usingBallast: it is what works on a full disk too: it may have the room that is kept for that.
    ///   - goesOn: others follow that belong to it, and the last of them says so: until then the log may grow.
    package func write<T>(usingBallast: Bool = false, goesOn: Bool = false, _ body: () throws -> T) throws -> T {
        try Self.translating {
            try lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) {
                let hasReleased = usingBallast && releaseBallast()
                defer { keepBallast(wasReleased: hasReleased) }
                if !anchorIsChecked {
                    // Sealed with another key meanwhile: what is written here would be gone with this handle.
                    if db.hasMoved { throw StoreError.busy(processID: 0, name: "") }
                    try settleLog()
                    try checkAnchor()
                    // What a process that was killed, or held up by a reader, left to be done.
                    purgeIsDue = try meta(Self.purgeDueKey) != nil
                    anchorIsChecked = true
                }
                cache.roster = RosterCache()
                let wasDue = purgeIsDue
                let result: T
                var done: T?
                do {
                    result = try transaction {
                        let value = try body()
                        if PlantedFault.goOnAfterFailedSync.isOn { done = value }
                        return value
                    }
                } catch {
                    // Ids that were given out in it were taken back.
                    forgetUncommitted()
                    if let done, (error as? SQLiteError)?.isFailedSync == true { return done }
                    throw error
                }
                // Durable up to here: whoever writes next may go on behind it.
                lock.note = db.logPosition
                writeMark()
                try anchorEpoch()
                // What was written is durable already: a disk that is too full to tidy up must not have it told
                // as lost. A failed fsync is remembered by the connection, which then writes no more.
                let isPurging = purgeIsDue && (wasDue || !PlantedFault.receiptBeforePurge.isOn)
                if isPurging { try? finishPurge() } else { try? checkpointIfLarge(goesOn: goesOn) }
                return result
            }
        }
    }

    /// Ids that were given out in a transaction that was undone will be given to others.
    private func forgetUncommitted() {
        cache = Cache()
        epochBegan = false
        lastOwn = nil
        forks = []
    }

    /// What stands in the log of another process may never have reached the disk: where an fsync failed, that process
    /// wrote no more, but the system reads its pages from memory and takes them for written. Whatever was appended behind
    /// them would be gone with the power. So, unless whoever wrote them last has left word that they are on the disk, they
    /// come into the database first, by an fsync of another file.
    private func settleLog() throws {
        guard db.walPages > 0, case let left = lock.note, left.isEmpty || left != db.logPosition else { return }
        _ = try db.checkpoint(truncate: true, waitMilliseconds: 500)
    }

    /// Automatic checkpoints are off: they happen here, under the lock, so that no two connections ever checkpoint or
    /// write at once (the WAL-reset race of SQLite before 3.51.3).
    ///
    /// A laptop's commands come one process after the other, and each reads the whole log when it opens the store:
    /// so there the log is emptied, and sooner. (That it is in the database already is forgotten with the last
    /// process; a log that is only copied would grow for ever.)
    ///
    /// While more follows, a page that changes again and again goes into the database once, and the log is written over
    /// where it stands: what an import writes most are pages of indexes in which its records stand far apart.
    private func checkpointIfLarge(goesOn: Bool) throws {
        if goesOn {
            if db.walPages > Self.logPagesWhileMoreFollows { _ = try db.checkpoint(truncate: false) }
        } else if db.walPages > (isHub ? 1000 : 256) {
            _ = try db.checkpoint(truncate: !isHub)
        }
    }

    /// 64 MiB.
    package static let logPagesWhileMoreFollows = 16_384

    /// Brings everything into the database file and empties the WAL. For a graceful end.
    package func checkpoint() throws {
        try Self.translating {
            try lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) { _ = try db.checkpoint(truncate: true) }
        }
    }

    package static func translating<T>(_ body: () throws -> T) throws -> T {
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

    package func removeMeta(_ key: String) throws {
        try db.run("DELETE FROM meta WHERE key = ?", [.text(key)])
    }

    /// Leaves a line for whoever asks later what was done by hand. Inside a transaction.
    package func audit(_ what: String) throws {
        try db.run(
            "INSERT INTO audit(time, what) VALUES(?, ?)",
            [.integer(Int64(clamping: environment.now().milliseconds)), .text(what)])
    }
}
