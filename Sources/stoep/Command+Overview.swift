import StoepCommand
import StoepCore
import StoepModel

// stoep overview, and what initiatives come to together.
extension Command {
    func overview(_ replica: Replica) throws -> ExitCode {
        var request = OverviewRequest(today: Self.today)
        request.area = arguments.text(.ofArea)
        request.limit = arguments.number(.limit) ?? 10
        if let (days, period) = try period() { (request.days, request.period) = (days, period) }
        let overview = try replica.overview(request)
        console.answer(json(overview, arguments.text(.sinceDay), arguments.text(.untilDay))) { tell(overview) }
        return .done
    }

    /// From `--since` through `--until`; nil where neither is said.
    func period() throws(CommandFailure) -> (days: ClosedRange<String>, moments: Range<Int64>)? {
        let (since, until) = (arguments.text(.sinceDay), arguments.text(.untilDay))
        guard since != nil || until != nil else { return nil }
        let (first, last) = (since ?? "1970-01-01", until ?? "2099-12-31")
        guard !last.utf8.lexicographicallyPrecedes(first.utf8), let period = Moment.period("\(first)..\(last)") else {
            throw .periodBackwards(since: first, until: last)
        }
        return (first...last, period)
    }

    private func json(_ overview: Overview, _ since: String?, _ until: String?) -> JSON {
        let questions = overview.questions.map { question in
            [
                "id": .string(question.id.description), "wording": .string(question.wording),
                "conversations": .number(question.conversations), "areas": .number(question.areas),
            ] as JSON
        }
        let balance = overview.balance.map { balance in
            [
                "area": .optional(balance.area?.code), "areaName": .optional(balance.area?.name),
                "offers": .number(balance.offers), "needs": .number(balance.needs), "matches": .number(balance.matches),
            ] as JSON
        }
        return [
            "since": .optional(since), "until": .optional(until), "conversations": .number(overview.conversations),
            "areas": .array(
                overview.areas.map {
                    ["code": .string($0.area.code), "name": .string($0.area.name), "conversations": .number($0.conversations)]
                }),
            "themes": .array(
                overview.themes.map {
                    [
                        "id": .optional($0.id?.description), "name": .string($0.name), "conversations": .number($0.count),
                    ]
                }),
            "questions": .array(questions), "approached": .number(overview.approached),
            "declined": .number(overview.declined),
            "agreements": [
                "kept": .number(overview.kept), "broken": .number(overview.broken), "open": .number(overview.open),
                "overdue": .number(overview.overdue),
            ],
            "meetings": .array(
                overview.meetings.map { ["chairedBy": .optional($0.party?.name), "count": .number($0.count)] }),
            "initiatives": .array(
                overview.initiatives.map { ["partner": .optional($0.partner?.name), "count": .number($0.count)] }),
            "balance": .array(balance),
        ]
    }

    private func tell(_ overview: Overview) {
        chart(.overviewConversations(overview.conversations), overview.areas.map { ($0.area.name, $0.conversations) }, isFirst: true)
        chart(.overviewThemes, overview.themes.map { ($0.name, $0.count) })
        chart(.overviewQuestions, overview.questions.map { ($0.wording, $0.conversations) })
        if overview.approached != 0 || overview.declined != 0 {
            console.print("")
            console.say(
                .overviewApproached(overview.approached, declined: overview.declined, console.settings.words), style: .strong)
        }
        let agreements: [(Localized, Int)] = [
            (Localized(Outcome.kept.words), overview.kept), (Localized(Outcome.broken.words), overview.broken),
            (.overviewOpen, overview.open - overview.overdue), (.overviewOverdue, overview.overdue),
        ]
        let promised = overview.kept + overview.broken + overview.open
        if promised > 0 { chart(.overviewAgreements(promised), agreements.map { (console.text($0.0), $0.1) }) }
        let meetings = overview.meetings.reduce(0) { $0 + $1.count }
        if meetings > 0 {
            chart(
                .overviewMeetings(meetings),
                overview.meetings.map { (console.text($0.party.map { words(of: $0) } ?? .overviewUnsaid), $0.count) })
        }
        let initiatives = overview.initiatives.reduce(0) { $0 + $1.count }
        if initiatives > 0 {
            chart(
                .overviewInitiatives(initiatives),
                overview.initiatives.map {
                    (console.text($0.partner.map { Localized($0.words) } ?? .overviewUnsaid), $0.count)
                })
        }
        tell(overview.balance)
    }

    private func words(of party: Party) -> Localized {
        party == .resident ? console.settings.words.one : Localized(party.words)
    }

    private func tell(_ balance: [Overview.Balance]) {
        guard !balance.isEmpty else { return }
        console.print("")
        console.print(console.text(.overviewBalance), style: .strong)
        var table = Table([
            .init(.labelArea, shrinks: true), .init(Localized(RecordNoun.offer.definition.many), .trailing),
            .init(Localized(RecordNoun.need.definition.many), .trailing),
            .init(Localized(RecordNoun.match.definition.many), .trailing),
        ])
        for area in balance {
            table.add([
                area.area?.name ?? console.text(.overviewNoArea), String(area.offers), String(area.needs),
                String(area.matches),
            ])
        }
        console.print(table)
    }

    /// Names, numbers and bars, within the width of the terminal; a narrow one has no bars.
    private func chart(_ title: Localized, _ rows: [(name: String, count: Int)], isFirst: Bool = false) {
        // Of what there is nothing, nothing is said, but for the first.
        if rows.isEmpty, !isFirst { return }
        if !isFirst { console.print("") }
        console.print(console.text(title), style: .strong)
        guard let most = rows.map(\.count).max(), most > 0 else { return }
        let columns = min(console.settings.terminal.columns ?? 80, 100)
        let names = min(rows.map(\.name.displayWidth).max() ?? 0, max(12, columns / 2))
        let numbers = String(most).utf8.count
        let room = columns - names - numbers - 6
        for row in rows {
            let name = row.name.onOneLine.truncated(columns: names).padded(columns: names)
            let bar = room >= 5 && row.count > 0 ? "  " + Bar.text(row.count, of: most, columns: room) : ""
            console.print("  \(name)  \(String(row.count).padded(columns: numbers, .trailing))\(bar)")
        }
    }

    // MARK: Initiatives

    func initiativeGrid(_ replica: Replica) throws -> ExitCode {
        let grid = try replica.partnerGrid(area: arguments.text(.ofArea))
        let answer = grid.rows.map { row -> JSON in
            [
                "theme": ["id": .string(row.theme.id.description), "name": .string(row.theme.name)],
                "partners": .object(PartnerKind.allCases.map { .init($0.name, .number(row.counts[$0] ?? 0)) }),
                "unsaid": .number(row.unsaid), "missing": .strings(row.missing.map(\.name)),
            ]
        }
        console.answer(["grid": .array(answer)]) {
            guard !grid.rows.isEmpty else { return console.say(.themeListEmpty) }
            var table = Table(
                [.init(.labelThemes, shrinks: true)]
                    + PartnerKind.allCases.map { .init(Localized($0.words), .trailing) } + [.init(.overviewUnsaid, .trailing)])
            for row in grid.rows {
                let counts = PartnerKind.allCases.map { row.counts[$0] ?? 0 } + [row.unsaid]
                table.add([row.theme.name] + counts.map { $0 == 0 ? "–" : String($0) })
            }
            console.print(table)
            console.say(.gridMissing, style: .faint)
        }
        return .done
    }

    func initiativeSuggest(_ replica: Replica) throws -> ExitCode {
        let limit = arguments.number(.limit) ?? (console.settings.json ? nil : 20)
        let (found, count) = try replica.unlinkedNeighbours(area: arguments.text(.ofArea), limit: limit)
        let answer = found.map { pair -> JSON in
            [
                "one": json(pair.one), "other": json(pair.other), "area": .string(pair.area.code),
                "areaName": .string(pair.area.name), "themes": .strings(pair.themes),
            ]
        }
        console.answer(["suggestions": .array(answer), "count": .number(count)]) {
            guard !found.isEmpty else { return console.say(.neighboursNone) }
            for pair in found {
                let ids = [pair.one, pair.other].map { "\(replica.shortID($0.id))  \($0.name.onOneLine)" }
                console.print(ids.joined(separator: "  ↔  "), style: .strong)
                console.print("  " + console.text(.neighboursShare(pair.themes, area: pair.area.name)))
            }
            if found.count < count { console.say(.searchMore(shown: found.count), style: .faint) }
            console.say(.neighboursHow, style: .faint)
        }
        return .done
    }
}
