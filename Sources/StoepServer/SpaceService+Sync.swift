import StoepModel
import StoepStore
import StoepSync
import StoepWire

extension SpaceService {
    package typealias Taken = Store.Taken

    package func standing(of device: VerifyingKey) throws -> Store.DeviceStanding {
        try store.read { try store.standing(of: device) }
    }

    /// Whether a device that the roster here does not have brings the roster that does: a daemon that was restored from a
    /// backup, or beside which another lets devices in, learns so of whom the authority let in. Only what the authority
    /// wrote in the roster is taken from anybody unknown.
    /// - Parameter monotonicMilliseconds: of a clock that never goes back, for the bounds on attempts.
    /// - Returns: where the device stands now.
    /// - Throws: `ErrorMessage` where it is still unknown.
    package func introduce(
        _ request: SyncRequest, device: VerifyingKey, monotonicMilliseconds: UInt64
    ) throws -> Store.DeviceStanding {
        let unknown = ErrorMessage(name: ErrorName.deviceUnknown)
        guard request.space == id, !request.segments.isEmpty,
            request.segments.rawCount <= Limits.introductionBytes
        else { throw unknown }
        guard limiter.allows(device, now: monotonicMilliseconds) else {
            throw ErrorMessage(name: ErrorName.rateLimited)
        }
        // Whoever brings anything else is no device that was let in: nothing of it is taken.
        let isRoster = try store.areRosterOfAuthority(request.segments)
        let results = isRoster ? try take([request.segments]).flatMap(\.results) : []
        let standing = try standing(of: device)
        guard case .unknown = standing else {
            log(.info, "introduced", ["device": .device(device)])
            return standing
        }
        if results.isEmpty || results.contains(where: { $0 != nil }) {
            limiter.noteFailure(device, now: monotonicMilliseconds)
        }
        throw unknown
    }

    /// Verifies and appends what several requests brought, in one transaction. Durable on return.
    package func take(_ pushes: [[PackedSegment]]) throws -> [Taken] {
        let taken = try store.take(pushes)
        noteForks()
        return taken
    }

    /// The answer to a request of a member's device; what it pushes is to be taken before it is finished.
    package func answer(
        to request: SyncRequest, as member: RecordID, device: VerifyingKey
    ) throws -> SyncAnswer {
        try SyncAnswer(to: request, from: member, device: device, by: store, isRecovering: recovery != nil)
    }

    /// Whether a device that is out may hand this in.
    package func admitHandingIn(_ request: SyncRequest) throws {
        try SyncAnswer.refuseIfTooLarge(request)
        guard request.space == id else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
        guard request.asksForNothing || !request.segments.isEmpty else {
            throw ErrorMessage(name: ErrorName.deviceRevoked)
        }
    }

    /// The answer to what a device handed in that is out.
    package func finishHandingIn(
        _ request: SyncRequest, device: VerifyingKey, _ taken: Taken
    ) throws -> SyncResponse {
        try SyncAnswer.handedIn(request, by: device, taken, to: store)
    }

    package func note(_ results: [String?], from device: VerifyingKey) {
        let refused = results.count { $0 != nil }
        if refused > 0 {
            log(
                .warning, "segments-refused",
                ["device": .device(device), "refused": .number(refused), "of": .number(results.count)])
        }
    }
}
