import StoepModel
import StoepStore

extension Replica {
    /// How this replica stands. Saves drafts that wait, if nobody else writes now.
    public func status() throws(ReplicaError) -> ReplicaStatus {
        try ReplicaError.naming {
            try saveDraftsIfPossible()
            return try store.read {
                let status = try store.status()
                return ReplicaStatus(
                    space: status.space, spaceName: try store.spaceName(), member: try person(member),
                    role: try currentRole(), actor: status.actor,
                    logs: status.logs.map {
                        ReplicaStatus.Log(log: $0.log, heads: $0.heads, stateHash: $0.stateHash, records: $0.records)
                    },
                    unsynced: status.unsynced, conflicts: status.conflicts, pending: status.pending,
                    wanted: status.wanted, quarantined: status.quarantined, lastSync: status.lastSync,
                    clockOffset: status.clockOffset, alert: status.alert, drafts: try store.drafts().count,
                    address: try endpoint().address, protection: StoreProtection(try store.protection()))
            }
        }
    }

    /// Whether something that was erased may still stand in a file here, because another program reads an older state.
    public func isPurgeDue() throws(ReplicaError) -> Bool {
        try ReplicaError.naming { try store.isPurgeDue() }
    }

    /// The space's name, or the beginning of its id until the roster is here.
    public func spaceName() throws(ReplicaError) -> String {
        try ReplicaError.naming {
            try store.read { try store.spaceName() ?? String(store.space.description.prefix(8)) }
        }
    }
}
