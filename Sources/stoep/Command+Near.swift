import StoepCommand
import StoepCore
import StoepModel

// stoep near, and the same before a talk.
extension Command {
    func near(_ replica: Replica) throws -> ExitCode {
        var typed = Whereabouts()
        typed.area = arguments.text(.ofArea)
        typed.place = arguments.text(.place)
        typed.position = try position()
        let since = arguments.text(.sinceDay).flatMap { Moment.period("\($0)..")?.lowerBound }
        let near = try replica.near(
            typed, since: since.map { Timestamp(milliseconds: UInt64(clamping: $0)) },
            limit: arguments.number(.limit) ?? 50)
        console.answer(json(near)) { tell(near, replica) }
        return .done
    }

    /// What --position says.
    func position() throws(CommandFailure) -> Position? {
        guard let typed = arguments.text(.position) else { return nil }
        guard let position = Position(typed) else { throw .notAPosition(typed) }
        return position
    }

    private func json(_ near: Near) -> JSON {
        let contacts = near.contacts.map { contact in
            [
                "id": .string(contact.id.description), "startedAt": .number(contact.startedAt.milliseconds),
                "area": .optional(contact.area?.code), "areaName": .optional(contact.area?.name),
                "place": .optional(contact.place), "by": json(contact.by),
                "metres": contact.metres.map { .number($0) } ?? .null, "persons": .strings(contact.persons),
                "followUpOn": .optional(contact.followUpOn),
            ] as JSON
        }
        return [
            "area": .optional(near.area?.code), "place": .optional(near.place),
            "since": .number(near.since.milliseconds), "coolDownDays": .number(near.coolDownDays),
            "restUntil": near.restUntil.map { .number($0.milliseconds) } ?? .null, "contacts": .array(contacts),
            "notToApproach": .array(
                near.notToApproach.map { ["id": .string($0.id.description), "alias": .string($0.alias)] }),
        ]
    }

    func tell(_ near: Near, _ replica: Replica) {
        tellWhomToLeave(near)
        guard let latest = near.contacts.first else { return console.say(.nearNobody) }
        var table = Table([
            .init(.labelID), .init(.labelWhen), .init(.field("place"), shrinks: true), .init(.labelHeardBy),
            .init(.labelPersons),
        ])
        for contact in near.contacts {
            let metres = contact.metres.map { " (\($0) m)" } ?? ""
            table.add([
                replica.shortID(contact.id), Moment.local(Int64(clamping: contact.startedAt.milliseconds)),
                (contact.place ?? contact.area?.name ?? "") + metres, name(contact.by).truncated(columns: 16),
                contact.persons.joined(separator: ", ").truncated(columns: 24),
            ])
        }
        console.print(table)
        if let until = near.restUntil {
            let day = String(Moment.local(Int64(clamping: until.milliseconds)).prefix(10))
            console.say(.nearRest(until: day, by: name(latest.by), ago: ago(latest.startedAt)), style: .warning)
        }
    }

    /// At once, and above everything else.
    func tellWhomToLeave(_ near: Near) {
        guard !near.notToApproach.isEmpty else { return }
        console.print(console.text(.nearNotToApproach(near.notToApproach.map(\.alias))), style: .failure)
    }

    /// Said before a talk is recorded, where somebody else was in the street of late: whoever types is the next.
    func warnOfNear(_ near: Near, _ replica: Replica) throws {
        for person in near.notToApproach { console.warn(.nearNotToApproach([person.alias])) }
        guard let until = near.restUntil, let latest = near.contacts.first(where: { $0.by.id != replica.member })
        else { return }
        let day = String(Moment.local(Int64(clamping: until.milliseconds)).prefix(10))
        console.warn(.nearRest(until: day, by: name(latest.by), ago: ago(latest.startedAt)))
    }
}
