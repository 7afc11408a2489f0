import StoepModel

/// The columns of a collection in a file of comma-separated values, and what stands in them.
///
/// First what a record is (`id`, `log`, `by`, `createdAt`), then its fields by their names in the schema. Several
/// members of a set, or items of a list, stand on lines of one cell; in them a backslash stands before a backslash, and
/// a line break is `\n`.
package enum RecordCells {
    /// What is known of a record beside its fields; of these only the id is read.
    package static let own = ["id", "log", "by", "createdAt"]

    package static func header(_ collection: CollectionDefinition) -> [String] { own + collection.fields.map(\.name) }

    // MARK: Writing

    package static func several(_ texts: [String]) -> String { texts.map(escaped).joined(separator: "\n") }

    /// A value as it is read again: a time in UTC, degrees as decimals, a choice by its name.
    package static func text(_ value: Value, _ text: String, of field: FieldDefinition) -> String {
        switch (value, field.form) {
        case (.integer(let time), .moment): Moment.isReadable(time) ? Moment.utc(time) : String(time)
        case (.integer(let degrees), .degrees): Degrees.text(degrees)
        case (.integer, .choice): text
        case (.integer(let number), _): String(number)
        case (.bool(let flag), _): flag ? "yes" : "no"
        case (.text(let text), _): text
        default: text
        }
    }

    private static func escaped(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": out.append(contentsOf: "\\n".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    // MARK: Reading

    /// The texts of a cell, each as people type it; nil where one cannot be of this field.
    package static func texts(_ cell: String, of field: FieldDefinition, now: Int64) -> [String]? {
        switch field.kind {
        case .text: return [cell]
        case .counter: return [cell]
        case .register: return typed(cell, of: field, now: now).map { [$0] }
        case .set, .list:
            if cell.isEmpty { return [""] }
            return cell.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: true).map {
                var line = String($0)
                if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
                return unescaped(line)
            }
        }
    }

    /// As the schema's form has it on the wire.
    private static func typed(_ cell: String, of field: FieldDefinition, now: Int64) -> String? {
        guard !cell.isEmpty else { return "" }
        switch field.form {
        case .moment: return (Moment.parse(cell, now: now) ?? Int64(cell)).map { String($0) }
        case .degrees: return Degrees.parse(cell, atMost: 180).map { String($0) }
        case .day: return Moment.day(cell, now: now)
        default:
            guard field.type == .bool else { return cell }
            switch cell.lowercased() {
            case "yes", "ja", "true", "1": return "true"
            case "no", "nee", "false", "0": return "false"
            default: return nil
            }
        }
    }

    private static func unescaped(_ line: String) -> String {
        var out = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if isEscaped {
                out.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                out.append(scalar)
            }
        }
        if isEscaped { out.append("\\") }
        return String(out)
    }
}

extension Moment {
    /// Whether a time that is written out is read again as itself.
    static func isReadable(_ time: Int64) -> Bool { parse(utc(time), now: 0) == time }
}
