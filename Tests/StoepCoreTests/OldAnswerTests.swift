import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore

/// A relay that keeps what a daemon answered, and gives it again where as many segments are pushed.
@Suite struct OldAnswerTests {
    private let street = LogID.street("north")!
    private let space: TestSpace
    private let store: Store
    private let anna: Replica
    /// What was answered to one pushed segment.
    private let old: [UInt8]

    init() throws {
        space = try TestSpace(seed: 44)
        store = try space.laptop("Anna")
        try store.write { [store, space] in
            try store.setMeta(Replica.Meta.daemonKey, space.hub.keys.publicKey.bytes)
            try store.setMeta(Replica.Meta.daemonAddress, Array("127.0.0.1:7410".utf8))
        }
        anna = Replica(store.configuration.directory, store, try #require(try space.hub.owner(of: store.keys.publicKey)))
        try space.settle([store])
        try store.save([.conversation("wat al bij de dienst is")])
        var kept: [UInt8]?
        _ = try anna.sync(through: Transport { [space] daemon, _, body in
            let answer = try space.serve(body, from: daemon.deviceKey)
            if try SyncResponse(decoding: answer).results == [nil] { kept = answer }
            return TransportReply(status: 200, body: answer)
        })
        old = try #require(kept)
    }

    /// The hub behind the relay.
    private func relay(_ daemon: DaemonEndpoint, _ path: String, _ body: [UInt8]) throws -> TransportReply {
        let isPush = try SyncRequest(decoding: body).segments.count == 1
        return TransportReply(status: 200, body: isPush ? old : try space.serve(body, from: daemon.deviceKey))
    }

    private func honest(_ daemon: DaemonEndpoint, _ path: String, _ body: [UInt8]) throws -> TransportReply {
        TransportReply(status: 200, body: try space.serve(body, from: daemon.deviceKey))
    }

    private func expectRefused() {
        let failure = #expect(throws: ReplicaError.self) { try anna.sync(through: Transport(relay)) }
        guard case .answerNotUnderstood("answer-to-another-request")? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func `an old answer acknowledges nothing, and the next sync brings what was pushed`() throws {
        let talk = try store.save([.conversation("wat de dienst niet heeft")])[0]
        space.clock.advance()
        let (cursor, lastSync) = (try store.cursor(at: space.hub.keys.publicKey), try store.status().lastSync)
        for _ in 0..<2 {
            expectRefused()
            #expect(try store.status().unsynced == 1)
            #expect(try store.cursor(at: space.hub.keys.publicKey) == cursor && store.status().lastSync == lastSync)
            #expect(try space.hub.log(of: talk) == nil)
        }
        #expect(try anna.sync(through: Transport(honest)).sent == 1)
        #expect(try store.status().unsynced == 0)
        #expect(try space.hub.seen(talk).isListed)
    }

    @Test func `nothing that an old answer acknowledges is destroyed`() throws {
        let talk = try store.save([.conversation("het enige exemplaar")])[0]
        let member = try #require(try space.hub.owner(of: store.keys.publicKey))
        try space.grant(member, street.partition, level: 0)
        for _ in 0..<3 {
            expectRefused()
            #expect(try store.seen(talk).isListed && store.status().unsynced == 1)
        }
        _ = try anna.sync(through: Transport(honest))
        #expect(try space.hub.log(of: talk) == street)
        #expect(try store.heads(street).isEmpty)
    }
}
