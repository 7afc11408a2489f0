import StoepCore
import StoepModel
import StoepSQLite
import StoepServer
import StoepStore

/// Nothing goes wrong any more, and everybody syncs.
extension Simulation {
    /// Rounds in which every laptop syncs once with every daemon, after which nothing may be outstanding.
    static let healingRounds = 8

    /// How often somebody tries to join before that counts as impossible.
    private static let joinLimit = 20

    func heal() throws {
        trace("-- everything heals")
        isHealing = true
        depth = 0
        try repair()
        try deliverLate()
        for round in 1...Self.healingRounds {
            now &+= 25 * 3_600_000
            let before = try standings()
            for host in daemons where !host.isRetired {
                for laptop in laptops { try healSync(laptop, host, round) }
            }
            for host in daemons where !host.isRetired {
                // Whoever is left had the time to bring what the backup had forgotten.
                if round == 2, try host.running().recovery != nil {
                    try daemonDeed(host) { _ = try $0.perform(.liftRecovery) }
                }
                try tick(host)
            }
            let after = try standings()
            trace("-- round \(round)")
            if before == after, round > 2 {
                roundsToHeal = round - 1
                return try check()
            }
        }
        throw Violation("heals", "not within \(Self.healingRounds) rounds of syncing: \(try unrest())")
    }

    private func repair() throws {
        for machine in machines {
            machine.disk.clearFaults()
            machine.disk.powerFailsAfter = nil
            if machine.disk.isDown, !((machine as? DaemonHost)?.isRetired ?? false) { try recover(machine) }
            machine.forgetDiskFaults()
        }
        for laptop in laptops where laptop.isRotten { try replace(laptop) }
        for laptop in laptops {
            laptop.partitionedFrom = []
            for attempt in 0..<Self.joinLimit where !laptop.hasJoined {
                // The daemon that invited is no more, perhaps: somebody asks for another invitation.
                if attempt > 2 { laptop.invitation = nil }
                try join(laptop)
            }
            guard laptop.hasJoined else {
                throw Violation("joins", "\(laptop.name) cannot join, though nothing goes wrong any more")
            }
        }
        // What the newer version knows is shown by all.
        for machine in machines where !((machine as? DaemonHost)?.isRetired ?? false) {
            witness.release(machine)
            (machine as? Laptop)?.drop()
            (machine as? DaemonHost)?.drop()
            machine.schema = Self.newerSchema
            try reopen(machine)
        }
    }

    /// - Parameter round: from the second on every daemon has heard of everybody of whom anybody still knows.
    private func healSync(_ laptop: Laptop, _ host: DaemonHost, _ round: Int) throws {
        guard let replica = laptop.replica else { return }
        laptop.isBusy = true
        defer { laptop.isBusy = false }
        do {
            let report = try replica.sync(with: .daemon(address: host.address), through: transport(of: laptop))
            laptop.isOut = false
            if report.sent + report.received > 0 {
                let refused = report.refused.isEmpty ? "" : ", refused \(report.refused)"
                trace("\(laptop.name) and \(host.name): sent \(report.sent), received \(report.received)\(refused)")
            }
        } catch {
            if let found { throw found }
            switch error {
            case .revoked, .refused("device-revoked", _): laptop.isOut = true
            case .refused("device-unknown", _) where round < 2: trace("\(laptop.name) is not known to \(host.name) yet")
            // Whoever let it in was lost before anybody heard of it.
            case .refused("device-unknown", _) where round <= 3: try rejoin(laptop, host)
            default: throw Violation("heals", "\(laptop.name) cannot sync with \(host.name): \(error)")
            }
        }
        try lookAt(laptop, keeps: true)
    }

    /// What has to come to rest.
    private func standings() throws -> [String] {
        var lines: [String] = []
        for machine in machines where !((machine as? DaemonHost)?.isRetired ?? false) {
            guard let store = store(of: machine) else { continue }
            let status = try store.status()
            let logs = status.logs.map { "\($0.log) \($0.stateHash)" }.sorted().joined(separator: " ")
            lines.append(
                "\(machine.name) \(witness.held(by: machine).count) w\(status.wanted) p\(status.pending) \(logs)")
            if machine is DaemonHost {
                lines.append(
                    "receipts \(try witness.ask(machine, "SELECT count(*), total(seq) FROM receipt") { "\($0.int64(0)) \($0.int64(1))" })"
                )
                lines.append("holdings \(try witness.ask(machine, "SELECT count(*) FROM holding") { $0.int64(0) })")
            }
        }
        return lines
    }

    private func unrest() throws -> String {
        let before = try standings()
        for host in daemons where !host.isRetired {
            for laptop in laptops { try healSync(laptop, host, Self.healingRounds) }
            try tick(host)
        }
        let after = try standings()
        return zip(before, after).filter { $0 != $1 }.map { "\($0) -> \($1)" }.joined(separator: "; ")
    }

    func store(of machine: Machine) -> Store? {
        (machine as? Laptop)?.replica?.store ?? (machine as? DaemonHost)?.service?.store
    }
}
