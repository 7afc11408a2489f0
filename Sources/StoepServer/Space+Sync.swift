import StoepModel
import StoepStore
import StoepWire

/// What the router calls and does not wait for in between is never inlined: the optimizer of Swift 6.3.1 crashes on the
/// router's coroutines where it is.
extension Space {
    @inline(never)
    func standing(of device: VerifyingKey) throws -> Store.DeviceStanding {
        try refuseIfClosed()
        return try service.standing(of: device)
    }

    @inline(never)
    func introduce(
        _ request: SyncRequest, device: VerifyingKey, monotonicMilliseconds: UInt64
    ) throws -> Store.DeviceStanding {
        try refuseIfClosed()
        return try service.introduce(request, device: device, monotonicMilliseconds: monotonicMilliseconds)
    }

    @inline(never)
    func enrol(
        _ request: EnrolRequest, device: VerifyingKey, monotonicMilliseconds: UInt64
    ) throws -> EnrolResponse {
        try refuseIfClosed()
        return try service.enrol(request, device: device, monotonicMilliseconds: monotonicMilliseconds)
    }

    @inline(never)
    func authority(_ request: AuthorityRequest) throws -> AuthorityResponse {
        try refuseIfClosed()
        return try service.authority(request)
    }

    /// Takes what a device hands in that is out.
    func handIn(_ request: SyncRequest, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfClosed()
        try service.admitHandingIn(request)
        let taken = try await pushed(request.segments, device)
        return try service.finishHandingIn(request, device: device, taken)
    }

    /// Answers one request of a member's device.
    func sync(_ request: SyncRequest, as member: RecordID, device: VerifyingKey) async throws -> SyncResponse {
        try refuseIfClosed()
        var answer = try service.answer(to: request, as: member, device: device)
        defer { if !request.bodies.isEmpty { foldSoon() } }
        let taken = try await pushed(answer.pushed, device)
        return try answer.finish(taken)
    }

    private func pushed(_ segments: [PackedSegment], _ device: VerifyingKey) async throws -> SpaceService.Taken {
        guard !segments.isEmpty else { return SpaceService.Taken() }
        let taken = try await push(segments)
        try refuseIfClosed()
        service.note(taken.results, from: device)
        return taken
    }
}
