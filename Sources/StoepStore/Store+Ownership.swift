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

    /// The members who own a theme now and may say so, in the order of their ids. Inside a read.
    package func owners(of theme: RecordID) throws -> [RecordID] {
        let members = try db.query(
            "SELECT member FROM f_ownership WHERE theme = ? AND level > 0", [.blob(theme.bytes)]
        ) { $0.blobIfPresent(0) }
        return try Set(members.compactMap { $0.flatMap { RecordID(bytes: $0) } })
            .filter { try mayOwn($0) && owns(theme, $0) }.sorted()
    }

    /// The numbers at which ownerships that were withdrawn end an actor's chain. Inside a read.
    func ownershipEnds(of actor: ActorID) throws -> [UInt64] {
        if cache.roster.ownershipEnds == nil {
            var ends: [ActorID: [UInt64]] = [:]
            let values = try db.query("SELECT DISTINCT value FROM s_ownership_ends") { $0.blob(0) }
            for bytes in values {
                if let end = try? ChangePoint(decodingEnd: bytes) { ends[end.actor, default: []].append(end.seq) }
            }
            cache.roster.ownershipEnds = ends
        }
        return cache.roster.ownershipEnds?[actor] ?? []
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

    /// Has the authority grant what members asked for, and withdraw what they gave up, a bounded part of it. What was
    /// withdrawn is not granted again by itself.
    /// - Returns: how many were granted or withdrawn, and whether there may be more.
    package func followClaims() throws -> (count: Int, isAll: Bool) {
        let hasWork = try read {
            try mayHaveOpenClaims && isAuthority(keys.publicKey) && !openClaims(atMost: 1).isEmpty
        }
        mayHaveOpenClaims = hasWork
        guard hasWork else { return (0, true) }
        return try write {
            let open = try openClaims(atMost: Limits.blocks)
            let granted = open.filter(\.givenUp.isEmpty).map { Self.ownership($0.theme, $0.member, level: 1) }
            if !granted.isEmpty { _ = try saveInTransaction(granted) }
            for claim in open where !claim.givenUp.isEmpty {
                try withdrawOwnership(of: claim.theme, from: claim.member, heard: claim.givenUp)
            }
            return (open.count, open.count < Limits.blocks)
        }
    }

    private static func ownership(
        _ theme: RecordID, _ member: RecordID, level: Int64, ends: [ChangePoint] = [], heard: [RecordID] = []
    ) -> RecordEdit {
        RecordEdit(
            log: .roster, target: .natural(.ownership, key: ownershipKey(theme, member)),
            fields: [
                .set(Field.Ownership.theme, .record(theme)), .set(Field.Ownership.member, .record(member)),
                .set(Field.Ownership.level, .integer(level)),
                .add(Field.Ownership.ends, ends.map { .bytes($0.encodedEnd) }),
                .add(Field.Ownership.heard, heard.map { .record($0) }),
            ])
    }

    /// A member who asks for a theme, or gives it up with all these claims. Nobody asks for another.
    private typealias OpenClaim = (theme: RecordID, member: RecordID, givenUp: [RecordID])

    /// What members asked for and do not have, or gave up and have still. Inside a read.
    private func openClaims(atMost limit: Int) throws -> [OpenClaim] {
        var claims: [RosterCache.Claim: [RecordState]] = [:]
        for id in try records(of: .claim) {
            let state = try stored(id, in: .square)
            guard case .record(let theme)? = state.value(Field.Claim.theme), let member = state.creation?.member else {
                continue
            }
            claims[RosterCache.Claim(member: member, theme: theme), default: []].append(state)
        }
        var open: [OpenClaim] = []
        for (claim, states) in claims.sorted(by: { ($0.key.theme, $0.key.member) < ($1.key.theme, $1.key.member) }) {
            guard open.count < limit else { break }
            let heard = try heardClaims(claim.theme, claim.member)
            let asked = states.filter { !heard.contains($0.id) }
            guard !asked.isEmpty else { continue }
            // Of several that a member made for one theme, one that is not given up asks for it.
            let isGivenUp = asked.allSatisfy { $0.value(Field.Claim.givenUp) == .bool(true) }
            let isOpen = switch try ownership(of: claim.theme, by: claim.member) {
            case .none: !isGivenUp
            case .granted: isGivenUp
            case .withdrawn: false
            }
            guard isOpen, try isTheme(claim.theme), try isGivenUp || mayOwn(claim.member) else { continue }
            open.append((claim.theme, claim.member, isGivenUp ? asked.map(\.id) : []))
        }
        return open
    }

    /// The claims of a member for a theme that were given up and acted upon: they say nothing any more. Inside a read.
    package func heardClaims(_ theme: RecordID, _ member: RecordID) throws -> Set<RecordID> {
        let state = try stored(naturalID(.ownership, Self.ownershipKey(theme, member)), in: .roster)
        return Set(
            state.members(Field.Ownership.heard).compactMap { claim in
                if case .record(let id) = claim.value { id } else { nil }
            })
    }

    /// The claims by which a member asks for a theme, or gave it up, that nobody acted upon yet. Inside a read.
    package func claims(of theme: RecordID, by member: RecordID) throws -> [RecordState] {
        let heard = try heardClaims(theme, member)
        return try records(of: .claim, RecordSelection([.holds(Field.Claim.theme, .record(theme))]))
            .map { try stored($0, in: .square) }.filter { $0.creation?.member == member && !heard.contains($0.id) }
    }

    private func isTheme(_ record: RecordID) throws -> Bool {
        let state = try stored(record, in: .square)
        return state.collection == .theme && state.isListed
    }

    private func mayOwn(_ member: RecordID) throws -> Bool { try role(of: member).map { $0 > .observer } ?? false }

    /// What keeps counting of what a coordinator said as one of themes that were never theirs, once they are one no
    /// longer. Inside a transaction of the authority.
    package func ownershipsWithdrawn(fromCoordinator member: RecordID) throws -> [RecordEdit] {
        guard let square = try logID(.square) else { return [] }
        let owned = configuration.schema.collections.filter { $0.fields.contains { $0.rule == .owner } }
        let numbers = owned.map { String($0.number.rawValue) }.joined(separator: ", ")
        let themes = try devices(of: member).flatMap { device in
            try db.query(
                """
                SELECT DISTINCT r.rid FROM actor a JOIN change c ON c.actor = a.id AND c.log = ?2
                JOIN touch t ON t.change = c.id JOIN record r ON r.id = t.record AND r.collection IN (\(numbers))
                WHERE a.device = ?1
                """,
                [.blob(device.bytes), .integer(square)]
            ) { $0.blob(0) }
        }.compactMap { RecordID(bytes: $0) }
        let ends = try ends(ofChainsOf: member)
        return try Set(themes).sorted().filter { try !owns($0, member) }
            .map { Self.ownership($0, member, level: 0, ends: ends) }
    }

    /// Gives a theme to a member, also once more, or takes it from them. By the authority.
    /// - Returns: whether that was not so already.
    package func setOwnership(of theme: RecordID, for member: RecordID, _ owns: Bool) throws -> Bool {
        guard try self.owns(theme, member) != owns else { return false }
        if owns {
            // What was given up before is not given up again.
            let givenUp = try claims(of: theme, by: member).filter { $0.value(Field.Claim.givenUp) == .bool(true) }
            _ = try saveInTransaction([Self.ownership(theme, member, level: 1, heard: givenUp.map(\.id))])
        } else {
            try withdrawOwnership(of: theme, from: member)
        }
        return true
    }

    private func ends(ofChainsOf member: RecordID) throws -> [ChangePoint] {
        try devices(of: member).flatMap { try actors(of: $0) }.flatMap { try ends(of: $0, in: .square) }
    }

    /// Withdraws the ownership of a theme: what the member wrote as its owner until now goes on counting. By the
    /// authority, inside a transaction.
    private func withdrawOwnership(of theme: RecordID, from member: RecordID, heard: [RecordID] = []) throws {
        _ = try saveInTransaction([Self.ownership(theme, member, level: 0, ends: ends(ofChainsOf: member), heard: heard)])
    }
}
