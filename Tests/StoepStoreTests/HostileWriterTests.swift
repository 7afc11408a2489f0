import StoepCrypto
import StoepMerge
import StoepModel
import StoepStore
import StoepSync
import StoepTestSupport
import StoepWire
import Testing

/// A member's device that writes what no client of ours would: chained and signed, so it enters the log, and must not
/// count, nor harm what others wrote.
@Suite struct HostileWriterTests {
    private let north = LogID.street("north")!

    @Test func `who writes the roster's records in the square has not let themselves in`() throws {
        let space = try TestSpace(seed: 1, partitions: ["north", "south"])
        let (olga, anna) = (try space.laptop("Olga", .owner, in: []), try space.laptop("Anna"))
        try space.settle([olga, anna])
        let member = try #require(try space.hub.owner(of: olga.keys.publicKey))
        var author = RawAuthor(space, log: .square, key: olga.keys.signing)
        try author.append([
            .natural(.grant, key: Store.grantKey(member, "south"), [
                .write(Field.Grant.member, .record(member), overwrites: []),
                .write(Field.Grant.partition, .text("south"), overwrites: []),
                .write(Field.Grant.level, .integer(1), overwrites: []),
            ])
        ])
        try author.append([
            .natural(.member, key: "x", [.write(Field.Member.role, .integer(4), overwrites: [])])
        ])
        #expect(try space.hub.take([[author.segment().packed()]])[0].results == [nil])
        while try space.hub.foldSome() {}
        #expect(try space.hub.grants(member) == [])
        #expect(try space.hub.read(space.hub.partitions) == ["north", "south"])
        #expect(try space.hub.status().quarantined == 2)
    }

    @Test func `naming a record of another log does nothing to it`() throws {
        let space = try TestSpace(seed: 2)
        let (olga, anna) = (try space.laptop("Olga", .owner, in: []), try space.laptop("Anna"))
        let talk = try anna.save([.conversation("woorden")])[0]
        try space.settle([olga, anna])
        let device = space.hub.deviceRecord(anna.keys.publicKey)
        let before = try space.hashes(space.hub)
        var author = RawAuthor(space, log: .square, key: olga.keys.signing)
        for record in [talk, device] {
            try author.append([
                .about(record, .conversation, [.write(Field.Conversation.place, .text("weg"), overwrites: [])])
            ])
        }
        #expect(try space.hub.take([[author.segment().packed()]])[0].results == [nil])
        while try space.hub.foldSome() {}
        try space.sync(anna)
        for store in [space.hub, anna] {
            #expect(try store.seen(talk).text(Field.Conversation.words) == "woorden")
            let log = try store.read { try store.log(of: talk) }
            #expect(log == north)
            #expect(try store.owner(of: anna.keys.publicKey) != nil)
            let now = try space.hashes(store)
            for (log, hash) in before { #expect(now[log] == hash) }
        }
        try anna.save([.edit(talk, [.text(Field.Conversation.words, "andere woorden")])])
        try space.settle([anna])
        #expect(try space.hashes(anna) == space.hashes(space.hub))
    }

    @Test func `a member's device cannot take the root's statement away from those who join later`() throws {
        let space = try TestSpace(seed: 3)
        let anna = try space.laptop("Anna")
        try anna.save([.conversation("woorden")])
        try space.settle([anna])
        let record = space.delegationRecord
        let shown = try space.hub.seen(record).values(Field.Delegation.statement)
        let element = try #require(shown.first).element
        var author = RawAuthor(space, log: .roster, key: anna.keys.signing)
        try author.append([
            .about(
                record, .delegation, table: [.other(element.point)],
                [
                    .write(
                        Field.Delegation.statement, .bytes([1, 2, 3]),
                        overwrites: [ElementReference(entry: 0, offset: element.offset)])
                ])
        ])
        #expect(try space.hub.take([[author.segment().packed()]])[0].results == [nil])
        while try space.hub.foldSome() {}
        let bram = try space.laptop("Bram")
        try space.settle([anna, bram])
        #expect(try space.hashes(bram) == space.hashes(space.hub))
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        let isKnown = try bram.read { try bram.isAuthority(space.hub.keys.publicKey) }
        #expect(isKnown)
        #expect(try space.hub.status().quarantined == 1)
    }

    @Test func `a payload that means nothing is held, forwarded and kept from counting`() throws {
        let space = try TestSpace(seed: 4)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let talk = try anna.save([.conversation("woorden")])[0]
        try space.settle([anna, bram])
        var author = RawAuthor(space, log: north, key: anna.keys.signing)
        let random = SeededRandom(seed: 9)
        let good = try Payload(
            collection: .conversation, operations: [.write(Field.Conversation.place, .text("hier"), overwrites: [])]
        ).encoded()
        for number in 0..<200 {
            var payload = good
            for _ in 0...random.below(3) { payload[random.below(payload.count)] = UInt8(random.below(256)) }
            if number % 3 == 0 { payload = random.bytes(random.below(40)) }
            try author.append([.raw(number % 2 == 0 ? .record(talk) : .created, payload)])
        }
        #expect(try space.hub.take([[author.segment().packed()]])[0].results == [nil])
        while try space.hub.foldSome() {}
        try space.settle([anna, bram])
        #expect(try space.hashes(bram) == space.hashes(space.hub))
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        #expect(try bram.status().quarantined > 50)
        #expect(try bram.status().quarantined == (try anna.status().quarantined))
        #expect(try bram.seen(talk).text(Field.Conversation.words) == "woorden")
        // Every byte of it goes on to whoever joins next.
        let carla = try space.laptop("Carla")
        try space.settle([carla])
        #expect(try carla.heads(north) == space.hub.heads(north))
    }
}
