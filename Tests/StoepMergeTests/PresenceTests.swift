import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@Suite struct PresenceTests {
    private let place = Field.Conversation.place
    private let scene = RecordScene(.conversation, in: .street)
    private let authority: RecordScene.Pen
    private let anna: RecordScene.Pen
    private let bram: RecordScene.Pen
    private let coor: RecordScene.Pen

    init() {
        (authority, anna, bram, coor) = (scene.pen(0), scene.pen(1), scene.pen(2), scene.pen(3))
        scene.coordinators = [coor.member!]
    }

    @discardableResult
    private func edit(_ pen: RecordScene.Pen) -> ChangePoint {
        scene.write(pen) { _ in [.write(place, .text("hier"), overwrites: [])] }
    }

    private func words(_ pen: RecordScene.Pen) -> ChangePoint {
        scene.write(pen) { _ in [.edit(Field.Conversation.words, TextDelta(beginning: "woorden"))] }
    }

    @discardableResult
    private func erase(_ pen: RecordScene.Pen, for successor: RecordID? = nil) -> ChangePoint {
        scene.write(pen) { _ in [.eraseRecord(successor: successor)] }
    }

    // MARK: Deleting

    @Test func `what was deleted as everybody had it is gone, with its fields kept`() {
        let birth = scene.create(anna)
        let seen = edit(bram)
        scene.delete(bram, seen: [birth, seen])
        let state = scene.state()
        #expect(state.presence == .deleted)
        #expect(!state.isListed)
        #expect(state.value(place) == .text("hier"))
        #expect(scene.state(scene.blocks.reversed() + scene.blocks) == state)
    }

    @Test func `an edit that the delete did not see revives the record, and is named`() {
        let birth = scene.create(anna)
        scene.delete(bram, seen: [birth])
        let edit = edit(anna)
        #expect(scene.state().presence == .revived(by: [edit]))
        #expect(scene.state().isListed)
        #expect(scene.state().value(place) == .text("hier"))
    }

    @Test func `delete, edit, delete again`() {
        let birth = scene.create(anna)
        scene.delete(bram, seen: [birth])
        let edit = edit(anna)
        let again = scene.delete(bram, seen: [edit])
        #expect(scene.state().presence == .deleted)
        scene.masked[again] = .role
        #expect(scene.state().presence == .revived(by: [edit]))
    }

    @Test func `two who delete at once, each having seen another edit, delete it together`() {
        let birth = scene.create(anna)
        let one = edit(anna)
        let other = edit(bram)
        scene.delete(anna, seen: [one])
        #expect(scene.state().presence == .revived(by: [other]))
        scene.delete(bram, seen: [birth, other])
        #expect(scene.state().presence == .deleted)
    }

    @Test func `a delete revives nothing, nor does a masked edit or one that may not be made`() {
        let birth = scene.create(anna)
        scene.delete(bram, seen: [birth])
        scene.delete(coor, seen: [birth])
        let masked = edit(anna)
        scene.masked[masked] = .beyondCut
        scene.write(bram) { _ in [.edit(Field.Conversation.words, TextDelta(beginning: "andermans"))] }
        scene.write(bram) { _ in [.add(place, .text("geen verzameling"))] }
        #expect(scene.state().presence == .deleted)
    }

    @Test func `a field or kind that this version does not know revives it: it may be an edit`() {
        let birth = scene.create(anna)
        scene.delete(bram, seen: [birth])
        let unknown = scene.write(anna) { _ in [.unknown([0x82, 0x18, 0x63, 0x01])] }
        let field = scene.write(anna) { _ in [.write(FieldNumber(rawValue: 99), .bool(true), overwrites: [])] }
        #expect(scene.state().presence == .revived(by: [unknown, field]))
        #expect(scene.state().unknown == 2)
    }

    @Test func `of two branches a delete covers the one whose end it names`() {
        let birth = scene.create(anna)
        let clone = scene.branch(of: anna)
        let (one, other) = (edit(anna), edit(clone))
        scene.delete(bram, seen: [one])
        #expect(scene.state().presence == .revived(by: [other]))
        scene.delete(bram, seen: [other])
        #expect(scene.state().presence == .deleted)
        #expect(scene.state().creation?.point == birth)
    }

    @Test func `a delete that names the longer of two branches does not cover the shorter by its number`() {
        scene.create(anna)
        let clone = scene.branch(of: anna)
        edit(anna)
        let end = edit(anna)
        let other = edit(clone)
        #expect(other.seq < end.seq)
        scene.delete(bram, seen: [end])
        #expect(scene.state().presence == .revived(by: [other]))
    }

    @Test func `a delete waits for what it names, so that a made-up point covers nothing`() {
        scene.create(anna)
        let made = ChangePoint(actor: anna.actor, seq: 1 << 40, check: 5)
        scene.delete(bram, seen: [made])
        edit(anna)
        #expect(scene.state().presence == .present)
        #expect(scene.state().pending == 1)
        let late = edit(coor)
        scene.delete(bram, seen: [anna.end!, late])
        let without = scene.state(scene.blocks.filter { $0.point != late })
        #expect(without.presence == .present)
        #expect(without.pending == 2)
        #expect(scene.state().presence == .deleted)
    }

    @Test func `what the block that deletes says besides is deleted where it names itself`() {
        let birth = scene.create(anna)
        let deletes = scene.write(bram) { table in
            [.write(place, .text("weg"), overwrites: []), .deleteRecord(heads: [table.entry(birth)])]
        }
        #expect(scene.state().presence == .revived(by: [deletes]))
        scene.write(coor) { table in
            _ = (table.entry(birth), table.entry(deletes))
            return [.write(place, .text("weg"), overwrites: []), .deleteRecord(heads: [0, 1, 2])]
        }
        #expect(scene.state().presence == .deleted)
    }

    @Test func `a resident's own words are deleted by their member or the authority alone`() {
        scene.create(anna)
        let words = words(anna)
        for pen in [bram, coor] {
            let delete = scene.delete(pen, seen: [words])
            #expect(scene.state().presence == .present)
            #expect(scene.state().quarantined.last?.point == delete)
            #expect(scene.state().quarantined.last?.reason == .notCreator)
        }
        let own = scene.delete(anna, seen: [words])
        #expect(scene.state().presence == .deleted)
        scene.masked[own] = .beyondCut
        scene.delete(authority, seen: [words])
        #expect(scene.state().presence == .deleted)
    }

    // MARK: Erasing

    @Test func `what the authority erased stays erased, whatever else comes`() {
        scene.create(anna)
        let successor = RecordID(Bytes16(high: 2, low: 2))
        erase(authority, for: successor)
        edit(anna)
        erase(authority)
        let state = scene.state()
        #expect(state.presence == .erased(successor: successor))
        #expect(state.collection == nil && state.fields.isEmpty && state.creation == nil && !state.isListed)
        #expect(state.quarantined.isEmpty && state.pending == 0)
    }

    @Test func `an erased record is the same whether or not its bodies are here`() {
        scene.create(anna)
        edit(anna)
        scene.write(bram) { _ in [.add(place, .text("geen verzameling"))] }
        let erasure = erase(authority)
        let purged = scene.blocks.map { block in
            block.point == erasure
                ? block
                : RecordBlock(
                    point: block.point, index: block.index, lamport: block.lamport, time: block.time,
                    subject: block.subject, content: .missing)
        }
        #expect(scene.state(purged) == scene.state())
        #expect(scene.state(purged.filter { $0.point == erasure }) == scene.state())
        #expect(scene.state().missing == 0)
    }

    @Test func `the authority need not know what a record was to erase it`() {
        scene.create(anna)
        scene.write(authority, as: .theme) { _ in [.eraseRecord(successor: nil)] }
        #expect(scene.state().presence == .erased(successor: nil))
    }

    @Test func `its creator's and a coordinator's erasure hides until it is countersigned`() {
        for pen in [anna, coor] {
            let scene = RecordScene(.conversation, in: .street)
            scene.coordinators = [coor.member!]
            let own = [scene.pen(0), scene.pen(1), scene.pen(3)]
            scene.create(own[1])
            scene.write(own[1]) { _ in [.write(place, .text("hier"), overwrites: [])] }
            let mine = own.first { $0.member == pen.member }!
            let erase = scene.write(mine) { _ in [.eraseRecord(successor: nil)] }
            #expect(scene.state().presence == .hidden)
            #expect(!scene.state().isListed)
            #expect(scene.state().value(place) == .text("hier"))
            // A cut takes it back while the authority has not erased; then nothing does.
            scene.masked[erase] = .beyondCut
            #expect(scene.state().presence == .present)
            scene.write(own[0]) { _ in [.eraseRecord(successor: nil)] }
            #expect(scene.state().presence == .erased(successor: nil))
        }
    }

    @Test func `a stranger's erasure is masked`() {
        scene.create(anna)
        let erase = erase(bram)
        let state = scene.state()
        #expect(state.presence == .present)
        #expect(state.quarantined == [Quarantined(point: erase, block: 0, offset: 0, reason: .notCreator)])
    }

    @Test func `an erasure finds the creator in the header where the creating body is missing`() {
        scene.create(anna, missing: true)
        let stranger = erase(bram)
        #expect(scene.state().presence == .present)
        #expect(scene.state().quarantined.map(\.point) == [stranger])
        erase(anna)
        #expect(scene.state().presence == .hidden)
        #expect(scene.state().missing == 1)
    }

    @Test func `where nobody knows who created it, an erasure waits`() {
        let birth = scene.create(anna)
        erase(anna)
        let without = scene.state(scene.blocks.filter { $0.point != birth })
        #expect(without.presence == .present)
        #expect(without.pending == 1)
        #expect(without.quarantined.isEmpty)
        #expect(scene.state().presence == .hidden)
    }

    @Test func `hidden outlasts deleted, and erased both`() {
        let birth = scene.create(anna)
        scene.delete(anna, seen: [birth])
        erase(anna)
        #expect(scene.state().presence == .hidden)
        erase(authority)
        #expect(scene.state().presence == .erased(successor: nil))
    }
}
