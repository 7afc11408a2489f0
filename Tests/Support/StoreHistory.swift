import StoepMerge
import StoepModel
import StoepStore
import StoepSync
import StoepWire

/// A history out of a seed over real stores: laptops that write, sync, lose the connection, are copied and restored; a
/// hub that governs in between.
package final class StoreHistory {
    package let space: TestSpace
    package private(set) var laptops: [Store] = []
    private var members: [RecordID] = []
    private var unenrolled: [Int]
    private var talks: [(log: LogID, record: RecordID)] = []
    private let random: SeededRandom

    package init(seed: UInt64, steps: Int = 24, isSealed: Bool = false) throws {
        space = try TestSpace(
            seed: seed, partitions: ["north", "south"], sealsLaptops: isSealed, sealsHub: isSealed)
        random = SeededRandom(seed: seed &+ 1)
        unenrolled = []
        for number in 0..<3 {
            members.append(try space.member("Member \(number)", number == 2 ? .coordinator : .volunteer))
            laptops.append(try space.emptyLaptop())
            // One in three writes before the roster knows its device.
            if random.chance(3) {
                unenrolled.append(number)
            } else {
                try space.enrol(laptops[number].keys, of: members[number])
            }
            if !random.chance(5) { try space.grant(members[number], "north") }
        }
        for _ in 0..<steps { try step() }
    }

    private func step() throws {
        space.clock.advance()
        let number = random.below(laptops.count)
        switch random.below(12) {
        case 0..<5: try write(laptops[number])
        case 5..<8: try exchange(number, dropAfter: random.chance(3) ? random.below(8) : .max)
        case 8: try write(space.hub)
        case 9 where random.chance(2): try copy(number)
        case 9: try restart(number)
        default: try govern()
        }
    }

    /// Enrols who is not yet, syncs all until nothing is new, and folds what is behind.
    package func settle() throws {
        for number in unenrolled { try space.enrol(laptops[number].keys, of: members[number]) }
        unenrolled = []
        for _ in 0..<3 { for number in laptops.indices { try exchange(number, dropAfter: .max) } }
        while try space.hub.foldSome() {}
    }

    private func exchange(_ number: Int, dropAfter: Int) throws {
        do {
            let run = try space.sync(laptops[number], dropAfter: dropAfter)
            if let failure = run.failure { throw failure }
        } catch RefusedByHub.unknownDevice {}
    }

    // MARK: Writing

    private func write(_ store: Store) throws {
        do {
            let log = random.pick([LogID.square, LogID.street("north")!, LogID.street("north")!, LogID.street("south")!])
            let known = talks.filter { $0.log == log }.map(\.record)
            let edit = edit(known, log)
            let record = try store.save([edit])[0]
            if case .new = edit.target { talks.append((log, record)) }
        } catch StoreError.notAllowed {
        } catch StoreError.unknownRecord {
        }
    }

    private func edit(_ known: [RecordID], _ log: LogID) -> RecordEdit {
        if log == .square {
            return .theme(random.pick(["groen", "zorg", "huur"]), description: random.text(words: random.below(4)))
        }
        guard !known.isEmpty, !random.chance(4) else {
            return .conversation(
                random.text(words: random.below(6)), in: log.partition, observation: random.text(words: random.below(4)))
        }
        let themes = (0..<random.below(3)).map { _ in
            Value.record(RecordID(Bytes16(high: 0, low: UInt64(random.below(3)))))
        }
        var fields: [FieldEdit] = [
            .set(Field.Conversation.place, .text(random.text(words: 1))),
            .set(Field.Conversation.minutes, .integer(Int64(random.below(3)))),
            .add(Field.Conversation.themes, themes), .remove(Field.Conversation.themes, themes),
            .text(Field.Conversation.observation, random.text(words: random.below(5))),
        ]
        if random.chance(3) { fields.append(.text(Field.Conversation.words, random.text(words: 3))) }
        return RecordEdit(
            log: log, target: .existing(random.pick(known)), fields: fields.filter { _ in random.chance(2) })
    }

    // MARK: The roster

    private func govern() throws {
        let number = random.below(members.count)
        switch random.below(6) {
        case 0: try space.grant(members[number], random.pick(["north", "south"]), level: Int64(random.below(2)))
        case 1: try space.grant(members[number], random.pick(["north", "south"]))
        case 2: try space.setRole(members[number], random.pick([.volunteer, .volunteer, .coordinator, .owner]))
        case 3 where !unenrolled.isEmpty:
            let late = unenrolled.removeFirst()
            try space.enrol(laptops[late].keys, of: members[late])
        case 4 where random.chance(2):
            let device = laptops[number].keys.publicKey
            let heads = try space.hub.read {
                try space.hub.frontier().filter { try space.hub.device(of: $0.actor) == device }
            }
            if !heads.isEmpty { try cut(random.pick(heads)) }
        case 5 where random.chance(3): try space.setState(laptops[number].keys.publicKey, Int64(random.below(3)))
        default: return
        }
    }

    /// At the head, at nothing, or as it comes to after what was kept aside is released.
    private func cut(_ head: Head) throws {
        guard head.log != .roster else { return }
        let ends = try space.hub.heads(head.log).filter { $0.actor == head.actor }.map(\.point)
        try space.cut(head.actor, in: head.log, at: random.pick([[head.point], ends, ends, []]))
    }

    // MARK: Machines

    private func restart(_ number: Int) throws { laptops[number] = try space.reopen(laptops[number]) }

    /// A second laptop on a copy of the disk: both go on, each as it would. Where the copy cannot be told from the
    /// original, both write on under one actor.
    private func copy(_ number: Int) throws {
        guard laptops.count < 5, !unenrolled.contains(number) else { return }
        let directory = laptops[number].configuration.directory
        try laptops[number].checkpoint()
        laptops[number].close()
        let copy = try space.scratch.copy(directory)
        laptops[number] = try space.open(directory)
        laptops.append(try space.open(copy, inode: random.chance(2) ? 1 : 2))
    }
}

extension Store {
    /// All that this store holds and could send, by its meaning.
    package func heldChanges() throws -> [HeldChange] {
        try prepareToSend()
        let out = try read { try segments(beyond: .empty, in: .all, of: logs(), budget: .max) }
        var held: [ChangePoint: HeldChange] = [:]
        var changes: [HeldChange] = []
        for one in out.segments {
            let segment = try one.packed.unpacked()
            let base = segment.base.flatMap {
                held[ChangePoint(actor: segment.actor, seq: segment.first - 1, check: $0)]
            }
            guard let device = try segment.birth?.device ?? read({ try device(of: segment.actor) }) else {
                throw StoreError.damaged("an actor without a device")
            }
            let verified = try segment.verify(
                base: base.map { ($0.hash, $0.lamport) }, device: device, space: space,
                cryptography: environment.cryptography)
            var parent = base?.hash
            for change in verified {
                var blocks: [HeldChange.Block] = []
                for (block, body) in zip(change.header.blocks, change.bodies) {
                    var content = HeldChange.Content.missing
                    if let body {
                        let payload = try? Payload(decoding: body.payload)
                        content = payload.map { .payload($0) } ?? .malformed
                    }
                    blocks.append(HeldChange.Block(subject: block.subject, content: content))
                }
                let next = HeldChange(
                    log: segment.log, actor: segment.actor, device: device, seq: change.header.seq, hash: change.hash,
                    parent: parent, lamport: change.header.lamport, time: change.header.time, blocks: blocks)
                held[next.point] = next
                changes.append(next)
                parent = change.hash
            }
        }
        return changes
    }

    /// The first record that differs from what its blocks fold to, from scratch or by the naive fold.
    package func differenceFromNaive() throws -> String? {
        let naive = NaiveFold(try heldChanges(), space: space, schema: configuration.schema)
        for log in naive.logs {
            for record in naive.records(of: log) {
                let folded: RecordState = try read { try self.folded(record, in: log) }
                let stored: RecordState = try read { try self.stored(record, in: log) }
                let plain = naive.fold(record, in: log).rendering
                if folded.rendering != plain { return "\(log) \(record)\n\(folded.rendering)\n--- naive\n\(plain)" }
                let isSame = stored.fields == folded.fields && stored.creation == folded.creation
                if !isSame || stored.collection != folded.collection || stored.pending != folded.pending {
                    return "\(log) \(record)\n\(folded.rendering)\n--- stored\n\(stored.rendering)"
                }
            }
        }
        return nil
    }
}
