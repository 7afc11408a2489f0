import StoepModel
import StoepStore
import StoepSync
import StoepWire

extension Space {
    func standing(of device: VerifyingKey) throws -> Store.DeviceStanding {
        try refuseIfClosed()
        return try store.read { try store.standing(of: device) }
    }

    /// Answers one request of a member's device.
    func sync(_ request: SyncRequest, as member: RecordID, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfClosed()
        var answer = try SyncAnswer(to: request, from: member, by: store)
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
