import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// Everything that was ever done to a record, in the order in which it counts: who, when by their clock, from what
    /// to what, and what does not count and why.
    /// - Throws: `unknownID`.
    public func history(of id: RecordID) throws(ReplicaError) -> [HistoryStep] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                let state = try store.stored(id)
                return try store.history(of: id).map { try step($0, state, &people) }
            }
        }
    }

    private func step(_ entry: HistoryEntry, _ state: RecordState, _ people: inout People) throws -> HistoryStep {
        HistoryStep(
            number: entry.number, change: Hex.encode(check: entry.point.check), seq: entry.point.seq,
            by: try people.author(entry.point.actor), isOwn: try isOwn(entry.point), time: entry.time,
            recorded: entry.creates, masked: entry.masked?.rawValue, isMissing: entry.isMissing,
            items: try entry.items.map {
                HistoryStep.Item(content: try content($0.content, state), masked: $0.masked?.rawValue)
            })
    }

    /// Written by this member, from whichever device; by this very device where the roster is not here yet.
    func isOwn(_ point: ChangePoint) throws -> Bool {
        guard let device = try store.device(of: point.actor) else { return false }
        return try device == store.keys.publicKey || store.member(of: device) == member
    }

    private func content(_ content: HistoryItem.Content, _ state: RecordState) throws -> HistoryStep.Content {
        switch content {
        case .register(let number, let from, let beside, let to):
            let shown = { (values: [Value]) in try values.map { try self.shown($0, number, state) } }
            return .value(
                field: name(number, state), from: try shown(from), beside: try shown(beside),
                to: try self.shown(to, number, state))
        case .added(let number, let value):
            return .added(field: name(number, state), [try shown(value, number, state)])
        case .removed(let number, let values):
            return .removed(field: name(number, state), try values.map { try shown($0, number, state) })
        case .text(let number, let changes):
            return .text(
                field: name(number, state),
                changes.map {
                    HistoryStep.TextChange(
                        before: $0.before, deleted: $0.deleted, inserted: $0.inserted, after: $0.after)
                })
        case .counted(let number, let delta): return .counted(field: name(number, state), delta)
        case .placed(let number, let value, let after):
            return .placed(
                field: name(number, state), try shown(value, number, state),
                after: try after.map { try shown($0, number, state) })
        case .moved(let number, let value, let after):
            return .moved(
                field: name(number, state), try value.map { try shown($0, number, state) },
                after: try after.map { try shown($0, number, state) })
        case .deleted: return .deleted
        case .erased(let successor): return .erased(successor: successor)
        case .joined(let other): return .joined([other])
        case .separated(let others): return .separated(others)
        case .unknown(let number): return .unknown(field: number.map { name($0, state) })
        }
    }

    /// A field by its name in the schema; by its number where this version does not know it.
    private func name(_ number: FieldNumber, _ state: RecordState) -> String {
        state.collection.flatMap { Schema.current[$0] }?.field(number)?.name ?? String(number.rawValue)
    }

    private func shown(_ value: Value, _ number: FieldNumber, _ state: RecordState) throws -> String {
        guard let field = state.collection.flatMap({ Schema.current[$0] })?.field(number) else { return "\(value)" }
        var people = People(self)
        return try text(value, of: field, &people)
    }

    // MARK: Undo

    /// Takes back one of this member's own changes, as a new change: what others built on it stays.
    /// - Parameters:
    ///   - id: the record.
    ///   - change: its number in the history, or its `change`; nil for the last own change of the record.
    /// - Throws: `unknownChange`, `notYourChange`, `cannotUndoRecording`, `nothingToUndo`, `loweringConsent`,
    ///   `consentKeepsNothing`, `notAllowed`; then nothing was changed.
    public func undo(_ id: RecordID, change: String? = nil) throws(ReplicaError) -> Undone {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write { try takeBack(id, change) }
        }
    }

    func takeBack(_ id: RecordID, _ change: String?) throws -> Undone {
        let state = try store.stored(id)
        guard state.collection != nil, let log = try store.log(of: id) else {
            throw ReplicaError.unknownID(id.description)
        }
        let history = try store.history(of: id)
        var people = People(self)
        let entry = try entry(change, in: history, of: id, &people)
        let plans = try store.undoPlans(entry.point, in: log)
        if plans.contains(where: { $0.plan.created }) { throw ReplicaError.cannotUndoRecording(id) }
        var kept: [KeptByUndo] = []
        for (record, plan) in plans {
            let state = try store.stored(record)
            if let collection = state.collection {
                let (consent, adds) = plan.consent(of: collection)
                try checkConsent(consent, adds: adds, of: collection, state)
            }
            kept += plan.kept.map { KeptByUndo(field: $0.field.map { name($0, state) }, reason: $0.reason.rawValue) }
        }
        guard try store.undoInTransaction(plans, in: log) else { throw ReplicaError.nothingToUndo(id, kept) }
        // It may have been somebody's consent that was taken back.
        try followConsent(from: state)
        return Undone(step: try step(entry, state, &people), kept: kept)
    }

    private func entry(
        _ change: String?, in history: [HistoryEntry], of id: RecordID, _ people: inout People
    ) throws -> HistoryEntry {
        guard let change else {
            // What is masked has done nothing that could be taken back.
            guard let last = try history.last(where: { try $0.masked == nil && isOwn($0.point) }) else {
                throw ReplicaError.notYourChange(id, by: nil)
            }
            return last
        }
        let found = history.first {
            change.utf8.count == 16
                ? Hex.encode(check: $0.point.check) == change.lowercased() : String($0.number) == change
        }
        guard let found else { throw ReplicaError.unknownChange(change) }
        guard try isOwn(found.point) else {
            throw ReplicaError.notYourChange(id, by: try people.author(found.point.actor))
        }
        return found
    }
}

extension UndoPlan {
    /// Taking back is held to the rules of any other edit: to which consent it leads, and whether it brings anything
    /// back that nobody may keep without one.
    fileprivate func consent(of collection: CollectionNumber) -> (Consent?, adds: Bool) {
        var (consent, adds): (Consent?, Bool) = (nil, false)
        for operation in operations {
            switch operation {
            case .write(RecordState.consentField(of: collection), .integer(let number), _):
                consent = Consent(rawValue: number)
            case .edit(_, let text): adds = adds || !text.inserts.isEmpty
            case .add: adds = true
            default: break
            }
        }
        return (consent, adds)
    }
}

extension Hex {
    /// The part of a change's hash that tells it from all others of its actor, as sixteen digits.
    static func encode(check: UInt64) -> String {
        var bytes: [UInt8] = []
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: check >> UInt64(shift)))
        }
        return encode(bytes)
    }
}
