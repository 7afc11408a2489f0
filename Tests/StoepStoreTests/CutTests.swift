import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire
import Testing

/// Cuts stand in the log that they concern, and decide there what of an actor counts.
@Suite struct CutTests {
    private let north = LogID.street("north")!

    private func records(_ store: Store, _ log: LogID) throws -> Int {
        try store.status().logs.first { $0.log == log }?.records ?? 0
    }

    @Test func `a revoked device keeps what stood before the cut, and hands in what came after`() throws {
        let space = try TestSpace(seed: 9)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try anna.save([.conversation("voor")])
        try space.settle([anna, bram])
        let head = try #require(try space.hub.heads(north).first)
        try anna.save([.conversation("na")])
        try space.cut(head.actor, in: north, at: [head.point])
        try space.setRole(try #require(try space.hub.owner(of: anna.keys.publicKey)), .revoked)
        try space.settle([anna, bram])
        for store in [bram, space.hub] {
            #expect(try records(store, north) == 1)
            #expect(try store.status().quarantined == 1)
            #expect(try space.hashes(store) == space.hashes(space.hub))
            #expect(try store.status().conflicts == 0)
        }
        // Released: a new value further along.
        try space.cut(head.actor, in: north, at: try space.hub.heads(north).filter { $0.actor == head.actor }.map(\.point))
        try space.settle([bram])
        for store in [bram, space.hub] {
            #expect(try records(store, north) == 2)
            #expect(try store.status().quarantined == 0)
            #expect(try store.differenceFromNaive() == nil)
        }
    }

    @Test func `a device whose own actor is cut goes on under a new one, once, whose changes count`() throws {
        let space = try TestSpace(seed: 21)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try anna.save([.conversation("een"), .theme("groen")])
        try space.settle([anna, bram])
        let actor = try anna.status().actor
        let ends = try space.hub.heads(north).filter { $0.actor == actor }.map(\.point)
        let member = try #require(try space.hub.owner(of: anna.keys.publicKey))
        try space.cut(actor, in: north, at: ends)
        try space.setRole(member, .revoked)
        // Written before it hears of it, and what it wrote in the square, which nobody cut.
        try anna.save([.conversation("ongezien"), .theme("zorg")])
        try space.setRole(member, .volunteer)
        try space.settle([anna, bram])
        let next = try anna.status()
        #expect(next.actor != actor)
        #expect(next.alert == "actor-cut")
        try anna.save([.conversation("weer")])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try records(store, north) == 2)
            #expect(try store.status().quarantined == 1)
            #expect(try space.hashes(store) == space.hashes(space.hub))
            #expect(try store.differenceFromNaive() == nil)
        }
        // The cut is written anew: the actor that it ends is no longer this device's own.
        try space.cut(actor, in: north, at: [])
        try space.settle([anna, bram])
        #expect(try anna.status().actor == next.actor)
        #expect(try records(anna, north) == 1)
        #expect(try bram.status().actor != actor && bram.status().alert == nil)
        #expect(try space.reopen(anna).status().actor == next.actor)
    }

    @Test func `a daemon is never cut`() throws {
        let space = try TestSpace(seed: 22)
        let bram = try space.laptop("Bram")
        try space.hub.save([.conversation("van de coördinator")])
        let own = try space.hub.status().actor
        try space.cut(own, in: north, at: [])
        try space.settle([bram])
        #expect(try space.hub.status().actor == own)
        #expect(try records(bram, north) == 1)
    }

    @Test func `no log but its own tells of a cut`() throws {
        let space = try TestSpace(seed: 23)
        let (anna, olga) = (try space.laptop("Anna"), try space.laptop("Olga", .owner, in: []))
        try anna.save([.conversation("woorden"), .theme("groen")])
        try space.settle([anna, olga])
        let head = try #require(try space.hub.heads(north).first)
        let (roster, square) = (try space.hashes(space.hub)[.roster], try space.hub.heads(.square))
        try space.cut(head.actor, in: north, at: [head.point])
        try space.settle([anna, olga])
        #expect(try space.hashes(space.hub)[.roster] == roster)
        #expect(try space.hub.heads(.square) == square)
        #expect(try Set(space.hashes(olga).keys) == [.roster, .square])
        let held = try olga.heldChanges()
        #expect(held.allSatisfy { $0.log.kind != .street })
        #expect(held.flatMap { change in change.blocks.indices.map { change.record($0) } }.contains(olga.cutRecord(head.actor)) == false)
    }

    @Test func `nobody but the authority cuts`() throws {
        let space = try TestSpace(seed: 24)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram", .coordinator))
        try anna.save([.conversation("woorden")])
        try space.settle([anna, bram])
        let actor = try anna.status().actor
        #expect {
            try bram.save([
                RecordEdit(
                    log: north, target: .natural(.cut, key: actor.description),
                    fields: [.set(Field.Cut.points, .bytes([0x80]))])
            ])
        } throws: { error in
            if case StoreError.notAllowed(.notAuthority) = error { true } else { false }
        }
        // Nor by another program, which asks nobody.
        var raw = RawAuthor(space, log: north, key: bram.keys.signing)
        let write = Operation.write(Field.Cut.points, .bytes([0x80]), overwrites: [])
        try raw.append([RawAuthor.Block.natural(.cut, key: actor.description, [write])])
        #expect(try space.hub.take([[raw.segment(from: 1, to: 1).packed()]])[0].results == [nil])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try records(store, north) == 1)
            #expect(try store.seen(store.cutRecord(actor)).quarantined.isEmpty)
            #expect(try store.read { try store.folded(store.cutRecord(actor), in: north) }.quarantined.map(\.reason) == [.notAuthority])
            #expect(try store.differenceFromNaive() == nil)
        }
    }

    @Test func `of two daemons' cuts the more restrictive wins, until one write names both`() throws {
        let space = try TestSpace(seed: 26)
        let anna = try space.laptop("Anna")
        for number in 0..<4 { try anna.save([.conversation("\(number)")]) }
        try space.settle([anna])
        let actor = try #require(try space.hub.heads(north).first).actor
        let ends = try (UInt64(1)...4).map { seq in
            try space.hub.read { try space.hub.ends(of: actor, in: north, through: seq) }
        }
        // The daemon is restored from a backup, and both go on.
        let restored = try space.open(try space.backUpHub(), inode: 2)
        try space.cut(actor, in: north, at: ends[2])
        try restored.save([
            RecordEdit(
                log: north, target: .natural(.cut, key: actor.description),
                fields: [.set(Field.Cut.points, .bytes(CutEnds(ends[0]).encoded()))])
        ])
        #expect(try records(space.hub, north) == 3)
        #expect(try records(restored, north) == 1)
        try restored.prepareToSend()
        let out = try restored.read { try restored.segments(beyond: .empty, in: .all, of: [north]) }
        #expect(try space.hub.take([out.segments.map(\.packed)])[0].results.allSatisfy { $0 == nil })
        while try space.hub.foldSome() {}
        #expect(try records(space.hub, north) == 1)
        #expect(try space.hub.status().conflicts == 0, "nobody has to settle it")
        #expect(try space.hub.differenceFromNaive() == nil)
        try space.cut(actor, in: north, at: ends[3])
        try space.settle([anna])
        for store in [anna, space.hub] { #expect(try records(store, north) == 4) }
    }

    @Test func `a device alone is put out and let in again`() throws {
        let space = try TestSpace(seed: 25)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try anna.save([.conversation("woorden")])
        try space.settle([anna, bram])
        try space.setState(anna.keys.publicKey, 0)
        try space.settle([bram])
        #expect(try records(bram, north) == 0)
        #expect(try space.hub.read { try space.hub.isRevoked(anna.keys.publicKey) })
        try space.setState(anna.keys.publicKey, 1)
        try space.settle([bram])
        #expect(try records(bram, north) == 1)
        #expect(try bram.differenceFromNaive() == nil)
    }

    @Test func `what a cut leaves is judged anew when the change that it names comes, or another in its place`() throws {
        let space = try TestSpace(seed: 12)
        let anna = try space.laptop("Anna")
        var trunk = RawAuthor(space, log: north, key: anna.keys.signing)
        let block = try RawAuthor.Block.created(.conversation, [.write(Field.Conversation.minutes, .integer(1), overwrites: [])])
        try trunk.append([block])
        var (left, right) = (trunk, trunk)
        for _ in 0..<2 {
            try left.append([block])
            try right.append([block])
        }
        try space.cut(left.actor, in: north, at: [left.point(3)])
        // The records that count after each arrival: while the cut's change is not here, what precedes it by number.
        let arrivals = [(right, 1, 2, 2), (right, 3, 3, 0), (left, 2, 2, 0), (left, 3, 3, 3)]
        for (author, first, last, counting) in arrivals {
            let segment = try author.segment(from: first, to: last)
            #expect(try space.hub.take([[segment.packed()]])[0].results == [nil])
            while try space.hub.foldSome() {}
            #expect(try space.hub.status().logs.first { $0.log == north }?.records == counting, "\(first)")
            #expect(try space.hub.differenceFromNaive() == nil)
        }
    }
}
