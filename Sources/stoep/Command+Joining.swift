import StoepClient
import StoepCommand
import StoepCore
import StoepModel

extension Command {
    func join(_ directory: String) throws -> ExitCode {
        let progress = ProgressLine(console: console)
        let client = DaemonClient()
        let (invitation, passphrase) = (arguments.one(.invitation), try joiningPassphrase())
        let report: JoinReport
        do throws(ReplicaError) {
            report = try Replica.join(
                invitation, directory: directory, holder: "stoep join", passphrase: passphrase, through: client.transport
            ) { show($0, on: progress) }.1
        } catch .alreadyJoined {
            // Where no daemon knows this laptop any more; else it says that it has joined already.
            let replica = try openReplica(directory, holder: "stoep join")
            report = try replica.rejoin(invitation, through: client.transport) { show($0, on: progress) }.1
        }
        progress.finish()
        let answer: JSON = [
            "space": .string(report.space.description), "member": .optional(report.member.id?.description),
            "name": json(report.member), "role": .string(report.role.name), "received": .number(report.received),
            "spaceName": .optional(report.spaceName),
        ]
        console.answer(answer) {
            let space = report.spaceName ?? String(report.space.description.prefix(8))
            console.say(.joined(space: space, role: .role(report.role.name), name: name(report.member)), style: .strong)
            console.say(.joinedStore(directory))
            if report.syncFailure == nil { console.say(.joinedNext) }
        }
        if try Replica.protection(of: directory) != .passphrase, !arguments.flag(.noPassphrase) {
            console.warn(.unprotected)
        }
        if let error = report.syncFailure {
            console.warn(.joinedWithoutSync(reason: failure(error, directory).message))
        }
        return .done
    }
}
