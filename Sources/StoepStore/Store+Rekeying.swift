import StoepModel
import StoepSQLite

/// Another key for the pages: for when somebody may have had the old one.
///
/// The wrapped keys hold both while it goes on, and each file says in clear by which it is sealed. The database is
/// written anew beside the old one and takes its place by one rename: cut anywhere, what stands there opens, and the next
/// program that opens it settles the rest.
extension Store {
    /// Seals the store with a new key, wrapped as the old one is. Nobody else may have it open meanwhile.
    /// - Parameter passphrase: the one in force; nil where there is none.
    /// - Returns: the new key.
    @discardableResult
    package static func rekey(
        _ configuration: Configuration, passphrase: [UInt8]?, _ environment: Environment
    ) throws -> PageKey {
        try translating {
            let (directory, disk) = (configuration.directory, configuration.disk)
            var configuration = configuration
            let wrappedBefore = try WrappedKeys.read(directory, on: disk)
            let wrapping = wrappedBefore.wrapping
            let wrappingKey = try WrappedKeys.key(wrapping, passphrase: passphrase, directory, on: disk)
            configuration.keys = try wrappedBefore.unwrap(wrappingKey)
            let store = try open(configuration, environment)
            defer { store.close() }
            guard let before = store.files?.keys.first else { throw StoreError.damaged("keys") }
            let key = freshKey(environment)
            func wrap(_ keys: [PageKey]) throws {
                try WrappedKeys(keys, wrapping, key: wrappingKey, random: environment.random).write(directory, on: disk)
            }
            try store.lock.withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) {
                guard try !store.db.checkpoint(truncate: true).isBlocked else {
                    throw StoreError.busy(processID: 0, name: "")
                }
                try store.db.excludingOthers {
                    try wrap([before, key])
                    store.files = FileSealer([key, before], random: environment.random)
                    try store.resealFiles()
                    let file = try StreamedFile(replacing: databasePath(directory))
                    try store.db.copyPages(sealedBy: key, random: environment.random) { bytes in try file.append(bytes) }
                    try file.finish()
                }
                // The same history in a file of another number.
                if let anchor = try? Anchor(decoding: store.readFile(anchorName, maximumBytes: 1 << 20)) {
                    try store.writeAnchor(actor: anchor.actor, heads: anchor.heads)
                }
                store.close()
                try wrap([key])
            }
            return key
        }
    }

    /// Drops keys that were to take the place of others, or have had theirs taken, where that was cut.
    /// - Parameter keys: all that the wrapped ones hold.
    /// - Returns: the one by which the database is sealed.
    static func settleKeys(
        _ keys: [PageKey], _ configuration: Configuration, _ environment: Environment
    ) throws -> [PageKey] {
        let (directory, disk) = (configuration.directory, configuration.disk)
        return try disk.writeLock(lockPath(directory)).withLock(
            timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
        ) {
            let wrapped = try WrappedKeys.read(directory, on: disk)
            guard wrapped.entries.count > 1 else {
                return keys.filter { key in wrapped.entries.contains { $0.fileID == key.fileID } }
            }
            let db = try connect(configuration, keys, environment)
            let inUse = db.pageFileID
            db.close()
            guard let key = keys.first(where: { $0.fileID == inUse }) else { throw StoreError.damaged("keys") }
            let others = keys.filter { $0 != key }
            let sealer = FileSealer([key] + others, random: environment.random)
            try resealFiles(directory, on: disk, sealer)
            try wrapped.keeping(key.fileID).write(directory, on: disk)
            return [key]
        }
    }

    private func resealFiles() throws {
        try Self.resealFiles(configuration.directory, on: configuration.disk, files)
    }

    /// Seals the files beside the database with the first key of the sealer.
    private static func resealFiles(_ directory: String, on disk: any Disk, _ sealer: FileSealer?) throws {
        guard let sealer else { return }
        for name in try disk.names(in: directory) ?? [] {
            // The next save makes another. A torn one could not be opened.
            if name == markName { try disk.remove("\(directory)/\(name)") }
            let isSealed = ["device.key", anchorName, "typed"].contains(name) || name.hasPrefix("draft-")
            guard isSealed || name.hasPrefix("joining-") else { continue }
            let path = "\(directory)/\(name)"
            let bytes = try disk.read(path, maximumBytes: 4 * Limits.payloadBytes + 1024)
            try disk.write(sealer.seal(sealer.open(bytes, name: name), name: name), to: path)
        }
    }
}
