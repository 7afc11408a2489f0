import StoepModel
import StoepSQLite
import StoepWire

/// A segment on its way out, and the row of its head.
package struct OutgoingSegment {
    package let head: Head
    package let packed: PackedSegment
}

/// Some of what a peer lacks, and whether there is more.
package struct Outgoing {
    package var segments: [OutgoingSegment] = []
    package var more = false
    /// How many changes the segments hold.
    fileprivate(set) package var changes = 0
    fileprivate(set) var bytes = 0

    /// The logs that the segments are of.
    var logs: Set<LogID> { Set(segments.map(\.head.log)) }

    /// Whether it is enough for one message: in bytes, or in segments (thousands of devices with a change each).
    func isFull(_ budget: Int?) -> Bool {
        budget.map { bytes >= $0 || segments.count >= Limits.segments / 2 } ?? false
    }
}

extension LogKind {
    /// What goes first: who may do what, then what is urgent.
    fileprivate var sendingOrder: Int {
        switch self {
        case .roster: 0
        case .signal: 1
        case .square: 2
        case .street: 3
        case .contact: 4
        }
    }
}

extension Store {
    /// Logs in the order in which they are sent: a transfer that is cut has brought what matters most.
    static func sendingOrder(_ logs: some Sequence<LogID>) -> [LogID] {
        logs.sorted { ($0.kind.sendingOrder, $0) < ($1.kind.sendingOrder, $1) }
    }

    /// Where a long run is cut: one signature for so many changes costs next to nothing, and whoever applies a segment
    /// holds the lock for about a tenth of a second, not for seconds.
    private static let changesPerSegment = 2 * Limits.changesPerHead

    /// Appends to `out` the segments of one chain from `base` (left out; nil is the beginning) to `end`, as far as
    /// the budget reaches (nil: all of it), each ending at a signed head.
    func collect(
        _ log: LogID, _ actor: ActorID, after base: ChangeRow?, to end: ChangeRow, budget: Int?,
        into out: inout Outgoing
    ) throws {
        guard let logRow = try logID(log), let actorRow = try actorID(actor) else { return }
        var before = base
        var run: [StoredChange] = []
        var runBytes = 0
        var lastSigned = 0
        let path = try chain(log: logRow, actor: actorRow, after: base, to: end)
        for id in path {
            let row = try storedChange(id)
            // A segment has its bounds: it ends at the last head before them. What came whole fits.
            if lastSigned > 0, run.count >= Self.changesPerSegment || runBytes + row.bytes > Limits.changeBytes {
                let rest = Array(run[lastSigned...])
                run.removeSubrange(lastSigned...)
                try close(&run, log, actor, &before, &out)
                if out.isFull(budget) {
                    out.more = true
                    return
                }
                run = rest
                runBytes = rest.reduce(0) { $0 + $1.bytes }
                lastSigned = 0
            }
            run.append(row)
            runBytes += row.bytes
            if row.signature != nil { lastSigned = run.count }
            guard lastSigned == run.count, out.bytes + runBytes >= budget ?? .max || id == path.last else { continue }
            try close(&run, log, actor, &before, &out)
            runBytes = 0
            lastSigned = 0
            if out.isFull(budget), id != path.last {
                out.more = true
                return
            }
        }
        // What no head covers yet stays here.
        if lastSigned > 0 {
            run.removeSubrange(lastSigned...)
            try close(&run, log, actor, &before, &out)
        }
    }

    private struct StoredChange {
        let row: ChangeRow
        let change: Change
        let signature: Signature?
        let bytes: Int
    }

    private func close(
        _ run: inout [StoredChange], _ log: LogID, _ actor: ActorID, _ base: inout ChangeRow?, _ out: inout Outgoing
    ) throws {
        guard let last = run.last, let signature = last.signature else { return }
        do {
            let segment = try Segment(
                log: log, actor: actor, base: base?.hash, changes: run.map(\.change), signature: signature)
            let packed = try segment.packed()
            out.segments.append(
                OutgoingSegment(
                    head: Head(log: log, actor: actor, seq: last.row.seq, hash: last.row.hash), packed: packed))
        } catch {
            throw StoreError.damaged("stoep.db: chain of \(actor) in \(log): \(error)")
        }
        out.changes += run.count
        out.bytes += run.reduce(0) { $0 + $1.bytes }
        base = last.row
        run.removeAll(keepingCapacity: true)
    }

    /// The rows of a chain between two of its changes, the first left out, in order.
    func chain(log: Int64, actor: Int64, after base: ChangeRow?, to end: ChangeRow) throws -> [Int64] {
        if try heads(log: log, actor: actor).count < 2 {
            return try db.query(
                "SELECT id FROM change WHERE log = ? AND actor = ? AND seq > ? AND seq <= ? ORDER BY seq",
                [
                    .integer(log), .integer(actor), .integer(Int64(clamping: base?.seq ?? 0)),
                    .integer(Int64(clamping: end.seq)),
                ]
            ) { $0.int64(0) }
        }
        var path: [Int64] = []
        var row = end
        while row.id != base?.id {
            path.append(row.id)
            guard let parent = row.parent else { break }
            row = try change(parent)
        }
        return path.reversed()
    }

    private func storedChange(_ id: Int64) throws -> StoredChange {
        let parts = try db.first(
            "SELECT \(Self.columns), header, body, signature FROM change WHERE id = ?", [.integer(id)]
        ) { (row: try Self.changeRow($0), header: $0.blob(5), body: $0.blob(6), signature: $0.blobIfPresent(7)) }
        guard let parts, let header = try? ChangeHeader(decoding: parts.header) else {
            throw StoreError.damaged("stoep.db: change \(id)")
        }
        return StoredChange(
            row: parts.row, change: Change(header: header, bodies: try CBORReader.decodeBodies(parts.body)),
            signature: parts.signature.flatMap { Signature($0) }, bytes: parts.header.count + parts.body.count)
    }

    // MARK: Comparing

    /// The frontier as it is compared with a peer's.
    package func headList(_ logs: [LogID]) throws -> HeadList {
        var lists: [LogID: [ChangePoint]] = [:]
        for head in try frontier(logs) { lists[head.log, default: []].append(head.point) }
        return HeadList(lists)
    }

    /// What goes beyond `have`, for the actors of these buckets.
    package func segments(
        beyond have: HeadList, in buckets: BucketSet, of logs: [LogID], controlOnly: Bool = false,
        authorityOnly: Bool = false, budget: Int = Limits.pieceBytes
    ) throws -> Outgoing {
        var out = Outgoing()
        for log in Self.sendingOrder(logs) {
            guard try logID(log) != nil else { continue }
            let theirs = Dictionary(grouping: have[log], by: \.actor)
            for head in try coveringFirst(frontier([log])) where buckets.contains(Bucket(of: head.actor)) {
                let needsAuthority = authorityOnly || controlOnly && log.kind != .roster
                if needsAuthority, try !isOfAuthority(head.actor) { continue }
                let points = theirs[head.actor] ?? []
                if points.contains(head.point) { continue }
                if out.isFull(budget) {
                    out.more = true
                    return out
                }
                guard let end = try change(log, head.point) else { continue }
                let held = try points.compactMap { try change(log, $0) }
                // They are ahead of us on this chain: they will send, not we.
                if held.isEmpty, points.contains(where: { $0.seq >= head.seq }) { continue }
                let base = try newestAncestor(of: end, among: held, log: log, actor: head.actor)
                try collect(log, head.actor, after: base, to: end, budget: budget, into: &out)
                if out.more { return out }
            }
        }
        return out
    }

    /// What the authority wrote in the roster, beyond these heads.
    package func authoritysRoster(beyond heads: [Head]) throws -> Outgoing {
        let have = HeadList([.roster: heads.map(\.point)])
        return try segments(beyond: have, in: .all, of: [.roster], authorityOnly: true)
    }

    /// What the authority wrote goes before all else of its log: an erasure comes before the stubs that it covers.
    private func coveringFirst(_ heads: [Head]) throws -> [Head] {
        let isControl = try Dictionary(
            uniqueKeysWithValues: Set(heads.map(\.actor)).map { ($0, try isOfAuthority($0)) })
        return heads.filter { isControl[$0.actor] == true } + heads.filter { isControl[$0.actor] != true }
    }

    /// The furthest of `candidates` that precedes `end` in its chain.
    func newestAncestor(
        of end: ChangeRow, among candidates: [ChangeRow], log: LogID, actor: ActorID
    ) throws -> ChangeRow? {
        guard let logRow = try logID(log), let actorRow = try actorID(actor) else { return nil }
        for candidate in candidates.sorted(by: { $0.seq > $1.seq }) {
            if try ancestor(of: end, seq: candidate.seq, log: logRow, actor: actorRow)?.id == candidate.id {
                return candidate
            }
        }
        return nil
    }
}
