import StoepModel
import StoepStore
import StoepWire

extension Replica {
    /// Writes what this replica holds, of any author, to a file that anybody may carry: each log is sealed to those who
    /// may read it (`Protocol/README.md`, Bundle).
    /// - Parameters:
    ///   - path: an older bundle there is replaced once the new one is whole and durable.
    ///   - frontier: the line of whoever it is for, from `frontierLine`: only what they lack; nil for everything.
    ///   - logs: only these; nil for all that are here.
    /// - Throws: `fileInTheWay`, `fileUnusable`, `frontierDamaged`, and the errors of the store.
    public func exportBundle(
        to path: String, for frontier: String? = nil, only logs: [LogID]? = nil
    ) throws(ReplicaError) -> BundleExported {
        try ReplicaError.naming {
            let saved = try saveDraftsIfPossible()
            var have = HeadList.empty
            if let frontier {
                guard let list = HeadList(text: frontier.trimmed, store.environment.cryptography) else {
                    throw ReplicaError.frontierDamaged
                }
                have = list
            }
            let export = try BundleExport(store, to: path, beyond: have, only: logs)
            while try export.step() {}
            let written = try export.finish()
            return BundleExported(
                logs: written.logs, changes: written.changes, bytes: written.bytes, readers: written.readers,
                draftsSaved: saved)
        }
    }

    /// Takes in what a bundle holds for this device. All of it is checked first; then it is applied piece by piece, and
    /// an import that was cut goes on where it stopped. What is here already changes nothing. What a bundle brought is
    /// not synced by that: the next sync tells the daemon.
    /// - Throws: `bundleDamaged`, `bundleTooNew`, `bundleOfAnotherSpace`, `bundleNothingForYou`, `fileUnusable`, and
    ///   the errors of the store.
    public func importBundle(
        from path: String, progress: (SyncProgress) -> Void = { _ in }
    ) throws(ReplicaError) -> BundleImported {
        try ReplicaError.naming {
            try saveDraftsIfPossible()
            let taking = try BundleImport(path, into: store, as: member)
            while try taking.step() { progress(.receiving(taking.taken.fresh)) }
            let taken = taking.taken
            let status = try store.status()
            return BundleImported(
                logs: taken.logs, received: taken.fresh, refused: taken.refused, sealedToOthers: taken.sealedToOthers,
                notReadable: taken.notReadable, resumed: taken.resumedAfter > 0, conflicts: status.conflicts,
                wanted: status.wanted)
        }
    }

    /// What a bundle holds, as far as this device can tell; all of it is checked, and nothing of it taken.
    /// - Throws: as `importBundle`, but for `bundleNothingForYou`.
    public func inspectBundle(at path: String) throws(ReplicaError) -> BundleListing {
        try ReplicaError.naming {
            let contents = try store.inspectBundle(path)
            return BundleListing(
                madeAt: contents.time, bytes: contents.bytes,
                logs: contents.logs.map {
                    BundleListing.Log(
                        log: $0.log, bytes: $0.bytes, recipients: $0.recipients, changes: $0.changes, actors: $0.actors)
                })
        }
    }

    /// What this replica holds, as one line to hand to whoever makes a bundle for it.
    public func frontierLine() throws(ReplicaError) -> String {
        try ReplicaError.naming {
            try store.read { try store.headList(store.logs()) }.text(store.environment.cryptography)
        }
    }
}

/// What exporting a bundle came to.
public struct BundleExported: Sendable {
    public let logs: [LogID]
    /// Of any author.
    public let changes: Int
    /// Of the file.
    public let bytes: Int
    /// Devices that can open at least one log of it.
    public let readers: Int
    public let draftsSaved: Int
}

/// What importing a bundle came to.
public struct BundleImported: Sendable {
    /// Those of which it held something for this device.
    public let logs: [LogID]
    /// Changes that were new here.
    public let received: Int
    /// The reasons for which something was not taken, by name.
    public let refused: [String]
    /// Logs that stay closed to this device.
    public let sealedToOthers: Int
    /// Logs that it could open, and that the roster here does not let it read: left out.
    public let notReadable: [LogID]
    /// Whether it went on where an earlier import was cut.
    public let resumed: Bool
    /// Records with competing values, now.
    public let conflicts: Int
    /// Bodies that are missing.
    public let wanted: Int
}

/// What a bundle holds.
public struct BundleListing: Sendable {
    public struct Log: Sendable {
        /// Nil where it is sealed to others.
        public let log: LogID?
        public let bytes: Int
        /// Devices that can open it.
        public let recipients: Int
        /// As far as it can be opened.
        public let changes: Int
        public let actors: Int
    }

    /// By the clock of who made it.
    public let madeAt: Timestamp
    /// Of the file.
    public let bytes: Int
    public let logs: [Log]
}
