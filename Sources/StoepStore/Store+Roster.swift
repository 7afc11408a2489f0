import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

extension Store {
    /// The id of a record with a natural key.
    package func naturalID(_ collection: CollectionNumber, _ key: String) -> RecordID {
        RecordID(collection, key: key, environment.cryptography)
    }

    package func deviceRecord(_ key: VerifyingKey) -> RecordID { naturalID(.device, key.description) }

    package static func grantKey(_ member: RecordID, _ partition: String) -> String {
        "\(member)/\(partition)"
    }

    /// The roster as it is folded now. It looks rows up as it is asked, each once: inside a transaction, and no
    /// longer.
    func roster() throws -> Roster {
        Roster(
            authorities: try authorities(),
            device: { [self] key in
                remembered(\.devices, key, failing: nil) {
                    let state = try stored(deviceRecord(key), in: .roster)
                    return state.isListed ? Self.deviceEntry(state) : nil
                }
            },
            role: { [self] member in
                remembered(\.roles, member, failing: nil) {
                    let state = try stored(member, in: .roster)
                    guard state.collection == .member, state.isListed else { return nil }
                    return state.least(Field.Member.role).map { Role(rawValue: $0) ?? .revoked }
                }
            },
            isGranted: { [self] member, partition in
                let grant = RosterCache.Grant(member: member, partition: partition)
                return remembered(\.grants, grant, failing: false) {
                    let record = naturalID(.grant, Self.grantKey(member, partition))
                    let state = try stored(record, in: .roster)
                    return state.isListed && (state.least(Field.Grant.level) ?? 0) > 0
                }
            },
            cuts: { [self] log, actor in
                remembered(\.cuts, RosterCache.Author(actor: actor, log: log), failing: []) {
                    try cutEnds(of: actor, in: log)
                }
            },
            ownership: { [self] member, theme in
                remembered(\.ownerships, RosterCache.Claim(member: member, theme: theme), failing: .none) {
                    try ownership(of: theme, by: member)
                }
            })
    }

    private static func deviceEntry(_ state: RecordState) -> DeviceEntry {
        var member: RecordID?
        if case .record(let id)? = state.value(Field.Device.member) { member = id }
        return DeviceEntry(member: member, isRevoked: (state.least(Field.Device.state) ?? 1) <= 0)
    }

    private func remembered<Key: Hashable, Entry>(
        _ table: WritableKeyPath<RosterCache, [Key: Entry]>, _ key: Key, failing: Entry, _ look: () throws -> Entry
    ) -> Entry {
        if let known = cache.roster[keyPath: table][key] { return known }
        do {
            let entry = try look()
            cache.roster[keyPath: table][key] = entry
            return entry
        } catch {
            // The rules know no disk: the failure is thrown where their answer would be used.
            cache.roster.failure = error
            return failing
        }
    }

    /// Asks the roster, and throws what kept it from answering.
    func judging<T>(_ body: (Roster) throws -> T) throws -> T {
        cache.roster.failure = nil
        let answer = try body(try roster())
        if let failure = cache.roster.failure { throw failure }
        return answer
    }

    private func authorities() throws -> [AuthorityEntry] {
        if let known = cache.roster.authorities { return known }
        let entries = try readAuthorities()
        cache.roster.authorities = entries
        return entries
    }

    private func readAuthorities() throws -> [AuthorityEntry] {
        let statements = try db.query(
            "SELECT statement FROM authority ORDER BY serial, device, statement"
        ) { $0.blob(0) }
        return try statements.map { statement in
            let delegation = try cache.statements[statement]
                ?? Delegation(verifying: statement, space: space, environment.cryptography)
            cache.statements[statement] = delegation
            return AuthorityEntry(
                serial: delegation.serial, device: delegation.authority, cuts: delegation.cuts)
        }
    }

    /// The member that a device acts for; nil where the roster does not know the device.
    package func member(of device: VerifyingKey) throws -> RecordID? {
        try judging { $0.device(device)?.member }
    }

    /// What is known of a device that asks for something.
    package enum DeviceStanding: Sendable {
        case unknown
        case revoked
        case member(RecordID)
    }

    package func standing(of device: VerifyingKey) throws -> DeviceStanding {
        guard let member = try member(of: device), try role(of: member) != nil else { return .unknown }
        return try isRevoked(device) ? .revoked : .member(member)
    }

    package func role(of member: RecordID) throws -> Role? { try judging { $0.role(member) } }

    /// Whether an actor's device is, or ever was, the authority.
    func isOfAuthority(_ actor: ActorID) throws -> Bool {
        guard let device = try device(of: actor) else { return false }
        return try authorities().contains { $0.device == device }
    }

    /// The key of the authority in force.
    func wasAuthority(_ device: VerifyingKey) throws -> Bool { try authorities().contains { $0.device == device } }

    func authorityInForce() throws -> VerifyingKey? { try authorities().last?.device }

    /// Whether the device is the authority in force.
    package func isAuthority(_ device: VerifyingKey) throws -> Bool {
        try authorities().last?.device == device
    }

    /// The logs that a member's devices are given, among those that exist here, in the order of replication.
    package func readableLogs(_ member: RecordID) throws -> [LogID] {
        try judging { roster in try logs().filter { roster.mayRead(member, $0) } }
    }

    package func mayRead(_ member: RecordID, _ log: LogID) throws -> Bool { try judging { $0.mayRead(member, log) } }

    /// Whether what a member's devices write in a log counts, where nothing cuts it.
    package func mayWrite(_ member: RecordID, _ log: LogID) throws -> Bool {
        try judging { $0.mayWrite(member, log) }
    }

    /// The same, were the member to have this role and be granted these partitions.
    package func mayWrite(_ member: RecordID, _ log: LogID, as role: Role, granted: Set<String>) throws -> Bool {
        try judging { $0.mayWrite(member, log, as: role, granted: granted) }
    }

    /// Whether a device that the roster knows is out: it alone, or with its member.
    package func isRevoked(_ device: VerifyingKey) throws -> Bool {
        try judging { roster in
            guard let entry = roster.device(device) else { return false }
            return entry.isRevoked || entry.member.map { roster.role($0) == .revoked } ?? false
        }
    }

    /// The keys of all who may read a log, to seal it to them: their devices', the authority's, and this device's own.
    package func readers(of log: LogID) throws -> Set<SealingKey> {
        let devices = try db.query("SELECT key, sealingKey FROM f_device") {
            (key: $0.blobIfPresent(0), sealing: $0.blobIfPresent(1))
        }
        let daemons = try db.query("SELECT sealingKey FROM f_daemon WHERE state IS NOT 0") { $0.blobIfPresent(0) }
        var readers: Set = [keys.sealingKey]
        readers.formUnion(daemons.compactMap { $0.flatMap { SealingKey(bytes: $0) } })
        return try judging { roster in
            var mayRead: [RecordID: Bool] = [:]
            for device in devices {
                guard let key = device.key.flatMap({ VerifyingKey(bytes: $0) }),
                    let sealing = device.sealing.flatMap({ SealingKey(bytes: $0) }),
                    let entry = roster.device(key), !entry.isRevoked, let member = entry.member
                else { continue }
                let reads = mayRead[member] ?? roster.mayRead(member, log)
                mayRead[member] = reads
                if reads { readers.insert(sealing) }
            }
            return readers
        }
    }

    /// The logs that both members may read, among those that are here or that the roster tells of.
    package func commonLogs(_ one: RecordID, _ other: RecordID) throws -> [LogID] {
        var logs = Set(try self.logs() + [.roster, .square])
        for partition in try partitions() {
            for log in [
                LogID(.street, partition: partition), LogID(.signal, partition: partition),
                LogID(.contact, partition: partition, member: one),
            ] {
                if let log { logs.insert(log) }
            }
        }
        return try judging { roster in
            Array(logs.sorted().filter { roster.mayRead(one, $0) && roster.mayRead(other, $0) }.prefix(Limits.logs))
        }
    }

    /// The devices in force whose keys begin with these digits, this one left out.
    package func devices(beginning prefix: String) throws -> [VerifyingKey] {
        let digits = prefix.lowercased()
        return try otherDevices().filter { $0.description.hasPrefix(digits) }
    }

    /// As many of the first digits of this device's key as tell it from all others in the roster, no fewer than eight.
    package func ownPrefix() throws -> String {
        let own = Array(keys.publicKey.description.utf8)
        let common = try otherDevices().map { key in zip(own, key.description.utf8).prefix { $0 == $1 }.count }.max()
        return String(decoding: own.prefix(max(8, (common ?? 0) + 1)), as: UTF8.self)
    }

    private func otherDevices() throws -> [VerifyingKey] {
        try db.query("SELECT key FROM f_device ORDER BY key") { $0.blobIfPresent(0) }
            .compactMap { $0.flatMap { VerifyingKey(bytes: $0) } }
            .filter { key in
                guard key != keys.publicKey, case .member = try standing(of: key) else { return false }
                return true
            }
    }

    /// The partitions that a member is granted, in order.
    package func grantedPartitions(_ member: RecordID) throws -> [String] {
        let named = try db.query(
            "SELECT partition FROM f_grant WHERE member = ? ORDER BY partition", [.blob(member.bytes)]
        ) { $0.string(0) }
        return try judging { roster in named.filter { roster.isGranted(member, $0) } }
    }

    /// All partitions of the space, in order.
    package func partitions() throws -> [String] {
        try db.query("SELECT name FROM f_partition ORDER BY name") { $0.string(0) }
    }

    /// The partition that an area belongs to.
    package func partition(ofArea code: String) throws -> String? {
        try db.first(
            """
            SELECT f.name FROM s_partition_areas s JOIN f_partition f ON f.record = s.record WHERE s.value = ?
            ORDER BY f.name LIMIT 1
            """, [.text(code)]
        ) { $0.string(0) }
    }

    /// After a roster record was folded anew: whatever its change may have made count, or count no longer, is behind.
    func rosterChanged(from old: RecordState, to new: RecordState) throws {
        cache.roster = RosterCache()
        switch new.collection ?? old.collection {
        case .device?:
            guard old.isListed != new.isListed
                || old.value(Field.Device.member) != new.value(Field.Device.member)
                || old.least(Field.Device.state) != new.least(Field.Device.state)
                || old.value(Field.Device.key) != new.value(Field.Device.key)
            else { return }
            for state in [old, new] {
                if case .bytes(let key)? = state.value(Field.Device.key), let device = VerifyingKey(bytes: key) {
                    try markBehind(writtenBy: device)
                }
            }
        case .member?:
            guard old.isListed != new.isListed || old.least(Field.Member.role) != new.least(Field.Member.role)
            else { return }
            try markBehind(writtenByDevicesOf: new.id)
        case .ownership?: try ownershipChanged(from: old, to: new)
        case .grant?:
            guard old.isListed != new.isListed
                || old.least(Field.Grant.level) != new.least(Field.Grant.level)
                || old.value(Field.Grant.member) != new.value(Field.Grant.member)
            else { return }
            for state in [old, new] {
                if case .record(let member)? = state.value(Field.Grant.member) {
                    try markBehind(writtenByDevicesOf: member)
                }
            }
        default: return
        }
    }

    /// Whether a block brings nothing but statements that the root of this space did sign: they prove themselves,
    /// whoever carries them.
    func isStatement(_ block: RecordBlock) -> Bool {
        guard case .payload(let payload, _) = block.content, payload.collection == .delegation else { return false }
        let statements = Self.statements(payload)
        return !statements.isEmpty && statements.count == payload.operations.count
            && statements.allSatisfy { delegation($0) != nil }
    }

    /// Takes the root's statements among a roster record's blocks for true. What the record shows in the end does not
    /// matter: a statement that somebody overwrote was made all the same, so that nobody can take it away.
    func learnAuthorities(_ blocks: [RecordBlock]) throws {
        let statements = blocks.flatMap { block -> [[UInt8]] in
            guard case .payload(let payload, _) = block.content, payload.collection == .delegation else { return [] }
            return Self.statements(payload)
        }
        try learn(statements)
    }

    /// Takes what the root of this space did sign for true, wherever it came from; anything else is nothing. Inside a
    /// transaction: what it makes count, or count no longer, is behind.
    package func learn(_ statements: [[UInt8]]) throws {
        var learned = false
        let before = try authorities()
        for statement in statements {
            guard let delegation = delegation(statement) else { continue }
            try db.run(
                "INSERT OR IGNORE INTO authority(serial, device, statement) VALUES(?, ?, ?)",
                [
                    .integer(Int64(clamping: delegation.serial)), .blob(delegation.authority.bytes),
                    .blob(statement),
                ])
            learned = learned || db.changes > 0
        }
        guard learned else { return }
        cache.roster = RosterCache()
        for device in Set((before + (try authorities())).map(\.device)).sorted() { try markBehind(writtenBy: device) }
    }

    private static func statements(_ payload: Payload) -> [[UInt8]] {
        payload.operations.compactMap { operation in
            guard case .write(Field.Delegation.statement, .bytes(let statement), _) = operation else { return nil }
            return statement
        }
    }

    private func delegation(_ statement: [UInt8]) -> Delegation? {
        try? Delegation(verifying: statement, space: space, environment.cryptography)
    }

    private func markBehind(writtenByDevicesOf member: RecordID) throws {
        let devices = try db.query("SELECT key FROM f_device WHERE member = ?", [.blob(member.bytes)]) { $0.blob(0) }
        for device in devices {
            if let key = VerifyingKey(bytes: device) { try markBehind(writtenBy: key) }
        }
    }

    private func markBehind(writtenBy device: VerifyingKey) throws {
        for actor in try db.query("SELECT id FROM actor WHERE device = ?", [.blob(device.bytes)], { $0.int64(0) }) {
            try markBehind(writtenByActor: actor)
        }
    }

    /// Marks every record that the actor wrote in, in one log or in all.
    func markBehind(writtenByActor actor: Int64, log: Int64? = nil) throws {
        var log = log
        if PlantedFault.judgeOnArrival.isOn {
            guard let roster = try logID(.roster), log == nil || log == roster else { return }
            log = roster
        }
        // A daemon may hold many that were not folded yet: those are behind already.
        try markBehind(
            """
            WHERE id IN (
                SELECT t.record FROM change c CROSS JOIN touch t ON t.change = c.id
                WHERE c.actor = ?2 AND (?3 IS NULL OR c.log = ?3))
            """, [.integer(actor), .optional(log)])
    }
}

/// What has been looked up of the roster in this transaction. Folding a roster record empties it.
struct RosterCache {
    struct Author: Hashable {
        let actor: ActorID
        let log: LogID
    }

    struct Grant: Hashable {
        let member: RecordID
        let partition: String
    }

    struct Claim: Hashable {
        let member: RecordID
        let theme: RecordID
    }

    var authorities: [AuthorityEntry]?
    /// What kept a look-up from being answered.
    var failure: (any Error)?
    var devices: [VerifyingKey: DeviceEntry?] = [:]
    var roles: [RecordID: Role?] = [:]
    var grants: [Grant: Bool] = [:]
    var ownerships: [Claim: Ownership] = [:]
    var ownershipEnds: [ActorID: [UInt64]]?
    var cuts: [Author: [[ChangePoint]]?] = [:]
    /// Where an actor's standing in a log is the same at every point of its chain.
    var standings: [Author: Standing] = [:]
}
