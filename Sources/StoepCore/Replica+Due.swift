import StoepMerge
import StoepModel
import StoepStore

/// Something that somebody has to see to.
public struct DueItem: Sendable {
    public enum Kind: String, Sendable {
        /// What was promised is not yet said to be kept or broken.
        case agreement
        /// Somebody was to go back, and did not yet.
        case followUp
        /// Nobody has accepted it.
        case referral
    }

    public let kind: Kind
    public let record: RecordView
    /// By when, as in `2026-11-21`; nil where that was not said.
    public let day: String?
    /// Whether it is for this member: they see to it, or nobody is named and they wrote it down.
    public let isMine: Bool
}

extension Replica {
    /// What is open and due by a day, the longest overdue first; then what has no day.
    /// - Parameters:
    ///   - day: as in `2026-11-21`, included; nil for all that is open.
    ///   - mine: only what is for this member.
    ///   - typed: only what is in this area, by its code or name; nil for all.
    public func due(through day: String?, mine: Bool = false, area typed: String? = nil) throws(ReplicaError) -> [DueItem] {
        try ReplicaError.naming {
            if let day, !Self.isDay(day) { throw ReplicaError.valueDoesNotFit(field: "day", value: day) }
            return try store.read {
                var people = People(self)
                let code = try typed.map { try area(meaning: $0).code }
                var items: [DueItem] = []
                for source in DueSource.all {
                    var conditions: [RecordSelection.Condition] = [.lacks(source.done)]
                    if let field = source.day, let day { conditions.append(.atMost(field, .text(day))) }
                    if let field = source.day, day == nil, source.needsDay { conditions.append(.atLeast(field, .text("1"))) }
                    if let code, let field = SearchedFields.areas[source.collection] {
                        conditions.append(.holds(field, .text(code)))
                    }
                    try store.forEachRecord(of: source.collection, .inAnyOrder(conditions)) { state, log in
                        let item = item(try view(state, in: log, &people), source)
                        if item.isMine || !mine { items.append(item) }
                    }
                }
                return items.sorted { ($0.day ?? "~", $0.record.id) < ($1.day ?? "~", $1.record.id) }
            }
        }
    }

    private func item(_ record: RecordView, _ source: DueSource) -> DueItem {
        let day = source.day.map { record.text($0) } ?? ""
        let named = source.member.flatMap { record.record($0) }
        return DueItem(
            kind: source.kind, record: record, day: day.isEmpty ? nil : day,
            isMine: named.map { $0 == member } ?? (record.by.id == member))
    }

    /// Settles an agreement.
    /// - Returns: whether anything changed.
    public func settle(_ id: RecordID, _ outcome: Outcome, on day: String) throws(ReplicaError) -> Bool {
        try edit(
            id, [.set(Field.Agreement.outcome, outcome.name), .set(Field.Agreement.outcomeOn, outcome == .open ? "" : day)])
    }
}

/// Where what is due stands in a collection.
private struct DueSource {
    let kind: DueItem.Kind
    let collection: CollectionNumber
    /// By when.
    let day: FieldNumber?
    /// Says that it is no longer open.
    let done: FieldNumber
    /// Who sees to it.
    let member: FieldNumber?
    /// Whether it is nothing to see to without a day.
    let needsDay: Bool

    static let all = [
        DueSource(
            kind: .agreement, collection: .agreement, day: Field.Agreement.dueOn, done: Field.Agreement.outcome,
            member: Field.Agreement.member, needsDay: false),
        DueSource(
            kind: .followUp, collection: .conversation, day: Field.Conversation.followUpOn,
            done: Field.Conversation.followedUpOn, member: Field.Conversation.followUpBy, needsDay: true),
        // It waits for whoever accepts it.
        DueSource(
            kind: .referral, collection: .referral, day: nil, done: Field.Referral.progress, member: nil, needsDay: true),
    ]
}
