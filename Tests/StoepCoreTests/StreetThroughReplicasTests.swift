import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// What two volunteers of one street write apart, and what both have of it then; and what an owner has of it: nothing.
@Suite struct StreetThroughReplicasTests {
    private let today = "2026-11-21"

    /// Two volunteers of one street and the owner of a theme, none of whom hears of the others but by settling.
    private struct Scene {
        let space: TestSpace
        let stores: [Store]
        let anna: Replica
        let ben: Replica
        let olga: Replica

        init(_ seed: UInt64) throws {
            space = try TestSpace(seed: seed)
            stores = [try space.laptop("Anna"), try space.laptop("Ben"), try space.laptop("Olga", .owner, in: [])]
            try space.settle(stores)
            try stores[0].save([
                RecordEdit(
                    log: .square, target: .natural(.area, key: "north"),
                    fields: [.set(Field.Area.code, .text("north")), .set(Field.Area.name, .text("Noord"))])
            ])
            try space.settle(stores)
            let replicas = try stores.map { store in
                Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
            }
            (anna, ben, olga) = (replicas[0], replicas[1], replicas[2])
        }

        func settle() throws { try space.settle(stores) }
    }

    private func record(_ replica: Replica, _ change: (inout ConversationDraft) -> Void = { _ in }) throws -> RecordID {
        var draft = ConversationDraft()
        draft.area = "north"
        change(&draft)
        switch try replica.record(draft) {
        case .saved(let id, _, _): return id
        case .keptAsDraft(let path, _, _): throw StoreError.busy(processID: 0, name: path)
        }
    }

    private func due(_ replica: Replica, mine: Bool = false) throws -> [RecordID] {
        try replica.due(through: nil, mine: mine).map(\.record.id)
    }

    @Test func `who heard somebody goes back, until a colleague takes over who reads what to know before`() throws {
        let scene = try Scene(91), (anna, ben) = (scene.anna, scene.ben)
        let talk = try record(anna) {
            $0.more = [.set(Field.Conversation.followUpOn, today), .set(Field.Conversation.handOver, "Bel twee keer.")]
        }
        #expect(try due(anna, mine: true) == [talk], "nobody else is named")
        try scene.settle()
        #expect(try due(ben) == [talk] && due(ben, mine: true) == [])
        // Apart: he takes it, she adds to what he should know.
        _ = try ben.edit(talk, [.set(Field.Conversation.followUpBy, "me")])
        _ = try anna.edit(talk, [.set(Field.Conversation.handOver, "Bel twee keer. Hij hoort slecht.")])
        try scene.settle()
        for replica in [anna, ben] {
            let view = try replica.view(talk)
            #expect(view.text(Field.Conversation.handOver) == "Bel twee keer. Hij hoort slecht.")
            #expect(view.text(Field.Conversation.followUpBy) == "Ben")
        }
        #expect(try due(anna, mine: true) == [] && due(ben, mine: true) == [talk])
        _ = try ben.edit(talk, [.set(Field.Conversation.followedUpOn, today)])
        try scene.settle()
        #expect(try due(anna) == [] && due(ben) == [] && due(scene.olga) == [])
    }

    @Test func `an objection that is written apart stands under what was said, and changes none of it`() throws {
        let scene = try Scene(98), (anna, ben) = (scene.anna, scene.ben)
        let talk = try record(anna) {
            $0.words = "Ze komen nooit."
            $0.observation = "Bij de bank."
        }
        try scene.settle()
        _ = try ben.reply(to: talk, "Gisteren kwamen ze.")
        _ = try ben.edit(talk, [.set(Field.Conversation.observation, "Bij de bank. Het regende.")])
        #expect(throws: ReplicaError.self) { try ben.edit(talk, [.set(Field.Conversation.words, "Ze komen altijd.")]) }
        _ = try anna.edit(talk, [.set(Field.Conversation.words, "Ze komen bijna nooit.")])
        #expect(throws: ReplicaError.self) { try scene.olga.reply(to: talk, "Nou.") }
        try scene.settle()
        for replica in [anna, ben] {
            let view = try replica.view(talk)
            #expect(view.text(Field.Conversation.words) == "Ze komen bijna nooit.")
            #expect(view.text(Field.Conversation.observation) == "Bij de bank. Het regende.")
            let replies = try replica.belongings(ofTalk: talk).replies
            #expect(replies.map { $0.text(Field.Reply.words) } == ["Gisteren kwamen ze."])
            #expect(replies.map(\.by.name) == ["Ben"])
        }
    }

    @Test func `what somebody wants to be called wins over what others call them, on every laptop`() throws {
        let scene = try Scene(92), (anna, ben) = (scene.anna, scene.ben), coat = "de man met de rode jas"
        let talk = try record(anna) { $0.persons = [coat] }
        let person = try anna.find(coat, of: .person)
        try scene.settle()
        _ = try ben.edit(person, [.set(Field.Person.calledA, "Henk")])
        try scene.settle()
        for replica in [anna, ben] {
            #expect(try replica.view(talk).members(Field.Conversation.persons).map(\.text) == ["Henk"])
            #expect(try replica.view(person).name == "Henk")
            for name in ["henk", coat] { #expect(try replica.find(name, of: .person) == person) }
        }
        // Whoever types it means him, as long as nobody has that alias.
        let second = try record(anna) { $0.persons = ["Henk"] }
        #expect(try anna.view(second).members(Field.Conversation.persons).map(\.value) == [.record(person)])
        let other = try ben.add(.person, [.set(Field.Person.alias, "Henk")])
        #expect(try ben.find("Henk", of: .person) == other)
        _ = try ben.edit(person, [.set(Field.Person.calledA, "")])
        try scene.settle()
        for replica in [anna, ben] { #expect(try replica.view(person).name == coat) }
        #expect(throws: ReplicaError.self) { try scene.olga.view(person) }
    }

    @Test func `one person gives and receives at once, and the square shows what, and not who`() throws {
        let scene = try Scene(93), (anna, ben, olga) = (scene.anna, scene.ben, scene.olga)
        let henk = try anna.add(.person, [.set(Field.Person.alias, "Henk"), .add(Field.Person.talents, ["koken"])])
        try scene.settle()
        let offer = try anna.add(.offer, [.set(Field.Offer.what, "samen koken"), .set(Field.Offer.area, "north")])
        _ = try anna.edit(henk, [.add(Field.Person.offers, [offer.description])])
        let need = try ben.add(.need, [.set(Field.Need.what, "hulp met brieven"), .set(Field.Need.area, "north")])
        _ = try ben.edit(henk, [.add(Field.Person.needs, [need.description])])
        try scene.settle()
        for replica in [anna, ben] {
            let view = try replica.view(henk)
            #expect(view.members(Field.Person.offers).map(\.value) == [.record(offer)])
            #expect(view.members(Field.Person.needs).map(\.value) == [.record(need)])
            #expect(view.members(Field.Person.talents).map(\.text) == ["koken"])
            #expect(try replica.links(to: need).map(\.collection.number) == [.person])
        }
        #expect(try olga.view(need).text(Field.Need.what) == "hulp met brieven")
        #expect(try olga.links(to: need).isEmpty && olga.records(of: .person).isEmpty)
        for replica in [anna, ben, olga] {
            let balance = try replica.overview(OverviewRequest(today: today)).balance
            #expect(
                balance.map { [$0.offers, $0.needs, $0.matches] } == [[1, 1, 0]] && balance[0].area?.name == "Noord")
        }
    }

    @Test func `a dilemma is put to people on two laptops, and what they would do is read together`() throws {
        let scene = try Scene(94), (anna, ben, olga) = (scene.anna, scene.ben, scene.olga)
        let dilemma = try anna.add(
            .question,
            [
                .set(Field.Question.wording, "Wat zou u doen?"),
                .set(Field.Question.description, "Uw buurman komt de deur niet meer uit."),
            ])
        try scene.settle()
        let times = [Timestamp(milliseconds: 1_790_000_000_000), Timestamp(milliseconds: 1_780_000_000_000)]
        for (replica, (time, answer)) in zip([anna, ben], zip(times, ["Aanbellen.", "Niets."])) {
            _ = try replica.carry(dilemma, true)
            #expect(try replica.carriedQuestions() == ["Wat zou u doen?"])
            _ = try record(replica) {
                $0.startedAt = time
                $0.questions = [AskedQuestion("wat zou u doen?", answer: answer)]
            }
            #expect(try replica.answers(to: dilemma).map(\.words) == [answer])
        }
        try scene.settle()
        for replica in [anna, ben] {
            #expect(try replica.answers(to: dilemma).map(\.words) == ["Aanbellen.", "Niets."], "the latest first")
            let summary = try #require(try replica.questions().first)
            #expect(summary.question.id == dilemma && summary.times == 2 && summary.answers == 2)
            #expect(
                summary.areas.map(\.name) == ["Noord"] && summary.since == times[1], "where and when it first came up")
            #expect(summary.question.text(Field.Question.description) == "Uw buurman komt de deur niet meer uit.")
        }
        let seen = try #require(try olga.questions().first)
        #expect(seen.question.id == dilemma && seen.times == 0 && seen.areas.isEmpty && seen.since == nil)
        #expect(try olga.answers(to: dilemma).isEmpty)
    }

    @Test func `a referral waits on every laptop of the street until one says who accepted it`() throws {
        let scene = try Scene(95), (anna, ben, olga) = (scene.anna, scene.ben, scene.olga)
        let talk = try record(anna)
        let referral = try anna.add(
            .referral,
            [
                .set(Field.Referral.what, "schulden"), .set(Field.Referral.to, "wijkteam"),
                .set(Field.Referral.conversation, talk.description),
            ])
        #expect(try due(anna) == [referral] && due(ben) == [])
        try scene.settle()
        #expect(try due(ben) == [referral])
        // One is told no, while the other has somebody: both stand there until people settle it.
        _ = try anna.decline(referral, nowTo: "maatjes", on: today)
        _ = try ben.edit(
            referral,
            [.set(Field.Referral.progress, "accepted"), .set(Field.Referral.acceptedBy, "buurthuis")])
        try scene.settle()
        for replica in [anna, ben] {
            #expect(try replica.conflicts().map(\.field).sorted() == ["acceptedBy", "progress"])
        }
        _ = try anna.resolve(referral, field: "progress", .value("accepted"))
        _ = try anna.resolve(referral, field: "acceptedBy", .value("buurthuis"))
        try scene.settle()
        for replica in [anna, ben] {
            #expect(try due(replica) == [] && replica.conflicts().isEmpty)
            #expect(try replica.view(referral).text(Field.Referral.acceptedBy) == "buurthuis")
        }
        #expect(try olga.records(of: .referral).isEmpty && due(olga) == [])
        #expect(throws: ReplicaError.self) { try olga.add(.referral, [.set(Field.Referral.what, "schulden")]) }
    }

    @Test func `where a colleague was is known after a sync, and whom to leave alone; an owner knows of neither`()
        throws
    {
        let scene = try Scene(96), (anna, ben, olga) = (scene.anna, scene.ben, scene.olga)
        _ = try record(anna) {
            $0.place = "Noordplein"
            $0.persons = ["Bea"]
        }
        let bea = try anna.find("Bea", of: .person)
        _ = try anna.edit(bea, [.set(Field.Person.doNotApproach, "true")])
        var here = Whereabouts()
        here.place = "noordplein"
        #expect(try ben.near(here).contacts.isEmpty)
        try scene.settle()
        let near = try ben.near(here)
        #expect(near.contacts.map(\.by.name) == ["Anna"] && near.notToApproach.map { $0.id } == [bea])
        #expect(near.restUntil != nil)
        let nothing = try olga.near(here)
        #expect(nothing.contacts.isEmpty && nothing.notToApproach.isEmpty && nothing.restUntil == nil)
        #expect(throws: ReplicaError.self) { try record(olga) { $0.place = "Noordplein" } }
        #expect(throws: ReplicaError.self) { try olga.count(approached: 1, declined: 0, area: "north", on: today) }
    }

    @Test func `what a resident is called and how long a street rests is the space's to say, and follows with a sync`()
        throws
    {
        let scene = try Scene(97), hub = scene.space.hub
        var here = Whereabouts()
        here.place = "Noordplein"
        #expect(try scene.ben.wordsForResident().one == nil && scene.ben.near(here).coolDownDays == 7)
        try hub.write { try hub.set(SpaceSettings(resident: "buur", residents: "buren", coolDownDays: 14)) }
        #expect(try scene.ben.wordsForResident().one == nil)
        try scene.settle()
        for replica in [scene.anna, scene.ben, scene.olga] {
            #expect(try replica.wordsForResident().one == "buur" && replica.wordsForResident().many == "buren")
            #expect(try replica.near(here).coolDownDays == 14)
        }
        // What is not said stays; an empty word is none.
        try hub.write { try hub.set(SpaceSettings(resident: "")) }
        try scene.settle()
        #expect(try scene.ben.wordsForResident().one == nil && scene.ben.wordsForResident().many == "buren")
        #expect(try scene.ben.near(here).coolDownDays == 14)
        // A laptop says no such thing for others.
        let own = RecordEdit(
            log: .roster, target: .natural(.space, key: "space"), fields: [.set(Field.Space.resident, .text("klant"))])
        #expect(throws: StoreError.self) { try scene.stores[0].save([own]) }
    }
}
