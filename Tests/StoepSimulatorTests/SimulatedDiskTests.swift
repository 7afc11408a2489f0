import Glibc
import StoepSQLite
import StoepSimulator
import StoepTestSupport
import Testing

/// The disk that simulations stand on does what a disk does, in good days and in bad.
struct SimulatedDiskTests {
    /// Cuts the power at one operation, starts the machine again and opens the database.
    /// - Returns: what is wrong then; nil when the power was never cut.
    private func crash(
        seed: UInt64, atOperation operation: Int, synchronous: String? = nil, isSealed: Bool = false
    ) throws -> [String]? {
        let scene = DiskScene(seed: seed, synchronous: synchronous, isSealed: isSealed)
        scene.disk.powerFailsAfter = operation
        guard !scene.run(commits: 10) else { return nil }
        scene.disk.cutPower()
        scene.close()
        scene.disk.restart()
        try scene.open()
        return try scene.complaints()
    }

    @Test(arguments: [false, true])
    func `whatever operation the power fails at, what was committed is there, and whole`(isSealed: Bool) throws {
        var operation = 0
        while let complaints = try crash(seed: UInt64(operation), atOperation: operation, isSealed: isSealed) {
            #expect(complaints == [], "power cut at operation \(operation)")
            operation += 1
        }
        #expect(operation > 60, "the power was cut at every operation in turn")
    }

    @Test(arguments: [false, true])
    func `machines that lose their power again and again keep what was committed`(isSealed: Bool) throws {
        var faults: [FaultKind: Int] = [:]
        for seed in 0..<100 as Range<UInt64> {
            let scene = DiskScene(seed: seed, isSealed: isSealed)
            let random = SeededRandom(seed: seed ^ 0xc4a5)
            for life in 0..<6 {
                scene.disk.powerFailsAfter = random.below(40)
                _ = scene.run(commits: 6)
                let onlyKilled = random.chance(4)
                scene.close()
                scene.disk.restart(keepingUnsynced: onlyKilled)
                try scene.open()
                #expect(try scene.complaints(isDurable: !onlyKilled) == [], "seed \(seed), life \(life)")
            }
            faults.merge(scene.disk.faultCounts, uniquingKeysWith: +)
        }
        for kind in [FaultKind.crash, .tornWrite, .lostWrite, .reorderedWrite, .lostName] {
            #expect(faults[kind, default: 0] > 0, "\(kind) never happened")
        }
    }

    @Test
    func `where each name reaches the platter by itself, a database whose folder was synced is as safe`() throws {
        for seed in 0..<60 as Range<UInt64> {
            let scene = DiskScene(seed: seed)
            scene.disk.keepsOrderOfNames = false
            try scene.open()
            try scene.disk.syncFolder("/data")
            scene.disk.powerFailsAfter = Int(seed)
            _ = scene.run(commits: 10)
            scene.close()
            scene.disk.restart()
            try scene.open()
            #expect(try scene.complaints() == [], "seed \(seed)")
        }
    }

    @Test
    func `without syncs this disk loses what was committed`() throws {
        var damaged = 0
        for seed in 0..<40 as Range<UInt64> {
            let complaints = try? crash(seed: seed, atOperation: 40 + Int(seed), synchronous: "OFF")
            if complaints != [] { damaged += 1 }
        }
        #expect(damaged > 10)
    }

    @Test
    func `a killed process loses nothing that it wrote, and its locks are free`() throws {
        let scene = DiskScene(seed: 7, synchronous: "OFF")
        #expect(scene.run(commits: 5))
        let lock = try scene.disk.writeLock("/data/lock")
        try lock.acquire(timeoutMilliseconds: 0, holder: "first")
        let other = try scene.disk.writeLock("/data/lock")
        #expect(throws: WriteLockError.self) { try other.acquire(timeoutMilliseconds: 10, holder: "second") }
        scene.disk.restart(keepingUnsynced: true)
        try scene.disk.writeLock("/data/lock").acquire(timeoutMilliseconds: 0, holder: "third")
        #expect(throws: WriteLockError.self) { try lock.acquire(timeoutMilliseconds: 10, holder: "dead") }
        try scene.open()
        #expect(try scene.complaints() == [])
    }

    @Test
    func `a handle from before a restart is dead for ever`() throws {
        let scene = DiskScene(seed: 3)
        try scene.open()
        try scene.commit()
        let old = try #require(scene.connection)
        scene.disk.restart()
        let before = scene.disk.digest
        #expect(throws: SQLiteError.self) { try old.run("DELETE FROM note") }
        #expect(throws: SQLiteError.self) { try old.query("SELECT * FROM note") { $0.int64(0) } }
        #expect(scene.disk.digest == before)
        try scene.open()
        old.close()
        try scene.commit()
        #expect(try scene.complaints() == [])
    }

    @Test
    func `connections see and exclude one another, and may be closed after their disk has gone`() throws {
        let scene = DiskScene(seed: 2)
        try scene.open()
        try scene.commit()
        let writer = try #require(scene.connection)
        let reader = try Connection(writer.configuration)
        try reader.snapshot {
            #expect(try reader.query("SELECT count(*) FROM note") { $0.int64(0) } == [3])
            try scene.commit()
            #expect(try reader.query("SELECT count(*) FROM note") { $0.int64(0) } == [3])
            #expect(try writer.checkpoint(truncate: true, waitMilliseconds: 1).isBlocked)
        }
        #expect(try reader.query("SELECT count(*) FROM note") { $0.int64(0) } == [6])
        try writer.transaction {
            let error = #expect(throws: SQLiteError.self) { try reader.transaction {} }
            #expect(error?.isBusy == true)
        }
        #expect(try !writer.checkpoint(truncate: true).isBlocked)
        scene.disk.retire()
        #expect(throws: SQLiteError.self) { try reader.transaction { try reader.run("DELETE FROM note") } }
        reader.close()
        writer.close()
        #expect(scene.disk.openFiles == 0)
    }

    @Test
    func `the same seed comes to the same bytes, whatever other disks do`() throws {
        func run(_ seed: UInt64, beside others: [UInt64]) throws -> [UInt64] {
            var digests: [UInt64] = []
            let neighbours = others.map { DiskScene(seed: $0) }
            let scene = DiskScene(seed: seed)
            for life in 1...4 {
                for neighbour in neighbours { _ = neighbour.run(commits: life) }
                scene.disk.powerFailsAfter = 25 * life
                _ = scene.run(commits: 12)
                digests.append(scene.disk.digest)
                scene.close()
                scene.disk.restart()
                digests.append(scene.disk.digest)
            }
            return digests
        }
        let alone = try run(11, beside: [])
        #expect(try run(11, beside: [1, 2]) == alone)
        #expect(try run(12, beside: []) != alone)
    }

    @Test
    func `a thousand disks leave nothing behind`() throws {
        func residentPages() -> Int {
            // Its size is said to be 0, so that it is not read like a file.
            guard let file = fopen("/proc/self/statm", "r") else { return 0 }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 200)
            fgets(&line, 200, file)
            let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return Int(fields.split(separator: " ")[1]) ?? 0
        }
        struct Remains { weak var disk: SimulatedDisk? }
        var remains: [Remains] = []
        var before = 0
        for seed in 0..<1000 as Range<UInt64> {
            // What the allocator keeps for itself is there by then.
            if seed == 200 { before = residentPages() }
            let scene = DiskScene(seed: seed)
            try scene.open()
            scene.disk.restart(keepingUnsynced: seed.isMultiple(of: 2))
            remains.append(Remains(disk: scene.disk))
        }
        // Each open file holds its disk, and the memory that it shares.
        #expect(remains.allSatisfy { $0.disk == nil })
        // Not asserted, as other tests of the process run meanwhile.
        print("simulated disk: \((residentPages() - before) * 4) KiB more after 800 disks")
    }

    @Test
    func `commits a second`() throws {
        let scene = DiskScene(seed: 1)
        try scene.open()
        let connection = try #require(scene.connection)
        let elapsed = try ContinuousClock().measure {
            for number in 0..<1000 {
                try connection.transaction {
                    try connection.run("INSERT INTO note VALUES(1, ?, 'short')", [.integer(Int64(number))])
                }
            }
        }
        let made = ContinuousClock().measure {
            for seed in 0..<1000 as Range<UInt64> {
                SimulatedDisk(name: "short", random: SeededRandom(seed: seed)).retire()
            }
        }
        print(
            "simulated disk: \(Int(1000 / (elapsed / .seconds(1)))) one-row commits a second,",
            "made and retired in \(made / .microseconds(1000)) microseconds")
        #expect(try connection.query("SELECT count(*) FROM note") { $0.int64(0) } == [1000])
    }
}
