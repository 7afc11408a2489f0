import StoepCore
import StoepCrypto
import StoepModel
import StoepServer
import StoepStore
import StoepTestSupport
import StoepWire

/// Who has a stolen key: a member's, until somebody notices.
struct Thief {
    let random: SeededRandom
    /// Of a device that a coordinator let in.
    var key: SigningKey?
    /// What it wrote under one actor in a log.
    var authors: [RawAuthor] = []

    init(random: SeededRandom) {
        self.random = random
    }
}

/// Peers that mean harm, and relays that change what passes through them.
extension Simulation {
    /// One deed of somebody who has a stolen key.
    func doHarm() throws {
        let harms: [Mishap] = [
            .forgedSignature, .forgedChain, .twoHistories, .othersActor, .impossibleLamport, .danglingReference,
            .rosterByVolunteer, .forbiddenLog, .massErasure,
        ]
        let harm = step.pick(harms)
        guard plan.mishaps.contains(harm), let host = daemons.first(where: { !$0.isRetired }) else { return }
        if thief.key == nil { try steal(host) }
        guard let key = thief.key else { return }
        trace("a thief: \(harm.rawValue)")
        count(harm)
        switch harm {
        case .forgedSignature:
            try forge(host, key) { $0.with(signature: Signature(self.step.bytes(64)) ?? $0.signature) }
        case .forgedChain: try forge(host, key) { $0.withAnotherLamport() }
        case .twoHistories: try writeTwice(host, key)
        case .othersActor: try writeAsAnother(host, key)
        case .impossibleLamport:
            try write(host, key, LogID.street("north"), lamport: Limits.counter, [try talk("te laat")])
        case .danglingReference: try dangle(host, key)
        case .rosterByVolunteer: try changeRoster(host, key)
        case .forbiddenLog: try askForForbidden(host, key)
        case .massErasure: try eraseAll(host, key)
        default: break
        }
    }

    /// A device that a coordinator lets in, and whose key is then copied.
    private func steal(_ host: DaemonHost) throws {
        guard let key = SigningKey(seed: thief.random.bytes(SigningKey.seedByteCount)) else { return }
        let sealing = try DeviceKeys(random: { [thief] in thief.random.bytes($0) }).sealingKey
        try daemonDeed(host) { service in
            guard
                case .invited(let invited) = try service.perform(
                    .invite(InvitationOrder(name: "mallory", role: .volunteer, areas: ["north"])))
            else { return }
            let invitation = try Invitation(text: invited.text, .openSSL)
            _ = try service.enrol(
                EnrolRequest(space: space, secret: invitation.secret, sealingKey: sealing), device: key.verifyingKey,
                monotonicMilliseconds: now)
            thief.key = key
        }
    }

    private func talk(_ words: String) throws -> RawAuthor.Block {
        try .created(
            .conversation,
            [
                .write(Field.Conversation.startedAt, .integer(1_790_000_000_000), overwrites: []),
                .write(Field.Conversation.place, .text(words), overwrites: []),
            ])
    }

    private func author(_ key: SigningKey, _ log: LogID) -> Int {
        if let place = thief.authors.lastIndex(where: { $0.log == log && $0.key.verifyingKey == key.verifyingKey }) {
            return place
        }
        thief.authors.append(RawAuthor(space, log: log, key: key, random: thief.random))
        return thief.authors.count - 1
    }

    private func push(_ segments: [Segment], _ host: DaemonHost, _ key: SigningKey) throws {
        let request = SyncRequest(space: space, ask: .nothing, segments: try segments.map { try $0.packed() }, nonce: 1)
        do {
            let reply = try respond(host, DaemonPath.sync, request.encoded(), key.verifyingKey)
            if let response = try? SyncResponse(decoding: reply.body), reply.status == 200 {
                trace("  answered \(response.results.map { $0 ?? "taken" }.joined(separator: ", "))")
            } else {
                trace("  answered \((try? ErrorMessage(decoding: reply.body))?.name ?? "nothing")")
            }
        } catch is TransportFailure {}
    }

    private func write(
        _ host: DaemonHost, _ key: SigningKey, _ log: LogID?, lamport: UInt64? = nil, _ blocks: [RawAuthor.Block]
    ) throws {
        guard let log else { return }
        let place = author(key, log)
        let count = thief.authors[place].changes.count
        // Nothing of its own can follow what stands at the end of all numbers.
        if thief.authors[place].changes.last?.header.lamport == Limits.counter {
            thief.authors[place] = RawAuthor(space, log: log, key: key, random: thief.random)
            return try write(host, key, log, lamport: lamport, blocks)
        }
        try thief.authors[place].append(blocks, lamport: lamport)
        for hash in thief.authors[place].hashes.dropFirst(count + 1) { witness.admit(hash) }
        try push([thief.authors[place].segment()], host, key)
    }

    /// A segment that was changed after it was signed.
    private func forge(_ host: DaemonHost, _ key: SigningKey, _ change: (Segment) -> Segment) throws {
        guard let log = LogID.street("north") else { return }
        var author = RawAuthor(space, log: log, key: key, random: thief.random)
        try author.append([try talk("vals")])
        try push([change(try author.segment())], host, key)
    }

    private func writeTwice(_ host: DaemonHost, _ key: SigningKey) throws {
        guard let log = LogID.street("north") else { return }
        let place = author(key, log)
        // Beyond sixteen branches a replica takes no more of an actor.
        guard thief.authors.count < 8 else { return }
        var branch = thief.authors[place].branched(after: thief.authors[place].changes.count / 2)
        let from = branch.changes.count
        try branch.append([try talk("tweemaal")])
        for hash in branch.hashes.dropFirst(from + 1) { witness.admit(hash) }
        thief.authors.append(branch)
        try push([branch.segment()], host, key)
    }

    /// Somebody else's actor, under the thief's key.
    private func writeAsAnother(_ host: DaemonHost, _ key: SigningKey) throws {
        guard let log = LogID.street("north"), let victim = laptops.first(where: { $0.replica != nil && !$0.isBusy }),
            let replica = victim.replica, let actor = try? replica.store.read({ try replica.store.currentActor() })
        else { return }
        var author = RawAuthor(space, log: log, key: key, as: actor, random: thief.random)
        try author.append([try talk("namens een ander")])
        try push([author.segment()], host, key)
    }

    private func dangle(_ host: DaemonHost, _ key: SigningKey) throws {
        let nowhere = ChangePoint(actor: ActorID(thief.random.bytes16()), seq: 3, check: thief.random.next())
        let record = RecordID(thief.random.bytes16())
        try write(
            host, key, LogID.street("north"),
            [
                try .about(
                    record, .conversation, table: [.other(nowhere)],
                    [
                        .write(
                            Field.Conversation.place, .text("nergens"),
                            overwrites: [ElementReference(entry: 0, offset: 0)])
                    ])
            ])
    }

    private func changeRoster(_ host: DaemonHost, _ key: SigningKey) throws {
        guard let replica = laptops.first(where: { $0.replica != nil && !$0.isBusy })?.replica else { return }
        try write(
            host, key, .roster,
            [
                try .about(
                    replica.member, .member,
                    [.write(Field.Member.role, .integer(Role.coordinator.rawValue), overwrites: [])])
            ])
    }

    private func askForForbidden(_ host: DaemonHost, _ key: SigningKey) throws {
        guard let south = LogID.street("south") else { return }
        let request = SyncRequest(space: space, scope: [south], ask: .beyond(.all, .empty), nonce: 1)
        do {
            let reply = try respond(host, DaemonPath.sync, request.encoded(), key.verifyingKey)
            if reply.status == 200 {
                throw Violation("forbidden", "\(host.name) gave \(south) to who may not read it")
            }
        } catch is TransportFailure {}
    }

    /// Asks for everything that there is to be erased.
    private func eraseAll(_ host: DaemonHost, _ key: SigningKey) throws {
        guard let north = LogID.street("north") else { return }
        let records = canaries.all.filter { $0.log == north }.map(\.record)
        guard !records.isEmpty else { return }
        for start in stride(from: 0, to: min(records.count, 48), by: 16) {
            let some = records[start..<min(start + 16, records.count)]
            try write(
                host, key, north, try some.map { try .about($0, .conversation, [.eraseRecord(successor: nil)]) })
            for record in some { canaries.mayBeErased(record, on: host) }
        }
    }

    // MARK: Relays

    /// What passes through a relay on its way to a daemon.
    func tamperedRequest(_ body: [UInt8], _ laptop: Laptop) -> [UInt8] {
        guard var request = try? SyncRequest(decoding: body) else { return body }
        let strips = happens(.strippedBodies, oneIn: 40)
        // A body that was missing comes by itself: nothing but its commitment says what it must be.
        let changes = happens(.changedBody, oneIn: request.bodies.isEmpty ? 60 : 4)
        guard strips || changes else { return body }
        guard tamper(&request.segments, &request.bodies, changes: changes) else { return body }
        count(changes ? .changedBody : .strippedBodies)
        laptop.sawTampering = true
        return request.encoded()
    }

    /// What passes through a relay on its way to a laptop.
    func tamperedAnswer(_ body: [UInt8], _ laptop: Laptop) -> [UInt8] {
        guard var response = try? SyncResponse(decoding: body), case .segments(var segments) = response.answer else {
            return body
        }
        let strips = happens(.strippedBodies, oneIn: 40)
        let changes = happens(.changedBody, oneIn: response.bodies.isEmpty ? 60 : 4)
        guard strips || changes else { return body }
        guard tamper(&segments, &response.bodies, changes: changes) else { return body }
        count(changes ? .changedBody : .strippedBodies)
        laptop.sawTampering = true
        response.answer = .segments(segments)
        return response.encoded()
    }

    /// - Returns: false where there was nothing to take or to change.
    private func tamper(
        _ segments: inout [PackedSegment], _ bodies: inout [ChangeBodies], changes: Bool
    ) -> Bool {
        var didAny = false
        for place in segments.indices where step.chance(2) {
            guard let segment = try? segments[place].unpacked(),
                let packed = try? segment.tampered(changes: changes)?.packed()
            else { continue }
            segments[place] = packed
            didAny = true
        }
        if !bodies.isEmpty, step.chance(2) {
            bodies = changes ? bodies.map { $0.changed } : []
            didAny = true
        }
        return didAny
    }
}

extension ChangeBodies {
    /// With other words than were committed to.
    fileprivate var changed: ChangeBodies {
        ChangeBodies(
            log: log, point: point,
            bodies: bodies.map { body in
                body.map { body in
                    var payload = body.payload
                    if let last = payload.indices.last { payload[last] ^= 1 }
                    return BlockBody(salt: body.salt, payload: payload)
                }
            })
    }
}

extension Segment {
    private func with(_ changes: [SegmentChange]) -> Segment {
        Segment(
            log: log, actor: actor, first: first, base: base, birth: birth, changes: changes, signature: signature)
    }

    fileprivate func with(signature: Signature) -> Segment {
        Segment(
            log: log, actor: actor, first: first, base: base, birth: birth, changes: changes, signature: signature)
    }

    fileprivate func withAnotherLamport() -> Segment {
        with(changes.map { SegmentChange(lamport: $0.lamport &+ 1, time: $0.time, blocks: $0.blocks) })
    }

    /// Without bodies, or with others than were committed to; what is signed stays as it is.
    /// - Returns: nil where it has none.
    fileprivate func tampered(changes isChange: Bool) -> Segment? {
        var didAny = false
        let altered = changes.map { change in
            SegmentChange(
                lamport: change.lamport, time: change.time,
                blocks: change.blocks.map { block in
                    guard case .body(let body) = block.content else { return block }
                    didAny = true
                    var payload = body.payload
                    if let last = payload.indices.last { payload[last] ^= 1 }
                    return SegmentBlock(
                        subject: block.subject, content: .body(BlockBody(salt: body.salt, payload: payload)))
                })
        }
        guard didAny else { return nil }
        return isChange ? with(altered) : stripped()
    }
}
