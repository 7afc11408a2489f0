import StoepModel
import StoepStore
import StoepTestSupport
import Testing

@testable import StoepCore

@Suite struct NearTests {
    @Test func `a position is read as people write it, and nothing else is one`() {
        #expect(Position("51.93473,4.48222") == Position(latitude: 5_193_473, longitude: 448_222))
        #expect(Position(" -0.5, -179.999999 ") == Position(latitude: -50_000, longitude: -18_000_000))
        #expect(Position("52,5") == Position(latitude: 5_200_000, longitude: 500_000))
        for wrong in [
            "", "52", "52,5,6", "91,0", "0,181", "a,b", "5 2,4", "52.,", ",4", "--1,2", "1e3,2", "9999999999,1",
            "52.1.1,4",
        ] {
            #expect(Position(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `what is within the distance lies in the box, here, at the equator and far north`() {
        let random = SeededRandom(seed: 5)
        for latitude: Int64 in [0, 5_193_473, -3_386_000, 7_000_000, 9_000_000] {
            let here = Position(latitude: latitude, longitude: 448_222)
            let box = here.box(metres: 150)
            #expect(box.latitude.contains(latitude) && here.metres(to: here) == 0)
            for _ in 0..<200 {
                let there = Position(
                    latitude: latitude + Int64(random.below(400)) - 200,
                    longitude: here.longitude + Int64(random.below(1000)) - 500)
                guard here.metres(to: there) <= 149 else { continue }
                #expect(box.latitude.contains(there.latitude) && box.longitude.contains(there.longitude), "\(there)")
            }
        }
        // A hundredth of a degree to the north is 1112 metres everywhere; to the east it is 686 in Rotterdam.
        let rotterdam = Position(latitude: 5_193_473, longitude: 448_222)
        #expect(rotterdam.metres(to: Position(latitude: 5_194_473, longitude: 448_222)) == 1112)
        #expect((684...688).contains(rotterdam.metres(to: Position(latitude: 5_193_473, longitude: 449_222))))
    }

    @Test func `what claims to be in the future keeps nobody away, however far`() throws {
        let space = try TestSpace(seed: 74)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let member = try #require(try anna.owner(of: anna.keys.publicKey))
        let replica = Replica(anna.configuration.directory, anna, member)
        for time in [Int64.max, Int64(clamping: space.clock.now.milliseconds) + 2 * 86_400_000] {
            try anna.save([
                .conversation(
                    "x",
                    extra: [
                        .set(Field.Conversation.startedAt, .integer(time)),
                        .set(Field.Conversation.place, .text("Noordplein")),
                    ])
            ])
        }
        var street = Whereabouts()
        street.place = "noordplein"
        let near = try replica.near(street)
        #expect(near.contacts.count == 2 && near.restUntil == nil)
    }

    @Test func `a contact is recent for four weeks, and a street rests for a week after the last`() throws {
        let space = try TestSpace(seed: 73)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        let member = try #require(try anna.owner(of: anna.keys.publicKey))
        let replica = Replica(anna.configuration.directory, anna, member)
        var draft = ConversationDraft()
        draft.place = "Noordplein"
        for days: UInt64 in [0, 3, 27, 29, 400] {
            draft.startedAt = Timestamp(milliseconds: space.clock.now.milliseconds - days * 86_400_000)
            _ = try replica.record(draft)
        }
        var here = Whereabouts()
        here.place = "noordplein"
        let near = try replica.near(here)
        #expect(near.contacts.count == 3 && near.coolDownDays == 7)
        let rest = try #require(near.restUntil).milliseconds
        #expect(rest == space.clock.now.milliseconds + 7 * 86_400_000)
        #expect(try replica.near(here, limit: 1).contacts.count == 1)
    }
}
