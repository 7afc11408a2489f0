import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// Themes, tallies, offers and initiatives as a client sees them.
@Suite struct SquareThroughReplicaTests {
    private let today = "2026-11-21"

    private func replica(_ store: Store) throws -> Replica {
        let member = try #require(try store.owner(of: store.keys.publicKey))
        return Replica(store.configuration.directory, store, member)
    }

    private func tally(_ log: LogID, _ key: String, _ approached: Int64, ending: RecordEdit.Ending? = nil) -> RecordEdit {
        RecordEdit(
            log: log, target: .natural(.tally, key: key),
            fields: [
                .set(Field.Tally.area, .text("north")), .set(Field.Tally.day, .text(today)),
                .count(Field.Tally.approached, approached),
            ])
    }

    @Test func `a tally of one area and day in two streets is two, and neither hides the other`() throws {
        let space = try TestSpace(seed: 71, partitions: ["north", "south"])
        let store = try space.laptop("Anna", .coordinator)
        try space.settle([store])
        let (north, south) = (LogID.street("north")!, LogID.street("south")!)
        try store.save([tally(north, "north/\(today)", 7), tally(south, "north/\(today)", 5)])
        let replica = try replica(store)
        let counts = { try replica.tallies(area: nil).map { tally -> Int64 in
            if case .count(let count)? = tally[Field.Tally.approached] { count } else { 0 }
        }.sorted() }
        #expect(try counts() == [5, 7])
        let id = store.naturalID(.tally, "north/\(today)")
        try store.save([RecordEdit(log: south, target: .existing(id), fields: [], ending: .delete)])
        #expect(try counts() == [7], "what was deleted in one street stands in the other")
    }

    @Test func `a theme that goes on as another is counted with it, until that is taken back`() throws {
        let space = try TestSpace(seed: 72)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let (trees, green) = (try replica.addTheme("bomen"), try replica.addTheme("groen"))
        var draft = ConversationDraft()
        for themes in [["bomen"], ["groen"], ["bomen", "groen"]] {
            draft.themes = themes
            _ = try replica.record(draft)
        }
        _ = try replica.add(.initiative, [.set(Field.Initiative.name, "tuin"), .add(Field.Initiative.themes, ["bomen"])])
        let separate = try replica.themes().map { [$0.name, "\($0.conversations)"] }
        #expect(separate == [["bomen", "2"], ["groen", "2"]])
        #expect(try replica.merge(trees.id, into: green.id))
        #expect(try replica.themes().map { [$0.name, "\($0.conversations)"] } == [["groen", "3"]])
        var request = RecordRequest()
        for name in ["groen", "bomen"] {
            request.theme = name
            #expect(try replica.records(of: .initiative, request).map(\.name) == ["tuin"])
        }
        #expect(throws: ReplicaError.self) { try replica.merge(green.id, into: green.id) }
        // Somebody merges them the other way: nothing goes round and round, and one stands for both.
        _ = try replica.merge(green.id, into: trees.id)
        #expect(try replica.themes().map(\.conversations) == [3])
        _ = try replica.undo(green.id)
        #expect(try replica.view(green.id)[Field.Theme.mergedInto] == nil, "it goes on as itself")
        _ = try replica.undo(trees.id)
        #expect(try replica.themes().map { [$0.name, "\($0.conversations)"] } == separate)
    }

    @Test func `a theme is split off in one change, and says of which`() throws {
        let space = try TestSpace(seed: 73)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let green = try replica.addTheme("groen")
        let trees = try replica.split(green.id, off: "bomen")
        #expect(try replica.view(trees.id).record(Field.Theme.splitFrom) == green.id)
        #expect(try replica.history(of: trees.id).count == 1)
    }

    @Test func `initiatives are linked from both sides or not at all`() throws {
        let space = try TestSpace(seed: 74)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let ids = try ["koor", "tuin"].map { try replica.add(.initiative, [.set(Field.Initiative.name, $0)]) }
        let links = { try ids.map { try replica.view($0).members(Field.Initiative.links).map(\.text) } }
        #expect(try replica.link(ids[0], ids[1]))
        #expect(try links() == [["tuin"], ["koor"]])
        #expect(try !replica.link(ids[1], ids[0]), "it is said already")
        #expect(try replica.link(ids[1], ids[0], linked: false))
        #expect(try links() == [[], []])
        try replica.delete(ids[1])
        #expect(throws: ReplicaError.self) { try replica.link(ids[0], ids[1]) }
        #expect(try replica.view(ids[0]).members(Field.Initiative.links).isEmpty)
        #expect(throws: ReplicaError.self) { try replica.link(ids[0], ids[0]) }
    }

    @Test func `what is closed or was good until yesterday is neither suggested nor matched`() throws {
        let space = try TestSpace(seed: 75)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let offer = try replica.add(
            .offer, [.set(Field.Offer.what, "samen wandelen"), .set(Field.Offer.until, "2026-11-30")])
        let need = try replica.add(.need, [.set(Field.Need.what, "iemand om mee te wandelen")])
        #expect(try replica.suggestions(on: "2026-11-30").count == 1)
        #expect(try replica.suggestions(on: "2026-12-01").count == 0)
        #expect(throws: ReplicaError.self) { try replica.match(offer, need, on: "2026-12-01") }
        let (match, changed) = try replica.match(offer, need, on: today)
        #expect(changed)
        #expect(try replica.match(offer, need, on: today) == (match, false), "it is one already")
        // One that was declined is taken up again, as far as there is enough.
        _ = try replica.edit(match, [.set(Field.Match.progress, "declined")])
        #expect(try replica.match(offer, need, on: today) == (match, true))
        #expect(try replica.view(match).integer(Field.Match.progress) == Progress.accepted.rawValue)
        _ = try replica.edit(match, [.set(Field.Match.progress, "ended")])
        _ = try replica.edit(need, [.set(Field.Need.closedOn, today)])
        #expect(throws: ReplicaError.self) { try replica.match(offer, need, on: today) }
    }

    @Test func `shares that add up to more than there are numbers leave nothing of an offer`() throws {
        let space = try TestSpace(seed: 76)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let offer = try replica.add(.offer, [.set(Field.Offer.what, "wandelen"), .set(Field.Offer.capacity, "5")])
        let needs = try (0..<3).map { try replica.add(.need, [.set(Field.Need.what, "wandelen \($0)")]) }
        let matches = try needs.prefix(2).map { try replica.match(offer, $0, on: today).id }
        for (match, share) in zip(matches, [Int64.max, 2]) {
            _ = try replica.edit(match, [.set(Field.Match.share, "\(share)")])
        }
        #expect(try replica.suggestions(on: today).count == 0)
        #expect(throws: ReplicaError.self) { try replica.match(offer, needs[2], on: today) }
    }

    @Test func `the first of the questions that are carried along is found behind others`() throws {
        let space = try TestSpace(seed: 77)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let ids = try ["waarom?", "hoezo?", "wanneer?"].map { try replica.add(.question, [.set(Field.Question.wording, $0)]) }
        var draft = ConversationDraft()
        for question in ["waarom?", "hoezo?"] {
            draft.questions = [AskedQuestion(question, answer: nil)]
            _ = try replica.record(draft)
        }
        _ = try replica.carry(ids[2], true)
        var request = RecordRequest()
        request.limit = 1
        #expect(try replica.questions(request, onlyCarried: true).map(\.question.name) == ["wanneer?"])
        #expect(try replica.questions(request).map(\.question.name) != ["wanneer?"])
    }

    @Test func `a number has no empty value, and nothing is dropped in silence`() throws {
        let space = try TestSpace(seed: 78)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let replica = try replica(store)
        let offer = try replica.add(.offer, [.set(Field.Offer.what, "wandelen"), .set(Field.Offer.capacity, "5")])
        #expect(throws: ReplicaError.self) { try replica.edit(offer, [.set(Field.Offer.capacity, "")]) }
        #expect(try replica.edit(offer, [.set(Field.Offer.what, "fietsen")]))
        #expect(try replica.view(offer).integer(Field.Offer.capacity) == 5)
    }
}
