import StoepModel
import StoepStore
import StoepSync
import StoepWire

/// What a sync in this process came to.
package struct SyncRun {
    package var summary: ClientSession.Summary?
    package var failure: SessionError?
    /// Bytes of each request's and each answer's body.
    package var requests: [Int] = []
    package var answers: [Int] = []
    /// The segments of all answers, in order.
    package var received: [PackedSegment] = []
    package var effects = 0
    /// The names of the asks and answers, in order.
    package var talk: [String] = []
}

/// Why a daemon answered no sync.
package enum RefusedByHub: Error, Equatable {
    case unknownDevice
    case refused(String)
}

extension TestSpace {
    /// One sync of a store with the hub, every message through its bytes.
    /// - Parameter dropAfter: after so many effects the session is dropped, the last of them performed or, where it
    ///   was a request, answered, and the answer lost.
    /// - Parameter relay: what happens to each request on its way.
    @discardableResult
    package func sync(
        _ store: Store, scope: [LogID]? = nil, dropAfter: Int = .max, relay: (inout SyncRequest) -> Void = { _ in }
    ) throws -> SyncRun {
        var session = ClientSession(space: id, scope: scope, drawNonce: store.environment.random64)
        var run = SyncRun()
        let key = hub.keys.publicKey
        var event = ClientSession.Event.begin(cursor: try store.read { try store.firstCursor(at: key) })
        while true {
            let effect = session.handle(event)
            if run.effects == dropAfter { return run }
            run.effects += 1
            switch effect {
            case .send(var request):
                relay(&request)
                let bytes = request.encoded()
                run.requests.append(bytes.count)
                run.talk.append("\(request.ask.name)+\(request.segments.count)")
                let answer: [UInt8]
                do {
                    answer = try serve(bytes, from: store.keys.publicKey)
                } catch RefusedByHub.refused("device-revoked") {
                    event = .revoked
                    continue
                }
                run.answers.append(answer.count)
                let response = try SyncResponse(decoding: answer)
                run.talk.append(response.answer.name)
                if case .segments(let segments) = response.answer { run.received += segments }
                event = .answered(response)
            case .finish(let summary):
                run.summary = summary
                if let time = summary.daemonTime { try store.noteSync(with: key, daemonTime: time) }
                return run
            case .fail(let failure):
                run.failure = failure
                return run
            default:
                guard let next = try store.perform(effect, with: key) else {
                    preconditionFailure("the store performs everything but sending and finishing")
                }
                event = next
            }
        }
    }

    /// The daemon's side of one request.
    package func serve(_ bytes: [UInt8], from device: VerifyingKey) throws -> [UInt8] {
        do {
            let request = try SyncRequest(decoding: bytes)
            defer { while (try? hub.foldSome()) == true {} }
            switch try hub.read({ try hub.standing(of: device) }) {
            case .unknown: throw RefusedByHub.unknownDevice
            case .revoked: return try handIn(request, device).encoded()
            case .member(let member):
                var answer = try SyncAnswer(to: request, from: member, device: device, by: hub)
                return try answer.finish(take(answer.pushed)).encoded()
            }
        } catch let error as ErrorMessage {
            throw RefusedByHub.refused(error.name)
        }
    }

    private func take(_ segments: [PackedSegment]) throws -> Store.Taken {
        segments.isEmpty ? Store.Taken() : try hub.take([segments])[0]
    }

    /// A device that is out hands in what it has, and is told what it has to destroy.
    private func handIn(_ request: SyncRequest, _ device: VerifyingKey) throws -> SyncResponse {
        guard request.asksForNothing || !request.segments.isEmpty else { throw ErrorMessage(name: "device-revoked") }
        return try SyncAnswer.handedIn(request, by: device, take(request.segments), to: hub)
    }

    /// Syncs all stores until nobody has anything new: twice round is enough where nobody writes meanwhile.
    package func settle(_ stores: [Store]) throws {
        for _ in 0..<2 { for store in stores { try sync(store) } }
    }

    /// The state hash of each log that a store holds.
    package func hashes(_ store: Store) throws -> [LogID: Bytes32] {
        Dictionary(uniqueKeysWithValues: try store.status().logs.map { ($0.log, $0.stateHash) })
    }
}

extension SyncRequest.Ask {
    fileprivate var name: String {
        switch self {
        case .after: "after"
        case .compare: "compare"
        case .beyond: "beyond"
        case .nothing: "nothing"
        }
    }
}

extension SyncResponse.Answer {
    fileprivate var name: String {
        switch self {
        case .segments(let segments): "segments(\(segments.count))"
        case .differing: "differing"
        case .cursorUnknown: "cursor-unknown"
        }
    }
}

extension PackedSegment {
    /// The same, signed by nobody.
    package func withOtherSignature() throws -> PackedSegment {
        let segment = try unpacked()
        let other = Signature([UInt8](repeating: 7, count: 64)) ?? segment.signature
        return try Segment(
            log: segment.log, actor: segment.actor, first: segment.first, base: segment.base, birth: segment.birth,
            changes: segment.changes, signature: other
        ).packed()
    }
}

/// Edits that tests write again and again.
extension RecordEdit {
    package static func conversation(
        _ words: String, in partition: String = "north", observation: String = "", themes: [RecordID] = [],
        extra: [FieldEdit] = []
    ) -> RecordEdit {
        guard let log = LogID.street(partition) else { preconditionFailure("a partition's name") }
        return RecordEdit(
            log: log, target: .new(.conversation),
            fields: [
                .set(Field.Conversation.startedAt, .integer(1_790_000_000_000)),
                .set(Field.Conversation.area, .text(partition)), .set(Field.Conversation.consent, .integer(1)),
                .text(Field.Conversation.words, words), .text(Field.Conversation.observation, observation),
            ] + (themes.isEmpty ? [] : [.add(Field.Conversation.themes, themes.map { .record($0) })]) + extra)
    }

    package static func edit(_ record: RecordID, in partition: String = "north", _ fields: [FieldEdit]) -> RecordEdit {
        guard let log = LogID.street(partition) else { preconditionFailure("a partition's name") }
        return RecordEdit(log: log, target: .existing(record), fields: fields)
    }

    package static func theme(_ name: String, description: String = "") -> RecordEdit {
        RecordEdit(
            log: .square, target: .natural(.theme, key: name),
            fields: [.set(Field.Theme.name, .text(name)), .text(Field.Theme.description, description)])
    }
}
