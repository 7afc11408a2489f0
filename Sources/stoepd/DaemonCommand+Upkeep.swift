import StoepCommand
import StoepModel
import StoepServer

// stoepd doctor, backup, restore: in this process, whether a daemon runs or not.
extension DaemonCommand {
    private var upkeep: Upkeep { Upkeep(data) }

    func doctor() throws(CommandFailure) -> ExitCode {
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let mends = arguments.flag(.rebuild)
        func look() throws(CommandFailure) -> (Checkup, WaitingForCoordinator) {
            try telling { () throws(DaemonError) in
                try upkeep.checkup(mendsPages: mends) { progress.update(.checking($0)) }
            }
        }
        var (checkup, waiting) = try look()
        var rebuilt: (before: Int, done: Rebuilt)?
        if mends {
            var done = try telling { () throws(DaemonError) in
                try upkeep.rebuild { progress.update(.checking($0)) }
            }
            done.mended += checkup.mendedPages
            rebuilt = (checkup.count + checkup.mendedPages, done)
            (checkup, waiting) = try look()
        }
        progress.finish()
        return console.tell(
            DoctorReport(
                checkup, rebuilt: rebuilt,
                waiting: [
                    ("conflicts", waiting.conflicts), ("keptAside", waiting.keptAside), ("erasures", waiting.erasures),
                    ("siblings", waiting.siblings), ("recovery", waiting.recovery ? 1 : 0),
                ], hasDaemon: false))
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
            try upkeep.restore(
                from: directory, keyFile: arguments.required(.backupKeyFile),
                storeKeyFile: arguments.text(.storeKeyFile).map(Self.absolute)
            ) { done, all in
                progress.update(.restoring(done, of: all))
            }
        }
        let (checkup, _) = try telling { () throws(DaemonError) in
            try upkeep.checkup { progress.update(.checking($0)) }
        }
        progress.finish()
        console.answer(["data": .string(data.path), "changes": .number(checkup.changes), "sound": .bool(checkup.isSound)]) {
            if checkup.isSound { console.say(.restoredDaemon(data.path, ledger: data.ledgerPath), style: .strong) }
        }
        guard checkup.isSound else {
            console.warn(.backedUpDamaged(checkup.count))
            return .damaged
        }
        return .done
    }
}
