import Glibc
import StoepCrypto
import StoepModel
import StoepSQLite
import StoepStore

/// What waits for a coordinator.
package struct WaitingForCoordinator: Sendable {
    /// Records with competing values.
    package var conflicts = 0
    /// Actors of which something is kept aside.
    package var keptAside = 0
    /// Requests to erase, beyond the daily limit.
    package var erasures = 0
    /// Records that somebody had joined with one that is erased.
    package var siblings = 0
    /// Whether recovery mode is on, or would be at the next start because the ledger is not there.
    package var recovery = false
}

/// Looking after the store of a daemon, in a process of its own: `stoepd doctor`, `backup` and `restore`.
package struct Upkeep: Sendable {
    package let data: DataDirectory

    package init(_ data: DataDirectory) {
        self.data = data
    }

    // MARK: doctor

    /// Looks the store through. A daemon may serve from it meanwhile.
    /// - Parameter mendsPages: turns bits back first that fell over on the disk.
    package func checkup(
        mendsPages: Bool = false, progress: (CheckProgress) -> Void
    ) throws(DaemonError) -> (Checkup, WaitingForCoordinator) {
        try DaemonError.translating {
            let store = try data.openStore(.system, holder: "stoepd doctor", mendsPages: mendsPages)
            defer { store.close() }
            let checkup = try store.checkup(progress: progress)
            // In a damaged store this may not be known.
            return (checkup, (try? waiting(store)) ?? WaitingForCoordinator())
        }
    }

    private func waiting(_ store: Store) throws -> WaitingForCoordinator {
        let ledger = LedgerKeeping(store: store, path: data.ledgerPath)
        return try store.read {
            var waiting = WaitingForCoordinator()
            waiting.conflicts = try store.status().conflicts
            waiting.keptAside = try store.keptAside().count {
                $0.isReleasable && !$0.changes(alsoRefused: false).isEmpty
            }
            waiting.erasures = try store.waitingErasures().count
            waiting.siblings = try store.siblings().count
            waiting.recovery = try ledger.recovery() != nil || !DurableFile.exists(data.ledgerPath)
            return waiting
        }
    }

    /// Makes everything anew that follows from the log. No daemon may serve meanwhile.
    package func rebuild(progress: (CheckProgress) -> Void) throws(DaemonError) -> Rebuilt {
        try DaemonError.translating {
            guard Store.exists(in: data.path) else { throw DaemonError.notADataDirectory(data.path) }
            let lock = try ServeLock(data)
            defer { withExtendedLifetime(lock) {} }
            try Replacement.finish(data, .system)
            let store = try data.openStore(.system, holder: "stoepd doctor")
            defer { store.close() }
            return try store.rebuild(progress: progress)
        }
    }

    // MARK: backup, restore

    /// In the directory of a backup.
    private static let name = "space.stoepbackup"

    /// Writes everything that the daemon holds into a new directory: but for the ledger of erasures, which outlives every
    /// backup, and for the root key. A daemon may serve meanwhile.
    package func backUp(
        to directory: String, keyFile: String, progress: (_ done: Int, _ all: Int) -> Void
    ) throws(DaemonError) -> (path: String, bytes: Int, changes: Int, damaged: Int) {
        try DaemonError.translating {
            let secret = try secret(keyFile)
            let tls = try KeyFile.read(data.tlsKeyPath)
            let store = try data.openStore(.system, holder: "stoepd backup")
            defer { store.close() }
            let target = DataDirectory(directory)
            try target.make(target.path)
            guard try (target.entries(target.path) ?? []).subtracting([Self.name + StreamedFile.suffix]).isEmpty else {
                throw DaemonError.directoryNotEmpty(target.path)
            }
            let path = "\(target.path)/\(Self.name)"
            let written = try store.backUp(to: path, secret: secret, tlsSeed: tls.seed, progress: progress)
            return (path, written.bytes, written.changes, written.damaged)
        }
    }

    /// Makes a data directory of a backup, where none is. The ledger that stands beside the directory, if any, is left as
    /// it is: what it names is erased again when the daemon starts, before anything is served.
    /// - Parameter storeKeyFile: opens the store from now on, an absolute path, and is made if it is not there; nil for
    ///   `unlock.key` in the data directory.
    package func restore(
        from directory: String, keyFile: String, storeKeyFile: String?, progress: (_ done: Int, _ all: Int) -> Void
    ) throws(DaemonError) {
        try DaemonError.translating {
            let secret = try secret(keyFile)
            try data.make(data.path)
            let lock = try ServeLock(data)
            defer { withExtendedLifetime(lock) {} }
            var configuration = Store.Configuration(directory: data.path, holder: "stoepd restore")
            configuration.protection = storeKeyFile.map { .file($0) } ?? .besideTheStore
            let store = try Store.restore(
                configuration, .system,
                from: "\(DataDirectory(directory).path)/\(Self.name)", secret: secret,
                prepare: { head in
                    guard head.isHub, let seed = head.tlsSeed, let tls = SigningKey(seed: seed) else {
                        throw StoreError.backup(.otherProgram)
                    }
                    try KeyFile.write(tls, to: data.tlsKeyPath)
                }, progress: progress)
            store.close()
        }
    }

    /// What stands in a key file, but for a line break at its end.
    private func secret(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try DurableFile.read(path, maximumBytes: Limits.secretBytes)
        } catch {
            if error.isTooLarge { throw DaemonError.notAKeyFile(path) }
            throw DaemonError.file(path: path, code: error.code)
        }
        while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.count >= 16 else { throw DaemonError.notAKeyFile(path) }
        return bytes
    }
}
