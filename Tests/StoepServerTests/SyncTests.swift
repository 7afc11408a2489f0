import StoepCrypto
import StoepModel
import StoepStore
import StoepSync
import StoepTransport
import StoepWire
import Testing

@testable import StoepServer

@Suite struct ServedSyncTests {
    @Test func `two laptops and the daemon end with the same state in every log`() async throws {
        try await Bench.run { bench in
            let one = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            let two = try await bench.laptop("Henk", .volunteer, ["BU1"])
            for laptop in [one, two] { try await laptop.sync() }
            for number in 0..<20 {
                _ = try await one.record("een \(number)", in: "BU1")
                _ = try await two.record("twee \(number)", in: "BU1")
            }
            try await expect(one.sync().sent, 20)
            try await expect(two.sync().received, 20)
            try await expect(one.sync().received, 20)
            let status = try await bench.folded()
            #expect(status.quarantined == 0 && status.pending == 0)
            let hashes = Dictionary(uniqueKeysWithValues: status.logs.map { ($0.log, $0.stateHash) })
            try await expect(one.stateHashes, hashes)
            try await expect(two.stateHashes, hashes)
            #expect(Set(hashes.keys) == [.roster, try #require(.street("BU1"))])
            let idle = try await one.sync()
            #expect(idle.roundTrips == 1 && idle.sent == 0 && idle.received == 0)
        }
    }

    @Test func `what was pushed arrives at its sender with no second comparison`() async throws {
        try await Bench.run { bench in
            let laptop = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            try await laptop.sync()
            _ = try await laptop.record("de eerste van haar logboek", in: "BU1")
            try await expect(laptop.sync().roundTrips, 1)
            try await expect(laptop.sync().roundTrips, 1)
        }
    }

    @Test func `a device that the roster does not know is refused, whatever it sends`() async throws {
        try await Bench.run { bench in
            let stranger = try Laptop(bench, "stranger")
            await #expect(throws: SessionError.deviceUnknown) { try await stranger.sync() }
            await #expect(throws: Laptop.Refused(status: 403, name: "device-unknown")) {
                let _: SyncResponse = try await stranger.post("/v1/sync", Junk())
            }
        }
    }

    @Test func `a body that is no request is refused as malformed, and too many inflated bytes as too large`() async throws {
        try await Bench.run { bench in
            let laptop = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            await #expect(throws: Laptop.Refused(status: 400, name: "request-malformed")) {
                let _: SyncResponse = try await laptop.post("/v1/sync", Junk())
            }
            // 4096 segments that each claim to hold eight megabytes.
            await #expect(throws: Laptop.Refused(status: 413, name: "too-large")) {
                let _: SyncResponse = try await laptop.post("/v1/sync", Bombs(space: bench.space.id))
            }
        }
    }

    @Test func `an owner is refused street by name, and receives nothing of it`() async throws {
        try await Bench.run { bench in
            let volunteer = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            let owner = try await bench.laptop("Henk", .owner)
            _ = try await volunteer.record("een geheim", in: "BU1")
            try await volunteer.sync()
            let street = try #require(LogID.street("BU1"))
            await #expect(throws: Laptop.Refused(status: 403, name: "log-not-readable", detail: "street/BU1")) {
                try await owner.sync(scope: [street])
            }
            try await owner.sync()
            try await expect(owner.stateHashes[street], nil)
            try await expect(owner.stateHashes[.roster], volunteer.stateHashes[.roster])
        }
    }

    @Test func `a push is durable before it is acknowledged`() async throws {
        try await Bench.run { bench in
            let laptop = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            _ = try await laptop.record("bewaard", in: "BU1")
            try await laptop.sync()
            // A copy of the files as they stand, with nothing closed or checkpointed: what a crash would leave.
            let copy = bench.scratch.path + "/copy"
            try shell("cp -r '\(bench.data.path)' '\(copy)'")
            let store = try DataDirectory(copy).openStore(.system, holder: "test")
            defer { store.close() }
            let heads = try store.read { try store.frontier([try #require(.street("BU1"))]) }
            #expect(heads.map(\.seq) == [1])
        }
    }

    @Test func `a group commit gives each request its own results`() async throws {
        try await Bench.run { bench in
            var laptops: [Laptop] = []
            for number in 0..<6 {
                let laptop = try await bench.laptop("v\(number)", .volunteer, ["BU1"])
                _ = try await laptop.record("van \(number)", in: "BU1")
                laptops.append(laptop)
            }
            let results = try await withThrowingTaskGroup(of: (Int, [String?], Int).self) { group in
                for (number, laptop) in laptops.enumerated() {
                    group.addTask {
                        var segments = try await laptop.outgoing()
                        // Every second one sends something besides that is no segment.
                        if number % 2 == 1 { segments.append(try PackedSegment(decoding: [0x82, 0x01, 0x41, 0x00])) }
                        let taken = try await bench.space.push(segments)
                        return (number, taken.results, taken.rows.count)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (number, results, rows) in results {
                #expect(results.count == (number % 2 == 1 ? 2 : 1))
                #expect(results.first == .some(nil), "what holds is taken")
                if number % 2 == 1 { #expect(results.last.flatMap { $0 } != nil, "what does not is refused by name") }
                #expect(rows == 1)
            }
            try await expect(bench.folded().quarantined, 0)
        }
    }
}

/// Bytes that are no message.
private struct Junk: WireMessage {
    init() {}
    init(from reader: inout CBORReader) throws(WireError) {}
    func write(to writer: inout CBORWriter) { writer.text("nonsense") }
}

/// A request whose segments claim to be large.
private struct Bombs: WireMessage {
    let space: SpaceID
    init(space: SpaceID) { self.space = space }
    init(from reader: inout CBORReader) throws(WireError) { space = SpaceID(.zero) }

    func write(to writer: inout CBORWriter) {
        writer.array(9)
        writer.unsigned(1)
        writer.bytes(space)
        writer.null()
        writer.array(1)
        writer.unsigned(3)
        writer.array(9)
        for _ in 0..<9 {
            writer.array(2)
            writer.unsigned(UInt64(Limits.segmentBytes))
            writer.bytes([UInt8](repeating: 0, count: 8200))
        }
        HeadList.empty.write(to: &writer)
        writer.array(0)
        writer.array(2)
        HeadList.empty.write(to: &writer)
        writer.array(0)
        writer.bytes([UInt8](repeating: 0, count: 8))
    }
}

extension Laptop {
    /// All that this device has and the daemon is not known to hold.
    func outgoing() throws -> [PackedSegment] {
        let effect = ClientSession.Effect.gather(scope: nil, refused: [], peerWants: .empty, wants: false)
        guard case .gathered(let gathered)? = try store.perform(effect, with: daemonKey) else { return [] }
        return gathered.segments
    }
}
