import StoepModel
import StoepStore
import StoepSync
import StoepWire

extension Space {
    /// What is known of a device that asks.
    enum Standing {
        case unknown
        /// It, or its member, is out: it may hand in what it has, and is told nothing.
        case revoked
        case member(RecordID)
    }

    func standing(of device: VerifyingKey) throws -> Standing {
        try refuseIfClosed()
        return try store.read {
            guard let member = try store.member(of: device), try store.role(of: member) != nil else {
                return .unknown
            }
            return try store.isRevoked(device) ? .revoked : .member(member)
        }
    }

    /// Bytes that the segments of one request may have once inflated: what a compressed message could hold is a
    /// thousand times what it weighs.
    static let pushBytes = 64 << 20

    /// Takes what a device hands in that is out, and tells it nothing of the space but what it has to destroy: the cuts
    /// keep it aside. Once it has nothing more to hand in and nothing more to destroy it is refused.
    func handIn(_ request: SyncRequest, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfTooLarge(request)
        guard request.space == id else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
        var taken: Taken = ([], [])
        if !request.segments.isEmpty {
            taken = try await push(request.segments)
            try refuseIfClosed()
            note(taken.results, from: device)
        } else if case .nothing = request.ask {
        } else {
            throw ErrorMessage(name: ErrorName.deviceRevoked)
        }
        let settled = try store.settle(
            bodies: [], receipts: request.receipts, wanted: .empty, of: [], from: device, pushed: taken.rows,
            mayRead: { _ in false })
        guard case .settled(_, _, let order) = settled, order != nil || !request.segments.isEmpty || !request.receipts.isEmpty
        else { throw ErrorMessage(name: ErrorName.deviceRevoked) }
        return SyncResponse(
            results: taken.results, answer: .segments([]), cursor: nil, more: false, time: store.environment.now(),
            order: order)
    }

    private func refuseIfTooLarge(_ request: SyncRequest) throws {
        try refuseIfClosed()
        guard request.segments.reduce(0, { $0 + $1.rawCount }) <= Self.pushBytes else {
            throw ErrorMessage(name: ErrorName.tooLarge)
        }
    }

    /// Answers one request of a member's device.
    func sync(_ request: SyncRequest, as member: RecordID, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfTooLarge(request)
        let scope = request.scope ?? []
        let readable: (logs: [LogID], ofScope: Set<LogID>) = try store.read {
            (try store.readableLogs(member), Set(try scope.filter { try store.mayRead(member, $0) }))
        }
        let now = store.environment.now
        var session = ServerSession(
            space: id, readable: readable.logs, mayRead: { readable.ofScope.contains($0) },
            isRecovering: recovery != nil, now: now)
        var rows: Set<Int64> = []
        var event = ServerSession.Event.received(request)
        while true {
            switch session.handle(event) {
            case .append(let segments):
                let taken = try await push(segments)
                try refuseIfClosed()
                rows = taken.rows
                note(taken.results, from: device)
                // What was pushed may be the first of its log.
                session.readable = try store.read { try store.readableLogs(member) }
                event = .appended(taken.results)
            case .settle(let bodies, let receipts, let wanted, let logs):
                event = try store.settle(
                    bodies: bodies, receipts: receipts, wanted: wanted, of: logs, from: device, pushed: rows,
                    mayRead: { [store] in try store.mayRead(member, $0) })
                if !bodies.isEmpty { foldSoon() }
            case .select(let selection):
                event = try store.select(selection, except: rows, for: device)
            case .respond(let response):
                return response
            case .refuse(let error):
                throw error
            }
        }
    }

    private func note(_ results: [String?], from device: VerifyingKey) {
        let refused = results.count { $0 != nil }
        if refused > 0 {
            log(
                .warning, "segments-refused",
                ["device": .device(device), "refused": .number(refused), "of": .number(results.count)])
        }
    }
}
