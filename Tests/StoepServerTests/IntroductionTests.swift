import Glibc
import StoepCrypto
import StoepModel
import StoepStore
import StoepSync
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepServer

/// A device that the daemon's roster does not have brings the roster that names it (`Protocol/README.md`, What counts).
@Suite struct IntroductionTests {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func backUp() { system("cp -r '\(scratch.path)/daemon' '\(scratch.path)/backup'") }
    private func restore() { system("cd '\(scratch.path)' && rm -rf daemon && cp -r backup daemon") }

    /// A laptop that joined a daemon that has been put back to before that since.
    /// - Parameter others: so many joined before it.
    private func forgotten(others: Int = 0) async throws -> Laptop {
        try await Bench.run(in: scratch) { _ in }
        backUp()
        var joined: Laptop?
        try await Bench.run(in: scratch) { bench in
            for number in 0..<others {
                let other = try Laptop(bench, "other\(number)")
                _ = try await other.enrol(try await bench.invite(String(repeating: "n", count: 250), .owner).secret)
            }
            let laptop = try await bench.laptop("fatima", .volunteer, ["BU1"])
            _ = try await laptop.record("voor de terugzetting", in: "BU1")
            try await expect(laptop.sync().sent, 1)
            joined = laptop
        }
        restore()
        return try #require(joined)
    }

    @Test func `a daemon restored from before a laptop joined knows it again after its next sync`() async throws {
        let fatima = try await forgotten()
        _ = try await fatima.record("erna", in: "BU1")
        try await Bench.run(in: scratch) { bench in
            try await expect(bench.space.standing(of: fatima.key).isUnknown, true)
            await fatima.call(bench)
            _ = try await fatima.sync()
            try await expect(bench.space.standing(of: fatima.key).isUnknown, false)
            let status = try await bench.folded()
            #expect(status.quarantined == 0)
            let hashes = Dictionary(uniqueKeysWithValues: status.logs.map { ($0.log, $0.stateHash) })
            #expect(hashes[try #require(.street("BU1"))] != nil)
            try await expect(fatima.stateHashes, hashes)
            try await expect(fatima.status.unsynced, 0)

            let henk = try await bench.laptop("henk", .volunteer, ["BU1"])
            _ = try await henk.sync()
            _ = try await fatima.sync()
            try await expect(henk.stateHashes, fatima.stateHashes)
        }
    }

    @Test func `a laptop that was let in and has synced nothing yet is known again to a daemon from before that`() async throws {
        try await Bench.run(in: scratch) { _ in }
        backUp()
        var joined: Laptop?
        try await Bench.run(in: scratch) { bench in
            let laptop = try Laptop(bench, "fatima")
            try await laptop.enter(bench.invite("Fatima", .owner).secret)
            joined = laptop
        }
        restore()
        let fatima = try #require(joined)
        try await Bench.run(in: scratch) { bench in
            try await expect(bench.space.standing(of: fatima.key).isUnknown, true)
            await fatima.call(bench)
            _ = try await fatima.sync()
            try await expect(bench.space.standing(of: fatima.key).isUnknown, false)
        }
    }

    @Test func `an invitation that was used after the backup lets the same laptop in again, as who it is`() async throws {
        try await Bench.run(in: scratch) { _ in }
        var invited: Bytes16?
        try await Bench.run(in: scratch) { bench in invited = try await bench.invite("Fatima", .owner).secret }
        let secret = try #require(invited)
        backUp()
        var joined: (Laptop, EnrolResponse)?
        try await Bench.run(in: scratch) { bench in
            let laptop = try Laptop(bench, "fatima")
            joined = (laptop, try await laptop.enter(secret))
        }
        restore()
        let (fatima, first) = try #require(joined)
        try await Bench.run(in: scratch) { bench in
            await fatima.call(bench)
            // The roster comes back with her; that she used her invitation does not.
            _ = try await fatima.sync()
            try await expect(fatima.enrol(secret).member, first.member)
            try await expect(fatima.enrol(secret).role, .owner)
            let thief = try Laptop(bench, "henk")
            await #expect(throws: Laptop.Refused(status: 409, name: "invitation-used")) { try await thief.enrol(secret) }
            guard case .members(let members) = try await bench.space.perform(.members) else { return }
            #expect(members.count == 1)
        }
    }

    @Test func `who brings what the authority did not write stays unknown, and nothing of it is kept`() async throws {
        let fatima = try await forgotten()
        try await Bench.run(in: scratch) { bench in
            let before = try await bench.frontier()
            let roster = try await fatima.authoritysRoster()
            let stranger = try Laptop(bench, "nobody")
            let own = try await stranger.rosterOfItsOwn()
            let forged = try roster.map { try $0.withOtherSignature() }
            let street = try await fatima.street()
            #expect(!roster.isEmpty && !own.isEmpty && !street.isEmpty)
            for segments in [own, roster + own, forged, roster + street, street] {
                await #expect(throws: Laptop.Refused(status: 403, name: "device-unknown")) {
                    try await stranger.bring(segments)
                }
                try await expect(bench.frontier(), before)
            }
            // The authority's own is kept, and makes whoever carries it nobody either.
            await #expect(throws: Laptop.Refused(status: 403, name: "device-unknown")) {
                try await stranger.bring(roster)
            }
            try await expect(bench.space.standing(of: fatima.key).isUnknown, false)
            try await expect(bench.space.standing(of: stranger.key).isUnknown, true)
        }
    }

    @Test func `how often a device may bring what is not taken is bounded, for that device`() async throws {
        try await Bench.run(in: scratch) { bench in
            let fatima = try await bench.laptop("fatima", .volunteer, ["BU1"])
            let stranger = try Laptop(bench, "nobody")
            let own = try await stranger.rosterOfItsOwn()
            for _ in 0..<AttemptLimiter.perPeer.burst {
                await #expect(throws: Laptop.Refused(status: 403, name: "device-unknown")) {
                    try await stranger.bring(own)
                }
            }
            await #expect(throws: Laptop.Refused(status: 429, name: "rate-limited")) { try await stranger.bring(own) }
            _ = try await fatima.sync()
        }
    }

    @Test func `a daemon looks at no more of an unknown device's segments than the limit`() async throws {
        let fatima = try await forgotten(others: 6)
        try await Bench.run(in: scratch) { bench in
            let before = try await bench.frontier()
            await fatima.call(bench)
            let roster = try await fatima.authoritysRoster()
            let many = Array(repeating: roster, count: Limits.introductionBytes / roster.rawCount + 1).flatMap { $0 }
            let body = many.reduce(0) { $0 + $1.stream.count + 16 }
            try #require(many.count <= Limits.segments && body < Limits.introductionBytes, "else others refuse it")
            await #expect(throws: Laptop.Refused(status: 403, name: "device-unknown")) { try await fatima.bring(many) }
            try await expect(bench.frontier(), before)
            try await fatima.bring(roster)
        }
    }
}

extension Bench {
    fileprivate func frontier() async throws -> [Head] {
        try await space.look { store in try store.read { try store.frontier() } }
    }
}

extension Store.DeviceStanding {
    fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

extension Laptop {
    fileprivate func authoritysRoster() throws -> [PackedSegment] {
        guard case .gathered(let gathered)? = try store.perform(.introduce(beyond: []), with: daemonKey) else {
            return []
        }
        return gathered.segments
    }

    fileprivate func street() throws -> [PackedSegment] {
        try store.read {
            try store.segments(beyond: HeadList([:]), in: .all, of: [#require(.street("BU1"))])
        }.segments.map(\.packed)
    }

    /// What says of this device that it is a coordinator's, written by the device itself.
    fileprivate func rosterOfItsOwn() throws -> [PackedSegment] {
        let member = RecordID(Bytes16(high: 1, low: 2))
        var author = RawAuthor(store.space, log: .roster, key: store.keys.signing, random: SeededRandom(seed: 60))
        try author.append([
            .about(member, .member, [.write(Field.Member.role, .integer(Role.coordinator.rawValue), overwrites: [])]),
            .natural(
                .device, key: key.description,
                [
                    .write(Field.Device.key, .bytes(key.bytes), overwrites: []),
                    .write(Field.Device.member, .record(member), overwrites: []),
                ]),
        ])
        return [try author.segment().packed()]
    }

    /// Is let in, and goes before the first sync.
    @discardableResult
    fileprivate func enter(_ secret: Bytes16) throws -> EnrolResponse {
        let answer = try enrol(secret)
        try store.write { try store.take(roster: answer.roster) }
        return answer
    }

    fileprivate func bring(_ segments: [PackedSegment]) throws {
        let _: SyncResponse = try post(
            "/v1/sync", SyncRequest(space: store.space, ask: .nothing, segments: segments, nonce: 1))
    }
}
