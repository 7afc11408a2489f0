/// Faults that the simulator plants, one at a time, to prove that it would notice them: each is a mistake that
/// somebody in a hurry could make. Beside each stands which rule it breaks and what has to happen for it to show.
///
/// Only a build with `-DPLANTED_FAULTS` has them. In every other one `isOn` is the constant false, and the compiler
/// removes whatever hangs on it.
public enum PlantedFault: Int, CaseIterable, Sendable {
    /// What a daemon acknowledged it holds. Its transactions are not synced as they are committed
    /// (`synchronous=NORMAL`): shows once the daemon loses power, and with it what was written and not synced, after
    /// it has answered a push.
    case acknowledgeBeforeCommit = 1
    /// No state depends on the order of arrival. Blocks are folded by local row: shows where changes made at once
    /// (values of one register, moves of one item, births of one natural key) reach two replicas in different orders.
    case orderByArrival
    /// No wall clock orders anything. The claimed time goes before the lamport: shows against a naive fold, wherever
    /// of two values, moves or successors the one with the greater lamport was made by a clock that is behind.
    case orderByWallTime
    /// Nothing beyond a signed head is stored. No signature of a head is checked: shows once a peer sends a segment
    /// that goes on with another's chain, or repeats it with other bodies, under a signature that is not its
    /// device's.
    case skipHeadSignature
    /// Of bodies that come beside segments only what was committed to is taken. Any is: shows once a peer strips a
    /// body from a segment, so that it is wanted, and then gives another one for it among its `bodies`.
    case skipCommitment
    /// A body of what is erased never touches the disk. One that comes after the erasure does, and stays: shows once
    /// somebody who was away brings a change of a record that was erased meanwhile, or a peer that lacks the erasure.
    case forgetErasureOnImport
    /// Of what is erased the salts go too. They stay (under `kept-salt-…` in `meta`): shows wherever the erasure of a
    /// record is folded whose bodies are here, to whoever looks for their salts in the files.
    case keepSaltAfterErasure
    /// No actor makes two changes with one number. A doubt of the anchor's is ignored: shows once a laptop or daemon
    /// is put back as it was before its last sync (or copied), and writes before it has heard from anybody.
    case keepActorAfterRestore
    /// A cursor stands for what is here. It is committed before what it stands for: shows once a client dies, or its
    /// disk fails, between the two, or a segment of the answer is refused; until a comparison, which may never come.
    case advanceCursorBeforeData
    /// What refers to something that is not here waits for it. It is never folded: shows once a change comes before
    /// one of another actor that its payload names, as after a comparison, from a bundle, or from a laptop.
    case dropWhatWaits
    /// A batch comes whole, with its cursor, or in pieces of which the last moves it. The first piece does, and each
    /// segment is one: shows once a client dies, or its disk fails, between two segments of one answer.
    case applyHalfABatch
    /// A cursor that a daemon does not stand by leads to a comparison. Only its position is looked at: shows once a
    /// daemon is put back as it was before a client's last sync, or a client may read a log that had arrivals before
    /// its cursor.
    case trustCursorByPosition
    /// An owner's device is never sent a byte of `street`. It is: shows at any whole sync of an honest owner where
    /// there is a street log, and in the answer to a request whose scope names one, instead of `log-not-readable`.
    case letOwnerReadStreet
    /// Beyond a cut nothing counts. Everything of a cut chain does: shows once a revoked device, or one whose member
    /// lost a right, hands in what it wrote after (or unknown to) the daemon that cut it.
    case countBeyondCut
    /// Nothing that nobody overwrote is lost. Only the greatest of a register's values is kept: shows where two write
    /// one register at once, though all replicas agree.
    case forgetRivalValue
    /// Texts typed at once at one place stay whole. A run goes behind the first scalar of the one before it, not
    /// behind its last: shows where two insert several scalars at one place at once, though all replicas agree.
    case interleaveTexts
    /// An add wins over a remove made at once. A remove takes the member away whoever added it before, in the total
    /// order: shows where one adds again what another removes at once, with a lamport no greater.
    case removeWins
    /// An `apart` takes every edge that it names. It takes the first: shows where two joined one pair at once, in one
    /// record, and somebody who saw both takes it apart.
    case apartLeavesAnEdge
    /// What could not be made durable is not done. A commit whose fsync fails is: shows once an fsync of the
    /// write-ahead log fails, on a daemon that takes a push or on a laptop that saves. (Only an error that SQLite
    /// reports as a failed fsync; any other is thrown.)
    case goOnAfterFailedSync
    /// Keys are compared as bytes. Values are as Strings: shows where a set has two members, or a register two
    /// values, that differ only in how a letter is composed (U+00E9, and e with U+0301).
    case compareKeysAsStrings
    /// Verdicts are computed anew whenever roster or cuts grow. They are not, outside the roster: shows once what a
    /// change counts by (its device, member, grant, or a cut of its actor) comes, or changes, after it was folded.
    case judgeOnArrival
    /// A missing body that nobody erased is wanted. It passes for held: shows once a peer strips a body from a
    /// segment (its commitment instead; chain and signature hold), and somebody else, or the peer later, has it.
    case callStrippedBodyHeld
    /// An actor is bound to its device's key. The binding is not checked: shows once a peer sends a segment that
    /// begins another's actor, with the peer's own device in its birth, signed by that.
    case acceptForeignActor
    /// A receipt is sent when what it speaks of is gone from every file. It is sent first, and the write-ahead log
    /// emptied with the next write: shows to whoever looks into a client's files when it sends the receipt.
    case receiptBeforePurge

    #if PLANTED_FAULTS
    // Set before a run of the simulator begins, and by nobody while it lasts.
    nonisolated(unsafe) package static var planted: PlantedFault?

    /// Whether it is the one that is planted.
    package var isOn: Bool { Self.planted == self }
    #else
    /// Never, in this build. (Public, because the bodies of `package` members are not inlined into other modules.)
    @inlinable public var isOn: Bool { false }
    #endif
}
