import StoepCommand
import StoepModel
import StoepServer

/// Who may do what.
extension DaemonCommand {
    func members() throws(CommandFailure) {
        guard case .members(let members) = try ask(.members) else { throw .daemonOfAnotherVersion }
        console.answer(["members": .array(members.map { json($0) })]) {
            guard !members.isEmpty else { return console.say(.membersNone) }
            var table = Table([
                .init(.labelName, shrinks: true), .init(.labelRole), .init(.labelAreas, shrinks: true),
                .init(.labelDevices, .trailing), .init(.labelKeptAside, .trailing),
            ])
            for member in members {
                let areas =
                    member.role == .coordinator
                    ? console.text(.membersAllAreas)
                    : member.role == .revoked ? "" : member.partitions.joined(separator: " ")
                let revoked = member.devices.count { $0.isRevoked }
                let devices = "\(member.devices.count - revoked)\(revoked > 0 ? " (+\(revoked) \(console.text(.labelRevoked)))" : "")"
                table.add([
                    member.name, console.text(.role(member.role.name)), areas, devices,
                    member.keptAside > 0 ? "\(member.keptAside)" : "",
                ])
            }
            console.print(table)
            console.say(.membersCount(members.count, devices: members.reduce(0) { $0 + $1.devices.count }), style: .faint)
        }
    }

    func revoke() throws(CommandFailure) {
        let request = AdminRequest.revoke(who: arguments.one(.memberOrDevice), device: arguments.text(.onlyDevice))
        guard case .membership(let change) = try ask(request) else { throw .daemonOfAnotherVersion }
        console.answer(json(change)) {
            let name = change.member.name
            if let device = change.device {
                let key = String(device.description.prefix(12))
                console.say(.deviceRevoked(key: key, name: name, cuts: change.cuts.count))
            } else {
                console.say(.revoked(name: name, cuts: change.cuts.count))
            }
            console.say(.revokedNext, style: .faint)
        }
    }

    func changeRole() throws(CommandFailure) {
        let typed = arguments.one(.newRole)
        guard let role = Role(named: typed), role > .observer else { throw .unknownRole(typed) }
        let request = AdminRequest.changeRole(
            who: arguments.one(.changedMember), role, areas: arguments.texts(.grantedArea))
        guard case .membership(let change) = try ask(request) else { throw .daemonOfAnotherVersion }
        console.answer(json(change)) {
            let member = change.member
            console.say(.roleChanged(name: member.name, role: .role(member.role.name), areas: member.partitions))
            if !change.cuts.isEmpty { console.say(.revokedNext, style: .faint) }
        }
    }

    func setOwnership(_ gives: Bool) throws(CommandFailure) {
        let request = AdminRequest.setOwnership(
            theme: arguments.one(.ownedTheme), who: arguments.one(.changedMember), gives: gives)
        guard case .ownership(let change) = try ask(request) else { throw .daemonOfAnotherVersion }
        let answer: JSON = [
            "theme": .string(change.theme.description), "name": .string(change.themeName),
            "member": .string(change.member.id.description), "memberName": .string(change.member.name),
            "owns": .bool(gives), "changed": .bool(change.isNew),
        ]
        console.answer(answer) {
            console.say(
                .ownershipSet(theme: change.themeName, name: change.member.name, owns: gives, isNew: change.isNew))
        }
    }

    private func json(_ member: ListedMember) -> JSON {
        .object(members(of: member) + [JSON.Member("keptAside", .number(member.keptAside))])
    }

    private func json(_ change: MembershipChange) -> JSON {
        let cuts = change.cuts.map { cut -> JSON in
            [
                "log": .string(cut.log.description), "actor": .string(cut.actor.description), "seq": .number(cut.seq),
            ]
        }
        return .object(
            members(of: change.member) + [
                JSON.Member("device", .optional(change.device?.description)), JSON.Member("cuts", .array(cuts)),
            ])
    }

    /// What both have of a member.
    private func members(of member: ListedMember) -> [JSON.Member] {
        let devices = member.devices.map { device -> JSON in
            ["key": .string(device.key.description), "revoked": .bool(device.isRevoked)]
        }
        return [
            JSON.Member("id", .string(member.id.description)), JSON.Member("name", .string(member.name)),
            JSON.Member("role", .string(member.role.name)), JSON.Member("partitions", .strings(member.partitions)),
            JSON.Member("devices", .array(devices)),
        ]
    }
}
