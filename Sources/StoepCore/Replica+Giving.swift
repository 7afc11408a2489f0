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
    /// - Parameters:
    ///   - offer: what somebody offers.
    ///   - need: what somebody needs.
    ///   - share: how much of the offer it takes.
    ///   - day: today, as in `2026-11-21`.
    /// - Returns: the match; the one that there is already, where somebody did so before. One that was declined or ended
    ///   is taken up again.
    /// - Throws: `noLongerOpen`, `offerUsedUp`, `conditionsMissing`, `notAllowed`.
    public func match(
        _ offer: RecordID, _ need: RecordID, share: Int64 = 1, on day: String
    ) throws(ReplicaError) -> (id: RecordID, changed: Bool) {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write {
                let key = "\(offer)/\(need)"
                let id = store.naturalID(.match, key)
                let held = try store.stored(id)
                let progress = held.integer(Field.Match.progress)
                if held.isListed, progress == Progress.accepted.rawValue { return (id, false) }
                let state = try store.stored(offer)
                for side in [state, try store.stored(need)] { try checkOpen(side, on: day) }
                let left = try left(state, store.matches(of: offer))
                guard left >= share else { throw ReplicaError.offerUsedUp(offer, left: left) }
                let missing = Self.missing(state)
                guard missing.isEmpty else { throw ReplicaError.conditionsMissing(offer, missing) }
                _ = try store.saveInTransaction([
                    RecordEdit(
                        log: .square, target: .natural(.match, key: key),
                        fields: [
                            .set(Field.Match.offer, .record(offer)), .set(Field.Match.need, .record(need)),
                            .set(Field.Match.progress, .integer(Progress.accepted.rawValue)),
                            .set(Field.Match.share, .integer(share)),
                        ])
                ])
                return (id, true)
            }
        }
    }

    private func checkOpen(_ state: RecordState, on day: String) throws {
        guard state.isListed else { throw ReplicaError.unknownID(state.id.description) }
        if let closed = state.string(Field.Offer.closedOn), !closed.isEmpty {
            throw ReplicaError.noLongerOpen(state.id, day: closed)
        }
        if let until = state.string(Field.Offer.until), !until.isEmpty, until.utf8.lexicographicallyPrecedes(day.utf8) {
            throw ReplicaError.noLongerOpen(state.id, day: until)
        }
    }

    /// Offers and needs that may go together, the most likely first: of the same area or of none, with a theme or a
    /// word in common, that nobody brought together or refused to yet.
    /// - Parameters:
    ///   - id: of one offer or need alone; nil for all.
    ///   - typed: only within this area, by its code or name; nil for all.
    ///   - day: today, as in `2026-11-21`: what is closed or was good until a day before is left out.
    ///   - limit: how many at most.
    /// - Returns: those, and how many there are in all.
    public func suggestions(
        for id: RecordID? = nil, area typed: String? = nil, on day: String, limit: Int? = nil
    ) throws(ReplicaError) -> (suggestions: [Suggestion], count: Int) {
        try ReplicaError.naming {
            try store.read {
                let code = try typed.map { try area(meaning: $0).code }
                let lineage = try themeLineage(), matches = try store.matches()
                let (found, count) = Matchmaking(
                    offers: try open(.offer, on: day), needs: try open(.need, on: day), matches, lineage
                ).pairs(of: id, area: code, limit: limit)
                var people = People(self)
                var views: [RecordID: RecordView] = [:]
                func view(_ id: RecordID) throws -> RecordView {
                    if let known = views[id] { return known }
                    let view = try self.view(id, &people)
                    views[id] = view
                    return view
                }
                let shown = try found.map { pair in
                    let reasons = try pair.themes.map { Suggestion.Reason.theme(try themeName(of: $0)) }
                        + pair.words.map { .word($0) } + (pair.area.map { [.area(try area(code: $0).name)] } ?? [])
                    return Suggestion(
                        offer: try view(pair.offer), need: try view(pair.need), reasons: reasons, left: pair.left,
                        missing: pair.missing)
                }
                return (shown, count)
            }
        }
    }

    /// What stands in the way of offers: each condition with the offers that wait for it, the most needed first.
    public func blockedOffers(on day: String) throws(ReplicaError) -> [BlockingCondition] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                var blocked: [String: [RecordView]] = [:]
                for offer in try open(.offer, on: day) {
                    let missing = Self.missing(offer)
                    guard !missing.isEmpty else { continue }
                    let view = try view(offer, in: .square, &people)
                    for condition in missing { blocked[condition, default: []].append(view) }
                }
                return blocked.map { BlockingCondition(condition: $0, offers: $1) }
                    .sorted { ($1.offers.count, $0.condition) < ($0.offers.count, $1.condition) }
            }
        }
    }

    private func open(_ collection: CollectionNumber, on day: String) throws -> [RecordState] {
        let open = RecordSelection.inAnyOrder([
            .lacks(Field.Offer.closedOn), .lacksOrAtLeast(Field.Offer.until, .text(day)),
        ])
        var states: [RecordState] = []
        try store.forEachRecord(of: collection, open) { state, _ in states.append(state) }
        return states.sorted { $0.id < $1.id }
    }

    /// How much of an offer nobody takes yet.
    private func left(_ offer: RecordState, _ matches: [MatchRow]) -> Int64 {
        Matchmaking.left(of: offer.integer(Field.Offer.capacity), matches)
    }

    static func missing(_ offer: RecordState) -> [String] {
        let fulfilled = Set(offer.texts(Field.Offer.fulfilled).map { $0.lowercased() })
        return offer.texts(Field.Offer.conditions).filter { !fulfilled.contains($0.lowercased()) }
    }
}

extension RecordState {
    /// The members of a set of texts.
    fileprivate func texts(_ field: FieldNumber) -> [String] {
        members(field).compactMap { if case .text(let text) = $0.value { text } else { nil } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
