import StoepModel
import StoepSQLite

/// The last change of this device's own that a save committed, in a file beside a sealed database.
///
/// A log that lost its end looks as if nothing had been written there, and an anchor only names what was to leave. A mark
/// is written after each save, in place and without an fsync: what it names was durable before it. Where it is whole, and
/// the store lacks what it names, that was lost since; one that a power cut left old, torn or away says nothing.
struct Mark: Equatable {
    var actor: ActorID
    var seq: UInt64
    var hash: ChangeHash

    static let byteCount = 57

    /// Always of the same length: it is written over the one before it.
    func encoded() -> [UInt8] {
        let number = stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: seq >> $0) }
        return [1] + actor.bytes + number + hash.bytes
    }

    init(_ head: Head) { (actor, seq, hash) = (head.actor, head.seq, head.hash) }

    /// Nil where it is none.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes[0] == 1, let actor = ActorID(bytes: Array(bytes[1..<17])),
            let hash = ChangeHash(bytes: Array(bytes[25...]))
        else { return nil }
        self.actor = actor
        self.hash = hash
        seq = bytes[17..<25].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension Store {
    static let markName = "mark"

    /// Marks what was committed last of this device's own. A store in clear has no mark: nothing would tell a torn one.
    func writeMark() {
        guard let head = lastOwn.take(), let files else { return }
        // What was saved is saved; an older mark stays true.
        try? configuration.disk.writeUnsynced(
            files.seal(Mark(head).encoded(), name: Self.markName), to: "\(configuration.directory)/\(Self.markName)")
    }

    /// Nil where there is none that can be relied on.
    func readMark() -> Mark? {
        guard files != nil, let bytes = try? readFile(Self.markName, maximumBytes: 1024) else { return nil }
        return Mark(decoding: bytes)
    }

    /// Whether the store has what a mark names. That of an earlier epoch says nothing: the anchor tells of epochs.
    func holds(_ mark: Mark) throws -> Bool {
        guard mark.actor == (try currentActor()) else { return true }
        // In this order: the changes are many, and asked for by their numbers.
        return try db.first(
            """
            SELECT 1 FROM actor a CROSS JOIN log l CROSS JOIN change c ON c.log = l.id AND c.actor = a.id AND c.seq = ?
            WHERE a.actor = ? AND c.hash = ?
            """, [.integer(Int64(clamping: mark.seq)), .blob(mark.actor.bytes), .blob(mark.hash.bytes)]
        ) { _ in true } ?? false
    }
}
