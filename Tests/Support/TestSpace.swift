import StoepCrypto
import StoepMerge
import StoepModel
import StoepStore
import StoepWire

/// A space with its daemon, in this process: real stores, a fake clock, seeded randomness. What a run does is decided
/// by the seed.
package final class TestSpace {
    package let random: SeededRandom
    package let clock = TestClock()
    package let root: SigningKey
    package let id: SpaceID
    package let scratch: ScratchDirectory
    package private(set) var hub: Store
    package let hubDirectory: String
    private let sealsLaptops: Bool
    /// The record that names the authority.
    package private(set) var delegationRecord = RecordID(Bytes16(high: 0, low: 0))

    package var environment: Environment {
        let (random, clock) = (self.random, self.clock)
        return Environment(cryptography: .openSSL, now: { clock.now }, random: { random.bytes($0) })
    }

    /// - Parameters:
    ///   - partitions: each with an area of the same name.
    ///   - sealsLaptops: whether new laptops seal what they write, as the programs do.
    ///   - sealsHub: whether the daemon does.
    package init(
        seed: UInt64, partitions: [String] = ["north"], sealsLaptops: Bool = false, sealsHub: Bool = false
    ) throws {
        self.sealsLaptops = sealsLaptops
        let random = SeededRandom(seed: seed)
        let clock = self.clock
        self.random = random
        let environment = Environment(cryptography: .openSSL, now: { clock.now }, random: { random.bytes($0) })
        root = Self.key(random)
        id = SpaceID(root: root.verifyingKey, .openSSL)
        scratch = try ScratchDirectory()
        hubDirectory = try scratch.make("hub")
        let keys = try DeviceKeys(random: { random.bytes($0) })
        var configuration = Self.configuration(hubDirectory)
        if sealsHub { configuration.protection = .besideTheStore }
        hub = try Store.create(
            configuration, environment, space: id, keys: keys, isHub: true)
        try found(partitions)
    }

    package static func key(_ random: SeededRandom) -> SigningKey {
        guard let key = SigningKey(seed: random.bytes(SigningKey.seedByteCount)) else {
            preconditionFailure("a seed of the right length makes a key")
        }
        return key
    }

    package static func configuration(_ directory: String, inode: UInt64 = 1) -> Store.Configuration {
        var configuration = Store.Configuration(directory: directory, holder: "test")
        configuration.place = { _ in Place(machine: [1], fileSystem: 1, inode: inode) }
        configuration.lockTimeoutMilliseconds = 50
        return configuration
    }

    /// The statement by which the root makes a device the authority.
    package func delegation(to key: VerifyingKey, serial: UInt64, cuts: [Cut] = []) -> [UInt8] {
        Delegation(root: root.verifyingKey, serial: serial, authority: key, cuts: cuts).sign(with: root.signer)
    }

    /// The roster's first save: what a daemon writes when a space is made.
    private func found(_ partitions: [String]) throws {
        var edits = [
            RecordEdit(
                log: .roster, target: .new(.delegation),
                fields: [
                    .set(Field.Delegation.statement, .bytes(delegation(to: hub.keys.publicKey, serial: 1)))
                ]),
            RecordEdit(
                log: .roster, target: .natural(.space, key: id.description),
                fields: [.set(Field.Space.name, .text("Oude Noorden"))]),
            RecordEdit(
                log: .roster, target: .natural(.daemon, key: hub.keys.publicKey.description),
                fields: [
                    .set(Field.Daemon.key, .bytes(hub.keys.publicKey.bytes)),
                    .set(Field.Daemon.address, .text("127.0.0.1:7410")), .set(Field.Daemon.state, .integer(1)),
                    .set(Field.Daemon.sealingKey, .bytes(hub.keys.sealingKey.bytes)),
                ]),
        ]
        edits += partitions.map {
            RecordEdit(
                log: .roster, target: .natural(.partition, key: $0),
                fields: [.set(Field.Partition.name, .text($0)), .add(Field.Partition.areas, [.text($0)])])
        }
        delegationRecord = try hub.save(edits)[0]
    }

    // MARK: Members and devices

    package func member(_ name: String, _ role: Role) throws -> RecordID {
        try hub.save([
            RecordEdit(
                log: .roster, target: .new(.member),
                fields: [.set(Field.Member.name, .text(name)), .set(Field.Member.role, .integer(role.rawValue))])
        ])[0]
    }

    package func setRole(_ member: RecordID, _ role: Role) throws {
        try hub.save([
            RecordEdit(
                log: .roster, target: .existing(member), fields: [.set(Field.Member.role, .integer(role.rawValue))])
        ])
    }

    package func grant(_ member: RecordID, _ partition: String, level: Int64 = 1) throws {
        try hub.save([
            RecordEdit(
                log: .roster, target: .natural(.grant, key: Store.grantKey(member, partition)),
                fields: [
                    .set(Field.Grant.member, .record(member)), .set(Field.Grant.partition, .text(partition)),
                    .set(Field.Grant.level, .integer(level)),
                ])
        ])
    }

    package func enrol(_ keys: DeviceKeys, of member: RecordID) throws {
        try hub.save([
            RecordEdit(
                log: .roster, target: .natural(.device, key: keys.publicKey.description),
                fields: [
                    .set(Field.Device.key, .bytes(keys.publicKey.bytes)),
                    .set(Field.Device.sealingKey, .bytes(keys.sealingKey.bytes)),
                    .set(Field.Device.member, .record(member)),
                ])
        ])
    }

    /// Ends an actor's chain in a log at these points.
    package func cut(_ actor: ActorID, in log: LogID, at points: [ChangePoint]) throws {
        try hub.save([
            RecordEdit(
                log: log, target: .natural(.cut, key: actor.description),
                fields: [.set(Field.Cut.points, .bytes(CutEnds(points).encoded()))])
        ])
    }

    package func setState(_ device: VerifyingKey, _ state: Int64) throws {
        try hub.save([
            RecordEdit(
                log: .roster, target: .natural(.device, key: device.description),
                fields: [.set(Field.Device.state, .integer(state))])
        ])
    }

    /// A store of a device's own, empty, its device unknown to the roster.
    package func emptyLaptop() throws -> Store {
        let random = self.random
        var configuration = Self.configuration(try scratch.make("laptop"))
        if sealsLaptops { configuration.protection = .besideTheStore }
        return try Store.create(
            configuration, environment, space: id,
            keys: try DeviceKeys(random: { random.bytes($0) }), isHub: false)
    }

    /// A member with one laptop, enrolled and granted; the laptop has not synced yet.
    package func laptop(_ name: String, _ role: Role = .volunteer, in partitions: [String] = ["north"]) throws -> Store {
        let store = try emptyLaptop()
        let member = try member(name, role)
        try enrol(store.keys, of: member)
        for partition in partitions { try grant(member, partition) }
        return store
    }

    // MARK: Handles

    package func reopen(_ store: Store) throws -> Store {
        store.close()
        return try open(store.configuration.directory)
    }

    package func open(_ directory: String, inode: UInt64 = 1) throws -> Store {
        try Store.open(Self.configuration(directory, inode: inode), environment)
    }

    /// Closes the hub, lets something happen to its directory, and opens it again.
    package func restartHub(_ meanwhile: () throws -> Void = {}) throws {
        try hub.checkpoint()
        hub.close()
        try meanwhile()
        hub = try open(hubDirectory)
    }

    /// A copy of the hub as it is now, as a backup has it.
    package func backUpHub() throws -> String {
        var copy = ""
        try restartHub { copy = try scratch.copy(hubDirectory) }
        return copy
    }
}

/// What tests ask a store, each in a snapshot of its own.
extension Store {
    package func seen(_ record: RecordID) throws -> RecordState { try read { try stored(record) } }
    package func heads(_ log: LogID) throws -> [Head] { try read { try frontier([log]) } }
    package func grants(_ member: RecordID) throws -> [String] { try read { try grantedPartitions(member) } }
    package func owner(of device: VerifyingKey) throws -> RecordID? { try read { try member(of: device) } }
}
