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
                results: results, answer: answer, cursor: cursor, more: more, time: Timestamp(milliseconds: 1),
                nonce: 7))
    }

    private let nothing = ClientSession.Event.gathered(.init(segments: [], heads: [], changes: 0, more: false))

    /// A session that has a cursor and has sent nothing but its question.
    private func asked() -> ClientSession {
        var session = ClientSession(space: space, drawNonce: { 7 })
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
        session = ClientSession(space: space, drawNonce: { 7 })
        _ = session.handle(.begin(cursor: nil))
        _ = session.handle(.digested(BucketDigests(of: .empty, .openSSL)))
        #expect(failure(session.handle(answer(.cursorUnknown))) == .protocolViolation("cursor-unknown"))
    }

    @Test func `nothing of an answer to another request is used`() throws {
        let head = Head(log: .square, actor: ActorID(Bytes16(high: 1, low: 1)), seq: 1, hash: ChangeHash(Bytes32.zero))
        let segment = try PackedSegment(decoding: [0x82, 0x01, 0x41, 0x01])
        var drawn: UInt64 = 6
        var session = ClientSession(
            space: space,
            drawNonce: {
                drawn += 1
                return drawn
            })
        _ = session.handle(.begin(cursor: cursor))
        func push() -> ClientSession.Effect {
            session.handle(.gathered(.init(segments: [segment], heads: [head], changes: 1, more: false)))
        }
        let old = answer(.segments([]), results: [nil], cursor: cursor, more: true)
        guard case .send(let first) = push(), case .apply = session.handle(old) else {
            Issue.record("its own answer is not used")
            return
        }
        _ = session.handle(.applied(fresh: 1, refused: []))
        guard case .send(let second) = push() else {
            Issue.record("it does not go on")
            return
        }
        #expect(first.nonce == 7 && second.nonce == 8)
        let before = session.summary
        #expect(failure(session.handle(old)) == .answerToAnotherRequest)
        #expect(session.summary == before && before.sent == 1)
    }

    /// What the session would ask for while the host applies an answer with these segments and this cursor.
    private func ahead(_ session: inout ClientSession, from position: UInt64, more: Bool = true) -> SyncRequest? {
        let cursor = Cursor(position: position, hash: .zero)
        guard case .apply = session.handle(answer(.segments([]), cursor: cursor, more: more)) else { return nil }
        return session.ahead
    }

    @Test func `where there is more, what is asked next is known before what came is applied`() throws {
        var session = asked()
        let first = try #require(ahead(&session, from: 9))
        #expect(first.ask == .after(Cursor(position: 9, hash: .zero)) && first.segments.isEmpty && first.wanted == .empty)
        guard case .send(let sent) = session.handle(.applied(fresh: 3, refused: [])) else {
            Issue.record("it does not go on")
            return
        }
        #expect(sent == first && session.summary.roundTrips == 2)
        // And again, until the daemon says that this is all: then what was written here meanwhile goes over.
        let second = try #require(ahead(&session, from: 12))
        _ = session.handle(.applied(fresh: 3, refused: []))
        #expect(second.ask == .after(Cursor(position: 12, hash: .zero)))
        #expect(ahead(&session, from: 13, more: false) == nil)
        guard case .gather(_, _, _, wants: true) = session.handle(.applied(fresh: 1, refused: [])) else {
            Issue.record("what is here is not asked for at the end")
            return
        }
    }

    @Test func `what comes between is not asked past`() throws {
        // What came does not hold: it compares, and the request that was made for nothing is none of its own any more.
        var session = asked()
        _ = try #require(ahead(&session, from: 9))
        guard case .digest = session.handle(.applied(fresh: 0, refused: ["base-missing"])) else {
            Issue.record("it does not compare")
            return
        }
        #expect(session.ahead == nil)
        // The position does not grow, there is more to send, or a comparison to be made.
        session = asked()
        #expect(ahead(&session, from: 5) == nil)
        session = ClientSession(space: space, drawNonce: { 7 })
        _ = session.handle(.begin(cursor: cursor))
        _ = session.handle(.gathered(.init(segments: [], heads: [], changes: 0, more: true)))
        #expect(ahead(&session, from: 9) == nil)
        session = asked()
        _ = session.handle(answer(.cursorUnknown, more: true))
        #expect(session.ahead == nil)
    }

    @Test func `a device that is out hands in what it has, and ends`() throws {
        let head = Head(log: .square, actor: ActorID(Bytes16(high: 1, low: 1)), seq: 1, hash: ChangeHash(Bytes32.zero))
        let segment = try PackedSegment(decoding: [0x82, 0x01, 0x41, 0x01])
        let something = ClientSession.Event.gathered(.init(segments: [segment], heads: [head], changes: 3, more: true))
        // Told at its first question, before anything was sent.
        var session = ClientSession(space: space, drawNonce: { 7 })
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
        // With that it says what it holds.
        let heads = HeadList([.square: [head.point]])
        guard case .have(.all, scope: nil) = session.handle(nothing),
            case .send(let last) = session.handle(.holding(heads)), last.segments.isEmpty,
            last.ask == .beyond(BucketSet(), heads), case .finish(let summary) = session.handle(.revoked)
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

    @Test func `what an order destroys is handed in first, until the daemon took or refused each piece`() throws {
        let heads = (1...2).map {
            Head(log: .square, actor: ActorID(Bytes16(high: $0, low: 1)), seq: 1, hash: ChangeHash(Bytes32.zero))
        }
        let segment = try PackedSegment(decoding: [0x82, 0x01, 0x41, 0x01])
        func piece(_ head: Head) -> ClientSession.Event {
            .gathered(.init(segments: [segment], heads: [head], changes: 1, more: true))
        }
        func answer(_ results: [String?]) -> ClientSession.Event {
            .answered(
                SyncResponse(
                    results: results, answer: .segments([]), cursor: results.isEmpty ? cursor : nil, more: false,
                    time: Timestamp(milliseconds: 1), order: [7], nonce: 7))
        }
        var session = asked()
        _ = session.handle(answer([]))
        var effect = session.handle(.applied(fresh: 0, refused: []))
        for (head, result) in zip(heads, [nil, "too-many-branches"]) {
            guard case .surrender(let order, taken: _, refused: _) = effect,
                case .send(let request) = session.handle(piece(head))
            else {
                Issue.record("it hands nothing in")
                return
            }
            #expect(order == [7] && request.segments.count == 1 && request.ask == .nothing)
            _ = session.handle(answer([result]))
            effect = session.handle(.applied(fresh: 0, refused: []))
        }
        guard case .surrender(order: _, let handedIn, let refused) = effect,
            case .obey(_, let taken, lacking: _) = session.handle(nothing)
        else {
            Issue.record("it does not go on")
            return
        }
        #expect(handedIn == [heads[0]] && taken == handedIn && refused == [.square])
        _ = session.handle(.obeyed)
        // The daemon says the same again: that it does not believe it is no reason to begin anew.
        _ = session.handle(nothing)
        guard case .finish(let summary) = session.handle(nothing) else { return }
        #expect(summary.sent == 0 && summary.wasOrdered)
    }

    @Test func `a daemon that goes on without bringing anything comes to an end`() {
        func repeating(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32) }
        for step in [UInt64(0), 1] {
            var session = asked()
            var rounds = 0
            var failed: SessionError?
            while failed == nil, rounds < 10_000 {
                rounds += 1
                let position = 6 + UInt64(rounds) * step
                _ = session.handle(
                    answer(.segments([]), cursor: Cursor(position: position, hash: Bytes32(repeating(rounds)) ?? .zero), more: true))
                failed = failure(session.handle(.applied(fresh: 0, refused: [])))
                _ = session.handle(nothing)
            }
            #expect(failed == .noProgress)
            // With a position that ascends it may be passing over what is others'.
            #expect(step == 0 ? rounds < 10 : rounds > 1000)
        }
    }

    @Test func `an answer that inflates beyond all bounds is refused`() throws {
        let large = try PackedSegment(decoding: [0x82, 0x1a, 0x00, 0x80, 0x00, 0x00, 0x41, 0x01])
        var session = asked()
        #expect(failure(session.handle(answer(.segments(Array(repeating: large, count: 8)), cursor: cursor))) == nil)
        session = asked()
        let effect = session.handle(answer(.segments(Array(repeating: large, count: 9)), cursor: cursor))
        #expect(failure(effect) == .refusedAnswer(["too-large"]))
    }

    /// Compares, and is told that everything differs.
    private func compared(scope: [LogID]? = nil, differing buckets: BucketSet = .all) -> ClientSession {
        var session = ClientSession(space: space, scope: scope, drawNonce: { 7 })
        _ = session.handle(.begin(cursor: nil))
        _ = session.handle(.digested(BucketDigests(of: .empty, .openSSL)))
        _ = session.handle(answer(.differing(buckets, .empty), cursor: cursor))
        return session
    }

    @Test func `of a chain of which the daemon takes no more all that it has itself is asked for`() throws {
        let heads = (1...2).map {
            Head(log: .square, actor: ActorID(Bytes16(high: $0, low: 1)), seq: 3, hash: ChangeHash(Bytes32.zero))
        }
        let have = ClientSession.Event.holding(HeadList([.square: heads.map(\.point)]))
        let segment = try PackedSegment(decoding: [0x82, 0x01, 0x41, 0x01])
        var session = compared()
        _ = session.handle(have)
        _ = session.handle(.gathered(.init(segments: [segment], heads: [heads[0]], changes: 1, more: false)))
        guard case .apply(let first) = session.handle(answer(.segments([]), results: ["too-many-branches"])),
            case .have = session.handle(.applied(fresh: 0, refused: []))
        else {
            Issue.record("it does not ask again")
            return
        }
        #expect(first.cursor == nil)
        _ = session.handle(have)
        guard case .send(let again) = session.handle(nothing), case .beyond(_, let told) = again.ask,
            case .apply(let last) = session.handle(answer(.segments([])))
        else {
            Issue.record("it does not ask for what goes beyond what it has")
            return
        }
        #expect(told == HeadList([.square: [heads[1].point]]))
        // The cursor of the comparison stands for nothing that was pushed since: it compares once more.
        guard last.cursor == nil, case .digest = session.handle(.applied(fresh: 0, refused: [])) else {
            Issue.record("it keeps a cursor that does not stand for what it pushed")
            return
        }
    }

    /// Found by the simulator, seed 764.
    @Test func `what is wanted is asked for where a comparison finds nothing to differ as well`() {
        let point = ChangePoint(actor: ActorID(Bytes16(high: 1, low: 1)), seq: 3, check: 4)
        for wanted in [HeadList.empty, HeadList([.square: [point]])] {
            var session = compared(differing: BucketSet())
            _ = session.handle(.holding(.empty))
            let effect = session.handle(
                .gathered(.init(segments: [], heads: [], changes: 0, more: false, wanted: wanted)))
            switch effect {
            case .send(let request):
                #expect(request.wanted == wanted && request.ask == .nothing && !wanted.entries.isEmpty)
                guard case .apply(let delivery) = session.handle(answer(.segments([]))) else {
                    Issue.record("it does not apply what came")
                    continue
                }
                #expect(delivery.cursor == cursor)
            case .apply(let delivery): #expect(delivery.cursor == cursor && wanted.entries.isEmpty)
            default: Issue.record("neither asked nor done")
            }
        }
    }

    @Test func `a daemon that stands no more by the cursor that it has just given is compared with anew, and not for ever`() {
        var session = compared()
        for _ in 0..<2 {
            _ = session.handle(.holding(.empty))
            _ = session.handle(nothing)
            _ = session.handle(answer(.segments([])))
            // What arrived while this went on is asked for with the cursor of the comparison.
            _ = session.handle(.applied(fresh: 1, refused: []))
            guard case .send(let request) = session.handle(nothing), request.ask == .after(cursor),
                case .apply = session.handle(answer(.cursorUnknown)),
                case .digest = session.handle(.applied(fresh: 0, refused: []))
            else {
                Issue.record("it does not compare again")
                return
            }
            _ = session.handle(.digested(BucketDigests(of: .empty, .openSSL)))
            _ = session.handle(answer(.differing(.all, .empty), cursor: cursor))
        }
        _ = session.handle(.holding(.empty))
        _ = session.handle(nothing)
        _ = session.handle(answer(.segments([])))
        _ = session.handle(.applied(fresh: 1, refused: []))
        _ = session.handle(nothing)
        #expect(failure(session.handle(answer(.cursorUnknown))) == .protocolViolation("cursor-unknown"))
    }

    @Test func `a sync of some logs stores no cursor for all`() {
        for (scope, expected) in [([LogID.square], nil), (nil, cursor)] as [([LogID]?, Cursor?)] {
            var session = compared(scope: scope)
            _ = session.handle(.holding(.empty))
            _ = session.handle(nothing)
            guard case .apply(let delivery) = session.handle(answer(.segments([]))) else { return }
            #expect(delivery.cursor == expected)
        }
    }
}
