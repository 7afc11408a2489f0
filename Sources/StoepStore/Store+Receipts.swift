import StoepModel
import StoepSQLite
import StoepSync
import StoepWire

/// Receipts for what was destroyed, and orders to destroy (`Protocol/README.md`, Receipts and Purge orders).
extension Store {
    private static let purgedKey = "purged-logs"

    // MARK: A replica's part

    /// The receipts that a peer is not known to have: none as long as anything erased may stand in some file, and none
    /// beyond a body that is missing, which may be an erasure that nobody here has carried out.
    func receipts(unknownTo peer: Int64, of logs: [LogID]) throws -> Receipts {
        // Something may have been recorded there since, by somebody who does not know yet that they may not.
        let purged = try purgedLogs().filter { try frontier([$0]).isEmpty }
        guard try meta(Self.purgeDueKey) == nil || PlantedFault.receiptBeforePurge.isOn else { return .none }
        let names = try rows(of: logs)
        let rows = try db.query(
            """
            SELECT e.log, c.actor, max(c.seq), c.hash FROM erasure e JOIN change c ON c.id = e.change
            WHERE NOT EXISTS(
                SELECT 1 FROM change m INDEXED BY change_missing
                WHERE m.missing > 0 AND m.log = c.log AND m.actor = c.actor AND m.seq <= c.seq)
            GROUP BY e.log, c.actor
            HAVING max(c.seq) > ifnull(
                (SELECT seq FROM receipted r WHERE r.peer = ? AND r.log = e.log AND r.actor = c.actor), 0)
            """, [.integer(peer)]
        ) { (log: $0.int64(0), actor: $0.int64(1), seq: $0.int64(2), hash: $0.blob(3)) }
        var lists: [LogID: [ChangePoint]] = [:]
        for row in rows {
            guard let log = names[row.log], let actor = try actor(row.actor), let hash = ChangeHash(bytes: row.hash)
            else { continue }
            lists[log, default: []].append(
                ChangePoint(actor: actor, seq: UInt64(clamping: row.seq), check: hash.raw.first))
        }
        return Receipts(erasures: HeadList(lists), purged: purged)
    }

    /// Notes that the peer has these receipts. Inside a transaction.
    func note(_ receipts: Receipts, takenBy peer: Int64) throws {
        for entry in receipts.erasures.entries {
            guard let log = try logID(entry.log) else { continue }
            for point in entry.heads {
                guard let actor = try actorID(point.actor) else { continue }
                try db.run(
                    """
                    INSERT INTO receipted(peer, log, actor, seq) VALUES(?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)
                    """, [.integer(peer), .integer(log), .integer(actor), .integer(Int64(clamping: point.seq))])
            }
        }
        if !receipts.purged.isEmpty {
            try setPurgedLogs(try purgedLogs().filter { !receipts.purged.contains($0) })
        }
    }

    /// Logs that were destroyed here by order and of which no daemon has the receipt yet.
    package func purgedLogs() throws -> [LogID] {
        guard let bytes = try meta(Self.purgedKey) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { LogID(parsing: String($0)) }
    }

    private func setPurgedLogs(_ logs: [LogID]) throws {
        try setMeta(Self.purgedKey, Array(logs.map(\.description).joined(separator: "\n").utf8))
    }

    /// A piece of all that is held of the logs that an order names, but for what the daemon has just taken of them, and
    /// for logs of which it refused something: these stay.
    /// - Throws: `Refusal` where the order does not hold.
    func surrendered(to order: [UInt8], taken: [Head], refused: Set<LogID>) throws -> Outgoing {
        let logs = try verified(order).logs.filter { !refused.contains($0) }
        return try segments(
            beyond: HeadList(Dictionary(grouping: taken, by: \.log).mapValues { $0.map(\.point) }), in: .all, of: logs)
    }

    /// Follows a daemon's order: destroys what is held of its logs, but for those of which the daemon did not take the
    /// end of every chain in this very session. What it acknowledged before it may have lost, and what a colleague
    /// handed over is perhaps held nowhere else.
    /// - Parameters:
    ///   - taken: ends of what the daemon took in this session.
    ///   - lacking: changes that it took without their bodies: a log stays where one of them is here.
    /// - Returns: the logs that are gone.
    /// - Throws: `Refusal` where the order does not hold.
    @discardableResult
    package func obey(_ order: [UInt8], taken: [Head], lacking: HeadList = .empty) throws -> [LogID] {
        try write {
            let taken = Set(taken)
            let gone = try verified(order).logs.filter { log in
                try bodies(wanted: lacking, of: [log]).isEmpty
                    && frontier([log]).allSatisfy { try taken.contains($0) || isOfAuthority($0.actor) }
            }
            // The roster last: it says whose order counts.
            for log in gone.reversed() { try purge(log: log) }
            try setPurgedLogs(Array(Set(try purgedLogs() + gone)).sorted())
            try audit("purged by order: \(gone.count) logs")
            return gone
        }
    }

    private func verified(_ order: [UInt8]) throws -> PurgeOrder {
        let authorities = try authorityInForce().map { [$0] } ?? []
        do throws(StatementError) {
            return try PurgeOrder(
                verifying: order, space: space, device: keys.publicKey,
                authorities: authorities, environment.cryptography)
        } catch {
            throw Refusal(error.name)
        }
    }

    // MARK: A daemon's part

    /// Notes what a device says that it destroyed. Inside a transaction.
    package func note(_ receipts: Receipts, from device: VerifyingKey) throws {
        let now = Int64(clamping: environment.now().milliseconds)
        for entry in receipts.erasures.entries {
            guard let log = try logID(entry.log) else { continue }
            for point in entry.heads {
                // Of what is not here no receipt is taken.
                guard try change(entry.log, point) != nil, let actor = try actorID(point.actor) else { continue }
                try db.run(
                    """
                    INSERT INTO receipt(device, log, actor, seq, time) VALUES(?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET seq = excluded.seq, time = excluded.time WHERE excluded.seq > seq
                    """,
                    [
                        .blob(device.bytes), .integer(log), .integer(actor), .integer(Int64(clamping: point.seq)),
                        .integer(now),
                    ])
            }
        }
        for log in receipts.purged {
            guard let row = try logID(log) else { continue }
            try db.run(
                "DELETE FROM holding WHERE device = ? AND log = ?", [.blob(device.bytes), .integer(row)])
            if db.changes > 0 { try audit("purge confirmed by \(device): \(log)") }
        }
    }

    /// Which of these logs a device is not yet noted to hold something of.
    package func unnotedHoldings(_ device: VerifyingKey, _ logs: Set<LogID>) throws -> [LogID] {
        let held = Set(try holdings(device))
        return logs.filter { !held.contains($0) }
    }

    /// Notes that a device holds something of these logs. Inside a transaction.
    package func noteHoldings(_ device: VerifyingKey, _ logs: [LogID]) throws {
        for log in logs {
            guard let row = try logID(log) else { continue }
            try db.run(
                "INSERT OR IGNORE INTO holding(device, log) VALUES(?, ?)", [.blob(device.bytes), .integer(row)])
        }
    }

    /// The logs that a device holds something of, as far as this daemon gave it or took it from there.
    package func holdings(_ device: VerifyingKey) throws -> [LogID] {
        try db.query(
            "SELECT l.name FROM holding h JOIN log l ON l.id = h.log WHERE h.device = ?", [.blob(device.bytes)]
        ) { $0.string(0) }.compactMap { LogID(parsing: $0) }.sorted()
    }

    /// Devices that hold what their member may no longer read, and those logs.
    package func outstandingPurges() throws -> [(device: VerifyingKey, logs: [LogID])] {
        let devices = try db.query("SELECT DISTINCT device FROM holding ORDER BY device") { $0.blob(0) }
        return try devices.compactMap { bytes in
            guard let device = VerifyingKey(bytes: bytes) else { return nil }
            let member = try member(of: device)
            let logs = try holdings(device).filter { log in try !(member.map { try mayRead($0, log) } ?? false) }
            return logs.isEmpty ? nil : (device, logs)
        }
    }

    /// The signed order for a device that holds what it may not read; nil where there is none.
    package func order(for device: VerifyingKey, mayRead: (LogID) throws -> Bool) throws -> [UInt8]? {
        let logs = try holdings(device).filter { try !mayRead($0) }
        guard !logs.isEmpty, try isAuthority(keys.publicKey) else { return nil }
        return PurgeOrder(space: space, device: device, logs: logs).sign(with: keys.signer)
    }
}
