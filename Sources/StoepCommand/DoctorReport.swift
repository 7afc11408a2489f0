import StoepModel

/// What `doctor` found, as both programs tell it.
package struct DoctorReport: Sendable {
    package let checkup: Checkup
    /// What `--rebuild` did, after so many findings; nil where it was not asked for.
    package let rebuilt: (before: Int, done: Rebuilt)?
    /// What waits for a person, by name: only what does.
    package let waiting: [(name: String, count: Int)]
    /// Whether a daemon may have what is damaged here.
    package let hasDaemon: Bool

    /// - Parameter waiting: how much waits of each kind, by name.
    package init(
        _ checkup: Checkup, rebuilt: (before: Int, done: Rebuilt)?, waiting: [(name: String, count: Int)],
        hasDaemon: Bool
    ) {
        self.checkup = checkup
        self.rebuilt = rebuilt
        self.waiting = waiting.filter { $0.count > 0 }
        self.hasDaemon = hasDaemon
    }

    fileprivate var unlisted: Int { checkup.count - checkup.findings.count }

    fileprivate var code: ExitCode { !checkup.isSound ? .damaged : waiting.isEmpty ? .done : .waitsForPerson }

    fileprivate var json: JSON {
        [
            "sound": .bool(checkup.isSound), "findings": .array(checkup.findings.map(\.json)),
            "counts": .object(
                checkup.counts.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { JSON.Member($0.key.rawValue, .number($0.value)) }),
            "checked": [
                "changes": .number(checkup.changes), "bodies": .number(checkup.bodies),
                "signatures": .number(checkup.signatures), "records": .number(checkup.records),
                "behind": .number(checkup.behind),
            ],
            "anchor": .optional(checkup.anchorDoubt), "protection": .string(checkup.protection.rawValue),
            "waiting": .object(waiting.map { JSON.Member($0.name, .number($0.count)) }),
            "rebuilt": rebuilt.map {
                [
                    "before": .number($0.before), "mended": .number($0.done.mended),
                    "setAside": .number($0.done.setAside), "dropped": .number($0.done.dropped),
                    "left": .number($0.done.left), "records": .number($0.done.records),
                ]
            } ?? .null,
        ]
    }
}

extension Finding {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue), "what": .string(what), "log": .optional(log?.description),
            "actor": .optional(actor?.description), "seq": seq.map { .number($0) } ?? .null,
            "record": .optional(record?.description),
        ]
    }
}

extension Console {
    /// - Returns: with which exit code the command ends.
    package func tell(_ report: DoctorReport) -> ExitCode {
        let checkup = report.checkup
        answer(report.json) {
            if let rebuilt = report.rebuilt { tell(rebuilt.before, rebuilt.done, hasDaemon: report.hasDaemon) }
            for finding in checkup.findings { print(text(.finding(finding)), style: .warning) }
            if report.unlisted > 0 { print(text(.findingsMore(report.unlisted)), style: .warning) }
            if checkup.isSound {
                say(
                    .doctorSound(changes: checkup.changes, signatures: checkup.signatures, records: checkup.records),
                    style: .strong)
            } else {
                for advice in advice(report) { say(advice) }
            }
            if checkup.behind > 0 { say(.doctorBehind(checkup.behind), style: .faint) }
            if let doubt = checkup.anchorDoubt { say(.statusAlert(doubt)) }
            say(.doctorProtected(by: .protection(checkup.protection.rawValue)), style: .faint)
            for one in report.waiting { say(.doctorWaits(one.name, one.count), style: .warning) }
        }
        // A daemon's store opens without anybody; a laptop may be found by somebody.
        if report.hasDaemon, checkup.protection != .passphrase { warn(.unprotected) }
        return report.code
    }

    private func tell(_ before: Int, _ rebuilt: Rebuilt, hasDaemon: Bool) {
        say(.doctorRebuilt(before: before, records: rebuilt.records))
        if rebuilt.mended > 0 { say(.doctorMended(rebuilt.mended)) }
        let fetched = rebuilt.setAside + rebuilt.dropped
        if fetched > 0 { say(hasDaemon ? .doctorFetches(fetched) : .doctorWants(fetched), style: .warning) }
    }

    private func advice(_ report: DoctorReport) -> [Localized] {
        let kinds = Set(report.checkup.counts.keys)
        var advice: [Localized] = []
        if kinds.contains(.database) { advice.append(report.hasDaemon ? .adviceDatabase : .adviceDatabaseOfDaemon) }
        if report.rebuilt == nil, kinds != [.anchor] {
            advice.append(report.hasDaemon ? .adviceRebuild : .adviceRebuildOfDaemon)
        }
        if report.rebuilt != nil, !kinds.isDisjoint(with: [.change, .signature]) {
            advice.append(report.hasDaemon ? .adviceChanges : .adviceChangesOfDaemon)
        }
        if kinds.contains(.anchor) { advice.append(.adviceAnchor) }
        return advice
    }
}
