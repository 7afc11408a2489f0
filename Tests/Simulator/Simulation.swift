import StoepCore
import StoepCrypto
import StoepModel
import StoepServer
import StoepStore
import StoepTestSupport
import StoepWire

/// A space, its people and their machines, in one process and out of one seed. What runs on the machines is the code of
/// the products; disks, network, clocks and randomness are the simulator's.
package final class Simulation {
    struct PersonPlan {
        let name: String
        let role: Role
        let partitions: [String]
    }

    static let people = [
        PersonPlan(name: "anna", role: .volunteer, partitions: ["north"]),
        PersonPlan(name: "bram", role: .volunteer, partitions: ["north", "south"]),
        PersonPlan(name: "coen", role: .coordinator, partitions: []),
        PersonPlan(name: "dewi", role: .owner, partitions: []),
        PersonPlan(name: "elif", role: .volunteer, partitions: ["south"]),
    ]
    static let partitions = ["north", "south"]

    let plan: Plan
    let trace: Trace
    let witness = Witness()
    /// How often each mishap really happened.
    package private(set) var census: [Mishap: Int] = [:]
    /// What happened to disks of machines that are no more.
    private var diskFaults: [FaultKind: Int] = [:]
    /// How often each deed was done.
    package private(set) var deeds: [String: Int] = [:]
    /// True time, milliseconds since 1970.
    var now: UInt64 = 1_790_000_000_000
    /// The numbers of the step that is being taken.
    var step: SeededRandom
    let root: SigningKey
    let space: SpaceID
    var laptops: [Laptop] = []
    var daemons: [DaemonHost] = []
    var late: [LateRequest] = []
    /// Answers that were given before, by who asked.
    var oldAnswers: [Int: [TransportReply]] = [:]
    /// What somebody who means harm has: a key of a member's, stolen.
    var thief: Thief
    /// Steps within steps: while an answer is on its way.
    var depth = 0
    /// Nothing goes wrong any more.
    var isHealing = false
    /// What a transport found out, which the code that it was called by takes for a failure of the network.
    var found: Violation?
    var canaries = Canaries()
    var nextMachine = 0
    /// Where bundles are carried: files of the real disk.
    let stick: ScratchDirectory
    package private(set) var bytesCarried = 0
    /// Rounds of syncing that it took to heal.
    package internal(set) var roundsToHeal = 0

    package init(_ plan: Plan, echo: ((String) -> Void)? = nil) throws {
        self.plan = plan
        trace = Trace(echo: echo)
        step = stream(plan.seed, 1)
        let setup = stream(plan.seed, 2)
        guard let root = SigningKey(seed: setup.bytes(SigningKey.seedByteCount)) else {
            preconditionFailure("a seed of the right length makes a key")
        }
        self.root = root
        space = SpaceID(root: root.verifyingKey, .openSSL)
        thief = Thief(random: stream(plan.seed, 3))
        stick = try ScratchDirectory()
    }

    /// Runs the plan to its end.
    /// - Throws: `Violation`.
    package func run() throws {
        defer { retire() }
        do {
            try found(daemons: 2)
            for person in Self.people.prefix(plan.laptops) { try invite(person) }
            for number in 0..<plan.steps where !plan.skipped.contains(number) {
                step = stream(plan.seed, UInt64(number) &+ 1000)
                now &+= UInt64(step.below(step.chance(20) ? 6 * 3_600_000 : 600_000))
                try takeStep()
            }
            try heal()
        } catch let violation as Violation {
            trace("!! \(violation)")
            throw violation
        } catch {
            throw found ?? Violation("unexpected", "\(error)")
        }
    }

    private func retire() {
        for machine in machines { retire(machine) }
    }

    /// Ends a machine for good.
    func retire(_ machine: Machine) {
        witness.release(machine)
        (machine as? Laptop)?.drop()
        (machine as? DaemonHost)?.drop()
        for (kind, count) in machine.disk.faultCounts { diskFaults[kind, default: 0] += count }
        machine.disk.retire()
    }

    /// What happened by name, that of disks included.
    package var wholeCensus: [String: Int] {
        var whole = Dictionary(uniqueKeysWithValues: census.map { ($0.key.rawValue, $0.value) })
        for (kind, count) in diskFaults { whole["disk: \(kind.rawValue)", default: 0] += count }
        // Those of disks are ordered by the run, and happen where a program comes upon them.
        let ofDisks: [(Mishap, [FaultKind])] = [
            (.powerCut, [.crash]), (.writeError, [.write, .fileWrite]), (.readError, [.read]),
            (.syncError, [.sync, .fileSync]), (.diskFull, [.full]),
        ]
        for (mishap, kinds) in ofDisks { whole[mishap.rawValue] = kinds.reduce(0) { $0 + diskFaults[$1, default: 0] } }
        // To kill a program is no power cut, though the disk counts it as one.
        whole[Mishap.powerCut.rawValue, default: 0] -= census[.killed, default: 0]
        return whole
    }

    var machines: [Machine] { daemons as [Machine] + laptops as [Machine] }

    func count(_ mishap: Mishap) { census[mishap, default: 0] += 1 }
    func count(deed: String) { deeds[deed, default: 0] += 1 }
    func countBytes(_ bytes: Int) { bytesCarried += bytes }

    /// Whether this goes wrong now: once in so many times, where the plan has it go wrong at all.
    func happens(_ mishap: Mishap, oneIn: Int) -> Bool {
        // Drawn in any case: leaving one mishap out changes nothing for the others.
        let isDrawn = step.chance(oneIn)
        return isDrawn && !isHealing && plan.mishaps.contains(mishap)
    }

    // MARK: Founding

    /// Schemas that differ: what the newer has in addition, the older keeps and passes on.
    static let newerSchema: Schema = {
        let collections = Schema.current.collections.map { collection in
            collection.number == .conversation
                ? collection.adding(FieldDefinition(40, "mood", en: "mood", nl: "stemming")) : collection
        }
        return Schema(
            version: Schema.current.version + 1, operationKinds: Schema.current.operationKinds,
            collections: collections)
    }()
    static let moodField = FieldNumber(rawValue: 40)

    private func tlsKey(_ random: SeededRandom) -> SigningKey {
        guard let key = SigningKey(seed: random.bytes(SigningKey.seedByteCount)) else {
            preconditionFailure("a seed of the right length makes a key")
        }
        return key
    }

    private func makeDaemon(_ name: String) -> DaemonHost {
        let number = nextMachine
        nextMachine += 1
        return DaemonHost(
            name: name, number: number, tls: tlsKey(stream(plan.seed, UInt64(number) &* 4 &+ 3)), seed: plan.seed,
            schema: .current, trueTime: { [unowned self] in self.now })
    }

    private func found(daemons count: Int) throws {
        daemons = (0..<count).map { makeDaemon("daemon\($0)") }
        let first = daemons[0]
        _ = try first.disk.makeFolder(first.directory)
        let keys = try DeviceKeys(random: first.environment.random)
        let store = try Store.create(first.configuration, first.environment, space: space, keys: keys, isHub: true)
        let statement = Delegation(
            root: root.verifyingKey, serial: 1, authority: keys.publicKey,
            daemons: daemons.map(\.tls.verifyingKey).sorted()
        ).sign(with: root.signer)
        try store.save([
            RecordEdit(
                log: .roster, target: .new(.delegation), fields: [.set(Field.Delegation.statement, .bytes(statement))])
        ])
        var edits = [
            RecordEdit(
                log: .roster, target: .natural(.space, key: "space"),
                fields: [.set(Field.Space.name, .text("Oude Noorden"))])
        ]
        edits += daemons.map { host in
            RecordEdit(
                log: .roster, target: .natural(.daemon, key: host.tls.verifyingKey.description),
                fields: [
                    .set(Field.Daemon.key, .bytes(host.tls.verifyingKey.bytes)),
                    .set(Field.Daemon.address, .text(host.address)), .set(Field.Daemon.state, .integer(1)),
                    .set(Field.Daemon.sealingKey, .bytes(keys.sealingKey.bytes)),
                ])
        }
        edits += Self.partitions.map {
            RecordEdit(
                log: .roster, target: .natural(.partition, key: $0),
                fields: [.set(Field.Partition.name, .text($0)), .add(Field.Partition.areas, [.text($0)])])
        }
        try store.save(edits)
        try store.prepareToSend()
        try LedgerKeeping.begin(store, path: first.ledgerPath)
        try store.checkpoint()
        store.close()
        for other in daemons.dropFirst() { other.disk.load(first.disk.image()) }
        for host in daemons {
            _ = try host.running()
            try lookAt(host, keeps: true)
        }
        trace("a space with \(count) daemons, seed \(plan.seed)")
    }

    private func invite(_ person: PersonPlan) throws {
        let number = nextMachine
        nextMachine += 1
        let laptop = Laptop(
            name: person.name, number: number, role: person.role, partitions: person.partitions, seed: plan.seed,
            schema: .current, trueTime: { [unowned self] in self.now })
        laptops.append(laptop)
        // The last joins when its turn comes, with all that may go wrong then.
        if laptops.count < Self.people.count || plan.laptops < Self.people.count {
            isHealing = true
            defer { isHealing = false }
            try join(laptop)
        }
    }

    // MARK: Looking

    func lookAt(_ laptop: Laptop, keeps: Bool) throws {
        guard laptop.hasJoined, !laptop.isRotten else { return }
        try witness.look(at: laptop, device: laptop.device, keeps: keeps)
    }

    func lookAt(_ host: DaemonHost, keeps: Bool) throws {
        guard !host.isRotten else { return }
        try witness.look(at: host, device: host.service?.store.keys.publicKey, keeps: keeps)
    }
}

extension CollectionDefinition {
    fileprivate func adding(_ field: FieldDefinition) -> CollectionDefinition {
        with(fields: fields + [field])
    }
}
