import StoepCommand
import StoepModel
import StoepServer

/// What is held and does not count.
extension DaemonCommand {
    private func log() throws(CommandFailure) -> LogID? {
        guard let typed = arguments.text(.inLog) else { return nil }
        guard let log = LogID(parsing: typed) else { throw .notALog(typed) }
        return log
    }

    func quarantineList() throws(CommandFailure) {
        guard case .keptAside(let all, let besides) = try ask(.listKeptAside(try log())) else {
            throw .daemonOfAnotherVersion
        }
        let entries = arguments.flag(.alsoRefused) ? all : all.filter { $0.changes > $0.refused }
        let counts = besides.map { JSON.Member($0.reason, .number($0.count)) }
        console.answer(["keptAside": .array(entries.map { json($0) }), "besides": .object(counts)]) {
            if entries.isEmpty { console.say(.quarantineNone) } else { console.print(table(entries)) }
            for entry in besides { console.say(.quarantineBesides(.reason(entry.reason), entry.count), style: .faint) }
        }
    }

    private func table(_ entries: [ListedAside]) -> Table {
        var table = Table([
            .init(.labelActors), .init(.labelWho, shrinks: true), .init(.labelLaptop), .init(.labelLog, shrinks: true),
            .init(.labelChanges, .trailing), .init(.labelSince), .init(.labelReason, shrinks: true),
        ])
        for entry in entries {
            let refused = entry.refused > 0 ? " \(console.text(.quarantineRefused(entry.refused)))" : ""
            table.add([
                String(entry.actor.description.prefix(8)),
                entry.member.isEmpty ? console.text(.quarantineUnknownWho) : entry.member,
                String(entry.device.description.prefix(8)), entry.log.description, "\(entry.changes)\(refused)",
                Moment.local(Int64(clamping: entry.since.milliseconds)),
                entry.reasons.map { console.text(.reason($0)) }.joined(separator: ", "),
            ])
        }
        return table
    }

    private func json(_ entry: ListedAside) -> JSON {
        [
            "log": .string(entry.log.description), "actor": .string(entry.actor.description),
            "device": .string(entry.device.description),
            "member": .optional(entry.member.isEmpty ? nil : entry.member), "changes": .number(entry.changes),
            "refused": .number(entry.refused), "since": .number(entry.since.milliseconds),
            "reasons": .strings(entry.reasons), "releasable": .bool(entry.isReleasable),
        ]
    }

    func quarantineShow() throws(CommandFailure) {
        let request = AdminRequest.showKeptAside(actor: arguments.one(.asideActor), try log())
        guard case .keptAsideChanges(let changes, let more) = try ask(request) else { throw .daemonOfAnotherVersion }
        console.answer(["changes": .array(changes.map { json($0) }), "more": .number(more)]) {
            for change in changes { tell(change) }
            if more > 0 { console.say(.quarantineMore(more), style: .warning) }
        }
    }

    private func tell(_ change: ShownChange) {
        let time = Moment.local(Int64(clamping: change.time.milliseconds))
        let refused = change.isRefused ? " " + console.text(.quarantineRefused(1)) : ""
        console.print(
            "\(change.seq)  \(time)  \(change.log.description)  \(console.text(.reason(change.reason)))\(refused)",
            style: .strong)
        for block in change.blocks {
            let collection = block.collection.isEmpty ? "?" : block.collection
            console.print("    \(collection) \(block.record.description.prefix(8))")
            for line in block.lines {
                let field = line.field.isEmpty ? "" : "\(console.text(.field(line.field))) "
                console.print("        \(field)\(console.text(.operation(line.kind.rawValue, readable(line))))")
            }
        }
    }

    /// What a number stands for, where it stands for something.
    private func readable(_ line: ShownChange.Line) -> String {
        guard line.kind == .set, let number = Int64(line.text) else { return line.text }
        switch line.field {
        case "startedAt": return Moment.local(number)
        case "consent": return Consent(rawValue: number)?.name ?? line.text
        default: return line.text
        }
    }

    private func json(_ change: ShownChange) -> JSON {
        let blocks = change.blocks.map { block -> JSON in
            let lines = block.lines.map { line -> JSON in
                [
                    "kind": .string(line.kind.rawValue), "field": .optional(line.field.isEmpty ? nil : line.field),
                    "text": .string(line.text),
                ]
            }
            return [
                "record": .string(block.record.description),
                "collection": .optional(block.collection.isEmpty ? nil : block.collection), "lines": .array(lines),
            ]
        }
        return [
            "log": .string(change.log.description), "seq": .number(change.seq),
            "time": .number(change.time.milliseconds), "reason": .string(change.reason),
            "refused": .bool(change.isRefused), "blocks": .array(blocks),
        ]
    }

    func quarantineRelease() throws(CommandFailure) {
        let through = arguments.number(.through).map { UInt64(clamping: $0) }
        try decide(.release(actor: arguments.one(.asideActor), try log(), through: through)) {
            .quarantineReleased($0.changes, log: $0.log.description)
        }
    }

    func quarantineRefuse() throws(CommandFailure) {
        try decide(.refuse(actor: arguments.one(.asideActor), try log())) {
            .quarantineLeftOut($0.changes, log: $0.log.description)
        }
    }

    private func decide(
        _ request: AdminRequest, _ message: (Decision) -> Localized
    ) throws(CommandFailure) {
        guard case .decided(let decisions) = try ask(request) else { throw .daemonOfAnotherVersion }
        let list = decisions.map { decision -> JSON in
            [
                "log": .string(decision.log.description), "actor": .string(decision.actor.description),
                "changes": .number(decision.changes),
            ]
        }
        console.answer(["decided": .array(list)]) { for decision in decisions { console.say(message(decision)) } }
    }
}
