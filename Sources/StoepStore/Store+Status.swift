import StoepModel
import StoepSQLite
import StoepWire

/// How a store stands.
package struct StoreStatus: Sendable {
    package struct Log: Sendable {
        package let log: LogID
        package let heads: [Head]
        /// Equal on every replica that holds the same of this log and of the roster.
        package let stateHash: Bytes32
        package let records: Int
    }

    package let space: SpaceID
    package let actor: ActorID
    package let logs: [Log]
    /// Own changes that no daemon has acknowledged.
    package let unsynced: Int
    /// Records with competing values.
    package let conflicts: Int
    /// Operations that refer to something not here yet.
    package let pending: Int
    /// Bodies that are missing and not erased.
    package let wanted: Int
    /// What is held and does not count.
    package let quarantined: Int
    package let lastSync: Timestamp?
    /// This machine's clock minus the daemon's, at the last sync, in milliseconds.
    package let clockOffset: Int64?
    package let alert: String?
}

extension Store {
    package func status() throws -> StoreStatus {
        try read {
            let heads = Dictionary(grouping: try frontier(), by: \.log)
            let logs = try self.logs().map { log in
                let held = try db.first("SELECT state_sum, records FROM log WHERE name = ?", [.text(log.description)]) {
                    (sum: Bytes32($0.blob(0)), records: $0.int64(1))
                }
                return StoreStatus.Log(
                    log: log, heads: heads[log] ?? [], stateHash: held?.sum ?? .zero,
                    records: Int(clamping: held?.records ?? 0))
            }
            let peer = try db.first(
                "SELECT last_sync, clock_offset FROM peer WHERE last_sync IS NOT NULL AND daemon = 1 ORDER BY last_sync DESC LIMIT 1"
            ) { (time: $0.int64(0), offset: $0.int64IfPresent(1)) }
            return StoreStatus(
                space: space, actor: try currentActor(), logs: logs, unsynced: try unsyncedCount(),
                conflicts: try count("SELECT count(*) FROM record WHERE conflicts > 0"),
                pending: try count("SELECT total(pending) FROM record WHERE pending > 0"),
                wanted: try count("SELECT total(missing) FROM change WHERE missing > 0"),
                quarantined: try count("SELECT total(quarantined) FROM record WHERE quarantined > 0"),
                lastSync: peer.map { Timestamp(milliseconds: UInt64(clamping: $0.time)) },
                clockOffset: peer?.offset, alert: try alert())
        }
    }

    private func count(_ sql: String) throws -> Int {
        Int(clamping: try db.first(sql) { $0.int64(0) } ?? 0)
    }
}
