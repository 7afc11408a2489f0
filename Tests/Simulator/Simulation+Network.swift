import StoepCore
import StoepCrypto
import StoepModel
import StoepServer
import StoepStore
import StoepSync
import StoepTestSupport
import StoepWire

/// A request that its sender has given up, and that arrives all the same.
struct LateRequest {
    let sender: VerifyingKey
    let host: Int
    let path: String
    let body: [UInt8]
}

/// (Says nothing of where it lies in memory: what is traced is the same in every process.)
private struct NoNetwork: Error, CustomStringConvertible {
    var description: String { "no network" }
}

/// The network: whatever a laptop sends goes through here.
extension Simulation {
    func transport(of laptop: Laptop) -> Transport {
        Transport { [unowned self] endpoint, path, body in
            do {
                return try self.carry(body, path, to: endpoint, from: laptop)
            } catch let violation as Violation {
                self.found = self.found ?? violation
                throw violation
            }
        }
    }

    private func broken(arrived: Bool, otherKey: Bool = false) -> TransportFailure {
        TransportFailure(mayHaveArrived: arrived, isOtherKey: otherKey, cause: NoNetwork())
    }

    private func carry(
        _ sent: [UInt8], _ path: String, to endpoint: DaemonEndpoint, from laptop: Laptop
    ) throws -> TransportReply {
        if laptop.disk.isDown { throw broken(arrived: false) }
        countBytes(sent.count)
        trace.mix(sent)
        guard let host = machines.first(where: { address(of: $0) == endpoint.address }) else {
            throw broken(arrived: false)
        }
        if laptop.partitionedFrom.contains(host.number), !isHealing {
            count(.partition)
            throw broken(arrived: false)
        }
        guard let key = key(of: host) else { throw broken(arrived: false) }
        guard endpoint.acceptsAnyKey || endpoint.keys.contains(key) else {
            throw broken(arrived: false, otherKey: true)
        }
        if path == DaemonPath.sync { try checkReceipts(sent, from: laptop) }
        if happens(.requestLost, oneIn: 30) {
            count(.requestLost)
            throw broken(arrived: true)
        }
        if happens(.requestLate, oneIn: 40) {
            late.append(LateRequest(sender: endpoint.deviceKey, host: host.number, path: path, body: sent))
            throw broken(arrived: true)
        }
        var body = sent
        if happens(.requestCut, oneIn: 60) {
            count(.requestCut)
            body = Array(sent.prefix(step.below(sent.count + 1)))
            _ = try? respond(host, path, body, endpoint.deviceKey)
            throw broken(arrived: true)
        }
        if path == DaemonPath.sync { body = tamperedRequest(body, laptop) }
        if happens(.requestRepeated, oneIn: 40) {
            count(.requestRepeated)
            _ = try respond(host, path, body, endpoint.deviceKey)
        }
        try othersMeanwhile()
        var reply = try respond(host, path, body, endpoint.deviceKey)
        try othersMeanwhile()
        if laptop.disk.isDown || laptop.replica == nil, laptop.hasJoined { throw broken(arrived: true) }
        reply = try disturbed(reply, path, laptop)
        // While what came is being taken in.
        if happens(.powerCut, oneIn: 50), laptop.hasJoined, !laptop.isRotten { laptop.disk.powerFailsAfter = step.below(40) }
        countBytes(reply.body.count)
        trace.mix(reply.body)
        return reply
    }

    private func address(of machine: Machine) -> String {
        (machine as? DaemonHost)?.address ?? "\(machine.name):7411"
    }

    private func key(of machine: Machine) -> VerifyingKey? {
        if let daemon = machine as? DaemonHost { return daemon.isRetired ? nil : daemon.tls.verifyingKey }
        guard let laptop = machine as? Laptop, laptop.replica != nil, !laptop.isBusy else { return nil }
        return laptop.device
    }

    private func disturbed(_ reply: TransportReply, _ path: String, _ laptop: Laptop) throws -> TransportReply {
        if happens(.answerLost, oneIn: 30) {
            count(.answerLost)
            throw broken(arrived: true)
        }
        if happens(.answerCut, oneIn: 60) {
            count(.answerCut)
            laptop.sawTampering = true
            return TransportReply(
                status: reply.status, body: Array(reply.body.prefix(step.below(reply.body.count + 1))))
        }
        guard path == DaemonPath.sync, reply.status == 200 else { return reply }
        if happens(.oldAnswer, oneIn: 40), let olds = oldAnswers[laptop.number], !olds.isEmpty {
            count(.oldAnswer)
            laptop.sawTampering = true
            return step.pick(olds)
        }
        if oldAnswers[laptop.number, default: []].count < 8 { oldAnswers[laptop.number, default: []].append(reply) }
        return TransportReply(status: 200, body: tamperedAnswer(reply.body, laptop))
    }

    /// Others have their turn while something is on its way.
    private func othersMeanwhile() throws {
        guard depth < 2, happens(.answerSlow, oneIn: 12) else { return }
        count(.answerSlow)
        depth += 1
        defer { depth -= 1 }
        try takeStep()
    }

    /// What was held up arrives now.
    func deliverLate() throws {
        while let one = late.first {
            late.removeFirst()
            guard let host = machines.first(where: { $0.number == one.host }), key(of: host) != nil else { continue }
            if !isHealing { count(.requestLate) }
            trace("  a late request reaches \(host.name)")
            do {
                _ = try respond(host, one.path, one.body, one.sender)
            } catch is TransportFailure {}
        }
    }

    // MARK: Answering

    /// - Throws: `TransportFailure` where the machine does not answer, `Violation` where it answers what it must not.
    func respond(
        _ machine: Machine, _ path: String, _ body: [UInt8], _ device: VerifyingKey
    ) throws -> TransportReply {
        if let laptop = machine as? Laptop {
            guard let replica = laptop.replica else { throw broken(arrived: false) }
            let answer = replica.answerSync(body, from: device)
            if laptop.disk.isDown { throw broken(arrived: true) }
            if answer.refusal == ErrorName.internal, !laptop.hasDiskFault, !laptop.isRotten {
                throw Violation("unexpected", "\(laptop.name) failed to answer a colleague")
            }
            try lookAt(laptop, keeps: answer.refusal != ErrorName.internal)
            return answer.reply
        }
        guard let host = machine as? DaemonHost, !host.isRetired else { throw broken(arrived: false) }
        return try serve(host, path, body, device)
    }

    private func serve(
        _ host: DaemonHost, _ path: String, _ body: [UInt8], _ device: VerifyingKey
    ) throws -> TransportReply {
        do {
            let reply = try answer(host, path, body, device)
            if host.disk.isDown { throw broken(arrived: true) }
            try lookAt(host, keeps: true)
            if step.chance(2) { try tick(host) }
            return TransportReply(status: 200, body: reply)
        } catch let refusal as ErrorMessage {
            if host.disk.isDown {
                try recover(host)
                throw broken(arrived: true)
            }
            return TransportReply(status: refusal.status, body: refusal.encoded())
        } catch let failure as TransportFailure {
            if host.disk.isDown { try recover(host) }
            throw failure
        } catch let violation as Violation {
            throw violation
        } catch {
            try excuse(error, host)
            throw broken(arrived: true)
        }
    }

    /// A daemon fails only where its disk or its power did; then it is started again.
    private func excuse(_ error: any Error, _ host: DaemonHost) throws {
        guard host.disk.isDown || host.hasDiskFault || host.isRotten else {
            throw Violation("unexpected", "\(host.name) failed: \(error)")
        }
        try recover(host)
    }

    /// What the daemon's router does with a request.
    private func answer(
        _ host: DaemonHost, _ path: String, _ body: [UInt8], _ device: VerifyingKey
    ) throws -> [UInt8] {
        let service = try host.running()
        switch path {
        case DaemonPath.enrol:
            return try service.enrol(
                message(EnrolRequest.self, body), device: device, monotonicMilliseconds: now
            ).encoded()
        case DaemonPath.authority:
            return try service.authority(message(AuthorityRequest.self, body)).encoded()
        default:
            var standing = try service.standing(of: device)
            let request = try message(SyncRequest.self, body)
            guard request.space == service.id else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
            if case .unknown = standing {
                standing = try service.introduce(request, device: device, monotonicMilliseconds: now)
            }
            if case .member(let member) = standing {
                var answer = try service.answer(to: request, as: member, device: device)
                let taken = try take(answer.pushed, service)
                return try answer.finish(taken).encoded()
            }
            try service.admitHandingIn(request)
            let taken = try take(request.segments, service)
            return try service.finishHandingIn(request, device: device, taken).encoded()
        }
    }

    private func take(_ segments: [PackedSegment], _ service: SpaceService) throws -> SpaceService.Taken {
        segments.isEmpty ? SpaceService.Taken() : try service.take([segments])[0]
    }

    private func message<Message: WireMessage>(_: Message.Type, _ body: [UInt8]) throws(ErrorMessage) -> Message {
        do {
            return try Message(decoding: body)
        } catch {
            throw ErrorMessage(refusing: error)
        }
    }

    /// What a daemon does between requests.
    func tick(_ host: DaemonHost) throws {
        try daemonDeed(host) { service in
            while try service.store.foldSome(atMost: 200) {}
            while try !service.followClaims() {}
            try service.countersign()
            while try service.eraseDue() > 0 {}
            try service.store.purgeIfDue()
        }
    }

    /// Something that a daemon does by itself, or that its coordinator orders; its disk may fail in the middle.
    /// - Returns: false where it came to nothing.
    @discardableResult
    func daemonDeed(_ host: DaemonHost, _ body: (SpaceService) throws -> Void) throws -> Bool {
        guard !host.isRetired else { return false }
        do {
            try body(try host.running())
            if host.disk.isDown {
                try recover(host)
                return false
            }
            try lookAt(host, keeps: true)
            return true
        } catch let objection as Objection {
            trace("  \(host.name) objects: \(objection.name.rawValue)")
            if host.disk.isDown { try recover(host) } else { try lookAt(host, keeps: true) }
            return false
        } catch let violation as Violation {
            throw violation
        } catch {
            try excuse(error, host)
            return false
        }
    }

    /// A machine whose power failed is switched on; a program whose disk failed is started again.
    /// - Parameter isRestored: an older copy was put onto its disk, and has not been looked at.
    func recover(_ machine: Machine, isRestored: Bool = false) throws {
        let wasDown = machine.disk.isDown
        trace("  \(machine.name) \(wasDown ? "is switched on again" : "starts again")")
        witness.release(machine)
        (machine as? Laptop)?.drop()
        (machine as? DaemonHost)?.drop()
        if wasDown { machine.disk.restart(keepingUnsynced: false) }
        machine.disk.clearFaults()
        machine.forgetDiskFaults()
        try reopen(machine, isRestored: isRestored)
    }

    /// What a machine kept is all there when its programs start. A start too may come upon a disk that fails, or upon
    /// the end of the power; the next, with nothing left that was ordered to fail, has to succeed.
    /// - Parameter isRestored: an older copy was put onto its disk: what it said it keeps may be gone.
    func reopen(_ machine: Machine, isRestored: Bool = false) throws {
        guard !machine.isRotten else { return }
        do {
            if let host = machine as? DaemonHost {
                let service = try host.running()
                try witness.lookAnew(at: host, device: service.store.keys.publicKey, isRestored: isRestored)
            } else if let laptop = machine as? Laptop, laptop.hasJoined {
                laptop.replica = try Replica(laptop.configuration, laptop.environment)
                try witness.lookAnew(at: laptop, device: laptop.device, isRestored: isRestored)
            }
        } catch let violation as Violation {
            throw violation
        } catch {
            guard machine.disk.isDown || machine.hasDiskFault else {
                throw Violation(
                    "opens", "\(machine.name) does not start after a \(isRestored ? "restore" : "crash"): \(error)")
            }
            trace("  \(machine.name): start broken off")
            try recover(machine, isRestored: isRestored)
        }
    }
}
