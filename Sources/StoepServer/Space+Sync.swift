import StoepModel
import StoepStore
import StoepSync
import StoepWire

extension Space {
    func standing(of device: VerifyingKey) throws -> Store.DeviceStanding {
        try refuseIfClosed()
        return try store.read { try store.standing(of: device) }
    }

    /// Takes what a device hands in that is out, and tells it nothing of the space but what it has to destroy: the cuts
    /// keep it aside. Once it has nothing more to hand in and nothing more to destroy it is refused.
    func handIn(_ request: SyncRequest, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfClosed()
        try SyncAnswer.refuseIfTooLarge(request)
        guard request.space == id else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
        let asksNothing = if case .nothing = request.ask { true } else { false }
        guard asksNothing || !request.segments.isEmpty else { throw ErrorMessage(name: ErrorName.deviceRevoked) }
        var taken: Taken = ([], [])
        if !request.segments.isEmpty {
            taken = try await push(request.segments)
            try refuseIfClosed()
            note(taken.results, from: device)
        }
        let settled = try store.settle(
            bodies: [], receipts: request.receipts, wanted: .empty, of: [], from: device, pushed: taken.rows,
            mayRead: { _ in false })
        guard case .settled(_, _, let order) = settled,
            order != nil || !request.segments.isEmpty || !request.receipts.isEmpty
        else { throw ErrorMessage(name: ErrorName.deviceRevoked) }
        return SyncResponse(
            results: taken.results, answer: .segments([]), cursor: nil, more: false, time: store.environment.now(),
            order: order)
    }

    /// Answers one request of a member's device.
    func sync(_ request: SyncRequest, as member: RecordID, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfClosed()
        var answer = try SyncAnswer(
            to: request, from: member, device: device, by: store, isRecovering: recovery != nil)
        defer { if !request.bodies.isEmpty { foldSoon() } }
        guard !answer.pushed.isEmpty else { return try answer.finish() }
        let taken = try await push(answer.pushed)
        try refuseIfClosed()
        note(taken.results, from: device)
        return try answer.finish(results: taken.results, rows: taken.rows)
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
