import Glibc
import StoepCommand
import StoepModel
import StoepServer

extension DaemonCommand {
    func exportBundle() throws(CommandFailure) {
        guard case .bundleWritten(let written) = try ask(.export) else { throw .daemonOfAnotherVersion }
        let path = arguments.one(.bundleFile)
        console.answer([
            "path": .string(path), "logs": .strings(written.logs.map(\.description)),
            "changes": .number(written.changes), "bytes": .number(written.bytes), "readers": .number(written.readers),
        ]) {
            console.say(
                .bundleExported(
                    path: path, logs: written.logs.count, changes: written.changes, size: Localized.size(written.bytes)),
                style: .strong)
            console.say(.bundleReaders(written.readers))
        }
    }

    func importBundle() throws(CommandFailure) -> ExitCode {
        guard case .bundleTaken(let taken) = try ask(.take) else { throw .daemonOfAnotherVersion }
        console.answer([
            "logs": .strings(taken.logs.map(\.description)), "received": .number(taken.fresh),
            "refused": .strings(taken.refused), "sealedToOthers": .number(taken.sealedToOthers),
        ]) {
            console.say(.bundleImported(received: taken.fresh, logs: taken.logs.count))
            if taken.sealedToOthers > 0 { console.say(.bundleSealedToOthers(taken.sealedToOthers)) }
        }
        guard taken.refused.isEmpty else {
            console.warn(.bundleNotTaken(taken.refused))
            return .notAllowed
        }
        return .done
    }

    func inspectBundle() throws(CommandFailure) {
        guard case .bundleContents(let contents) = try ask(.inspect) else { throw .daemonOfAnotherVersion }
        let logs = contents.logs.map { log -> JSON in
            [
                "log": .optional(log.log?.description), "bytes": .number(log.bytes),
                "recipients": .number(log.recipients), "changes": log.log == nil ? .null : .number(log.changes),
                "actors": log.log == nil ? .null : .number(log.actors),
            ]
        }
        console.answer([
            "time": .number(contents.time.milliseconds), "bytes": .number(contents.bytes), "logs": .array(logs),
        ]) {
            var table = Table.bundle()
            for log in contents.logs {
                table.addBundleLog(
                    log.log?.description, bytes: log.bytes, readers: log.recipients, changes: log.changes,
                    authors: log.actors, console.language)
            }
            console.print(table)
            let made = Moment.relative(Int64(clamping: contents.time.milliseconds), now: Moment.now())
            console.say(.bundleMade(when: made, size: Localized.size(contents.bytes)), style: .faint)
        }
    }

    /// The daemon stands in another directory than whoever types this.
    private func ask(_ deed: BundleOrder.Deed) throws(CommandFailure) -> AdminResponse {
        let typed = arguments.one(.bundleFile)
        var path = typed
        if path.utf8.first != UInt8(ascii: "/") {
            guard let here = getcwd(nil, 0) else { throw .fileUnusable(typed, errno: errno) }
            defer { free(here) }
            path = "\(String(cString: here))/\(typed)"
        }
        return try ask(.bundle(BundleOrder(deed, path: path)), about: typed)
    }
}
