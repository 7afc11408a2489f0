import StoepModel
import StoepSQLite
import StoepWire

/// Changes that a disk has damaged. Every one is held by hashes, so that one flipped bit can be found by trying: what
/// then fits is what was written. What cannot be mended is set aside, and fetched again where a daemon has it.
extension Store {
    /// Longer rows are not tried: the work grows with the square of their length.
    private static let triedBytes = 8 << 10
    /// So many rows of a chain are tried: one that is damaged throughout is not one of flipped bits.
    private static let triedRows = 32

    /// Mends the pages of a sealed store that nobody has open in this process, before any is read.
    static func mendPages(_ configuration: Configuration, _ keys: [PageKey]) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        return try configuration.disk.writeLock(lockPath(configuration.directory)).withLock(
            timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
        ) { try PageMending.mend(databasePath(configuration.directory), on: configuration.disk, keys: keys) }
    }

    /// Mends what can be mended, and sets aside what cannot. Inside a transaction.
    /// - Returns: the changes that do not hold, and stay.
    func mendLog(_ rebuilt: inout Rebuilt, _ progress: (CheckProgress) -> Void) throws -> Set<Int64> {
        var unsound: Set<Int64> = []
        var done = 0
        for chain in try chainRows() {
            var check = chainCheck(chain)
            var damaged: [(found: CheckedChange, best: CheckedChange, faults: Set<ChainCheck.Fault>)] = []
            var last: UInt64 = 0
            // The end of what holds: of another's chain what is signed, because nobody takes more of it.
            var sound: UInt64 = 0
            var isBroken = false
            try forEachChange(of: chain) { change in
                var faults = check.take(change)
                if !faults.isEmpty {
                    let best = damaged.count < Self.triedRows ? mended(change, faults, check) : change
                    faults = check.faults(of: best)
                    damaged.append((change, best, faults))
                }
                last = change.seq
                isBroken = isBroken || faults.contains(where: \.isOfTheChange)
                let isSigned = change.signature != nil && !faults.contains(.signature)
                if !isBroken, isSigned || chain.device == keys.publicKey { sound = change.seq }
                done += 1
                if done % 256 == 0 { progress(CheckProgress(stage: .changes, done: done, all: nil)) }
            }
            for row in damaged {
                try put(row.best, insteadOf: row.found, row.faults, chain, &rebuilt)
                if row.faults.contains(where: \.isOfTheChange) { unsound.insert(row.found.id) }
            }
            guard isBroken || sound < last, check.heads.count == 1, try isHeldByDaemon(chain, through: last) else { continue }
            rebuilt.dropped += try drop(chain, from: sound + 1)
            unsound.subtract(damaged.map(\.found.id))
        }
        return unsound
    }

    /// The change with all bits turned back that could be found.
    private func mended(_ found: CheckedChange, _ faults: Set<ChainCheck.Fault>, _ check: ChainCheck) -> CheckedChange {
        var best = found
        func attempt(_ column: WritableKeyPath<CheckedChange, [UInt8]>, _ fits: (CheckedChange) -> Bool) {
            Self.flipping(best[keyPath: column]) { bytes in
                var tried = best
                tried[keyPath: column] = bytes
                guard fits(tried) else { return false }
                best = tried
                return true
            }
        }
        if faults.contains(where: \.isOfTheChange) {
            let holds = { (change: CheckedChange) in
                check.faults(of: change, bodies: false).isDisjoint(with: [.hash, .parent, .birth])
                    && (try? ChangeHeader(decoding: change.header)) != nil
            }
            if !holds(best) { attempt(\.header, holds) }
            if !holds(best) { attempt(\.hash, holds) }
            // The row's own columns say nothing that the header does not.
            if holds(best), let header = try? ChangeHeader(decoding: best.header) {
                best.lamport = header.lamport
                best.time = header.time.milliseconds
            }
        }
        if let signature = best.signature, check.faults(of: best, bodies: false).contains(.signature) {
            Self.flipping(signature) { bytes in
                var tried = best
                tried.signature = bytes
                guard !check.faults(of: tried, bodies: false).contains(.signature) else { return false }
                best = tried
                return true
            }
        }
        let isBody = { (fault: ChainCheck.Fault) in if case .body = fault { true } else { false } }
        if check.faults(of: best).contains(where: isBody) {
            attempt(\.body) { change in !check.bodyFaults(of: change).contains(where: isBody) }
        }
        return best
    }

    /// Gives the bytes with each of their bits flipped in turn, until one is taken.
    private static func flipping(_ bytes: [UInt8], _ isTaken: ([UInt8]) -> Bool) {
        guard bytes.count <= triedBytes else { return }
        var tried = bytes
        for index in tried.indices {
            for bit in 0..<8 {
                tried[index] ^= 1 << UInt8(bit)
                if isTaken(tried) { return }
                tried[index] ^= 1 << UInt8(bit)
            }
        }
    }

    /// Writes what was mended, and takes away what could not be: a body is wanted then, one's own signature made anew.
    private func put(
        _ best: CheckedChange, insteadOf found: CheckedChange, _ faults: Set<ChainCheck.Fault>, _ chain: ChainRow,
        _ rebuilt: inout Rebuilt
    ) throws {
        var best = best
        let isMended = [
            best.header != found.header, best.hash != found.hash, best.signature != found.signature,
            best.body != found.body, best.lamport != found.lamport, best.time != found.time,
        ].contains(true)
        if isMended { rebuilt.mended += 1 }
        if faults.contains(.signature) { best.signature = nil }
        if !faults.contains(where: \.isOfTheChange), let header = try? ChangeHeader(decoding: best.header) {
            var bodies = faults.contains(.body(nil)) ? [] : try CBORReader.decodeBodies(best.body)
            if bodies.isEmpty { bodies = Array(repeating: nil, count: header.blocks.count) }
            let gone = faults.contains(.body(nil)) ? Set(bodies.indices) : Set(faults.compactMap(\.block))
            for index in gone { bodies[index] = nil }
            rebuilt.setAside += gone.count
            best.body = CBORWriter.encode(bodies)
        }
        try db.run(
            "UPDATE change SET hash = ?, lamport = ?, time = ?, header = ?, body = ?, signature = ? WHERE id = ?",
            [
                .blob(best.hash), .integer(Int64(clamping: best.lamport)), .integer(Int64(clamping: best.time)),
                .blob(best.header), .blob(best.body), .optional(best.signature), .integer(best.id),
            ])
        if faults.contains(.signature), chain.device == keys.publicKey, let hash = ChangeHash(bytes: best.hash) {
            try sign(Head(log: chain.name, actor: chain.id, seq: best.seq, hash: hash), row: best.id)
        }
    }

    /// Whether a daemon acknowledged, or sent, the chain up to this number.
    private func isHeldByDaemon(_ chain: ChainRow, through seq: UInt64) throws -> Bool {
        let known = try db.first(
            """
            SELECT max(c.seq) FROM known k JOIN peer p ON p.id = k.peer JOIN change c ON c.id = k.change
            WHERE p.daemon = 1 AND k.log = ? AND k.actor = ?
            """, [.integer(chain.log), .integer(chain.actor)]
        ) { $0.int64IfPresent(0) ?? 0 } ?? 0
        return UInt64(clamping: known) >= seq
    }

    /// Forgets the end of a chain, so that the next sync brings it: it has to compare, because what a cursor stands for
    /// is not here.
    private func drop(_ chain: ChainRow, from seq: UInt64) throws -> Int {
        let range: [SQLValue] = [.integer(chain.log), .integer(chain.actor), .integer(Int64(clamping: seq))]
        try db.run(
            """
            DELETE FROM touch WHERE change IN (SELECT id FROM change WHERE log = ? AND actor = ? AND seq >= ?)
            """, range)
        try db.run("DELETE FROM change WHERE log = ? AND actor = ? AND seq >= ?", range)
        let dropped = db.changes
        try db.run("DELETE FROM known WHERE log = ? AND actor = ?", [.integer(chain.log), .integer(chain.actor)])
        try db.run("UPDATE peer SET position = NULL, cursor = NULL")
        // What comes back of one's own chain is not to be continued by another hand.
        if chain.id == (try currentActor()) { try beginEpoch(alert: "store-damaged") }
        return dropped
    }
}

extension ChainCheck.Fault {
    fileprivate var block: Int? {
        if case .body(let block?) = self { block } else { nil }
    }
}
