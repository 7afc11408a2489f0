import StoepModel
import StoepStore
import StoepSync
import StoepWire

extension Replica {
    /// Exchanges with the daemon what either lacks. It may end at any point: what was acknowledged stays so, and the
    /// next sync goes on from there.
    /// - Parameters:
    ///   - logs: only these; nil for all that may be read.
    ///   - transport: how to reach the daemon.
    ///   - progress: is told how far it is; nil for nobody.
    /// - Throws: `transport`, `refused`, `revoked`, `answerNotUnderstood`, and the errors of the store.
    public func sync(
        only logs: [LogID]? = nil, through transport: Transport, progress: (SyncProgress) -> Void = { _ in }
    ) throws(ReplicaError) -> SyncReport {
        try ReplicaError.naming {
            let saved = try saveDraftsIfPossible()
            let ((summary, exchange), isReplaced) = try calling(transport) { endpoint in
                progress(.calling(address: endpoint.address))
                var exchange = Exchange(self, endpoint, scope: logs)
                let summary = try exchange.run(transport, progress)
                if summary.isRevoked {
                    throw ReplicaError.revoked(handedIn: summary.sent, notTaken: summary.refused)
                }
                if logs == nil, let time = summary.daemonTime {
                    try store.noteSync(with: endpoint.keys[0], daemonTime: time)
                }
                return (summary, exchange)
            }
            return try report(summary, exchange, draftsSaved: saved, isReplaced: isReplaced)
        }
    }

    private func report(
        _ summary: ClientSession.Summary, _ exchange: Exchange, draftsSaved: Int, isReplaced: Bool
    ) throws -> SyncReport {
        let status = try store.status()
        let now = Int64(clamping: store.environment.now().milliseconds)
        return SyncReport(
            sent: summary.sent, received: summary.received, roundTrips: summary.roundTrips,
            bytesSent: exchange.bytesSent, bytesReceived: exchange.bytesReceived, refused: summary.refused,
            clockOffset: summary.daemonTime.map { now - Int64(clamping: $0.milliseconds) },
            conflicts: status.conflicts, wanted: status.wanted, draftsSaved: draftsSaved,
            daemonWasReplaced: isReplaced)
    }
}

/// One sync under way: the session decides, the store and the transport do.
private struct Exchange {
    private let store: Store
    private let endpoint: DaemonEndpoint
    private var session: ClientSession
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0

    init(_ replica: Replica, _ endpoint: DaemonEndpoint, scope: [LogID]?) {
        store = replica.store
        self.endpoint = endpoint
        session = ClientSession(space: replica.store.space, scope: scope.map { Set($0).sorted() })
    }

    mutating func run(_ transport: Transport, _ progress: (SyncProgress) -> Void) throws -> ClientSession.Summary {
        let key = endpoint.keys[0]
        let (cursor, waiting) = try store.read { (try store.cursor(at: key), try store.unsyncedCount()) }
        var effect = session.handle(.begin(cursor: cursor))
        while true {
            switch effect {
            case .finish(let summary): return summary
            case .fail(let error): throw ReplicaError.answerNotUnderstood(error.name)
            case .send(let request):
                if !request.segments.isEmpty { progress(.sending(session.summary.sent, of: waiting)) }
                effect = session.handle(try answer(to: request, transport))
            default:
                guard let event = try store.perform(effect, with: key) else {
                    preconditionFailure("an effect that nobody performs")
                }
                effect = session.handle(event)
                if case .applied = event { progress(.receiving(session.summary.received)) }
            }
        }
    }

    /// What the daemon answers; that this device is out is for the session, which hands in what is here.
    private mutating func answer(to request: SyncRequest, _ transport: Transport) throws -> ClientSession.Event {
        do {
            return .answered(try send(request, transport))
        } catch ReplicaError.refused("device-revoked", _) {
            return .revoked
        }
    }

    private mutating func send(_ request: SyncRequest, _ transport: Transport) throws -> SyncResponse {
        let body = request.encoded()
        bytesSent += body.count
        let reply = try endpoint.post(DaemonPath.sync, body, transport)
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
        let reply: TransportReply
        do {
            reply = try transport(self, path, body)
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
        case .refusedAnswer(let names): "segments-refused (\(Set(names).sorted().joined(separator: ", ")))"
        case .noProgress: "no-progress"
        }
    }
}
