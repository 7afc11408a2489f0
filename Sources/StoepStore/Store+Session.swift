import StoepModel
import StoepSync
import StoepWire

/// The store's part in a sync: it performs what a session asks for.
extension Store {
    /// Performs an effect of a client's session; nil where the effect is not the store's (sending, finishing).
    package func perform(_ effect: ClientSession.Effect, with key: VerifyingKey) throws -> ClientSession.Event? {
        switch effect {
        case .digest(let scope):
            return try read { .digested(BucketDigests(of: try headList(scope ?? logs()), environment.cryptography)) }
        case .learn(let heads, let buckets, let digests, let acknowledged, let scope):
            try learn(heads, in: buckets, comparedWith: digests, acknowledged, scope: scope, from: key)
            return try holding(buckets, scope)
        case .have(let buckets, let scope):
            return try holding(buckets, scope)
        case .gather(let scope, let refused):
            try prepareToSend()
            let out = try read { try segments(unknownTo: key, scope: scope, refused: refused) }
            return .gathered(
                ClientSession.Gathered(
                    segments: out.segments.map(\.packed), heads: out.segments.map(\.head), changes: out.changes,
                    more: out.more))
        case .apply(let packed, let acknowledged, let cursor):
            return try applyPiece(packed, acknowledged, cursor, key)
        case .send, .finish, .fail:
            return nil
        }
    }

    private func holding(_ buckets: BucketSet, _ scope: [LogID]?) throws -> ClientSession.Event {
        try read { .holding(try headList(scope ?? logs()).filtered(to: buckets)) }
    }

    /// Verifies before the lock and applies under it, in pieces so small that a save in between hardly waits. Only the
    /// last piece moves the cursor.
    private func applyPiece(
        _ packed: [PackedSegment], _ acknowledged: [Head], _ cursor: Cursor?, _ key: VerifyingKey
    ) throws -> ClientSession.Event {
        if packed.isEmpty, acknowledged.isEmpty, cursor == nil { return .applied(fresh: 0, refused: []) }
        if packed.isEmpty, acknowledged.isEmpty, let cursor, try read({ try self.cursor(at: key) }) == cursor {
            return .applied(fresh: 0, refused: [])
        }
        var fresh = 0
        var refused: [String] = []
        var piece: [VerifiedSegment] = []
        var pieceChanges = 0
        func flush(_ acknowledged: [Head], _ cursor: Cursor?) throws {
            let result = try apply(piece, acknowledged: acknowledged, cursor: refused.isEmpty ? cursor : nil, from: key)
            fresh += result.fresh
            refused += result.refused.map(\.name)
            piece.removeAll()
            pieceChanges = 0
        }
        for one in packed {
            do {
                let segment: VerifiedSegment
                do {
                    segment = try verify(one)
                } catch let refusal as Refusal where refusal.name == "base-missing" && !piece.isEmpty {
                    // It may build on what stands in this very piece.
                    try flush([], nil)
                    segment = try verify(one)
                }
                piece.append(segment)
                pieceChanges += segment.changes.count
            } catch let refusal as Refusal {
                refused.append(refusal.name)
                continue
            }
            if pieceChanges >= 500 { try flush([], nil) }
        }
        try flush(acknowledged, cursor)
        return .applied(fresh: fresh, refused: refused)
    }

    // MARK: A daemon's part

    /// Verifies and appends what replicas sent, in one transaction, and gives for each segment nil or the name of why
    /// it was not taken. What it touches is folded later, except for the roster and the cuts.
    package func take(_ pushes: [[PackedSegment]]) throws -> [(results: [String?], rows: Set<Int64>)] {
        let verified = pushes.map { $0.map { packed in Result { try verify(packed) } } }
        return try write {
            let taken: [(results: [String?], rows: Set<Int64>)] = try zip(pushes, verified).map { packed, segments in
                var results: [String?] = []
                var rows: Set<Int64> = []
                for (one, result) in zip(packed, segments) {
                    do {
                        let segment: VerifiedSegment
                        do {
                            segment = try result.get()
                        } catch let refusal as Refusal where refusal.name == "base-missing" {
                            // What it builds on may have come with it.
                            segment = try verifyInTransaction(Self.unpack(one))
                        }
                        rows.formUnion(try append(segment))
                        results.append(nil)
                    } catch let refusal as Refusal {
                        results.append(refusal.name)
                    }
                }
                return (results, rows)
            }
            try foldBehind(controlOnly: true)
            return taken
        }
    }

    /// Reads what an answer consists of.
    package func select(_ selection: ServerSession.Selection, except rows: Set<Int64>) throws -> ServerSession.Event {
        try read {
            switch selection.ask {
            case .nothing:
                return .selected(segments: [], cursor: nil, more: false)
            case .after(let cursor):
                guard selection.isWhole, cursor.position <= (try lastPosition()),
                    try self.cursor(at: cursor.position, of: selection.logs) == cursor
                else { return .cursorUnknown }
                let (out, position) = try arrivals(after: cursor.position, of: selection.logs, except: rows)
                return .selected(
                    segments: out.segments.map(\.packed), cursor: try self.cursor(at: position, of: selection.logs),
                    more: out.more)
            case .compare(let theirs):
                let heads = try headList(selection.logs)
                let buckets = BucketDigests(of: heads, environment.cryptography).differing(from: theirs)
                let cursor = selection.isWhole ? try self.cursor(at: lastPosition(), of: selection.logs) : nil
                return .compared(buckets, heads.filtered(to: buckets), cursor: cursor)
            case .beyond(let buckets, let have):
                let out = try segments(beyond: have, in: buckets, of: selection.logs)
                return .selected(segments: out.segments.map(\.packed), cursor: nil, more: out.more)
            }
        }
    }
}
