/// What `doctor` found, as both programs tell it.
package struct DoctorReport: Sendable {
    package struct Found: Sendable {
        package var kind: String
        package var what: String
        package var log: String?
        package var actor: String?
        package var seq: UInt64?
        package var record: String?

        package init(kind: String, what: String, log: String?, actor: String?, seq: UInt64?, record: String?) {
            self.kind = kind
            self.what = what
            self.log = log
            self.actor = actor
            self.seq = seq
            self.record = record
        }

        fileprivate var json: JSON {
            [
                "kind": .string(kind), "what": .string(what), "log": .optional(log), "actor": .optional(actor),
                "seq": seq.map { .number($0) } ?? .null, "record": .optional(record),
            ]
        }
    }

    /// What `--rebuild` did, after so many findings.
    package struct Rebuilt: Sendable {
        package var before: Int
        package var mended: Int
        package var setAside: Int
        package var dropped: Int
        package var left: Int
        package var records: Int

        package init(before: Int, mended: Int, setAside: Int, dropped: Int, left: Int, records: Int) {
            self.before = before
            self.mended = mended
            self.setAside = setAside
            self.dropped = dropped
            self.left = left
            self.records = records
        }
    }

    package var findings: [Found] = []
    /// How many of each kind there are, listed or not, by name; in the order of the names.
    package var counts: [(kind: String, count: Int)] = []
    package var changes = 0
    package var bodies = 0
    package var signatures = 0
    package var records = 0
    package var behind = 0
    package var anchorDoubt: String?
    package var rebuilt: Rebuilt?
    /// What waits for a person, by name: only what does.
    package var waiting: [(name: String, count: Int)] = []
    /// Whether a daemon may have what is damaged here.
    package var hasDaemon: Bool

    package init(hasDaemon: Bool) {
        self.hasDaemon = hasDaemon
    }

    private var count: Int { counts.reduce(0) { $0 + $1.count } }
    var unlisted: Int { count - findings.count }
    var isSound: Bool { counts.isEmpty }

    var code: ExitCode { !isSound ? .damaged : waiting.isEmpty ? .done : .waitsForPerson }

    package var json: JSON {
        [
            "sound": .bool(isSound), "findings": .array(findings.map(\.json)),
            "counts": .object(counts.map { JSON.Member($0.kind, .number($0.count)) }),
            "checked": [
                "changes": .number(changes), "bodies": .number(bodies), "signatures": .number(signatures),
                "records": .number(records), "behind": .number(behind),
            ],
            "anchor": .optional(anchorDoubt),
            "waiting": .object(waiting.map { JSON.Member($0.name, .number($0.count)) }),
            "rebuilt": rebuilt.map {
                [
                    "before": .number($0.before), "mended": .number($0.mended), "setAside": .number($0.setAside),
                    "dropped": .number($0.dropped), "left": .number($0.left), "records": .number($0.records),
                ]
            } ?? .null,
        ]
    }
}

extension Console {
    /// - Returns: with which exit code the command ends.
    package func tell(_ report: DoctorReport) -> ExitCode {
        answer(report.json) {
            if let rebuilt = report.rebuilt { tell(rebuilt, hasDaemon: report.hasDaemon) }
            for finding in report.findings { print(text(.finding(finding)), style: .warning) }
            if report.unlisted > 0 { print(text(.findingsMore(report.unlisted)), style: .warning) }
            if report.isSound {
                say(
                    .doctorSound(changes: report.changes, signatures: report.signatures, records: report.records),
                    style: .strong)
            } else {
                for advice in advice(report) { say(advice) }
            }
            if report.behind > 0 { say(.doctorBehind(report.behind), style: .faint) }
            if let doubt = report.anchorDoubt { say(.statusAlert(doubt)) }
            for one in report.waiting { say(.doctorWaits(one.name, one.count), style: .warning) }
        }
        return report.code
    }

    private func tell(_ rebuilt: DoctorReport.Rebuilt, hasDaemon: Bool) {
        say(.doctorRebuilt(before: rebuilt.before, records: rebuilt.records))
        if rebuilt.mended > 0 { say(.doctorMended(rebuilt.mended)) }
        let fetched = rebuilt.setAside + rebuilt.dropped
        if fetched > 0 { say(hasDaemon ? .doctorFetches(fetched) : .doctorWants(fetched), style: .warning) }
    }

    private func advice(_ report: DoctorReport) -> [Localized] {
        let kinds = Set(report.counts.map(\.kind))
        var advice: [Localized] = []
        if kinds.contains("database") { advice.append(report.hasDaemon ? .adviceDatabase : .adviceDatabaseOfDaemon) }
        if report.rebuilt == nil, kinds != ["database"], kinds != ["anchor"] {
            advice.append(report.hasDaemon ? .adviceRebuild : .adviceRebuildOfDaemon)
        }
        if report.rebuilt != nil, !kinds.isDisjoint(with: ["change", "signature"]) {
            advice.append(report.hasDaemon ? .adviceChanges : .adviceChangesOfDaemon)
        }
        if kinds.contains("anchor") { advice.append(.adviceAnchor) }
        return advice
    }
}
