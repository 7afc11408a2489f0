import StoepCore
import StoepCrypto
import StoepModel
import StoepServer
import StoepStore
import StoepTestSupport

/// What goes wrong with machines: their power, disks and clocks, and what people do to them.
extension Simulation {
    func mishap() throws {
        if let rotten = laptops.first(where: { $0.isRotten && !$0.isBusy }), step.chance(2) {
            return try replace(rotten)
        }
        let possible: [Mishap] = [
            .powerCut, .powerCut, .powerCut, .killed, .writeError, .readError, .syncError, .diskFull, .bitFlip,
            .clockPast, .clockFuture, .clockJump, .clockStopped, .laptopRestored, .laptopRestored, .laptopCloned,
            .daemonRestored, .daemonRestored, .daemonRestored, .daemonReplaced, .schemaUpgraded, .partition, .partition,
        ]
        let mishap = step.pick(possible)
        let onDaemon = step.chance(3)
        guard plan.mishaps.contains(mishap), !isHealing else { return }
        switch mishap {
        case .powerCut, .killed, .writeError, .readError, .syncError, .diskFull:
            guard let machine: Machine = onDaemon && depth == 0 ? anyDaemon() : anyLaptop(), !machine.isRotten else {
                return
            }
            try failDisk(of: machine, mishap)
        case .clockPast, .clockFuture, .clockJump, .clockStopped:
            guard let machine: Machine = onDaemon ? anyDaemon() : anyLaptop() else { return }
            disturbClock(of: machine, mishap)
        case .bitFlip: try flipBit()
        case .laptopRestored: try restoreLaptop()
        case .laptopCloned: try cloneLaptop()
        case .daemonRestored: try restoreDaemon()
        case .daemonReplaced: try replaceDaemon()
        case .schemaUpgraded: try upgrade()
        case .partition:
            guard let laptop = anyLaptop() else { return }
            laptop.partitionedFrom = Set(machines.map(\.number).filter { _ in step.chance(3) })
            trace("\(laptop.name) reaches not everybody")
        default: return
        }
    }

    // MARK: Disks

    private func failDisk(of machine: Machine, _ mishap: Mishap) throws {
        guard !machine.disk.isDown else { return }
        trace("\(machine.name): \(mishap.rawValue)")
        switch mishap {
        case .powerCut:
            machine.disk.powerFailsAfter = step.below(step.chance(2) ? 12 : 80)
            return
        case .killed:
            if let laptop = machine as? Laptop, !laptop.hasJoined { return }
            count(.killed)
            witness.release(machine)
            (machine as? Laptop)?.drop()
            (machine as? DaemonHost)?.drop()
            machine.disk.cutPower()
            machine.disk.restart(keepingUnsynced: true)
            // A disk that is full, or about to fail, stays so when a program ends.
            machine.forgetDiskFaults()
            return try reopen(machine)
        case .writeError: machine.disk.failOperation(.write, after: step.below(20), times: 1 + step.below(3))
        case .readError: machine.disk.failOperation(.read, after: step.below(40), times: 1 + step.below(3))
        case .syncError:
            machine.disk.failOperation(.sync, after: step.below(8), times: 1)
            // A cable that is loose: what could not be made durable is soon put to the test.
            if step.chance(2) { machine.disk.powerFailsAfter = 8 + step.below(60) }
        default: machine.disk.capacityBytes = machine.disk.usedBytes + step.below(30_000)
        }
    }

    private func flipBit() throws {
        let sound = laptops.filter { !$0.isBusy && $0.hasJoined && !$0.isRotten && !$0.disk.isDown }
        guard !laptops.contains(where: \.isRotten), let laptop = pickAny(sound) else { return }
        witness.release(laptop)
        laptop.drop()
        guard let flipped = laptop.disk.flipBit(step) else { return }
        count(.bitFlip)
        trace("\(laptop.name): a bit of \(flipped.path) is not what was written")
        laptop.isRotten = true
        // It has its key, and may write what nobody sees it write.
        if let device = laptop.device { witness.trust(device) }
    }

    /// A new machine for the same person; what only the old one had is lost with it.
    func replace(_ old: Laptop) throws {
        trace("\(old.name) gets a new laptop")
        witness.bury(old)
        retire(old)
        // What it wrote under an actor that a copy has too is out.
        if old.mayFork { for other in laptops where other.device == old.device { other.mayFork = true } }
        let fresh = Laptop(
            name: old.name, number: nextMachine, role: old.role, partitions: old.partitions, seed: plan.seed,
            schema: old.schema, trueTime: { [unowned self] in self.now })
        nextMachine += 1
        laptops = laptops.map { $0 === old ? fresh : $0 }
        try join(fresh)
    }

    // MARK: Clocks

    private func disturbClock(of machine: Machine, _ mishap: Mishap) {
        trace("\(machine.name): \(mishap.rawValue)")
        count(mishap)
        switch mishap {
        case .clockPast: machine.clock.stand(at: UInt64(step.below(86_400_000)))
        case .clockFuture: machine.clock.stand(at: SkewedClock.year2099 + UInt64(step.below(86_400_000)))
        case .clockJump: machine.clock.jump(by: Int64(step.below(200_000_000)) - 100_000_000)
        default: machine.clock.stop()
        }
        if step.chance(3) { machine.clock.putRight() }
    }

    // MARK: Copies

    /// An older copy of a laptop's files takes the place of what is there.
    private func restoreLaptop() throws {
        guard let laptop = anyLaptop(), laptop.hasJoined, !laptop.isRotten, !laptop.disk.isDown else { return }
        witness.release(laptop)
        laptop.drop()
        let isWhole = step.chance(3)
        guard let image = laptop.image, step.chance(2) else {
            laptop.image = laptop.disk.image()
            trace("\(laptop.name) is backed up")
            return
        }
        count(.laptopRestored)
        trace("\(laptop.name) is restored from a backup\(isWhole ? ", and cannot tell" : "")")
        let anchor = laptop.disk.bytes(of: laptop.directory + "/anchor")
        laptop.disk.load(image)
        // Where the anchor is restored with it, nothing on the machine can tell.
        if isWhole {
            laptop.mayFork = true
        } else if let anchor {
            try laptop.disk.undisturbed { try laptop.disk.write(anchor, to: laptop.directory + "/anchor") }
        }
        try reopen(laptop, isRestored: true)
    }

    private func cloneLaptop() throws {
        guard laptops.count(where: \.isClone) < 2, let laptop = anyLaptop(), laptop.hasJoined, !laptop.isRotten,
            !laptop.disk.isDown, !laptop.hasDiskFault, !laptop.disk.isToFail
        else { return }
        count(.laptopCloned)
        witness.release(laptop)
        laptop.drop()
        let clone = Laptop(
            name: laptop.name + "-clone\(nextMachine)", number: nextMachine, role: laptop.role,
            partitions: laptop.partitions, seed: plan.seed, schema: laptop.schema,
            trueTime: { [unowned self] in self.now })
        nextMachine += 1
        clone.disk.load(laptop.disk.image())
        clone.isClone = true
        clone.hasJoined = true
        clone.device = laptop.device
        if step.chance(2) {
            clone.place = laptop.place
            (clone.mayFork, laptop.mayFork) = (true, true)
        }
        clone.mayFork = clone.mayFork || laptop.mayFork
        trace("\(laptop.name) is cloned\(clone.place == laptop.place ? ", and nobody can tell" : "")")
        laptops.append(clone)
        try witness.lookAnew(at: clone, device: clone.device, isRestored: true)
    }

    private func restoreDaemon() throws {
        guard depth == 0, let host = anyDaemon(), !host.disk.isDown, !host.hasDiskFault, !host.disk.isToFail else {
            return
        }
        witness.release(host)
        host.drop()
        guard let image = host.image, step.chance(2) else {
            host.image = host.disk.image()
            trace("\(host.name) is backed up")
            return
        }
        count(.daemonRestored)
        trace("\(host.name) is restored from a backup")
        let ledger = host.disk.bytes(of: host.ledgerPath)
        host.disk.load(image)
        if happens(.ledgerLost, oneIn: 3) {
            count(.ledgerLost)
            trace("  without its ledger")
            try host.disk.undisturbed { try host.disk.remove(host.ledgerPath) }
        } else if let ledger {
            // Kept apart from backups.
            try host.disk.undisturbed { try host.disk.write(ledger, to: host.ledgerPath) }
        }
        try reopen(host, isRestored: true)
    }

    // MARK: Replacing

    /// The root gives the first daemon another TLS key, or the space another authority; then every other daemon that had
    /// the old one's key is out.
    private func replaceDaemon() throws {
        guard depth == 0, let host = daemons.first, !host.isRetired, !host.disk.isDown, !host.hasDiskFault,
            !host.disk.isToFail, host.disk.powerFailsAfter == nil, census[.daemonReplaced, default: 0] < 2
        else { return }
        // What the old authority wrote and the first daemon does not have is void: whom only another daemon let in would
        // have to join anew, and what only another erased is missed. A coordinator has the daemons come to one state
        // first.
        let authority = try host.running().store.keys.publicKey
        let isAuthority =
            step.chance(2)
            && daemons.allSatisfy { other in
                other.isRetired
                    || witness.held(by: other).subtracting(witness.held(by: host))
                        .allSatisfy { witness.known[$0].device != authority }
            }
        witness.release(host)
        host.drop()
        guard let tls = SigningKey(seed: step.bytes(SigningKey.seedByteCount)) else { return }
        let keys = isAuthority ? try DeviceKeys(random: host.environment.random) : nil
        do {
            let store = try Store.open(host.configuration, host.environment, newKeys: keys)
            let replacement = Replacement(
                data: DataDirectory(host.directory), rootKeyPath: "", daemonKey: true, authority: isAuthority)
            _ = try store.write {
                try replacement.replace(in: store, root: root, tls: host.tls.verifyingKey, by: tls.verifyingKey)
            }
            if let keys { try host.disk.write(keys.encoded(), to: Store.keyPath(host.directory)) }
            try store.prepareToSend()
            try store.checkpoint()
            store.close()
        } catch {
            throw Violation("unexpected", "replacing \(host.name): \(error)")
        }
        count(.daemonReplaced)
        trace("\(host.name) is replaced\(isAuthority ? ", and the authority with it" : "")")
        host.tls = tls
        // An older copy of its files is another daemon's now.
        host.image = nil
        if isAuthority {
            for other in daemons.dropFirst() where !other.isRetired {
                trace("  \(other.name) is switched off")
                other.isRetired = true
                witness.bury(other)
                other.drop()
            }
        }
        try reopen(host)
        try lookAt(host, keeps: true)
    }

    private func upgrade() throws {
        let older = machines.filter { $0.schema.version == Schema.current.version && !$0.disk.isDown && !$0.isRotten }
        guard depth == 0, let machine = pickAny(older.filter { !(($0 as? Laptop)?.isBusy ?? false) }) else { return }
        guard (machine as? Laptop)?.hasJoined ?? !((machine as? DaemonHost)?.isRetired ?? false) else { return }
        count(.schemaUpgraded)
        trace("\(machine.name) gets a newer version")
        machine.schema = Self.newerSchema
        witness.release(machine)
        (machine as? Laptop)?.drop()
        (machine as? DaemonHost)?.drop()
        try reopen(machine)
    }
}
