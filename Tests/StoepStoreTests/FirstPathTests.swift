import StoepMerge
import StoepModel
import StoepStore
import StoepSync
import StoepTestSupport
import Testing

/// The main path in one process: a hub, laptops, and what each of them holds in the end.
@Suite struct FirstPathTests {
    private let north = LogID.street("north")!

    @Test func `two laptops that wrote offline and synced hold the same, and nothing is kept from counting`() throws {
        let space = try TestSpace(seed: 1)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let talk = try anna.save([.theme("groen"), .conversation("er is te weinig groen", observation: "regen")])[1]
        try bram.save([.conversation("de huur is te hoog"), .conversation("een bankje graag")])
        try space.settle([anna, bram])

        let (a, b, h) = (try space.hashes(anna), try space.hashes(bram), try space.hashes(space.hub))
        #expect(a == b)
        #expect(a == h)
        #expect(Set(a.keys) == [.roster, .square, north])
        for store in [anna, bram, space.hub] {
            let status = try store.status()
            #expect(status.quarantined == 0)
            #expect(status.pending == 0)
            #expect(status.wanted == 0)
            #expect(status.unsynced == 0 || store === space.hub)
            #expect(status.conflicts == 0)
            #expect(status.logs.first { $0.log == north }?.records == 3)
            #expect(status.logs.first { $0.log == .square }?.records == 1)
            #expect(status.alert == nil)
        }
        let seen = try bram.read { try bram.stored(talk) }
        #expect(seen.text(Field.Conversation.words) == "er is te weinig groen")

        try anna.save([.edit(talk, [.set(Field.Conversation.place, .text("bij de kerk")), .text(Field.Conversation.observation, "regen, veel")])])
        try bram.save([.edit(talk, [.set(Field.Conversation.place, .text("bij de school")), .text(Field.Conversation.observation, "harde regen")])])
        try space.settle([anna, bram])
        #expect(try space.hashes(anna) == space.hashes(bram))
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        let merged = try anna.read { try anna.stored(talk) }
        #expect(merged.text(Field.Conversation.observation) == "harde regen, veel")
        #expect(merged.values(Field.Conversation.place).count == 2)
        #expect(try anna.status().conflicts == 1)
    }

    @Test func `an idle sync is one round trip of less than 200 bytes each way`() throws {
        let space = try TestSpace(seed: 2, partitions: ["north", "south", "east", "west"])
        let anna = try space.laptop("Anna", in: ["north", "south", "east", "west"])
        for partition in ["north", "south", "east", "west"] { try anna.save([.conversation("hoi", in: partition)]) }
        try space.settle([anna])
        let run = try space.sync(anna)
        #expect(run.summary?.roundTrips == 1)
        #expect(run.requests.count == 1 && run.requests[0] < 200)
        #expect(run.answers.count == 1 && run.answers[0] < 200)
    }

    @Test func `a sync after the first brings only what is new`() throws {
        let space = try TestSpace(seed: 3)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        for number in 0..<30 { try anna.save([.conversation("gesprek \(number)")]) }
        let first = try space.sync(anna)
        #expect(first.summary?.sent == 30)
        try space.settle([anna, bram])
        try anna.save([.conversation("nog een")])
        let sent = try space.sync(anna)
        #expect(sent.summary?.sent == 1)
        #expect(sent.summary?.received == 0)
        #expect(sent.summary?.roundTrips == 1)
        let received = try space.sync(bram)
        #expect(received.summary?.received == 1)
        #expect(received.summary?.sent == 0)
        #expect(received.answers.reduce(0, +) < 1000)
    }

    @Test func `a first sync does not bring back what it has just sent`() throws {
        let space = try TestSpace(seed: 4)
        let anna = try space.laptop("Anna")
        for number in 0..<200 { try anna.save([.conversation("gesprek \(number), \(space.random.text(words: 40))")]) }
        let run = try space.sync(anna)
        #expect(run.summary?.sent == 200)
        #expect(run.answers.reduce(0, +) < 10_000)
        #expect(try space.sync(anna).summary?.roundTrips == 1)
    }

    @Test func `an owner's laptop gets nothing of the street, and asking for it is refused by name`() throws {
        let space = try TestSpace(seed: 5)
        let (anna, olga) = (try space.laptop("Anna"), try space.laptop("Olga", .owner, in: []))
        try anna.save([.theme("groen"), .conversation("woorden")])
        try space.settle([anna, olga])
        #expect(try Set(space.hashes(olga).keys) == [.roster, .square])
        #expect(try space.hashes(olga)[.square] == space.hashes(anna)[.square])
        #expect(throws: RefusedByHub.refused("log-not-readable")) { try space.sync(olga, scope: [north]) }
    }

    @Test func `a third laptop that joins later receives everything that it may read`() throws {
        let space = try TestSpace(seed: 6, partitions: ["north", "south"])
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram", in: ["south"]))
        try anna.save([.theme("groen"), .conversation("noord")])
        try bram.save([.conversation("zuid", in: "south")])
        try space.settle([anna, bram])
        let carla = try space.laptop("Carla", in: ["north"])
        try space.sync(carla)
        try space.sync(anna)
        #expect(try space.hashes(carla) == space.hashes(anna))
        let coordinator = try space.laptop("Coor", .coordinator, in: [])
        try space.sync(coordinator)
        #expect(try space.hashes(coordinator) == space.hashes(space.hub))
    }
}
