import StoepMerge
import StoepModel
import StoepStore

/// An offer and a need that may go together, and why.
public struct Suggestion: Sendable {
    public enum Reason: Sendable, Equatable {
        case theme(String)
        /// A word that stands in both.
        case word(String)
        case area(String)
    }

    public let offer: RecordView
    public let need: RecordView
    public let reasons: [Reason]
    /// How much of the offer is left.
    public let left: Int64
    /// The conditions of the offer that are not met yet: it is blocked until they are.
    public let missing: [String]
}

/// A condition, and the offers that wait for it.
public struct BlockingCondition: Sendable {
    public let condition: String
    public let offers: [RecordView]
}

extension Replica {
    /// Brings an offer and a need together.
    /// - Parameter share: how much of the offer it takes.
    /// - Returns: the match; the one that there is already, where somebody did so before.
    /// - Throws: `offerUsedUp`, `conditionsMissing`, `notAllowed`.
    public func match(_ offer: RecordID, _ need: RecordID, share: Int64 = 1) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write {
                var people = People(self)
                let view = try view(offer, &people)
                let key = "\(offer)/\(need)"
                let id = store.naturalID(.match, key)
                if try store.stored(id).isListed { return id }
                guard try left(view) >= share else { throw ReplicaError.offerUsedUp(offer, left: try left(view)) }
                let missing = Self.missing(view)
                guard missing.isEmpty else { throw ReplicaError.conditionsMissing(offer, missing) }
                return try store.saveInTransaction([
                    RecordEdit(
                        log: .square, target: .natural(.match, key: key),
                        fields: [
                            .set(Field.Match.offer, .record(offer)), .set(Field.Match.need, .record(need)),
                            .set(Field.Match.progress, .integer(Progress.accepted.rawValue)),
                            .set(Field.Match.share, .integer(share)),
                        ])
                ])[0]
            }
        }
    }

    /// Offers and needs that may go together, the most likely first: of the same area or of none, with a theme or a
    /// word in common, that nobody brought together or refused to yet.
    /// - Parameter id: of one offer or need alone; nil for all.
    public func suggestions(for id: RecordID? = nil, area typed: String? = nil) throws(ReplicaError) -> [Suggestion] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                let code = try typed.map { try area(meaning: $0).code }
                let offers = try open(.offer, &people), needs = try open(.need, &people)
                let matched = Set(
                    try store.records(of: .match).map { try view($0, &people) }.compactMap { match in
                        match.record(Field.Match.offer).flatMap { offer in
                            match.record(Field.Match.need).map { Pair(offer: offer, need: $0) }
                        }
                    })
                let traits = Traits(offers + needs)
                var found: [(suggestion: Suggestion, weight: Int)] = []
                for offer in offers {
                    let left = try left(offer)
                    guard left > 0 else { continue }
                    for need in needs where id == nil || offer.id == id || need.id == id {
                        if matched.contains(Pair(offer: offer.id, need: need.id)) { continue }
                        if let code, !traits.areas(offer, need).contains(code) { continue }
                        guard let (reasons, weight) = traits.reasons(offer, need) else { continue }
                        let suggestion = Suggestion(
                            offer: offer, need: need, reasons: reasons, left: left, missing: Self.missing(offer))
                        found.append((suggestion, weight))
                    }
                }
                return found.sorted {
                    ($1.weight, $0.suggestion.missing.count, $0.suggestion.offer.id, $0.suggestion.need.id)
                        < ($0.weight, $1.suggestion.missing.count, $1.suggestion.offer.id, $1.suggestion.need.id)
                }.map(\.suggestion)
            }
        }
    }

    /// What stands in the way of offers: each condition with the offers that wait for it, the most needed first.
    public func blockedOffers() throws(ReplicaError) -> [BlockingCondition] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                var blocked: [String: [RecordView]] = [:]
                for offer in try open(.offer, &people) {
                    for condition in Self.missing(offer) { blocked[condition, default: []].append(offer) }
                }
                return blocked.map { BlockingCondition(condition: $0, offers: $1) }
                    .sorted { ($1.offers.count, $0.condition) < ($0.offers.count, $1.condition) }
            }
        }
    }

    private struct Pair: Hashable {
        let offer: RecordID
        let need: RecordID
    }

    private func open(_ collection: CollectionNumber, _ people: inout People) throws -> [RecordView] {
        try store.records(of: collection, RecordSelection([.lacks(Field.Offer.closedOn)])).map { try view($0, &people) }
    }

    /// How much of an offer nobody takes yet.
    private func left(_ offer: RecordView) throws -> Int64 {
        let matches = try store.records(of: .match, RecordSelection([.holds(Field.Match.offer, .record(offer.id))]))
        let taken = try matches.map { try store.stored($0) }.reduce(Int64(0)) { sum, match in
            let isTaking = match.integer(Field.Match.progress) == Progress.accepted.rawValue
            return isTaking ? sum.addingReportingOverflow(max(0, match.integer(Field.Match.share) ?? 1)).partialValue : sum
        }
        return (offer.integer(Field.Offer.capacity) ?? 1).subtractingReportingOverflow(taken).partialValue
    }

    private static func missing(_ offer: RecordView) -> [String] {
        let fulfilled = Set(offer.members(Field.Offer.fulfilled).map { $0.text.lowercased() })
        return offer.members(Field.Offer.conditions).map(\.text).filter { !fulfilled.contains($0.lowercased()) }
    }
}

/// What offers and needs can have in common, looked up once.
private struct Traits {
    private var words: [RecordID: Set<String>] = [:]

    init(_ records: [RecordView]) {
        for record in records {
            let text = record.text(Field.Offer.what) + " " + record.text(Field.Offer.description)
            words[record.id] = Set(
                text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count > 3 })
        }
    }

    func areas(_ offer: RecordView, _ need: RecordView) -> Set<String> {
        Set([offer, need].compactMap(Self.code))
    }

    private static func code(_ record: RecordView) -> String? {
        guard case .value(let shown, _)? = record[Field.Offer.area], case .text(let code) = shown.value else { return nil }
        return code
    }

    /// Why they may go together, and how much that weighs; nil where nothing speaks for it.
    func reasons(_ offer: RecordView, _ need: RecordView) -> ([Suggestion.Reason], Int)? {
        let (here, there) = (Self.code(offer), Self.code(need))
        if let here, let there, here != there { return nil }
        let themes = Set(offer.members(Field.Offer.themes).map(\.value))
        let shared = need.members(Field.Offer.themes).filter { themes.contains($0.value) }
        let common = (words[offer.id] ?? []).intersection(words[need.id] ?? []).sorted()
        guard !shared.isEmpty || !common.isEmpty else { return nil }
        var reasons = shared.map { Suggestion.Reason.theme($0.text) } + common.map { .word($0) }
        if here != nil, here == there { reasons.append(.area(offer.text(Field.Offer.area))) }
        return (reasons, 3 * shared.count + common.count + (here != nil && here == there ? 2 : 0))
    }
}
