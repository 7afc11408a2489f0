import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// What only the owners of a theme may say of it.
@Suite struct OwnerFieldTests {
    private let step = Field.Theme.nextStep
    private let aim = Field.Theme.aim

    private func say(_ text: String) -> (inout RecordScene.Table) -> [Operation] {
        { _ in [.write(Field.Theme.nextStep, .text(text), overwrites: [])] }
    }

    @Test func `it counts from an owner, a coordinator and the authority, and from nobody else`() {
        let scene = RecordScene(.theme, in: .square)
        let (olga, anna, chief, authority) = (scene.pen(1), scene.pen(2), scene.pen(3), scene.pen(0))
        scene.create(anna)
        let others = scene.write(anna, say("van Anna"))
        #expect(scene.state().value(step) == nil, "also where she made the theme")
        #expect(scene.state().quarantined.map(\.reason) == [.notOwner] && scene.state().quarantined[0].point == others)
        scene.write(olga, say("van Olga"))
        #expect(scene.state().value(step) == nil)
        scene.owners = [olga.member!]
        #expect(scene.state().value(step) == .text("van Olga"))
        scene.coordinators = [chief.member!]
        scene.write(chief, say("van de coördinator"))
        scene.write(authority, say("van het gezag"))
        #expect(scene.state().values(step).count == 3, "side by side, and one shown")
        #expect(scene.state().quarantined.map(\.point) == [others])
    }

    @Test func `what was written as an owner goes on counting once that is withdrawn, and nothing after it`() {
        let scene = RecordScene(.theme, in: .square)
        let olga = scene.pen(1)
        scene.create(olga)
        scene.owners = [olga.member!]
        let before = scene.write(olga) { _ in [.edit(aim, TextDelta(beginning: "meer groen"))] }
        let after = scene.write(olga, say("toch nog"))
        scene.disowned = [after]
        let state = scene.state()
        #expect(state.text(aim) == "meer groen" && state.value(step) == nil)
        #expect(state.quarantined.map(\.point) == [after])
        scene.disowned = [before, after]
        #expect(scene.state().text(aim) == "")
        let random = SeededRandom(seed: 1)
        for _ in 0..<20 { #expect(scene.state(random.shuffled(scene.blocks)) == scene.state(), "in any order") }
    }

    @Test func `a theme of which its owners said something is deleted by them, and one that nobody owns by anybody`() {
        let scene = RecordScene(.theme, in: .square)
        let (olga, anna) = (scene.pen(1), scene.pen(2))
        let birth = scene.create(anna)
        scene.owners = [olga.member!]
        let said = scene.write(olga, say("bomen planten"))
        let refused = scene.delete(anna, seen: [birth, said])
        #expect(scene.state().presence == .present)
        #expect(scene.state().quarantined.map(\.reason) == [.notOwner] && scene.state().quarantined[0].point == refused)
        scene.delete(olga, seen: [birth, said, refused])
        #expect(scene.state().presence == .deleted)

        let free = RecordScene(.theme, in: .square)
        let pen = free.pen(2)
        let only = free.create(free.pen(1))
        free.delete(pen, seen: [only])
        #expect(free.state().presence == .deleted)
    }
}
