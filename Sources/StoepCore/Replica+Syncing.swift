import StoepModel
import StoepStore
import StoepSync
import StoepWire

extension Replica {
    /// Exchanges with a daemon, or with a colleague's laptop, what either lacks. It may end at any point: what was
    /// acknowledged stays so, and the next sync goes on from there. What only a colleague's laptop holds still counts as
    /// not synced.
    /// - Parameters:
    ///   - logs: only these; nil for all that may be read.
    ///   - source: with whom.
    ///   - transport: how to reach them.
    ///   - progress: is told how far it is; nil for nobody.
    /// - Throws: `transport`, `refused`, `revoked`, `answerNotUnderstood`, `unknownLaptop`, `ambiguousLaptop`, and the
    ///   errors of the store.
    public func sync(
        only logs: [LogID]? = nil, with source: SyncSource = .daemon(), through transport: Transport,
        progress: (SyncProgress) -> Void = { _ in }
    ) throws(ReplicaError) -> SyncReport {
        try ReplicaError.naming {
            let saved = try saveDraftsIfPossible()
            try forgetTypedIfSaved()
            switch source {
            case .daemon(let address):
                let ((summary, exchange), isReplaced) = try calling(transport, at: address) { endpoint in
                    progress(.calling(address: endpoint.address))
                    var exchange = Exchange(self, endpoint)
                    let summary = try exchange.run(scope: logs, transport, progress)
                    if summary.isRevoked {
                        throw ReplicaError.revoked(handedIn: summary.sent, notTaken: summary.refused)
                    }
                    if logs == nil, let time = summary.daemonTime {
                        try store.noteSync(with: endpoint.keys[0], daemonTime: time)
                    }
                    return (summary, exchange)
                }
                return try report(summary, exchange, draftsSaved: saved, isReplaced: isReplaced)
            case .laptop(let address, let prefix):
                let endpoint = try laptop(prefix, at: address)
                progress(.calling(address: address))
                var exchange = Exchange(self, endpoint)
                let summary = try sync(only: logs, withLaptop: endpoint.keys[0], &exchange, transport, progress)
                return try report(summary, exchange, draftsSaved: saved, isReplaced: false)
            }
        }
    }

    /// The roster first, because it says what either may be given; then, of everything else, the logs that both may
    /// read. Of others nothing is told, not even which there are.
    private func sync(
        only wanted: [LogID]?, withLaptop key: VerifyingKey, _ exchange: inout Exchange, _ transport: Transport,
        _ progress: (SyncProgress) -> Void
    ) throws -> ClientSession.Summary {
        try store.meet(laptop: key)
        var whole = try exchange.run(scope: [.roster], taking: [.roster], transport, progress)
        let common = try store.read {
            guard case .member(let other) = try store.standing(of: key) else { return [LogID]() }
            return try store.commonLogs(member, other)
        }
        let logs = common.filter { $0 != .roster && wanted?.contains($0) ?? true }
        guard !logs.isEmpty else { return whole }
        let rest = try exchange.run(scope: logs, taking: Set(logs), transport, progress)
        whole.sent += rest.sent
        whole.received += rest.received
        whole.roundTrips += rest.roundTrips
        whole.refused += rest.refused
        whole.daemonTime = nil
        return whole
    }

    private func report(
        _ summary: ClientSession.Summary, _ exchange: Exchange, draftsSaved: Int, isReplaced: Bool
    ) throws -> SyncReport {
        let erased = try eraseUncoveredIfAny()
        let status = try store.status()
        let now = Int64(clamping: store.environment.now().milliseconds)
        return SyncReport(
            sent: summary.sent, received: summary.received, roundTrips: summary.roundTrips,
            bytesSent: exchange.bytesSent, bytesReceived: exchange.bytesReceived, refused: summary.refused,
            unsynced: status.unsynced, clockOffset: summary.daemonTime.map { now - Int64(clamping: $0.milliseconds) },
            conflicts: status.conflicts, wanted: status.wanted, draftsSaved: draftsSaved,
            erasedByConsent: erased, daemonWasReplaced: isReplaced)
    }
}

/// Exchanges with one peer: a session decides, the store and the transport do.
private struct Exchange {
    private let store: Store
    private let endpoint: DaemonEndpoint
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0
    /// What was asked before what came last was stored.
    private var asked: (nonce: UInt64, reply: Result<Transport.Waiting, any Error>)?

    init(_ replica: Replica, _ endpoint: DaemonEndpoint) {
        store = replica.store
        self.endpoint = endpoint
    }

    /// - Parameter allowed: nothing of any other log is taken; nil for a daemon.
    mutating func run(
        scope: [LogID]?, taking allowed: Set<LogID>? = nil, _ transport: Transport, _ progress: (SyncProgress) -> Void
    ) throws -> ClientSession.Summary {
        var session = ClientSession(
            space: store.space, scope: scope.map { Set($0).sorted() }, drawNonce: store.environment.random64)
        let key = endpoint.keys[0]
        let (cursor, waiting) = try store.read { (try store.firstCursor(at: key), try store.unsyncedCount()) }
        var effect = session.handle(.begin(cursor: cursor))
        while true {
            switch effect {
            case .finish(let summary): return summary
            case .fail(.deviceUnknown): throw ReplicaError.refused(name: ErrorName.deviceUnknown, detail: "")
            case .fail(let error): throw ReplicaError.answerNotUnderstood(error.name)
            case .send(let request):
                if !request.segments.isEmpty { progress(.sending(session.summary.sent, of: waiting)) }
                effect = session.handle(try answer(to: request, transport, isDaemon: allowed == nil))
            default:
                if let request = session.ahead {
                    asked = (request.nonce, Result { try begin(request, transport) })
                }
                guard let event = try store.perform(effect, with: key, taking: allowed) else {
                    preconditionFailure("an effect that nobody performs")
                }
                effect = session.handle(event)
                if case .applied = event { progress(.receiving(session.summary.received)) }
            }
        }
    }

    /// What the peer answers; that this device is out, if a daemon says so, is for the session, which hands in what is
    /// here.
    private mutating func answer(
        to request: SyncRequest, _ transport: Transport, isDaemon: Bool
    ) throws -> ClientSession.Event {
        do {
            return .answered(try send(request, transport))
        } catch ReplicaError.refused(ErrorName.deviceRevoked, _) where isDaemon {
            return .revoked
        } catch ReplicaError.refused(ErrorName.deviceUnknown, _) where isDaemon {
            return .unknown
        }
    }

    private mutating func begin(_ request: SyncRequest, _ transport: Transport) throws -> Transport.Waiting {
        let body = request.encoded()
        bytesSent += body.count
        return try endpoint.begin(DaemonPath.sync, body, transport)
    }

    private mutating func send(_ request: SyncRequest, _ transport: Transport) throws -> SyncResponse {
        let asked = self.asked.take().flatMap { $0.nonce == request.nonce ? $0.reply : nil }
        // It asked for nothing but to read on. Whatever became of it, while nobody waited, is no reason to give up.
        let ahead = asked.flatMap { asked in try? endpoint.body(of: asked.get()) }
        let reply = try ahead ?? endpoint.body(of: begin(request, transport))
        bytesReceived += reply.count
        do {
            return try SyncResponse(decoding: reply)
        } catch {
            throw ReplicaError.answerNotUnderstood("\(error)")
        }
    }
}

extension DaemonEndpoint {
    /// Posts, and gives the body of an answer that is no refusal.
    func post(_ path: String, _ body: [UInt8], _ transport: Transport) throws -> [UInt8] {
        try self.body(of: begin(path, body, transport))
    }

    fileprivate func begin(_ path: String, _ body: [UInt8], _ transport: Transport) throws -> Transport.Waiting {
        do {
            return try transport.begin(self, path, body)
        } catch {
            throw ReplicaError.transport(error)
        }
    }

    fileprivate func body(of answer: Transport.Waiting) throws -> [UInt8] {
        let reply: TransportReply
        do {
            reply = try answer()
        } catch {
            throw ReplicaError.transport(error)
        }
        guard reply.status != 200 else { return reply.body }
        guard let refusal = try? ErrorMessage(decoding: reply.body) else {
            throw ReplicaError.answerNotUnderstood("HTTP status \(reply.status)")
        }
        throw ReplicaError.refused(name: refusal.name, detail: refusal.detail)
    }
}

extension SessionError {
    fileprivate var name: String {
        switch self {
        case .protocolViolation(let what): "protocol-violation (\(what))"
        case .answerToAnotherRequest: "answer-to-another-request"
        case .refusedAnswer(let names): "segments-refused (\(Set(names).sorted().joined(separator: ", ")))"
        case .noProgress: "no-progress"
        case .deviceUnknown: ErrorName.deviceUnknown
        }
    }
}
