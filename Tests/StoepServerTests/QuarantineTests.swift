import StoepModel
import StoepStore
import StoepSync
import StoepWire
import Testing

@testable import StoepServer

/// Who is out, what they hand in, and what a coordinator makes of it.
@Suite struct QuarantineTests {
    private func aside(_ bench: Bench, _ log: LogID? = nil) async throws -> [ListedAside] {
        guard case .keptAside(let entries, _) = try await bench.space.perform(.listKeptAside(log)) else { return [] }
        return entries
    }

    private func decided(_ bench: Bench, _ request: AdminRequest) async throws -> [Int] {
        guard case .decided(let decisions) = try await bench.space.perform(request) else { return [] }
        return decisions.map(\.changes)
    }

    private func records(_ bench: Bench, _ log: LogID) async throws -> Int {
        try await bench.folded().logs.first { $0.log == log }?.records ?? 0
    }

    @Test func `a revoked device hands in what it has, is told nothing, and then that it is out`() async throws {
        try await Bench.run { bench in
            let street = try #require(LogID.street("BU1"))
            let fatima = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            let henk = try await bench.laptop("Henk", .volunteer, ["BU1"])
            _ = try await fatima.record("voor", in: "BU1")
            try await fatima.sync()
            for number in 0..<3 { _ = try await fatima.record("na \(number)", in: "BU1") }
            _ = try await henk.record("van Henk", in: "BU1")
            try await henk.sync()
            guard case .membership(let change) = try await bench.space.perform(.revoke(who: "Fatima", device: nil))
            else { return }
            #expect(change.member.role == .revoked)
            #expect(change.cuts.map(\.log) == [street] && change.cuts.map(\.seq) == [1])
            let summary = try await fatima.sync()
            #expect(summary.isRevoked && summary.sent == 3 && summary.received == 0 && summary.refused.isEmpty)
            try await expect(fatima.stateHashes[.roster] == bench.folded().logs[0].stateHash, false, "it is told nothing")
            let again = try await fatima.sync()
            #expect(again.isRevoked && again.sent == 0 && again.roundTrips <= 2)
            try await expect(records(bench, street), 2)
            let entries = try await aside(bench)
            #expect(entries.map(\.changes) == [3] && entries.map(\.member) == ["Fatima"])
            #expect(entries.map(\.reasons) == [["beyond-cut"]] && entries.map(\.isReleasable) == [true])
            let status = try await bench.folded()
            #expect(status.keptAside == 3 && status.revoked == 1)

            // Up to a number, then the rest.
            let actor = String(entries[0].actor.description.prefix(10))
            guard case .keptAsideChanges(let shown, 0) = try await bench.space.perform(.showKeptAside(actor: actor, nil))
            else { return }
            #expect(shown.map(\.seq) == [2, 3, 4])
            let lines = shown[0].blocks.flatMap(\.lines)
            #expect(lines.contains { $0.kind == .text && $0.field == "observation" && $0.text == "na 0" })
            await #expect(throws: Objection(.releaseTooShort, "1")) {
                try await bench.space.perform(.release(actor: actor, nil, through: 1))
            }
            try await expect(decided(bench, .release(actor: actor, street, through: 2)), [1])
            try await expect(records(bench, street), 3)
            try await expect(decided(bench, .release(actor: actor, nil, through: nil)), [2])
            try await expect(records(bench, street), 5)
            await #expect(throws: Objection(.nothingKeptAside, actor)) {
                try await bench.space.perform(.release(actor: actor, nil, through: nil))
            }
            try await henk.sync()
            try await expect(henk.stateHashes[street], bench.folded().logs.first { $0.log == street }?.stateHash)
        }
    }

    @Test func `a laptop that never synced hands in all the same`() async throws {
        try await Bench.run { bench in
            let fatima = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            for number in 0..<5 { _ = try await fatima.record("\(number)", in: "BU1") }
            _ = try await bench.space.perform(.revoke(who: "Fatima", device: nil))
            let summary = try await fatima.sync()
            #expect(summary.isRevoked && summary.sent == 5)
            let entries = try await aside(bench)
            #expect(entries.map(\.reasons) == [["role"]] && entries.map(\.changes) == [5])
            // What the role alone keeps aside is released by a cut that did not exist.
            let actor = entries[0].actor.description
            try await expect(decided(bench, .release(actor: actor, nil, through: nil)), [5])
            try await expect(records(bench, try #require(.street("BU1"))), 5)
            try await expect(fatima.status.unsynced, 0)
        }
    }

    @Test func `one laptop is out, the other of its member is not`() async throws {
        try await Bench.run { bench in
            let street = try #require(LogID.street("BU1"))
            let fatima = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            let second = try Laptop(bench, "second")
            // A second laptop of one member.
            try await bench.space.look { store in
                let member = try #require(try store.read { try store.member(of: fatima.key) })
                try store.save([
                    RecordEdit(
                        log: .roster, target: .natural(.device, key: second.key.description),
                        fields: [
                            .set(Field.Device.key, .bytes(second.key.bytes)), .set(Field.Device.member, .record(member)),
                        ])
                ])
            }
            for laptop in [fatima, second] {
                try await laptop.sync()
                _ = try await laptop.record("voor", in: "BU1")
                try await laptop.sync()
                _ = try await laptop.record("na", in: "BU1")
            }
            await #expect(throws: Objection(.unknownLaptop, arguments: ["zz"] + [fatima.key, second.key].sorted().map { String($0.description.prefix(12)) })) {
                try await bench.space.perform(.revoke(who: "Fatima", device: "zz"))
            }
            let key = String(second.key.description.prefix(8))
            guard case .membership(let change) = try await bench.space.perform(.revoke(who: key, device: nil)) else { return }
            #expect(change.member.role == .volunteer && change.cuts.map(\.seq) == [1])
            #expect(change.member.devices.filter(\.isRevoked).map(\.key) == [second.key])
            let (one, two) = (try await fatima.sync(), try await second.sync())
            #expect(!one.isRevoked && two.isRevoked)
            try await expect(records(bench, street), 3)
            try await expect(aside(bench).map(\.device), [second.key])
            // It tells of the one that it is about, also where both are out, and also through the socket.
            let typed = String(fatima.key.description.prefix(8))
            let response = try await bench.space.perform(.revoke(who: "Fatima", device: typed))
            guard case .membership(let last) = response else { return }
            #expect(change.device == second.key && last.device == fatima.key)
            #expect(!last.member.devices.contains { !$0.isRevoked })
            #expect(try AdminResponse(decoding: response.encoded()) == response)
        }
    }

    @Test func `a role that may not write keeps what it wrote, and nothing is loosened on the way`() async throws {
        try await Bench.run { bench in
            let street = try #require(LogID.street("BU1"))
            let fatima = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            _ = try await fatima.record("voor", in: "BU1")
            try await fatima.sync()
            let before = try await fatima.status.actor
            _ = try await fatima.record("na", in: "BU1")
            guard
                case .membership(let lost) = try await bench.space.perform(.changeRole(who: "Fatima", .owner, areas: []))
            else { return }
            #expect(lost.cuts.map(\.log) == [street] && lost.member.partitions.isEmpty && lost.device == nil)
            try await fatima.sync()
            try await expect(records(bench, street), 1)
            // To revoke now must not move the cut to what came since.
            guard case .membership(let out) = try await bench.space.perform(.revoke(who: "Fatima", device: nil)) else { return }
            #expect(out.cuts.allSatisfy { $0.log != street })
            try await expect(records(bench, street), 1)
            guard
                case .membership(let back) = try await bench.space.perform(
                    .changeRole(who: "Fatima", .volunteer, areas: ["BU1"]))
            else { return }
            #expect(back.cuts.isEmpty && back.member.role == .volunteer && back.member.partitions == ["BU1"])
            try await fatima.sync()
            try await expect(fatima.status.actor == before, false)
            _ = try await fatima.record("weer", in: "BU1")
            try await fatima.sync()
            try await expect(records(bench, street), 2)
            try await expect(aside(bench).map(\.changes), [1])
        }
    }

    @Test func `what is refused stays away and is asked for no more, until more comes`() async throws {
        try await Bench.run { bench in
            let street = try #require(LogID.street("BU1"))
            let fatima = try await bench.laptop("Fatima", .volunteer, ["BU1"])
            _ = try await fatima.record("voor", in: "BU1")
            try await fatima.sync()
            _ = try await bench.space.perform(.revoke(who: "Fatima", device: nil))
            _ = try await fatima.record("na", in: "BU1")
            try await fatima.sync()
            let actor = try await aside(bench)[0].actor.description
            try await expect(decided(bench, .refuse(actor: actor, nil)), [1])
            try await expect(bench.folded().keptAside, 0)
            try await expect(aside(bench).map(\.refused), [1])
            try await expect(records(bench, street), 1)
            await #expect(throws: Objection(.nothingKeptAside, actor)) {
                try await bench.space.perform(.refuse(actor: actor, nil))
            }
            _ = try await fatima.record("nog meer", in: "BU1")
            try await fatima.sync()
            try await expect(bench.folded().keptAside, 1)
            // It had destroyed all that it held, by order, and so went on under another actor.
            let later = try await aside(bench).map(\.actor.description).filter { $0 != actor }
            #expect(later.count == 1)
            for one in [actor] + later {
                try await expect(decided(bench, .release(actor: one, nil, through: nil)), [1])
            }
            try await expect(records(bench, street), 3)
        }
    }

    @Test func `nobody unknown is revoked, and what is ambiguous is asked back`() async throws {
        try await Bench.run { bench in
            let laptops = [try await bench.laptop("Fatima", .volunteer, ["BU1"]), try await bench.laptop("Henk", .owner)]
            await #expect(throws: Objection(.unknownMember, "Faatje")) {
                try await bench.space.perform(.revoke(who: "Faatje", device: nil))
            }
            _ = try await bench.invite("Fatima", .owner)
            let other = try Laptop(bench, "other")
            _ = try await other.enrol(try await bench.invite("Fatima", .owner).secret)
            do {
                _ = try await bench.space.perform(.revoke(who: "Fatima", device: nil))
                Issue.record("one of two was revoked")
            } catch let objection as Objection {
                #expect(objection.name == .ambiguousMember && objection.arguments.count == 3)
            }
            await #expect(throws: Objection(.areaNotForRole, "owner")) {
                try await bench.space.perform(.changeRole(who: "Henk", .owner, areas: ["BU1"]))
            }
            await #expect(throws: Objection(.areaMissing)) {
                try await bench.space.perform(.changeRole(who: "Henk", .volunteer, areas: []))
            }
            try await expect(bench.folded().revoked, 0)
            #expect(laptops.count == 2)
        }
    }
}
