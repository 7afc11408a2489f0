import StoepModel
import StoepWire

/// One sync of a replica with a daemon, as a state machine: an event in, one effect out, no I/O (`DESIGN` §7).
///
/// The host performs each effect and hands in the event that belongs to it, until the session finishes or fails. It
/// can be dropped at any point: what was applied is kept, and the next session goes on from there.
///
/// With a cursor that the daemon still stands by, one request brings what is here and takes what is new. Without one
/// both compare bucket digests first, then only the buckets that differ. Beside the segments go the bodies that either
/// wants, and the receipts for what was destroyed.
///
/// Each request has a nonce of its own, and nothing is used of an answer that has another: a relay may repeat what was
/// once answered to as many segments, and what that acknowledges the daemon need not have.
package struct ClientSession {
    package enum Event {
        /// Begins; the cursor is what the replica has of this daemon.
        case begin(cursor: Cursor?)
        /// Answers `.digest`.
        case digested(BucketDigests)
        /// Answers `.learn` and `.have`: what this replica holds in the buckets that differ.
        case holding(HeadList)
        /// Answers `.gather`, `.surrender` and `.introduce`.
        case gathered(Gathered)
        /// Answers `.send`.
        case answered(SyncResponse)
        /// Answers `.apply`: how many changes were new, and the names of what was refused.
        case applied(fresh: Int, refused: [String])
        /// Answers `.obey`.
        case obeyed
        /// Answers `.send`: the daemon says that this device is out. It takes what is handed in all the same.
        case revoked
        /// Answers `.send`: the daemon does not know this device.
        case unknown
    }

    package enum Effect {
        /// The digests of what the replica holds.
        case digest(scope: [LogID]?)
        /// Note what the daemon holds of these buckets, and give what the replica holds there. The digests are those
        /// that it compared; what it acknowledged in this session it holds, also where this device may not read it.
        case learn(HeadList, BucketSet, comparedWith: BucketDigests, acknowledged: [Head], scope: [LogID]?)
        /// What the replica holds in these buckets.
        case have(BucketSet, scope: [LogID]?)
        /// A piece of what the daemon is not known to hold, but for the chains that it has just refused; what of its
        /// wants is here; and, where that is asked for, what this replica wants itself.
        case gather(scope: [LogID]?, refused: [Head], peerWants: HeadList, wants: Bool)
        case send(SyncRequest)
        /// Verify, append and fold; note what was acknowledged; move the cursor. All or nothing, durable.
        case apply(Delivery)
        /// A piece of everything that the replica holds of the logs that an order names, whoever wrote it and whatever
        /// the daemon is believed to hold: but for what it has just taken, and for logs of which it refused something.
        case surrender(order: [UInt8], taken: [Head], refused: Set<LogID>)
        /// Destroy what a signed order says, as far as the daemon has just taken every chain of it, but for logs in
        /// which there is a body here that it lacks.
        case obey([UInt8], taken: [Head], lacking: HeadList)
        /// A piece of what the authority wrote in the roster, beyond these heads: it names this device to a daemon that
        /// does not know it.
        case introduce(beyond: [Head])
        case finish(Summary)
        case fail(SessionError)
    }

    private struct Chain: Hashable {
        let log: LogID
        let actor: ActorID
    }

    private enum Mode {
        /// Reading on from a cursor.
        case after(Cursor)
        /// Waiting for the digests, or for the daemon's view of them.
        case comparing(BucketDigests?)
        /// Exchanging what differs; then reading on from the cursor that the daemon gave with its digests.
        case differing(BucketSet, HeadList, then: Cursor?)
        /// All segments are exchanged: only bodies and receipts are left.
        case settling
        /// Only handing in: this device is told nothing any more.
        case handingIn
        /// Handing in what an order is about to destroy.
        case surrendering
        /// Bringing the roster to a daemon that does not know this device.
        case introducing
    }

    private let space: SpaceID
    private let scope: [LogID]?
    private let drawNonce: () -> UInt64
    /// Of the request that was sent last.
    private var nonce: UInt64?
    private var mode = Mode.comparing(nil)
    private var outgoing = Gathered.nothing
    private var more = false
    private var comparisons = 0
    /// Answers in a row after which this replica is no further on, and rounds in a row that brought and took nothing.
    private var stalls = 0
    private var idleRounds = 0
    /// The daemon refused something of what was sent last.
    private var refusedSome = false
    /// Ends of chains of which the daemon takes no more: nothing of them is offered again in this session.
    private var refusedHeads: [Head] = []
    /// Ends of what the daemon took in this session.
    private var acknowledgedHeads: [Head] = []
    /// Something was sent since the last comparison.
    private var hasPushed = false
    /// Compare once what this answer brought is applied.
    private var pendingComparison = false
    /// What the daemon wants of this replica, as it said last.
    private var peerWants = HeadList.empty
    /// What it wanted when it was last given what is here.
    private var suppliedWants = HeadList.empty
    /// What this replica has asked for already.
    private var askedFor: HeadList?
    /// An order to be followed at the end.
    private var order: [UInt8]?
    /// What the daemon took of what the order names, and the logs of which it did not take something.
    private var surrendered: [Head] = []
    private var withheld: Set<LogID> = []
    /// Chains of which it took changes without their bodies, and which are handed in once more from the beginning; and
    /// of which changes it lacked bodies even then.
    private var repeated: Set<Chain> = []
    private var lacking: [LogID: [ChangePoint]] = [:]
    /// The order that was followed last.
    private var followed: [UInt8]?
    private var settlements = 0
    /// What of the roster was brought to a daemon that does not know this device.
    private var introduced: [Head] = []
    package private(set) var summary = Summary()
    /// Of the effect `.apply`: what is asked next unless something comes between. The host may send it before it applies,
    /// so that the daemon and this replica are at work at the same time; the effect that asks for it is this request.
    package private(set) var ahead: SyncRequest?

    /// - Parameters:
    ///   - scope: only these logs; nil for all that may be read.
    ///   - drawNonce: gives another number each time, which nobody can foretell.
    package init(space: SpaceID, scope: [LogID]? = nil, drawNonce: @escaping () -> UInt64) {
        self.space = space
        self.scope = scope
        self.drawNonce = drawNonce
    }

    package mutating func handle(_ event: Event) -> Effect {
        let ahead = ahead.take()
        switch event {
        case .begin(let cursor):
            guard let cursor, scope == nil else { return compare() }
            mode = .after(cursor)
            return gather()
        case .digested(let digests):
            mode = .comparing(digests)
            return send(.compare(digests))
        case .holding(let have):
            if case .handingIn = mode { return send(.beyond(BucketSet(), have)) }
            guard case .differing(let buckets, _, let then) = mode else { return .fail(.protocolViolation("holding")) }
            // What the daemon does not take it cannot build on: it is asked for all that it has of such a chain.
            let refused = Set(refusedHeads.map { Chain(log: $0.log, actor: $0.actor) })
            let told = have.filtered { !refused.contains(Chain(log: $0, actor: $1)) }
            mode = .differing(buckets, told, then: then)
            return gather()
        case .gathered(let gathered):
            outgoing = gathered
            let effect = gatheredEffect()
            if askedFor == nil || !gathered.wanted.entries.isEmpty { askedFor = gathered.wanted }
            return effect
        case .answered(let response):
            return answered(response)
        case .applied(let fresh, let refused):
            return applied(fresh, refused, ahead)
        case .obeyed:
            followed = order
            order = nil
            // What the daemon could join onto nothing, because it lost what came before, has gone in from its beginning.
            if summary.isRevoked, withheld.isEmpty { summary.refused.removeAll { $0 == "base-missing" } }
            return settle()
        case .revoked:
            return handIn()
        case .unknown:
            return introduce()
        }
    }

    /// The daemon may have been restored from a backup, or not have heard yet of whom another let in: the roster names
    /// this device, and whatever the authority signed may be brought by anybody.
    private mutating func introduce() -> Effect {
        if case .introducing = mode {
            guard outgoing.more, introduced.count < Limits.segments else { return .fail(.deviceUnknown) }
        } else if !introduced.isEmpty {
            return .fail(.deviceUnknown)
        }
        mode = .introducing
        return .introduce(beyond: introduced)
    }

    /// Sends what the daemon is not known to hold, and asks for nothing.
    private mutating func handIn() -> Effect {
        // It takes what is handed in, and says so again only to what hands in nothing.
        guard !summary.isRevoked else { return .finish(summary) }
        summary.isRevoked = true
        mode = .handingIn
        pendingComparison = false
        outgoing = .nothing
        return gather()
    }

    private mutating func compare() -> Effect {
        mode = .comparing(nil)
        comparisons += 1
        hasPushed = false
        outgoing = .nothing
        return .digest(scope: scope)
    }

    /// Once at the beginning, and once everything is here, this replica says what it lacks.
    private func gather() -> Effect {
        var wants = askedFor == nil
        if case .settling = mode { wants = true }
        return .gather(scope: scope, refused: refusedHeads, peerWants: peerWants, wants: wants)
    }

    private mutating func gatheredEffect() -> Effect {
        switch mode {
        case .after(let cursor): return send(.after(cursor))
        case .differing(let buckets, let have, let then):
            // Nothing differs and nothing is to be said: the cursor stands for what both hold.
            hasPushed = hasPushed || !outgoing.segments.isEmpty
            if buckets.isEmpty, outgoing.saysNothing(beyond: askedFor) {
                (more, refusedSome) = (false, false)
                return .apply(Delivery(cursor: then))
            }
            return send(buckets.isEmpty ? .nothing : .beyond(buckets, have))
        case .settling:
            return outgoing.saysNothing(beyond: askedFor) ? .finish(summary) : send(.nothing)
        // With the last piece it says what it holds: another with the same key, a copy, may have said that this is gone.
        case .handingIn: return outgoing.more ? send(.nothing) : .have(.all, scope: scope)
        case .surrendering:
            if !outgoing.segments.isEmpty { return send(.nothing) }
            return order.map { .obey($0, taken: surrendered, lacking: HeadList(lacking)) } ?? settle()
        case .introducing:
            introduced += outgoing.heads
            return outgoing.segments.isEmpty ? .fail(.deviceUnknown) : send(.nothing)
        case .comparing: return .fail(.protocolViolation("gathered"))
        }
    }

    private mutating func send(_ ask: SyncRequest.Ask) -> Effect {
        suppliedWants = peerWants
        return send(request(ask, outgoing))
    }

    private mutating func send(_ request: SyncRequest) -> Effect {
        summary.roundTrips += 1
        nonce = request.nonce
        return .send(request)
    }

    private func request(_ ask: SyncRequest.Ask, _ outgoing: Gathered) -> SyncRequest {
        SyncRequest(
            space: space, scope: scope, ask: ask, segments: outgoing.segments, wanted: outgoing.wanted,
            bodies: outgoing.bodies, receipts: outgoing.receipts, nonce: drawNonce())
    }

    /// Where the daemon has more, and this replica nothing to say to that, only the cursor is asked about next. What is
    /// written here meanwhile goes over at the end.
    private func requestAhead(_ response: SyncResponse) -> SyncRequest? {
        guard case .after(let cursor) = mode, response.more, response.cursor != nil, !outgoing.more, !pendingComparison,
            stalls == 0, peerWants == suppliedWants
        else { return nil }
        return request(.after(cursor), .nothing)
    }

    /// Segments are exchanged: what was ordered is destroyed, then what either still wants goes over. Anything that
    /// cannot be had here is asked for again at the next sync.
    private mutating func settle() -> Effect {
        if order != nil { return surrender() }
        settlements += 1
        let mayBeNews = summary.received > 0 || summary.wasOrdered || peerWants != suppliedWants
        guard mayBeNews, settlements <= Self.settlementLimit else { return .finish(summary) }
        mode = .settling
        return gather()
    }

    /// What an order destroys is handed in first, in this very session: what the daemon took in another it may have lost
    /// since, and this replica may hold the only copy, of others' changes too.
    private mutating func surrender() -> Effect {
        guard let order else { return settle() }
        mode = .surrendering
        return .surrender(order: order, taken: surrendered, refused: withheld)
    }

    /// Rounds that only bring bodies: whoever wants more than this at once goes on at the next sync.
    private static let settlementLimit = 64

    /// How often both compare in one session before the replica goes on with what it has, or gives up.
    private static let comparisonLimit = 3

    /// A daemon passes over what others wrote elsewhere, twenty thousand changes a round.
    private static let idleRoundLimit = 4096
}

extension ClientSession {
    private mutating func answered(_ response: SyncResponse) -> Effect {
        guard response.nonce == nonce else { return .fail(.answerToAnotherRequest) }
        nonce = nil
        summary.daemonTime = response.time
        peerWants = response.wanted
        if let order = response.order, order != followed {
            self.order = order
            summary.wasOrdered = true
        }
        guard response.results.count == outgoing.segments.count else { return .fail(.protocolViolation("results")) }
        let acknowledged = zip(outgoing.heads, response.results).filter { $1 == nil }.map(\.0)
        acknowledgedHeads += acknowledged
        var delivery = Delivery(
            bodies: response.bodies, acknowledged: acknowledged, receipts: outgoing.receipts, goesOn: response.more)
        let daemonLostSomething = note(response.results, acknowledged)
        switch response.answer {
        case .cursorUnknown:
            // Of one that it has just given as well: it was restored meanwhile, or started again and found its ledger
            // behind, or this device may read other logs by now.
            guard case .after = mode, comparisons < Self.comparisonLimit else {
                return .fail(.protocolViolation("cursor-unknown"))
            }
            pendingComparison = true
            return .apply(delivery)
        case .differing(let buckets, let heads):
            guard case .comparing(let digests?) = mode else { return .fail(.protocolViolation("differing")) }
            // A cursor stands for all logs that may be read.
            mode = .differing(buckets, .empty, then: scope == nil ? response.cursor : nil)
            return .learn(
                heads, buckets, comparedWith: digests, acknowledged: acknowledgedHeads, scope: scope)
        case .segments(let segments):
            guard segments.rawCount <= Limits.inflatedBytes else { return .fail(.refusedAnswer([ErrorName.tooLarge])) }
            if daemonLostSomething { pendingComparison = true }
            delivery.segments = segments
            delivery.cursor = cursor(after: response)
            ahead = requestAhead(response)
            return .apply(delivery)
        }
    }

    /// Notes what the daemon took of what was sent.
    /// - Returns: whether it lacks what this builds on: it lost something. Find out what, and send it again.
    private mutating func note(_ results: [String?], _ acknowledged: [Head]) -> Bool {
        let refused = results.compactMap { $0 }
        let refusedHere = zip(outgoing.heads, results).filter { $1 != nil }.map(\.0)
        refusedSome = false
        if case .surrendering = mode {
            // Most of it is sent for the second time: it counts as neither sent nor refused.
            surrendered += acknowledged
            withheld.formUnion(refusedHere.map(\.log))
            noteLacking()
            return false
        }
        if refused.isEmpty { summary.sent += outgoing.changes }
        if refused.contains("base-missing"), comparisons == 0, !summary.isRevoked { return true }
        summary.refused += refused
        refusedHeads += refusedHere
        refusedSome = !refused.isEmpty
        return false
    }

    /// Notes of what was handed in as lacks its bodies there: a relay may have taken them.
    private mutating func noteLacking() {
        let sent = Set(outgoing.heads.map { Chain(log: $0.log, actor: $0.actor) })
        let bare = peerWants.filtered { sent.contains(Chain(log: $0, actor: $1)) }
        var again: Set<Chain> = []
        for entry in bare.entries {
            for point in entry.heads {
                let chain = Chain(log: entry.log, actor: point.actor)
                if repeated.contains(chain) {
                    lacking[entry.log, default: []].append(point)
                } else {
                    again.insert(chain)
                }
            }
        }
        repeated.formUnion(again)
        surrendered.removeAll { again.contains(Chain(log: $0.log, actor: $0.actor)) }
    }

    /// The cursor that may be kept once the segments of this answer are applied.
    private mutating func cursor(after response: SyncResponse) -> Cursor? {
        more = response.more
        switch mode {
        case .after(let old):
            if let cursor = response.cursor {
                // Where there is more it comes from further on.
                stalls = response.more && cursor.position <= old.position ? stalls + 1 : 0
                mode = .after(cursor)
            } else {
                // It tells this device nothing, not even how far it is: asked without anything to take, it says why.
                stalls += outgoing.segments.isEmpty ? 1 : 0
                more = true
            }
            return response.cursor
        case .differing(_, _, let then):
            // It does not stand for what was pushed since: a daemon restored to where it stands has lost that.
            return response.more || outgoing.more || refusedSome || hasPushed ? nil : then
        case .comparing, .settling, .handingIn, .surrendering, .introducing: return nil
        }
    }

    private mutating func applied(_ fresh: Int, _ refused: [String], _ ahead: SyncRequest?) -> Effect {
        summary.received += fresh
        if pendingComparison {
            pendingComparison = false
            return compare()
        }
        if !refused.isEmpty {
            // What came does not join onto what is here: compare, once; anything else is for a person.
            if refused.allSatisfy({ $0 == "base-missing" }), comparisons == 0 { return compare() }
            return .fail(.refusedAnswer(refused))
        }
        idleRounds = fresh > 0 || !outgoing.segments.isEmpty ? 0 : idleRounds + 1
        if stalls > 3 || idleRounds > Self.idleRoundLimit { return .fail(.noProgress) }
        switch mode {
        case .after:
            if let ahead {
                outgoing = .nothing
                return send(ahead)
            }
            return more || outgoing.more ? gather() : settle()
        case .differing(let buckets, _, let then):
            let progressed = fresh > 0 || !outgoing.segments.isEmpty
            if more || outgoing.more || refusedSome {
                guard progressed else { return .fail(.noProgress) }
                return .have(buckets, scope: scope)
            }
            guard let then else { return settle() }
            // To read on from where the comparison stood would bring back what was sent since: compare once more.
            if hasPushed, comparisons < Self.comparisonLimit { return compare() }
            if buckets.isEmpty { return settle() }
            // What arrived at the daemon while this went on.
            mode = .after(then)
            more = false
            return gather()
        case .settling: return settle()
        case .handingIn: return outgoing.more ? gather() : settle()
        case .surrendering: return surrender()
        case .introducing: return compare()
        case .comparing: return .fail(.protocolViolation("applied"))
        }
    }
}

/// Why a session cannot go on. What was applied before is kept.
package enum SessionError: Error, Equatable, Sendable {
    /// The peer answered something that does not belong to what it was asked.
    case protocolViolation(String)
    /// The answer is not that to the request that was sent: an old one, perhaps. Nothing of it was used.
    case answerToAnotherRequest
    /// The peer sent segments that do not hold.
    case refusedAnswer([String])
    /// The peer says that there is more, and does not send it.
    case noProgress
    /// The daemon does not know this device, and what the roster here says does not change that.
    case deviceUnknown
}
