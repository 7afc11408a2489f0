import StoepModel
import StoepSync
import StoepWire

/// The store's part in a sync: it performs what a session asks for.
extension Store {
    /// Performs an effect of a client's session; nil where the effect is not the store's (sending, finishing).
    /// - Parameter allowed: nothing of any other log is taken from this peer; nil for a daemon, which knows what it may
    ///   send.
    package func perform(
        _ effect: ClientSession.Effect, with key: VerifyingKey, taking allowed: Set<LogID>? = nil
    ) throws -> ClientSession.Event? {
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
            return try applyPiece(packed, acknowledged, cursor, key, allowed)
        case .send, .finish, .fail:
            return nil
        }
    }

    private func holding(_ buckets: BucketSet, _ scope: [LogID]?) throws -> ClientSession.Event {
        try read { .holding(try headList(scope ?? logs()).filtered(to: buckets)) }
    }

    /// Applies what a peer sent. Only the last piece moves the cursor, and only if nothing was refused.
    private func applyPiece(
        _ packed: [PackedSegment], _ acknowledged: [Head], _ cursor: Cursor?, _ key: VerifyingKey,
        _ allowed: Set<LogID>?
    ) throws -> ClientSession.Event {
        if packed.isEmpty, acknowledged.isEmpty, cursor == nil { return .applied(fresh: 0, refused: []) }
        if packed.isEmpty, acknowledged.isEmpty, let cursor, try read({ try self.cursor(at: key) }) == cursor {
            return .applied(fresh: 0, refused: [])
        }
        let outcome = try appendInPieces(
            packed, refusing: { log in allowed?.contains(log) == false ? ErrorName.logNotReadable : nil }
        ) { piece in
            let peer = try makePeer(key)
            for head in piece.heads { try note(head, heldBy: peer) }
            guard piece.isLast else { return }
            for head in acknowledged { try note(head, heldBy: peer) }
            if let cursor, !piece.hasRefused { try setCursor(cursor, peer: peer) }
        }
        return .applied(fresh: outcome.fresh, refused: outcome.results.compactMap { $0 })
    }

    // MARK: A daemon's part

    /// Verifies and appends what replicas sent, in one transaction, and gives for each segment nil or the name of why
    /// it was not taken. What it touches is folded later, except for the roster.
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
            try foldBehind(rosterOnly: true)
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
                // A laptop numbers nothing: it stands by no cursor.
                guard isHub, selection.isWhole, cursor.position <= (try lastPosition()),
                    try self.cursor(at: cursor.position, of: selection.logs) == cursor
                else { return .cursorUnknown }
                let (out, position) = try arrivals(after: cursor.position, of: selection.logs, except: rows)
                return .selected(
                    segments: out.segments.map(\.packed), cursor: try self.cursor(at: position, of: selection.logs),
                    more: out.more)
            case .compare(let theirs):
                let heads = try headList(selection.logs)
                let buckets = BucketDigests(of: heads, environment.cryptography).differing(from: theirs)
                let cursor = isHub && selection.isWhole ? try self.cursor(at: lastPosition(), of: selection.logs) : nil
                return .compared(buckets, heads.filtered(to: buckets), cursor: cursor)
            case .beyond(let buckets, let have):
                let out = try segments(beyond: have, in: buckets, of: selection.logs)
                return .selected(segments: out.segments.map(\.packed), cursor: nil, more: out.more)
            }
        }
    }
}
