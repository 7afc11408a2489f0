import StoepMerge
import StoepModel
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepStore

/// Themes are asked for in the square and granted in the roster.
@Suite struct OwnershipTests {
    private let step = Field.Theme.nextStep

    private func say(_ text: String, of theme: RecordID) -> [RecordEdit] {
        [RecordEdit(log: .square, target: .existing(theme), fields: [.set(step, .text(text))])]
    }

    private func refusesAsNotOwner(_ store: Store, _ edits: [RecordEdit]) -> Bool {
        do {
            try store.save(edits)
            return false
        } catch {
            guard case StoreError.notAllowed(.notOwner) = error else { return false }
            return true
        }
    }

    /// What is stored is what anybody comes to who folds it anew.
    private func shown(_ store: Store, _ theme: RecordID) throws -> String? {
        let state = try store.seen(theme)
        #expect(try store.read { try store.folded(theme, in: .square).encodedContent() } == state.encodedContent())
        guard case .text(let text)? = state.value(step) else { return nil }
        return text
    }

    @Test func `who asks is given a theme, and what they said as its owner stays once they give it up`() throws {
        let space = try TestSpace(seed: 1)
        let (olga, anna) = (try space.laptop("Olga", .owner), try space.laptop("Anna"))
        try space.settle([olga, anna])
        let theme = try anna.save([
            RecordEdit(
                log: .square, target: .natural(.theme, key: "groen"), fields: [.set(Field.Theme.name, .text("groen"))])
        ])[0]
        try space.settle([olga, anna])
        #expect(refusesAsNotOwner(olga, say("bomen", of: theme)))
        let claim = try olga.save([
            RecordEdit(log: .square, target: .new(.claim), fields: [.set(Field.Claim.theme, .record(theme))])
        ])[0]
        try space.settle([olga, anna])
        #expect(try space.hub.followClaims().count == 1)
        #expect(try space.hub.followClaims().count == 0)
        try space.settle([olga, anna])
        let owners = try [olga, anna, space.hub].map { store in try store.read { try store.owners(of: theme) } }
        #expect(owners[0].count == 1 && Set(owners).count == 1)

        try olga.save(say("bomen", of: theme))
        #expect(refusesAsNotOwner(anna, say("stenen", of: theme)))
        // Nobody gives up what is another's.
        let givesUp = [RecordEdit(log: .square, target: .existing(claim), fields: [.set(Field.Claim.givenUp, .bool(true))])]
        #expect(throws: StoreError.self) { try anna.save(givesUp) }
        try space.settle([olga, anna])
        for store in [olga, anna, space.hub] { #expect(try shown(store, theme) == "bomen") }

        try olga.save(givesUp)
        try space.settle([olga, anna])
        #expect(try space.hub.followClaims().count == 1)
        try space.settle([olga, anna])
        for store in [olga, anna, space.hub] {
            #expect(try shown(store, theme) == "bomen", "it was theirs to say then")
            #expect(try store.read { try store.owners(of: theme) }.isEmpty)
        }
        #expect(refusesAsNotOwner(olga, say("toch", of: theme)))
        #expect(try space.hub.followClaims().count == 0, "what was withdrawn is not granted again")
    }

    private func theme(_ name: String, _ store: Store) throws -> RecordID {
        try store.save([
            RecordEdit(
                log: .square, target: .natural(.theme, key: name), fields: [.set(Field.Theme.name, .text(name))])
        ])[0]
    }

    @Test func `what a coordinator said of a theme stays when they are one no longer`() throws {
        let space = try TestSpace(seed: 4)
        let (clara, anna) = (try space.laptop("Clara", .coordinator), try space.laptop("Anna"))
        try space.settle([clara, anna])
        let green = try theme("groen", clara)
        try clara.save(say("bomen", of: green))
        try space.settle([clara, anna])
        let member = try #require(try space.hub.owner(of: clara.keys.publicKey))
        let kept = try space.hub.read { try space.hub.ownershipsWithdrawn(fromCoordinator: member) }
        #expect(kept.count == 1)
        try space.hub.save(kept)
        try space.setRole(member, .volunteer)
        try space.settle([clara, anna])
        for store in [clara, anna, space.hub] { #expect(try shown(store, green) == "bomen") }
        #expect(refusesAsNotOwner(clara, say("stenen", of: green)))
    }

    /// A laptop that was restored goes on beside itself: which of the two branches an end names is known only once its
    /// own change is here.
    @Test(arguments: [0, 1])
    func `an end that comes last lets count what stands before it in its branch, in any order of coming`(_ order: Int) throws {
        let space = try TestSpace(seed: 5)
        let (anna, ben) = (try space.laptop("Anna"), try space.laptop("Ben"))
        let member = try space.member("Olga", .owner)
        let keys = try DeviceKeys(random: { space.random.bytes($0) })
        try space.enrol(keys, of: member)
        try space.settle([anna, ben])
        let (green, other) = (try theme("groen", anna), try theme("wonen", anna))
        try space.settle([anna, ben])
        var stem = RawAuthor(space, log: .square, key: keys.signing)
        func says(_ text: String, _ theme: RecordID) throws -> RawAuthor.Block {
            try .about(theme, .theme, [.write(step, .text(text), overwrites: [])])
        }
        try stem.append([says("bomen", green)])
        var (a, b) = (stem, stem)
        for number in 2...4 { try a.append([says("a\(number)", other)]) }
        for number in 2...3 { try b.append([says("b\(number)", other)]) }
        let end = b.point(3)
        let ended = RecordEdit(
            log: .roster, target: .natural(.ownership, key: Store.ownershipKey(green, member)),
            fields: [
                .set(Field.Ownership.theme, .record(green)), .set(Field.Ownership.member, .record(member)),
                .set(Field.Ownership.level, .integer(0)), .add(Field.Ownership.ends, [.bytes(end.encodedEnd)]),
            ])
        try space.hub.save([ended])
        let pieces = try [a.segment(), b.segment(from: 2, to: 2), b.segment(from: 3)]
        let whole = try [pieces[0], b.segment(from: 2)]
        for piece in order == 0 ? pieces : whole {
            _ = try space.hub.take([[piece.packed()]])
            while try space.hub.foldSome() {}
            _ = try shown(space.hub, green)
        }
        #expect(try shown(space.hub, green) == "bomen")
    }
}
