import StoepCrypto
import StoepMerge
import StoepModel
import StoepStore
import StoepWire

/// What a coordinator does with a space by hand. Owned by whoever owns the store; each deed leaves an audit record.
struct Coordination {
    let store: Store
    /// The public key of the daemon's TLS certificate.
    let daemonKey: VerifyingKey

    /// Answers everything but an import, which its caller takes in steps.
    func perform(_ request: AdminRequest, _ ledger: inout OpenLedger) throws -> AdminResponse {
        switch request {
        case .invite(let order): .invited(try invite(order))
        case .members: .members(try audited("members") { try members() })
        case .status: .status(try audited("status") { try status() })
        case .importAreas(let areas): try importAll(areas)
        case .erase(let typed): .erased(try erase(typed, ledger))
        case .erasures: .erasures(try audited("erasures") { try erasures() })
        case .liftRecovery: try lift(&ledger)
        case .retention: .retention(try audited("retention") { try retention() })
        case .setRetention(let days): .retention(try setRetention(days))
        case .settings: .settings(try audited("settings") { try settings() })
        case .set(let settings): .settings(try set(settings))
        case .revoke(let who, let device): .membership(try revoke(who, device: device))
        case .changeRole(let who, let role, let areas): .membership(try change(who, to: role, areas))
        case .setOwnership(let theme, let who, let gives):
            .ownership(try setOwnership(of: theme, for: who, gives))
        case .listKeptAside(let log):
            try audited("quarantine list \(log?.description ?? "")") { try listKeptAside(log) }
        case .showKeptAside(let actor, let log): try showKeptAside(actor, log)
        case .release(let actor, let log, let through): .decided(try release(actor, log, through: through))
        case .refuse(let actor, let log): .decided(try refuse(actor, log))
        case .bundle(let order): try handle(order, ledger)
        }
    }

    private func lift(_ ledger: inout OpenLedger) throws -> AdminResponse {
        guard ledger.recovery != nil else { throw Objection(.notInRecovery) }
        try ledger.lift()
        return .recoveryLifted
    }

    func audited<T>(_ what: String, _ body: () throws -> T) throws -> T {
        try store.write {
            try store.audit(what)
            return try body()
        }
    }

    /// All at once: for where nobody else waits for the store.
    private func handle(_ order: BundleOrder, _ ledger: OpenLedger) throws -> AdminResponse {
        let work = try BundleWork(order, store, isRecovering: ledger.recovery != nil)
        while try work.step() {}
        while try store.foldSome() {}
        return try work.finish()
    }

    // MARK: Inviting

    func invite(_ order: InvitationOrder) throws -> Invited {
        guard Bounds.isName(order.name) else { throw Objection(.nameUnusable, order.name) }
        switch order.role {
        case .volunteer: guard !order.areas.isEmpty else { throw Objection(.areaMissing) }
        case .owner, .coordinator:
            guard order.areas.isEmpty else { throw Objection(.areaNotForRole, order.role.name) }
        case .observer, .revoked: throw Objection(.roleNotInvited, order.role.name)
        }
        let now = store.environment.now().milliseconds
        let expires = Timestamp(milliseconds: min(now + order.validMilliseconds, Limits.timestamp))
        let secret = store.environment.random16()
        let invitation = try store.write {
            let partitions = try partitions(of: order.areas)
            let day: UInt64 = 24 * 60 * 60 * 1000
            try store.forgetInvitations(expiredBefore: Timestamp(milliseconds: now - min(now, 30 * day)))
            try store.keep(
                StoredInvitation(name: order.name, role: order.role, partitions: partitions, expires: expires),
                secret: secret)
            try store.audit("invite \(order.role.name) \(partitions.joined(separator: " "))")
            return Invitation(
                space: store.space, address: try address(), daemonKey: daemonKey, role: order.role,
                partitions: partitions, secret: secret)
        }
        try store.prepareToSend()
        return Invited(
            text: invitation.text(store.environment.cryptography), partitions: invitation.partitions, expires: expires)
    }

    /// Where laptops reach this daemon, as the roster says.
    private func address() throws -> String {
        let record = try store.stored(store.naturalID(.daemon, daemonKey.description))
        guard case .text(let address)? = record.value(Field.Daemon.address) else {
            throw StoreError.damaged("stoep.db: the daemon's address")
        }
        return address
    }

    /// The partitions that these areas belong to. An area that belongs to none gets one of its own.
    func partitions(of areas: [String]) throws -> [String] {
        var found: Set<String> = []
        let known = Set(try store.partitions())
        for area in areas {
            if known.contains(area) || found.contains(area) {
                found.insert(area)
            } else if let partition = try store.partition(ofArea: area) {
                found.insert(partition)
            } else {
                found.insert(try makePartition(for: area))
            }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func makePartition(for area: String) throws -> String {
        let areas = try store.areaNames()
        guard areas.isEmpty || areas.contains(where: { $0.code.utf8.elementsEqual(area.utf8) }) else {
            throw Objection(.unknownArea, arguments: [area] + AreaSuggestions(areas).like(area))
        }
        guard LogID.isPartitionName(area) else { throw Objection(.partitionNameUnusable, area) }
        _ = try store.saveInTransaction([
            RecordEdit(
                log: .roster, target: .natural(.partition, key: area),
                fields: [.set(Field.Partition.name, .text(area)), .add(Field.Partition.areas, [.text(area)])])
        ])
        return area
    }

    // MARK: Looking

    private func members() throws -> [ListedMember] {
        var aside: [RecordID: Int] = [:]
        for entry in try store.keptAside() {
            if let member = entry.member { aside[member, default: 0] += entry.changes(alsoRefused: false).count }
        }
        return try store.members().map { ListedMember($0, keptAside: aside[$0.id] ?? 0) }
    }

    func status() throws -> DaemonStatus {
        try store.read {
            let status = try store.status()
            let space = try store.stored(store.naturalID(.space, "space"))
            var name = ""
            if case .text(let text)? = space.value(Field.Space.name) { name = text }
            let revoked = try store.members().flatMap { member in
                member.devices.filter { $0.isRevoked || member.role == .revoked }
            }
            let aside = try store.keptAside()
            return DaemonStatus(
                space: status.space, name: name, actor: status.actor,
                logs: status.logs.map {
                    DaemonStatus.Log(log: $0.log, heads: $0.heads, stateHash: $0.stateHash, records: $0.records)
                },
                conflicts: status.conflicts, pending: status.pending, wanted: status.wanted,
                quarantined: status.quarantined, members: try store.memberCount(), devices: try store.deviceCount(),
                revoked: revoked.count, keptAside: aside.reduce(0) { $0 + $1.changes(alsoRefused: false).count },
                forks: try store.forkedActorCount())
        }
    }

    // MARK: Areas

    /// How many areas one change brings.
    static let areasPerChange = 50

    private func importAll(_ areas: [AreaRow]) throws -> AdminResponse {
        var fresh = 0
        for start in stride(from: 0, to: areas.count, by: Self.areasPerChange) {
            fresh += try importSome(areas[start..<min(start + Self.areasPerChange, areas.count)])
        }
        try finishImport(fresh: fresh, of: areas.count)
        return .imported(fresh: fresh, unchanged: areas.count - fresh)
    }

    /// Writes, in one change, those of a few areas that differ from what is held.
    /// - Returns: how many did.
    func importSome(_ areas: ArraySlice<AreaRow>) throws -> Int {
        precondition(areas.count <= Limits.blocks, "a change has at most \(Limits.blocks) blocks")
        for area in areas {
            guard LogID.isPartitionName(area.code) else { throw Objection(.partitionNameUnusable, area.code) }
            guard Bounds.isName(area.name) else { throw Objection(.nameUnusable, area.name) }
        }
        return try store.write {
            let edits = try areas.compactMap { try edit($0) }
            if !edits.isEmpty { _ = try store.saveInTransaction(edits) }
            return edits.count
        }
    }

    func finishImport(fresh: Int, of count: Int) throws {
        try store.write { try store.audit("area import: \(fresh) of \(count) written") }
        try store.prepareToSend()
    }

    /// What would make the area as it is in the file; nil where it is so already.
    private func edit(_ area: AreaRow) throws -> RecordEdit? {
        let wanted: [(FieldNumber, Value)] = [
            (Field.Area.code, .text(area.code)), (Field.Area.name, .text(area.name)),
            (Field.Area.longitude, .integer(area.longitude)), (Field.Area.latitude, .integer(area.latitude)),
        ]
        let held = try store.stored(store.naturalID(.area, area.code))
        let fields = wanted.filter { held.values($0.0).map(\.value) != [$0.1] }
        guard !fields.isEmpty else { return nil }
        return RecordEdit(
            log: .square, target: .natural(.area, key: area.code), fields: fields.map { .set($0.0, $0.1) })
    }
}

/// Which areas somebody may have meant who typed a name, or part of a code.
struct AreaSuggestions {
    private let areas: [(code: String, name: String)]

    init(_ areas: [(code: String, name: String)]) {
        self.areas = areas
    }

    /// At most five, the likeliest first, as `BU05990535 Oude Noorden`.
    func like(_ typed: String) -> [String] {
        let wanted = typed.lowercased()
        let ranked = areas.compactMap { area -> (rank: Int, text: String)? in
            let name = area.name.lowercased()
            let code = area.code.lowercased()
            let rank: Int
            if name.utf8.elementsEqual(wanted.utf8) || code.utf8.elementsEqual(wanted.utf8) {
                rank = 0
            } else if name.hasPrefix(wanted) || code.hasPrefix(wanted) {
                rank = 1
            } else if contains(name, wanted) || contains(code, wanted) {
                rank = 2
            } else if Self.differInOne(Array(name.utf8), Array(wanted.utf8))
                || Self.differInOne(Array(code.utf8), Array(wanted.utf8))
            {
                rank = 3
            } else {
                return nil
            }
            return (rank, "\(area.code) \(area.name)")
        }
        return ranked.sorted { ($0.rank, $0.text) < ($1.rank, $1.text) }.prefix(5).map(\.text)
    }

    private func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard part.count >= 3, text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// Whether one insertion, deletion, replacement or swap makes one of the other.
    private static func differInOne(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard abs(a.count - b.count) <= 1 else { return false }
        let same = zip(a, b).prefix { $0 == $1 }.count
        let (restA, restB) = (a.dropFirst(same), b.dropFirst(same))
        if a.count != b.count { return a.count > b.count ? restA.dropFirst() == restB : restA == restB.dropFirst() }
        if restA.dropFirst() == restB.dropFirst() { return true }
        return restA.count >= 2 && restA.dropFirst(2) == restB.dropFirst(2)
            && restA.first == restB.dropFirst().first && restB.first == restA.dropFirst().first
    }
}
