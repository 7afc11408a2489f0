/// What an editor's result changed of the text that was opened: few edits, such as a person would name.
///
/// Words are compared, not scalars: a replaced word is replaced whole, since a letter it happens to share with its
/// successor carries no meaning, and keeping it would mix the two when somebody else replaced the word as well. Only
/// where most of a word stays, as in a corrected spelling, just the scalars that differ are exchanged.
package enum TextDiff {
    /// The edits that make `new` of `old`. Texts are compared scalar by scalar: composed and decomposed forms differ.
    package static func edits(from old: String, to new: String) -> [TextEdit] {
        edits(from: Array(old.unicodeScalars), to: Array(new.unicodeScalars))
    }

    /// The edits that make `new` of `old`.
    package static func edits(from old: [Unicode.Scalar], to new: [Unicode.Scalar]) -> [TextEdit] {
        let middle = changedMiddle(old, new)
        guard !middle.isEmpty else { return [] }
        var phrases: [Phrase] = []
        for whole in hunks(in: middle, old, new) {
            join(Phrase(changed: narrowed(whole, old, new), whole: whole), to: &phrases, old)
        }
        return phrases.map(\.changed).map { TextEdit(position: $0.old.lowerBound, deleted: $0.old.count, inserted: Array(new[$0.new])) }
    }

    /// A stretch of the old text and the stretch of the new one in its place; half-open, in scalars.
    struct Hunk {
        var old: Range<Int>
        var new: Range<Int>
        var isEmpty: Bool { old.isEmpty && new.isEmpty }
        /// How much of a change it is.
        var size: Int { max(old.count, new.count) }
    }

    /// A hunk as it is exchanged, and with the whole of the words in which it lies.
    private struct Phrase {
        var changed: Hunk
        var whole: Hunk
    }

    /// What lies between the common beginning and the common end, grown to whole words.
    private static func changedMiddle(_ old: [Unicode.Scalar], _ new: [Unicode.Scalar]) -> Hunk {
        let all = Hunk(old: 0..<old.count, new: 0..<new.count)
        var (prefix, suffix) = common(all, old, new)
        guard prefix < old.count || prefix < new.count else { return Hunk(old: prefix..<prefix, new: prefix..<prefix) }
        if continues(old, prefix) || continues(new, prefix) {
            while prefix > 0, isWord(old[prefix - 1]) { prefix -= 1 }
        }
        if continues(old, old.count - suffix) || continues(new, new.count - suffix) {
            while suffix > 0, isWord(old[old.count - suffix]) { suffix -= 1 }
        }
        return Hunk(old: prefix..<old.count - suffix, new: prefix..<new.count - suffix)
    }

    /// How many scalars two stretches have in common at their beginnings, and at their ends beyond that.
    private static func common(_ hunk: Hunk, _ old: [Unicode.Scalar], _ new: [Unicode.Scalar]) -> (Int, Int) {
        let shorter = min(hunk.old.count, hunk.new.count)
        var prefix = 0
        while prefix < shorter, old[hunk.old.lowerBound + prefix] == new[hunk.new.lowerBound + prefix] { prefix += 1 }
        var suffix = 0
        while suffix < shorter - prefix,
            old[hunk.old.upperBound - 1 - suffix] == new[hunk.new.upperBound - 1 - suffix]
        { suffix += 1 }
        return (prefix, suffix)
    }

    /// Whether a word goes on across this position.
    private static func continues(_ text: [Unicode.Scalar], _ position: Int) -> Bool {
        position > 0 && position < text.count && isWord(text[position - 1]) && isWord(text[position])
    }

    /// Whether a scalar makes a word with its neighbours. Ideographs do not: each is a word of its own.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": return true
            default: return false
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            return !scalar.properties.isIdeographic
        default: return false
        }
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    // MARK: Steps

    /// By words, else by lines, else as one.
    private static func hunks(in middle: Hunk, _ old: [Unicode.Scalar], _ new: [Unicode.Scalar]) -> [Hunk] {
        if middle.old.isEmpty || middle.new.isEmpty { return [middle] }
        return compare(middle, old, new, endsToken: { !isWord($0) || !isWord($1) })
            ?? compare(middle, old, new, endsToken: { before, _ in isLineBreak(before) })
            ?? [middle]
    }

    /// Compares token by token, a token ending between two scalars where `endsToken` says so; nil if the texts have
    /// too little in common for that to be worth its time.
    private static func compare(
        _ middle: Hunk, _ old: [Unicode.Scalar], _ new: [Unicode.Scalar],
        endsToken: (Unicode.Scalar, Unicode.Scalar) -> Bool
    ) -> [Hunk]? {
        /// Where each token begins, and the end; the same number for equal tokens.
        var numbers: [ArraySlice<Unicode.Scalar>: Int] = [:]
        func tokens(_ text: [Unicode.Scalar], _ range: Range<Int>) -> (bounds: [Int], numbers: [Int]) {
            var bounds = [range.lowerBound]
            var found: [Int] = []
            for end in range.lowerBound + 1...range.upperBound
            where end == range.upperBound || endsToken(text[end - 1], text[end]) {
                let token = text[bounds[bounds.count - 1]..<end]
                let number = numbers[token] ?? numbers.count
                numbers[token] = number
                found.append(number)
                bounds.append(end)
            }
            return (bounds, found)
        }
        let a = tokens(old, middle.old)
        let b = tokens(new, middle.new)
        return shortestScript(from: a.numbers, to: b.numbers)?.map { script in
            Hunk(
                old: a.bounds[script.old.lowerBound]..<a.bounds[script.old.upperBound],
                new: b.bounds[script.new.lowerBound]..<b.bounds[script.new.upperBound])
        }
    }

    /// Of one word that replaces another, only what differs, if at least half of the longer one stays.
    private static func narrowed(_ hunk: Hunk, _ old: [Unicode.Scalar], _ new: [Unicode.Scalar]) -> Hunk {
        guard old[hunk.old].allSatisfy(isWord), new[hunk.new].allSatisfy(isWord) else { return hunk }
        let (prefix, suffix) = common(hunk, old, new)
        guard (prefix + suffix) * 2 >= hunk.size else { return hunk }
        return Hunk(
            old: hunk.old.lowerBound + prefix..<hunk.old.upperBound - suffix,
            new: hunk.new.lowerBound + prefix..<hunk.new.upperBound - suffix)
    }

    /// Adds a hunk. Where only a space or the like stayed between it and the one before, and both are larger than
    /// that, a phrase was replaced, and they are one. So they are where a small word stayed by chance in the middle of
    /// something far larger: what somebody wrote anew is not strung between the words of what somebody else did.
    private static func join(_ next: Phrase, to phrases: inout [Phrase], _ old: [Unicode.Scalar]) {
        guard let last = phrases.last, areOne(last.changed, next.changed, old) else { return phrases.append(next) }
        phrases.removeLast()
        // Half a word is no phrase.
        let joined = Hunk(
            old: last.whole.old.lowerBound..<next.whole.old.upperBound,
            new: last.whole.new.lowerBound..<next.whole.new.upperBound)
        // It is larger than its parts, so the one before may belong to it as well.
        join(Phrase(changed: joined, whole: joined), to: &phrases, old)
    }

    private static func areOne(_ last: Hunk, _ next: Hunk, _ old: [Unicode.Scalar]) -> Bool {
        let between = old[last.old.upperBound..<next.old.lowerBound]
        guard !between.contains(where: isLineBreak) else { return false }
        let smaller = min(last.size, next.size)
        if !between.contains(where: isWord) { return between.count < smaller }
        let areReplaced = [last, next].allSatisfy { !$0.old.isEmpty && !$0.new.isEmpty }
        return areReplaced && 2 * between.count <= smaller
    }
}
