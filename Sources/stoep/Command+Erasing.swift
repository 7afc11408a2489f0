import StoepCommand
import StoepCore
import StoepModel

// stoep erase, stoep redact, and consent lowered to none.
extension Command {
    func erase(_ replica: Replica) throws -> ExitCode {
        let id = try replica.record(beginning: arguments.one(.recordID))
        try confirm(id, replica)
        try replica.erase(id)
        console.answer(["id": .string(id.description), "erased": true]) { console.say(.erased(id: short(id))) }
        try warnOfReaders(replica)
        return .done
    }

    func redact(_ replica: Replica) throws -> ExitCode {
        var redaction = Redaction()
        redaction.words = arguments.text(.words)
        redaction.observation = arguments.text(.observation)
        redaction.place = arguments.text(.place)
        let id = try replica.record(beginning: arguments.one(.recordID), of: .conversation)
        try confirm(id, replica)
        return try tell(id, replacedBy: replica.redact(id, redaction), replica)
    }

    func lowerConsent(of id: RecordID, _ replica: Replica) throws -> ExitCode {
        try confirm(id, replica)
        return try tell(id, replacedBy: replica.lowerConsent(id), replica)
    }

    private func tell(_ id: RecordID, replacedBy kept: RecordID, _ replica: Replica) throws -> ExitCode {
        console.answer(["id": .string(kept.description), "replaced": .string(id.description), "changed": true]) {
            console.say(.redacted(id: short(id), kept: replica.shortID(kept)))
        }
        try warnOfReaders(replica)
        return .done
    }

    func confirm(_ id: RecordID, _ replica: Replica) throws {
        if arguments.flag(.yes) { return }
        guard console.agrees(to: .eraseForEver(id: replica.shortID(id))) else { throw CommandFailure.eraseNotConfirmed }
    }

    func warnOfReaders(_ replica: Replica) throws {
        if try replica.isPurgeDue() { console.warn(.erasureWaitsForReader()) }
    }
}
