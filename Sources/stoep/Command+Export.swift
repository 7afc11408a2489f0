import Glibc
import StoepCommand
import StoepCore
import StoepModel

// stoep export.
extension Command {
    func export(_ replica: Replica) throws -> ExitCode {
        let withContacts = arguments.flag(.contactDetails)
        let reason = (arguments.text(.exportReason) ?? "").onOneLine
        guard withContacts == !reason.isEmpty else { throw CommandFailure.contactsNeedReason }
        let only = arguments.texts(.onlyCollection).compactMap { Schema.current.collection(named: $0)?.number }
        if only.contains(.contact), !withContacts { throw CommandFailure.contactsNeedReason }
        let wanted = Tables.exported.filter { only.isEmpty || only.contains($0) }
        let collections = wanted.filter { $0 != .contact || withContacts }
        if withContacts {
            // Before anything is written: an export of which nobody knows would be worse than a reason without one.
            try replica.recordExport(ofContactDetails: replica.count(of: [.contact]), reason: reason)
        }
        let count: Int
        let path = arguments.required(.exportTo)
        switch arguments.required(.exportFormat) {
        case "csv": count = try exportTables(collections, to: path, replica)
        case "jsonl": count = try exportLines(collections, to: path, replica)
        case "geojson": count = try exportMap(collections, to: path, replica)
        default: count = try exportCalendar(collections, to: path, replica)
        }
        let older = withContacts ? nil : "\(path)/\(Schema.current[.contact]?.name ?? "").csv"
        let left = older.flatMap { access($0, F_OK) == 0 ? $0 : nil }
        let answer: JSON = [
            "path": .string(path), "format": .string(arguments.required(.exportFormat)), "records": .number(count),
            "contactDetails": .bool(withContacts), "reason": .optional(withContacts ? reason : nil),
            "olderContactDetails": .optional(left),
        ]
        console.answer(answer) {
            console.say(.exported(count, path: path))
            if withContacts { console.say(.exportHoldsContacts, style: .warning) }
            if let left { console.say(.olderContactDetails(path: left), style: .warning) }
        }
        return .done
    }

    /// Goes through the records with a bar on a terminal; what keeps a file from being written ends it.
    /// - Returns: how many there were.
    private func each(
        _ collections: [CollectionNumber], _ replica: Replica,
        begin: (CollectionDefinition) throws(CommandFailure) -> Void = { _ throws(CommandFailure) in },
        _ body: (RecordView) throws(CommandFailure) -> Void
    ) throws -> Int {
        let all = try replica.count(of: collections)
        let progress = ProgressLine(console: console)
        defer { progress.finish() }
        var (done, failure): (Int, CommandFailure?) = (0, nil)
        func goesOn(_ step: () throws(CommandFailure) -> Void) -> Bool {
            do throws(CommandFailure) {
                try step()
                return true
            } catch {
                failure = error
                return false
            }
        }
        try replica.export(collections) { definition in
            goesOn { () throws(CommandFailure) in try begin(definition) }
        } each: { record in
            done += 1
            progress.update(.exportProgress(done, of: all, Bar.text(done, of: all, columns: 20)))
            return goesOn { () throws(CommandFailure) in try body(record) }
        }
        if let failure { throw failure }
        return done
    }

    // MARK: Formats

    private func exportTables(_ collections: [CollectionNumber], to folder: String, _ replica: Replica) throws -> Int {
        try ExportFile.makeFolder(folder)
        var file: ExportFile?
        let count = try each(collections, replica) { definition throws(CommandFailure) in
            try file?.finish()
            file = try ExportFile("\(folder)/\(definition.name).csv")
            try file?.append(CommaSeparated.line(RecordCells.header(definition)))
        } _: { record throws(CommandFailure) in
            try file?.append(CommaSeparated.line(cells(record)))
        }
        try file?.finish()
        return count
    }

    private func cells(_ record: RecordView) -> [String] {
        let own = [
            record.id.description, record.log.description, record.by.name ?? "",
            Moment.utc(Int64(clamping: record.createdAt.milliseconds)),
        ]
        return own + record.everyField.map { field, content in
            switch content {
            case nil: ""
            case .value(let shown, _)?: RecordCells.text(shown.value, shown.text, of: field)
            case .members(let members)?, .items(let members)?:
                RecordCells.several(members.map { RecordCells.text($0.value, $0.text, of: field) })
            case .text(let text)?: text
            case .count(let count)?: String(count)
            }
        }
    }

    private func exportLines(_ collections: [CollectionNumber], to path: String, _ replica: Replica) throws -> Int {
        let file = try ExportFile(path)
        let count = try each(collections, replica) { record throws(CommandFailure) in
            try file.append(json(record).text() + "\n")
        }
        try file.finish()
        return count
    }

    private func exportMap(_ collections: [CollectionNumber], to path: String, _ replica: Replica) throws -> Int {
        let file = try ExportFile(path)
        try file.append(GeoJSON.beginning)
        var (isFirst, points): (Bool, [String: String]) = (true, [:])
        let located = collections.filter { [.area, .initiative, .conversation].contains($0) }
        // What says only in which area it is stands where the area does.
        let areas: [CollectionNumber] = located.contains(.area) || located.isEmpty ? [] : [.area]
        let count = try each(areas + located, replica) { record throws(CommandFailure) in
            let own = point(of: record)
            let code = areaCode(record)
            let outline = Outline(record.text(Field.Area.outline))
            if record.collection.number == .area, let code, let place = own ?? outline.map({ point(in: $0) }) {
                points[code] = place
            }
            if record.collection.number == .area, !areas.isEmpty { return }
            let shape = record.collection.number == .area ? outline.flatMap { GeoJSON.geometry($0) } ?? own : own
            let feature = GeoJSON.feature(
                id: record.id.description, geometry: shape ?? code.flatMap { points[$0] },
                properties: properties(record, isExact: shape != nil))
            try file.append((isFirst ? "" : ",") + feature)
            isFirst = false
        }
        try file.append(GeoJSON.end)
        try file.finish()
        return count
    }

    private func point(of record: RecordView) -> String? {
        let fields = ["longitude", "latitude"].compactMap { record.collection.field(named: $0)?.number }
        guard fields.count == 2, let longitude = record.integer(fields[0]), let latitude = record.integer(fields[1]),
            (-18_000_000...18_000_000).contains(longitude), (-9_000_000...9_000_000).contains(latitude)
        else { return nil }
        return GeoJSON.point(longitude: longitude, latitude: latitude)
    }

    private func point(in outline: Outline) -> String {
        GeoJSON.point(longitude: outline.middle.longitude, latitude: outline.middle.latitude)
    }

    private func areaCode(_ record: RecordView) -> String? {
        guard let field = SearchedFields.areas[record.collection.number],
            case .value(let shown, _)? = record[field], case .text(let code) = shown.value, !code.isEmpty
        else { return nil }
        return code
    }

    /// What may be read off a map: nobody's words, and no person.
    private func properties(_ record: RecordView, isExact: Bool) -> [JSON.Member] {
        let shown: Set<FieldNumber>
        switch record.collection.number {
        case .area: shown = [Field.Area.code, Field.Area.name, Field.Area.municipality]
        case .initiative:
            shown = [
                Field.Initiative.name, Field.Initiative.partner, Field.Initiative.area, Field.Initiative.themes,
                Field.Initiative.verifiedOn,
            ]
        default: shown = [Field.Conversation.startedAt, Field.Conversation.area, Field.Conversation.themes]
        }
        let fields = record.fields.filter { shown.contains($0.definition.number) }
        return [
            .init("collection", .string(record.collection.name)), .init("located", .string(isExact ? "exact" : "area")),
        ] + fields.map { .init($0.definition.name, json($0.content, of: $0.definition)) }
    }

    private func exportCalendar(_ collections: [CollectionNumber], to path: String, _ replica: Replica) throws -> Int {
        let file = try ExportFile(path)
        let due = try replica.due(through: nil)
        var meetings: [Calendar.Item] = []
        if collections.contains(.meeting) {
            for meeting in try replica.records(of: .meeting) {
                guard let start = meeting.moment else { continue }
                let note = [meeting.text(Field.Meeting.place), meeting.text(Field.Meeting.area)]
                meetings.append(
                    Calendar.Item(
                        id: meeting.id.description, start: start, title: meeting.name,
                        note: note.filter { !$0.isEmpty }.joined(separator: ", ")))
            }
        }
        let kinds = due.filter { collections.contains($0.record.collection.number) }
        let calendar = calendar(kinds, beside: meetings)
        try file.append(calendar.text)
        try file.finish()
        return calendar.items.count
    }
}
