import StoepCommand
import StoepCore
import StoepModel

// stoep doctor, backup, restore.
extension Command {
    func doctor(_ replica: Replica) throws -> ExitCode {
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        func show(_ step: CheckProgress) {
            progress.update(.checking(step.stage.rawValue, done: step.done, of: step.all))
        }
        var checkup = try replica.checkup { show($0) }
        var report = DoctorReport(hasDaemon: true)
        if arguments.flag(.rebuild) {
            let before = checkup.counts.values.reduce(0, +)
            let rebuilt = try replica.rebuild { show($0) }
            checkup = try replica.checkup { show($0) }
            report.rebuilt = DoctorReport.Rebuilt(
                before: before, mended: rebuilt.mended, setAside: rebuilt.setAside, dropped: rebuilt.dropped,
                left: rebuilt.left, records: rebuilt.records)
        }
        progress.finish()
        report.fill(checkup)
        // In a damaged store this may not be known.
        if let conflicts = try? replica.conflictCount(), conflicts > 0 { report.waiting = [("conflicts", conflicts)] }
        return console.tell(report)
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
        let checkup = try replica.checkup { step in
            progress.update(.checking(step.stage.rawValue, done: step.done, of: step.all))
        }
        progress.finish()
        console.answer(["store": .string(directory), "changes": .number(checkup.changes), "sound": .bool(checkup.isSound)]) {
            if checkup.isSound { console.say(.restored(directory), style: .strong) }
        }
        guard checkup.isSound else {
            console.warn(.backedUpDamaged(checkup.counts.values.reduce(0, +)))
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
