/// Rows in columns that are as wide as what stands in them. A wide column can be marked as the one that
/// gives way when the terminal is narrow.
package struct Table: Sendable {
    package struct Column: Sendable {
        package let header: Localized
        package let alignment: String.Alignment
        /// Gives way, down to eight columns, when the line would be too long.
        package let shrinks: Bool

        package init(_ header: Localized, _ alignment: String.Alignment = .leading, shrinks: Bool = false) {
            self.header = header
            self.alignment = alignment
            self.shrinks = shrinks
        }
    }

    package let columns: [Column]
    package let hasHeader: Bool
    package private(set) var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
        hasHeader = true
    }

    /// A list of names and values, without a header.
    package init(pairs: [(Localized, String)], language: Language) {
        columns = [Column(.same("")), Column(.same(""), shrinks: true)]
        hasHeader = false
        for (label, value) in pairs { add([label[language], value]) }
    }

    /// One row, a text a column; each is put on one line and made harmless here.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells.map(\.onOneLine))
    }

    /// The lines, cut to so many columns where that is said.
    package func lines(language: Language, columns limit: Int?) -> [String] {
        let all = (hasHeader ? [columns.map { $0.header[language] }] : []) + rows
        let widths = widths(of: all, limit: limit)
        return all.map { cells in
            let padded = zip(cells, zip(columns, widths)).map { cell, shape in
                cell.truncated(columns: shape.1).padded(columns: shape.1, shape.0.alignment)
            }
            var line = Substring(padded.joined(separator: "  "))
            while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
            return String(line)
        }
    }

    private func widths(of all: [[String]], limit: Int?) -> [Int] {
        var widths = columns.indices.map { column in all.reduce(0) { max($0, $1[column].displayWidth) } }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        for column in columns.indices where columns[column].shrinks && excess > 0 {
            let given = min(excess, max(0, widths[column] - 8))
            widths[column] -= given
            excess -= given
        }
        return widths
    }
}
