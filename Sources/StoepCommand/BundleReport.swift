/// What came of `bundle export`, `import` or `inspect`, as both programs tell it. Logs go by their names.
package enum BundleReport: Sendable {
    case exported(Exported)
    case imported(Imported)
    case inspected(Inspected)

    package struct Exported: Sendable {
        package var path: String
        package var logs: [String]
        package var changes: Int
        package var bytes: Int
        package var readers: Int

        package init(path: String, logs: [String], changes: Int, bytes: Int, readers: Int) {
            self.path = path
            self.logs = logs
            self.changes = changes
            self.bytes = bytes
            self.readers = readers
        }
    }

    package struct Imported: Sendable {
        package var logs: [String]
        /// Changes that were new here.
        package var received: Int
        /// The names of why something was not taken, each once.
        package var refused: [String]
        package var sealedToOthers: Int
        package var notReadable: [String]
        package var isResumed: Bool

        package init(
            logs: [String], received: Int, refused: [String], sealedToOthers: Int, notReadable: [String],
            isResumed: Bool
        ) {
            self.logs = logs
            self.received = received
            self.refused = Set(refused).sorted()
            self.sealedToOthers = sealedToOthers
            self.notReadable = notReadable
            self.isResumed = isResumed
        }
    }

    package struct Inspected: Sendable {
        package struct Log: Sendable {
            /// Nil where it is sealed to others.
            package var name: String?
            package var bytes: Int
            package var readers: Int
            package var changes: Int
            package var authors: Int

            package init(_ name: String?, bytes: Int, readers: Int, changes: Int, authors: Int) {
                self.name = name
                self.bytes = bytes
                self.readers = readers
                self.changes = changes
                self.authors = authors
            }
        }

        /// Milliseconds since 1970, by the clock of who made it.
        package var madeAt: Int64
        package var bytes: Int
        package var logs: [Log]

        package init(madeAt: Int64, bytes: Int, logs: [Log]) {
            self.madeAt = madeAt
            self.bytes = bytes
            self.logs = logs
        }
    }

    package var json: JSON {
        switch self {
        case .exported(let export):
            [
                "path": .string(export.path), "logs": .strings(export.logs), "changes": .number(export.changes),
                "bytes": .number(export.bytes), "readers": .number(export.readers),
            ]
        case .imported(let taken):
            [
                "logs": .strings(taken.logs), "received": .number(taken.received), "refused": .strings(taken.refused),
                "sealedToOthers": .number(taken.sealedToOthers), "notReadable": .strings(taken.notReadable),
                "resumed": .bool(taken.isResumed),
            ]
        case .inspected(let listing):
            [
                "time": .number(listing.madeAt), "bytes": .number(listing.bytes),
                "logs": .array(
                    listing.logs.map { log in
                        let isOpen = log.name != nil
                        return [
                            "log": .optional(log.name), "bytes": .number(log.bytes), "recipients": .number(log.readers),
                            "changes": isOpen ? .number(log.changes) : .null,
                            "actors": isOpen ? .number(log.authors) : .null,
                        ]
                    }),
            ]
        }
    }
}

extension Console {
    /// - Returns: with which exit code the command ends.
    package func tell(_ report: BundleReport) -> ExitCode {
        answer(report.json) {
            switch report {
            case .exported(let export): say(export)
            case .imported(let taken): say(taken)
            case .inspected(let listing): show(listing)
            }
        }
        guard case .imported(let taken) = report else { return .done }
        if !taken.notReadable.isEmpty { warn(.bundleNotReadable(taken.notReadable)) }
        guard taken.refused.isEmpty else {
            warn(.bundleNotTaken(taken.refused))
            return .notAllowed
        }
        return .done
    }

    private func say(_ export: BundleReport.Exported) {
        let size = Localized.size(export.bytes)
        say(
            .bundleExported(path: export.path, logs: export.logs.count, changes: export.changes, size: size),
            style: .strong)
        say(export.logs.isEmpty ? .bundleNothingToBring : .bundleReaders(export.readers))
    }

    private func say(_ taken: BundleReport.Imported) {
        if taken.isResumed { say(.bundleResumed) }
        say(.bundleImported(received: taken.received, logs: taken.logs.count))
        if taken.sealedToOthers > 0 { say(.bundleSealedToOthers(taken.sealedToOthers)) }
    }

    private func show(_ listing: BundleReport.Inspected) {
        var table = Table([
            .init(.labelLog, shrinks: true), .init(.labelSize, .trailing), .init(.labelReaders, .trailing),
            .init(.labelChanges, .trailing), .init(.labelAuthors, .trailing),
        ])
        for log in listing.logs {
            let isOpen = log.name != nil
            table.add([
                log.name ?? text(.bundleSealed), Localized.size(log.bytes), "\(log.readers)",
                isOpen ? "\(log.changes)" : "", isOpen ? "\(log.authors)" : "",
            ])
        }
        print(table)
        let made = Moment.relative(listing.madeAt, now: Moment.now())
        say(.bundleMade(when: made, size: Localized.size(listing.bytes)), style: .faint)
    }
}
