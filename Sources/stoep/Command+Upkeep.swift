import StoepCommand
import StoepCore
import StoepModel

// stoep doctor, backup, restore.
extension Command {
    func doctor(_ replica: Replica) throws -> ExitCode {
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        var checkup = try replica.checkup { progress.update(.checking($0)) }
        var rebuilt: (before: Int, done: Rebuilt)?
        if arguments.flag(.rebuild) {
            rebuilt = (checkup.count, try replica.rebuild { progress.update(.checking($0)) })
            checkup = try replica.checkup { progress.update(.checking($0)) }
        }
        progress.finish()
        // In a damaged store this may not be known.
        let conflicts = (try? replica.conflictCount()) ?? 0
        return console.tell(
            DoctorReport(checkup, rebuilt: rebuilt, waiting: [("conflicts", conflicts)], hasDaemon: true))
    }

    func backup(_ replica: Replica) throws -> ExitCode {
        let path = arguments.one(.backupFile)
        let secret = try console.backupPassphrase(file: arguments.text(.backupPassphraseFile), isNew: true)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let written = try replica.backUp(to: path, secret: secret) { done, all in
            progress.update(.backingUp(done, of: all))
        }
        progress.finish()
        console.answer([
            "path": .string(path), "bytes": .number(written.bytes), "changes": .number(written.changes),
            "damaged": .number(written.damaged),
        ]) {
            guard written.damaged == 0 else { return }
            console.say(.backedUp(path: path, changes: written.changes, bytes: written.bytes), style: .strong)
            console.say(.backupKeep)
        }
        guard written.damaged == 0 else {
            console.warn(.backedUpDamaged(written.damaged))
            return .damaged
        }
        return .done
    }

    func restore(_ directory: String) throws -> ExitCode {
        let secret = try console.backupPassphrase(file: arguments.text(.backupPassphraseFile), isNew: false)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let replica = try Replica.restore(
            from: arguments.one(.backupFile), secret: secret, directory: directory, holder: "stoep restore"
        ) { done, all in
            progress.update(.restoring(done, of: all))
        }
        let checkup = try replica.checkup { progress.update(.checking($0)) }
        progress.finish()
        console.answer(["store": .string(directory), "changes": .number(checkup.changes), "sound": .bool(checkup.isSound)]) {
            if checkup.isSound { console.say(.restored(directory), style: .strong) }
        }
        guard checkup.isSound else {
            console.warn(.backedUpDamaged(checkup.count))
            return .damaged
        }
        return .done
    }

    func backupFailure(_ error: ReplicaError) -> CommandFailure {
        let path = arguments.one(.backupFile)
        return switch error {
        case .backupDamaged(let what): .backupDamaged(path, what: what)
        case .backupTooNew: .backupTooNew(path)
        case .backupNotOpened: .backupNotOpened(path)
        case .backupOfDaemon: .backupOfOtherProgram(path, program: "stoepd")
        default: .unexpected(String(describing: error))
        }
    }
}
