import StoepModel
import StoepStore

extension Replica {
    /// What a resident is called in this space, and several; nil where it says nothing of that.
    public func wordsForResident() throws(ReplicaError) -> (one: String?, many: String?) {
        try ReplicaError.naming {
            try store.read {
                let settings = try store.settings()
                return (settings.resident, settings.residents)
            }
        }
    }
}
