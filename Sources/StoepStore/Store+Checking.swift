import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// Looking a store through: what `doctor` finds. Nothing is written, nobody is kept waiting, and memory does not grow with
/// the log: every chain, and every few hundred records, is read in a snapshot of its own.
extension Store {
    /// Looks at everything that can be held against something else.
    /// - Parameter isQuick: leaves out what takes long and can be made anew: the fold of every record, and the indexes.
    package func checkup(isQuick: Bool = false, progress: (CheckProgress) -> Void = { _ in }) throws -> Checkup {
        var checkup = Checkup()
        checkup.mendedPages = mendedPages
        checkup.protection =
            switch try protection() {
            case .none: .none
            case .passphrase: .passphrase
            case .file: .keyFile
            }
        try checkDatabase(&checkup, isQuick: isQuick, progress)
        try checkStatements(&checkup)
        try checkChains(&checkup, progress)
        if isHub { try checkArrivals(&checkup, progress) }
        if !isQuick {
            // Without the root's statements nothing can be judged.
            if checkup.counts[.statement] == nil {
                try noting(&checkup, "record") { try checkRecords(&$0, progress) }
            }
            try noting(&checkup, "tables") { try checkTables(&$0, progress) }
            // The index follows from the rows: where these are wrong it says nothing.
            if checkup.counts[.derived] == nil { try noting(&checkup, "search") { try checkSearch(&$0) } }
        }
        try noting(&checkup, "anchor") { try checkAnchorFile(&$0) }
        return checkup
    }

    private func checkSearch(_ checkup: inout Checkup) throws {
        if let difference = try searchDifference() { checkup.note(Finding(.derived, "search: \(difference)")) }
    }

    /// Runs a part of a checkup. What cannot be read is a finding, and no reason to look at nothing else.
    func reading(_ checkup: inout Checkup, _ what: String, _ body: (inout Checkup) throws -> Void) throws {
        try noting(&checkup, what) { checkup in try read { try body(&checkup) } }
    }

    /// The same of a part that reads in pieces.
    private func noting(_ checkup: inout Checkup, _ what: String, _ body: (inout Checkup) throws -> Void) throws {
        do {
            try body(&checkup)
        } catch StoreError.damaged(let words) {
            checkup.note(Finding(.database, "\(what): \(words)"))
        } catch StoreError.disk(let words) {
            checkup.note(Finding(.database, "\(what): \(words)"))
        }
    }

    private func checkDatabase(
        _ checkup: inout Checkup, isQuick: Bool, _ progress: (CheckProgress) -> Void
    ) throws {
        progress(CheckProgress(stage: .database, done: 0, all: nil))
        try reading(&checkup, "database") { checkup in
            var faults = try db.integrityFaults(indexes: false)
            if faults.isEmpty, !isQuick { faults = try db.integrityFaults(indexes: true) }
            for fault in faults { checkup.note(Finding(.database, fault)) }
        }
    }

    private func checkStatements(_ checkup: inout Checkup) throws {
        try reading(&checkup, "authority") { checkup in
            for row in try heldStatements() where !row.isSound { checkup.note(Finding(.statement, "signature")) }
        }
    }

    /// The root's statements as they stand in their table, and whether each is what the root signed.
    func heldStatements() throws -> [(serial: Int64, device: [UInt8], statement: [UInt8], isSound: Bool)] {
        try db.query("SELECT serial, device, statement FROM authority") {
            (serial: $0.int64(0), device: $0.blob(1), statement: $0.blob(2))
        }.map { row in
            let delegation = try? Delegation(verifying: row.statement, space: space, environment.cryptography)
            let isSound = delegation.map {
                Int64(clamping: $0.serial) == row.serial && $0.authority.bytes == row.device
            }
            return (row.serial, row.device, row.statement, isSound ?? false)
        }
    }

    // MARK: Changes

    struct ChainRow {
        let log: Int64
        let actor: Int64
        let name: LogID
        let id: ActorID
        let device: VerifyingKey?
    }

    /// All chains that are held, one an actor and log.
    func chainRows(_ unreadable: (String) -> Void = { _ in }) throws -> [ChainRow] {
        let rows = try db.query(
            """
            SELECT c.log, c.actor, l.name, a.actor, a.device FROM (SELECT DISTINCT log, actor FROM change) c
            LEFT JOIN log l ON l.id = c.log LEFT JOIN actor a ON a.id = c.actor ORDER BY c.log, c.actor
            """
        ) { (log: $0.int64(0), actor: $0.int64(1), name: $0.string(2), id: $0.blob(3), device: $0.blob(4)) }
        return rows.compactMap { row in
            guard let name = LogID(parsing: row.name), let id = ActorID(bytes: row.id) else {
                unreadable("chain \(row.log)/\(row.actor)")
                return nil
            }
            return ChainRow(
                log: row.log, actor: row.actor, name: name, id: id, device: VerifyingKey(bytes: row.device))
        }
    }

    /// The changes of a chain in the order of their numbers.
    func forEachChange(of chain: ChainRow, _ body: (CheckedChange) throws -> Void) throws {
        try db.forEach(
            """
            SELECT id, seq, hash, parent, lamport, time, header, body, signature, missing FROM change
            WHERE log = ? AND actor = ? ORDER BY seq, id
            """, [.integer(chain.log), .integer(chain.actor)]
        ) { try body(Self.checkedChange($0)) }
    }

    static func checkedChange(_ row: borrowing Row) -> CheckedChange {
        CheckedChange(
            id: row.int64(0), seq: UInt64(clamping: row.int64(1)), hash: row.blob(2), parent: row.int64IfPresent(3),
            lamport: UInt64(clamping: row.int64(4)), time: UInt64(clamping: row.int64(5)), header: row.blob(6),
            body: row.blob(7), signature: row.blobIfPresent(8), missing: row.int64(9))
    }

    func chainCheck(_ chain: ChainRow) -> ChainCheck {
        ChainCheck(
            space: space, log: chain.name, actor: chain.id, device: chain.device, environment.cryptography)
    }

    private func checkChains(_ checkup: inout Checkup, _ progress: (CheckProgress) -> Void) throws {
        var chains: [ChainRow] = []
        var all = 0
        try reading(&checkup, "change") { checkup in
            var unreadable: [String] = []
            chains = try chainRows { unreadable.append($0) }
            for what in unreadable { checkup.note(Finding(.database, what)) }
            all = try db.first("SELECT count(*) FROM change") { Int(clamping: $0.int64(0)) } ?? 0
        }
        for chain in chains {
            try reading(&checkup, "\(chain.name)") { checkup in
                try check(chain, &checkup) { progress(CheckProgress(stage: .changes, done: $0, all: all)) }
            }
        }
        try reading(&checkup, "head") { checkup in
            let strays = try db.first(
                """
                SELECT (SELECT count(*) FROM head h WHERE NOT EXISTS(SELECT 1 FROM change c WHERE c.id = h.change))
                    + (SELECT count(*) FROM touch t WHERE NOT EXISTS(SELECT 1 FROM change c WHERE c.id = t.change))
                """
            ) { $0.int64(0) } ?? 0
            if strays > 0 { checkup.note(Finding(.derived, "heads")) }
        }
    }

    private func check(_ chain: ChainRow, _ checkup: inout Checkup, _ progress: (Int) -> Void) throws {
        var check = chainCheck(chain)
        var lastSigned = true
        var highest: UInt64 = 0
        let isAuthority = checkup.counts[.statement] == nil ? try isOfAuthority(chain.id) : false
        try forEachChange(of: chain) { change in
            let faults = check.take(change)
            checkup.changes += 1
            if checkup.changes % 256 == 0 { progress(checkup.changes) }
            for fault in faults.sorted(by: { $0.name < $1.name }) {
                checkup.note(finding(fault, change, chain))
            }
            lastSigned = change.signature != nil
            highest = max(highest, change.lamport)
            guard !faults.contains(where: \.isOfTheChange) else { return }
            try checkIndexes(change, chain, isAuthority: isAuthority, hasBodies: faults.isEmpty, &checkup)
        }
        checkup.bodies += check.bodies
        checkup.signatures += check.signatures
        if check.heads.count == 1, !lastSigned, chain.device != keys.publicKey {
            checkup.note(Finding(.signature, "missing", log: chain.name, actor: chain.id))
        }
        let heads = try db.query(
            "SELECT change FROM head WHERE log = ? AND actor = ?", [.integer(chain.log), .integer(chain.actor)]
        ) { $0.int64(0) }
        let stamp = try db.first("SELECT lamport FROM log WHERE id = ?", [.integer(chain.log)]) { $0.int64(0) } ?? 0
        if Set(heads) != check.heads || UInt64(clamping: stamp) < highest {
            checkup.note(Finding(.derived, "heads", log: chain.name, actor: chain.id))
        }
    }

    private func finding(_ fault: ChainCheck.Fault, _ change: CheckedChange, _ chain: ChainRow) -> Finding {
        let kind: Finding.Kind =
            switch fault {
            case .body: .body
            case .signature: .signature
            default: .change
            }
        var record: RecordID?
        if case .body(let index?) = fault, let header = try? ChangeHeader(decoding: change.header) {
            record = recordID(of: index, header, change, chain.id)
        }
        return Finding(kind, fault.name, log: chain.name, actor: chain.id, seq: change.seq, record: record)
    }

    /// The record that a block of a change is about.
    func recordID(of block: Int, _ header: ChangeHeader, _ change: CheckedChange, _ actor: ActorID) -> RecordID? {
        guard header.blocks.indices.contains(block), let hash = ChangeHash(bytes: change.hash) else { return nil }
        switch header.blocks[block].subject {
        case .record(let id): return id
        case .created:
            let point = ChangePoint(actor: actor, seq: change.seq, check: hash.raw.first)
            return RecordID(createdBy: point, block: block, environment.cryptography)
        }
    }

    /// Whether a sound change is found by the records that it touches, and its missing bodies are counted.
    private func checkIndexes(
        _ change: CheckedChange, _ chain: ChainRow, isAuthority: Bool, hasBodies: Bool, _ checkup: inout Checkup
    ) throws {
        guard let header = try? ChangeHeader(decoding: change.header) else { return }
        let bodies = hasBodies ? try CBORReader.decodeBodies(change.body) : []
        var missing: Int64 = 0
        var isIndexed = true
        for index in header.blocks.indices {
            guard let record = recordID(of: index, header, change, chain.id) else { continue }
            let isTouched = try db.first(
                "SELECT 1 FROM touch WHERE record = ? AND change = ? AND block = ?",
                [
                    .optional(try row(of: RecordKey(log: chain.log, record: record))), .integer(change.id),
                    .integer(Int64(index)),
                ]
            ) { _ in true }
            isIndexed = isIndexed && isTouched != nil
            guard bodies.indices.contains(index), bodies[index] == nil else { continue }
            if try !isCovered(record, log: chain.log, isAuthority: isAuthority) { missing += 1 }
        }
        if !isIndexed || hasBodies && missing != change.missing {
            let what = isIndexed ? "wanted" : "index"
            checkup.note(Finding(.derived, what, log: chain.name, actor: chain.id, seq: change.seq))
        }
    }

    /// Whether a body about the record is not wanted where it is missing (`endedBlocks`).
    func isCovered(_ record: RecordID, log: Int64, isAuthority: Bool) throws -> Bool {
        let ended = try db.first(
            "SELECT ended FROM record WHERE rid = ? AND log = ?", [.blob(record.bytes), .integer(log)]
        ) { $0.int64(0) } ?? 0
        let isErased = ended == RecordPresence.erased(successor: nil).ended
        return try isErased && !onlyEndsRecords(log) || ended > 0 && !isAuthority
    }

    // MARK: Arrival

    private func checkArrivals(_ checkup: inout Checkup, _ progress: (CheckProgress) -> Void) throws {
        progress(CheckProgress(stage: .arrival, done: 0, all: nil))
        try reading(&checkup, "arrival") { checkup in
            try forEachArrival { arrival in
                if arrival.chain != arrival.expected {
                    checkup.note(Finding(.arrival, "position \(arrival.position)"))
                }
            }
            let unnumbered = try db.first(
                "SELECT (SELECT count(*) FROM change) - (SELECT count(*) FROM arrival)"
            ) { $0.int64(0) } ?? 0
            if unnumbered != 0 { checkup.note(Finding(.arrival, "\(unnumbered) changes have no position")) }
        }
    }

    struct CheckedArrival {
        let position: Int64
        let chain: [UInt8]
        /// What follows from the one before, as it stands there; nil where the change is not here.
        let expected: [UInt8]?
    }

    /// All arrivals in order, each with the link that it should be.
    func forEachArrival(_ body: (CheckedArrival) throws -> Void) throws {
        var chains: [Int64: Bytes32] = [:]
        try db.forEach(
            """
            SELECT r.position, r.log, r.chain, c.seq, c.hash, a.actor FROM arrival r
            LEFT JOIN change c ON c.id = r.change AND c.log = r.log LEFT JOIN actor a ON a.id = c.actor ORDER BY r.position
            """
        ) { row in
            let (log, chain) = (row.int64(1), row.blob(2))
            var expected: Bytes32?
            if let hash = ChangeHash(bytes: row.blob(4)), let actor = ActorID(bytes: row.blob(5)) {
                expected = ArrivalChain.next(
                    chains[log] ?? ArrivalChain.origin, actor: actor, seq: UInt64(clamping: row.int64(3)), hash: hash,
                    environment.cryptography)
            }
            try body(CheckedArrival(position: row.int64(0), chain: chain, expected: expected?.bytes))
            chains[log] = Bytes32(chain) ?? expected ?? ArrivalChain.origin
        }
    }

    // MARK: Anchor

    private func checkAnchorFile(_ checkup: inout Checkup) throws {
        try reading(&checkup, "anchor") { checkup in
            guard let doubt = try anchorDoubt() else { return }
            // A copy goes on under a new actor, and has all that the other has; what lacks something has lost it.
            if doubt == .copied || doubt == .missing {
                checkup.anchorDoubt = doubt.rawValue
            } else {
                checkup.note(Finding(.anchor, doubt.rawValue))
            }
        }
    }
}
