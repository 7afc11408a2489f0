import StoepModel
import StoepSQLite
import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// Stores of every older version are opened: Tools/torture migrate.
struct MigrateTorture {
    @Test
    func `a store of any older version comes up to this one, wherever it is cut off on the way`() throws {
        let torture = Torture("migrate", rounds: 2)
        var (cuts, kills, stores, sealed) = (0, 0, 0, 0)
        for round in 0..<torture.rounds {
            let seed = torture.seed(of: round)
            // In turn, so that a seed says which.
            let isSealed = seed.isMultiple(of: 2)
            let history = try StoreHistory(seed: seed, isSealed: isSealed)
            try history.settle()
            for store in [history.space.hub, history.laptops[Int(seed % UInt64(history.laptops.count))]] {
                // What stands in the log is what counts: folded anew it is the same.
                let expected = try history.space.hashes(store)
                store.close()
                for version in OlderStore.versions.reversed() {
                    let directory = try history.space.scratch.copy(store.configuration.directory)
                    try OlderStore.make(of: directory, version: version)
                    let upgrade = try Upgrade(directory, of: store, seed: seed)
                    let what = "seed \(seed), version \(version), \(isSealed ? "sealed " : "")\(store.isHub ? "daemon" : "laptop")"
                    #expect(upgrade.isSealed == isSealed)
                    // Every operation in turn; among other tests only a few.
                    let step = torture.isShort ? 80 : 1
                    var operation = Int(seed % UInt64(step))
                    while try upgrade.isCut(at: operation, isKilled: false) {
                        cuts += 1
                        try upgrade.check(expected, "\(what), power cut at operation \(operation)")
                        if try upgrade.isCut(at: operation, isKilled: true) {
                            kills += 1
                            try upgrade.check(expected, "\(what), killed at operation \(operation)")
                        }
                        operation += step
                    }
                    try upgrade.check(expected, what)
                    stores += 1
                    if isSealed { sealed += 1 }
                }
            }
        }
        torture.tell(
            """
            \(stores) stores of \(OlderStore.versions.count) older versions, \(sealed) of them sealed, cut off by the power \(cuts) times and killed \
            \(kills) times on the way: all came up, sound and the same
            """)
    }

    @Test(arguments: [false, true])
    func `a store of a later version is refused by name, and not a byte of it is changed`(isSealed: Bool) throws {
        let space = try TestSpace(seed: 1, sealsLaptops: isSealed)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        anna.close()
        try OlderStore.makeNewer(anna.configuration.directory)
        let upgrade = try Upgrade(anna.configuration.directory, of: anna, seed: 1)
        #expect(upgrade.isSealed == isSealed)
        let before = upgrade.disk.digest
        let error = #expect(throws: StoreError.self) { try upgrade.open() }
        guard case .newerVersion(OlderStore.versions.upperBound + 1)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(upgrade.disk.digest == before)
    }
}

/// A store that stands on a disk of the simulator, as often as it is cut off.
private final class Upgrade {
    let disk: SimulatedDisk
    private let configuration: Store.Configuration
    private let environment: Environment
    private let image: SimulatedDisk.Image
    private var store: Store?

    /// - Parameter directory: where its files are on the machine's own disk.
    init(_ directory: String, of original: Store, seed: UInt64) throws {
        disk = SimulatedDisk(name: "upgrade", random: SeededRandom(seed: seed))
        let system = SystemDisk()
        for name in try system.names(in: directory) ?? [] {
            try disk.write(system.read("\(directory)/\(name)", maximumBytes: 1 << 28), to: "/data/\(name)")
        }
        image = disk.image()
        var configuration = original.configuration
        configuration.directory = "/data"
        configuration.disk = disk
        self.configuration = configuration
        environment = original.environment
    }

    deinit {
        store?.close()
        disk.retire()
    }

    var isSealed: Bool { WrappedKeys.exists(in: configuration.directory, on: disk) }

    func open() throws { store = try Store.open(configuration, environment) }

    /// Opens it as it was, until the operation.
    /// - Returns: false where it was open before that.
    func isCut(at operation: Int, isKilled: Bool) throws -> Bool {
        close()
        disk.restart()
        disk.load(image)
        disk.powerFailsAfter = operation
        let isOpen = (try? open()) != nil
        let isCut = disk.isDown
        if !isCut { #expect(isOpen) }
        close()
        disk.restart(keepingUnsynced: isKilled)
        return isCut
    }

    private func close() {
        store?.close()
        store = nil
    }

    /// That it opens now, and is what it was.
    func check(_ expected: [LogID: Bytes32], _ what: String) throws {
        try open()
        guard let store else { return }
        while try store.foldSome() {}
        let found = Dictionary(uniqueKeysWithValues: try store.status().logs.map { ($0.log, $0.stateHash) })
        #expect(found == expected, "\(what)")
        let checkup = try store.checkup()
        #expect(checkup.isSound, "\(what): \(checkup.findings)")
        close()
    }
}
