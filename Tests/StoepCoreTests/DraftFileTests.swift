import StoepModel
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore

@Suite struct DraftFileTests {
    @Test func `a draft comes back as it was, whatever stands in it`() throws {
        var draft = ConversationDraft()
        // When it was is settled before it is kept.
        draft.startedAt = Timestamp(milliseconds: 1_764_000_000_000)
        #expect(try said(DraftFile.decode(DraftFile.encoded(draft))) == said(draft))
        draft.area = "Oude Noorden"
        draft.words = "Ik hoorde:\n\u{e9}é"
        draft.minutes = 12
        draft.consent = .contact
        draft.themes = ["groen", ""]
        draft.questions = [AskedQuestion("Waarom?", answer: nil), AskedQuestion("Wie?", answer: "Niemand.")]
        draft.persons = ["de man met de rode jas"]
        draft.more = [
            .set(Field.Conversation.followUpOn, "2026-11-28"), .add(Field.Conversation.offers, ["a", "b"]),
            FieldInput(Field.Conversation.needs, .remove([])), FieldInput(Field.Tally.approached, .count(-3)),
        ]
        let bytes = DraftFile.encoded(draft)
        #expect(try said(DraftFile.decode(bytes)) == said(draft))
        for count in 0..<bytes.count { #expect(throws: WireError.self) { try DraftFile.decode(Array(bytes.prefix(count))) } }
    }

    @Test func `a draft that an earlier version kept is read, and one of a later version is not guessed at`() throws {
        let kept: [UInt8] = [0x8b, 0x01, 0x19, 0x03, 0xe8, 0x65] + Array("north".utf8) + [0xf6, 0xf6, 0x01, 0xf6, 0x02]
            + [0x66] + Array("Hallo.".utf8) + [0xf6, 0x81, 0x65] + Array("groen".utf8)
        let draft = try DraftFile.decode(kept)
        #expect(draft.startedAt?.milliseconds == 1000 && draft.area == "north" && draft.consent == .anonymous)
        #expect(draft.headcount == 2 && draft.words == "Hallo." && draft.themes == ["groen"] && draft.persons.isEmpty)
        #expect(throws: WireError.self) { try DraftFile.decode(kept + [0x80]) }
        for version: UInt8 in [0, 2, 3] {
            var other = kept
            other[1] = version
            #expect(throws: WireError.self, "\(version)") { try DraftFile.decode(other) }
        }
    }

    /// All of it, as text.
    private func said(_ draft: ConversationDraft) -> String { "\(draft)" }
}
