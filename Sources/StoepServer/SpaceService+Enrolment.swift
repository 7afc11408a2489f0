import StoepMerge
import StoepModel
import StoepStore
import StoepWire

extension SpaceService {
    /// Lets a device in that shows the secret of an invitation: member, device, grants and the end of the invitation in
    /// one transaction. The same device with the same secret gets the same answer: its first may have been lost.
    /// - Parameter monotonicMilliseconds: of a clock that never goes back, for the bounds on attempts.
    package func enrol(
        _ request: EnrolRequest, device: VerifyingKey, monotonicMilliseconds: UInt64
    ) throws -> EnrolResponse {
        guard limiter.allows(device, now: monotonicMilliseconds) else {
            throw ErrorMessage(name: ErrorName.rateLimited)
        }
        do {
            guard request.space == id else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
            var response = try store.write { try enrolInTransaction(request, device) }
            try store.prepareToSend()
            response.roster = try store.read { try store.authoritysRoster(beyond: []) }.segments.map(\.packed)
            log(.info, "enrolled", ["device": .device(device)])
            return response
        } catch let error as ErrorMessage {
            limiter.noteFailure(device, now: monotonicMilliseconds)
            log(.warning, "enrolment-refused", ["device": .device(device), "refusal": .refusal(error)])
            throw error
        }
    }

    private func enrolInTransaction(_ request: EnrolRequest, _ device: VerifyingKey) throws -> EnrolResponse {
        guard let invitation = try store.invitation(request.secret) else {
            throw ErrorMessage(name: ErrorName.invitationUnknown)
        }
        if let used = invitation.used {
            guard used.device == device else { throw ErrorMessage(name: ErrorName.invitationUsed) }
            return try answer(used.member)
        }
        // A second member for one device would change who wrote what.
        guard device != store.keys.publicKey, try !store.hasEnrolled(device) else {
            throw ErrorMessage(name: ErrorName.deviceKnown)
        }
        if let member = try store.member(of: device) {
            // It was let in before this daemon was restored from a backup, or by another daemon of the space.
            try store.markUsed(request.secret, by: device, as: member)
            try store.audit("enrolled again \(member)")
            return try answer(member)
        }
        guard store.environment.now() < invitation.expires else {
            throw ErrorMessage(name: ErrorName.invitationExpired)
        }
        let member = try addMember(invitation)
        try add(device, request.sealingKey, to: member, invitation)
        try store.markUsed(request.secret, by: device, as: member)
        try store.audit("enrolled \(invitation.role.name) \(member)")
        return try answer(member)
    }

    private func addMember(_ invitation: StoredInvitation) throws -> RecordID {
        var fields: [FieldEdit] = [
            .set(Field.Member.name, .text(invitation.name)),
            .set(Field.Member.role, .integer(invitation.role.rawValue)),
        ]
        if let first = invitation.partitions.first {
            fields.append(.set(Field.Member.defaultPartition, .text(first)))
        }
        let records = try store.saveInTransaction([RecordEdit(log: .roster, target: .new(.member), fields: fields)])
        guard let member = records.first else { preconditionFailure("a save of one new record gives its id") }
        return member
    }

    private func add(
        _ device: VerifyingKey, _ sealingKey: SealingKey, to member: RecordID, _ invitation: StoredInvitation
    ) throws {
        var edits = [
            RecordEdit(
                log: .roster, target: .natural(.device, key: device.description),
                fields: [
                    .set(Field.Device.key, .bytes(device.bytes)),
                    .set(Field.Device.sealingKey, .bytes(sealingKey.bytes)),
                    .set(Field.Device.member, .record(member)),
                ])
        ]
        edits += invitation.partitions.map { partition in
            RecordEdit(
                log: .roster, target: .natural(.grant, key: Store.grantKey(member, partition)),
                fields: [
                    .set(Field.Grant.member, .record(member)), .set(Field.Grant.partition, .text(partition)),
                    .set(Field.Grant.level, .integer(1)),
                ])
        }
        for start in stride(from: 0, to: edits.count, by: Limits.blocks) {
            _ = try store.saveInTransaction(Array(edits[start..<min(start + Limits.blocks, edits.count)]))
        }
    }

    private func answer(_ member: RecordID) throws -> EnrolResponse {
        let record = try store.stored(member)
        var name = ""
        if case .text(let text)? = record.value(Field.Member.name) { name = text }
        return EnrolResponse(member: member, role: try store.role(of: member) ?? .revoked, name: name, roster: [])
    }
}
