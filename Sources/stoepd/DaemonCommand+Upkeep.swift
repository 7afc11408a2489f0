import StoepCommand
import StoepModel
import StoepServer

// stoepd doctor, backup, restore: in this process, whether a daemon runs or not.
extension DaemonCommand {
    private var upkeep: Upkeep { Upkeep(data) }

    func doctor() throws(CommandFailure) -> ExitCode {
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        func show(_ step: CheckProgress) {
            progress.update(.checking(step.stage.rawValue, done: step.done, of: step.all))
        }
        var report = DoctorReport(hasDaemon: false)
        var (checkup, waiting) = try telling { () throws(DaemonError) in try upkeep.checkup { show($0) } }
        if arguments.flag(.rebuild) {
            let before = checkup.counts.values.reduce(0, +)
            let rebuilt = try telling { () throws(DaemonError) in try upkeep.rebuild { show($0) } }
            (checkup, waiting) = try telling { () throws(DaemonError) in try upkeep.checkup { show($0) } }
            report.rebuilt = DoctorReport.Rebuilt(
                before: before, mended: rebuilt.mended, setAside: rebuilt.setAside, dropped: rebuilt.dropped,
                left: rebuilt.left, records: rebuilt.records)
        }
        progress.finish()
        report.fill(checkup)
        report.waiting = [
            ("conflicts", waiting.conflicts), ("keptAside", waiting.keptAside), ("erasures", waiting.erasures),
            ("siblings", waiting.siblings), ("recovery", waiting.recovery ? 1 : 0),
        ].filter { $0.1 > 0 }
        return console.tell(report)
    }

    func backUp() throws(CommandFailure) -> ExitCode {
        let directory = arguments.one(.backupDirectory)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let written = try telling(about: directory) { () throws(DaemonError) in
            try upkeep.backUp(to: directory, keyFile: arguments.required(.backupKeyFile)) { done, all in
                progress.update(.backingUp(done, of: all))
            }
        }
        progress.finish()
        console.answer([
            "path": .string(written.path), "bytes": .number(written.bytes), "changes": .number(written.changes),
            "damaged": .number(written.damaged),
        ]) {
            guard written.damaged == 0 else { return }
            console.say(.backedUp(path: written.path, changes: written.changes, bytes: written.bytes), style: .strong)
            console.say(.backupKeepOfDaemon)
        }
        guard written.damaged == 0 else {
            console.warn(.backedUpDamaged(written.damaged))
            return .damaged
        }
        return .done
    }

    func restore() throws(CommandFailure) -> ExitCode {
        let directory = arguments.one(.backupDirectory)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        try telling(about: directory) { () throws(DaemonError) in
            try upkeep.restore(from: directory, keyFile: arguments.required(.backupKeyFile)) { done, all in
                progress.update(.restoring(done, of: all))
            }
        }
        let (checkup, _) = try telling { () throws(DaemonError) in
            try upkeep.checkup { progress.update(.checking($0.stage.rawValue, done: $0.done, of: $0.all)) }
        }
        progress.finish()
        console.answer(["data": .string(data.path), "changes": .number(checkup.changes), "sound": .bool(checkup.isSound)]) {
            if checkup.isSound { console.say(.restoredDaemon(data.path, ledger: data.ledgerPath), style: .strong) }
        }
        guard checkup.isSound else {
            console.warn(.backedUpDamaged(checkup.counts.values.reduce(0, +)))
            return .damaged
        }
        return .done
    }
}

extension DoctorReport {
    fileprivate mutating func fill(_ checkup: Checkup) {
        findings = checkup.findings.map {
            Found(
                kind: $0.kind.rawValue, what: $0.what, log: $0.log?.description, actor: $0.actor?.description,
                seq: $0.seq, record: $0.record?.description)
        }
        counts = checkup.counts.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
        (changes, bodies, signatures) = (checkup.changes, checkup.bodies, checkup.signatures)
        (records, behind, anchorDoubt) = (checkup.records, checkup.behind, checkup.anchorDoubt)
    }
}
