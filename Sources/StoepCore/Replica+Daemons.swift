import StoepCrypto
import StoepModel
import StoepStore
import StoepWire

/// Which daemons may be called, and following one that the root replaced (`Protocol/README.md`, Following a replaced
/// daemon).
extension Replica {
    /// The daemons to call, in turn until one answers: the one that answered last first. Each has one key, under which
    /// is kept how far this replica has read there.
    /// - Parameter other: where they are called instead of where the roster says.
    func endpoints(at other: String? = nil) throws -> [DaemonEndpoint] {
        guard let address = try text(Meta.daemonAddress),
            let last = try store.meta(Meta.daemonKey).flatMap({ VerifyingKey(bytes: $0) })
        else { throw ReplicaError.damaged("stoep.db: no daemon") }
        let addresses = Dictionary(
            try store.daemons().map { ($0.key, $0.address ?? "") }, uniquingKeysWith: { first, _ in first })
        var keys = try store.daemonKeysInForce()
        // Until the roster is here it is whom the invitation named.
        if keys.isEmpty { keys = [last] }
        if let place = keys.firstIndex(of: last) { keys.swapAt(0, place) }
        return keys.map { key in
            let named = addresses[key] ?? ""
            return DaemonEndpoint(
                address: other ?? (named.isEmpty ? address : named), keys: [key], identity: store.keys.signing)
        }
    }

    /// The daemon that is called first.
    func endpoint() throws -> DaemonEndpoint {
        guard let first = try endpoints().first else { throw ReplicaError.damaged("stoep.db: no daemon") }
        return first
    }

    /// Does what is to be done with a daemon, with the first that can be had. Where what answers has another key, the
    /// root's statements are asked for, and followed if they are newer than those that are held.
    /// - Returns: what was done, and whether the daemon turned out to be replaced.
    func calling<T>(
        _ transport: Transport, at other: String? = nil, _ body: (DaemonEndpoint) throws -> T
    ) throws -> (T, isReplaced: Bool) {
        do {
            return (try callingEach(at: other, body), false)
        } catch ReplicaError.transport(let failure) where isOtherKey(failure) {
            guard try follow(transport, at: other) else { throw ReplicaError.transport(failure) }
            return (try callingEach(at: other, body), true)
        }
    }

    private func callingEach<T>(at other: String?, _ body: (DaemonEndpoint) throws -> T) throws -> T {
        var failed: (any Error)?
        for endpoint in try store.read({ try endpoints(at: other) }) {
            do {
                let done = try body(endpoint)
                try remember(endpoint, isElsewhere: other != nil)
                return done
            } catch ReplicaError.transport(let failure as TransportFailure) where !failure.mayHaveArrived {
                // Somebody with another key may be the daemon that took its place: worth more than nobody at all.
                if failed == nil || failure.isOtherKey { failed = failure }
            }
        }
        throw ReplicaError.transport(failed ?? ReplicaError.damaged("stoep.db: no daemon"))
    }

    /// - Parameter isElsewhere: it was called at an address that somebody typed, perhaps good for this once: that does
    ///   not become its own.
    private func remember(_ endpoint: DaemonEndpoint, isElsewhere: Bool) throws {
        var entries = [(Meta.daemonKey, endpoint.keys[0].bytes)]
        if !isElsewhere { entries.append((Meta.daemonAddress, Array(endpoint.address.utf8))) }
        let isKnown = try store.read { try entries.allSatisfy { try store.meta($0.0) == $0.1 } }
        guard !isKnown else { return }
        try store.write { for (name, value) in entries { try store.setMeta(name, value) } }
    }

    /// Asks whoever answers at the daemons' addresses for the root's statements, and takes them for true.
    /// - Returns: whether another daemon is in force than was known here.
    private func follow(_ transport: Transport, at other: String?) throws -> Bool {
        let addresses = try store.read { Set(try endpoints(at: other).map(\.address)).sorted() }
        let held = try store.read { try store.delegationInForce()?.serial ?? 0 }
        for address in addresses {
            let anybody = DaemonEndpoint(anybodyAt: address, identity: store.keys.signing)
            guard let statements = try? RootStatements(
                asking: anybody, AuthorityRequest(space: store.space), store.environment.cryptography, transport),
                let newest = statements.newest, newest.serial > held, !newest.daemons.isEmpty
            else { continue }
            try store.write {
                try store.learn(statements.bytes)
                try store.foldBehind()
            }
            return true
        }
        return false
    }
}

/// Whether somebody answered who has another key.
func isOtherKey(_ failure: any Error) -> Bool { (failure as? TransportFailure)?.isOtherKey ?? false }

/// What a daemon says that the root said, as far as the root did.
struct RootStatements {
    /// In ascending order of serial.
    private let held: [(bytes: [UInt8], delegation: Delegation)]

    var bytes: [[UInt8]] { held.map { $0.bytes } }
    var newest: Delegation? { held.last?.delegation }

    /// - Throws: `transport`, `refused`, `answerNotUnderstood`.
    init(
        asking daemon: DaemonEndpoint, _ request: AuthorityRequest, _ cryptography: Cryptography,
        _ transport: Transport
    ) throws {
        let reply = try daemon.post(DaemonPath.authority, request.encoded(), transport)
        let response: AuthorityResponse
        do {
            response = try AuthorityResponse(decoding: reply)
        } catch {
            throw ReplicaError.answerNotUnderstood("\(error)")
        }
        held = response.statements.compactMap { bytes in
            (try? Delegation(verifying: bytes, space: request.space, cryptography)).map { (bytes, $0) }
        }.sorted { $0.delegation.serial < $1.delegation.serial }
    }

    /// The daemons that took the place of one that these statements say was in force before; nil where they do not show
    /// that. So a daemon that was replaced, and has old statements only, cannot pass itself off as its successor's.
    func successors(of daemon: VerifyingKey) -> [VerifyingKey]? {
        guard let newest, !newest.daemons.isEmpty, !newest.daemons.contains(daemon),
            held.contains(where: { $0.delegation.serial < newest.serial && $0.delegation.daemons.contains(daemon) })
        else { return nil }
        return newest.daemons
    }
}
