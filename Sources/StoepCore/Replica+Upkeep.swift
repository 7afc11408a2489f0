import StoepModel
import StoepStore

/// Looking after the store: what `doctor`, `backup` and `restore` do.
extension Replica {
    /// Holds everything in the store against everything that it follows from. Nothing is changed, and nobody is kept
    /// from writing.
    public func checkup(progress: (CheckProgress) -> Void = { _ in }) throws(ReplicaError) -> Checkup {
        try ReplicaError.naming { try store.checkup(progress: progress) }
    }

    /// Makes everything anew that follows from the log. What of the log does not hold is mended, or set aside until the
    /// next sync brings it.
    public func rebuild(progress: (CheckProgress) -> Void = { _ in }) throws(ReplicaError) -> Rebuilt {
        try ReplicaError.naming { try store.rebuild(progress: progress) }
    }

    /// Records with competing values, that wait for somebody to settle them.
    public func conflictCount() throws(ReplicaError) -> Int {
        try ReplicaError.naming { try store.status().conflicts }
    }

    /// Writes everything that this device holds, its keys included, to a sealed file, and reads it back.
    /// - Parameters:
    ///   - path: nothing may stand there.
    ///   - secret: the passphrase that opens it again; nil for that of the store, which is not asked for.
    ///   - progress: how much of the work is done, of all.
    /// - Throws: `fileUnusable`, and the errors of the store.
    public func backUp(
        to path: String, secret: [UInt8]?, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(ReplicaError) -> BackupReport {
        try ReplicaError.naming {
            try saveDraftsIfPossible()
            let written = try store.backUp(to: path, secret: secret, progress: progress)
            return BackupReport(bytes: written.bytes, changes: written.changes, damaged: written.damaged)
        }
    }

    /// Makes a store of a backup, in a directory where none stands. It goes on under a new actor, and is protected as the
    /// one that was backed up: by the same passphrase, or by a key file beside it.
    /// - Throws: `backupDamaged`, `backupTooNew`, `backupNotOpened`, `backupOfDaemon`, `alreadyJoined`, `directoryUnusable`,
    ///   `fileUnusable`, and the errors of the disk.
    public static func restore(
        from path: String, secret: [UInt8], directory: String, holder: String,
        environment: StoepModel.Environment = .system, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(ReplicaError) -> Replica {
        try ReplicaError.naming {
            var configuration = configuration(directory, holder, 5000)
            configuration.protection = .besideTheStore
            do {
                let store = try Store.restore(
                    configuration, environment, from: path, secret: secret,
                    prepare: { if $0.isHub { throw StoreError.backup(.otherProgram) } }, progress: progress)
                configuration.keys = store.pageKeys
                store.close()
            } catch StoreError.alreadyExists(let directory) {
                throw ReplicaError.alreadyJoined(directory: directory, space: spaceName(configuration, environment))
            }
            return try Replica(configuration, environment)
        }
    }
}

/// What a backup came to.
public struct BackupReport: Sendable {
    /// Of the file.
    public let bytes: Int
    public let changes: Int
    /// Changes that do not hold, in the store as in its backup.
    public let damaged: Int
}
