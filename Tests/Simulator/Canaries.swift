import StoepModel

/// Words that stand in one record alone, so that a byte of it is found wherever it lies.
struct Canaries {
    struct Canary {
        let record: RecordID
        let log: LogID
        let word: [UInt8]
    }

    private(set) var all: [Canary] = []
    private var places: [RecordID: Int] = [:]
    /// The machines on which somebody asked for an erasure, by record: also of one that nobody was told is kept.
    private var erasures: [RecordID: Set<Int>] = [:]
    /// To what a record belongs, and what was kept of one.
    private var owners: [RecordID: RecordID] = [:]
    private var successors: [RecordID: RecordID] = [:]
    private var next = 0

    /// A word that nothing else contains. It tells the partition.
    mutating func word(in partition: String) -> String {
        next += 1
        return "\(Self.prefix(partition))\(next)q"
    }

    /// What every word of a partition's records begins with.
    static func prefix(_ partition: String) -> String { "kanarie-\(partition)-" }

    mutating func keep(_ word: String, of record: RecordID, in log: LogID, belongingTo owner: RecordID? = nil) {
        places[record] = all.count
        owners[record] = owner
        all.append(Canary(record: record, log: log, word: Array(word.utf8)))
    }

    func word(of record: RecordID) -> String? {
        places[record].map { String(decoding: all[$0].word, as: UTF8.self) }
    }

    func log(of record: RecordID) -> LogID? { places[record].map { all[$0].log } }

    /// Somebody asked for its erasure on this machine.
    mutating func mayBeErased(_ record: RecordID, on machine: Machine) {
        erasures[record, default: []].insert(machine.number)
    }

    mutating func note(_ successor: RecordID, of record: RecordID) { successors[record] = successor }

    func owner(of record: RecordID) -> RecordID? { owners[record] }

    /// What belongs to a record goes with it, and with what was kept of it.
    func erasedOn(_ record: RecordID) -> Set<Int> {
        var machines = erasures[record] ?? []
        var owner = owners[record]
        while let current = owner {
            machines.formUnion(erasures[current] ?? [])
            owner = successors[current]
        }
        return machines
    }
}
