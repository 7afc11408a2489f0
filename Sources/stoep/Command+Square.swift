import StoepCommand
import StoepCore
import StoepModel

// Themes, areas, conflicts.
extension Command {
    func themeNew(_ replica: Replica) throws -> ExitCode {
        let theme = try replica.addTheme(arguments.one(.themeName))
        console.answer(["id": .string(theme.id.description), "name": .string(theme.name)]) {
            console.say(.themeSaved(name: theme.name, id: replica.shortID(theme.id)))
        }
        return .done
    }

    func themeList(_ replica: Replica) throws -> ExitCode {
        let themes = try replica.themes()
        let answer = themes.map { theme in
            [
                "id": .string(theme.id.description), "name": .string(theme.name),
                "conversations": .number(theme.conversations),
            ] as JSON
        }
        console.answer(["themes": .array(answer)]) {
            guard !themes.isEmpty else { return console.say(.themeListEmpty) }
            var table = Table([.init(.labelID), .init(.labelName, shrinks: true), .init(.labelTalks, .trailing)])
            for theme in themes { table.add([replica.shortID(theme.id), theme.name, String(theme.conversations)]) }
            console.print(table)
        }
        return .done
    }

    func themeOwn(_ replica: Replica) throws -> ExitCode {
        let id = try replica.find(arguments.one(.themeID), of: .theme)
        let state = try replica.own(id, reason: arguments.text(.reason), giveUp: arguments.flag(.stop))
        let name = try replica.view(id).name
        console.answer(["id": .string(id.description), "name": .string(name), "ownership": .string(state.rawValue)]) {
            console.say(.themeOwnership(state.rawValue, name: name))
        }
        return .done
    }

    func themeSplit(_ replica: Replica) throws -> ExitCode {
        let id = try replica.find(arguments.one(.themeID), of: .theme)
        let theme = try replica.split(id, off: arguments.one(.themeName))
        console.answer([
            "id": .string(theme.id.description), "name": .string(theme.name), "splitFrom": .string(id.description),
        ]) {
            console.say(.themeSaved(name: theme.name, id: replica.shortID(theme.id)))
        }
        return .done
    }

    func themeMerge(_ replica: Replica) throws -> ExitCode {
        let id = try replica.find(arguments.one(.themeID), of: .theme)
        let other = try replica.find(arguments.one(.intoTheme), of: .theme)
        let changed = try replica.merge(id, into: other)
        let (name, into) = (try replica.view(id).name, try replica.view(other).name)
        console.answer(["id": .string(id.description), "into": .string(other.description), "changed": .bool(changed)]) {
            console.say(changed ? .themeMerged(name, into: into) : .nothingToSay)
        }
        return .done
    }

    func areaList(_ replica: Replica) throws -> ExitCode {
        show(try replica.areas(), ifNone: .areaListEmpty)
    }

    func areaFind(_ replica: Replica) throws -> ExitCode {
        let text = arguments.all(.search).joined(separator: " ")
        return show(try replica.areas(containing: text), ifNone: .areaNotFound(text))
    }

    private func show(_ areas: [Area], ifNone message: Localized) -> ExitCode {
        let answer = areas.map { ["code": .string($0.code), "name": .string($0.name)] as JSON }
        console.answer(["areas": .array(answer)]) {
            guard !areas.isEmpty else { return console.say(message) }
            var table = Table([.init(.labelCode), .init(.labelName, shrinks: true)])
            for area in areas { table.add([area.code, area.name]) }
            console.print(table)
        }
        return .done
    }

    // MARK: Conflicts

    func conflicts(_ replica: Replica) throws -> ExitCode {
        let conflicts = try replica.conflicts()
        console.answer(["conflicts": .array(conflicts.map { json($0) })]) { tell(conflicts, replica) }
        return arguments.flag(.check) && !conflicts.isEmpty ? .waitsForPerson : .done
    }

    private func json(_ conflict: Conflict) -> JSON {
        let values = conflict.values.enumerated().map { index, value in
            [
                "n": .number(index + 1), "value": json(value, of: conflict.field, in: conflict.collection), "by": json(value.by),
                "time": .number(value.time.milliseconds),
            ] as JSON
        }
        return [
            "id": .string(conflict.id.description), "collection": .string(conflict.collection),
            "field": .string(conflict.field), "values": .array(values),
        ]
    }

    private func tell(_ conflicts: [Conflict], _ replica: Replica) {
        guard !conflicts.isEmpty else { return console.say(.conflictsNone) }
        if console.settings.quiet, arguments.flag(.check) { return }
        for conflict in conflicts {
            console.print(
                console.text(.conflictIn(id: replica.shortID(conflict.id), field: conflict.field, of: conflict.collection)), style: .strong)
            for (index, value) in conflict.values.enumerated() {
                let line = Localized.conflictValue(
                    number: index + 1, value: text(value, of: conflict.field, in: conflict.collection), by: name(value.by), when: ago(value.time))
                console.print(console.text(line) + (index == 0 ? "  ← \(console.text(.conflictShown))" : ""))
            }
        }
        console.say(.conflictsWaiting(conflicts.count), style: .warning)
        console.say(.conflictsHow)
    }

    func resolve(_ replica: Replica) throws -> ExitCode {
        let id = try replica.record(beginning: arguments.one(.recordID))
        let field = arguments.required(.field)
        let resolution: Resolution
        if let number = arguments.number(.keep) {
            resolution = .keep(number)
        } else if arguments.flag(.keepAll) {
            resolution = .keepAll
        } else {
            resolution = .value(value(arguments.text(.value) ?? "", of: field))
        }
        let kept = try replica.resolve(id, field: field, resolution)
        let collection = try replica.view(id).collection.name
        let answer: JSON = ["id": .string(id.description), "field": .string(field), "value": json(kept, of: field, in: collection)]
        console.answer(answer) {
            console.say(.resolved(id: replica.shortID(id), field: field, value: text(kept, of: field, in: collection)))
        }
        return .done
    }

    /// A time is typed as people write it.
    private func value(_ typed: String, of field: String) -> String {
        guard field == "startedAt", let moment = Moment.parse(typed, now: Moment.now()) else { return typed }
        return String(moment)
    }
}
