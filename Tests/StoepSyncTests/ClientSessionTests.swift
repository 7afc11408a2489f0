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

    @Test func `a device that is out hands in what it has, and ends`() throws {
        let head = Head(log: .square, actor: ActorID(Bytes16(high: 1, low: 1)), seq: 1, hash: ChangeHash(Bytes32.zero))
        let segment = try PackedSegment(decoding: [0x82, 0x01, 0x41, 0x01])
        let something = ClientSession.Event.gathered(.init(segments: [segment], heads: [head], changes: 3, more: true))
        // Told at its first question, before anything was sent.
        var session = ClientSession(space: space)
        _ = session.handle(.begin(cursor: nil))
        _ = session.handle(.digested(BucketDigests(of: .empty, .openSSL)))
        _ = session.handle(.revoked)
        for _ in 0..<2 {
            guard case .send(let request) = session.handle(something) else {
                Issue.record("it sends nothing")
                return
            }
            #expect(request.ask == .nothing && request.segments.count == 1)
            guard case .apply(let delivery) = session.handle(answer(.segments([]), results: [nil])) else {
                Issue.record("it notes nothing")
                return
            }
            #expect(delivery.acknowledged == [head] && delivery.cursor == nil)
            _ = session.handle(.applied(fresh: 0, refused: []))
        }
        // Everything is handed in: it asks whether anything is to be destroyed, and is refused.
        guard case .send(let last) = session.handle(nothing), last.segments.isEmpty,
            case .finish(let summary) = session.handle(.revoked)
        else {
            Issue.record("it does not end")
            return
        }
        #expect(summary.isRevoked && summary.sent == 6)
    }

    @Test func `an answer without a cursor is asked again, and not for ever`() {
        var session = asked()
        for _ in 0..<10 {
            _ = session.handle(answer(.segments([])))
            let effect = session.handle(.applied(fresh: 0, refused: []))
            if let failure = failure(effect) {
                #expect(failure == .noProgress)
                return
            }
            _ = session.handle(nothing)
        }
        Issue.record("the session did not end")
    }

    @Test func `segments that do not hold end the session, and the cursor stays`() {
        var session = asked()
        _ = session.handle(answer(.segments([]), cursor: Cursor(position: 9, hash: .zero)))
        let effect = session.handle(.applied(fresh: 0, refused: ["signature-invalid"]))
        #expect(failure(effect) == .refusedAnswer(["signature-invalid"]))
    }
}
