import StoepModel
import StoepStore

/// What a replica shows otherwise than before.
public enum ReplicaChange: Sendable, Equatable {
    /// These records, in the order of their ids: something of them came, or went.
    case records([RecordID])
    /// Any record: members or what they may do changed, something came late, or very much came at once.
    case any
}

/// Changes to what a replica shows, as they are committed.
public struct ReplicaChanges: AsyncSequence {
    let replica: Replica
    let interval: Duration
    let mark: StoreMark

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(replica: replica, interval: interval, mark: mark)
    }

    /// Runs in the isolation that owns the replica.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let replica: Replica
        let interval: Duration
        var mark: StoreMark

        /// The next change; nil once the task is cancelled.
        /// - Throws: the errors of the store.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(ReplicaError) -> ReplicaChange? {
            while !Task.isCancelled {
                if let change = try replica.change(since: &mark) { return change }
                try? await Task.sleep(for: interval)
            }
            return nil
        }
    }
}

extension Replica {
    /// Changes to what this replica shows, from now on, whoever commits them: this process by recording or syncing, or
    /// another that has the same store open. Several that come together are told as one. It ends when its task is
    /// cancelled.
    /// - Parameter interval: how long it may take until a change is noticed. To look costs two small queries.
    /// - Throws: the errors of the store.
    public func changes(every interval: Duration = .milliseconds(250)) throws(ReplicaError) -> ReplicaChanges {
        ReplicaChanges(replica: self, interval: interval, mark: try ReplicaError.naming { try store.mark() })
    }

    fileprivate func change(since mark: inout StoreMark) throws(ReplicaError) -> ReplicaChange? {
        switch try ReplicaError.naming({ try store.difference(since: &mark) }) {
        case .none: nil
        case .records(let records): .records(records)
        case .any: .any
        }
    }
}
