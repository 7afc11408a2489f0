import Glibc
import StoepCommand
import StoepModel
import StoepServer

extension DaemonCommand {
    func exportBundle() throws(CommandFailure) -> ExitCode {
        guard case .bundleWritten(let written) = try ask(.export) else { throw .daemonOfAnotherVersion }
        return console.tell(
            .exported(
                BundleReport.Exported(
                    path: arguments.one(.bundleFile), logs: written.logs.map(\.description), changes: written.changes,
                    bytes: written.bytes, readers: written.readers)))
    }

    func importBundle() throws(CommandFailure) -> ExitCode {
        guard case .bundleTaken(let taken) = try ask(.take) else { throw .daemonOfAnotherVersion }
        // A daemon may read everything.
        return console.tell(
            .imported(
                BundleReport.Imported(
                    logs: taken.logs.map(\.description), received: taken.fresh, refused: taken.refused,
                    sealedToOthers: taken.sealedToOthers, notReadable: [], isResumed: taken.isResumed)))
    }

    func inspectBundle() throws(CommandFailure) -> ExitCode {
        guard case .bundleContents(let contents) = try ask(.inspect) else { throw .daemonOfAnotherVersion }
        let logs = contents.logs.map { log in
            BundleReport.Inspected.Log(
                log.log?.description, bytes: log.bytes, readers: log.recipients, changes: log.changes,
                authors: log.actors)
        }
        let madeAt = Int64(clamping: contents.time.milliseconds)
        return console.tell(.inspected(BundleReport.Inspected(madeAt: madeAt, bytes: contents.bytes, logs: logs)))
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
