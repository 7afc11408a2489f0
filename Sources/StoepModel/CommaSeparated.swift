/// Comma-separated values (RFC 4180): UTF-8, the first row names the columns, lines end in CR LF.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for an order. What somebody
/// said must not become one, so such a text is written with an apostrophe before it, and so is one that begins with
/// apostrophes before such a sign; reading takes one apostrophe off again. A negative number stands as it is.
package enum CommaSeparated {
    package struct Row: Sendable {
        /// The line on which it begins, from 1.
        package let line: Int
        package let fields: [String]
    }

    /// Where the text is none: quotes that do not end, or something behind them.
    package struct Fault: Error, Sendable, Equatable {
        package let line: Int
    }

    // MARK: Writing

    /// One row, with its line break.
    package static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        let text = guarded(cell)
        let marks: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D]
        guard text.utf8.contains(where: marks.contains) else { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { out += "\"" }
            out.unicodeScalars.append(scalar)
        }
        return out + "\""
    }

    /// A text as no spreadsheet takes it for an order.
    package static func guarded(_ text: String) -> String { isOrder(text.utf8[...]) && !isNumber(text) ? "'" + text : text }

    /// What was guarded as it was.
    package static func unguarded(_ text: String) -> String {
        guard text.utf8.first == apostrophe, isOrder(text.utf8.dropFirst()) else { return text }
        return String(text.unicodeScalars.dropFirst())
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Whether a sign that a spreadsheet obeys stands first, or behind apostrophes.
    private static func isOrder(_ bytes: Substring.UTF8View) -> Bool {
        switch bytes.first(where: { $0 != apostrophe }) {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
        default: false
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.utf8.first == UInt8(ascii: "-") && !digits.isEmpty
            && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }

    // MARK: Reading

    /// All rows, that of the names first, as they are written: guarded. A blank line is no row.
    package static func rows(_ text: String) throws(Fault) -> [Row] {
        var reader = Reader(bytes: Array(text.utf8))
        var rows: [Row] = []
        while !reader.isAtEnd {
            let row = try reader.row()
            if row.fields != [""] { rows.append(row) }
        }
        return rows
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        var line = 1

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position >= bytes.count }
        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func row() throws(Fault) -> Row {
            let start = line
            var fields: [String] = []
            while true {
                fields.append(try field(start))
                guard next == UInt8(ascii: ",") else { break }
                position += 1
            }
            if next == 0x0D { position += 1 }
            if let byte = next {
                guard byte == 0x0A else { throw Fault(line: start) }
                position += 1
            }
            line += 1
            return Row(line: start, fields: fields)
        }

        private mutating func field(_ start: Int) throws(Fault) -> String {
            guard next == 0x22 else {
                let rest = bytes[position...]
                let end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D } ?? bytes.count
                defer { position = end }
                return String(decoding: bytes[position..<end], as: UTF8.self)
            }
            position += 1
            var content: [UInt8] = []
            while let byte = next {
                position += 1
                if byte == 0x0A { line += 1 }
                if byte == 0x22 {
                    guard next == byte else { return String(decoding: content, as: UTF8.self) }
                    position += 1
                }
                content.append(byte)
            }
            throw Fault(line: start)
        }
    }
}
