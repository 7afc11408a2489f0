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
    private(set) var connection: Connection?
    /// Batches whose commit returned, in order, and the one that was being committed when something failed.
    private(set) var committed: [Int] = []
    private(set) var doubtful: Int?
    private var nextBatch = 0

    init(seed: UInt64, name: String = "disk", synchronous: String? = nil) {
        disk = SimulatedDisk(name: name, random: SeededRandom(seed: seed))
        work = SeededRandom(seed: seed ^ 0x5eed)
        self.synchronous = synchronous
    }

    deinit {
        connection?.close()
        disk.retire()
    }

    func open() throws {
        let connection = try Connection(
            Connection.Configuration(
                path: Self.path, vfsName: disk.vfsName, busyTimeoutMilliseconds: 100, applicationID: Self.applicationID))
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
        doubtful = nextBatch
        try connection.transaction {
            for part in 0..<3 {
                try connection.run(
                    "INSERT INTO note VALUES(?, ?, ?)",
                    [.integer(Int64(nextBatch)), .integer(Int64(part)), .text(text ?? work.text(words: 60))])
            }
        }
        committed.append(nextBatch)
        doubtful = nil
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
    func complaints() throws -> [String] {
        guard let connection else { return ["not open"] }
        var complaints = try connection.query("PRAGMA integrity_check") { $0.string(0) }.filter { $0 != "ok" }
        let found = try connection.query("SELECT batch, count(*) FROM note GROUP BY batch ORDER BY batch") {
            (batch: Int($0.int64(0)), parts: $0.int64(1))
        }
        for (batch, parts) in found where parts != 3 { complaints.append("batch \(batch) has \(parts) parts") }
        let batches = found.map(\.batch)
        let lost = Set(committed).subtracting(batches)
        if !lost.isEmpty { complaints.append("lost: \(lost.sorted())") }
        let invented = Set(batches).subtracting(committed).subtracting([doubtful].compactMap { $0 })
        if !invented.isEmpty { complaints.append("invented: \(invented.sorted())") }
        // What a reader was shown is kept from here on.
        if let doubtful, batches.contains(doubtful) { committed.append(doubtful) }
        doubtful = nil
        return complaints
    }
}
