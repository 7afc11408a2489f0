import StoepCore
import StoepMerge
import StoepModel
import StoepSQLite
import StoepStore
import StoepTestSupport
import StoepWire

/// What must be true, whatever went wrong.
extension Simulation {
    /// Everything, once it has healed.
    func check() throws {
        try checkNothingIsLost()
        try checkEverybodyShowsTheSame()
        try checkAgainstNaive()
        try checkNothingErasedStands()
        try checkNothingForbiddenStands()
        try checkSearch()
        try checkForks()
        try checkIdle()
        try checkBounds()
        for machine in machines { if let store = store(of: machine) { try mixState(store) } }
        trace("-- sound after \(roundsToHeal) rounds; \(witness.known.count) changes")
    }

    /// The full-text index has the words of what is shown, and of nothing else.
    private func checkSearch() throws {
        for machine in machines {
            guard let store = store(of: machine) else { continue }
            if let difference = try store.searchDifference() {
                throw Violation("search", "\(machine.name): \(difference)")
            }
        }
    }

    private func mixState(_ store: Store) throws {
        for log in try store.status().logs { trace.mix(log.stateHash.bytes) }
    }

    private var runningDaemons: [DaemonHost] { daemons.filter { !$0.isRetired } }

    private func checkNothingIsLost() throws {
        let carried = try logsCarried()
        let daemonNumbers = Set(daemons.map(\.number))
        for host in runningDaemons {
            let held = witness.held(by: host)
            for (place, change) in witness.known.enumerated() where change.isAcknowledged && !change.isLost {
                // Daemons learn of each other by laptops alone; what nobody has any more is lost in any case.
                let isReachable =
                    carried.contains(change.log) || change.holders.isEmpty
                    || !change.holders.isSubset(of: daemonNumbers)
                if !held.contains(place), isReachable {
                    throw Violation(
                        "lost", "\(host.name) lacks \(witness.describe(place)), held by \(names(change.holders))")
                }
            }
        }
    }

    /// The logs that some laptop may carry from daemon to daemon.
    private func logsCarried() throws -> Set<LogID> {
        guard let host = runningDaemons.first, let hub = store(of: host) else { return [] }
        let devices = laptops.filter { !$0.isOut }.compactMap(\.device)
        return try hub.read {
            try devices.reduce(into: []) { logs, device in
                if let member = try hub.member(of: device) { logs.formUnion(try hub.readableLogs(member)) }
            }
        }
    }

    private func names(_ numbers: Set<Int>) -> String {
        machines.filter { numbers.contains($0.number) }.map(\.name).sorted().joined(separator: ", ")
    }

    private func checkEverybodyShowsTheSame() throws {
        guard let host = runningDaemons.first, let hub = store(of: host) else { return }
        let theirs = try shown(hub, host)
        let carried = try logsCarried()
        for machine in machines where machine !== host && !((machine as? DaemonHost)?.isRetired ?? false) {
            guard let store = store(of: machine) else { continue }
            if let laptop = machine as? Laptop, laptop.isOut { continue }
            try checkWanted(by: machine, carried)
            let ours = try shown(store, machine)
            // Of a log that nobody left may read no daemon hears from another.
            var readable = carried.intersection(theirs.keys)
            if let laptop = machine as? Laptop, let device = laptop.device,
                let member = try hub.read({ try hub.member(of: device) })
            {
                readable = Set(try hub.read { try hub.readableLogs(member) })
            }
            for log in readable.sorted() where ours[log] != theirs[log] {
                throw Violation(
                    "same", "\(machine.name) and \(host.name) differ in \(log): \(try difference(machine, host, log))")
            }
        }
    }

    /// A body may be wanted for ever only where it was destroyed before anybody else had it: by an erasure that does not
    /// count, on the machine on which somebody asked for it, or with a disk.
    private func checkWanted(by machine: Machine, _ carried: Set<LogID>) throws {
        let wanted = try witness.ask(
            machine,
            """
            SELECT c.hash, t.block, r.rid FROM change c JOIN touch t ON t.change = c.id JOIN record r ON r.id = t.record
            WHERE c.missing > 0 AND r.ended = 0
            """
        ) { (hash: $0.blob(0), block: Int(clamping: $0.int64(1)), record: $0.blob(2)) }
        for one in wanted where try body(one.block, of: one.hash, on: machine) == false {
            guard let place = witness.place(of: one.hash), let record = RecordID(bytes: one.record) else { continue }
            let change = witness.known[place]
            let erasedOn = canaries.erasedOn(record)
            for other in machines where store(of: other) != nil && !((other as? Laptop)?.isOut ?? false) {
                let mayCome = carried.contains(change.log) || !(machine is DaemonHost && other is DaemonHost)
                if mayCome, try body(one.block, of: one.hash, on: other) == true {
                    throw Violation("wanted", "\(machine.name) wants \(witness.describe(place)), which \(other.name) has")
                }
                if change.whole.contains(other.number), !erasedOn.contains(other.number) {
                    throw Violation("wanted", "\(other.name) had \(witness.describe(place)), and destroyed it unasked")
                }
            }
            if erasedOn.isEmpty, !change.wasWholeElsewhere {
                let whole = names(change.whole), holders = names(change.holders)
                throw Violation(
                    "wanted",
                    "nobody has \(witness.describe(place)), which \(machine.name) wants for \(record); "
                        + "held by \(holders), whole at some time on \(whole)")
            }
        }
    }

    /// Whether a machine has one body of a change; nil where it does not hold the change.
    private func body(_ block: Int, of hash: [UInt8], on machine: Machine) throws -> Bool? {
        let rows = try witness.ask(machine, "SELECT body FROM change WHERE hash = ?", [.blob(hash)]) { $0.blob(0) }
        return try rows.first.map { bytes in
            let bodies = try CBORReader.decodeBodies(bytes)
            return bodies.indices.contains(block) && bodies[block] != nil
        }
    }

    /// What a replica shows of each log, and how much of it does not count or waits.
    private func shown(_ store: Store, _ machine: Machine) throws -> [LogID: String] {
        var shown: [LogID: String] = [:]
        for log in try store.status().logs where log.records > 0 || !log.heads.isEmpty {
            let counts = try witness.ask(
                machine,
                """
                SELECT total(quarantined), total(pending), total(ended) FROM record r JOIN log l ON l.id = r.log
                WHERE l.name = ?
                """, [.text(log.log.description)]
            ) { "\($0.int64(0)) \($0.int64(1)) \($0.int64(2))" }
            shown[log.log] = "\(log.stateHash) \(counts.joined())"
        }
        return shown
    }

    private func difference(_ one: Machine, _ other: Machine, _ log: LogID) throws -> String {
        func rows(_ machine: Machine) throws -> [String: String] {
            let rows = try witness.ask(
                machine,
                """
                SELECT hex(rid), hex(content), quarantined, pending, ended FROM record r JOIN log l ON l.id = r.log
                WHERE l.name = ?
                """, [.text(log.description)]
            ) { ($0.string(0), "\($0.string(1).suffix(80)) q\($0.int64(2)) p\($0.int64(3)) e\($0.int64(4))") }
            return Dictionary(rows, uniquingKeysWith: { first, _ in first })
        }
        let (a, b) = (try rows(one), try rows(other))
        let keys = Set(a.keys).union(b.keys).sorted()
        guard let key = keys.first(where: { a[$0] != b[$0] }) else {
            let (x, y) = (witness.held(by: one), witness.held(by: other))
            let apart = x.symmetricDifference(y).filter { witness.known[$0].log == log }.sorted()
            return "the rows are equal; \(apart.count) changes are not held by both: "
                + apart.prefix(3).map { witness.describe($0) }.joined(separator: ", ")
        }
        return "\(key.prefix(8)): \(a[key] ?? "absent") / \(b[key] ?? "absent")"
    }

    private func checkAgainstNaive() throws {
        guard let host = runningDaemons.first, let hub = store(of: host) else { return }
        if let difference = try hub.differenceFromNaive() {
            throw Violation("naive", "\(host.name) folds what the naive fold does not: \(difference)")
        }
    }

    // MARK: Erasing

    private func checkNothingErasedStands() throws {
        guard let host = runningDaemons.first, let hub = store(of: host) else { return }
        let carried = try logsCarried()
        for canary in canaries.all {
            let state = try hub.read { try hub.stored(canary.record, in: canary.log) }
            guard case .erased = state.presence else {
                try checkBelonging(canary, hub)
                continue
            }
            guard !canaries.erasedOn(canary.record).isEmpty else {
                throw Violation("erased", "\(word(canary)) was erased, and nobody asked for it")
            }
            let salts = witness.salts(of: canary.word)
            for machine in machines where !((machine as? DaemonHost)?.isRetired ?? false) {
                // Nobody is left who could tell the other daemon.
                if machine is DaemonHost, machine !== host, !carried.contains(canary.log) { continue }
                if machine.disk.contains(canary.word) {
                    throw Violation(
                        "erased",
                        "\(word(canary)) was erased, and stands on the disk of \(machine.name): \(machine.disk.files(with: canary.word))"
                    )
                }
                if let salt = salts.first(where: { machine.disk.contains($0) }) {
                    throw Violation(
                        "salt",
                        "\(word(canary)) was erased, and its salt \(salt.prefix(4)) stands on the disk of \(machine.name)"
                    )
                }
            }
        }
    }

    /// What belongs to something erased is erased too, or its words stand nowhere: a body that nobody has.
    private func checkBelonging(_ canary: Canaries.Canary, _ hub: Store) throws {
        guard let owner = canaries.owner(of: canary.record),
            case .erased(nil) = try hub.read({ try hub.stored(owner, in: canary.log) }).presence
        else { return }
        let standing = machines.filter { $0.disk.contains(canary.word) && !(($0 as? DaemonHost)?.isRetired ?? false) }
        guard try !standing.isEmpty && hub.log(of: canary.record) != nil else { return }
        let folded = try hub.read { try hub.folded(canary.record, in: canary.log) }
        throw Violation(
            "belonging",
            """
            \(word(canary)) belongs to what was erased, and is \(folded.presence), \(folded.quarantined.map(\.reason)), \
            \(folded.pending) pending; it stands at \(standing.map(\.name))
            """)
    }

    private func word(_ canary: Canaries.Canary) -> String { String(decoding: canary.word, as: UTF8.self) }

    /// Whoever says that it has destroyed something has.
    func checkReceipts(_ body: [UInt8], from laptop: Laptop) throws {
        guard !laptop.isRotten, let request = try? SyncRequest(decoding: body), !request.receipts.isEmpty else {
            return
        }
        for entry in request.receipts.erasures.entries {
            for point in entry.heads {
                let records = try witness.ask(
                    laptop,
                    """
                    SELECT e.record FROM erasure e JOIN change c ON c.id = e.change JOIN actor a ON a.id = c.actor
                    JOIN log l ON l.id = e.log WHERE l.name = ? AND a.actor = ? AND c.seq <= ?
                    """,
                    [.text(entry.log.description), .blob(point.actor.bytes), .integer(Int64(clamping: point.seq))]
                ) { $0.blob(0) }
                for record in records.compactMap({ RecordID(bytes: $0) }) {
                    guard let word = canaries.word(of: record), laptop.disk.contains(Array(word.utf8)) else { continue }
                    throw Violation("receipt", "\(laptop.name) says that \(word) is gone, and has it on its disk")
                }
            }
        }
        for log in request.receipts.purged where log.kind == .street {
            if laptop.disk.contains(Array(Canaries.prefix(log.partition).utf8)) {
                throw Violation(
                    "receipt",
                    "\(laptop.name) says that \(log) is gone, and has words of it in \(laptop.disk.files(with: Array(Canaries.prefix(log.partition).utf8)))"
                )
            }
        }
    }

    // MARK: Permission

    private func checkNothingForbiddenStands() throws {
        guard let host = runningDaemons.first, let hub = store(of: host) else { return }
        for laptop in laptops {
            guard let device = laptop.device else { continue }
            for partition in Self.partitions {
                guard let log = LogID.street(partition) else { continue }
                let mayRead = try hub.read { () -> Bool in
                    guard let member = try hub.member(of: device), case .member = try hub.standing(of: device) else {
                        return false
                    }
                    // By the roles' own words, beside what the code under test makes of them.
                    return try hub.mayRead(member, log) && hub.role(of: member) != .owner
                }
                if !mayRead, laptop.disk.contains(Array(Canaries.prefix(partition).utf8)) {
                    throw Violation(
                        "forbidden",
                        "\(laptop.name) may not read \(log), and has words of it in \(laptop.disk.files(with: Array(Canaries.prefix(partition).utf8)))"
                    )
                }
            }
        }
    }

    // MARK: Chains

    /// Two histories under one actor only where nothing on the machine could tell that it is a copy.
    private func checkForks() throws {
        guard let host = runningDaemons.first else { return }
        var seen: [[UInt8]: Set<UInt64>] = [:]
        let mayFork = Set(laptops.filter(\.mayFork).compactMap(\.device))
        for place in witness.held(by: host).sorted() {
            let change = witness.known[place]
            let chain = Array(change.log.description.utf8) + change.actor
            if !seen[chain, default: []].insert(change.seq).inserted {
                let isOurs = laptops.contains { $0.device == change.device } && !mayFork.contains(change.device)
                if isOurs {
                    throw Violation("fork", "two histories under one actor: \(witness.describe(place))")
                }
            }
        }
    }

    /// What is sent and what is kept grows with what people do, and with nothing else.
    private func checkBounds() throws {
        let carried = (4 << 20) + plan.count * 16_384
        if bytesCarried > carried { throw Violation("bounded", "\(bytesCarried) bytes were sent, and not \(carried)") }
        let kept = (8 << 20) + witness.known.count * 32_768
        for machine in machines where machine.disk.usedBytes > kept {
            throw Violation("bounded", "\(machine.name) keeps \(machine.disk.usedBytes) bytes, and not \(kept)")
        }
    }

    /// Where nothing is new, a sync takes one round trip and little.
    private func checkIdle() throws {
        for laptop in laptops where !laptop.isOut {
            guard let replica = laptop.replica, let host = runningDaemons.first else { continue }
            laptop.isBusy = true
            defer { laptop.isBusy = false }
            let report = try replica.sync(with: .daemon(address: host.address), through: transport(of: laptop))
            // What nobody has is asked for every time, by both.
            let limit = 200 + 64 * (try replica.status().wanted)
            if report.roundTrips > 1 || report.bytesSent > limit || report.bytesReceived > limit {
                throw Violation(
                    "idle",
                    "\(laptop.name): \(report.roundTrips) round trips, \(report.bytesSent) and \(report.bytesReceived) bytes with nothing new"
                )
            }
        }
    }
}
