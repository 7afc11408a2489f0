import StoepMerge
import StoepModel
import StoepSync
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepStore

/// A laptop that may read a log no longer destroys it, and never what nobody else holds (`DESIGN` §3, §6).
@Suite struct PurgeOrderTests {
    private let north = LogID.street("north")!

    /// What one laptop hands another, or a stick brings: no daemon hears of it.
    private func carry(_ log: LogID, from one: Store, to other: Store) throws {
        try one.prepareToSend()
        for segment in try one.read({ try one.segments(beyond: .empty, in: .all, of: [log]) }).segments {
            _ = try other.write { try other.append(other.verify(segment.packed)) }
        }
        while try other.foldSome() {}
    }

    private func lose(_ log: LogID, _ store: Store, in space: TestSpace) throws {
        try space.grant(try #require(try space.hub.owner(of: store.keys.publicKey)), log.partition, level: 0)
    }

    @Test(arguments: [[LogID.square], nil])
    func `a colleague's words that only this laptop has are handed in before an order destroys them`(
        scope: [LogID]?
    ) throws {
        let space = try TestSpace(seed: 1)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try anna.save([.conversation("van Anna"), .theme("groen")])
        try space.settle([anna, bram])
        let talk = try bram.save([.conversation("van Bram, wiens laptop in het water viel")])[0]
        try carry(north, from: bram, to: anna)
        try lose(north, anna, in: space)
        let summary = try #require(try space.sync(anna, scope: scope).summary)
        #expect(summary.wasOrdered && summary.refused.isEmpty)
        #expect(try space.hub.seen(talk).isListed)
        #expect(try anna.heads(north).isEmpty)
        #expect(try space.hub.read { try space.hub.outstandingPurges() }.isEmpty)
    }

    @Test func `what a restored daemon has forgotten comes back from a laptop that is out, before it is destroyed there`() throws {
        let space = try TestSpace(seed: 2)
        let anna = try space.laptop("Anna")
        try anna.save([.conversation("voor de back-up")])
        try space.settle([anna])
        let backup = try space.backUpHub()
        let talk = try anna.save([.conversation("na de back-up, en bevestigd")])[0]
        try space.settle([anna])
        #expect(try anna.status().unsynced == 0)
        try anna.save([.conversation("sindsdien, en nog nergens")])
        try space.restartHub { try space.scratch.putBack(backup, as: space.hubDirectory) }
        try space.setRole(try #require(try space.hub.owner(of: anna.keys.publicKey)), .revoked)
        let summary = try #require(try space.sync(anna).summary)
        #expect(summary.isRevoked && summary.wasOrdered && summary.refused.isEmpty)
        #expect(try space.hub.heads(north).map(\.seq) == [3])
        #expect(try space.hub.log(of: talk) == north)
        #expect(try anna.heads(north).isEmpty && anna.heads(.roster).isEmpty)
        // Nothing is left to be ordered, and it ends.
        #expect(try space.sync(anna).summary?.wasOrdered == false)
    }

    @Test func `a log of which the daemon did not just take every chain stays`() throws {
        let space = try TestSpace(seed: 3)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try anna.save([.conversation("van Anna")])
        try bram.save([.conversation("van Bram")])
        try space.settle([anna, bram])
        try lose(north, anna, in: space)
        let order = PurgeOrder(space: space.id, device: anna.keys.publicKey, logs: [north])
            .sign(with: space.hub.keys.signer)
        let heads = try anna.heads(north)
        #expect(heads.count == 2)
        #expect(try anna.obey(order, taken: []) == [])
        #expect(try anna.obey(order, taken: [heads[0]]) == [])
        let out = try anna.read { try anna.surrendered(to: order, taken: [heads[0]], refused: []) }
        #expect(out.segments.map(\.head) == [heads[1]])
        let none = try anna.read { try anna.surrendered(to: order, taken: [], refused: [north]) }
        #expect(none.segments.isEmpty)
        // What was written since is not among what the daemon took.
        try bram.save([.conversation("nog een")])
        try carry(north, from: bram, to: anna)
        #expect(try anna.obey(order, taken: heads) == [])
        #expect(try anna.obey(order, taken: anna.heads(north)) == [north])
    }

    @Test func `a laptop that never had a log from the daemon is told to destroy it all the same`() throws {
        let space = try TestSpace(seed: 4)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        try bram.save([.conversation("van Bram")])
        try carry(north, from: bram, to: anna)
        try space.settle([bram])
        try lose(north, anna, in: space)
        // She brings nothing that is new to the daemon.
        let summary = try #require(try space.sync(anna).summary)
        #expect(summary.wasOrdered)
        #expect(try anna.heads(north).isEmpty)
        #expect(try space.hub.read { try space.hub.holdings(anna.keys.publicKey) }.contains(north) == false)
    }

    @Test(arguments: [true, false])
    func `a copy of a laptop is ordered too, though the other with its key said that it has destroyed its own`(
        isRevoked: Bool
    ) throws {
        let space = try TestSpace(seed: 5)
        var anna = try space.laptop("Anna")
        let key = anna.keys.publicKey
        try anna.save([.conversation("van Anna")])
        try space.settle([anna])
        try anna.checkpoint()
        anna.close()
        let copy = try space.open(try space.scratch.copy(anna.configuration.directory))
        anna = try space.open(anna.configuration.directory)
        if isRevoked {
            try space.setRole(try #require(try space.hub.owner(of: key)), .revoked)
        } else {
            try lose(north, anna, in: space)
        }
        for store in [anna, copy] {
            #expect(try !store.heads(north).isEmpty)
            let summary = try #require(try space.sync(store).summary)
            #expect(summary.wasOrdered && summary.refused.isEmpty)
            #expect(try store.heads(north).isEmpty)
            #expect(try space.hub.read { try space.hub.outstandingPurges() }.isEmpty)
        }
        // Both have said so, and it ends.
        for store in [anna, copy] { #expect(try space.sync(store).summary?.wasOrdered == false) }
    }

    @Test func `a copy whose sync was cut before it obeyed is ordered again after the other has obeyed`() throws {
        for cut in 1..<12 {
            let space = try TestSpace(seed: 6)
            var anna = try space.laptop("Anna")
            try anna.save([.conversation("van Anna")])
            try space.settle([anna])
            try anna.checkpoint()
            anna.close()
            let copy = try space.open(try space.scratch.copy(anna.configuration.directory))
            anna = try space.open(anna.configuration.directory)
            try lose(north, anna, in: space)
            try space.sync(copy, dropAfter: cut)
            try space.settle([anna])
            try space.settle([copy])
            #expect(try copy.heads(north).isEmpty, "\(cut)")
            #expect(try space.hub.read { try space.hub.outstandingPurges() }.isEmpty)
        }
    }

    /// Whether a device is out of the space, or of one log only.
    @Test(arguments: [true, false])
    func `what a relay stripped of its words is not destroyed until the daemon has them`(isOut: Bool) throws {
        let space = try TestSpace(seed: 98)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let talk = try bram.save([.conversation("van Bram, wiens laptop in het water viel")])[0]
        try carry(north, from: bram, to: anna)
        if isOut {
            try space.setRole(try #require(try space.hub.owner(of: anna.keys.publicKey)), .revoked)
        } else {
            try lose(north, anna, in: space)
        }
        let run = try space.sync(anna) { request in
            request.segments = request.segments.map { packed in
                (try? packed.unpacked().stripped().packed()) ?? packed
            }
            request.bodies = []
        }
        let summary = try #require(run.summary)
        #expect(summary.wasOrdered && summary.isRevoked == isOut)
        #expect(try space.hub.status().wanted == 1)
        #expect(try !anna.heads(north).isEmpty)
        // On a way without a relay it is asked for what is missing, which goes over before anything is destroyed.
        try space.sync(anna)
        #expect(try space.hub.seen(talk).isListed)
        #expect(try space.hub.status().wanted == 0)
        #expect(try anna.heads(north).isEmpty)
        #expect(try space.hub.read { try space.hub.outstandingPurges() }.isEmpty)
    }

    @Test func `a daemon asks whoever may not read a log for no words but of what they bring`() throws {
        let space = try TestSpace(seed: 99)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try bram.save([.conversation("van Bram")])
        try anna.save([.conversation("van Anna")])
        func stripped(_ store: Store) throws -> [PackedSegment] {
            try store.prepareToSend()
            return try store.read { try store.segments(beyond: .empty, in: .all, of: [north]) }.segments
                .map { try $0.packed.unpacked().stripped().packed() }
        }
        let (annas, brams) = (try stripped(anna), try stripped(bram))
        _ = try space.hub.take([brams])
        #expect(try space.hub.status().wanted == 1)
        let answer = try SyncAnswer.handedIn(
            SyncRequest(space: space.id, scope: nil, ask: .nothing, segments: annas, nonce: 1),
            by: anna.keys.publicKey, try space.hub.take([annas])[0], to: space.hub)
        #expect(answer.wanted == HeadList([north: try anna.heads(north).map(\.point)]))
    }
}
