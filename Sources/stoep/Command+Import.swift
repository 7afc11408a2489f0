import Glibc
import StoepCommand
import StoepCore
import StoepModel

// stoep import, and areas.
extension Command {
    func importTable(_ replica: Replica) throws -> ExitCode {
        let named = arguments.required(.importAs)
        guard let definition = Schema.current.collection(named: named) else { preconditionFailure("\(named) is a choice") }
        let path = arguments.one(.tableFile)
        let rows = try rows(in: path, of: definition, mapping: mapping())
        return try importRows(rows, definition, replica)
    }

    func importUndo(_ replica: Replica) throws -> ExitCode {
        let undone: ImportUndone
        do throws(ReplicaError) {
            undone = try replica.undoImport()
        } catch .nothingToChange {
            throw CommandFailure.nothingImported
        }
        console.answer([
            "deleted": .number(undone.deleted), "restored": .number(undone.restored), "kept": .number(undone.kept),
        ]) {
            console.say(.importUndone(deleted: undone.deleted, restored: undone.restored, kept: undone.kept))
        }
        return .done
    }

    func areaImport(_ replica: Replica) throws -> ExitCode {
        guard let definition = Schema.current[.area] else { preconditionFailure("areas are in the schema") }
        let path = arguments.one(.tableFile)
        let bytes = try bytes(of: path)
        guard bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) == UInt8(ascii: "{") else {
            return try importRows(rows(in: path, bytes, of: definition, mapping: [:]), definition, replica)
        }
        let areas: [GeoJSON.Area]
        do {
            areas = try GeoJSON.areas(bytes)
        } catch let fault as GeoJSON.Fault {
            throw CommandFailure.featureUnusable(fault.feature, what: fault.what)
        } catch let fault as JSONFault {
            throw CommandFailure.notGeoJSON(path, offset: fault.offset)
        }
        guard areas.count <= Limits.importRows else { throw CommandFailure.tableTooLarge(path, rows: Limits.importRows) }
        let rows = areas.enumerated().map { index, area in
            let point = area.point
            let values: [(FieldNumber, String?)] = [
                (Field.Area.code, area.code), (Field.Area.name, area.name ?? area.code),
                (Field.Area.municipality, area.municipality), (Field.Area.outline, area.outline?.text),
                (Field.Area.longitude, point.map { String($0.longitude) }),
                (Field.Area.latitude, point.map { String($0.latitude) }),
            ]
            return ImportRow(
                line: index + 1, id: nil, values: values.compactMap { field, text in text.map { (field, [$0]) } })
        }
        return try importRows(rows, definition, replica)
    }

    // MARK: The file

    private func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .fileUnreadable(path, errno: errno) }
        defer { if path != "-" { Glibc.close(descriptor) } }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .fileUnreadable(path, errno: errno) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= Limits.importBytes else { throw .tableTooLarge(path, rows: Limits.importRows) }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        return bytes
    }

    /// Columns by what they are called in the file; an empty field leaves one out.
    private func mapping() throws(CommandFailure) -> [String: String] {
        var mapping: [String: String] = [:]
        for typed in arguments.texts(.mapColumn) {
            let parts = typed.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else { throw .mappingUnusable(typed) }
            mapping[parts[0]] = parts[1]
        }
        return mapping
    }

    private func rows(
        in path: String, of definition: CollectionDefinition, mapping: [String: String]
    ) throws(CommandFailure) -> [ImportRow] {
        try rows(in: path, bytes(of: path), of: definition, mapping: mapping)
    }

    private func rows(
        in path: String, _ bytes: [UInt8], of definition: CollectionDefinition, mapping: [String: String]
    ) throws(CommandFailure) -> [ImportRow] {
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { throw .contentNotText(path) }
        var table: ArraySlice<CommaSeparated.Row>
        do {
            table = try CommaSeparated.rows(text)[...]
        } catch {
            throw .notATable(path, line: error.line)
        }
        guard let header = table.popFirst() else { throw .notATable(path, line: 1) }
        guard table.count <= Limits.importRows else { throw .tableTooLarge(path, rows: Limits.importRows) }
        let columns = try columns(header.fields, definition, mapping)
        let now = Moment.now()
        return table.map { row in
            var (id, values): (String?, [(field: FieldNumber, texts: [String])]) = (nil, [])
            // A row that is too short, or too long, has its cells under the wrong names.
            guard row.fields.count == columns.count else { 
                return ImportRow(line: row.line, misfit: "columns", String(row.fields.count))
            }
            for (cell, column) in zip(row.fields, columns) {
                let cell = CommaSeparated.unguarded(cell)
                switch column {
                case .id: id = cell.isEmpty ? nil : cell
                case .none: continue
                case .field(let field):
                    guard let texts = RecordCells.texts(cell, of: field, now: now) else {
                        return ImportRow(line: row.line, misfit: field.name, cell)
                    }
                    values.append((field.number, texts))
                }
            }
            return ImportRow(line: row.line, id: id, values: values)
        }
    }

    private enum Column {
        case id, none
        case field(FieldDefinition)
    }

    private func columns(
        _ header: [String], _ definition: CollectionDefinition, _ mapping: [String: String]
    ) throws(CommandFailure) -> [Column] {
        var columns: [Column] = []
        for name in header {
            let wanted = mapping[name] ?? name
            if wanted == "id" {
                columns.append(.id)
            } else if wanted.isEmpty || RecordCells.own.contains(wanted) {
                columns.append(.none)
            } else if let field = definition.field(named: wanted) {
                columns.append(.field(field))
            } else {
                throw .columnUnknown(name, known: definition.fields.map(\.name))
            }
        }
        return columns
    }

    // MARK: Importing

    private func importRows(
        _ rows: [ImportRow], _ definition: CollectionDefinition, _ replica: Replica
    ) throws -> ExitCode {
        let progress = ProgressLine(console: console)
        let (isTrial, skipsBad) = (arguments.flag(.dryRun), arguments.flag(.skipBad))
        let report = try replica.importRows(
            rows, as: definition.number, isTrial: isTrial, skipsBad: skipsBad
        ) { done in
            progress.update(.importProgress(done, of: rows.count, Bar.text(done, of: rows.count, columns: 20)))
        }
        progress.finish()
        let failures = report.faults.map { ($0.line, failure($0.error, replica.directory)) }
        let details = failures.prefix(1000).map { line, failure -> JSON in
            [
                "line": .number(line), "name": .string(failure.name),
                "message": .string(console.text(failure.message)),
            ]
        }
        let shown = failures.prefix(20).map { Localized.importRow(line: $0.0, $0.1.message) }
        if report.isRefused { throw CommandFailure.rowsUnusable(report.faults.count, faults: shown, details: details) }
        let answer: JSON = [
            "made": .number(report.made), "changed": .number(report.changed), "unchanged": .number(report.unchanged),
            "skipped": .array(Array(details)), "saved": .bool(report.isSaved),
        ]
        console.answer(answer) {
            for line in shown { console.warn(line) }
            let (made, changed, same) = (report.made, report.changed, report.unchanged)
            console.say(
                isTrial
                    ? .importWould(made: made, changed: changed, unchanged: same)
                    : .importDone(made: made, changed: changed, unchanged: same))
        }
        return .done
    }
}
