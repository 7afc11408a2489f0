import StoepCore
import StoepCrypto
import StoepModel
import StoepServer
import StoepStore
import StoepTestSupport

/// A computer with a disk, a clock and a generator of its own.
class Machine {
    let name: String
    /// Its place in the run, by which everything about it is drawn and looked up.
    let number: Int
    let disk: SimulatedDisk
    let clock: SkewedClock
    let random: SeededRandom
    /// What of `disk.failures` the programs that run now have nothing to do with.
    private var pastFailures = 0
    /// A bit of its disk is not what was written: nothing that it shows is to be relied on until it is replaced.
    var isRotten = false
    /// An older copy of its disk.
    var image: SimulatedDisk.Image?
    /// What a copy of its files on another machine differs in.
    var place: Place
    var schema: Schema

    init(name: String, number: Int, seed: UInt64, schema: Schema, trueTime: @escaping () -> UInt64) {
        self.name = name
        self.number = number
        self.schema = schema
        disk = SimulatedDisk(name: name, random: stream(seed, UInt64(number) &* 4 &+ 1))
        random = stream(seed, UInt64(number) &* 4 &+ 2)
        clock = SkewedClock(trueTime)
        place = Place(machine: [UInt8(truncatingIfNeeded: number)], fileSystem: 1, inode: 1)
    }

    /// The disk failed since the programs on it were started: they may say so. That it is yet to fail excuses nothing.
    var hasDiskFault: Bool { disk.failures != pastFailures }

    /// Its programs are started anew.
    func forgetDiskFaults() { pastFailures = disk.failures }

    var directory: String { "/stoep" }

    var environment: Environment {
        let (random, clock) = (self.random, self.clock)
        return Environment(
            cryptography: VerifiedSignatures.cryptography, now: { clock.now }, random: { random.bytes($0) })
    }

    var configuration: Store.Configuration {
        var configuration = Store.Configuration(directory: directory, holder: name)
        let place = place
        configuration.place = { _ in place }
        configuration.lockTimeoutMilliseconds = 0
        configuration.disk = disk
        configuration.shardDocuments = 8
        configuration.schema = schema
        return configuration
    }
}

/// A volunteer's, an owner's or a coordinator's laptop.
final class Laptop: Machine {
    /// What it was invited as, and still is as far as nobody changed it.
    let role: Role
    let partitions: [String]
    /// Nil until it has joined, and between two commands.
    var replica: Replica?
    var hasJoined = false
    var invitation: String?
    /// In the middle of a sync: nothing else happens on it.
    var isBusy = false
    /// A copy of another laptop's disk, with its keys.
    var isClone = false
    /// The daemons say that it is out.
    var isOut = false
    /// Two of its own histories may come to stand side by side: it was copied so that nobody can tell.
    var mayFork = false
    /// Cannot reach these daemons.
    var partitionedFrom: Set<Int> = []
    var device: VerifyingKey?
    /// Somebody between it and the daemon changed what it was told: it may say that it does not understand.
    var sawTampering = false

    init(
        name: String, number: Int, role: Role, partitions: [String], seed: UInt64, schema: Schema,
        trueTime: @escaping () -> UInt64
    ) {
        self.role = role
        self.partitions = partitions
        super.init(name: name, number: number, seed: seed, schema: schema, trueTime: trueTime)
    }

    /// Its programs are gone, whatever they were doing.
    func drop() {
        replica?.close()
        replica = nil
        isBusy = false
    }
}

/// A coordinator's machine that runs the daemon.
final class DaemonHost: Machine {
    var tls: SigningKey
    var service: SpaceService?
    /// It was replaced, and is switched on no more.
    var isRetired = false

    var address: String { "\(name):7410" }
    var ledgerPath: String { directory + ".ledger" }

    init(name: String, number: Int, tls: SigningKey, seed: UInt64, schema: Schema, trueTime: @escaping () -> UInt64) {
        self.tls = tls
        super.init(name: name, number: number, seed: seed, schema: schema, trueTime: trueTime)
    }

    /// The running daemon; started where it is not.
    func running() throws -> SpaceService {
        if let service { return service }
        let store = try Store.open(configuration, environment)
        let started = SpaceService(
            store: store, daemonKey: tls.verifyingKey, ledgerPath: ledgerPath, log: .silent)
        do {
            try started.start()
        } catch {
            store.close()
            throw error
        }
        service = started
        return started
    }

    func drop() {
        service?.store.close()
        service = nil
    }
}

extension SimulatedDisk {
    /// Nothing goes wrong with it for as long as `body` takes: for who only watches, or puts a copy back.
    func undisturbed<T>(_ body: () throws -> T) rethrows -> T {
        let (orders, power, capacity) = (plans, powerFailsAfter, capacityBytes)
        (plans, powerFailsAfter, capacityBytes) = ([:], nil, nil)
        defer { (plans, powerFailsAfter, capacityBytes) = (orders, power, capacity) }
        return try body()
    }

    /// Whether something is still to fail. The power is left out: that it failed is seen by `isDown`.
    var isToFail: Bool { !plans.isEmpty || capacityBytes != nil }

    /// Nothing more goes wrong with it.
    func clearFaults() {
        heal()
        capacityBytes = nil
        powerFailsAfter = nil
    }
}
