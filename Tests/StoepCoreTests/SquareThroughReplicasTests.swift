import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// What a volunteer and the owner of a theme write apart in the square, and what both have of it then.
@Suite struct SquareThroughReplicasTests {
    private let today = "2026-11-21"

    private func founded(_ seed: UInt64) throws -> (anna: Replica, olga: Replica, settle: () throws -> Void) {
        let space = try TestSpace(seed: seed)
        let stores = [try space.laptop("Anna"), try space.laptop("Olga", .owner, in: [])]
        try space.settle(stores)
        let replicas = try stores.map { store in
            Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
        }
        return (replicas[0], replicas[1], { try space.settle(stores) })
    }

    private func overview(_ replica: Replica) throws -> Overview { try replica.overview(OverviewRequest(today: today)) }

    @Test func `minutes that two write apart are one text, and who led the meetings is a figure for both`() throws {
        let (anna, olga, settle) = try founded(101)
        let trees = try olga.add(
            .meeting, [.set(Field.Meeting.title, "bomen"), .set(Field.Meeting.minutes, "Verslag.")])
        try settle()
        _ = try olga.edit(
            trees, [.set(Field.Meeting.minutes, "Olga zit voor. Verslag."), .set(Field.Meeting.chairedBy, "resident")])
        _ = try anna.edit(trees, [.set(Field.Meeting.minutes, "Verslag. Wij planten bomen.")])
        _ = try anna.rearrange(trees, [.add("water")])
        let energy = try anna.add(
            .meeting, [.set(Field.Meeting.title, "energie"), .set(Field.Meeting.chairedBy, "professional")])
        try settle()
        for replica in [anna, olga] {
            let view = try replica.view(trees)
            #expect(view.text(Field.Meeting.minutes) == "Olga zit voor. Verslag. Wij planten bomen.")
            #expect(view.members(Field.Meeting.agenda).map(\.text) == ["water"])
            let led = try overview(replica).meetings
            #expect(Set(led.map { $0.party }) == [.resident, .professional] && led.map { $0.count } == [1, 1])
            #expect(try replica.view(energy).name == "energie")
        }
    }

    @Test func `what one says was kept and another was broken is both, until somebody settles it`() throws {
        let (anna, olga, settle) = try founded(102)
        let lamp = try anna.add(
            .agreement,
            [
                .set(Field.Agreement.what, "lamp maken"), .set(Field.Agreement.promisedBy, "municipality"),
                .set(Field.Agreement.dueOn, "2026-11-20"),
            ])
        try settle()
        for replica in [anna, olga] {
            let due = try replica.due(through: today)
            #expect(due.map(\.record.id) == [lamp] && due.map(\.isMine) == [replica === anna])
            #expect(try overview(replica).overdue == 1)
        }
        _ = try anna.settle(lamp, .kept, on: today)
        _ = try olga.settle(lamp, .broken, on: today)
        try settle()
        for replica in [anna, olga] {
            let conflicts = try replica.conflicts()
            #expect(conflicts.map(\.field) == ["outcome"])
            #expect(Set(conflicts[0].values.map(\.text)) == ["kept", "broken"])
            #expect(try replica.due(through: nil).isEmpty)
        }
        _ = try olga.resolve(lamp, field: "outcome", .value("broken"))
        try settle()
        for replica in [anna, olga] {
            let figures = try overview(replica)
            #expect(figures.broken == 1 && figures.kept == 0 && figures.open == 0)
            #expect(try replica.view(lamp).text(Field.Agreement.promisedBy) == "municipality")
        }
    }

    @Test func `a round is closed with what two learnt, and the round after it shows that to everybody`() throws {
        let (anna, olga, settle) = try founded(103)
        let autumn = try anna.add(
            .round, [.set(Field.Round.title, "najaar"), .set(Field.Round.startsOn, "2026-09-01")])
        _ = try anna.edit(autumn, [.set(Field.Round.learnt, "Luister langer.")])
        try settle()
        _ = try anna.edit(
            autumn, [.set(Field.Round.learnt, "Luister langer. Vraag door."), .set(Field.Round.closedOn, "2026-10-31")])
        _ = try olga.edit(autumn, [.set(Field.Round.learnt, "Bel eerst aan. Luister langer.")])
        let winter = try olga.add(
            .round, [.set(Field.Round.title, "winter"), .set(Field.Round.startsOn, "2026-11-01")])
        #expect(try olga.roundsBefore(winter).isEmpty, "she does not know yet that it is closed")
        try settle()
        for replica in [anna, olga] {
            let before = try replica.roundsBefore(winter)
            #expect(before.map(\.id) == [autumn])
            #expect(before.map { $0.text(Field.Round.learnt) } == ["Bel eerst aan. Luister langer. Vraag door."])
            #expect(try replica.roundsBefore(autumn).isEmpty)
        }
    }

    @Test func `a theme that is split by one and goes on as another for the other is both, and can be taken back`()
        throws
    {
        let (anna, olga, settle) = try founded(104)
        let (trees, green) = (try anna.addTheme("bomen"), try anna.addTheme("groen"))
        var draft = ConversationDraft()
        draft.themes = ["bomen"]
        _ = try anna.record(draft)
        try settle()
        let water = try anna.split(green.id, off: "water")
        _ = try olga.merge(trees.id, into: green.id)
        // The same theme born on both is one.
        #expect(try olga.addTheme("Water").id == water.id)
        try settle()
        for replica in [anna, olga] {
            #expect(try replica.themes().map { $0.name.lowercased() }.sorted() == ["groen", "water"])
            #expect(try replica.view(water.id).record(Field.Theme.splitFrom) == green.id)
        }
        #expect(try anna.themes().first { $0.id == green.id }?.conversations == 1)
        #expect(try olga.themes().first { $0.id == green.id }?.conversations == 0, "she sees no conversation")
        _ = try olga.undo(trees.id)
        try settle()
        #expect(try anna.themes().first { $0.id == trees.id }?.conversations == 1)
    }

    @Test func `what two verify and link apart stands together, and who is missing is seen by both`() throws {
        let (anna, olga, settle) = try founded(105)
        let ids = try [("koor", "neighbourhood"), ("tuin", "education"), ("club", "business")].map { name, partner in
            try anna.add(
                .initiative,
                [
                    .set(Field.Initiative.name, name), .set(Field.Initiative.partner, partner),
                    .add(Field.Initiative.themes, ["zang"]),
                ])
        }
        #expect(try anna.partnerGrid().rows.map(\.missing) == [[.research, .government]])
        try settle()
        _ = try anna.link(ids[0], ids[1])
        _ = try olga.link(ids[1], ids[2])
        _ = try olga.edit(ids[1], [.set(Field.Initiative.verifiedOn, today)])
        _ = try anna.edit(ids[1], [.set(Field.Initiative.description, "Elke dinsdag.")])
        try settle()
        for replica in [anna, olga] {
            let garden = try replica.view(ids[1])
            #expect(garden.members(Field.Initiative.links).map(\.text) == ["club", "koor"])
            #expect(garden.text(Field.Initiative.verifiedOn) == today)
            #expect(garden.text(Field.Initiative.description) == "Elke dinsdag.")
            #expect(try replica.partnerGrid().rows.map(\.missing) == [[.research, .government]])
        }
    }

    @Test func `an offer waits for what it lacks on both laptops, until somebody says that it is there`() throws {
        let (anna, olga, settle) = try founded(107)
        let offer = try olga.add(
            .offer,
            [
                .set(Field.Offer.what, "zorgen voor vijf buren"), .set(Field.Offer.capacity, "5"),
                .add(Field.Offer.conditions, ["ov-kaart", "weten van alzheimer"]), .add(Field.Offer.themes, ["zorg"]),
            ])
        #expect(try olga.blockedOffers(on: today).map(\.condition) == ["ov-kaart", "weten van alzheimer"])
        let needs = try ["boodschappen", "wandelen"].map {
            try anna.add(.need, [.set(Field.Need.what, $0), .add(Field.Need.themes, ["zorg"])])
        }
        try settle()
        #expect(throws: ReplicaError.self) { try anna.match(offer, needs[0], on: today) }
        _ = try olga.edit(offer, [.add(Field.Offer.fulfilled, ["ov-kaart"])])
        _ = try anna.edit(offer, [.add(Field.Offer.fulfilled, ["Weten van Alzheimer"])])
        #expect(try anna.blockedOffers(on: today).map(\.condition) == ["ov-kaart"])
        try settle()
        _ = try anna.match(offer, needs[0], share: 4, on: today)
        try settle()
        for replica in [anna, olga] {
            #expect(try replica.blockedOffers(on: today).isEmpty)
            let left = try replica.suggestions(on: today).suggestions
            #expect(left.map(\.need.id) == [needs[1]] && left.map(\.left) == [1])
            #expect(throws: ReplicaError.self) { try replica.match(offer, needs[1], share: 2, on: today) }
        }
    }

    @Test func `what an observer's laptop writes into the square counts nowhere`() throws {
        let space = try TestSpace(seed: 106)
        let (store, oscar) = (try space.laptop("Anna"), try space.laptop("Oscar", .observer, in: []))
        try space.settle([store])
        let named: [(CollectionNumber, FieldNumber)] = [
            (.question, Field.Question.wording), (.meeting, Field.Meeting.title), (.agreement, Field.Agreement.what),
            (.round, Field.Round.title), (.initiative, Field.Initiative.name), (.offer, Field.Offer.what),
            (.need, Field.Need.what),
        ]
        // No roster has told this laptop yet what it may do.
        let edits = named.map { collection, name in
            RecordEdit(log: .square, target: .new(collection), fields: [.set(name, .text("x"))])
        }
        try oscar.save(edits + [.theme("groen")])
        try space.settle([oscar, store])
        #expect(try space.hub.status().quarantined > 0)
        let anna = Replica(
            store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
        for (collection, _) in named {
            #expect(try anna.records(of: collection).isEmpty, "\(collection)")
            #expect(try space.hub.read { try space.hub.records(of: collection) }.isEmpty, "\(collection)")
        }
        #expect(try anna.themes().isEmpty)
    }
}
