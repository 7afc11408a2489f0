import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import StoepWire
import Testing

/// What was done to a record, and taking it back, in real stores that sync.
@Suite struct UndoTests {
    private typealias Talk = Field.Conversation
    private let north = LogID.street("north")!

    private struct Pair {
        let space: TestSpace
        let anna: Store
        let bram: Store
        let talk: RecordID

        func settle() throws { try space.settle([anna, bram]) }
    }

    private func pair(_ seed: UInt64, observation: String = "") throws -> Pair {
        let space = try TestSpace(seed: seed)
        let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
        try space.settle([anna, bram])
        let talk = try anna.save([.conversation("de huur is te hoog", observation: observation)])[0]
        try space.settle([anna, bram])
        return Pair(space: space, anna: anna, bram: bram, talk: talk)
    }

    private func last(_ store: Store) throws -> ChangePoint {
        let actor = try store.read { try store.currentActor() }
        return try #require(try store.heads(north).last { $0.actor == actor }).point
    }

    /// Takes back a change; what it leaves as it is.
    @discardableResult
    private func undo(_ store: Store, _ point: ChangePoint) throws -> [UndoPlan.Kept] {
        try store.write {
            let plans = try store.undoPlans(point, in: north)
            _ = try store.undoInTransaction(plans, in: north)
            return plans.flatMap(\.plan.kept)
        }
    }

    private func observation(_ store: Store, _ talk: RecordID) throws -> String {
        try store.seen(talk).text(Talk.observation)
    }

    @Test func `a value goes back to what it replaced, and to nothing where there was nothing`() throws {
        let all = try pair(1)
        try all.anna.save([.edit(all.talk, [.set(Talk.place, .text("bij de kerk"))])])
        let first = try last(all.anna)
        try all.anna.save([.edit(all.talk, [.set(Talk.place, .text("bij de school"))])])
        #expect(try undo(all.anna, last(all.anna)) == [])
        #expect(try all.anna.seen(all.talk).values(Talk.place).map(\.value) == [.text("bij de kerk")])
        // The first is overwritten since: by the undo itself.
        #expect(try undo(all.anna, first) == [.init(field: Talk.place, reason: .overwritten)])
        let undo = try last(all.anna)
        #expect(try self.undo(all.anna, undo) == [])
        #expect(try all.anna.seen(all.talk).value(Talk.place) == .text("bij de school"))
        try all.anna.save([.edit(all.talk, [.set(Talk.minutes, .integer(5)), .set(Talk.language, .text("nl"))])])
        #expect(try self.undo(all.anna, last(all.anna)) == [.init(field: Talk.minutes, reason: .nothingBefore)])
        #expect(try all.anna.seen(all.talk).value(Talk.language) == .text(""))
        #expect(try all.anna.seen(all.talk).value(Talk.minutes) == .integer(5))
    }

    @Test func `a later value by somebody else stays, and a conflict that was settled comes back`() throws {
        let all = try pair(2)
        try all.anna.save([.edit(all.talk, [.set(Talk.place, .text("hier"))])])
        try all.bram.save([.edit(all.talk, [.set(Talk.place, .text("daar"))])])
        try all.settle()
        try all.anna.save([.edit(all.talk, [.set(Talk.place, .text("hier, zeker"))])])
        let settled = try last(all.anna)
        try all.settle()
        #expect(try undo(all.anna, settled) == [])
        try all.settle()
        for store in [all.anna, all.bram] {
            #expect(Set(try store.seen(all.talk).values(Talk.place).map(\.value)) == [.text("hier"), .text("daar")])
        }
        try all.bram.save([.edit(all.talk, [.set(Talk.place, .text("ginds"))])])
        try all.settle()
        #expect(try undo(all.anna, last(all.anna)) == [.init(field: Talk.place, reason: .overwritten)])
        #expect(try all.anna.seen(all.talk).values(Talk.place).map(\.value) == [.text("ginds")])
    }

    @Test func `members come and go back`() throws {
        let all = try pair(3)
        let (green, care, rent) = (
            RecordID(Bytes16(high: 0, low: 1)), RecordID(Bytes16(high: 0, low: 2)), RecordID(Bytes16(high: 0, low: 3))
        )
        func themes(_ store: Store) throws -> [Value] { try store.seen(all.talk).members(Talk.themes).map(\.value) }
        try all.bram.save([.edit(all.talk, [.add(Talk.themes, [.record(green)])])])
        try all.settle()
        try all.anna.save([
            .edit(all.talk, [.add(Talk.themes, [.record(care), .record(rent)]), .remove(Talk.themes, [.record(green)])])
        ])
        let change = try last(all.anna)
        // Bram says the same of one of them, without knowing.
        try all.bram.save([.edit(all.talk, [.add(Talk.themes, [.record(rent)])])])
        try all.settle()
        #expect(try undo(all.anna, change) == [.init(field: Talk.themes, reason: .others)])
        try all.settle()
        #expect(try themes(all.bram) == [.record(green), .record(rent)])
        try undo(all.anna, last(all.anna))
        try all.settle()
        #expect(try themes(all.bram) == [.record(care), .record(rent)])
        #expect(try all.space.hashes(all.anna) == all.space.hashes(all.bram))
    }

    @Test func `inserted text goes, and what others wrote in the middle of it stays`() throws {
        let all = try pair(4, observation: "regen.")
        try all.anna.save([.edit(all.talk, [.text(Talk.observation, "veel wind en regen.")])])
        let change = try last(all.anna)
        try all.settle()
        try all.bram.save([.edit(all.talk, [.text(Talk.observation, "veel koude wind en regen, zei hij.")])])
        try all.settle()
        #expect(try undo(all.anna, change) == [])
        try all.settle()
        for store in [all.anna, all.bram] { #expect(try observation(store, all.talk) == "koude regen, zei hij.") }
        // Taking that back puts the words in again, around what stands between them.
        try undo(all.anna, last(all.anna))
        try all.settle()
        for store in [all.anna, all.bram] {
            #expect(try observation(store, all.talk) == "veel koude wind en regen, zei hij.")
        }
    }

    @Test func `deleted text comes back in its place, once, and not what another deleted as well`() throws {
        let all = try pair(5, observation: "een twee drie vier vijf")
        try all.anna.save([.edit(all.talk, [.text(Talk.observation, "een vijf")])])
        let change = try last(all.anna)
        try all.bram.save([.edit(all.talk, [.text(Talk.observation, "een twee drie extra vier vijf")])])
        try all.settle()
        #expect(try observation(all.anna, all.talk) == "een extra vijf")
        let kept = try undo(all.anna, change)
        #expect(kept.isEmpty)
        try all.settle()
        for store in [all.anna, all.bram] {
            #expect(try observation(store, all.talk) == "een twee drie extra vier vijf")
        }
        // Once more takes nothing back: it stands there already.
        let heads = try all.anna.heads(north)
        try undo(all.anna, change)
        #expect(try all.anna.heads(north) == heads)

        try all.anna.save([.edit(all.talk, [.text(Talk.observation, "een")])])
        try all.bram.save([.edit(all.talk, [.text(Talk.observation, "een twee extra")])])
        try all.settle()
        #expect(try undo(all.anna, last(all.anna)).contains(.init(field: Talk.observation, reason: .others)))
        try all.settle()
        #expect(try observation(all.bram, all.talk) == "een twee extra")
    }

    @Test func `a replaced word is put back, and an undo of the undo replaces it again`() throws {
        let all = try pair(6, observation: "zij wil meer groen en rust")
        try all.anna.save([.edit(all.talk, [.text(Talk.observation, "zij wil meer licht en rust")])])
        for expected in ["zij wil meer groen en rust", "zij wil meer licht en rust", "zij wil meer groen en rust"] {
            try undo(all.anna, last(all.anna))
            #expect(try observation(all.anna, all.talk) == expected)
        }
        try all.settle()
        #expect(try observation(all.bram, all.talk) == "zij wil meer groen en rust")
    }

    @Test func `joining and taking apart are undone like anything else`() throws {
        let all = try pair(7)
        let persons = try all.anna.save(
            ["een", "twee"].map {
                RecordEdit(log: north, target: .new(.person), fields: [.set(Field.Person.alias, .text($0))])
            })
        func group() throws -> Int { try all.anna.read { try all.anna.group(of: persons[0]).count } }
        try all.anna.join(persons[0], persons[1])
        try undo(all.anna, last(all.anna))
        #expect(try group() == 1)
        try undo(all.anna, last(all.anna))
        #expect(try group() == 2)
        #expect(try all.anna.status().conflicts == 0)
        try all.anna.separate(persons[1])
        try undo(all.anna, last(all.anna))
        #expect(try group() == 2)
    }

    // MARK: History

    @Test func `the history says who changed what, from what to what, and what does not count`() throws {
        let all = try pair(8, observation: "regen")
        try all.anna.save([.edit(all.talk, [.set(Talk.place, .text("hier")), .text(Talk.observation, "harde regen")])])
        try all.bram.save([.edit(all.talk, [.set(Talk.place, .text("daar"))])])
        try all.settle()
        try all.bram.save([.edit(all.talk, [.set(Talk.place, .text("ginds")), .text(Talk.observation, "harde wind")])])
        // Against the rules: only who heard the words may change them.
        var author = RawAuthor(all.space, log: north, key: all.bram.keys.signing)
        try author.append(
            [.about(all.talk, .conversation, [.edit(Talk.words, TextDelta(beginning: "nee: "))])], lamport: 90)
        _ = try all.space.hub.take([[author.segment().packed()]])
        try all.settle()
        for store in [all.anna, all.bram] {
            let history = try store.read { try store.history(of: all.talk) }
            #expect(history.map(\.number) == [1, 2, 3, 4, 5])
            #expect(history[0].creates && history.count { $0.creates } == 1)
            let text = history[0].items.first { if case .text(Talk.words, _) = $0.content { true } else { false } }
            #expect(text?.content == .text(Talk.words, [TextChange(inserted: "de huur is te hoog")]))
            // The two that were written at once stand in the total order, the second beside the first.
            let places = history[1...2].flatMap(\.items).map(\.content)
            let (first, second) = (
                places.contains(.register(Talk.place, from: [], beside: [], to: .text("hier"))),
                places.contains(.register(Talk.place, from: [], beside: [.text("hier")], to: .text("daar")))
            )
            let (third, fourth) = (
                places.contains(.register(Talk.place, from: [], beside: [], to: .text("daar"))),
                places.contains(.register(Talk.place, from: [], beside: [.text("daar")], to: .text("hier")))
            )
            #expect(first && second || third && fourth)
            guard case .register(Talk.place, let from, [], .text("ginds")) = history[3].items[0].content else {
                Issue.record("\(history[3])")
                return
            }
            #expect(Set(from) == [.text("hier"), .text("daar")])
            #expect(
                history[3].items[1].content
                    == .text(Talk.observation, [TextChange(before: "harde ", deleted: "regen", inserted: "wind")]))
            #expect(
                history[4].items == [
                    HistoryItem(content: .text(Talk.words, [TextChange(inserted: "nee: ")]), masked: .notCreator)
                ])
        }
        #expect(
            try all.anna.read { try all.anna.history(of: all.talk) }
                == all.bram.read { try all.bram.history(of: all.talk) })
    }

    // MARK: Versions

    @Test func `an edit of a version that was opened keeps what came in meanwhile`() throws {
        let all = try pair(9, observation: "De fontein is stuk. Er is geen bankje.")
        let opened = try all.anna.read { try all.anna.open(all.talk) }
        let version = try all.anna.read { try all.anna.version(of: all.talk) }
        #expect(opened.version == version && version.utf8.count == 20)
        #expect(try all.bram.read { try all.bram.version(of: all.talk) } == version)
        try all.bram.save([
            .edit(all.talk, [.text(Talk.observation, "De fontein is al weken stuk. Er is geen bankje.")])
        ])
        try all.settle()
        #expect(try all.anna.read { try all.anna.version(of: all.talk) } != version)
        let again = try all.anna.read { try all.anna.open(all.talk, version: version) }
        #expect(again.state == opened.state)
        let text = "De fontein is stuk. Er is geen bankje in de schaduw."
        try all.anna.save([
            .edit(all.talk, [.textEdited(Talk.observation, text, opened: try #require(again.texts[Talk.observation]))])
        ])
        try all.settle()
        for store in [all.anna, all.bram] {
            #expect(try observation(store, all.talk) == "De fontein is al weken stuk. Er is geen bankje in de schaduw.")
        }
        // Bram's own store saw that version too; a token that nobody gave is refused.
        #expect(
            try all.bram.read { try all.bram.open(all.talk, version: version).state.text(Talk.observation) }
                == opened.state.text(Talk.observation))
        for wrong in ["", "00", String(version.dropLast()) + "x", version + "0", String(repeating: "0", count: 20)] {
            do {
                _ = try all.anna.read { try all.anna.open(all.talk, version: wrong) }
                Issue.record("\(wrong) was opened")
            } catch StoreError.unknownVersion {}
        }
    }
}
