import StoepModel
import StoepSQLite
import StoepWire

/// A daemon's order of arrival (`DESIGN` §7): which change came when, never what it says.
extension Store {
    /// Numbers a change that has just been appended. Inside its transaction.
    func arrive(_ change: Int64, _ hash: ChangeHash, seq: UInt64, actor: ActorID, logRow: Int64) throws {
        let previous = try chain(logRow, at: .max)
        let next = ArrivalChain.next(
            previous ?? ArrivalChain.origin, actor: actor, seq: seq, hash: hash, environment.cryptography)
        try db.run(
            "INSERT INTO arrival(log, change, chain, time) VALUES(?, ?, ?, ?)",
            [
                .integer(logRow), .integer(change), .blob(next.bytes),
                .integer(Int64(clamping: environment.now().milliseconds)),
            ])
    }

    /// The end of a log's arrival chain at a position; nil where nothing of the log had arrived.
    private func chain(_ log: Int64, at position: Int64) throws -> Bytes32? {
        try db.first(
            "SELECT chain FROM arrival WHERE log = ? AND position <= ? ORDER BY position DESC LIMIT 1",
            [.integer(log), .integer(position)]
        ) { $0.blob(0) }.flatMap { Bytes32($0) }
    }

    /// The last position given out.
    package func lastPosition() throws -> UInt64 {
        UInt64(clamping: try db.first("SELECT max(position) FROM arrival") { $0.int64IfPresent(0) ?? 0 } ?? 0)
    }

    /// The cursor of somebody who holds everything up to a position of the logs that they may read.
    package func cursor(at position: UInt64, of logs: [LogID]) throws -> Cursor {
        var chains: [LogID: Bytes32] = [:]
        for log in logs {
            guard let row = try logID(log) else { continue }
            chains[log] = try chain(row, at: Int64(clamping: position))
        }
        return Cursor(position: position, chains: chains, environment.cryptography)
    }

    /// What arrived after a position, in order of arrival, and the position that it brings the reader to.
    /// - Parameter except: rows that the reader has just sent.
    package func arrivals(
        after position: UInt64, of logs: [LogID], except: Set<Int64>, budget: Int = Limits.pieceBytes
    ) throws -> (Outgoing, position: UInt64) {
        var names: [Int64: LogID] = [:]
        for log in logs { if let row = try logID(log) { names[row] = log } }
        var runs: [ArrivalRun] = []
        var open: [ArrivalRun.Chain: Int] = [:]
        var reached = Int64(clamping: position)
        var bytes = 0
        // Of what others may read alone, so many are passed over at once.
        try db.scan(
            """
            SELECT a.position, a.log, a.change, c.actor, c.parent, length(c.body) + length(c.header),
                c.signature IS NOT NULL
            FROM arrival a JOIN change c ON c.id = a.change WHERE a.position > ? ORDER BY a.position LIMIT 20000
            """, [.integer(Int64(clamping: position))],
            while: { row in
                let (log, change) = (row.int64(1), row.int64(2))
                if names[log] != nil, !except.contains(change) {
                    bytes += Int(clamping: row.int64(5))
                    let chain = ArrivalRun.Chain(log: log, actor: row.int64(3))
                    let parent = row.int64IfPresent(4)
                    if let index = open[chain], runs[index].last == parent {
                        runs[index].last = change
                    } else {
                        open[chain] = runs.count
                        runs.append(ArrivalRun(chain: chain, base: parent, last: change))
                    }
                }
                // A cut falls only behind a signed head: segments came whole, so all before it are whole.
                guard row.int64(6) != 0 else { return true }
                reached = row.int64(0)
                return bytes < budget && runs.count < Limits.segments / 2
            })
        var out = Outgoing()
        // What was erased since it arrived travels as a stub: the erasure that covers it goes before it.
        let control = Set(
            try db.query("SELECT id FROM actor WHERE device IN (SELECT device FROM authority)") { $0.int64(0) })
        runs = runs.filter { control.contains($0.chain.actor) } + runs.filter { !control.contains($0.chain.actor) }
        for run in runs {
            guard let log = names[run.chain.log], let actor = try actor(run.chain.actor) else { continue }
            try collect(
                log, actor, after: try run.base.map { try change($0) }, to: try change(run.last), budget: nil,
                into: &out)
        }
        out.more = UInt64(reached) < (try lastPosition())
        return (out, UInt64(reached))
    }

    func actor(_ row: Int64) throws -> ActorID? {
        try db.first("SELECT actor FROM actor WHERE id = ?", [.integer(row)]) { $0.blob(0) }
            .flatMap { ActorID(bytes: $0) }
    }
}

/// Consecutive changes of one chain among the arrivals.
private struct ArrivalRun {
    struct Chain: Hashable {
        let log: Int64
        let actor: Int64
    }

    let chain: Chain
    let base: Int64?
    var last: Int64
}
