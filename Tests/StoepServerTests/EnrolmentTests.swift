import StoepCrypto
import StoepModel
import StoepStore
import StoepWire
import Testing

@testable import StoepServer

@Suite struct EnrolmentTests {
    @Test func `the right secret makes a member, a device and grants, all of which count`() async throws {
        try await Bench.run { bench in
            let laptop = try Laptop(bench, "fatima")
            let invitation = try await bench.invite("Fatima", .volunteer, ["BU1", "BU2"])
            #expect(invitation.partitions == ["BU1", "BU2"])
            let answer = try await laptop.enrol(invitation.secret)
            #expect(answer.name == "Fatima" && answer.role == .volunteer)
            guard case .members(let members) = try await bench.space.perform(.members) else { return }
            #expect(
                members == [
                    ListedMember(
                        id: answer.member, name: "Fatima", role: .volunteer, partitions: ["BU1", "BU2"],
                        devices: [ListedMember.Device(key: laptop.key, isRevoked: false)])
                ])
            guard case .status(let status) = try await bench.space.perform(.status) else { return }
            #expect(status.quarantined == 0 && status.members == 1 && status.devices == 1)
        }
    }

    @Test func `the same device with the same secret gets the same answer, another is refused`() async throws {
        try await Bench.run { bench in
            let laptop = try Laptop(bench, "a")
            let secret = try await bench.invite("Fatima", .volunteer, ["BU1"]).secret
            let first = try await laptop.enrol(secret)
            bench.clock.advance(milliseconds: 25 * 3_600_000)
            try await expect(laptop.enrol(secret), first)
            let thief = try Laptop(bench, "b")
            await #expect(throws: Laptop.Refused(status: 409, name: "invitation-used")) { try await thief.enrol(secret) }
            let second = try await bench.invite("Fatima again", .owner).secret
            await #expect(throws: Laptop.Refused(status: 409, name: "device-known")) { try await laptop.enrol(second) }
        }
    }

    @Test func `a wrong secret, an expired one and another space are refused by name`() async throws {
        try await Bench.run { bench in
            let laptop = try Laptop(bench, "a")
            await #expect(throws: Laptop.Refused(status: 403, name: "invitation-unknown")) {
                try await laptop.enrol(Bytes16(high: 1, low: 2))
            }
            let secret = try await bench.invite("Fatima", .owner).secret
            let elsewhere = EnrolRequest(
                space: SpaceID(.zero), secret: secret, sealingKey: SealingKey(.zero))
            await #expect(throws: Laptop.Refused(status: 404, name: "space-unknown")) {
                let _: EnrolResponse = try await laptop.post("/v1/enrol", elsewhere)
            }
            bench.clock.advance(milliseconds: 24 * 3_600_000)
            await #expect(throws: Laptop.Refused(status: 410, name: "invitation-expired")) {
                try await laptop.enrol(secret)
            }
            guard case .members(let members) = try await bench.space.perform(.members) else { return }
            #expect(members.isEmpty)
        }
    }

    @Test func `who keeps guessing is held off`() async throws {
        try await Bench.run { bench in
            let laptop = try Laptop(bench, "a")
            for number in 0..<10 {
                await #expect(throws: Laptop.Refused(status: 403, name: "invitation-unknown")) {
                    try await laptop.enrol(Bytes16(high: 1, low: UInt64(number)))
                }
            }
            let secret = try await bench.invite("Fatima", .owner).secret
            await #expect(throws: Laptop.Refused(status: 429, name: "rate-limited")) { try await laptop.enrol(secret) }
            let other = try Laptop(bench, "b")
            try await expect(other.enrol(secret).role, .owner)
        }
    }

    @Test func `an invitation's secret stands nowhere in the store, and its name no longer once it was used`() async throws {
        try await Bench.run { bench in
            let secret = try await bench.invite("Xanthippe", .owner).secret
            let kept = try await bench.space.look { store in try store.read { try store.invitation(secret) } != nil }
            #expect(kept)
            _ = try await Laptop(bench, "a").enrol(secret)
            let name = try await bench.space.look { store in try store.read { try store.invitation(secret)?.name } }
            #expect(name == "")
        }
    }
}

@Suite struct InvitingTests {
    @Test func `who may be invited for what is held to the rules`() async throws {
        try await Bench.run { bench in
            await #expect(throws: Objection(.areaMissing)) { try await bench.invite("A", .volunteer) }
            await #expect(throws: Objection(.areaNotForRole, "owner")) { try await bench.invite("A", .owner, ["BU1"]) }
            await #expect(throws: Objection(.roleNotInvited, "observer")) { try await bench.invite("A", .observer) }
            await #expect(throws: Objection(.nameUnusable, " ")) { try await bench.invite(" ", .owner) }
            await #expect(throws: Objection(.partitionNameUnusable, "a b")) {
                try await bench.invite("A", .volunteer, ["BU1", "a b"])
            }
            let partitions = try await bench.space.look { store in try store.read { try store.partitions() } }
            #expect(partitions.isEmpty, "what was refused left nothing behind")
        }
    }

    @Test func `with areas imported an unknown code is refused with what may have been meant`() async throws {
        try await Bench.run { bench in
            let areas = [
                AreaRow(code: "BU05990535", name: "Oude Noorden", longitude: 447_917, latitude: 5_193_250),
                AreaRow(code: "BU05990536", name: "Agniesebuurt", longitude: 447_900, latitude: 5_193_000),
            ]
            try await expect(bench.space.perform(.importAreas(areas)), .imported(fresh: 2, unchanged: 0))
            try await expect(bench.space.perform(.importAreas(areas)), .imported(fresh: 0, unchanged: 2))
            await #expect(throws: Objection(.unknownArea, "noorden", "BU05990535 Oude Noorden")) {
                try await bench.invite("A", .volunteer, ["noorden"])
            }
            await #expect(throws: Objection(.unknownArea, "BU05990553", "BU05990535 Oude Noorden")) {
                try await bench.invite("A", .volunteer, ["BU05990553"])
            }
            try await expect(bench.invite("A", .volunteer, ["BU05990535"]).partitions, ["BU05990535"])
        }
    }
}
