import StoepMerge
import StoepModel
import StoepTestSupport
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
        #expect(try store.read { try store.folded(theme, in: .square) } == state)
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
        #expect(try space.hub.followClaims() == 1)
        #expect(try space.hub.followClaims() == 0)
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
        #expect(try space.hub.followClaims() == 1)
        try space.settle([olga, anna])
        for store in [olga, anna, space.hub] {
            #expect(try shown(store, theme) == "bomen", "it was theirs to say then")
            #expect(try store.read { try store.owners(of: theme) }.isEmpty)
        }
        #expect(refusesAsNotOwner(olga, say("toch", of: theme)))
        #expect(try space.hub.followClaims() == 0, "what was withdrawn is not granted again")
    }
}
