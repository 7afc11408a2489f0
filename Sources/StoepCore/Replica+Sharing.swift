import StoepCrypto
import StoepModel
import StoepStore
import StoepSync
import StoepWire

/// With whom a replica syncs.
public enum SyncSource: Sendable {
    /// The daemon; at another address than the roster's where one is given.
    case daemon(address: String? = nil)
    /// A colleague's laptop that shares, known by the first digits of its key.
    case laptop(address: String, keyPrefix: String)
}

/// By what colleagues' laptops know this one.
public struct SharingIdentity: Sendable {
    /// As many of the first digits of this device's key as tell it from all others here.
    public let keyPrefix: String
    /// What it proves in a TLS handshake.
    package let key: SigningKey
}

/// The answer to a colleague's laptop, and what there is to tell of it.
public struct SharedAnswer: Sendable {
    public let reply: TransportReply
    /// Who asked; nil where they were refused.
    public let person: Person?
    /// Changes that came and were new here.
    public let received: Int
    /// Segments that went out.
    public let sent: Int
    /// The name of why a sync was refused.
    public let refusal: String?

    /// - Parameter isSync: whether a sync was asked for, and not something that a laptop does not do.
    fileprivate init(refusing error: ErrorMessage, isSync: Bool = true) {
        reply = TransportReply(status: error.status, body: error.encoded())
        person = nil
        (received, sent) = (0, 0)
        refusal = isSync ? error.name : nil
    }

    fileprivate init(_ response: SyncResponse, to person: Person, received: Int) {
        reply = TransportReply(status: 200, body: response.encoded())
        self.person = person
        self.received = received
        sent = if case .segments(let segments) = response.answer { segments.count } else { 0 }
        refusal = nil
    }
}

extension Replica {
    /// What this device shows to colleagues' laptops.
    public func sharingIdentity() throws(ReplicaError) -> SharingIdentity {
        try ReplicaError.naming {
            SharingIdentity(keyPrefix: try store.read { try store.ownPrefix() }, key: store.keys.signing)
        }
    }

    /// Answers what a colleague's laptop asks, as a daemon does: a sync, and nothing else.
    /// - Parameters:
    ///   - method: of the request.
    ///   - path: of the URL.
    ///   - contentType: of the body.
    ///   - body: of the request.
    ///   - device: the key that the asking laptop proved.
    public func answer(
        _ method: String, _ path: String, contentType: String?, _ body: [UInt8], from device: VerifyingKey
    ) -> SharedAnswer {
        guard method == "POST", path == DaemonPath.sync else {
            return SharedAnswer(refusing: ErrorMessage(name: ErrorName.notFound), isSync: false)
        }
        guard contentType == DaemonPath.contentType else {
            return SharedAnswer(refusing: ErrorMessage(name: ErrorName.requestMalformed))
        }
        return answerSync(body, from: device)
    }

    /// Answers one sync request of a colleague's laptop: it is given what its member may read of what is here, and what
    /// it brings is taken where this device's member may read it. Short transactions: others may use the store meanwhile.
    /// - Parameters:
    ///   - body: of the request.
    ///   - device: the key that the asking laptop proved.
    public func answerSync(_ body: [UInt8], from device: VerifyingKey) -> SharedAnswer {
        do {
            return try answer(body, device)
        } catch {
            return SharedAnswer(refusing: (error as? ErrorMessage) ?? ErrorMessage(name: Self.name(of: error)))
        }
    }

    /// Another command holds the store: later.
    private static func name(of error: any Error) -> String {
        if case .busy? = error as? StoreError { ErrorName.stopping } else { ErrorName.internal }
    }

    private func answer(_ body: [UInt8], _ device: VerifyingKey) throws -> SharedAnswer {
        let standing = try store.read { try store.standing(of: device) }
        guard case .member(let asking) = standing else {
            let isRevoked = if case .revoked = standing { true } else { false }
            throw ErrorMessage(name: isRevoked ? ErrorName.deviceRevoked : ErrorName.deviceUnknown)
        }
        let request: SyncRequest
        do {
            request = try SyncRequest(decoding: body)
        } catch {
            throw ErrorMessage(refusing: error)
        }
        guard request.space == store.space else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
        try store.prepareToSend()
        var answer = try SyncAnswer(to: request, from: asking, device: device, by: store)
        let taken =
            try answer.pushed.isEmpty ? (fresh: 0, results: []) : store.takeFromLaptop(answer.pushed, as: member)
        let response = try answer.finish(Store.Taken(results: taken.results))
        return SharedAnswer(response, to: try store.read { try person(asking) }, received: taken.fresh)
    }

    /// The laptop whose key begins with these digits.
    func laptop(_ prefix: String, at address: String) throws -> DaemonEndpoint {
        let digits = prefix.utf8
        guard (1...64).contains(digits.count), Hex.decode(digits.count % 2 == 0 ? prefix : prefix + "0") != nil else {
            throw ReplicaError.unknownLaptop(prefix)
        }
        let found = try store.read { try store.devices(beginning: prefix) }
        guard let key = found.first else { throw ReplicaError.unknownLaptop(prefix) }
        guard found.count == 1 else { throw ReplicaError.ambiguousLaptop(prefix, found) }
        return DaemonEndpoint(address: address, keys: [key], identity: store.keys.signing)
    }
}
