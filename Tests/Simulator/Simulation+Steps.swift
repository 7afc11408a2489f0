import StoepCore
import StoepCrypto
import StoepModel
import StoepServer
import StoepStore
import StoepTestSupport

/// What happens next.
extension Simulation {
    func takeStep() throws {
        switch step.below(100) {
        case 0..<44: if let laptop = anyLaptop() { try work(on: laptop) }
        case 44..<72: if let laptop = anyLaptop(), let host = anyDaemon() { try sync(laptop, host) }
        case 72..<76: try meet()
        case 76..<79: try carryBundle()
        case 79..<84: if let host = anyDaemon() { try tick(host) }
        case 84..<88: if let host = anyDaemon() { try govern(host) }
        case 88..<94: try mishap()
        case 94..<98: if !isHealing { try doHarm() }
        default: try deliverLate()
        }
    }

    /// One that is not in the middle of something.
    func anyLaptop() -> Laptop? {
        let free = laptops.filter { !$0.isBusy }
        return free.isEmpty ? nil : step.pick(free)
    }

    func anyDaemon() -> DaemonHost? {
        let running = daemons.filter { !$0.isRetired }
        return running.isEmpty ? nil : step.pick(running)
    }

    // MARK: Joining

    /// Has a laptop join, with a new invitation or the one that it was given before.
    func join(_ laptop: Laptop) throws {
        guard let host = anyDaemon() else { return }
        if laptop.invitation == nil {
            try daemonDeed(host) { service in
                let areas = laptop.partitions
                if case .invited(let invited) = try service.perform(
                    .invite(InvitationOrder(name: laptop.name, role: laptop.role, areas: areas)))
                {
                    laptop.invitation = invited.text
                }
            }
        }
        guard let invitation = laptop.invitation, !laptop.isBusy else { return }
        if laptop.disk.isDown { try recover(laptop) }
        laptop.isBusy = true
        defer { laptop.isBusy = false }
        do {
            let (replica, report) = try Replica.join(
                invitation, laptop.configuration, laptop.environment, through: transport(of: laptop))
            if let found { throw found }
            laptop.replica = replica
            laptop.hasJoined = true
            laptop.device = replica.store.keys.publicKey
            let device = replica.store.keys.publicKey.description.prefix(6)
            trace("\(laptop.name) joins as \(report.role.name), with the device \(device)")
        } catch {
            if let found { throw found }
            return try excuseJoin(error, laptop)
        }
        if laptop.disk.isDown { return try recover(laptop) }
        try lookAt(laptop, keeps: true)
    }

    /// Has a laptop that no daemon knows join again with its store.
    func rejoin(_ laptop: Laptop, _ host: DaemonHost) throws {
        guard let replica = laptop.replica else { return }
        var invitation: String?
        try daemonDeed(host) { service in
            if case .invited(let invited) = try service.perform(
                .invite(InvitationOrder(name: laptop.name, role: laptop.role, areas: laptop.partitions)))
            {
                invitation = invited.text
            }
        }
        guard let invitation else { return }
        do {
            laptop.replica = try replica.rejoin(invitation, through: transport(of: laptop)).0
            trace("\(laptop.name) joins again")
        } catch {
            if let found { throw found }
            throw Violation("joins", "\(laptop.name) cannot join again: \(error)")
        }
    }

    private func excuseJoin(_ error: any Error, _ laptop: Laptop) throws {
        if laptop.disk.isDown || laptop.hasDiskFault {
            trace("  \(laptop.name) could not join: its disk")
            laptop.disk.restart(keepingUnsynced: !laptop.disk.isDown)
            laptop.disk.clearFaults()
            laptop.forgetDiskFaults()
            return
        }
        switch error as? ReplicaError {
        case .transport, .answerNotUnderstood: trace("  \(laptop.name) could not join: the network")
        case .refused(let name, _):
            trace("  \(laptop.name) could not join: \(name)")
            laptop.invitation = nil
            if name == "device-known" { throw Violation("joins", "\(laptop.name) can join no more: \(name)") }
        default: throw Violation("unexpected", "\(laptop.name) joining: \(error)")
        }
    }

    // MARK: Syncing

    func sync(_ laptop: Laptop, _ host: DaemonHost) throws {
        guard laptop.hasJoined else { return try join(laptop) }
        let before = try before(laptop, host)
        var isWhole = false
        let isDone = try attempt(laptop, "sync") { replica in
            trace("\(laptop.name) syncs with \(host.name)")
            let report = try replica.sync(with: .daemon(address: host.address), through: transport(of: laptop))
            trace("  sent \(report.sent), received \(report.received), \(report.roundTrips) round trips")
            isWhole = report.refused.isEmpty
        }
        if isDone, isWhole { try checkSynced(laptop, host, before) }
    }

    /// Two laptops, while no daemon can be reached.
    private func meet() throws {
        guard let one = anyLaptop(), one.hasJoined else { return }
        let others = laptops.filter { $0 !== one && $0.replica != nil && !$0.isBusy && !$0.isRotten && !$0.disk.isDown }
        guard let other = pickAny(others), let key = other.device, key != one.device else { return }
        try attempt(one, "sync --from") { replica in
            trace("\(one.name) syncs with \(other.name)")
            let report = try replica.sync(
                with: .laptop(address: "\(other.name):7411", keyPrefix: key.description), through: transport(of: one))
            trace("  sent \(report.sent), received \(report.received)")
        }
    }

    private func carryBundle() throws {
        guard let one = anyLaptop(), let other = anyLaptop(), one !== other, one.hasJoined, other.hasJoined,
            !one.isRotten
        else { return }
        let path = stick.path + "/bundle"
        guard
            try attempt(
                one, "bundle export",
                { replica in
                    let written = try replica.exportBundle(to: path)
                    trace("\(one.name) writes a bundle: \(written.changes) changes")
                })
        else { return }
        if step.chance(3), let host = anyDaemon() {
            try daemonDeed(host) { service in
                _ = try service.perform(.bundle(BundleOrder(.take, path: path)))
                trace("\(host.name) takes the bundle in")
            }
            return
        }
        try attempt(other, "bundle import") { replica in
            let taken = try replica.importBundle(from: path)
            trace("\(other.name) takes the bundle in: \(taken.received) new, \(taken.refused.count) refused")
        }
    }

    // MARK: Coordinating

    private func govern(_ host: DaemonHost) throws {
        let person = step.pick(Self.people)
        try daemonDeed(host) { service in
            switch step.below(9) {
            case 0:
                let roles: [Role] = [.volunteer, .volunteer, .owner, .coordinator]
                let role = step.pick(roles)
                let areas = role == .volunteer ? step.pick([["north"], ["south"], ["north", "south"]]) : []
                trace("\(host.name): \(person.name) becomes \(role.name) \(areas.joined(separator: " "))")
                _ = try service.perform(.changeRole(who: person.name, role, areas: areas))
            case 1 where step.chance(3) && person.name != "coen":
                trace("\(host.name): \(person.name) is revoked")
                _ = try service.perform(.revoke(who: person.name, device: nil))
            case 2 where step.chance(2) && thief.key != nil:
                trace("\(host.name): the thief is revoked")
                _ = try service.perform(.revoke(who: "mallory", device: nil))
            case 3, 4: try decide(service, host)
            case 5, 6:
                guard let canary = pickAny(canaries.all) else { return }
                canaries.mayBeErased(canary.record, on: host)
                trace("\(host.name): erases \(String(decoding: canary.word, as: UTF8.self))")
                _ = try service.perform(.erase(canary.record.description))
            case 7: if service.recovery != nil { _ = try service.perform(.liftRecovery) }
            default: _ = try service.perform(.status)
            }
        }
    }

    /// What is kept aside counts after all, or never.
    private func decide(_ service: SpaceService, _ host: DaemonHost) throws {
        guard case .keptAside(let list, _) = try service.perform(.listKeptAside(nil)), let one = pickAny(list) else {
            return
        }
        trace("\(host.name): decides about what is kept aside")
        if step.chance(2), one.isReleasable {
            _ = try service.perform(.release(actor: one.actor.description, one.log, through: nil))
        } else {
            _ = try service.perform(.refuse(actor: one.actor.description, one.log))
        }
    }
}
