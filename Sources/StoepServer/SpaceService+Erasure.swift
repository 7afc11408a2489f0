import StoepModel
import StoepStore

/// Countersigning what members asked to have erased, and seeing to it that it is gone.
extension SpaceService {
    /// Holds the ledger against the store, before anything is served.
    func openLedger() throws {
        let keeping = LedgerKeeping(store: store, path: ledgerPath)
        ledger = try keeping.open()
        recovery = try keeping.recovery()
        if let recovery { log(.warning, "recovery-mode", ["reason": .word(recovery.word)]) }
        try store.prepareToSend()
    }

    /// Countersigns what waits, within the daily limits, and has the ledger name what another daemon erased. In recovery
    /// mode nothing is: the ledger cannot be relied on.
    package func countersign() throws {
        guard recovery == nil, let ledger else { return }
        try LedgerKeeping(store: store, path: ledgerPath).follow(ledger)
        let (done, waiting) = try ledger.erasing(in: store) { keep in try store.countersign(keep: keep) }
        if done > 0 {
            log(.info, "erasures-countersigned", ["count": .number(done)])
            try store.prepareToSend()
        }
        if waiting > 0, waiting != waitingErasures {
            log(.warning, "erasures-wait", ["count": .number(waiting)])
        }
        waitingErasures = waiting
    }

    /// Grants the ownership of themes that members asked for, and withdraws what they gave up, a bounded part of it.
    /// - Returns: whether nothing is left of it.
    package func followClaims() throws -> Bool {
        let (count, isAll) = try store.followClaims()
        guard count > 0 else { return true }
        log(.info, "ownerships-changed", ["count": .number(count)])
        try store.prepareToSend()
        return isAll
    }

    /// Erases a bounded part of what the space keeps no longer. In recovery mode nothing is.
    /// - Returns: how many conversations were erased; 0 once nothing is due.
    package func eraseDue() throws -> Int {
        guard recovery == nil, let ledger else { return 0 }
        let count = try ledger.erasing(in: store) { keep in try store.eraseDue(keep: keep) }
        if count > 0 {
            log(.info, "erased-by-term", ["count": .number(count)])
            try store.prepareToSend()
        }
        return count
    }

    /// Carries out what a coordinator orders, with the ledger that this space has open.
    package func perform(_ request: AdminRequest) throws -> AdminResponse {
        try withLedger { try coordination.perform(request, &$0) }
    }

    private func withLedger<T>(_ body: (inout OpenLedger) throws -> T) throws -> T {
        var open = OpenLedger(keeping: LedgerKeeping(store: store, path: ledgerPath), ledger: ledger, recovery: recovery)
        defer { (ledger, recovery) = (open.ledger, open.recovery) }
        return try body(&open)
    }
}

/// The ledger as a command finds it, and leaves it.
struct OpenLedger {
    let keeping: LedgerKeeping
    var ledger: ErasureLedger?
    var recovery: RecoveryReason?

    init(keeping: LedgerKeeping, ledger: ErasureLedger?, recovery: RecoveryReason?) {
        self.keeping = keeping
        self.ledger = ledger
        self.recovery = recovery
    }

    /// Where no daemon runs.
    init(store: Store, path: String) throws {
        let keeping = LedgerKeeping(store: store, path: path)
        self.init(keeping: keeping, ledger: try keeping.open(), recovery: try keeping.recovery())
    }

    /// Erases with entries that are made durable first.
    /// - Parameter body: is given what keeps entries. That throws the objection that recovery mode is on, where there is
    ///   no ledger to rely on.
    func erasing<T>(_ body: (([LedgerEntry]) throws -> Void) throws -> T) throws -> T {
        guard recovery == nil, let ledger else { return try body { _ in throw Objection(.inRecovery) } }
        return try ledger.erasing(in: keeping.store, body)
    }

    mutating func lift() throws {
        ledger = try keeping.lift()
        recovery = nil
    }
}

extension RecoveryReason {
    fileprivate var word: StaticString {
        switch self {
        case .ledgerMissing: "ledger-missing"
        case .ledgerBehind: "ledger-behind"
        }
    }
}
