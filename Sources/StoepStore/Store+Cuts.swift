import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// How far an actor's chain counts in a log: records that the authority writes in that very log, so that no other log
/// tells of it (`Protocol/README.md`, What counts).
extension Store {
    /// The record that cuts an actor's chain, in whichever log it stands.
    package func cutRecord(_ actor: ActorID) -> RecordID { naturalID(.cut, actor.description) }

    /// The ends up to which an actor's chain counts in a log, of each value that nobody overwrote; nil where it is not
    /// cut.
    func cutEnds(of actor: ActorID, in log: LogID) throws -> [[ChangePoint]]? {
        let state = try stored(cutRecord(actor), in: log)
        guard state.collection == .cut, state.isListed else { return nil }
        return Self.ends(state, Field.Cut.points, of: actor)
    }

    /// What a cut's field holds. A value that is not what the specification allows has no ends, so that it admits
    /// nothing.
    static func ends(_ state: RecordState, _ field: FieldNumber, of actor: ActorID) -> [[ChangePoint]] {
        guard case .register(let values)? = state[field] else { return [] }
        return values.map { value in
            guard case .bytes(let bytes) = value.value else { return [] }
            return (try? CutEnds(decoding: bytes, of: actor))?.points ?? []
        }
    }

    /// After a cut was folded anew: whatever its actor wrote in the log is behind. Where it is this device's present
    /// actor, the device goes on under a new one: what it writes from now on is judged by its role alone, and counts
    /// once that allows it, without anybody touching the cut.
    func cutChanged(from old: RecordState, to new: RecordState, in log: LogID, row: Int64) throws {
        guard old.isListed != new.isListed || old[Field.Cut.points] != new[Field.Cut.points] else { return }
        cache.roster = RosterCache()
        if let actor = try db.first("SELECT id FROM actor WHERE cut = ?", [.blob(new.id.bytes)], { $0.int64(0) }) {
            try markBehind(writtenByActor: actor, log: row)
        }
        // Its own changes may not be here: destroyed, or not come back yet.
        if new.isListed, new.id == cutRecord(try currentActor()), try !isAuthority(keys.publicKey) {
            try beginEpoch(alert: "actor-cut")
        }
    }

    /// Notes which record cuts each actor, where an earlier version of the program did not.
    func nameCuts() throws {
        let actors = try db.query("SELECT id, actor FROM actor WHERE cut IS NULL") {
            (row: $0.int64(0), id: ActorID(bytes: $0.blob(1)))
        }
        for actor in actors {
            guard let id = actor.id else { throw StoreError.damaged("stoep.db: actor") }
            try db.run("UPDATE actor SET cut = ? WHERE id = ?", [.blob(cutRecord(id).bytes), .integer(actor.row)])
        }
    }
}
