import StoepCrypto
import StoepModel
import StoepSync
import StoepWire
import Testing

/// The client's side of a sync against daemons that answer as no daemon of ours would: it ends, by name.
@Suite struct ClientSessionTests {
    private let space = SpaceID(Bytes32.zero)
    private let cursor = Cursor(position: 5, hash: .zero)

    private func answer(
        _ answer: SyncResponse.Answer, results: [String?] = [], cursor: Cursor? = nil, more: Bool = false
    ) -> ClientSession.Event {
        .answered(
            SyncResponse(
                results: results, answer: answer, cursor: cursor, more: more, time: Timestamp(milliseconds: 1)))
    }

    private let nothing = ClientSession.Event.gathered(.init(segments: [], heads: [], changes: 0, more: false))

    /// A session that has a cursor and has sent nothing but its question.
    private func asked() -> ClientSession {
        var session = ClientSession(space: space)
        _ = session.handle(.begin(cursor: cursor))
        _ = session.handle(nothing)
        return session
    }

    private func failure(_ effect: ClientSession.Effect) -> SessionError? {
        if case .fail(let error) = effect { error } else { nil }
    }

    @Test func `more is promised for ever and never comes`() {
        var session = asked()
        for _ in 0..<10 {
            _ = session.handle(answer(.segments([]), cursor: cursor, more: true))
            let effect = session.handle(.applied(fresh: 0, refused: []))
            if let failure = failure(effect) {
                #expect(failure == .noProgress)
                return
            }
            _ = session.handle(nothing)
        }
        Issue.record("the session did not end")
    }

    @Test func `an answer that belongs to another question ends the session`() {
        var session = asked()
        #expect(failure(session.handle(answer(.differing(.all, .empty)))) == .protocolViolation("differing"))
        session = asked()
        #expect(failure(session.handle(answer(.segments([]), results: [nil]))) == .protocolViolation("results"))
        session = ClientSession(space: space)
        _ = session.handle(.begin(cursor: nil))
        _ = session.handle(.digested(BucketDigests(of: .empty, .openSSL)))
        #expect(failure(session.handle(answer(.cursorUnknown))) == .protocolViolation("cursor-unknown"))
    }

    @Test func `segments that do not hold end the session, and the cursor stays`() {
        var session = asked()
        _ = session.handle(answer(.segments([]), cursor: Cursor(position: 9, hash: .zero)))
        let effect = session.handle(.applied(fresh: 0, refused: ["signature-invalid"]))
        #expect(failure(effect) == .refusedAnswer(["signature-invalid"]))
    }
}
