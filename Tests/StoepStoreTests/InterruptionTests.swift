import StoepMerge
import StoepModel
import StoepSync
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepStore

/// Sessions that end where they should not, daemons that lost something, and answers that come twice.
@Suite struct InterruptionTests {
    private let north = LogID.street("north")!

    @Test(arguments: 0..<20)
    func `a sync dropped anywhere is finished by the next, nothing lost and nothing twice`(seed: Int) throws {
        let space = try TestSpace(seed: UInt64(seed))
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        for round in 0..<3 {
            for number in 0..<5 {
                try anna.save([.conversation("a \(round) \(number)")])
                try bram.save([.conversation("b \(round) \(number)")])
            }
            for _ in 0..<6 { try space.sync(space.random.chance(2) ? anna : bram, dropAfter: space.random.below(9)) }
        }
        try space.settle([anna, bram])
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        #expect(try space.hashes(bram) == space.hashes(space.hub))
        for store in [anna, bram, space.hub] {
            let status = try store.status()
            #expect(status.logs.first { $0.log == north }?.records == 30)
            #expect(status.unsynced == 0 || store === space.hub)
            #expect(try store.heads(north).count == 2)
        }
        #expect(try space.sync(anna).summary?.roundTrips == 1)
    }

    @Test func `a push that comes twice gives the same answer and changes nothing`() throws {
        let space = try TestSpace(seed: 1)
        let anna = try space.laptop("Anna")
        for number in 0..<5 { try anna.save([.conversation("gesprek \(number)")]) }
        try anna.prepareToSend()
        let out = try anna.read { try anna.segments(unknownTo: space.hub.keys.publicKey) }
        let request = SyncRequest(space: space.id, ask: .nothing, segments: out.segments.map(\.packed), nonce: 1).encoded()
        let first = try space.serve(request, from: anna.keys.publicKey)
        let position = try space.hub.read(space.hub.lastPosition)
        let hashes = try space.hashes(space.hub)
        #expect(try space.serve(request, from: anna.keys.publicKey) == first)
        #expect(try space.hub.read(space.hub.lastPosition) == position)
        #expect(try space.hashes(space.hub) == hashes)
    }

    @Test func `a daemon restored from an older backup gets back what it lost, unasked`() throws {
        let space = try TestSpace(seed: 2)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try anna.save([.conversation("voor de back-up")])
        try space.settle([anna, bram])
        let backup = try space.backUpHub()
        try anna.save([.conversation("na de back-up")])
        try bram.save([.conversation("ook erna")])
        let late = try space.laptop("Carla")
        try late.save([.conversation("van wie pas later kwam")])
        try space.settle([anna, bram, late])
        let before = try space.hashes(anna)

        try space.restartHub { try space.scratch.putBack(backup, as: space.hubDirectory) }
        // It knows nothing of Carla's device, so what she wrote comes back through another's laptop.
        #expect(throws: RefusedByHub.unknownDevice) { try space.sync(late) }
        let run = try space.sync(bram)
        #expect(run.talk.contains("cursor-unknown"))
        #expect(run.summary?.sent ?? 0 > 0)
        #expect(try space.hashes(space.hub) == before)
        try space.settle([anna, bram, late])
        for store in [anna, bram, late] { #expect(try space.hashes(store) == space.hashes(space.hub)) }
        // What it goes on to write does not stand where it wrote before.
        try space.hub.save([.theme("na herstel")])
        try space.settle([anna, bram, late])
        for store in [anna, bram, late] { #expect(try space.hashes(store) == space.hashes(space.hub)) }
        #expect(try space.sync(anna).summary?.roundTrips == 1)
    }

    @Test func `a restored daemon that writes before it hears of its loss keeps both branches`() throws {
        let space = try TestSpace(seed: 3)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let backup = try space.backUpHub()
        try space.hub.save([.theme("een")])
        try space.settle([anna])
        try space.restartHub { try space.scratch.putBack(backup, as: space.hubDirectory) }
        try space.hub.save([.theme("twee")])
        try space.settle([anna])
        #expect(try space.hub.heads(.square).count == 2)
        #expect(try space.hub.status().alert == "branches")
        #expect(try space.hub.status().logs.first { $0.log == .square }?.records == 2)
        try space.hub.save([.theme("drie")])
        try space.settle([anna])
        #expect(try space.hashes(anna) == space.hashes(space.hub))
        #expect(try Set(anna.heads(.square).map(\.actor)).count == 2)
        #expect(try anna.status().quarantined == 0)
    }

    @Test func `what came with something that does not hold is brought to a daemon that has lost it since`() throws {
        let space = try TestSpace(seed: 9)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let backup = try space.backUpHub()
        try bram.save([.theme("groen")])
        try bram.save([.conversation("woorden")])
        try space.settle([bram])
        let carla = try space.laptop("Carla", .coordinator)
        let segments = try space.sync(carla).received.filter { try $0.unpacked().log != .roster }
        #expect(segments.count == 2)
        let key = space.hub.keys.publicKey
        let delivery = ClientSession.Delivery(segments: [segments[0], try segments[1].withOtherSignature()])
        guard case .applied(1, ["signature-invalid"])? = try anna.perform(.apply(delivery), with: key) else {
            Issue.record("one of them holds")
            return
        }
        // Back to where the cursor stands that Anna had until then.
        try space.restartHub { try space.scratch.putBack(backup, as: space.hubDirectory) }
        try space.sync(anna)
        #expect(try space.hashes(space.hub)[.square] == space.hashes(anna)[.square])
        #expect(try space.hub.heads(.square).count == anna.heads(.square).count)
    }

    @Test func `a new laptop reads from the beginning, and compares nothing`() throws {
        let space = try TestSpace(seed: 4)
        let anna = try space.laptop("Anna")
        try anna.save([.conversation("woorden")])
        try space.settle([anna])
        let bram = try space.laptop("Bram")
        let run = try space.sync(bram)
        #expect(run.talk == ["after+0", "segments(2)"] && (run.summary?.received ?? 0) > 0)
        #expect(try space.hashes(bram)[.roster] == space.hashes(space.hub)[.roster])
        #expect(try space.sync(bram).summary?.roundTrips == 1)
        // One that holds more has something to compare.
        try bram.save([.conversation("meer")])
        let key = space.hub.keys.publicKey
        #expect(try bram.read { try bram.firstCursor(at: key) } == bram.read { try bram.cursor(at: key) })
        try bram.write { try bram.forgetCursor(peer: #require(try bram.peer(key))) }
        #expect(try bram.read { try bram.firstCursor(at: key) } == nil)
    }

    @Test func `a cursor that does not fit the daemon's chain leads to a comparison, not to an error`() throws {
        let space = try TestSpace(seed: 4)
        let anna = try space.laptop("Anna")
        try anna.save([.conversation("woorden")])
        try space.settle([anna])
        let key = space.hub.keys.publicKey
        let cursor = try #require(try anna.read { try anna.cursor(at: key) })
        var hash = cursor.hash.bytes
        hash[0] ^= 1
        for wrong in [
            Cursor(position: cursor.position, hash: Bytes32(hash)!), Cursor(position: cursor.position + 7, hash: cursor.hash),
            Cursor(position: 0, hash: cursor.hash), Cursor(position: Limits.counter, hash: cursor.hash),
        ] {
            _ = try anna.perform(.apply(.init(cursor: wrong)), with: key)
            let run = try space.sync(anna)
            #expect(run.talk == ["after+0", "cursor-unknown", "compare+0", "differing"])
            #expect(run.summary?.received == 0 && run.summary?.sent == 0)
            #expect(try space.sync(anna).summary?.roundTrips == 1)
        }
    }

    @Test func `what does not fit one piece comes in several, each within the bound`() throws {
        let space = try TestSpace(seed: 5)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        let log = try #require(LogID.street("north"))
        try space.settle([anna, bram])
        // Words that do not deflate: 60 times 60 KB.
        for number in 0..<60 {
            let words = Hex.encode(space.random.bytes(30_000))
            try anna.save([
                RecordEdit(
                    log: log, target: .new(.conversation),
                    fields: [
                        .set(Field.Conversation.minutes, .integer(Int64(number))),
                        .set(Field.Conversation.place, .text(words)),
                    ])
            ])
        }
        let sent = try space.sync(anna)
        #expect(sent.summary?.sent == 60)
        #expect(sent.requests.count >= 3)
        #expect(sent.requests.allSatisfy { $0 < Limits.pieceBytes + Limits.bytesPerHead + 70_000 })
        let received = try space.sync(bram)
        #expect(received.summary?.received == 60)
        #expect(received.answers.count >= 3)
        #expect(received.answers.allSatisfy { $0 < Limits.pieceBytes + Limits.bytesPerHead + 70_000 })
        #expect(try space.hashes(bram) == space.hashes(anna))
        // A laptop that is new takes it in pieces as well.
        let carla = try space.laptop("Carla")
        let first = try space.sync(carla)
        #expect(first.answers.allSatisfy { $0 < Limits.pieceBytes + Limits.bytesPerHead + 70_000 })
        try space.settle([anna, carla])
        #expect(try space.hashes(carla) == space.hashes(anna))
    }

    @Test func `a chain that came in one long segment can be sent on from its middle`() throws {
        let space = try TestSpace(seed: 6)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        var author = RawAuthor(space, log: north, key: anna.keys.signing)
        for _ in 0..<Limits.segmentChanges + 600 {
            try author.append([.created(.conversation, [.write(Field.Conversation.minutes, .integer(1), overwrites: [])])])
        }
        let bram = try space.laptop("Bram")
        try space.settle([bram])
        // Bram holds a hundred; the hub gets the rest in two pieces whose heads are far apart.
        let first = try author.segment(to: 100)
        let key = space.hub.keys.publicKey
        #expect(try space.hub.take([[first.packed()]])[0].results == [nil])
        try space.settle([bram])
        let results = try space.hub.take([[
            author.segment(from: 101, to: 600).packed(), author.segment(from: 601).packed(),
        ]])[0].results
        #expect(results == [nil, nil])
        while try space.hub.foldSome(atMost: 10_000) {}
        let run = try space.sync(bram)
        #expect(run.failure == nil)
        #expect(run.summary?.received == Limits.segmentChanges + 500)
        #expect(try bram.heads(north) == space.hub.heads(north))
        #expect(try bram.read { try bram.cursor(at: key) } != nil)
    }

    @Test func `a change that nobody would take is refused at once, and nothing is changed`() throws {
        let space = try TestSpace(seed: 7)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let talk = try anna.save([.conversation("woorden")])[0]
        let (hashes, heads) = (try space.hashes(anna), try anna.heads(north))
        let huge = String(repeating: "é", count: 2_000_000)
        for edits in [
            // One record twice, more than a segment holds, too long a text, too many blocks.
            [.edit(talk, [.set(Field.Conversation.minutes, .integer(1))]), .edit(talk, [.set(Field.Conversation.minutes, .integer(2))])],
            (0..<2).map { _ in .conversation("x", observation: String(repeating: "😀", count: Limits.textScalars)) },
            [.conversation(huge)],
            (0..<Limits.blocks + 1).map { .conversation("\($0)") },
            [.edit(talk, [.set(Field.Conversation.place, .text(String(repeating: "x", count: Limits.valueBytes + 1)))])],
        ] as [[RecordEdit]] {
            #expect(throws: StoreError.self) { try anna.save(edits) }
        }
        #expect(try anna.heads(north) == heads)
        #expect(try space.hashes(anna) == hashes)
        // A value at its bound, and a long text.
        try anna.save([
            .conversation("", observation: String(repeating: "é", count: 20_000)),
            .edit(talk, [.set(Field.Conversation.place, .text(String(repeating: "x", count: Limits.valueBytes)))]),
        ])
        try space.settle([anna])
        #expect(try space.hashes(anna) == space.hashes(space.hub))
    }

    @Test func `few and large changes are not all held in memory at once`() throws {
        let space = try TestSpace(seed: 7)
        let bram = try space.laptop("Bram")
        let note = FieldEdit.set(Field.Conversation.place, .text(String(repeating: "x", count: Limits.valueBytes)))
        // Of one chain each segment waits for the one before: so these are of five.
        let packed = try (0..<5).flatMap { number in
            let laptop = try space.laptop("Anna \(number)")
            try space.sync(laptop)
            try laptop.save((0..<60).map { _ in .conversation("", extra: [note]) })
            try laptop.prepareToSend()
            return try laptop.read { try laptop.segments(beyond: .empty, in: .all, of: [north]) }.segments.map(\.packed)
        }
        #expect(packed.rawCount > 2 * Limits.segmentBytes)
        var pieces = 0
        try bram.appendInPieces(packed, refusing: { _ in nil }) { _ in pieces += 1 }
        #expect(pieces > 1)
        #expect(try bram.heads(north).count == 5)
    }

    @Test func `what the daemon refuses is named, and not offered again`() throws {
        let space = try TestSpace(seed: 1)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        try anna.save([.conversation("woorden")])
        let key = space.hub.keys.publicKey
        var session = ClientSession(space: space.id, drawNonce: anna.environment.random64)
        var event = ClientSession.Event.begin(cursor: try anna.cursor(at: key))
        var offered: [Int] = []
        for _ in 0..<20 {
            let effect = session.handle(event)
            switch effect {
            case .send(let request):
                offered.append(request.segments.count)
                event = .answered(
                    SyncResponse(
                        results: request.segments.map { _ in "too-many-branches" }, answer: .segments([]),
                        cursor: try anna.cursor(at: key), more: offered.count < 3, time: space.clock.now,
                        nonce: request.nonce))
            case .finish(let summary):
                #expect(summary.refused == ["too-many-branches"])
                #expect(summary.sent == 0)
                #expect(offered == [1, 0, 0])
                #expect(try anna.status().unsynced == 1)
                return
            case .fail(let error):
                Issue.record("\(error)")
                return
            default: event = try #require(try anna.perform(effect, with: key))
            }
        }
        Issue.record("the session did not end")
    }
}
