import StoepCrypto
import StoepMerge
import StoepModel
import StoepSync
import StoepWire
import StoepTestSupport
import Testing

@testable import StoepStore

/// What is erased is gone from every file of every store that has confirmed it (`DESIGN` §6).
@Suite struct ErasureTests {
    private let north = LogID.street("north")!

    private func erase(_ talk: RecordID, successor: RecordID? = nil) -> RecordEdit {
        RecordEdit(log: north, target: .existing(talk), fields: [], ending: .erase(successor: successor))
    }

    /// The daemon's part between syncs.
    private func countersign(_ space: TestSpace, limit: Int = 30) throws -> (countersigned: Int, waiting: Int) {
        while try space.hub.foldSome() {}
        var limits = Store.DailyLimits()
        limits.volunteer = limit
        let done = try space.hub.countersign(within: limits) { _ in }
        try space.hub.prepareToSend()
        return done
    }

    @Test func `what is erased here and not yet countersigned is sound to doctor`() throws {
        let space = try TestSpace(seed: 1)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let talk = try anna.save([.conversation("zij heet Kanarie")])[0]
        try space.settle([anna, bram])
        try bram.save([.edit(talk, [.text(Field.Conversation.observation, "Bram ook")])])
        try space.settle([bram, anna])
        try anna.save([erase(talk)])
        #expect(try anna.checkup().findings.map(\.what) == [])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] { #expect(try store.checkup().findings.map(\.what) == []) }
    }

    @Test func `a volunteer's own erasure is hidden, purged here, countersigned, purged everywhere and confirmed`() throws {
        let space = try TestSpace(seed: 1)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let canary = Canary("zij heet Kanarie Vogelenzang")
        let talk = try anna.save([.conversation(canary.text, observation: "naast \(canary.text)")])[0]
        try space.settle([anna, bram])
        try bram.save([.edit(talk, [.text(Field.Conversation.observation, "Bram hoorde \(canary.text) ook")])])
        try space.settle([anna, bram])
        #expect(try canary.files(under: bram.configuration.directory).count > 0)

        try anna.save([erase(talk)])
        #expect(try anna.seen(talk).presence == .hidden)
        #expect(try canary.files(under: anna.configuration.directory) == [])
        #expect(try anna.status().wanted == 0)
        try space.settle([anna, bram])
        #expect(try bram.seen(talk).presence == .hidden)
        #expect(try canary.files(under: bram.configuration.directory) != [])

        #expect(try countersign(space) == (1, 0))
        #expect(try canary.files(under: space.hubDirectory) == [])
        #expect(try space.hub.read { try space.hub.erasures() }.first?.confirmed == [])
        try space.settle([anna, bram])
        for store in [anna, bram] {
            #expect(try canary.files(under: store.configuration.directory) == [])
            #expect(try store.seen(talk).presence == .erased(successor: nil))
            #expect(try store.status().wanted == 0)
            #expect(try space.hashes(store) == space.hashes(space.hub))
        }
        let listed = try #require(try space.hub.read { try space.hub.erasures() }.first)
        #expect(Set(listed.confirmed) == [anna.keys.publicKey, bram.keys.publicKey])
        #expect(listed.outstanding == [])
        // A sync with nothing new is one round trip, as before.
        #expect(try space.sync(anna).summary?.roundTrips == 1)
        // Who joins later gets stubs and the erasure that covers them, wants nothing, and holds the same.
        let carla = try space.laptop("Carla")
        try space.settle([carla, anna])
        #expect(try carla.status().wanted == 0)
        #expect(try space.hashes(carla) == space.hashes(space.hub))
    }

    @Test func `a laptop that was away for a year brings an edit of what was erased, and it never touches the disk`() throws {
        let space = try TestSpace(seed: 2)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let talk = try anna.save([.conversation("woorden")])[0]
        try space.settle([anna, bram])
        let canary = Canary("Vogelenzang schreef dit onderweg")
        try bram.save([.edit(talk, [.text(Field.Conversation.observation, canary.text)])])
        try anna.save([erase(talk)])
        try space.settle([anna])
        _ = try countersign(space)
        space.clock.advance(365 * 24 * 3600 * 1000)
        let heads = try space.hub.heads(north).count
        try space.settle([bram])
        // Its header is in the log, its body nowhere.
        #expect(try space.hub.heads(north).count == heads + 1)
        #expect(try canary.files(under: space.hubDirectory) == [])
        #expect(try canary.files(under: bram.configuration.directory) == [])
        #expect(try space.hub.status().wanted == 0)
        try space.settle([anna])
        #expect(try space.hashes(anna) == space.hashes(bram))
        #expect(try anna.status().wanted == 0)
    }

    @Test func `a daily limit bounds what a stolen laptop destroys; the rest waits for a coordinator`() throws {
        let space = try TestSpace(seed: 3)
        let anna = try space.laptop("Anna")
        let talks = try (0..<6).map { try anna.save([.conversation("gesprek \($0)")])[0] }
        try anna.save(talks.map { erase($0) })
        try space.settle([anna])
        #expect(try countersign(space, limit: 4) == (4, 2))
        #expect(try countersign(space, limit: 4) == (0, 2))
        #expect(try space.hub.read { try space.hub.waitingErasures() }.count == 2)
        let rest = try space.hub.read { try space.hub.waitingErasures() }[0]
        try space.hub.write {
            try space.hub.erase(space.hub.entry(toErase: rest.record, in: rest.log)) { _ in }
        }
        space.clock.advance(25 * 3600 * 1000)
        #expect(try countersign(space, limit: 4) == (1, 0))
    }

    @Test func `an erasure is the last word, and nobody else's erases`() throws {
        let space = try TestSpace(seed: 4)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let talk = try anna.save([.conversation("woorden")])[0]
        try space.settle([anna, bram])
        #expect(throws: StoreError.self) { try bram.save([erase(talk)]) }
        try anna.save([erase(talk)])
        #expect(throws: StoreError.self) { try anna.save([.edit(talk, [.text(Field.Conversation.observation, "nog")])]) }
        try space.settle([anna])
        _ = try countersign(space)
        // The requester is cut off afterwards: what the authority erased stays erased.
        try space.setRole(try #require(try space.hub.owner(of: anna.keys.publicKey)), .revoked)
        while try space.hub.foldSome() {}
        #expect(try space.hub.seen(talk).presence == .erased(successor: nil))
        try space.settle([bram])
        #expect(try bram.seen(talk).presence == .erased(successor: nil))
    }

    @Test func `a reader holds the log up: no receipt before it lets go`() throws {
        let space = try TestSpace(seed: 5)
        let anna = try space.laptop("Anna")
        let canary = Canary("Kanarie in het logboek van SQLite")
        let talk = try anna.save([.conversation(canary.text)])[0]
        try space.settle([anna])
        let reader = try space.open(anna.configuration.directory)
        try reader.read {
            #expect(try reader.stored(talk).text(Field.Conversation.words) == canary.text)
            try anna.save([erase(talk)])
            #expect(try anna.isPurgeDue())
            #expect(try canary.files(under: anna.configuration.directory) != [])
            try space.settle([anna])
            _ = try countersign(space)
            try space.settle([anna])
            #expect(try space.hub.read { try space.hub.erasures() }.first?.confirmed == [])
        }
        try space.settle([anna])
        #expect(try canary.files(under: anna.configuration.directory) == [])
        #expect(try space.hub.read { try space.hub.erasures() }.first?.confirmed == [anna.keys.publicKey])
    }

    @Test(arguments: 10..<12 as Range<UInt64>)
    func `no page keeps a copy of what was erased, however the tables were shuffled before`(seed: UInt64) throws {
        let space = try TestSpace(seed: seed)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let random = SeededRandom(seed: seed)
        var talks: [(id: RecordID, canary: Canary)] = []
        for round in 0..<60 {
            let canary = Canary("kanarie-\(seed)-\(round)-\(String(random.next(), radix: 36))")
            let padding = String(repeating: "woord ", count: Int(random.next() % 700))
            talks.append((try anna.save([.conversation(padding + canary.text + padding)])[0], canary))
            if random.next() % 3 == 0, let one = talks.isEmpty ? nil : talks[Int(random.next() % UInt64(talks.count))] {
                try anna.save([
                    .edit(one.id, [.text(Field.Conversation.observation, padding + one.canary.text)])
                ])
            }
            if random.next() % 4 == 0 {
                let place = Int(random.next() % UInt64(talks.count))
                let gone = talks.remove(at: place)
                try anna.save([erase(gone.id)])
                #expect(try gone.canary.files(under: anna.configuration.directory) == [], "\(round)")
            }
        }
        for one in talks { try anna.save([erase(one.id)]) }
        for one in talks { #expect(try one.canary.files(under: anna.configuration.directory) == []) }
    }

    @Test func `a relay that strips bodies gains nothing: what is missing is wanted, and asked for until it is here`() throws {
        let space = try TestSpace(seed: 6)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let talk = try anna.save([.conversation("woorden", observation: "wat ik zag")])[0]
        try anna.prepareToSend()
        // Bram got it from somebody who kept the bodies to himself.
        let out = try anna.read { try anna.segments(unknownTo: bram.keys.publicKey, scope: [north]) }
        for one in out.segments {
            let stripped = try one.packed.unpacked().stripped()
            _ = try bram.write { try bram.append(bram.verify(stripped)) }
        }
        while try bram.foldSome() {}
        #expect(try bram.status().wanted == 1)
        #expect(try bram.seen(talk).isListed == false)
        // The daemon has not got it either: it is asked for in vain, and stays wanted.
        let run = try space.sync(bram)
        #expect(try bram.status().wanted == 1)
        #expect(try space.hub.status().wanted == 1)
        #expect(run.summary != nil)
        // Anna comes, and is asked for it by the daemon, which has the header from Bram.
        try space.sync(anna)
        while try space.hub.foldSome() {}
        #expect(try space.hub.status().wanted == 0)
        try space.sync(bram)
        #expect(try bram.status().wanted == 0)
        #expect(try bram.seen(talk).text(Field.Conversation.words) == "woorden")
        #expect(try space.hashes(bram) == space.hashes(space.hub))
        #expect(try space.sync(bram).summary?.roundTrips == 1)
    }

    /// Found by the simulator, seed 385.
    @Test func `of two erasures that name different successors none is lost where a relay took the body of one`() throws {
        let space = try TestSpace(seed: 9)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let talks = try anna.save([.conversation("gesprek"), .conversation("wat bleef")])
        try space.settle([anna, bram])
        try space.hub.write { try space.hub.erase(space.hub.entry(toErase: talks[0], in: north)) { _ in } }
        try space.hub.prepareToSend()
        try space.settle([anna, bram])
        // Another daemon of the space had heard of what was kept.
        var other = RawAuthor(space, log: north, key: space.hub.keys.signing)
        var erasure = try RawAuthor.Block.about(talks[0], .conversation, [.eraseRecord(successor: talks[1])])
        erasure.isKept = false
        try other.append([erasure])
        _ = try bram.write { try bram.append(bram.verify(other.segment())) }
        while try bram.foldSome() {}
        #expect(try bram.status().wanted == 1)
        #expect(try bram.seen(talks[0]).presence == .erased(successor: nil))
        _ = try space.hub.take([[other.segment(whole: true).packed()]])
        while try space.hub.foldSome() {}
        try space.settle([anna, bram])
        for store in [space.hub, anna, bram] {
            #expect(try store.seen(talks[0]).presence == .erased(successor: talks[1]))
            #expect(try store.status().wanted == 0)
        }
        #expect(try space.hashes(bram) == space.hashes(space.hub))
    }

    @Test func `no receipt covers an erasure whose own body is missing`() throws {
        let space = try TestSpace(seed: 8)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let talks = try (0..<2).map { try anna.save([.conversation("gesprek \($0)")])[0] }
        try space.settle([anna, bram])
        for talk in talks {
            try space.hub.write { try space.hub.erase(space.hub.entry(toErase: talk, in: north)) { _ in } }
        }
        try space.hub.prepareToSend()
        // Somebody keeps the body of the first to himself.
        let own = try space.hub.status().actor
        for one in try space.hub.read({ try space.hub.segments(beyond: .empty, in: .all, of: [north]) }).segments {
            let segment = try one.packed.unpacked()
            guard segment.actor == own else { continue }
            _ = try bram.write { try bram.append(bram.verify(segment.stripped(only: 0))) }
        }
        while try bram.foldSome() {}
        #expect(try bram.seen(talks[0]).isListed)
        #expect(try bram.seen(talks[1]).presence == .erased(successor: nil))
        #expect(try bram.read { try bram.receipts(unknownTo: 1, of: [north]) }.isEmpty)
        try space.sync(bram)
        #expect(try bram.seen(talks[0]).presence == .erased(successor: nil))
        try space.sync(bram)
        #expect(try space.hub.read { try space.hub.erasures() }.allSatisfy { $0.confirmed == [bram.keys.publicKey] })
    }

    @Test func `bodies that nobody has do not keep the others from being asked for`() throws {
        let space = try TestSpace(seed: 9)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        for number in 0..<7 { try anna.save([.conversation("gesprek \(number)")]) }
        try anna.prepareToSend()
        for one in try anna.read({ try anna.segments(beyond: .empty, in: .all, of: [north]) }).segments {
            _ = try bram.write { try bram.append(bram.verify(one.packed.unpacked().stripped())) }
        }
        func asked() throws -> HeadList { try bram.read { try bram.wanted(of: [.square, north], atMost: 3) } }
        var seen: Set<UInt64> = []
        for _ in 0..<60 {
            let some = try asked()
            #expect(try some.count == 3 && asked() == some)
            seen.formUnion(some[north].map(\.seq))
            space.clock.advance(24 * 3600 * 1000)
        }
        #expect(seen == Set(1...7))
        #expect(try bram.read { try bram.wanted(of: [.square]) } == .empty)
        #expect(try bram.read { try bram.wanted(of: [north]) }.count == 7)
    }

    @Test func `bodies that are not what was committed to are not taken`() throws {
        let space = try TestSpace(seed: 7)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        try anna.save([.conversation("woorden")])
        try anna.prepareToSend()
        for one in try anna.read({ try anna.segments(unknownTo: bram.keys.publicKey, scope: [north]) }).segments {
            _ = try bram.write { try bram.append(bram.verify(one.packed.unpacked().stripped())) }
        }
        let wanted = try bram.read { try bram.wanted(of: [north]) }
        let good = try anna.read { try anna.bodies(wanted: wanted, of: [north]) }
        #expect(good.count == 1)
        let bad = good.map { one in
            ChangeBodies(
                log: one.log, point: one.point,
                bodies: one.bodies.map { $0.map { BlockBody(salt: $0.salt, payload: $0.payload + [0]) } })
        }
        try bram.write { try bram.fillIn(bad) }
        #expect(try bram.status().wanted == 1)
        try bram.write { try bram.fillIn(good) }
        #expect(try bram.status().wanted == 0)
    }
}
