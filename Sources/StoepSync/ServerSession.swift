import StoepModel
import StoepWire

/// One request of a replica, answered: an event in, one effect out, no I/O. Whoever asked is known by then, and with
/// them the logs that they may read.
package struct ServerSession {
    package enum Event {
        case received(SyncRequest)
        /// Answers `.append`, once it is durable: for each segment nil, or the name of why it was not taken.
        case appended([String?])
        /// Answers `.settle`: what is wanted here, what is here of what the peer wants, and an order for it.
        case settled(wanted: HeadList, bodies: [ChangeBodies], order: [UInt8]?)
        /// Answers `.select`.
        case selected(segments: [PackedSegment], cursor: Cursor?, more: Bool)
        /// Answers `.select` where the cursor is not one that this daemon stands by.
        case cursorUnknown
        /// Answers `.select` of a comparison.
        case compared(BucketSet, HeadList, cursor: Cursor?)
    }

    package enum Effect {
        case append([PackedSegment])
        /// Takes bodies and receipts in, and finds what the peer wants of these logs.
        case settle(bodies: [ChangeBodies], receipts: Receipts, wanted: HeadList, of: [LogID])
        case select(Selection)
        case respond(SyncResponse)
        case refuse(ErrorMessage)
    }

    /// What to read for the answer, of these logs alone.
    package struct Selection {
        package let ask: SyncRequest.Ask
        package let logs: [LogID]
        /// Whether the answer covers everything that may be read, so that a cursor can stand for it.
        package let isWhole: Bool
        /// Whether of every log but the roster only what the authority wrote is given out: what it erased, for one.
        package let isControlOnly: Bool
    }

    private let space: SpaceID
    /// The logs that exist here and that the asking device may read. What it pushed may have added to them.
    package var readable: [LogID]
    private let mayRead: (LogID) -> Bool
    private let isRecovering: Bool
    private let now: () -> Timestamp
    private var request: SyncRequest?
    private var results: [String?] = []
    private var wanted = HeadList.empty
    private var bodies: [ChangeBodies] = []
    private var order: [UInt8]?

    /// - Parameters:
    ///   - readable: the logs that exist here and that the asking device may read.
    ///   - mayRead: whether it may read a log, here or not.
    ///   - isRecovering: this replica may have forgotten what was erased: it takes everything, and gives out only the
    ///     roster and what the authority wrote.
    package init(
        space: SpaceID, readable: [LogID], mayRead: @escaping (LogID) -> Bool, isRecovering: Bool = false,
        now: @escaping () -> Timestamp
    ) {
        self.space = space
        self.readable = readable
        self.mayRead = mayRead
        self.isRecovering = isRecovering
        self.now = now
    }

    package mutating func handle(_ event: Event) -> Effect {
        switch event {
        case .received(let request):
            self.request = request
            guard request.space == space else { return .refuse(ErrorMessage(name: ErrorName.spaceUnknown)) }
            if let forbidden = request.scope?.first(where: { !mayRead($0) }) {
                return .refuse(ErrorMessage(name: ErrorName.logNotReadable, detail: forbidden.description))
            }
            return request.segments.isEmpty ? settle(request) : .append(request.segments)
        case .appended(let results):
            self.results = results
            guard let request else { return .refuse(ErrorMessage(name: ErrorName.requestMalformed)) }
            return settle(request)
        case .settled(let wanted, let bodies, let order):
            (self.wanted, self.bodies, self.order) = (wanted, bodies, order)
            guard let request else { return .refuse(ErrorMessage(name: ErrorName.requestMalformed)) }
            return select(request)
        case .selected(let segments, let cursor, let more):
            return respond(.segments(segments), cursor, more)
        case .cursorUnknown:
            return respond(.cursorUnknown, nil, false)
        case .compared(let buckets, let heads, let cursor):
            return respond(.differing(buckets, heads), cursor, false)
        }
    }

    private func settle(_ request: SyncRequest) -> Effect {
        .settle(
            bodies: request.bodies, receipts: request.receipts, wanted: isRecovering ? .empty : request.wanted,
            of: logs(of: request))
    }

    private func logs(of request: SyncRequest) -> [LogID] {
        request.scope.map { scope in readable.filter { scope.contains($0) } } ?? readable
    }

    private func select(_ request: SyncRequest) -> Effect {
        if case .nothing = request.ask { return respond(.segments([]), nil, false) }
        return .select(
            Selection(
                ask: request.ask, logs: logs(of: request), isWhole: request.scope == nil && !isRecovering,
                isControlOnly: isRecovering))
    }

    private func respond(_ answer: SyncResponse.Answer, _ cursor: Cursor?, _ more: Bool) -> Effect {
        guard let request else { return .refuse(ErrorMessage(name: ErrorName.requestMalformed)) }
        return .respond(
            SyncResponse(
                results: results, answer: answer, cursor: cursor, more: more, time: now(), wanted: wanted,
                bodies: bodies, order: order, nonce: request.nonce))
    }
}
