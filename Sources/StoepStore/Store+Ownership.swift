import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// Who owns a theme: asked for in the square, granted by the authority in the roster (`DESIGN` §3).
extension Store {
    package static func ownershipKey(_ theme: RecordID, _ member: RecordID) -> String { "\(theme)/\(member)" }

    /// What the roster says of a theme and a member. Inside a read.
    func ownership(of theme: RecordID, by member: RecordID) throws -> Ownership {
        let state = try stored(naturalID(.ownership, Self.ownershipKey(theme, member)), in: .roster)
        guard state.collection == .ownership, state.isListed else { return .none }
        if (state.least(Field.Ownership.level) ?? 0) > 0 { return .granted }
        return .withdrawn(
            state.members(Field.Ownership.ends).compactMap { end in
                guard case .bytes(let bytes) = end.value else { return nil }
                return try? ChangePoint(decodingEnd: bytes)
            })
    }

    /// Whether a member owns a theme now.
    package func owns(_ theme: RecordID, _ member: RecordID) throws -> Bool {
        if case .granted = try ownership(of: theme, by: member) { true } else { false }
    }

    /// Whether a member owned a theme, and does no longer.
    package func hadOwner(_ theme: RecordID, _ member: RecordID) throws -> Bool {
        if case .withdrawn = try ownership(of: theme, by: member) { true } else { false }
    }

    /// The members who own a theme now, in the order of their ids. Inside a read.
    package func owners(of theme: RecordID) throws -> [RecordID] {
        let members = try db.query(
            "SELECT member FROM f_ownership WHERE theme = ? AND level > 0", [.blob(theme.bytes)]
        ) { $0.blobIfPresent(0) }
        return try Set(members.compactMap { $0.flatMap { RecordID(bytes: $0) } }).filter { try owns(theme, $0) }.sorted()
    }

    /// After an ownership was folded anew: the theme may read otherwise.
    func ownershipChanged(from old: RecordState, to new: RecordState) throws {
        let fields = [Field.Ownership.theme, Field.Ownership.member, Field.Ownership.level, Field.Ownership.ends]
        guard old.isListed != new.isListed || fields.contains(where: { old[$0] != new[$0] }) else { return }
        for state in [old, new] {
            // Its key says of which theme it is, whatever its field says; both are read, for an id tells no key.
            guard case .record(let theme)? = state.value(Field.Ownership.theme) else { continue }
            try markBehind("WHERE rid = ?2", [.blob(theme.bytes)])
        }
    }

    /// Has the authority grant what members asked for, and withdraw what they gave up. What was withdrawn is not granted
    /// again.
    /// - Returns: how many were granted or withdrawn.
    package func followClaims() throws -> Int {
        guard try !read({ try openClaims() }).isEmpty else { return 0 }
        return try write {
            let open = try openClaims().prefix(Limits.blocks)
            let granted = open.filter { !$0.isGivenUp }.map { Self.ownership($0.theme, $0.member, level: 1) }
            if !granted.isEmpty { _ = try saveInTransaction(granted) }
            for claim in open where claim.isGivenUp { try withdrawOwnership(of: claim.theme, from: claim.member) }
            return open.count
        }
    }

    private struct OpenClaim: Equatable {
        let theme: RecordID
        /// Who made the record: nobody asks for another.
        let member: RecordID
        let isGivenUp: Bool
    }

    private static func ownership(_ theme: RecordID, _ member: RecordID, level: Int64, ends: [ChangePoint] = []) -> RecordEdit {
        RecordEdit(
            log: .roster, target: .natural(.ownership, key: ownershipKey(theme, member)),
            fields: [
                .set(Field.Ownership.theme, .record(theme)), .set(Field.Ownership.member, .record(member)),
                .set(Field.Ownership.level, .integer(level)),
                .add(Field.Ownership.ends, ends.map { .bytes($0.encodedEnd) }),
            ])
    }

    /// What members asked for and do not have, or gave up and have still. Inside a read.
    private func openClaims() throws -> [OpenClaim] {
        var found: [OpenClaim] = []
        for id in try records(of: .claim) {
            let state = try stored(id, in: .square)
            guard case .record(let theme)? = state.value(Field.Claim.theme), let member = state.creation?.member,
                try stored(theme, in: .square).collection == .theme
            else { continue }
            let claim = OpenClaim(theme: theme, member: member, isGivenUp: state.value(Field.Claim.givenUp) == .bool(true))
            let isOpen = switch try ownership(of: theme, by: member) {
            case .none: !claim.isGivenUp
            case .granted: claim.isGivenUp
            case .withdrawn: false
            }
            if isOpen, !found.contains(where: { $0.theme == theme && $0.member == member }) { found.append(claim) }
        }
        return found
    }

    /// Withdraws the ownership of a theme: what the member wrote as its owner until now goes on counting. By the
    /// authority, inside a transaction.
    func withdrawOwnership(of theme: RecordID, from member: RecordID) throws {
        let chains = try devices(of: member).flatMap { try actors(of: $0) }
        let points = try chains.flatMap { try ends(of: $0, in: .square) }
        _ = try saveInTransaction([Self.ownership(theme, member, level: 0, ends: points)])
    }
}
