import StoepCommand
import StoepCore
import StoepModel

// What was done to a record, and taking it back.
extension Command {
    func history(of id: RecordID, _ collection: CollectionDefinition, _ replica: Replica) throws -> ExitCode {
        let steps = try replica.history(of: id)
        console.answer(["id": .string(id.description), "changes": .array(steps.map { json($0) })]) {
            for step in steps { tell(step, of: collection) }
        }
        return .done
    }

    func undo(_ id: RecordID, _ replica: Replica) throws -> ExitCode {
        let undone = try replica.undo(id, change: arguments.text(.change))
        let kept = undone.kept.map { ["field": .optional($0.field), "reason": .string($0.reason)] as JSON }
        console.answer(["id": .string(id.description), "undone": json(undone.step), "kept": .array(kept)]) {
            console.say(.undone(id: replica.shortID(id), number: undone.step.number))
            for kept in undone.kept { console.say(text(kept), style: .warning) }
        }
        return .done
    }

    func text(_ kept: KeptByUndo) -> Localized {
        .undoKept(field: kept.field.map { .field($0) }, reason: kept.reason)
    }

    // MARK: As JSON

    func json(_ step: HistoryStep) -> JSON {
        [
            "n": .number(step.number), "change": .string(step.change), "seq": .number(step.seq), "by": json(step.by),
            "own": .bool(step.isOwn), "time": .number(step.time.milliseconds), "recorded": .bool(step.recorded),
            "masked": .optional(step.masked), "missing": .bool(step.isMissing),
            "items": .array(step.items.map { json($0) })
        ]
    }

    private func json(_ item: HistoryStep.Item) -> JSON {
        let members: [JSON.Member] =
            switch item.content {
            case .value(let field, let from, let beside, let to):
                [
                    .init("kind", "value"), .init("field", .string(field)), .init("from", .strings(from)),
                    .init("beside", .strings(beside)), .init("to", .string(to))
                ]
            case .added(let field, let values):
                [.init("kind", "added"), .init("field", .string(field)), .init("values", .strings(values))]
            case .removed(let field, let values):
                [.init("kind", "removed"), .init("field", .string(field)), .init("values", .strings(values))]
            case .text(let field, let changes):
                [
                    .init("kind", "text"), .init("field", .string(field)),
                    .init("changes", .array(changes.map { json($0) }))
                ]
            case .counted(let field, let delta):
                [.init("kind", "counted"), .init("field", .string(field)), .init("count", .number(delta))]
            case .placed(let field, let value, let after):
                [
                    .init("kind", "placed"), .init("field", .string(field)), .init("value", .string(value)),
                    .init("after", .optional(after))
                ]
            case .moved(let field, let value, let after):
                [
                    .init("kind", "moved"), .init("field", .string(field)), .init("value", .optional(value)),
                    .init("after", .optional(after))
                ]
            case .deleted: [.init("kind", "deleted")]
            case .erased(let successor):
                [.init("kind", "erased"), .init("successor", .optional(successor?.description))]
            case .joined(let records):
                [.init("kind", "joined"), .init("records", .strings(records.map(\.description)))]
            case .separated(let records):
                [.init("kind", "separated"), .init("records", .strings(records.map(\.description)))]
            case .unknown(let field):
                [.init("kind", "unknown"), .init("field", .optional(field))]
            }
        return .object(members + [.init("masked", .optional(item.masked))])
    }

    private func json(_ change: HistoryStep.TextChange) -> JSON {
        [
            "before": .string(change.before), "deleted": .string(change.deleted), "inserted": .string(change.inserted),
            "after": .string(change.after)
        ]
    }

    // MARK: As text

    func tell(_ step: HistoryStep, of collection: CollectionDefinition) {
        console.print(
            console.text(.historyStep(number: step.number, by: name(step.by), when: ago(step.time))), style: .strong)
        if step.recorded { line(console.text(.historyRecorded)) }
        if let masked = step.masked { line(console.text(.historyMasked(masked)), style: .warning) }
        if step.isMissing { line(console.text(.historyMissing), style: .warning) }
        for item in step.items {
            for text in lines(item.content, collection) { line(text.onOneLine) }
            // Said once of the whole change.
            if let masked = item.masked, step.masked == nil {
                line(console.text(.historyMasked(masked)), style: .warning)
            }
        }
    }

    private func line(_ text: String, style: Console.Style = .plain) { console.print("   " + text, style: style) }

    private func lines(_ content: HistoryStep.Content, _ collection: CollectionDefinition) -> [String] {
        let label = { (field: String) in self.label(field, collection) }
        switch content {
        case .value(let field, let from, let beside, let to):
            let others = beside.isEmpty ? "" : "  (\(console.text(.historyBeside)): \(listed(beside, field, collection)))"
            return ["\(label(field)): \(from.isEmpty ? "" : listed(from, field, collection) + " ")→ \(shown(to, field, collection))\(others)"]
        case .added(let field, let values): return values.map { "\(label(field)): + \($0)" }
        case .removed(let field, let values): return values.map { "\(label(field)): − \($0)" }
        case .text(let field, let changes): return changes.map { "\(label(field)): \(line(of: $0))" }
        case .counted(let field, let delta): return ["\(label(field)): \(delta < 0 ? "−" : "+") \(delta.magnitude)"]
        case .placed(let field, let value, let after): return ["\(label(field)): + \(value)\(place(after))"]
        case .moved(let field, let value, let after):
            return ["\(label(field)): ↕ \(value ?? console.text(.historyNothing))\(place(after))"]
        case .deleted: return [console.text(.historyDeleted)]
        case .erased: return [console.text(.historyErased)]
        case .joined(let records): return records.map { "= \($0)" }
        case .separated(let records): return records.map { "≠ \($0)" }
        case .unknown(let field):
            return [(field.map { label($0) + ": " } ?? "") + console.text(.historyUnknown)]
        }
    }

    private func line(of change: HistoryStep.TextChange) -> String {
        (change.before.isEmpty ? "" : "…" + change.before)
            + (change.deleted.isEmpty ? "" : "[−\(change.deleted)]")
            + (change.inserted.isEmpty ? "" : "[+\(change.inserted)]")
            + (change.after.isEmpty ? "" : change.after + "…")
    }

    /// Where in a list something was put.
    private func place(_ after: String?) -> String {
        " (\(console.text(after.map { .historyAfter($0) } ?? .historyFirst)))"
    }

    private func label(_ field: String, _ collection: CollectionDefinition) -> String {
        console.text(.field(field, of: collection.name))
    }

    private func listed(_ values: [String], _ field: String, _ collection: CollectionDefinition) -> String {
        values.map { shown($0, field, collection) }.joined(separator: " | ")
    }

    /// A choice in the words of the schema, a time of day as people read it.
    private func shown(_ value: String, _ field: String, _ collection: CollectionDefinition) -> String {
        if value.isEmpty { return console.text(.historyNothing) }
        switch collection.field(named: field)?.form {
        case .choice(let choices)?:
            return choices.first { $0.name == value }.map { console.text(Localized($0.words)) } ?? value
        case .moment?: return Int64(value).map { Moment.local($0) } ?? value
        default: return value
        }
    }
}
