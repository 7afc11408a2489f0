import StoepModel
import StoepStore
import StoepWire

/// What a daemon does for one space: lets devices in, answers them, countersigns, and carries out what a coordinator
/// orders. Synchronous, with clock, generator and disk injected; `Space` gives it a queue of its own.
package final class SpaceService {
    package let id: SpaceID
    package let store: Store
    let daemonKey: VerifyingKey
    let log: EventLog
    let ledgerPath: String
    var ledger: ErasureLedger?
    /// Why nothing but the roster and the authority's own operations is served; nil where all is well.
    package internal(set) var recovery: RecoveryReason?
    var waitingErasures = 0
    var limiter = AttemptLimiter()

    /// - Parameter daemonKey: what the daemon's TLS certificate shows.
    package init(store: Store, daemonKey: VerifyingKey, ledgerPath: String, log: EventLog) {
        id = store.space
        self.store = store
        self.daemonKey = daemonKey
        self.ledgerPath = ledgerPath
        self.log = log
    }

    /// Takes up what an earlier run left: heads that no anchor names yet, erasures that the store has forgotten.
    package func start() throws {
        try store.prepareToSend()
        try openLedger()
    }

    var coordination: Coordination { Coordination(store: store, daemonKey: daemonKey) }
}
