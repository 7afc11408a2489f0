import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// Asking for a theme, giving it up, and taking that back.
@Suite struct OwningTests {
    private func theme(_ name: String, _ store: Store) throws -> RecordID {
        try store.save([
            RecordEdit(
                log: .square, target: .natural(.theme, key: name), fields: [.set(Field.Theme.name, .text(name))])
        ])[0]
    }

    private func replica(_ store: Store) throws -> Replica {
        Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
    }

    @Test func `a theme is given up for good once the daemon hears of it, and not before`() throws {
        let space = try TestSpace(seed: 2)
        let olga = try space.laptop("Olga", .owner)
        try space.settle([olga])
        let green = try theme("groen", olga)
        let replica = try replica(olga)
        #expect(try replica.own(green) == .asked)
        #expect(try replica.own(green, giveUp: true) == .givenUp)
        try space.settle([olga])
        #expect(try space.hub.followClaims().count == 0, "what was never given is not taken")
        #expect(try replica.own(green) == .asked)
        try space.settle([olga])
        #expect(try space.hub.followClaims().count == 1)
        try space.settle([olga])
        #expect(try replica.own(green, giveUp: true) == .givenUp)
        #expect(try replica.own(green) == .owner, "a slip is taken back before anybody heard of it")
        try space.settle([olga])
        #expect(try space.hub.followClaims().count == 0)
        #expect(try replica.own(green, giveUp: true) == .givenUp)
        try space.settle([olga])
        #expect(try space.hub.followClaims().count == 1)
        try space.settle([olga])
        #expect(try replica.own(green) == .withdrawn)
        let member = try #require(try space.hub.owner(of: olga.keys.publicKey))
        let gives = try space.hub.write { try space.hub.setOwnership(of: green, for: member, true) }
        try space.settle([olga])
        #expect(try gives && replica.own(green) == .owner, "a coordinator gives it back")
        #expect(try space.hub.followClaims().count == 0, "what was given up before is not given up again")
        #expect(try replica.own(green, giveUp: true) == .givenUp)
        try space.settle([olga])
        #expect(try space.hub.followClaims().count == 1)
    }

    @Test func `two laptops that asked apart are one who asks, and what one is put out for nobody is given`() throws {
        let space = try TestSpace(seed: 3)
        let (olga, piet) = (try space.laptop("Olga", .owner), try space.laptop("Piet", .owner))
        let second = try space.emptyLaptop()
        try space.settle([olga, piet])
        let member = try #require(try space.hub.owner(of: olga.keys.publicKey))
        try space.enrol(second.keys, of: member)
        try space.settle([olga, second])
        let green = try theme("groen", olga)
        try space.settle([olga, second, piet])
        for store in [olga, second, piet] { #expect(try replica(store).own(green) == .asked) }
        try space.settle([olga, second])
        try space.settle([piet])
        try space.setRole(try #require(try space.hub.owner(of: piet.keys.publicKey)), .revoked)
        #expect(try space.hub.followClaims().count == 1)
        #expect(try space.hub.followClaims().count == 0)
        #expect(try space.hub.read { try space.hub.owners(of: green) } == [member])
        try space.settle([olga, second])
        #expect(try replica(olga).own(green, giveUp: true) == .givenUp)
        try space.settle([olga, second])
        #expect(try space.hub.followClaims().count == 1)
        #expect(try space.hub.followClaims().count == 0)
        #expect(try space.hub.read { try space.hub.owners(of: green) }.isEmpty)
    }
}
