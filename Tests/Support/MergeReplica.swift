import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A replica without a store: the changes that it holds, folded by `RecordFold` under the roster that they make.
package struct MergeReplica {
    package let space: SpaceID
    /// In the order of delivery, duplicates and all.
    package private(set) var delivered: [HeldChange] = []
    private var byHash: [ChangeHash: HeldChange] = [:]
    private var devices: [ActorID: VerifyingKey] = [:]
    private var known: Roster?
    /// Each actor's chain in each log.
    private var chains: [LogID: [ActorID: [ChangeHash: HeldChange]]] = [:]
    /// The blocks of each record as they came.
    private var blocks: [LogID: [RecordID: [RecordBlock]]] = [:]
    /// Records of which a block says that it is a cut.
    private var cuts: [LogID: Set<RecordID>] = [:]

    package init(space: SpaceID) { self.space = space }

    package func holds(_ hash: ChangeHash) -> Bool { byHash[hash] != nil }
    package var records: [(LogID, RecordID)] {
        blocks.sorted { $0.key < $1.key }.flatMap { log, all in all.keys.sorted().map { (log, $0) } }
    }
    package func records(of log: LogID) -> [RecordID] { blocks[log]?.keys.sorted() ?? [] }

    package mutating func deliver(_ change: HeldChange) {
        delivered.append(change)
        byHash[change.hash] = change
        if devices.updateValue(change.device, forKey: change.actor) == nil || change.log == .roster { known = nil }
        chains[change.log, default: [:]][change.actor, default: [:]][change.hash] = change
        for (index, block) in change.blocks.enumerated() {
            let content: RecordBlock.Content =
                switch block.content {
                case .missing: .missing
                case .malformed: .malformed
                case .payload(let payload):
                    RecordBlock.points(of: payload, at: change.point) { seq in
                        ancestor(change, seq)?.point
                    }.map { .payload(payload, points: $0) } ?? .malformed
                }
            if case .payload(let payload) = block.content, payload.collection == .cut {
                known = nil
                cuts[change.log, default: []].insert(change.record(index))
            }
            blocks[change.log, default: [:]][change.record(index), default: []].append(
                RecordBlock(
                    point: change.point, index: UInt32(index), lamport: change.lamport, time: change.time,
                    subject: block.subject, content: content))
        }
    }

    package func fold(_ record: RecordID, in log: LogID, under roster: Roster) -> RecordState {
        recordFold(log, roster)(record, blocks[log]?[record] ?? [])
    }

    package func document(_ record: RecordID, _ field: FieldNumber, in log: LogID, under roster: Roster) -> TextDocument {
        recordFold(log, roster).document(record, field, blocks[log]?[record] ?? [])
    }

    /// What is held of a record, and how it is folded.
    /// - Parameter masked: a change that does not count, whatever the roster says.
    package func held(
        _ record: RecordID, in log: LogID, under roster: Roster, masking masked: ChangePoint? = nil
    ) -> (fold: RecordFold, blocks: [RecordBlock]) {
        (recordFold(log, roster, masking: masked), blocks[log]?[record] ?? [])
    }

    /// The roster as this replica has it, folded anew when something of it came.
    package mutating func roster() -> Roster {
        if let known { return known }
        let roster = foldRoster()
        known = roster
        return roster
    }

    private func foldRoster() -> Roster {
        var entries: [(bytes: [UInt8], delegation: Delegation)] = []
        for block in (blocks[.roster] ?? [:]).values.joined() {
            guard case .payload(let payload, _) = block.content, payload.collection == .delegation else { continue }
            for case .write(_, .bytes(let bytes), _) in payload.operations {
                guard !entries.contains(where: { $0.bytes == bytes }),
                    let delegation = try? Delegation(verifying: bytes, space: space, .openSSL)
                else { continue }
                entries.append((bytes, delegation))
            }
        }
        entries.sort {
            $0.delegation.serial == $1.delegation.serial
                ? $0.delegation.authority < $1.delegation.authority : $0.delegation.serial < $1.delegation.serial
        }
        let authorities = entries.map {
            AuthorityEntry(serial: $0.delegation.serial, device: $0.delegation.authority, cuts: $0.delegation.cuts)
        }
        // Whether a cut counts depends on the authorities alone.
        let unfolded = Roster(
            authorities: authorities, device: { _ in nil }, role: { _ in nil }, isGranted: { _, _ in false },
            cuts: { _, _ in nil })
        var states: [RecordID: RecordState] = [:]
        for record in blocks[.roster]?.keys.sorted() ?? [] {
            states[record] = fold(record, in: .roster, under: unfolded)
        }
        let folded = states
        var ended: [LogID: [ActorID: [[ChangePoint]]]] = [:]
        for (log, records) in cuts {
            for actor in devices.keys {
                let record = RecordID(.cut, key: actor.description, .openSSL)
                guard records.contains(record) else { continue }
                let state = fold(record, in: log, under: unfolded)
                if state.isListed { ended[log, default: [:]][actor] = Self.ends(state, of: actor) }
            }
        }
        let cutEnds = ended
        return Roster(
            authorities: authorities,
            device: { key in
                guard let state = folded[RecordID(.device, key: key.description, .openSSL)], state.isListed
                else { return nil }
                var member: RecordID?
                if case .record(let id)? = state.value(Field.Device.member) { member = id }
                return DeviceEntry(member: member, isRevoked: (state.least(Field.Device.state) ?? 1) <= 0)
            },
            role: { member in
                guard let state = folded[member], state.collection == .member, state.isListed else { return nil }
                return state.least(Field.Member.role).map { Role(rawValue: $0) ?? .revoked }
            },
            isGranted: { member, partition in
                let state = folded[RecordID(.grant, key: "\(member)/\(partition)", .openSSL)]
                return state?.isListed == true && (state?.least(Field.Grant.level) ?? 0) > 0
            },
            cuts: { cutEnds[$0]?[$1] },
            ownership: { member, theme in
                let state = folded[RecordID(.ownership, key: "\(theme)/\(member)", .openSSL)]
                guard let state, state.isListed else { return .none }
                if (state.least(Field.Ownership.level) ?? 0) > 0 { return .granted }
                return .withdrawn(
                    state.members(Field.Ownership.ends).compactMap { end in
                        if case .bytes(let bytes) = end.value { try? ChangePoint(decodingEnd: bytes) } else { nil }
                    })
            })
    }

    private static func ends(_ state: RecordState, of actor: ActorID) -> [[ChangePoint]] {
        guard case .register(let values)? = state[Field.Cut.points] else { return [] }
        return values.map { value in
            guard case .bytes(let bytes) = value.value else { return [] }
            return (try? CutEnds(decoding: bytes, of: actor))?.points ?? []
        }
    }

    package func slots(_ record: RecordID, _ field: FieldNumber, in log: LogID, under roster: Roster) -> TextDocument {
        recordFold(log, roster).slots(record, field, blocks[log]?[record] ?? [])
    }

    private func recordFold(_ log: LogID, _ roster: Roster, masking masked: ChangePoint? = nil) -> RecordFold {
        RecordFold(
            schema: .current, log: log.kind, naturalID: { RecordID($0, key: $1, .openSSL) },
            standing: { block in
                if block.point == masked { return .masked(.beyondCut) }
                if log == .roster, case .payload(let payload, _) = block.content, isStatement(payload) {
                    return .counts(member: nil)
                }
                guard let device = devices[block.point.actor] else { return .masked(.unknownDevice) }
                return roster.standing(of: device, in: log, at: block.point) { point, cut in
                    isWithin(point, cut, in: log)
                }
            },
            isCoordinator: { roster.role($0) == .coordinator },
            owns: { record, member, point in
                roster.owns(record, member, at: point) { isWithin($0, $1, in: log) }
            }, isWithin: { isWithin($0, $1, in: log) })
    }

    /// Nothing but the root's own statements: they need nobody's word.
    private func isStatement(_ payload: Payload) -> Bool {
        guard payload.collection == .delegation, !payload.operations.isEmpty else { return false }
        return payload.operations.allSatisfy { operation in
            guard case .write(Field.Delegation.statement, .bytes(let bytes), _) = operation else { return false }
            return (try? Delegation(verifying: bytes, space: space, .openSSL)) != nil
        }
    }

    // MARK: Chains

    private func ancestor(_ change: HeldChange, _ seq: UInt64) -> HeldChange? {
        var at: HeldChange? = change
        while let here = at, here.seq > seq { at = here.parent.flatMap { byHash[$0] } }
        return at?.seq == seq ? at : nil
    }

    private func isWithin(_ point: ChangePoint, _ cut: ChangePoint, in log: LogID) -> Bool {
        guard point.actor == cut.actor, point.seq <= cut.seq else { return false }
        let chain = (chains[log]?[cut.actor] ?? [:]).values
        if let end = chain.first(where: { $0.point == cut }) { return ancestor(end, point.seq)?.point == point }
        let parents = Set(chain.compactMap(\.parent))
        return chain.count { !parents.contains($0.hash) } == 1 && !chain.contains { $0.seq == cut.seq }
    }
}
