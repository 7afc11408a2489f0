import StoepModel
import StoepSQLite
import StoepWire

/// The root's statements of who the authority is, and replacing it (`DESIGN` §3). All of these stand inside a
/// transaction of the caller's.
extension Store {
    /// The statements that are held, the one in force last.
    package func statements() throws -> [[UInt8]] {
        try db.query("SELECT statement FROM authority ORDER BY serial, device, statement") { $0.blob(0) }
    }

    /// The statement in force; nil where none is held yet.
    package func delegationInForce() throws -> Delegation? {
        let statement = try db.first(
            "SELECT statement FROM authority ORDER BY serial DESC, device DESC, statement DESC LIMIT 1"
        ) { $0.blob(0) }
        return try statement.map { try Delegation(verifying: $0, space: space, environment.cryptography) }
    }

    /// The keys by which daemons are known: those that the statement in force names, and where it names none, or is not
    /// here yet, those of the roster.
    package func daemonKeysInForce() throws -> [VerifyingKey] {
        if let named = try delegationInForce()?.daemons, !named.isEmpty { return named }
        return try daemons().map(\.key)
    }

    /// Whether each segment is of the roster, and of a device that is or was the authority, as they say themselves:
    /// verifying them tells whether that is so. A chain may go on in the segment after the one that begins it.
    package func areRosterOfAuthority(_ segments: [PackedSegment]) throws -> Bool {
        var born: [ActorID: VerifyingKey] = [:]
        return try read {
            try segments.allSatisfy { packed in
                guard let segment = try? packed.unpacked(), segment.log == .roster else { return false }
                if let birth = segment.birth { born[segment.actor] = birth.device }
                return try (born[segment.actor] ?? device(of: segment.actor)).map { try wasAuthority($0) } ?? false
            }
        }
    }

    /// The ends of all that a device wrote and is held here.
    package func cuts(after device: VerifyingKey) throws -> [Cut] {
        try frontier().filter { try self.device(of: $0.actor) == device }
            .map { Cut(log: $0.log, point: $0.point) }.sorted()
    }

    /// From here on this store writes under a new actor, because its device has a new key: nothing went wrong.
    package func beginActor() throws {
        try setMeta("nonce", environment.random16().bytes)
        try audit("new actor: key-replaced")
        epochBegan = true
    }
}

/// A second change that an actor made after the same one: its store exists twice, or was restored.
package struct Fork: Hashable, Sendable {
    package let device: VerifyingKey
    package let log: LogKind
}

extension Store {
    /// The forks that came in since this was last asked.
    package func takeForks() -> [Fork] {
        defer { forks.removeAll() }
        return forks
    }

    /// How many actors have several branches in a log.
    package func forkedActorCount() throws -> Int {
        Int(
            clamping: try db.first(
                "SELECT count(DISTINCT actor) FROM (SELECT actor FROM head GROUP BY log, actor HAVING count(*) > 1)"
            ) { $0.int64(0) } ?? 0)
    }
}
