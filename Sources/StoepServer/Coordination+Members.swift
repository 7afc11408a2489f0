import StoepMerge
import StoepModel
import StoepStore

/// Who may do what, and up to where what they wrote counts (`DESIGN` §3).
extension Coordination {
    /// Puts a member out, or one laptop of theirs. Everything of it that the daemon holds and that counts goes on
    /// counting; what is handed in from now on is kept aside.
    func revoke(_ who: String, device typed: String?) throws -> MembershipChange {
        try changing { () throws -> (RecordID, VerifyingKey?, [RecordEdit]) in
            var (member, device) = try find(who)
            if let typed { device = try self.device(typed, of: member) }
            let devices = device.map { [$0] } ?? member.devices.map(\.key)
            var edits = try devices.flatMap { key in
                try cuts(of: key, in: writable(by: key, of: member.id))
            }
            if let device {
                edits.append(
                    RecordEdit(
                        log: .roster, target: .natural(.device, key: device.description),
                        fields: [.set(Field.Device.state, .integer(0))]))
            } else {
                edits += try keptAsOwner(member, as: .revoked)
                edits.append(Self.role(.revoked, of: member.id))
            }
            try store.audit("revoke \(device.map { "laptop \($0) of " } ?? "")\(member.id)")
            return (member.id, device, edits)
        }
    }

    /// Gives a member another role, and a volunteer areas. Where they may write no longer, what counts already goes on
    /// counting; a right that is gained neither writes a cut nor loosens one.
    func change(_ who: String, to role: Role, _ areas: [String]) throws -> MembershipChange {
        switch role {
        case .volunteer: break
        case .owner, .coordinator:
            guard areas.isEmpty else { throw Objection(.areaNotForRole, role.name) }
        case .observer, .revoked: throw Objection(.roleNotInvited, role.name)
        }
        return try changing { () throws -> (RecordID, VerifyingKey?, [RecordEdit]) in
            let member = try find(who, alsoDevices: false).member
            var granted: Set<String> = []
            if role == .volunteer { granted = Set(areas.isEmpty ? member.partitions : try partitions(of: areas)) }
            if role == .volunteer, granted.isEmpty { throw Objection(.areaMissing) }
            let lost = try store.logs().filter { log in
                try store.mayWrite(member.id, log)
                    && !store.mayWrite(member.id, log, as: role, granted: granted)
            }
            var edits = try member.devices.flatMap { try cuts(of: $0.key, in: lost) }
            let first = try granted.contains(defaultPartition(of: member.id)) ? nil : granted.min()
            edits += try keptAsOwner(member, as: role)
            edits.append(Self.role(role, of: member.id, defaultPartition: first))
            for partition in granted.symmetricDifference(member.partitions).sorted() {
                edits.append(Self.grant(member.id, partition, isGiven: granted.contains(partition)))
            }
            try store.audit("role \(role.name) \(member.id) \(granted.sorted().joined(separator: " "))")
            return (member.id, nil, edits)
        }
    }

    /// Gives a theme to a member, also one that was theirs before, or takes it: what they said as its owner until now
    /// goes on counting.
    func setOwnership(of typed: String, for who: String, _ gives: Bool) throws -> OwnershipChange {
        let change = try store.write {
            try store.foldControl()
            let (theme, name) = try theme(typed)
            let member = try find(who, alsoDevices: false).member
            guard !gives || member.role > .observer else { throw Objection(.unknownMember, who) }
            let isNew = try store.setOwnership(of: theme, for: member.id, gives)
            try store.audit("theme \(theme) \(gives ? "given to" : "taken from") \(member.id)")
            return OwnershipChange(
                theme: theme, themeName: name, member: ListedMember(member, keptAside: 0), isNew: isNew)
        }
        try store.prepareToSend()
        return change
    }

    /// The theme with this name, or whose id begins so.
    private func theme(_ typed: String) throws -> (RecordID, name: String) {
        var found = try store.records(of: .theme, RecordSelection([.reads(Field.Theme.name, typed)]))
        if found.isEmpty { found = try store.records(beginning: typed, of: .theme, limit: 20) ?? [] }
        let named = try found.map { theme -> (RecordID, name: String) in
            guard case .text(let name)? = try store.stored(theme, in: .square).value(Field.Theme.name) else {
                return (theme, "")
            }
            return (theme, name)
        }
        guard let first = named.first else { throw Objection(.unknownTheme, typed) }
        guard named.count == 1 else {
            throw Objection(.ambiguousTheme, arguments: [typed] + named.map { "\($0.0) \($0.name)" })
        }
        return first
    }

    /// What a coordinator said as only owners may goes on counting once they are none.
    private func keptAsOwner(_ member: MemberEntry, as role: Role) throws -> [RecordEdit] {
        guard member.role == .coordinator, role != .coordinator else { return [] }
        return try store.ownershipsWithdrawn(fromCoordinator: member.id)
    }

    /// One transaction; durable, and ready to be sent, on return.
    private func changing(
        _ body: () throws -> (member: RecordID, device: VerifyingKey?, edits: [RecordEdit])
    ) throws -> MembershipChange {
        let change = try store.write {
            try store.foldControl()
            let (member, device, edits) = try body()
            try saveAll(edits)
            guard let entry = try store.members().first(where: { $0.id == member }) else {
                throw StoreError.unknownRecord(member)
            }
            let cuts = try edits.compactMap { edit -> MembershipChange.WrittenCut? in
                guard case .natural(.cut, let key) = edit.target, let actor = Hex.decode(key).flatMap({ ActorID(bytes: $0) })
                else { return nil }
                let seq = try store.countedSeq(of: actor, in: edit.log)
                return MembershipChange.WrittenCut(log: edit.log, actor: actor, seq: seq)
            }
            return MembershipChange(member: ListedMember(entry, keptAside: 0), cuts: cuts, device: device)
        }
        try store.prepareToSend()
        return change
    }

    /// Saves edits of several logs together, in as many changes one after the other as their number asks for.
    private func saveAll(_ edits: [RecordEdit]) throws {
        var rest = Dictionary(grouping: edits, by: \.log).mapValues { $0[...] }
        while rest.values.contains(where: { !$0.isEmpty }) {
            var round: [RecordEdit] = []
            for (log, waiting) in rest {
                round += waiting.prefix(Limits.blocks)
                rest[log] = waiting.dropFirst(Limits.blocks)
            }
            _ = try store.saveInTransaction(round)
        }
    }

    private func cuts(of device: VerifyingKey, in logs: [LogID]) throws -> [RecordEdit] {
        try store.actors(of: device).flatMap { actor in
            try logs.compactMap { log in
                // In a log that everybody reads, an actor that never wrote there would tell of what it wrote elsewhere.
                guard try log.kind.isPartitioned || !store.ends(of: actor, in: log).isEmpty else { return nil }
                return try store.cut(actor, of: device, in: log)
            }
        }
    }

    /// The logs in which a device wrote, or may.
    private func writable(by device: VerifyingKey, of member: RecordID) throws -> [LogID] {
        try store.logs().filter { log in
            guard log.kind != .roster else { return false }
            return try store.mayWrite(member, log) || store.actors(in: log).contains { $0.device == device }
        }
    }

    private static func role(_ role: Role, of member: RecordID, defaultPartition: String? = nil) -> RecordEdit {
        var fields = [FieldEdit.set(Field.Member.role, .integer(role.rawValue))]
        if let defaultPartition { fields.append(.set(Field.Member.defaultPartition, .text(defaultPartition))) }
        return RecordEdit(log: .roster, target: .existing(member), fields: fields)
    }

    private static func grant(_ member: RecordID, _ partition: String, isGiven: Bool) -> RecordEdit {
        RecordEdit(
            log: .roster, target: .natural(.grant, key: Store.grantKey(member, partition)),
            fields: [
                .set(Field.Grant.member, .record(member)), .set(Field.Grant.partition, .text(partition)),
                .set(Field.Grant.level, .integer(isGiven ? 1 : 0)),
            ])
    }

    private func defaultPartition(of member: RecordID) throws -> String {
        guard case .text(let partition)? = try store.stored(member, in: .roster).value(Field.Member.defaultPartition)
        else { return "" }
        return partition
    }

    // MARK: Who is meant

    /// The member with this name, or whose id begins so; or a laptop whose key begins so, and its member.
    private func find(
        _ typed: String, alsoDevices: Bool = true
    ) throws -> (member: MemberEntry, device: VerifyingKey?) {
        let members = try store.members()
        let isHex = typed.utf8.count >= 4 && typed.utf8.allSatisfy(Self.isHexDigit)
        let prefix = typed.lowercased()
        var found: [(member: MemberEntry, device: VerifyingKey?)] = members.filter { member in
            member.name.utf8.elementsEqual(typed.utf8) || isHex && member.id.description.hasPrefix(prefix)
        }.map { ($0, nil) }
        if isHex, alsoDevices {
            found += members.flatMap { member in
                member.devices.filter { $0.key.description.hasPrefix(prefix) }.map { (member, $0.key) }
            }
        }
        guard let first = found.first else { throw Objection(.unknownMember, typed) }
        guard found.count == 1 else {
            let candidates = found.prefix(10).map { entry in
                "\((entry.device?.description ?? entry.member.id.description).prefix(12)) \(entry.member.name)"
            }
            throw Objection(.ambiguousMember, arguments: [typed] + candidates)
        }
        return first
    }

    private func device(_ typed: String, of member: MemberEntry) throws -> VerifyingKey {
        let prefix = typed.lowercased()
        let found = member.devices.map(\.key).filter { $0.description.hasPrefix(prefix) }
        guard let key = found.first, found.count == 1 else {
            let known = (found.isEmpty ? member.devices.map(\.key) : found).map { String($0.description.prefix(12)) }
            throw Objection(.unknownLaptop, arguments: [typed] + known)
        }
        return key
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

extension ListedMember {
    init(_ entry: MemberEntry, keptAside: Int) {
        self.init(
            id: entry.id, name: entry.name, role: entry.role, partitions: entry.partitions,
            devices: entry.devices.map { Device(key: $0.key, isRevoked: $0.isRevoked) }, keptAside: keptAside)
    }
}
