import StoepMerge
import StoepModel
import StoepStore

/// What does not count, and what is to become of it.
extension Coordination {
    func listKeptAside(_ log: LogID?) throws -> AdminResponse {
        try store.foldControl()
        let aside = try store.keptAside(in: log)
        let besides = try store.quarantinedBesides(aside, in: log)
        return .keptAside(
            try aside.map { try listed($0) },
            besides: besides.map { CountedReason(reason: $0.key.rawValue, count: $0.value) }
                .sorted { $0.reason < $1.reason })
    }

    private func listed(_ entry: KeptAside) throws -> ListedAside {
        let open = entry.changes(alsoRefused: false)
        let times = (open.isEmpty ? entry.changes : open).map(\.time)
        return ListedAside(
            log: entry.log, actor: entry.actor, device: entry.device, member: try name(entry.member),
            changes: entry.changes.count, refused: entry.changes.count - open.count,
            since: times.min() ?? Timestamp(milliseconds: 0),
            reasons: Set(entry.changes.map(\.reason.rawValue)).sorted(), isReleasable: entry.isReleasable)
    }

    private func name(_ member: RecordID?) throws -> String {
        guard let member, case .text(let name)? = try store.stored(member, in: .roster).value(Field.Member.name)
        else { return "" }
        return name
    }

    /// What of one actor is kept aside, by log.
    private func keptAside(_ typed: String, _ log: LogID?) throws -> [KeptAside] {
        try store.foldControl()
        let prefix = typed.lowercased()
        let found = try store.keptAside(in: log).filter { $0.actor.description.hasPrefix(prefix) }
        let actors = Set(found.map(\.actor)).sorted()
        guard !actors.isEmpty else { throw Objection(.nothingKeptAside, typed) }
        guard actors.count == 1 else {
            throw Objection(.ambiguousActor, arguments: [typed] + actors.prefix(10).map(\.description))
        }
        return found
    }

    // MARK: Deciding

    /// Lets what an actor wrote count after all: up to what is held, or up to a number.
    func release(_ typed: String, _ log: LogID?, through seq: UInt64?) throws -> [Decision] {
        let decisions = try store.write {
            let aside = try keptAside(typed, log)
            let releasable = aside.filter(\.isReleasable)
            guard !releasable.isEmpty else {
                throw Objection(.notReleasable, aside.first?.changes.first?.reason.rawValue ?? "")
            }
            let edits = try releasable.map { entry in
                let ends = try store.ends(of: entry.actor, in: entry.log, through: seq ?? .max)
                return store.release(entry.actor, in: entry.log, through: ends)
            }
            _ = try store.saveInTransaction(edits)
            let decisions = try releasable.compactMap { entry -> Decision? in
                let now = try store.keptAside(in: entry.log).first { $0.actor == entry.actor }
                let before = Set(entry.changes.map(\.point))
                let left = Set(now?.changes.map(\.point) ?? [])
                guard left.isSubset(of: before) else { throw Objection(.releaseTooShort, "\(seq ?? 0)") }
                let released = before.count - left.count
                return released == 0 ? nil : Decision(log: entry.log, actor: entry.actor, changes: released)
            }
            guard !decisions.isEmpty else { throw Objection(.releaseTooShort, "\(seq ?? 0)") }
            for one in decisions { try store.audit("release \(one.actor) \(one.log): \(one.changes)") }
            return decisions
        }
        try store.prepareToSend()
        return decisions
    }

    /// Leaves what an actor wrote where it is, so that no list asks for it again.
    func refuse(_ typed: String, _ log: LogID?) throws -> [Decision] {
        let decisions = try store.write {
            let open = try keptAside(typed, log).filter { !$0.changes(alsoRefused: false).isEmpty }
            guard !open.isEmpty else { throw Objection(.nothingKeptAside, typed) }
            _ = try store.saveInTransaction(try open.map { try store.refuse($0.actor, in: $0.log) })
            let decisions = open.map {
                Decision(log: $0.log, actor: $0.actor, changes: $0.changes(alsoRefused: false).count)
            }
            for one in decisions { try store.audit("refuse \(one.actor) \(one.log): \(one.changes)") }
            return decisions
        }
        try store.prepareToSend()
        return decisions
    }

    // MARK: Showing

    /// How many changes one answer shows, and about how many bytes of their words.
    private static let shownChanges = 200
    private static let shownBytes = 4 << 20
    /// How much of one text is shown.
    private static let shownScalars = 4000

    func showKeptAside(_ typed: String, _ log: LogID?) throws -> AdminResponse {
        try store.write {
            let aside = try keptAside(typed, log)
            try store.audit("quarantine show \(aside[0].actor)")
            var shown: [ShownChange] = []
            var bytes = 0
            let all = aside.flatMap { entry in entry.changes.map { (entry.log, $0) } }
            for (log, change) in all {
                if shown.count >= Self.shownChanges || bytes > Self.shownBytes { break }
                let blocks = try store.blocks(of: change).map { block in
                    ShownChange.Block(
                        record: block.record,
                        collection: block.payload.map { name(of: $0.collection) } ?? "",
                        lines: try block.payload.map { try lines($0) } ?? [])
                }
                bytes += blocks.flatMap(\.lines).reduce(0) { $0 + $1.text.utf8.count + 32 }
                shown.append(
                    ShownChange(
                        log: log, seq: change.point.seq, time: change.time, reason: change.reason.rawValue,
                        isRefused: change.isRefused, blocks: blocks))
            }
            return .keptAsideChanges(shown, more: all.count - shown.count)
        }
    }

    private func name(of collection: CollectionNumber) -> String {
        store.configuration.schema[collection]?.name ?? "\(collection.rawValue)"
    }

    private func lines(_ payload: Payload) throws -> [ShownChange.Line] {
        let definition = store.configuration.schema[payload.collection]
        func line(_ kind: ShownChange.Line.Kind, _ field: FieldNumber?, _ text: String) -> ShownChange.Line {
            let name = field.map { definition?.field($0)?.name ?? "\($0.rawValue)" } ?? ""
            let scalars = text.unicodeScalars
            let short = scalars.count > Self.shownScalars ? String(scalars.prefix(Self.shownScalars)) + "…" : text
            return ShownChange.Line(kind: kind, field: name, text: short)
        }
        return try payload.operations.prefix(Self.shownChanges).map { operation in
            switch operation {
            case .write(let field, let value, _), .assign(let field, _, let value, _):
                line(.set, field, try text(value))
            case .add(let field, let value), .place(let field, _, _, let value): line(.add, field, try text(value))
            case .remove(let field, let removed): line(.remove, field, "\(removed.count)")
            case .edit(let field, let delta): line(.text, field, delta.text)
            case .count(let field, let number): line(.count, field, "\(number)")
            case .move(let field, _, _, _): line(.move, field, "")
            case .deleteRecord: line(.delete, nil, "")
            case .eraseRecord: line(.erase, nil, "")
            case .same(let other, _): line(.same, nil, other.description)
            case .apart(let edges): line(.apart, nil, "\(edges.count)")
            case .unknown: line(.unknown, nil, "")
            }
        }
    }

    /// A link as the name of what it leads to.
    private func text(_ value: Value) throws -> String {
        switch value {
        case .bool(let value): return "\(value)"
        case .integer(let value): return "\(value)"
        case .text(let value): return value
        case .bytes(let value): return Hex.encode(value.prefix(64))
        case .record(let id):
            let state = try store.stored(id)
            let definition = state.collection.flatMap { store.configuration.schema[$0] }
            guard let field = definition?.field(named: "name"), case .text(let name)? = state.value(field.number)
            else { return id.description }
            return name
        }
    }
}
