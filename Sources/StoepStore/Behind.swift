import StoepModel
import StoepWire

/// A record of one log, which stands there under this number.
struct RecordKey: Hashable {
    let log: Int64
    let record: RecordID
}

/// A block as it came, or as it stands in the log.
struct TouchedBlock {
    let change: ChangeRow
    let actorRow: Int64
    let actor: ActorID
    let time: Timestamp
    /// Its place in the change.
    let block: Int
    let subject: Subject
    let body: BlockBody?
}

/// The records that came to be behind the log in one transaction. Most are folded before it ends, and a new one from what
/// is in memory already.
struct Behind {
    struct Entry {
        /// The row that the record has, or will have.
        let row: Int64
        /// All that there is of it; nil where more stands in the log.
        var blocks: [TouchedBlock]?
    }

    /// What is folded first decides whether the rest counts.
    enum Lane: Int, CaseIterable {
        case roster, control, other
    }

    private var entries: [RecordKey: Entry] = [:]
    private var keys: [Int64: RecordKey] = [:]
    private var lanes = Lane.allCases.map { _ in [RecordKey]() }
    /// How far each lane has been taken from.
    private var taken = Lane.allCases.map { _ in 0 }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    subscript(key: RecordKey) -> Entry? { entries[key] }

    /// Puts a record in a lane.
    mutating func insert(_ key: RecordKey, _ lane: Lane, _ entry: Entry) {
        entries[key] = entry
        keys[entry.row] = key
        lanes[lane.rawValue].append(key)
    }

    /// Adds a block to a record that is here; nil where that is to be read from the log.
    mutating func add(_ block: TouchedBlock?, to key: RecordKey, _ lane: Lane) {
        if let block { entries[key]?.blocks?.append(block) } else { entries[key]?.blocks = nil }
        // Left in the other lane as well: who comes there later finds it gone.
        if lane != .other { lanes[lane.rawValue].append(key) }
    }

    /// Has a record read from the log, where it is here: what is held of it has changed since.
    /// - Returns: whether it is here.
    mutating func forgetBlocks(row: Int64) -> Bool {
        guard let key = keys[row] else { return false }
        entries[key]?.blocks = nil
        return true
    }

    /// Takes the first that is left in a lane.
    mutating func take(_ lane: Lane) -> (key: RecordKey, entry: Entry)? {
        let place = lane.rawValue
        while taken[place] < lanes[place].count {
            let key = lanes[place][taken[place]]
            taken[place] += 1
            guard let entry = entries.removeValue(forKey: key) else { continue }
            keys[entry.row] = nil
            return (key, entry)
        }
        lanes[place].removeAll(keepingCapacity: true)
        taken[place] = 0
        return nil
    }

    /// Leaves nothing of a log.
    mutating func remove(log: Int64) {
        for (key, entry) in entries where key.log == log {
            entries[key] = nil
            keys[entry.row] = nil
        }
    }
}
