import StoepCommand
import StoepCore
import StoepModel

extension Command {
    func bundleExport(_ replica: Replica) throws -> ExitCode {
        let path = arguments.one(.bundleFile)
        let only = try logs(.exported)
        let report = try replica.exportBundle(
            to: path, for: arguments.text(.frontier), only: only.isEmpty ? nil : only)
        let exported = BundleReport.Exported(
            path: path, logs: report.logs.map(\.description), changes: report.changes, bytes: report.bytes,
            readers: report.readers)
        if report.draftsSaved > 0 { console.say(.draftsSaved(report.draftsSaved)) }
        return console.tell(.exported(exported))
    }

    func bundleImport(_ replica: Replica) throws -> ExitCode {
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let report = try replica.importBundle(from: arguments.one(.bundleFile)) { show($0, on: progress) }
        progress.finish()
        let code = console.tell(
            .imported(
                BundleReport.Imported(
                    logs: report.logs.map(\.description), received: report.received, refused: report.refused,
                    sealedToOthers: report.sealedToOthers, notReadable: report.notReadable.map(\.description),
                    isResumed: report.resumed)))
        if report.conflicts > 0 { console.say(.syncConflicts(report.conflicts), style: .warning) }
        if report.wanted > 0 { console.say(.syncWanted(report.wanted), style: .warning) }
        return code
    }

    func bundleInspect(_ replica: Replica) throws -> ExitCode {
        let listing = try replica.inspectBundle(at: arguments.one(.bundleFile))
        let logs = listing.logs.map { log in
            BundleReport.Inspected.Log(
                log.log?.description, bytes: log.bytes, readers: log.recipients, changes: log.changes,
                authors: log.actors)
        }
        let madeAt = Int64(clamping: listing.madeAt.milliseconds)
        return console.tell(.inspected(BundleReport.Inspected(madeAt: madeAt, bytes: listing.bytes, logs: logs)))
    }

    func bundleFrontier(_ replica: Replica) throws -> ExitCode {
        let line = try replica.frontierLine()
        console.answer(["frontier": .string(line)]) { console.print(line) }
        return .done
    }

    /// The logs that an option names.
    func logs(_ option: OptionSpec) throws -> [LogID] {
        try arguments.texts(option).map { typed in
            guard let log = LogID(parsing: typed) else { throw CommandFailure.notALog(typed) }
            return log
        }
    }

    func bundleFailure(_ error: ReplicaError) -> CommandFailure {
        switch error {
        case .bundleDamaged(let what): .bundleDamaged(arguments.one(.bundleFile), what: what)
        case .bundleTooNew: .bundleVersion(arguments.one(.bundleFile))
        case .bundleOfAnotherSpace: .bundleOfAnotherSpace(arguments.one(.bundleFile))
        case .bundleNothingForYou: .bundleNothingForYou(arguments.one(.bundleFile))
        case .fileInTheWay(let path): .fileInTheWay(path)
        case .fileUnusable(let path, let code): .fileUnusable(path, errno: code)
        case .frontierDamaged: .frontierDamaged
        default: .unexpected(String(describing: error))
        }
    }
}
