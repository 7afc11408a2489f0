import StoepCommand
import StoepModel
import StoepServer

// stoepd erase, erasures, recovery lift.
extension DaemonCommand {
    func erase() throws(CommandFailure) {
        let typed = arguments.one(.recordID)
        if !arguments.flag(.yes), !console.agrees(to: .eraseForEver(id: typed)) { throw .eraseNotConfirmed }
        guard case .erased(let record) = try ask(.erase(typed)) else { throw .daemonOfAnotherVersion }
        console.answer(["id": .string(record.description), "erased": true]) {
            console.say(.erasedByDaemon(id: String(record.description.prefix(8))))
        }
    }

    func erasures() throws(CommandFailure) {
        guard case .erasures(let list) = try ask(.erasures) else { throw .daemonOfAnotherVersion }
        console.answer(json(list)) {
            guard !(list.erased.isEmpty && list.waiting.isEmpty && list.purges.isEmpty) else {
                return console.say(.erasuresNone)
            }
            if !list.erased.isEmpty { console.print(table(list.erased)) }
            if !list.waiting.isEmpty {
                console.say(.erasuresWait(list.waiting.count), style: .warning)
                for one in list.waiting { console.print("  \(one.record.description.prefix(8))  \(one.log)") }
            }
            for one in list.siblings {
                console.say(
                    .siblingOfErased(
                        String(one.record.description.prefix(8)), erased: String(one.erased.description.prefix(8))),
                    style: .warning)
            }
            for purge in list.purges {
                console.say(
                    .purgeWaits(device: short(purge.device.key), name: purge.device.name, logs: purge.logs.count),
                    style: .warning)
            }
        }
    }

    private func table(_ erased: [ErasureList.Erased]) -> Table {
        var table = Table([
            .init(.labelID), .init(.labelLog), .init(.labelErasedOn), .init(.labelConfirmed, .trailing),
            .init(.labelOutstanding, shrinks: true),
        ])
        for one in erased {
            let names = one.outstanding.map { $0.name.isEmpty ? short($0.key) : $0.name }
            table.add([
                String(one.record.description.prefix(8)), one.log.description,
                Moment.local(Int64(clamping: one.time.milliseconds)),
                "\(one.confirmed.count)/\(one.confirmed.count + one.outstanding.count)", names.joined(separator: ", "),
            ])
        }
        return table
    }

    private func json(_ list: ErasureList) -> JSON {
        func devices(_ devices: [ErasureList.Device]) -> JSON {
            .array(devices.map { ["key": .string($0.key.description), "name": .string($0.name)] })
        }
        let erased = list.erased.map { one -> JSON in
            [
                "id": .string(one.record.description), "log": .string(one.log.description),
                "time": .number(one.time.milliseconds), "confirmed": devices(one.confirmed),
                "outstanding": devices(one.outstanding),
            ]
        }
        let waiting = list.waiting.map { one -> JSON in
            ["id": .string(one.record.description), "log": .string(one.log.description)]
        }
        let purges = list.purges.map { one -> JSON in
            [
                "device": .string(one.device.key.description), "name": .string(one.device.name),
                "logs": .strings(one.logs.map(\.description)),
            ]
        }
        let siblings = list.siblings.map { one -> JSON in
            [
                "id": .string(one.record.description), "log": .string(one.log.description),
                "erased": .string(one.erased.description),
            ]
        }
        return [
            "erasures": .array(erased), "waiting": .array(waiting), "purges": .array(purges), "siblings": .array(siblings),
        ]
    }

    func retention() throws(CommandFailure) {
        let isOff = arguments.flag(.keepForEver)
        let days = arguments.number(.keepDays)
        let request: AdminRequest = isOff || days != nil ? .setRetention(isOff ? nil : days) : .retention
        guard case .retention(let report) = try ask(request) else { throw .daemonOfAnotherVersion }
        console.answer([
            "days": report.days.map { .number($0) } ?? .null, "from": report.from.map { .number($0.milliseconds) } ?? .null,
            "dueSoon": .number(report.dueSoon),
        ]) {
            guard let days = report.days, let from = report.from else { return console.say(.keptForEver) }
            console.say(.keptFor(days: days, from: Moment.local(Int64(clamping: from.milliseconds))))
            if report.dueSoon > 0 { console.say(.dueSoon(report.dueSoon), style: .warning) }
        }
    }

    func liftRecovery() throws(CommandFailure) {
        guard case .recoveryLifted = try ask(.liftRecovery) else { throw .daemonOfAnotherVersion }
        console.answer(["recovery": false]) { console.say(.recoveryLifted) }
    }

    private func short(_ key: VerifyingKey) -> String { String(key.description.prefix(8)) }
}
