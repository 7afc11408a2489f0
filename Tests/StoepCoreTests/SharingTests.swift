import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore

/// Laptop to laptop, every message through its bytes: what goes over, what does not, and what it counts for.
@Suite struct SharingTests {
    private let street = LogID.street("north")!

    private func replica(_ store: Store) throws -> Replica {
        Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
    }

    /// A network on which one laptop shares.
    private final class Network {
        let host: Replica
        var requests: [SyncRequest] = []
        var answers: [Int] = []
        init(_ host: Replica) { self.host = host }

        func transport(_ daemon: DaemonEndpoint, _ path: String, _ body: [UInt8]) throws -> TransportReply {
            #expect(path == "/v1/sync" && daemon.keys == [host.store.keys.publicKey])
            requests.append(try SyncRequest(decoding: body))
            let answer = host.answerSync(body, from: daemon.deviceKey)
            answers.append(answer.reply.body.count)
            return answer.reply
        }
    }

    @discardableResult
    private func sync(_ guest: Replica, _ network: Network, only: [LogID]? = nil) throws -> SyncReport {
        let key = network.host.store.keys.publicKey.description
        return try guest.sync(
            only: only, with: .laptop(address: "here:1", keyPrefix: String(key.prefix(8))), through: Transport(network.transport))
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch ReplicaError.refused(let name, _) {
            return name
        } catch {
            return "\(error)"
        }
    }

    @Test func `two laptops come to the same, and nothing of it counts as synced`() throws {
        let space = try TestSpace(seed: 1)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        try anna.save([.conversation("meer groen"), .theme("groen")])
        try bram.save([.conversation("minder lawaai")])
        let network = Network(try replica(anna))
        let report = try sync(try replica(bram), network)
        #expect(report.sent == 1 && report.received == 2 && report.refused.isEmpty && report.unsynced == 1)
        #expect(try space.hashes(anna) == space.hashes(bram))
        #expect(try anna.status().unsynced == 2)
        #expect(try bram.status().unsynced == 1)
        let lastSync = try bram.status().lastSync
        space.clock.advance()
        // Again: a comparison of the roster, one of the rest, and nothing else.
        network.requests.removeAll()
        network.answers.removeAll()
        let idle = try sync(try replica(bram), network)
        #expect(idle.sent == 0 && idle.received == 0 && idle.roundTrips == 2)
        #expect(network.requests.allSatisfy { $0.segments.isEmpty } && network.answers.allSatisfy { $0 < 70 })
        #expect(try bram.status().lastSync == lastSync)
        #expect(try bram.read { try bram.cursor(at: anna.keys.publicKey) } == nil)
        // What is new on one side goes over alone.
        try anna.save([.conversation("nog een")])
        let more = try sync(try replica(bram), network)
        #expect(more.sent == 0 && more.received == 1)
        // Bram finds the daemon, and brings what is Anna's as well.
        try space.settle([bram])
        #expect(try space.hashes(space.hub) == space.hashes(anna))
        #expect(try anna.status().unsynced == 3)
        try space.settle([anna])
        #expect(try anna.status().unsynced == 0)
    }

    @Test func `what a laptop does not do is refused as a daemon refuses what is not there`() throws {
        let space = try TestSpace(seed: 11)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let (host, key) = (try replica(anna), bram.keys.publicKey)
        let idle = SyncRequest(space: space.id, ask: .nothing, segments: [], nonce: 1).encoded()
        let cases: [(String, String, String?, Int, String?, isSync: Bool)] = [
            ("POST", DaemonPath.sync, DaemonPath.contentType, 200, nil, true),
            ("POST", DaemonPath.sync, "text/plain", 400, ErrorName.requestMalformed, true),
            ("POST", DaemonPath.sync, nil, 400, ErrorName.requestMalformed, true),
            ("GET", DaemonPath.sync, nil, 404, ErrorName.notFound, false),
            ("POST", DaemonPath.enrol, DaemonPath.contentType, 404, ErrorName.notFound, false),
            ("POST", DaemonPath.authority, DaemonPath.contentType, 404, ErrorName.notFound, false),
        ]
        for (method, path, type, status, name, isSync) in cases {
            let answer = host.answer(method, path, contentType: type, idle, from: key)
            #expect(answer.reply.status == status, "\(method) \(path)")
            #expect(answer.refusal == (isSync ? name : nil), "\(method) \(path)")
            if let name { #expect(try ErrorMessage(decoding: answer.reply.body).name == name, "\(method) \(path)") }
        }
    }

    @Test func `an owner is told nothing of the street, not even by a volunteer who calls`() throws {
        let space = try TestSpace(seed: 2, partitions: ["north", "south"])
        let anna = try space.laptop("Anna", in: ["north"])
        let bram = try space.laptop("Bram", in: ["north", "south"])
        let owner = try space.laptop("Olga", .owner, in: [])
        try space.settle([anna, bram, owner])
        try anna.save([.conversation("op straat"), .theme("groen")])
        try bram.save([.conversation("in het zuiden", in: "south")])
        for (host, guest) in [(owner, anna), (anna, owner)] {
            let network = Network(try replica(host))
            try sync(try replica(guest), network)
            for request in network.requests {
                #expect((request.scope ?? []).allSatisfy { $0.kind <= .square } && request.scope != nil)
                if case .beyond(_, let have) = request.ask {
                    #expect(have.entries.allSatisfy { $0.log.kind <= .square })
                }
                let pushed = try request.segments.map { try $0.unpacked().log.kind }
                #expect(pushed.allSatisfy { $0 <= .square })
            }
        }
        #expect(try owner.status().logs.map(\.log) == [.roster, .square])
        // Anna is not granted the south: nothing of it goes either way.
        let network = Network(try replica(bram))
        try sync(try replica(anna), network)
        let logs = try anna.status().logs.map(\.log.partition)
        #expect(!logs.contains("south"))
        #expect(try bram.status().logs.count == 4)
        #expect(network.requests.allSatisfy { !($0.scope ?? []).contains { $0.partition == "south" } })
    }

    @Test func `a laptop takes nothing that its member may not read, whoever offers it`() throws {
        let space = try TestSpace(seed: 3)
        let (anna, owner) = (try space.laptop("Anna"), try space.laptop("Olga", .owner, in: []))
        try space.settle([anna, owner])
        try anna.save([.conversation("op straat")])
        try anna.prepareToSend()
        let segments = try anna.read { try anna.segments(beyond: .empty, in: .all, of: [street]) }.segments.map(
            \.packed)
        let request = SyncRequest(space: space.id, scope: [.square], ask: .nothing, segments: segments, nonce: 1)
        let answer = try replica(owner).answerSync(request.encoded(), from: anna.keys.publicKey)
        let response = try SyncResponse(decoding: answer.reply.body)
        #expect(response.results == ["log-not-readable"] && answer.received == 0)
        #expect(try owner.heads(street).isEmpty)
        // And one that shares cannot push it in its answers.
        let pushing = Transport { _, _, body in
            let asked = try SyncRequest(decoding: body)
            if case .compare = asked.ask {
                let differing = SyncResponse(
                    results: [], answer: .differing(.all, .empty), cursor: nil, more: false,
                    time: Timestamp(milliseconds: 1), nonce: asked.nonce)
                return TransportReply(status: 200, body: differing.encoded())
            }
            let pushed = SyncResponse(
                results: asked.segments.map { _ in nil }, answer: .segments(segments), cursor: nil, more: false,
                time: Timestamp(milliseconds: 1), nonce: asked.nonce)
            return TransportReply(status: 200, body: pushed.encoded())
        }
        let guest = try replica(owner)
        let key = String(anna.keys.publicKey.description.prefix(8))
        #expect(throws: ReplicaError.self) {
            try guest.sync(with: .laptop(address: "here:1", keyPrefix: key), through: pushing)
        }
        #expect(try owner.heads(street).isEmpty)
    }

    @Test func `unknown and revoked devices are refused by name`() throws {
        let space = try TestSpace(seed: 4)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let carla = try space.laptop("Carla")
        try space.settle([carla])
        let network = Network(try replica(anna))
        #expect(refusal { try sync(try replica(carla), network) } == "device-unknown")
        // The roster comes over from somebody whom both know.
        try space.settle([bram])
        try sync(try replica(bram), network)
        #expect(refusal { try sync(try replica(carla), network) } == nil)

        try space.setRole(try #require(try bram.owner(of: bram.keys.publicKey)), .revoked)
        try space.settle([carla])
        try sync(try replica(carla), network)
        #expect(refusal { try sync(try replica(bram), network) } == "device-revoked")
        // Carla knows that he is, and does not call him.
        let other = Network(try replica(bram))
        #expect(throws: ReplicaError.self) { try sync(try replica(carla), other) }
        #expect(other.requests.isEmpty)
        let strange = SyncRequest(space: SpaceID(.zero), ask: .nothing, nonce: 1)
        let answer = try replica(anna).answerSync(strange.encoded(), from: carla.keys.publicKey)
        #expect(answer.refusal == "space-unknown" && answer.reply.status == 404)
        #expect(try replica(anna).answerSync([0xff], from: carla.keys.publicKey).reply.status == 400)
    }

    @Test func `a key's first digits name one laptop`() throws {
        let space = try TestSpace(seed: 6)
        let anna = try space.laptop("Anna")
        let others = try (0..<20).map { try space.laptop("Laptop \($0)") }
        try space.settle([anna])
        let keys = others.map(\.keys.publicKey.description)
        let shared = try #require(
            keys.map { String($0.prefix(1)) }.first { first in keys.count { $0.hasPrefix(first) } > 1 })
        let replica = try replica(anna)
        func laptop(_ prefix: String) -> Result<DaemonEndpoint, ReplicaError> {
            Result { () throws(ReplicaError) in try ReplicaError.naming { try replica.laptop(prefix, at: "x:1") } }
        }
        if case .failure(.ambiguousLaptop(_, let found)) = laptop(shared) {
            #expect(found.count > 1)
        } else {
            Issue.record()
        }
        #expect(try laptop(keys[3]).get().keys == [others[3].keys.publicKey])
        #expect(try laptop(keys[3].uppercased()).get().keys == [others[3].keys.publicKey])
        let own = anna.keys.publicKey.description
        for wrong in [own, "", "xyz", keys[3] + "0", "0x"] {
            if case .failure(.unknownLaptop) = laptop(wrong) { continue }
            Issue.record("\(wrong)")
        }
        let prefix = try replica.sharingIdentity().keyPrefix
        #expect(prefix.utf8.count >= 8 && own.hasPrefix(prefix))
    }
}
