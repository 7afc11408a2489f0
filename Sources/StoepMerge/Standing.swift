import StoepModel

/// Why something that is held does not count. The names are shown, and are part of `--json`.
package enum QuarantineReason: String, Sendable, Hashable, CaseIterable {
    /// The roster knows no such device, or not yet.
    case unknownDevice = "unknown-device"
    /// The device's member is not in the roster, or not yet.
    case unknownMember = "unknown-member"
    /// The member's role may not write in this log.
    case role = "role"
    /// The member has no grant for this partition.
    case partition = "partition"
    /// Only the authority writes in the roster, and cuts in any log.
    case notAuthority = "not-authority"
    /// The change lies beyond the cut of a revocation or a change of role, and nobody released it.
    case beyondCut = "beyond-cut"
    /// Only the member whose device created the record may change this field.
    case notCreator = "not-creator"
    /// Only an owner of the theme, or a coordinator, may change this field.
    case notOwner = "not-owner"
    /// The payload is not what the specification allows.
    case malformed = "malformed"
}

/// Whether what an actor wrote counts, as far as the roster decides.
package enum Standing: Sendable, Hashable {
    /// It counts, as written by this member; nil is the authority.
    case counts(member: RecordID?)
    case masked(QuarantineReason)
}

/// What the roster says of a device.
package struct DeviceEntry: Sendable, Hashable {
    package let member: RecordID?
    /// This one device is out, whatever its member may do.
    package let isRevoked: Bool
    package init(member: RecordID?, isRevoked: Bool = false) {
        self.member = member
        self.isRevoked = isRevoked
    }
}

/// Whether a member owns a theme.
package enum Ownership: Sendable, Hashable {
    case none
    case granted
    /// It was granted, and counts for what stands at these points or before one of them.
    case withdrawn([ChangePoint])
}

/// One delegation by the root: the key of an authority, and the cuts at which its predecessors end.
package struct AuthorityEntry: Sendable, Hashable {
    /// The greatest serial names the authority in force.
    package let serial: UInt64
    package let device: VerifyingKey
    package let cuts: [Cut]
    package init(serial: UInt64, device: VerifyingKey, cuts: [Cut]) {
        self.serial = serial
        self.device = device
        self.cuts = cuts
    }
}

/// The roster as the rules read it. It is looked up, not copied: a laptop with three thousand devices in its roster
/// reads one row to judge its own change.
package struct Roster {
    /// Valid delegations of this space, in ascending order of serial, then device key.
    package let authorities: [AuthorityEntry]
    package let device: (VerifyingKey) -> DeviceEntry?
    /// The member's role where several were set at once: the more restrictive one.
    package let role: (RecordID) -> Role?
    package let isGranted: (_ member: RecordID, _ partition: String) -> Bool
    /// What the authority wrote in a log of how far an actor's chain counts there: of each value that nobody overwrote
    /// the ends, none where it is not what the specification allows. Nil where the chain is not cut.
    package let cuts: (LogID, ActorID) -> [[ChangePoint]]?
    package let ownership: (_ member: RecordID, _ theme: RecordID) -> Ownership

    package init(
        authorities: [AuthorityEntry], device: @escaping (VerifyingKey) -> DeviceEntry?,
        role: @escaping (RecordID) -> Role?,
        isGranted: @escaping (_ member: RecordID, _ partition: String) -> Bool,
        cuts: @escaping (LogID, ActorID) -> [[ChangePoint]]?,
        ownership: @escaping (_ member: RecordID, _ theme: RecordID) -> Ownership = { _, _ in .none }
    ) {
        self.authorities = authorities
        self.device = device
        self.role = role
        self.isGranted = isGranted
        self.cuts = cuts
        self.ownership = ownership
    }

    /// Whether what a member wrote at `point` of the square counts as an owner's of the theme, or a coordinator's.
    package func owns(
        _ theme: RecordID, _ member: RecordID, at point: ChangePoint,
        isWithin: (_ point: ChangePoint, _ cut: ChangePoint) -> Bool
    ) -> Bool {
        if role(member) == .coordinator { return true }
        switch ownership(member, theme) {
        case .none: return false
        case .granted: return true
        case .withdrawn(let ends): return ends.contains { $0.actor == point.actor && isWithin(point, $0) }
        }
    }

    /// Whether what stands at `point` of `log`, written by `key`, counts. `isWithin` tells whether the point is the
    /// cut or precedes it in the same branch.
    package func standing(
        of key: VerifyingKey, in log: LogID, at point: ChangePoint,
        isWithin: (_ point: ChangePoint, _ cut: ChangePoint) -> Bool
    ) -> Standing {
        if let asAuthority = authorityStanding(of: key, in: log, at: point, isWithin: isWithin) { return asAuthority }
        guard log.kind != .roster else { return .masked(.notAuthority) }
        guard let entry = device(key) else { return .masked(.unknownDevice) }
        guard let member = entry.member, let role = role(member) else { return .masked(.unknownMember) }
        if let values = cuts(log, point.actor) {
            // Of several written at once each restricts: what counts is within an end of every one of them.
            let isWithinAll = values.allSatisfy { ends in ends.contains { isWithin(point, $0) } }
            let counts = isWithinAll && !values.isEmpty || PlantedFault.countBeyondCut.isOn
            return counts ? .counts(member: member) : .masked(.beyondCut)
        }
        if entry.isRevoked { return .masked(.role) }
        return objection(to: member, role, in: log, isGranted).map { .masked($0) } ?? .counts(member: member)
    }

    /// Whether the standing of what `actor`, with the key, writes in a log is the same at every point of its chain.
    package func isUniform(_ key: VerifyingKey, _ actor: ActorID, in log: LogID) -> Bool {
        guard authorities.allSatisfy({ $0.device != key }) else { return authorities.last?.device == key }
        return cuts(log, actor) == nil
    }

    /// Whether the member's devices are given what the log holds.
    package func mayRead(_ member: RecordID, _ log: LogID) -> Bool {
        guard let role = role(member), role > .observer else { return false }
        if PlantedFault.letOwnerReadStreet.isOn, role == .owner, log.kind == .street { return true }
        return log.kind == .roster || objection(to: member, role, in: log, isGranted) == nil
    }

    /// Whether what the member's devices write in the log counts, where nothing cuts it.
    package func mayWrite(_ member: RecordID, _ log: LogID) -> Bool {
        role(member).map { objection(to: member, $0, in: log, isGranted) == nil } ?? false
    }

    /// The same, were the member to have this role and be granted these partitions.
    package func mayWrite(_ member: RecordID, _ log: LogID, as role: Role, granted: Set<String>) -> Bool {
        objection(to: member, role, in: log) { granted.contains($1) } == nil
    }

    private func authorityStanding(
        of key: VerifyingKey, in log: LogID, at point: ChangePoint, isWithin: (ChangePoint, ChangePoint) -> Bool
    ) -> Standing? {
        guard let current = authorities.last else { return nil }
        if current.device == key { return .counts(member: nil) }
        guard let own = authorities.last(where: { $0.device == key }) else { return nil }
        // A replaced authority counts up to where every later delegation that names its chain ends it: at one end, or
        // at one of several where the chain has branches.
        let later = authorities.filter { $0.serial > own.serial || $0.device != key && $0.serial == own.serial }
        let ends = later.map { $0.cuts.filter { $0.log == log && $0.point.actor == point.actor } }.filter { !$0.isEmpty }
        let within = !ends.isEmpty && ends.allSatisfy { $0.contains { isWithin(point, $0.point) } }
        return within ? .counts(member: nil) : .masked(.beyondCut)
    }

    private func objection(
        to member: RecordID, _ role: Role, in log: LogID, _ isGranted: (RecordID, String) -> Bool
    ) -> QuarantineReason? {
        switch (log.kind, role) {
        case (_, .revoked), (_, .observer): .role
        case (.roster, _): .notAuthority
        case (.square, _), (_, .coordinator): nil
        case (.street, .volunteer), (.signal, .volunteer): isGranted(member, log.partition) ? nil : .partition
        case (.contact, .volunteer):
            log.member == member ? (isGranted(member, log.partition) ? nil : .partition) : .role
        case (_, .owner): .role
        }
    }
}
