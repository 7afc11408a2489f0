import StoepCrypto
import StoepModel
import StoepSQLite
import StoepStore
import StoepWire

/// Sees everything: which changes were ever written, who was told that theirs is kept, and what stands on every disk.
/// It reads the tables itself, with a connection of its own, and asks no store.
final class Witness {
    struct Known {
        let hash: [UInt8]
        let log: LogID
        let actor: [UInt8]
        let seq: UInt64
        let device: VerifyingKey
        /// By machine.
        var holders: Set<Int> = []
        /// Whoever wrote it was told that it is kept.
        var isAcknowledged = false
        /// Gone with the only disks that it stood on: nobody could have kept it.
        var isLost = false
        /// Machines that once had it with all its bodies, and that nothing happened to since.
        var whole: Set<Int> = []
        /// It stood whole on a disk that is gone: where relays stripped it, nobody else need have its bodies.
        var wasWholeElsewhere = false
    }

    /// What one machine holds, as far as was last looked at.
    private struct Holding {
        var connection: Connection?
        var lastRow: Int64 = 0
        var held: Set<Int> = []
        /// What its programs said that they keep.
        var kept: Set<Int> = []
        /// Rows that lack a body: it may come later.
        var bare: [Int64: Int] = [:]
    }

    private(set) var known: [Known] = []
    private var places: [[UInt8]: Int] = [:]
    private var holdings: [Int: Holding] = [:]
    /// Changes that somebody who means harm wrote, and signed as the protocol demands.
    private var admitted: Set<[UInt8]> = []

    /// Devices of which nobody sees what they write.
    private var trusted: Set<VerifyingKey> = []
    /// Salts of payloads in which a canary stands, with the payload.
    private var salted: [(salt: [UInt8], payload: [UInt8])] = []

    /// Whatever this device signs may be its own.
    func trust(_ device: VerifyingKey) { trusted.insert(device) }

    /// The salts of all payloads in which a word stands.
    func salts(of word: [UInt8]) -> [[UInt8]] {
        salted.filter { memory(of: $0.payload, contains: word) }.map(\.salt)
    }

    private func memory(of payload: [UInt8], contains word: [UInt8]) -> Bool {
        guard payload.count >= word.count else { return false }
        return (0...(payload.count - word.count)).contains { start in
            payload[start] == word[0] && payload[start..<(start + word.count)].elementsEqual(word)
        }
    }

    /// Says that a change is genuine though no program of ours wrote it.
    func admit(_ hash: ChangeHash) { admitted.insert(hash.bytes) }

    func held(by machine: Machine) -> Set<Int> { holdings[machine.number]?.held ?? [] }

    /// Lets go of a machine's files: its power fails, or its programs end.
    func release(_ machine: Machine) {
        holdings[machine.number]?.connection?.close()
        holdings[machine.number]?.connection = nil
    }

    private func connection(_ machine: Machine) throws -> Connection {
        if let open = holdings[machine.number]?.connection { return open }
        let fresh = try Connection(
            Connection.Configuration(
                path: machine.directory + "/stoep.db", readOnly: true, vfsName: machine.disk.vfsName,
                applicationID: Store.applicationID, createsIfMissing: false))
        holdings[machine.number, default: Holding()].connection = fresh
        return fresh
    }

    /// What came onto a machine since the last look.
    /// - Parameters:
    ///   - device: whose changes may be new to the world here.
    ///   - keeps: whether a program of the machine has just said that what it did is done.
    func look(at machine: Machine, device: VerifyingKey?, keeps: Bool) throws {
        try machine.disk.undisturbed { try lookUndisturbed(at: machine, device: device, keeps: keeps) }
    }

    private func lookUndisturbed(at machine: Machine, device: VerifyingKey?, keeps: Bool) throws {
        let connection = try connection(machine)
        let count = Int(try connection.first("SELECT count(*) FROM change") { $0.int64(0) } ?? 0)
        var holding = holdings[machine.number] ?? Holding()
        let fresh = try rows(connection, after: holding.lastRow)
        for row in fresh {
            let place = try place(row, on: machine, device)
            holding.held.insert(place)
            known[place].holders.insert(machine.number)
            if row.isWhole { known[place].whole.insert(machine.number) } else { holding.bare[row.id] = place }
            holding.lastRow = max(holding.lastRow, row.id)
        }
        for row in try rows(connection, among: holding.bare.keys.sorted()) where row.isWhole {
            if let place = holding.bare.removeValue(forKey: row.id) { known[place].whole.insert(machine.number) }
        }
        holdings[machine.number] = holding
        if count != holding.held.count { try lookAnew(at: machine, device: device, isRestored: false) }
        if keeps {
            let held = self.held(by: machine)
            holdings[machine.number]?.kept = held
            for place in held where known[place].device == device { known[place].isAcknowledged = true }
        }
    }

    /// All that stands on a machine, held against what it has to keep.
    /// - Parameter isRestored: its disk holds an older copy: what it said it keeps may be gone.
    func lookAnew(at machine: Machine, device: VerifyingKey?, isRestored: Bool) throws {
        try machine.disk.undisturbed { try lookAnewUndisturbed(at: machine, device: device, isRestored: isRestored) }
    }

    private func lookAnewUndisturbed(at machine: Machine, device: VerifyingKey?, isRestored: Bool) throws {
        let connection = try connection(machine)
        let before = holdings[machine.number] ?? Holding()
        var now = Holding(connection: connection)
        for row in try rows(connection, after: 0) {
            let place = try place(row, on: machine, device)
            now.held.insert(place)
            if isRestored { forgetBodies(of: place, on: machine) }
            if row.isWhole { known[place].whole.insert(machine.number) } else { now.bare[row.id] = place }
            now.lastRow = max(now.lastRow, row.id)
        }
        for gone in before.held.subtracting(now.held) { known[gone].holders.remove(machine.number) }
        for here in now.held { known[here].holders.insert(machine.number) }
        let missing = before.kept.subtracting(now.held)
        if isRestored {
            for gone in before.held.subtracting(now.held) {
                forgetBodies(of: gone, on: machine)
                if known[gone].holders.isEmpty { known[gone].isLost = true }
            }
            now.kept = now.held
        } else {
            try check(missing, on: machine, now.held)
            now.kept = before.kept.subtracting(missing)
        }
        holdings[machine.number] = now
    }

    /// Only whole logs go, by order, and nothing goes that nobody else has.
    private func check(_ missing: Set<Int>, on machine: Machine, _ held: Set<Int>) throws {
        guard !missing.isEmpty else { return }
        let logsHere = Set(held.map { known[$0].log })
        for gone in missing.sorted() {
            let change = known[gone]
            if logsHere.contains(change.log) || change.holders.isEmpty {
                throw Violation(
                    "kept", "\(machine.name) said it keeps \(describe(gone)), and has it no more")
            }
        }
    }

    func describe(_ place: Int) -> String {
        let change = known[place]
        let actor = change.actor.prefix(3).map { String($0, radix: 16) }.joined()
        return "\(change.log) \(actor)/\(change.seq) (of \(change.device.description.prefix(6)))"
    }

    func describe(hash: [UInt8]) -> String { places[hash].map { describe($0) } ?? "an unknown change" }

    private struct ChangeRow {
        let id: Int64
        let hash: [UInt8]
        let log: String
        let actor: [UInt8]
        let seq: UInt64
        let device: [UInt8]
        let body: [UInt8]

        /// Whether all of its bodies are there.
        var isWhole: Bool {
            guard let bodies = try? CBORReader.decodeBodies(body) else { return false }
            return !bodies.contains { $0 == nil }
        }
    }

    private func rows(_ connection: Connection, after row: Int64) throws -> [ChangeRow] {
        try rows(connection, "c.id > \(row)")
    }

    private func rows(_ connection: Connection, among rows: [Int64]) throws -> [ChangeRow] {
        rows.isEmpty ? [] : try self.rows(connection, "c.id IN (\(rows.map(String.init).joined(separator: ",")))")
    }

    private func rows(_ connection: Connection, _ condition: String) throws -> [ChangeRow] {
        try connection.query(
            """
            SELECT c.id, c.hash, l.name, a.actor, c.seq, a.device, c.body FROM change c
            JOIN log l ON l.id = c.log JOIN actor a ON a.id = c.actor WHERE \(condition) ORDER BY c.id
            """
        ) {
            ChangeRow(
                id: $0.int64(0), hash: $0.blob(1), log: $0.string(2), actor: $0.blob(3),
                seq: UInt64(clamping: $0.int64(4)), device: $0.blob(5), body: $0.blob(6))
        }
    }

    private func place(_ row: ChangeRow, on machine: Machine, _ device: VerifyingKey?) throws -> Int {
        if let place = places[row.hash] { return place }
        guard let log = LogID(parsing: row.log), let author = VerifyingKey(bytes: row.device) else {
            throw Violation("genuine", "\(machine.name) has a row that is no change")
        }
        guard author == device || admitted.contains(row.hash) || trusted.contains(author) else {
            throw Violation("genuine", "\(machine.name) took a change that nobody wrote: \(log) \(row.seq)")
        }
        let place = known.count
        var change = Known(hash: row.hash, log: log, actor: row.actor, seq: row.seq, device: author)
        // On a disk that nobody looks at any more.
        change.wasWholeElsewhere = author != device && trusted.contains(author)
        known.append(change)
        places[row.hash] = place
        if log.kind == .street { keepSalts(row.body) }
        return place
    }

    private func keepSalts(_ bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        guard let count = try? reader.array("bodies", atMost: Limits.blocks) else { return }
        for _ in 0..<count where !reader.null() {
            guard let body = try? reader.body() else { return }
            if memory(of: body.payload, contains: Array("kanarie-".utf8)) {
                salted.append((body.salt.bytes, body.payload))
            }
        }
    }

    /// Machines that are no more: what only they had is lost.
    func bury(_ machine: Machine) {
        release(machine)
        for place in held(by: machine) {
            forgetBodies(of: place, on: machine)
            known[place].holders.remove(machine.number)
            if known[place].holders.isEmpty { known[place].isLost = true }
        }
        holdings[machine.number] = nil
    }

    /// What a machine had of a change is gone with its disk.
    private func forgetBodies(of place: Int, on machine: Machine) {
        if known[place].whole.remove(machine.number) != nil { known[place].wasWholeElsewhere = true }
    }

    func place(of hash: [UInt8]) -> Int? { places[hash] }

    // MARK: Asking a disk

    /// A query on a machine's own file.
    func ask<T>(
        _ machine: Machine, _ sql: String, _ arguments: [SQLValue] = [], _ row: (borrowing StoepSQLite.Row) throws -> T
    ) throws -> [T] {
        try machine.disk.undisturbed { try connection(machine).query(sql, arguments, row) }
    }
}
