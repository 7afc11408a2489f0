import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

extension Store {
    /// Writes what a person changed: at most one change in each log, all in one transaction, durable on return.
    ///
    /// Refuses by `StoreError.notAllowed` what the rules of the space would keep from counting; then nothing was
    /// changed.
    /// - Returns: the records, in the order of the edits.
    @discardableResult
    package func save(_ edits: [RecordEdit]) throws -> [RecordID] {
        let isErasing = edits.contains { if case .erase = $0.ending { true } else { false } }
        return try write(usingBallast: isErasing) { try saveInTransaction(edits) }
    }

    package func saveInTransaction(_ edits: [RecordEdit]) throws -> [RecordID] {
        var records = [RecordID?](repeating: nil, count: edits.count)
        var own: Set<ChangePoint> = []
        for log in Set(edits.map(\.log)).sorted() {
            let indices = edits.indices.filter { edits[$0].log == log }
            let (point, ids) = try append(indices.map { edits[$0] }, to: log)
            if let point { own.insert(point) }
            for (index, id) in zip(indices, ids) { records[index] = id }
        }
        // Judged when all is folded: the save that founds a space names its authority and needs it to count.
        var objections: [RecordID: QuarantineReason] = [:]
        try foldBehind { state in
            objections[state.id] =
                state.quarantined.first { own.contains($0.point) && $0.reason.refusesASave }?.reason
        }
        if let reason = objections.min(by: { $0.key < $1.key })?.value { throw StoreError.notAllowed(reason) }
        return records.compactMap { $0 }
    }

    private struct DraftBlock {
        let edit: Int
        let subject: Subject
        let payload: Payload
    }

    /// Appends one change with a block for each edit that changes anything.
    private func append(_ edits: [RecordEdit], to log: LogID) throws -> (point: ChangePoint?, records: [RecordID]) {
        let logRow = try makeLogID(log)
        let (actor, head) = try chainEnd(log)
        let seq = (head?.seq ?? 0) + 1
        var drafts: [DraftBlock] = []
        for (index, edit) in edits.enumerated() {
            if let draft = try draft(edit, index, actor: actor, seq: seq) { drafts.append(draft) }
        }
        var records = edits.map { edit -> RecordID? in
            switch edit.target {
            case .new: nil
            case .natural(let collection, let key): naturalID(collection, key)
            case .existing(let id), .named(_, let id): id
            }
        }
        guard !drafts.isEmpty else { return (nil, records.compactMap { $0 }) }
        guard drafts.count <= Limits.blocks else { throw StoreError.tooLarge("blocks") }
        // Two blocks about one record are what no replica takes: the chain would end here for everybody else.
        let named = drafts.map(\.subject).filter { $0 != .created }
        guard Set(named).count == named.count else { throw StoreError.notAllowed(.malformed) }
        let cryptography = environment.cryptography
        let bodies = try drafts.map { BlockBody(salt: environment.random16(), payload: try encoded($0.payload)) }
        let bytes = bodies.reduce(0) { $0 + $1.payload.count }
        guard bytes <= Limits.changeBytes else { throw StoreError.tooLarge("change") }
        let highest = try db.first("SELECT lamport FROM log WHERE id = ?", [.integer(logRow)]) { $0.int64(0) } ?? 0
        let header = ChangeHeader(
            seq: seq, lamport: min(UInt64(clamping: highest) + 1, Limits.counter),
            time: Timestamp(milliseconds: min(environment.now().milliseconds, Limits.timestamp)),
            blocks: zip(drafts, bodies).map {
                BlockHeader(subject: $0.subject, commitment: Commitment(to: $1, cryptography))
            },
            birth: seq == 1 ? ActorBirth(device: keys.publicKey, nonce: try currentNonce()) : nil)
        let headerBytes = header.encoded()
        let before = head?.hash ?? ChangeHash.origin(space: space, log: log, actor: actor, cryptography)
        let change = VerifiedChange(
            header: header, headerBytes: headerBytes, hash: before.next(header: headerBytes, cryptography),
            bodies: bodies)
        let point = ChangePoint(actor: actor, seq: seq, check: change.hash.raw.first)
        let actorRow = try makeActorID(actor, device: keys.publicKey)
        let row = try insert(
            change, actor: actor, actorRow: actorRow, logRow: logRow, parent: head?.id, mayEnd: hasEnded(logRow))
        try dropHead(head?.id, log: logRow, actor: actorRow)
        try addHead(row, log: logRow, actor: actorRow, lamport: header.lamport)
        let end = Head(log: log, actor: actor, seq: seq, hash: change.hash)
        lastOwn = end
        if isHub || Self.isSigned(end, bytes: bytes) { try sign(end, row: row) }
        if isHub { try arrive(row, change.hash, seq: seq, actor: actor, logRow: logRow) }
        for (index, draft) in drafts.enumerated() where draft.subject == .created {
            records[draft.edit] = RecordID(createdBy: point, block: index, cryptography)
        }
        return (point, records.compactMap { $0 })
    }

    private func encoded(_ payload: Payload) throws(StoreError) -> [UInt8] {
        do {
            return try payload.encoded()
        } catch {
            guard case .tooLarge(let what, _) = error else { throw .tooLarge("payload") }
            throw .tooLarge(what)
        }
    }

    private func draft(_ edit: RecordEdit, _ index: Int, actor: ActorID, seq: UInt64) throws -> DraftBlock? {
        var builder = OperationBuilder(own: actor, ownSeq: seq)
        let state: RecordState
        let subject: Subject
        var collection: CollectionNumber
        var key: String?
        switch edit.target {
        case .new(let number):
            (collection, subject) = (number, .created)
            state = RecordState(id: RecordID(Bytes16(high: 0, low: 0)))
        case .natural(let number, let naturalKey):
            let id = naturalID(number, naturalKey)
            (collection, subject) = (number, .record(id))
            state = try stored(id, in: edit.log)
            if state.collection == nil { key = naturalKey }
        case .existing(let id):
            state = try stored(id, in: edit.log)
            guard let known = try state.collection ?? collectionToErase(id, edit) else {
                throw StoreError.unknownRecord(id)
            }
            (collection, subject) = (known, .record(id))
        case .named(let number, let id):
            (collection, subject) = (number, .record(id))
            state = try stored(id, in: edit.log)
        }
        // What is erased absorbs every edit: nobody is to believe that theirs was kept.
        if !edit.fields.isEmpty, state.presence.absorbsEdits { throw StoreError.unknownRecord(state.id) }
        for field in edit.fields {
            try builder.apply(
                field, to: state, document: { try document(state.id, $0, in: edit.log) },
                slots: { try slots(state.id, $0, in: edit.log) })
        }
        try end(edit, state, &builder)
        if builder.operations.isEmpty, subject != .created, key == nil { return nil }
        return DraftBlock(edit: index, subject: subject, payload: builder.payload(collection, key: key))
    }

    private func end(_ edit: RecordEdit, _ state: RecordState, _ builder: inout OperationBuilder) throws {
        switch edit.ending {
        case nil: return
        case .delete:
            guard state.isListed else { return }
            builder.delete(heads: try lastPoints(of: state.id, in: edit.log))
        case .erase(let successor):
            if case .erased = state.presence { return }
            builder.erase(successor: successor)
        }
    }

    /// What a record that is to be erased says of itself, where the block that created it lacks its body.
    private func collectionToErase(_ id: RecordID, _ edit: RecordEdit) throws -> CollectionNumber? {
        guard case .erase = edit.ending, let row = try logID(edit.log) else { return nil }
        for block in try blocks(of: id, log: row) {
            if case .payload(let payload, _) = block.content { return payload.collection }
        }
        return nil
    }

    /// The last changes that have a block about a record: of each actor one, of one with branches one for each.
    private func lastPoints(of id: RecordID, in log: LogID) throws -> [ChangePoint] {
        guard let row = try logID(log) else { return [] }
        let points = try blocks(of: id, log: row).map(\.point)
        return try points.filter { point in
            try !points.contains { try $0 != point && $0.actor == point.actor && isWithin(point, $0, in: log) }
        }.sorted()
    }

    /// The end of this device's own chain in a log. Where it has branches, this device goes on under a new actor.
    private func chainEnd(_ log: LogID) throws -> (actor: ActorID, head: ChangeRow?) {
        let actor = try currentActor()
        guard let logRow = try logID(log), let actorRow = try actorID(actor) else { return (actor, nil) }
        let heads = try heads(log: logRow, actor: actorRow)
        if heads.count < 2 { return (actor, heads.first) }
        try beginEpoch(alert: "branches")
        return (try currentActor(), nil)
    }

    // MARK: Signing

    /// Whether a change is signed as it is saved, so that no more than a bounded part of a chain ever waits for a
    /// signature: so many changes, and as many bytes. A change of its share of those or more is always signed: then
    /// nobody has to count what waits.
    private static func isSigned(_ head: Head, bytes: Int) -> Bool {
        head.seq % UInt64(Limits.changesPerHead) == 0 || bytes >= Limits.bytesPerHead / Limits.changesPerHead
    }

    func sign(_ head: Head, row: Int64) throws {
        let signed = SignedHead.sign(head, space: space, with: keys.signer)
        try db.run(
            "UPDATE change SET signature = ? WHERE id = ?", [.blob(signed.signature.bytes), .integer(row)])
    }

    /// The ends of this device's chains, earlier epochs' as well, and whether each is signed.
    private func ownHeads() throws -> [(head: Head, row: Int64, isSigned: Bool)] {
        let heads = try db.query(
            """
            SELECT l.name, a.actor, c.seq, c.hash, c.id, c.signature IS NOT NULL
            FROM actor a JOIN head h ON h.actor = a.id JOIN log l ON l.id = h.log JOIN change c ON c.id = h.change
            WHERE a.device = ?
            """, [.blob(keys.publicKey.bytes)]
        ) { row in
            guard let log = LogID(parsing: row.string(0)), let actor = ActorID(bytes: row.blob(1)),
                let hash = ChangeHash(bytes: row.blob(3))
            else { throw StoreError.damaged("stoep.db: head") }
            let head = Head(log: log, actor: actor, seq: UInt64(clamping: row.int64(2)), hash: hash)
            return (head, row.int64(4), row.int64(5) != 0)
        }
        return heads.sorted { ($0.0.log, $0.0.point) < ($1.0.log, $1.0.point) }
    }

    /// Signs every end of this device's chains, earlier epochs' as well, and makes the anchor that names the present
    /// one's durable: only then may they leave.
    package func prepareToSend() throws {
        let known = try read { (actor: try currentActor(), heads: try ownHeads()) }
        // Signed does not say anchored: some heads are signed as they are saved.
        let anchored = Set(known.heads.map(\.head).filter { $0.actor == known.actor })
        if known.heads.allSatisfy(\.isSigned), anchored == lastAnchored { return }
        let heads = try write(usingBallast: true) {
            let actor = try currentActor()
            let heads = try ownHeads()
            for head in heads where !head.isSigned { try sign(head.head, row: head.row) }
            return heads.map(\.head).filter { $0.actor == actor }
        }
        let newest = Set(heads)
        if newest != lastAnchored {
            try Self.translating { try writeAnchor(heads: heads) }
            lastAnchored = newest
        }
    }
}

extension RecordPresence {
    fileprivate var absorbsEdits: Bool {
        switch self {
        case .hidden, .erased: true
        case .present, .deleted, .revived: false
        }
    }
}

extension QuarantineReason {
    /// A device whose roster has not arrived yet may write all the same: it will count when it does.
    fileprivate var refusesASave: Bool {
        switch self {
        case .unknownDevice, .unknownMember: false
        case .role, .partition, .notAuthority, .beyondCut, .notCreator, .notOwner, .malformed: true
        }
    }
}
