import StoepModel
import StoepSync
import StoepWire

/// The answer to one request of a member's device, by a daemon or by a colleague's laptop. What the request brings is
/// appended in between, each host in its own way.
package struct SyncAnswer {
    private let store: Store
    private let member: RecordID
    private let device: VerifyingKey
    /// What the request says that the device holds.
    private let named: HeadList
    private var session: ServerSession
    private var next: ServerSession.Effect

    /// - Throws: an `ErrorMessage` where the request is refused as a whole, and the errors of the store.
    /// - Parameter isRecovering: whether this replica may have forgotten what was erased.
    package init(
        to request: SyncRequest, from member: RecordID, device: VerifyingKey, by store: Store, isRecovering: Bool = false
    ) throws {
        try Self.refuseIfTooLarge(request)
        let scope = request.scope ?? []
        let readable: (logs: [LogID], ofScope: Set<LogID>) = try store.read {
            (try store.readableLogs(member), Set(try scope.filter { try store.mayRead(member, $0) }))
        }
        session = ServerSession(
            space: store.space, readable: readable.logs, mayRead: { readable.ofScope.contains($0) },
            isRecovering: isRecovering, now: store.environment.now)
        self.device = device
        self.store = store
        self.member = member
        named = request.named
        next = session.handle(.received(request))
        if case .refuse(let error) = next { throw error }
    }

    package static func refuseIfTooLarge(_ request: SyncRequest) throws(ErrorMessage) {
        guard request.segments.rawCount <= Limits.inflatedBytes else {
            throw ErrorMessage(name: ErrorName.tooLarge)
        }
    }

    /// The answer to a device that is out and hands in what it has: it is told nothing of the space but what it has to
    /// destroy, and of which bodies are missing in what it brought. The cuts keep that aside. Once it has nothing more to
    /// hand in and nothing more to destroy it is refused.
    package static func handedIn(
        _ request: SyncRequest, by device: VerifyingKey, _ taken: Store.Taken, to store: Store
    ) throws -> SyncResponse {
        let settled = try store.settle(
            bodies: request.bodies, receipts: request.receipts, wanted: .empty, of: [], from: device, taken: taken,
            named: request.named, mayRead: { _ in false })
        guard case .settled(let wanted, _, let order) = settled,
            order != nil || !request.segments.isEmpty || !request.receipts.isEmpty
        else { throw ErrorMessage(name: ErrorName.deviceRevoked) }
        return SyncResponse(
            results: taken.results, answer: .segments([]), cursor: nil,
            // Not that there is nothing more: whoever asks again is refused, and learns so that it is out.
            more: !request.asksForNothing, time: store.environment.now(), wanted: wanted,
            order: order, nonce: request.nonce)
    }

    /// What is to be verified and appended before the answer is made.
    package var pushed: [PackedSegment] {
        if case .append(let segments) = next { segments } else { [] }
    }

    /// - Parameter taken: what came of what was pushed. Changes that were new need not go back.
    package mutating func finish(_ taken: Store.Taken = Store.Taken()) throws -> SyncResponse {
        while true {
            switch next {
            case .append:
                // What was pushed may be the first of its log.
                session.readable = try store.read { try store.readableLogs(member) }
                next = session.handle(.appended(taken.results))
            case .settle(let bodies, let receipts, let wanted, let logs):
                let (store, member) = (store, member)
                next = session.handle(
                    try store.settle(
                        bodies: bodies, receipts: receipts, wanted: wanted, of: logs, from: device, taken: taken,
                        named: named, mayRead: store.isHub ? { try store.mayRead(member, $0) } : nil))
            case .select(let selection):
                next = session.handle(try store.select(selection, except: taken.rows, for: device))
            case .respond(let response): return response
            case .refuse(let error): throw error
            }
        }
    }
}
