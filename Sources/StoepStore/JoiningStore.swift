import StoepModel
import StoepSQLite

/// A directory on its way to being a store: the device's keys are durable before the invitation's secret is used, so
/// that when the answer is lost, joining again with the same invitation goes on with the same keys.
package struct JoiningStore {
    package let directory: String
    package let keys: DeviceKeys
    /// The store, where an earlier attempt came as far as making it.
    package private(set) var store: Store?
    private let path: String
    private let disk: any Disk
    /// Whether this attempt made the keys: then nothing can have been enrolled under them before.
    private let madeKeys: Bool
    private let madeFolders: [String]
    /// What the pages of the store are to be sealed with.
    private let pageKeys: [PageKey]
    private let madePageKeys: Bool

    /// - Parameter invitation: tells invitations apart, and gives none of them away.
    package init(
        _ configuration: Store.Configuration, _ environment: StoepModel.Environment, invitation: Bytes32
    ) throws {
        let disk = configuration.disk
        self.disk = disk
        directory = configuration.directory
        path = "\(directory)/\(Self.name(invitation))"
        let began = disk.exists(path)
        if Store.exists(in: directory, on: disk) {
            guard began else { throw StoreError.alreadyExists(directory: directory) }
            store = try Self.complete(configuration, environment)
            if store == nil { try Self.removeFiles(of: directory, on: disk) }
        }
        madeFolders = try Self.makeFolders(directory, on: disk)
        madeKeys = !began
        madePageKeys = !WrappedKeys.exists(in: directory, on: disk)
        do {
            let path = path
            (pageKeys, keys) = try Store.translating {
                let pageKeys = try Store.keys(configuration, making: environment)
                let (files, name) = (FileSealer(pageKeys, random: environment.random), Self.name(invitation))
                if began {
                    let found = try disk.read(path, maximumBytes: 4096)
                    return (pageKeys, try DeviceKeys(decoding: files?.open(found, name: name) ?? found))
                }
                let keys = try DeviceKeys(random: environment.random)
                let encoded = keys.encoded()
                try disk.write(files?.seal(encoded, name: name) ?? encoded, to: path)
                return (pageKeys, keys)
            }
        } catch {
            if madePageKeys { Self.removePageKeys(directory, on: disk) }
            Self.removeFolders(madeFolders, on: disk)
            throw error
        }
    }

    private static func name(_ invitation: Bytes32) -> String { "joining-\(Hex.encode(invitation.bytes.prefix(8)))" }

    private static func removePageKeys(_ directory: String, on disk: any Disk) {
        for name in ["keys", "unlock.key"] { try? disk.remove("\(directory)/\(name)") }
    }

    /// The store, if it was made whole; nil where an attempt was cut before it was.
    /// - Throws: what keeps it from being opened otherwise: a disk that fails now, or a newer version, is no reason to
    ///   make another store in its place.
    private static func complete(
        _ configuration: Store.Configuration, _ environment: StoepModel.Environment
    ) throws -> Store? {
        let store: Store
        do {
            store = try Store.open(configuration, environment)
        } catch StoreError.damaged(Store.noSpace) {
            return nil
        }
        do {
            if try store.read({ try store.meta("member") }) != nil { return store }
        } catch {
            store.close()
            throw error
        }
        store.close()
        return nil
    }

    /// Leaves the directory as it was before this attempt.
    /// - Parameter keepingOlderKeys: whether keys of an earlier attempt stay, because they may be enrolled.
    package func abandon(keepingOlderKeys: Bool) {
        if madeKeys || !keepingOlderKeys {
            try? disk.remove(path)
            if madePageKeys { Self.removePageKeys(directory, on: disk) }
        }
        Self.removeFolders(madeFolders, on: disk)
    }

    /// Makes the store. What `describe` writes into it, "member" above all, says that it is whole.
    package mutating func finish(
        _ configuration: Store.Configuration, _ environment: StoepModel.Environment, space: SpaceID,
        _ describe: (Store) throws -> Void
    ) throws -> Store {
        var configuration = configuration
        configuration.keys = pageKeys
        let made = try store ?? Store.create(configuration, environment, space: space, keys: keys, isHub: false)
        try made.write { try describe(made) }
        try Store.translating { try disk.remove(path) }
        store = made
        return made
    }

    /// The write-ahead log first, and for good: a log without a database is one that lost it. Once the database is gone
    /// there is no store, and what is left is written over.
    private static func removeFiles(of directory: String, on disk: any Disk) throws {
        try Store.translating {
            for name in ["stoep.db-wal", "stoep.db-shm"] { try disk.remove("\(directory)/\(name)") }
            try disk.syncFolder(directory)
            for name in ["stoep.db", "anchor", "mark", "device.key", "ballast"] {
                try disk.remove("\(directory)/\(name)")
            }
        }
    }

    /// Makes a directory and those above it that are missing, for their owner alone.
    /// - Returns: what was made, the deepest first.
    static func makeFolders(_ directory: String, on disk: any Disk) throws -> [String] {
        var made: [String] = []
        var path = directory.utf8.first == UInt8(ascii: "/") ? "" : "."
        for part in directory.split(separator: "/") {
            path += "/\(part)"
            do {
                if try disk.makeFolder(path) { made.insert(path, at: 0) }
            } catch {
                removeFolders(made, on: disk)
                throw StoreError.unusableDirectory(directory, errno: error.code)
            }
        }
        return made
    }

    private static func removeFolders(_ folders: [String], on disk: any Disk) {
        for folder in folders { try? disk.removeFolder(folder) }
    }
}
