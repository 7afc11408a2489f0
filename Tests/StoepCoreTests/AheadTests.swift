import StoepMerge
import StoepModel
import StoepSync
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// What comes next is asked for while the laptop stores what came.
@Suite struct AheadTests {
    private let space: TestSpace
    private let bram: Store
    private let replica: Replica
    private let talks: [RecordID]

    private final class Line {
        enum Event: Equatable { case sent, received, stored(Int) }
        var events: [Event] = []
        /// How often what was begun comes to nothing when somebody waits for it.
        var losses = 0
    }

    private let line = Line()

    /// A new laptop, and at the daemon what takes several answers.
    init() throws {
        space = try TestSpace(seed: 91)
        let anna = try space.laptop("Anna")
        try space.sync(anna)
        let words = String(repeating: "woorden ", count: 8000)
        talks = try (0..<40).flatMap { try anna.save([.conversation("\($0) \(words)")]) }
        while try space.sync(anna).summary?.sent != 0 {}
        bram = try space.laptop("Bram")
        try bram.write { [bram, space] in
            try bram.setMeta(Replica.Meta.daemonKey, space.hub.keys.publicKey.bytes)
            try bram.setMeta(Replica.Meta.daemonAddress, Array("127.0.0.1:7410".utf8))
        }
        replica = Replica(bram.configuration.directory, bram, try #require(try space.hub.owner(of: bram.keys.publicKey)))
    }

    private var transport: Transport {
        Transport(begin: { [space, line] daemon, _, body in
            line.events.append(.sent)
            let answer = Result { try space.serve(body, from: daemon.deviceKey) }
            return {
                if line.losses > 0 {
                    line.losses -= 1
                    throw TransportFailure(mayHaveArrived: true, cause: ReplicaError.unexpected("gone"))
                }
                line.events.append(.received)
                return TransportReply(status: 200, body: try answer.get())
            }
        })
    }

    private func sync() throws -> SyncReport {
        try replica.sync(through: transport) { [line] progress in
            if case .receiving(let count) = progress { line.events.append(.stored(count)) }
        }
    }

    @Test func `the next request is sent before what came is stored`() throws {
        let report = try sync()
        #expect(report.roundTrips >= 3 && report.received >= talks.count)
        #expect(try talks.allSatisfy { try bram.seen($0).isListed })
        // The first answer is received, the second request sent, the first stored, the second received.
        let begun = Array(line.events.prefix(5))
        guard case .stored(let first) = begun[3] else {
            Issue.record("\(begun)")
            return
        }
        #expect(first > 0 && first < report.received && begun == [.sent, .received, .sent, .stored(first), .received])
        #expect(line.events.count { $0 == .sent } == report.roundTrips)
        #expect(try sync().roundTrips == 1)
    }

    @Test func `one that was lost while nobody waited is sent again`() throws {
        let whole = try sync().received
        let bea = try space.laptop("Bea")
        try bea.write { [space] in
            try bea.setMeta(Replica.Meta.daemonKey, space.hub.keys.publicKey.bytes)
            try bea.setMeta(Replica.Meta.daemonAddress, Array("127.0.0.1:7410".utf8))
        }
        let other = Replica(
            bea.configuration.directory, bea, try #require(try space.hub.owner(of: bea.keys.publicKey)))
        line.events = []
        let report = try other.sync(through: transport) { [line] progress in
            if case .receiving = progress, line.events.count { $0 == .received } == 1 { line.losses = 1 }
        }
        #expect(line.losses == 0 && report.received >= whole)
        #expect(line.events.count { $0 == .sent } == report.roundTrips + 1)
    }

    @Test func `one that is lost again ends the sync, and what came before is kept`() throws {
        #expect(throws: ReplicaError.self) {
            _ = try replica.sync(through: transport) { [line] progress in
                if case .receiving = progress { line.losses = 2 }
            }
        }
        #expect(try talks.contains { try bram.seen($0).isListed })
        #expect(try !talks.allSatisfy { try bram.seen($0).isListed })
        line.losses = 0
        _ = try sync()
        #expect(try talks.allSatisfy { try bram.seen($0).isListed })
    }
}
