import StoepCommand
import StoepCore
import StoepModel

extension Command {
    func bundleExport(_ replica: Replica) throws -> ExitCode {
        let path = arguments.one(.bundleFile)
        let only = try logs(.exported)
        let report = try replica.exportBundle(
            to: path, for: arguments.text(.frontier), only: only.isEmpty ? nil : only)
        console.answer([
            "path": .string(path), "logs": .strings(report.logs.map(\.description)), "changes": .number(report.changes),
            "bytes": .number(report.bytes), "readers": .number(report.readers),
        ]) {
            if report.draftsSaved > 0 { console.say(.draftsSaved(report.draftsSaved)) }
            console.say(
                .bundleExported(
                    path: path, logs: report.logs.count, changes: report.changes, size: Localized.size(report.bytes)),
                style: .strong)
            console.say(report.logs.isEmpty ? .bundleNothingToBring : .bundleReaders(report.readers))
        }
        return .done
    }

    func bundleImport(_ replica: Replica) throws -> ExitCode {
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let report = try replica.importBundle(from: arguments.one(.bundleFile)) { show($0, on: progress) }
        progress.finish()
        let notReadable = report.notReadable.map(\.description)
        console.answer([
            "logs": .strings(report.logs.map(\.description)), "received": .number(report.received),
            "refused": .strings(report.refused), "sealedToOthers": .number(report.sealedToOthers),
            "notReadable": .strings(notReadable), "resumed": .bool(report.resumed),
        ]) {
            if report.resumed { console.say(.bundleResumed) }
            console.say(.bundleImported(received: report.received, logs: report.logs.count))
            if report.sealedToOthers > 0 { console.say(.bundleSealedToOthers(report.sealedToOthers)) }
            if report.conflicts > 0 { console.say(.syncConflicts(report.conflicts), style: .warning) }
            if report.wanted > 0 { console.say(.syncWanted(report.wanted), style: .warning) }
        }
        if !notReadable.isEmpty { console.warn(.bundleNotReadable(notReadable)) }
        guard report.refused.isEmpty else {
            console.warn(.bundleNotTaken(Set(report.refused).sorted()))
            return .notAllowed
        }
        return .done
    }

    func bundleInspect(_ replica: Replica) throws -> ExitCode {
        let listing = try replica.inspectBundle(at: arguments.one(.bundleFile))
        let logs = listing.logs.map { log -> JSON in
            [
                "log": .optional(log.log?.description), "bytes": .number(log.bytes),
                "recipients": .number(log.recipients), "changes": log.log == nil ? .null : .number(log.changes),
                "actors": log.log == nil ? .null : .number(log.actors),
            ]
        }
        console.answer([
            "time": .number(listing.madeAt.milliseconds), "bytes": .number(listing.bytes), "logs": .array(logs),
        ]) {
            var table = Table.bundle()
            for log in listing.logs {
                table.addBundleLog(
                    log.log?.description, bytes: log.bytes, readers: log.recipients, changes: log.changes,
                    authors: log.actors, console.language)
            }
            console.print(table)
            console.say(.bundleMade(when: ago(listing.madeAt), size: Localized.size(listing.bytes)), style: .faint)
        }
        return .done
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
