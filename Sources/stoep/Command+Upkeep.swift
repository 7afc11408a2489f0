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
            var done = try replica.rebuild { progress.update(.checking($0)) }
            done.mended += checkup.mendedPages
            rebuilt = (checkup.count + checkup.mendedPages, done)
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
        // A store without a passphrase is opened by what stands beside it: a backup needs something to remember.
        let isRemembered = try Replica.protection(of: replica.directory) == .passphrase
        let secret = isRemembered ? nil : try newBackupPassphrase()
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let written = try replica.backUp(to: path, secret: secret) { done, all in
            progress.update(.backingUp(done, of: all))
        }
        progress.finish()
        console.answer([
            "path": .string(path), "bytes": .number(written.bytes), "changes": .number(written.changes),
            "damaged": .number(written.damaged), "storePassphrase": .bool(isRemembered),
        ]) {
            guard written.damaged == 0 else { return }
            console.say(.backedUp(path: path, changes: written.changes, bytes: written.bytes), style: .strong)
            console.say(isRemembered ? .backupKeepOfStore : .backupKeep)
        }
        guard written.damaged == 0 else {
            console.warn(.backedUpDamaged(written.damaged))
            return .damaged
        }
        return .done
    }

    func restore(_ directory: String) throws -> ExitCode {
        let secret = try passphrase(.askBackupPassphrase)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let replica = try Replica.restore(
            from: arguments.one(.backupFile), secret: secret, directory: directory, holder: "stoep restore"
        ) { done, all in
            progress.update(.restoring(done, of: all))
        }
        let checkup = try replica.checkup { progress.update(.checking($0)) }
        progress.finish()
        console.answer([
            "store": .string(directory), "changes": .number(checkup.changes), "sound": .bool(checkup.isSound), "protection": .string(checkup.protection.rawValue),
        ]) {
            if checkup.isSound { console.say(.restored(directory), style: .strong) }
        }
        if checkup.protection != .passphrase { console.warn(.unprotected) }
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
