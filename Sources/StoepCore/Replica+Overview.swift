import StoepMerge
import StoepModel
import StoepStore

/// Figures, counted where the columns are: no record is read but for the names of what is shown.
extension Replica {
    /// The figures of the space, of one area or a period. Initiatives, offers and needs are as they stand today.
    public func overview(_ request: OverviewRequest) throws(ReplicaError) -> Overview {
        try ReplicaError.naming {
            try store.read {
                let code = try request.area.map { try area(meaning: $0).code }
                let scope = OverviewScope(area: code, period: request.period, days: request.days)
                let lineage = try themeLineage()
                var overview = Overview()
                try countConversations(scope, lineage, request.limit, &overview)
                for tally in try store.tallies(in: scope) {
                    overview.approached = overview.approached.addingUpTo(tally.approached)
                    overview.declined = overview.declined.addingUpTo(tally.declined)
                }
                for (outcome, count) in try store.agreementsByOutcome(in: scope) {
                    switch Outcome(rawValue: outcome) {
                    case .kept: overview.kept += count
                    case .broken: overview.broken += count
                    case .open, nil: overview.open += count
                    }
                }
                overview.overdue = try store.overdueAgreements(before: request.today, in: scope)
                overview.meetings = try Self.byKind(store.meetingsByChair(in: scope)) { Party(rawValue: $0) }
                overview.initiatives = try Self.byKind(store.initiativesByPartner(area: code)) { PartnerKind(rawValue: $0) }
                overview.balance = try balance(area: code, on: request.today)
                return overview
            }
        }
    }

    private func countConversations(
        _ scope: OverviewScope, _ lineage: ThemeLineage, _ limit: Int, _ overview: inout Overview
    ) throws {
        overview.conversations = try store.conversationCount(in: scope)
        let areas = try store.conversationsByArea(in: scope).sorted { ($1.count, $0.area) < ($0.count, $1.area) }
        overview.areas = try areas.prefix(limit).map { (try area(code: $0.area), $0.count) }
        var counts: [RecordID: Int] = [:]
        for (theme, count) in try store.conversationsByTheme(in: scope) {
            let end = lineage.end(of: theme)
            // A conversation that names both of what is one now is one conversation.
            guard counts[end] == nil else { continue }
            let all = lineage.all(with: end)
            counts[end] = all.count > 1 ? try store.conversationCount(of: all, in: scope) : count
        }
        let themes = counts.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        overview.themes = try themes.prefix(limit).map {
            Overview.Share(name: try themeName(of: $0.key), count: $0.value, id: $0.key)
        }
        let groups = try store.groups(in: .square)
        var seen: Set<RecordID> = []
        // Of those that are the same the one that came up most stands for all.
        for found in try store.emergingQuestions(in: scope, limit: 4 * limit) {
            guard overview.questions.count < limit, seen.insert(groups[found.question]?.first ?? found.question).inserted
            else { continue }
            let wording = try recordName(found.question, of: .question) ?? found.question.description
            overview.questions.append(
                .init(id: found.question, wording: wording, conversations: found.conversations, areas: found.areas))
        }
    }

    private static func byKind<Kind: Hashable>(
        _ counts: [(Int64?, Int)], _ kind: (Int64) -> Kind?
    ) throws -> [(Kind?, Int)] {
        var sums: [Kind?: Int] = [:]
        for (number, count) in counts { sums[number.flatMap(kind), default: 0] += count }
        return sums.sorted { $1.value < $0.value }.map { ($0.key, $0.value) }
    }

    private func balance(area code: String?, on day: String) throws -> [Overview.Balance] {
        var balance: [String: Overview.Balance] = [:]
        func count(_ counts: [(area: String, count: Int)], _ field: WritableKeyPath<Overview.Balance, Int>) throws {
            for (area, number) in counts {
                if balance[area] == nil {
                    balance[area] = Overview.Balance(area: area.isEmpty ? nil : try self.area(code: area))
                }
                balance[area]?[keyPath: field] += number
            }
        }
        try count(store.openExchanges(.offer, on: day, area: code), \.offers)
        try count(store.openExchanges(.need, on: day, area: code), \.needs)
        try count(store.openMatches(Progress.accepted.rawValue, on: day, area: code), \.matches)
        return balance.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: Initiatives

    /// Which kinds of partners have an initiative about which theme, the themes with most of them first.
    public func partnerGrid(area typed: String? = nil) throws(ReplicaError) -> PartnerGrid {
        try ReplicaError.naming {
            try store.read {
                let code = try typed.map { try area(meaning: $0).code }
                let lineage = try themeLineage()
                var found: [RecordID: [RecordID: Int64?]] = [:]
                for row in try store.initiativesByThemeAndPartner(area: code) {
                    // One that names both of what is one theme now counts once.
                    found[lineage.end(of: row.theme), default: [:]][row.initiative] = .some(row.partner)
                }
                let themes = try heldThemes().filter { lineage.end(of: $0.id) == $0.id }
                let rows = themes.map { theme -> PartnerGrid.Row in
                    let kinds = (found[theme.id] ?? [:]).values.map { $0.flatMap { PartnerKind(rawValue: $0) } }
                    let counts = Dictionary(kinds.compactMap { $0 }.map { ($0, 1) }, uniquingKeysWith: +)
                    return PartnerGrid.Row(theme: theme, counts: counts, unsaid: kinds.count { $0 == nil })
                }
                let all = { (row: PartnerGrid.Row) in row.counts.values.reduce(row.unsaid, +) }
                return PartnerGrid(rows: rows.sorted { (all($1), $0.theme.name) < (all($0), $1.theme.name) })
            }
        }
    }

    /// Initiatives of one area with a theme in common that are not linked, those with most in common first.
    /// - Returns: at most `limit` of them, and how many there are.
    public func unlinkedNeighbours(
        area typed: String? = nil, limit: Int? = nil
    ) throws(ReplicaError) -> (suggestions: [NeighbourSuggestion], count: Int) {
        try ReplicaError.naming {
            try store.read {
                let code = try typed.map { try area(meaning: $0).code }
                let lineage = try themeLineage()
                var themes: [RecordID: Set<RecordID>] = [:]
                for row in try store.initiativesByThemeAndPartner(area: code) {
                    themes[row.initiative, default: []].insert(lineage.end(of: row.theme))
                }
                let placed = try store.initiativesWithArea().filter { code == nil || $0.area == code }
                var linked: [RecordID: Set<RecordID>] = [:]
                for link in try store.initiativeLinks() {
                    linked[link.from, default: []].insert(link.to)
                    linked[link.to, default: []].insert(link.from)
                }
                var found: [(one: RecordID, other: RecordID, area: String, shared: Int)] = []
                for (area, neighbours) in Dictionary(grouping: placed, by: \.area) {
                    let ids = neighbours.map(\.id).sorted()
                    // Only those with a theme in common are looked at.
                    var byTheme: [RecordID: [Int]] = [:]
                    for (index, id) in ids.enumerated() {
                        for theme in themes[id] ?? [] { byTheme[theme, default: []].append(index) }
                    }
                    for (index, one) in ids.enumerated() {
                        var shared: [Int: Int] = [:]
                        for theme in themes[one] ?? [] {
                            for other in byTheme[theme] ?? [] where other > index { shared[other, default: 0] += 1 }
                        }
                        for (other, count) in shared where linked[one]?.contains(ids[other]) != true {
                            found.append((one, ids[other], area, count))
                        }
                    }
                }
                found.sort { ($1.shared, $0.one, $0.other) < ($0.shared, $1.one, $1.other) }
                var people = People(self)
                let shown = try found.prefix(limit ?? found.count).map { pair -> NeighbourSuggestion in
                    let shared = (themes[pair.one] ?? []).intersection(themes[pair.other] ?? []).sorted()
                    return NeighbourSuggestion(
                        one: try view(pair.one, &people), other: try view(pair.other, &people),
                        area: try self.area(code: pair.area), themes: try shared.map { try themeName(of: $0) }.sorted())
                }
                return (shown, found.count)
            }
        }
    }
}
