extension Unicode.Scalar {
    /// Whether a terminal could take this for an order, or for something that turns the reading direction of
    /// what follows: control characters (C0, DEL, C1), line and paragraph separators, and the bidirectional
    /// embeddings, overrides and isolates.
    package var steersTerminal: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension String {
    /// The text on one line, for a table or within a sentence: line breaks and tabs become a blank, and what
    /// would steer the terminal is shown instead of done.
    package var onOneLine: String { sanitised(keepsLines: false) }

    /// The text with its lines, for display: line breaks and tabs stay, and what would steer the terminal is
    /// shown instead of done.
    package var displayable: String { sanitised(keepsLines: true) }

    private func sanitised(keepsLines: Bool) -> String {
        guard unicodeScalars.contains(where: \.steersTerminal) else { return self }
        var result = String.UnicodeScalarView()
        // A carriage return is held back until it is known whether it is half of a line break.
        var holdsReturn = false
        for scalar in unicodeScalars {
            if holdsReturn, scalar != "\n" { result.append(.picture(of: "\r")) }
            holdsReturn = scalar == "\r"
            if !holdsReturn { result.append(scalar.shown(keepsLines: keepsLines)) }
        }
        if holdsReturn { result.append(.picture(of: "\r")) }
        return String(result)
    }
}

extension Unicode.Scalar {
    fileprivate func shown(keepsLines: Bool) -> Unicode.Scalar {
        switch self {
        case "\n", "\t": keepsLines ? self : " "
        case "\u{2028}", "\u{2029}": keepsLines ? "\n" : " "
        default: steersTerminal ? .picture(of: self) : self
        }
    }

    /// The sign that stands for a control character (␛ for escape); U+FFFD where Unicode has none.
    fileprivate static func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        default: "\u{FFFD}"
        }
    }
}
