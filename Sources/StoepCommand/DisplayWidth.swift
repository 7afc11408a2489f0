extension String {
    /// How many columns the text takes on a terminal, for text on one line: a combining mark takes none, a
    /// CJK character or an emoji two.
    package var displayWidth: Int {
        // Nearly everything shown is ASCII, where a byte is a column.
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.displayWidth }
    }

    /// The text cut to so many columns, with … where something was left out.
    package func truncated(columns: Int) -> String {
        guard displayWidth > columns else { return self }
        guard columns > 0 else { return "" }
        var width = 0
        var result = ""
        for character in self {
            width += character.displayWidth
            guard width < columns else { break }
            result.append(character)
        }
        return result + "…"
    }

    package enum Alignment: Sendable { case leading, trailing }

    /// The text filled up with blanks to so many columns.
    package func padded(columns: Int, _ alignment: Alignment = .leading) -> String {
        let blanks = String(repeating: " ", count: max(0, columns - displayWidth))
        return alignment == .leading ? self + blanks : blanks + self
    }

    /// The text in lines of at most so many columns, broken at blanks; a word that is longer stands alone.
    /// The line breaks of the text stay.
    package func wrapped(columns: Int) -> [String] {
        unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
            var lines: [String] = []
            var line = ""
            for word in paragraph.split(separator: " ") {
                let word = String(word)
                if line.isEmpty {
                    line = word
                } else if line.displayWidth + 1 + word.displayWidth <= columns {
                    line += " " + word
                } else {
                    lines.append(line)
                    line = word
                }
            }
            return lines + [line]
        }
    }
}

extension Character {
    /// What stands together is drawn together: the widest part decides.
    fileprivate var displayWidth: Int {
        if let ascii = asciiValue { return ascii >= 0x20 && ascii < 0x7F ? 1 : 0 }
        let isDrawnAsEmoji = unicodeScalars.contains("\u{FE0F}") && unicodeScalars.first?.properties.isEmoji == true
        return isDrawnAsEmoji ? 2 : unicodeScalars.reduce(0) { max($0, $1.displayWidth) }
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide ? 2 : 1
        }
    }

    /// East Asian Wide and Fullwidth (Unicode Standard Annex 11), in whole blocks, and what is an emoji
    /// unless told otherwise.
    private var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
            true
        default:
            properties.isEmojiPresentation
        }
    }
}
