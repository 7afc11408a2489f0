import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import Testing

/// Persons who turn out to be one, in real stores that sync.
@Suite struct JoinedTests {
    private let north = LogID.street("north")!

    private func person(_ alias: String, _ talents: [String] = [], note: String = "", in partition: String = "north")
        -> RecordEdit
    {
        RecordEdit(
            log: LogID.street(partition)!, target: .new(.person),
            fields: [
                .set(Field.Person.alias, .text(alias)), .add(Field.Person.talents, talents.map { .text($0) }),
                .text(Field.Person.note, note)
            ])
    }

    private func group(_ store: Store, _ id: RecordID) throws -> [RecordID] {
        try store.read { try store.group(of: id) }
    }

    @Test func `a triangle that three people joined at the same time comes apart whole`() throws {
        let space = try TestSpace(seed: 1)
        let laptops = try ["Anna", "Bram", "Chris"].map { try space.laptop($0) }
        try space.settle(laptops)
        let ids = try laptops[0].save([
            person("de man met de rode jas", ["koken"], note: "bij de kerk"),
            person("Ahmed", ["koken", "fietsen"], note: "woont hier"),
            person("A.", note: "derde")
        ])
        try space.settle(laptops)
        let alone = try ids.map { try laptops[0].seen($0) }
        for (number, laptop) in laptops.enumerated() {
            #expect(try laptop.join(ids[number], ids[(number + 1) % 3]))
        }
        try space.settle(laptops)
        for store in laptops + [space.hub] {
            for id in ids { #expect(try group(store, id) == ids.sorted()) }
            let view = try #require(try store.read { try store.joinedView(of: ids[1]) })
            #expect(view.conflicts == [Field.Person.alias])
            #expect(view.contested.isEmpty)
        }
        // Joined already: nothing is written.
        #expect(try !laptops[0].join(ids[0], ids[1]))

        #expect(try laptops[1].separate(ids[0]))
        try space.settle(laptops)
        for store in laptops + [space.hub] {
            #expect(try group(store, ids[0]) == [ids[0]])
            #expect(try group(store, ids[1]) == [ids[1], ids[2]].sorted())
        }
        #expect(try laptops[2].separate(ids[1]))
        #expect(try !laptops[2].separate(ids[1]))
        try space.settle(laptops)
        for store in laptops + [space.hub] {
            for (id, before) in zip(ids, alone) {
                #expect(try group(store, id) == [id])
                let now = try store.seen(id)
                #expect(now.fields == before.fields && now.edges.isEmpty && now.quarantined.isEmpty)
            }
            #expect(try space.hashes(store) == space.hashes(space.hub))
        }
    }

    @Test func `what is joined while another takes it apart stays joined, as a conflict, until somebody settles it`()
        throws
    {
        let space = try TestSpace(seed: 2)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let ids = try anna.save([person("een"), person("twee")])
        try anna.join(ids[0], ids[1])
        try space.settle([anna, bram])
        try anna.separate(ids[0])
        // Bram held the edge when Anna took it away; his own is another.
        try bram.separate(ids[1])
        try bram.join(ids[1], ids[0])
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try group(store, ids[0]) == ids.sorted())
            #expect(try store.status().conflicts == 1)
            let view = try #require(try store.read { try store.joinedView(of: ids[0]) })
            #expect(view.contested.count == 1)
        }
        #expect(try anna.join(ids[0], ids[1]))
        try space.settle([anna, bram])
        for store in [anna, bram, space.hub] {
            #expect(try group(store, ids[1]) == ids.sorted())
            #expect(try store.status().conflicts == 0)
        }
        try bram.separate(ids[0])
        try space.settle([anna, bram])
        #expect(try group(anna, ids[0]) == [ids[0]])
        #expect(try anna.status().conflicts == 0)
    }

    @Test func `what is written in one record stays with it when they are taken apart`() throws {
        let space = try TestSpace(seed: 3)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let ids = try anna.save([person("een", ["zingen"], note: "eerste"), person("twee", note: "tweede")])
        try anna.join(ids[1], ids[0])
        try space.settle([anna, bram])
        try bram.save([
            .edit(
                ids[1], [.text(Field.Person.note, "tweede, vaker gezien"), .add(Field.Person.talents, [.text("koken")])]
            )
        ])
        try anna.separate(ids[0])
        try space.settle([anna, bram])
        for store in [anna, bram] {
            #expect(try store.seen(ids[0]).text(Field.Person.note) == "eerste")
            #expect(try store.seen(ids[1]).text(Field.Person.note) == "tweede, vaker gezien")
            #expect(try store.seen(ids[0]).members(Field.Person.talents).map(\.value) == [.text("zingen")])
            #expect(try store.seen(ids[1]).members(Field.Person.talents).map(\.value) == [.text("koken")])
        }
    }

    @Test func `what cannot be the same is refused by name, and nothing is written`() throws {
        let space = try TestSpace(seed: 4, partitions: ["north", "south"])
        let anna = try space.laptop("Anna", in: ["north", "south"])
        try space.settle([anna])
        let here = try anna.save([person("een"), .conversation("dag")])
        let there = try anna.save([person("elders", in: "south")])[0]
        let before = try anna.heads(north)
        for other in [here[1], there, here[0]] {
            do {
                try anna.join(here[0], other)
                Issue.record("joined")
            } catch StoreError.notJoinable {}
        }
        do {
            try anna.join(here[1], here[1])
            Issue.record("joined")
        } catch StoreError.notJoinable {}
        #expect(try anna.heads(north) == before)
    }

    @Test func `who may not write there joins nobody`() throws {
        let space = try TestSpace(seed: 5)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let ids = try anna.save([person("een"), person("twee")])
        try space.settle([anna, bram])
        try bram.join(ids[0], ids[1])
        let member = try #require(try space.hub.owner(of: bram.keys.publicKey))
        try space.settle([bram, anna])
        #expect(try group(anna, ids[0]) == ids.sorted())
        // With no cut that would let it count.
        try space.setRole(member, .observer)
        try space.settle([anna])
        #expect(try group(anna, ids[0]) == [ids[0]])
        try space.setRole(member, .volunteer)
        try space.settle([bram, anna, bram])
        for store in [anna, bram, space.hub] { #expect(try group(store, ids[0]) == ids.sorted()) }
    }

    @Test(arguments: 0..<12)
    func `stores that sync in any order group alike, byte for byte`(seed: Int) throws {
        let space = try TestSpace(seed: UInt64(100 + seed))
        let random = space.random
        let laptops = try (0..<2 + random.below(4)).map { try space.laptop("L\($0)") }
        try space.settle(laptops)
        var ids = try laptops[0].save((0..<4).map { person("\($0)", ["\($0)"]) })
        try space.settle(laptops)
        for _ in 0..<30 {
            let laptop = random.pick(laptops)
            switch random.below(6) {
            case 0: try space.sync(laptop)
            case 1: ids += try laptop.save([person(random.text(words: 1))])
            case 2: try laptop.separate(random.pick(Array(ids.prefix(4))))
            default:
                let (one, other) = (random.pick(Array(ids.prefix(4))), random.pick(Array(ids.prefix(4))))
                if one != other { try laptop.join(one, other) }
            }
        }
        try space.settle(laptops)
        let hashes = try space.hashes(space.hub)
        for store in laptops + [space.hub] {
            #expect(try space.hashes(store) == hashes)
            for id in ids {
                // The table finds what reading everything would.
                let all = try store.read { JoinedRecords(try ids.map { try store.stored($0) }) }
                #expect(try group(store, id) == all.group(of: id))
                #expect(try store.read { try store.folded(id, in: north) } == store.seen(id))
            }
        }
        for id in ids { try laptops[0].separate(id) }
        for id in ids { #expect(try group(laptops[0], id) == [id]) }
    }
}
