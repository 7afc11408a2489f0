import StoepSQLite
import StoepSimulator
import StoepTestSupport

/// A small database on a simulated disk, and what its owner has been told is durable.
final class DiskScene {
    static let path = "/data/notes.db"
    static let applicationID: Int32 = 0x5354_4f4f

    let disk: SimulatedDisk
    private let work: SeededRandom
    /// `PRAGMA synchronous`, where it is to be another than the connection's own.
    private let synchronous: String?
    private let sealing: PageSealing?
    private(set) var connection: Connection?
    /// Batches whose commit returned.
    private(set) var committed: Set<Int> = []
    /// Those that may stand or not: being committed when something failed, or found after a process was killed before
    /// it had synced them.
    private(set) var doubtful: Set<Int> = []
    private var nextBatch = 0

    init(seed: UInt64, name: String = "disk", synchronous: String? = nil, isSealed: Bool = false) {
        disk = SimulatedDisk(name: name, random: SeededRandom(seed: seed))
        work = SeededRandom(seed: seed ^ 0x5eed)
        self.synchronous = synchronous
        let nonces = SeededRandom(seed: seed ^ 0x5ea1)
        let key = PageKey(fileID: [UInt8](repeating: 1, count: 16), key: [UInt8](repeating: 2, count: 32))
        sealing = isSealed ? key.map { PageSealing(keys: [$0], random: { nonces.bytes($0) }) } : nil
    }

    deinit {
        connection?.close()
        disk.retire()
    }

    func open() throws {
        let connection = try Connection(
            Connection.Configuration(
                path: Self.path, vfsName: disk.vfsName, busyTimeoutMilliseconds: 100, applicationID: Self.applicationID),
            sealing: sealing)
        if let synchronous { try connection.execute("PRAGMA synchronous=\(synchronous)") }
        self.connection = connection
        try connection.transaction {
            try connection.execute("CREATE TABLE IF NOT EXISTS note(batch INTEGER, part INTEGER, text TEXT)")
        }
    }

    func close() {
        connection?.close()
        connection = nil
    }

    /// Three rows in one transaction, all or none.
    func commit(_ text: String? = nil) throws {
        guard let connection else { return }
        nextBatch += 1
        doubtful.insert(nextBatch)
        try connection.transaction {
            for part in 0..<3 {
                try connection.run(
                    "INSERT INTO note VALUES(?, ?, ?)",
                    [.integer(Int64(nextBatch)), .integer(Int64(part)), .text(text ?? work.text(words: 60))])
            }
        }
        // Its sync took along what was found in the log.
        committed.formUnion(doubtful)
        doubtful = []
    }

    /// Opens the database, commits, checkpoints, deletes, until the disk fails or it is done.
    /// - Returns: whether it came to its end.
    func run(commits: Int) -> Bool {
        do {
            if connection == nil { try open() }
            for number in 1...commits {
                try commit()
                if number % 4 == 0 { _ = try connection?.checkpoint(truncate: number % 8 == 0) }
            }
            return true
        } catch {
            return false
        }
    }

    /// What is wrong with the database as a reader finds it: a commit that is lost, half there, or never was.
    /// - Parameter isDurable: what is found now stands on the platter, as after a power cut.
    func complaints(isDurable: Bool = true) throws -> [String] {
        guard let connection else { return ["not open"] }
        var complaints = try connection.query("PRAGMA integrity_check") { $0.string(0) }.filter { $0 != "ok" }
        let found = try connection.query("SELECT batch, count(*) FROM note GROUP BY batch ORDER BY batch") {
            (batch: Int($0.int64(0)), parts: $0.int64(1))
        }
        for (batch, parts) in found where parts != 3 { complaints.append("batch \(batch) has \(parts) parts") }
        let batches = Set(found.map(\.batch))
        let lost = committed.subtracting(batches)
        if !lost.isEmpty { complaints.append("lost: \(lost.sorted())") }
        let invented = batches.subtracting(committed).subtracting(doubtful)
        if !invented.isEmpty { complaints.append("invented: \(invented.sorted())") }
        doubtful.formIntersection(batches)
        if isDurable {
            committed.formUnion(doubtful)
            doubtful = []
        }
        return complaints
    }
}
