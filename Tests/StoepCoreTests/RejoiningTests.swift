import StoepModel
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore
@testable import StoepStore

/// A store joins its space again with a daemon that it knows, and with nobody else.
@Suite struct RejoiningTests {
    private struct Unreachable: Error {}

    @Test func `who makes up an invitation to this space is handed nothing`() throws {
        let space = try TestSpace(seed: 401)
        let (anna, stranger) = (try space.laptop("Anna"), try space.laptop("Stranger"))
        try space.settle([anna])
        let member = try #require(try anna.owner(of: anna.keys.publicKey))
        try anna.write {
            try anna.setMeta(Replica.Meta.daemonKey, space.hub.keys.publicKey.bytes)
            try anna.setMeta(Replica.Meta.daemonAddress, Array("127.0.0.1:1".utf8))
        }
        let replica = Replica(anna.configuration.directory, anna, member)
        var calls = 0
        func rejoin(_ key: VerifyingKey, _ id: SpaceID) throws {
            let invitation = Invitation(
                space: id, address: "192.0.2.1:7410", daemonKey: key, role: .volunteer, partitions: ["north"],
                secret: space.environment.random16())
            let unreachable = Transport { (_, _, _) throws -> TransportReply in
                calls += 1
                throw TransportFailure(mayHaveArrived: false, cause: Unreachable())
            }
            _ = try replica.rejoin(invitation.text(space.environment.cryptography), through: unreachable)
        }
        func isRefused(_ key: VerifyingKey, _ id: SpaceID) -> Bool {
            do {
                try rejoin(key, id)
            } catch ReplicaError.alreadyJoined {
                return true
            } catch {}
            return false
        }
        #expect(isRefused(stranger.keys.publicKey, space.id))
        #expect(isRefused(space.hub.keys.publicKey, SpaceID(.zero)))
        #expect(calls == 0)
        #expect(!isRefused(space.hub.keys.publicKey, space.id))
        #expect(calls == 1, "the daemon that it knows is called")
    }
}
