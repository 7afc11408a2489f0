import StoepCommand
import StoepCore
import StoepModel

// stoep due, and what settles what is due; agendas and rounds.
extension Command {
    /// The day that was typed, else today.
    func dayOrToday() -> String { arguments.text(.onDay) ?? Self.today }

    static var today: String { Moment.day(0, from: Moment.now()) ?? "" }

    func due(_ replica: Replica) throws -> ExitCode {
        let today = Self.today
        let through = arguments.flag(.dueAll) ? nil : arguments.text(.dueThrough) ?? today
        let all = try replica.due(through: through, mine: arguments.flag(.mine), area: arguments.text(.ofArea))
        let isOverdue = { (item: DueItem) in item.day.map { $0.utf8.lexicographicallyPrecedes(today.utf8) } ?? false }
        let items = arguments.flag(.overdue) ? all.filter(isOverdue) : all
        if arguments.flag(.ics) {
            console.output.write(calendar(items).text)
            return .done
        }
        let answer = items.map { item in
            [
                "kind": .string(item.kind.rawValue), "day": .optional(item.day), "overdue": .bool(isOverdue(item)),
                "mine": .bool(item.isMine), "record": json(item.record),
            ] as JSON
        }
        let signals = try replica.signals(waiting: true, area: arguments.text(.ofArea))
        console.answer([
            "today": .string(today), "signals": .array(signals.map { json($0) }), "due": .array(answer),
        ]) {
            tellWaiting(signals, replica)
            guard !items.isEmpty else { return console.say(.dueNothing) }
            var table = Table([
                .init(.labelID), .init(.labelDue), .init(.labelKind), .init(.labelWhat, shrinks: true), .init(.labelWho),
            ])
            for item in items {
                let mark = isOverdue(item) ? " !" : ""
                table.add([
                    replica.shortID(item.record.id), (item.day ?? "") + mark, console.text(.dueKind(item.kind.rawValue)),
                    heading(item.record), who(item),
                ])
            }
            console.print(table)
            let overdue = items.count(where: isOverdue)
            if overdue > 0 { console.say(.dueOverdue(overdue), style: .warning) }
        }
        return .done
    }

    /// Reminders for a telephone: they leave this program, so that they hold what was agreed and no words of residents.
    func calendar(_ items: [DueItem], beside others: [Calendar.Item] = []) -> Calendar {
        let dated = items.compactMap { item -> Calendar.Item? in
            guard let day = item.day else { return nil }
            let what = item.kind == .followUp ? item.record.text(Field.Conversation.place) : item.record.name
            let title = [console.text(.dueKind(item.kind.rawValue)), what].filter { !$0.isEmpty }.joined(separator: ": ")
            return Calendar.Item(id: item.record.id.description, day: day, title: title, note: who(item))
        }
        return Calendar(others + dated, nowMilliseconds: Moment.now())
    }

    /// Who promised it, who goes back, or to whom it goes.
    private func who(_ item: DueItem) -> String {
        switch item.kind {
        case .agreement: item.record.text(Field.Agreement.who)
        case .followUp:
            item.record.record(Field.Conversation.followUpBy) == nil
                ? name(item.record.by) : item.record.text(Field.Conversation.followUpBy)
        case .referral: item.record.text(Field.Referral.to)
        }
    }

    func settleAgreement(_ outcome: Outcome, _ replica: Replica) throws -> ExitCode {
        let id = try record(.agreement, replica)
        return tellChanged(id, try replica.settle(id, outcome, on: dayOrToday()), replica)
    }

    func meetingAgenda(_ replica: Replica) throws -> ExitCode {
        let id = try record(.meeting, replica)
        var edits = arguments.texts(.addItem).map { AgendaEdit.add($0) }
        switch (arguments.number(.moveItem), arguments.number(.toPlace)) {
        case (let from?, let to?): edits.append(.move(from, to: to))
        case (nil, nil): break
        default: throw CommandFailure.moveNeedsPlace
        }
        if let number = arguments.number(.removeItem) { edits.append(.remove(number)) }
        let changed = try edits.isEmpty ? false : replica.rearrange(id, edits)
        let items = try replica.view(id).members(Field.Meeting.agenda).map(\.text)
        console.answer(["id": .string(id.description), "changed": .bool(changed), "agenda": .strings(items)]) {
            guard !items.isEmpty else { return console.say(.agendaEmpty) }
            for (index, item) in items.enumerated() { console.print("\(index + 1)  \(item.onOneLine)") }
        }
        return .done
    }

    func roundClose(_ replica: Replica) throws -> ExitCode {
        let id = try record(.round, replica)
        let changed = try replica.edit(
            id, [.set(Field.Round.learnt, arguments.required(.learnt)), .set(Field.Round.closedOn, dayOrToday())])
        return tellChanged(id, changed, replica)
    }

    // MARK: Tallies

    func tallyAdd(_ replica: Replica) throws -> ExitCode {
        let tally = try replica.count(
            approached: Int64(arguments.number(.approached) ?? 0), declined: Int64(arguments.number(.declined) ?? 0),
            area: arguments.text(.area), on: dayOrToday())
        console.answer(json(tally: tally)) {
            console.say(
                .tallySaved(
                    area: tally.text(Field.Tally.area), day: tally.text(Field.Tally.day),
                    approached: count(tally, Field.Tally.approached), declined: count(tally, Field.Tally.declined)))
        }
        return .done
    }

    func tallyList(_ replica: Replica) throws -> ExitCode {
        let tallies = try replica.tallies(area: arguments.text(.ofArea), days: period()?.days)
        let (approached, declined) = (
            tallies.reduce(Int64(0)) { $0.addingUpTo(count($1, Field.Tally.approached)) },
            tallies.reduce(Int64(0)) { $0.addingUpTo(count($1, Field.Tally.declined)) }
        )
        let answer: JSON = [
            "tallies": .array(tallies.map { json(tally: $0) }), "approached": .number(approached),
            "declined": .number(declined),
        ]
        console.answer(answer) {
            guard !tallies.isEmpty else { return console.say(.tallyListEmpty) }
            var table = Table([
                .init(.labelDay), .init(.labelArea, shrinks: true), .init(.labelApproached, .trailing),
                .init(.labelDeclined, .trailing),
            ])
            for tally in tallies {
                table.add([
                    tally.text(Field.Tally.day), tally.text(Field.Tally.area),
                    String(count(tally, Field.Tally.approached)), String(count(tally, Field.Tally.declined)),
                ])
            }
            table.add([console.text(.labelTotal), "", String(approached), String(declined)])
            console.print(table)
        }
        return .done
    }

    private func count(_ tally: RecordView, _ field: FieldNumber) -> Int64 {
        if case .count(let count)? = tally[field] { count } else { 0 }
    }

    private func json(tally: RecordView) -> JSON {
        guard case .value(let area, _)? = tally[Field.Tally.area], case .text(let code) = area.value else {
            return json(tally)
        }
        return [
            "id": .string(tally.id.description), "area": .string(code), "areaName": .string(area.text),
            "day": .string(tally.text(Field.Tally.day)), "approached": .number(count(tally, Field.Tally.approached)),
            "declined": .number(count(tally, Field.Tally.declined)),
        ]
    }
}
