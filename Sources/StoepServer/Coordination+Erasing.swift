import StoepMerge
import StoepModel
import StoepStore

/// Erasing by hand, and looking at what was erased (`DESIGN` §6).
extension Coordination {
    /// Erases a record for ever, everywhere.
    /// - Parameter typed: the beginning of its id.
    func erase(_ typed: String, _ ledger: OpenLedger) throws -> RecordID {
        let erased = try ledger.erasing { keep in
            try store.write(usingBallast: true) {
                let record = try record(beginning: typed)
                let state = try store.stored(record)
                guard let log = try store.log(of: record) else { throw Objection(.unknownRecord, typed) }
                if log == .roster {
                    guard state.collection == .member, state.isListed else { throw Objection(.notErasable, typed) }
                } else {
                    guard try !store.isErased(record, in: log) else { throw Objection(.unknownRecord, typed) }
                }
                try store.erase(store.replacingMember(entry(toErase: record, in: log, typed)), keep: keep)
                try store.audit("erase \(record)")
                return record
            }
        }
        try store.prepareToSend()
        return erased
    }

    private func entry(toErase record: RecordID, in log: LogID, _ typed: String) throws -> LedgerEntry {
        do {
            return try store.entry(toErase: record, in: log)
        } catch StoreError.unknownRecord {
            // Its id came without its words, and with them what it is: both are wanted.
            throw Objection(.unknownRecord, typed)
        }
    }

    private func record(beginning typed: String) throws -> RecordID {
        guard let found = try store.records(beginning: typed, listed: false, limit: 20) else {
            throw Objection(.unknownRecord, typed)
        }
        guard let record = found.first else { throw Objection(.unknownRecord, typed) }
        guard found.count == 1 else {
            throw Objection(.ambiguousRecord, arguments: [typed] + found.map(\.description))
        }
        return record
    }

    /// The term for which conversations are kept, and what of it is near.
    func retention() throws -> RetentionReport {
        try store.read {
            let retention = try store.retention()
            let now = store.environment.now().milliseconds
            let soon = max(now, retention?.from.milliseconds ?? 0) + Store.retentionNotice
            return RetentionReport(
                days: retention?.days, from: retention?.from,
                dueSoon: try store.due(at: Timestamp(milliseconds: soon)).count)
        }
    }

    func setRetention(_ days: Int?) throws -> RetentionReport {
        try store.write { try store.setRetention(days: days) }
        try store.prepareToSend()
        return try retention()
    }

    /// What was erased, who has confirmed, and what waits.
    func erasures() throws -> ErasureList {
        try store.read {
            let names = Dictionary(
                try store.members().flatMap { member in member.devices.map { ($0.key, member.name) } },
                uniquingKeysWith: { first, _ in first })
            func devices(_ keys: [VerifyingKey]) -> [ErasureList.Device] {
                keys.map { ErasureList.Device(key: $0, name: names[$0] ?? "") }
            }
            return ErasureList(
                erased: try store.erasures().map {
                    ErasureList.Erased(
                        record: $0.record, log: $0.log, time: $0.time, confirmed: devices($0.confirmed),
                        outstanding: devices($0.outstanding))
                },
                waiting: try store.waitingErasures().map { ErasureList.Waiting(record: $0.record, log: $0.log) },
                purges: try store.outstandingPurges().map {
                    ErasureList.Purge(device: devices([$0.device])[0], logs: $0.logs)
                },
                siblings: try store.siblings().map {
                    ErasureList.Sibling(record: $0.record, log: $0.log, erased: $0.erased)
                })
        }
    }
}

extension Store {
    /// The entry itself, unless it erases a member who is still there. Then their name goes, and what they may do stays:
    /// somebody without a name takes their place, with their devices and grants, so that everything they wrote counts as
    /// before. Inside a transaction.
    func replacingMember(_ entry: LedgerEntry) throws -> LedgerEntry {
        guard entry.log == .roster, entry.collection == .member else { return entry }
        let member = try stored(entry.record, in: .roster)
        guard member.isListed else { return entry }
        let successor = try entry.successor.flatMap { try isMember($0) ? $0 : nil } ?? nameless(like: member)
        var edits = try devices(of: member.id).map { device in
            RecordEdit(
                log: .roster, target: .natural(.device, key: device.description),
                fields: [.set(Field.Device.member, .record(successor))])
        }
        for partition in try grantedPartitions(member.id) {
            edits.append(
                RecordEdit(
                    log: .roster, target: .natural(.grant, key: Store.grantKey(successor, partition)),
                    fields: [
                        .set(Field.Grant.member, .record(successor)), .set(Field.Grant.partition, .text(partition)),
                        .set(Field.Grant.level, .integer(1)),
                    ]))
        }
        for start in stride(from: 0, to: edits.count, by: Limits.blocks) {
            _ = try saveInTransaction(Array(edits[start..<min(start + Limits.blocks, edits.count)]))
        }
        return LedgerEntry(log: .roster, record: member.id, collection: .member, successor: successor)
    }

    private func isMember(_ record: RecordID) throws -> Bool {
        let state = try stored(record, in: .roster)
        return state.collection == .member && state.isListed
    }

    private func nameless(like member: RecordState) throws -> RecordID {
        var fields: [FieldEdit] = []
        for field in [Field.Member.role, Field.Member.defaultPartition] {
            if let value = member.value(field) { fields.append(.set(field, value)) }
        }
        return try saveInTransaction([RecordEdit(log: .roster, target: .new(.member), fields: fields)])[0]
    }
}
