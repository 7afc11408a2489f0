import StoepClient
import StoepCommand
import StoepCore
import StoepModel

extension Command {
    func sync(_ replica: Replica) throws -> ExitCode {
        let only = try logs(.only)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        let client = DaemonClient()
        let source = try source()
        let report = try replica.sync(only: only.isEmpty ? nil : only, with: source, through: client.transport) {
            show($0, on: progress)
        }
        progress.finish()
        let signals = try replica.signals(waiting: true)
        let answer: JSON = [
            "signals": .array(signals.map { json($0) }), "sent": .number(report.sent), "received": .number(report.received),
            "roundTrips": .number(report.roundTrips), "bytesSent": .number(report.bytesSent),
            "bytesReceived": .number(report.bytesReceived), "refused": .strings(report.refused),
            "daemonReplaced": .bool(report.daemonWasReplaced),
            "unsynced": .number(report.unsynced), "wanted": .number(report.wanted),
            "erasedByConsent": .number(report.erasedByConsent),
        ]
        let isLaptop = if case .laptop = source { true } else { false }
        console.answer(answer) {
            tellWaiting(signals, replica)
            tell(report, isLaptop: isLaptop)
        }
        if let offset = report.clockOffset, abs(offset) > suspectClockOffset {
            console.warn(.syncClockSuspect(minutes: Int(abs(offset) / 60_000)))
        }
        guard report.refused.isEmpty else {
            let reasons = Set(report.refused).sorted()
            console.warn(isLaptop ? .exchangeNotTaken(reasons) : .syncNotTaken(reasons))
            return .notAllowed
        }
        return .done
    }

    private func tell(_ report: SyncReport, isLaptop: Bool) {
        if report.daemonWasReplaced { console.say(.daemonWasReplaced, style: .strong) }
        if report.draftsSaved > 0 { console.say(.draftsSaved(report.draftsSaved)) }
        let isNothing = report.sent == 0 && report.received == 0 && report.refused.isEmpty
        // Synced is said only of what the daemon has, and of what came whole.
        if isLaptop || report.wanted > 0 {
            console.say(isNothing ? .exchangeNothingNew : .exchangeDone(sent: report.sent, received: report.received))
            if isLaptop, report.unsynced > 0 { console.say(.exchangeUnsynced(report.unsynced)) }
        } else {
            console.say(isNothing ? .syncNothingNew : .syncDone(sent: report.sent, received: report.received))
        }
        if report.erasedByConsent > 0 { console.say(.syncErasedByConsent(report.erasedByConsent)) }
        if report.conflicts > 0 { console.say(.syncConflicts(report.conflicts), style: .warning) }
        if report.wanted > 0 { console.say(.syncWanted(report.wanted), style: .warning) }
    }

    func show(_ step: SyncProgress, on line: ProgressLine) {
        switch step {
        case .calling(let address): line.update(.syncConnecting(address: address))
        case .sending(let done, let all): line.update(.syncSending(done, of: max(done, all)))
        case .receiving(let done): line.update(.syncReceiving(done, of: nil))
        }
    }

    func status(_ replica: Replica) throws -> ExitCode {
        let status = try replica.status()
        let signals = try replica.signals(waiting: true)
        console.answer(json(status, signals)) {
            tellWaiting(signals, replica)
            tell(status, replica)
        }
        return .done
    }

    private func json(_ status: ReplicaStatus, _ signals: [Signal]) -> JSON {
        let frontier = status.logs.map { log in
            JSON.Member(
                log.log.description,
                .array(
                    log.heads.map { head in
                        [
                            "actor": .string(head.actor.description), "seq": .number(head.seq),
                            "hash": .string(head.hash.description),
                        ]
                    }))
        }
        let hashes = status.logs.map { JSON.Member($0.log.description, .string(Hex.encode($0.stateHash.bytes))) }
        return [
            "signals": .array(signals.map { json($0) }), "space": .string(status.space.description), "spaceName": .optional(status.spaceName),
            "member": [
                "id": .optional(status.member.id?.description), "name": json(status.member),
                "role": .optional(status.role?.name),
            ],
            "actor": .string(status.actor.description), "frontier": .object(frontier),
            "unsynced": .number(status.unsynced), "conflicts": .number(status.conflicts),
            "pending": .number(status.pending), "wanted": .number(status.wanted),
            "quarantined": .number(status.quarantined),
            "lastSync": status.lastSync.map { .number($0.milliseconds) } ?? .null, "stateHash": .object(hashes),
            "alert": .optional(status.alert), "clockOffset": status.clockOffset.map { .number($0) } ?? .null,
            "drafts": .number(status.drafts), "daemon": .string(status.address),
            "protection": .string(protectionName(status.protection)),
        ]
    }

    private func protectionName(_ protection: StoreProtection) -> String {
        switch protection {
        case .none: "none"
        case .passphrase: "passphrase"
        case .keyFile: "key-file"
        }
    }

    private func tell(_ status: ReplicaStatus, _ replica: Replica) {
        let role = status.role.map { console.text(.role($0.name)) } ?? console.text(.statusNone)
        var pairs: [(Localized, String)] = [
            (.labelSpace, status.spaceName ?? String(status.space.description.prefix(8))),
            (.labelMember, "\(name(status.member)), \(role)"),
            (.labelActor, String(status.actor.description.prefix(8))),
            (.labelStore, replica.directory),
            (.labelProtection, console.text(.protection(protectionName(status.protection)))),
            (.labelDaemon, status.address),
            (.labelLastSync, console.text(status.lastSync.map { ago($0) } ?? .statusNeverSynced)),
            (.labelUnsynced, console.text(.statusChanges(status.unsynced))),
            (.labelConflicts, String(status.conflicts)),
        ]
        let rare: [(Localized, Int)] = [
            (.labelDrafts, status.drafts), (.labelPending, status.pending), (.labelWanted, status.wanted),
            (.labelQuarantined, status.quarantined),
        ]
        pairs += rare.filter { $0.1 > 0 }.map { ($0.0, String($0.1)) }
        console.print(Table(pairs: pairs, language: console.language))
        var table = Table([
            .init(.labelLog), .init(.labelFrontier, shrinks: true), .init(.labelStateHash),
        ])
        for log in status.logs {
            let changes = log.heads.reduce(0) { $0 + Int(clamping: $1.seq) }
            table.add([
                log.log.description,
                console.text(.statusFrontier(changes: changes, actors: Set(log.heads.map(\.actor)).count)),
                String(Hex.encode(log.stateHash.bytes).prefix(16)),
            ])
        }
        if !status.logs.isEmpty {
            console.print("")
            console.print(table)
        }
        if let alert = status.alert { console.warn(.statusAlert(alert)) }
        if let offset = status.clockOffset, abs(offset) > suspectClockOffset {
            console.warn(.syncClockSuspect(minutes: Int(abs(offset) / 60_000)))
        }
        if status.conflicts > 0 { console.say(.syncConflicts(status.conflicts), style: .warning) }
    }
}
