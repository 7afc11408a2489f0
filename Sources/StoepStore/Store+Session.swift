import StoepModel
import StoepSQLite
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
        case .gather(let scope, let refused, let peerWants, let wants):
            try prepareToSend()
            if !PlantedFault.receiptBeforePurge.isOn { try purgeIfDue() }
            return try read { .gathered(try gather(scope, refused, peerWants, wants, key, isDaemon: allowed == nil)) }
        case .apply(let delivery):
            return try apply(delivery, key, allowed)
        case .surrender(let order, let taken, let refused):
            // Only a daemon orders anything.
            guard allowed == nil else { return .gathered(.nothing) }
            try prepareToSend()
            let out = try ifItHolds { try read { try surrendered(to: order, taken: taken, refused: refused) } }
            return .gathered(out.map(Self.gathered) ?? .nothing)
        case .obey(let order, let taken, let lacking):
            if allowed == nil { _ = try ifItHolds { try obey(order, taken: taken, lacking: lacking) } }
            return .obeyed
        case .introduce(let heads):
            guard allowed == nil else { return .gathered(.nothing) }
            return .gathered(Self.gathered(try read { try authoritysRoster(beyond: heads) }))
        case .send, .finish, .fail:
            return nil
        }
    }

    private func gather(
        _ scope: [LogID]?, _ refused: [Head], _ peerWants: HeadList, _ wants: Bool, _ key: VerifyingKey,
        isDaemon: Bool
    ) throws -> ClientSession.Gathered {
        let out = try segments(unknownTo: key, scope: scope, refused: refused)
        let logs = try scope ?? self.logs()
        return ClientSession.Gathered(
            segments: out.segments.map(\.packed), heads: out.segments.map(\.head), changes: out.changes,
            more: out.more, wanted: wants ? try wanted(of: logs) : .empty,
            bodies: try bodies(wanted: peerWants, of: logs),
            receipts: out.more || !isDaemon ? .none : try receipts(unknownTo: peer(key) ?? -1, of: logs))
    }

    private static func gathered(_ out: Outgoing) -> ClientSession.Gathered {
        ClientSession.Gathered(
            segments: out.segments.map(\.packed), heads: out.segments.map(\.head), changes: out.changes, more: out.more)
    }

    /// What comes of an order; nil where it does not hold.
    private func ifItHolds<T>(_ body: () throws -> T) throws -> T? {
        do {
            return try body()
        } catch is Refusal {
            // Nobody whose orders count here, as far as is known: nothing is destroyed, and what is held stays held.
            return nil
        }
    }

    private func holding(_ buckets: BucketSet, _ scope: [LogID]?) throws -> ClientSession.Event {
        try read { .holding(try headList(scope ?? logs()).filtered(to: buckets)) }
    }

    /// Applies what a peer sent. Only the last piece moves the cursor, and only if nothing was refused.
    private func apply(
        _ delivery: ClientSession.Delivery, _ key: VerifyingKey, _ allowed: Set<LogID>?
    ) throws -> ClientSession.Event {
        if delivery.isEmpty {
            let here = try read { try cursor(at: key) }
            if delivery.cursor == nil || delivery.cursor == here { return .applied(fresh: 0, refused: []) }
        }
        if PlantedFault.advanceCursorBeforeData.isOn, let cursor = delivery.cursor {
            try write { try setCursor(cursor, peer: makePeer(key)) }
        }
        let outcome = try appendInPieces(
            delivery.segments, goesOn: delivery.goesOn,
            refusing: { log in allowed?.contains(log) == false ? ErrorName.logNotReadable : nil }
        ) { piece in
            let peer = try makePeer(key)
            for head in piece.heads { try note(head, heldBy: peer) }
            guard piece.isLast || PlantedFault.applyHalfABatch.isOn else { return try forgetCursor(peer: peer) }
            if !delivery.bodies.isEmpty {
                try fillIn(delivery.bodies)
                try foldBehind()
            }
            for head in delivery.acknowledged { try note(head, heldBy: peer) }
            try note(delivery.receipts, takenBy: peer)
            if let cursor = delivery.cursor, !piece.hasRefused {
                try setCursor(cursor, peer: peer)
            } else if !delivery.acknowledged.isEmpty || !piece.heads.isEmpty {
                // It would not stand for these: a peer restored to where it stands has lost them.
                try forgetCursor(peer: peer)
            }
        }
        return .applied(fresh: outcome.fresh, refused: outcome.results.compactMap { $0 })
    }

    // MARK: A daemon's part

    /// What a push of one device came to.
    package struct Taken: Sendable {
        /// For each segment nil once it is durable, or the name of why it was not taken.
        package var results: [String?]
        /// The changes that were new.
        package var rows: Set<Int64>
        /// What was taken, new or not: the device holds it.
        package var stretches: [Stretch]

        package init(results: [String?] = [], rows: Set<Int64> = [], stretches: [Stretch] = []) {
            self.results = results
            self.rows = rows
            self.stretches = stretches
        }
    }

    /// Changes of one chain that follow each other, on all its branches.
    package struct Stretch: Hashable, Sendable {
        package let log: LogID
        package let actor: ActorID
        package let seqs: ClosedRange<UInt64>
    }

    /// Verifies and appends what replicas sent, in one transaction. What it touches is folded later, except for the
    /// roster and the cuts.
    package func take(_ pushes: [[PackedSegment]]) throws -> [Taken] {
        let verified = pushes.map { $0.map { packed in Result { try verify(packed) } } }
        if PlantedFault.acknowledgeBeforeCommit.isOn { try db.run("PRAGMA synchronous=NORMAL") }
        return try write {
            let taken = try zip(pushes, verified).map { packed, segments in
                var taken = Taken()
                for (one, result) in zip(packed, segments) {
                    do {
                        let segment: VerifiedSegment
                        do {
                            segment = try result.get()
                        } catch let refusal as Refusal where refusal.name == "base-missing" {
                            // What it builds on may have come with it.
                            segment = try verifyInTransaction(Self.unpack(one))
                        }
                        taken.rows.formUnion(try append(segment))
                        if let first = segment.changes.first?.header.seq, let last = segment.head?.seq, first <= last {
                            taken.stretches.append(
                                Stretch(log: segment.log, actor: segment.actor, seqs: first...last))
                        }
                        taken.results.append(nil)
                    } catch let refusal as Refusal {
                        taken.results.append(refusal.name)
                    }
                }
                return taken
            }
            try foldBehind(controlOnly: true)
            return taken
        }
    }

    /// Takes in what came beside the segments, and finds what goes back beside them.
    /// - Parameters:
    ///   - logs: what the device may be told of. Of any other it is asked for no body but those of what it has just
    ///     pushed: it may be about to destroy it.
    ///   - taken: what the device has just pushed: it holds that, new here or not.
    ///   - named: heads that it says it holds. It does, whatever was said under its key before: its files may have been
    ///     copied, and the copy have destroyed its own.
    ///   - mayRead: nil for one whose holdings are none of this replica's business.
    package func settle(
        bodies: [ChangeBodies], receipts: Receipts, wanted: HeadList, of logs: [LogID], from device: VerifyingKey,
        taken: Taken, named: HeadList, mayRead: ((LogID) throws -> Bool)?
    ) throws -> ServerSession.Event {
        try noteHoldings(device, Set(taken.stretches.map(\.log)).union(knownLogs(of: named)))
        if !bodies.isEmpty || isHub && !receipts.isEmpty {
            try write {
                try fillIn(bodies)
                if isHub { try note(receipts, from: device) } else { try foldBehind() }
            }
        }
        return try read {
            .settled(
                wanted: try self.wanted(of: logs, andOf: isHub ? taken.stretches : []),
                bodies: try self.bodies(wanted: wanted, of: logs),
                order: try mayRead.flatMap { try order(for: device, mayRead: $0) })
        }
    }

    /// Reads what an answer consists of.
    /// - Parameter device: what a daemon gives it is noted before it is given.
    package func select(
        _ selection: ServerSession.Selection, except rows: Set<Int64>, for device: VerifyingKey
    ) throws -> ServerSession.Event {
        let (event, logs) = try read { try select(selection, except: rows) }
        try noteHoldings(device, logs)
        return event
    }

    /// The logs of heads that are held here too. Of no other is it said whether it is here: who may not read a log could
    /// ask.
    private func knownLogs(of named: HeadList) throws -> [LogID] {
        guard isHub, !named.entries.isEmpty else { return [] }
        return try read {
            try named.entries.filter { entry in
                try entry.heads.contains { try change(entry.log, $0) != nil }
            }.map(\.log)
        }
    }

    private func noteHoldings(_ device: VerifyingKey, _ logs: Set<LogID>) throws {
        guard isHub, !logs.isEmpty, case let fresh = try read({ try unnotedHoldings(device, logs) }), !fresh.isEmpty
        else { return }
        try write { try noteHoldings(device, fresh) }
    }

    /// Whether what arrived here up to the cursor's position is what it stands for.
    private func isStoodBy(_ cursor: Cursor, of logs: [LogID]) throws -> Bool {
        if cursor == .beginning { return true }
        return try cursor.position <= lastPosition() && self.cursor(at: cursor.position, of: logs) == cursor
    }

    private func select(
        _ selection: ServerSession.Selection, except rows: Set<Int64>
    ) throws -> (ServerSession.Event, logs: Set<LogID>) {
        switch selection.ask {
        case .nothing:
            return (.selected(segments: [], cursor: nil, more: false), [])
        case .after(let cursor):
            // A laptop numbers nothing: it stands by no cursor.
            guard isHub, selection.isWhole,
                try PlantedFault.trustCursorByPosition.isOn || isStoodBy(cursor, of: selection.logs)
            else { return (.cursorUnknown, []) }
            let (out, position) = try arrivals(after: cursor.position, of: selection.logs, except: rows)
            let cursor = try self.cursor(at: position, of: selection.logs)
            return (.selected(segments: out.segments.map(\.packed), cursor: cursor, more: out.more), out.logs)
        case .compare(let theirs):
            let heads = try headList(selection.logs)
            let buckets = BucketDigests(of: heads, environment.cryptography).differing(from: theirs)
            let cursor = isHub && selection.isWhole ? try self.cursor(at: lastPosition(), of: selection.logs) : nil
            return (.compared(buckets, heads.filtered(to: buckets), cursor: cursor), [])
        case .beyond(let buckets, let have):
            let out = try segments(
                beyond: have, in: buckets, of: selection.logs, controlOnly: selection.isControlOnly)
            return (.selected(segments: out.segments.map(\.packed), cursor: nil, more: out.more), out.logs)
        }
    }
}
