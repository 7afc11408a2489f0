import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// A conversation that is written anew without what must not be kept.
@Suite struct RedactingTests {
    private func replica(_ store: Store) throws -> Replica {
        Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
    }

    private func redaction(words: String? = nil, observation: String? = nil, place: String? = nil) -> Redaction {
        var redaction = Redaction()
        (redaction.words, redaction.observation, redaction.place) = (words, observation, place)
        return redaction
    }

    private func isNone(_ error: ReplicaError?) -> Bool {
        if case .consentKeepsNothing? = error { true } else { false }
    }

    @Test func `what stays is as it was, what is given takes its place, and the old one is erased`() throws {
        let space = try TestSpace(seed: 1)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let (replica, theme) = (try replica(anna), try anna.save([.theme("groen")])[0])
        let id = try anna.save([
            .conversation(
                "Wim wil een bankje", observation: "in de zon", themes: [theme],
                extra: [.set(Field.Conversation.place, .text("bij Wim"))])
        ])[0]
        let kept = try replica.redact(id, redaction(words: "wil een bankje", place: "  Noordplein "))
        let state = try anna.seen(kept)
        #expect(state.text(Field.Conversation.words) == "wil een bankje")
        #expect(state.text(Field.Conversation.observation) == "in de zon")
        #expect(state.string(Field.Conversation.place) == "Noordplein")
        #expect(state.integer(Field.Conversation.consent) == 1)
        #expect(state.members(Field.Conversation.themes).map(\.value) == [.record(theme)])
        #expect(try anna.seen(id).presence == .hidden)
        let nothing = try replica.redact(kept, redaction(observation: "", place: " "))
        #expect(try anna.seen(nothing).text(Field.Conversation.observation) == "")
        #expect(try anna.seen(nothing).string(Field.Conversation.place) == nil)
    }

    @Test func `where consent is none nothing can be put in`() throws {
        let space = try TestSpace(seed: 2)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let replica = try replica(anna)
        let log = try #require(LogID.street("north"))
        let id = try anna.save([
            RecordEdit(
                log: log, target: .new(.conversation),
                fields: [.set(Field.Conversation.consent, .integer(Consent.none.rawValue))])
        ])[0]
        let before = try anna.seen(id)
        for given in [
            redaction(words: "toch"), redaction(observation: "toch"), redaction(words: "", place: "Noordplein"),
        ] {
            #expect(isNone(#expect(throws: ReplicaError.self) { try replica.redact(id, given) }))
        }
        #expect(try anna.seen(id) == before)
        #expect(try anna.seen(replica.redact(id, redaction(place: ""))).integer(Field.Conversation.consent) == 0)
    }

    @Test func `what is kept rests on the consent that counts, also where two were given at once`() throws {
        for seed in 3..<7 as Range<UInt64> {
            let space = try TestSpace(seed: seed)
            let (anna, bram) = (try space.laptop("Anna"), try space.laptop("Bram"))
            try space.settle([anna, bram])
            let id = try anna.save([.conversation("een bankje")])[0]
            try space.settle([anna, bram])
            for (store, consent) in [(anna, Consent.none), (bram, .contact)] {
                try store.save([.edit(id, [.set(Field.Conversation.consent, .integer(consent.rawValue))])])
            }
            try space.settle([anna, bram])
            let kept = try replica(anna).redact(id, redaction(words: "bankje"))
            #expect(try anna.seen(kept).integer(Field.Conversation.consent) == Consent.contact.rawValue)
        }
    }

    @Test func `nobody but who recorded it puts words into it, a coordinator neither`() throws {
        let space = try TestSpace(seed: 8)
        let anna = try space.laptop("Anna")
        let others = [try space.laptop("Bram"), try space.laptop("Cora", .coordinator)]
        try space.settle([anna] + others)
        let id = try anna.save([.conversation("een bankje")])[0]
        try space.settle([anna] + others)
        for other in others {
            let refused = #expect(throws: ReplicaError.self) {
                try replica(other).redact(id, redaction(words: "geen bankje"))
            }
            guard case .notYoursToErase(id, let person)? = refused else {
                Issue.record("\(String(describing: refused))")
                continue
            }
            #expect(person.name == "Anna")
            #expect(try other.seen(id).text(Field.Conversation.words) == "een bankje")
        }
    }
}
