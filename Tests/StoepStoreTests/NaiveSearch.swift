import StoepMerge
import StoepModel

@testable import StoepStore

/// Looking for words without an index: written apart from what it checks, for the letters that `alphabet` has.
enum NaiveSearch {
    /// What tests write with: plain and accented letters, whole and composed, digits, and what parts words.
    static let alphabet: [(letter: String, plain: String)] =
        "abcdefghijklmnopqrstuvwxyz0123456789".map { (String($0), String($0)) }
        + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { (String($0), $0.lowercased()) }
        + [
            ("é", "e"), ("è", "e"), ("ë", "e"), ("É", "e"), ("e\u{301}", "e"), ("ï", "i"), ("Ï", "i"), ("ö", "o"),
            ("o\u{308}", "o"), ("ü", "u"), ("ç", "c"), ("ñ", "n"), ("Å", "a"), ("ß", "ß"), ("ø", "ø"), ("Ж", "ж"), ("ع", "ع"),
        ]

    private static let plain = Dictionary(
        uniqueKeysWithValues: alphabet.map { (Array($0.letter.unicodeScalars), $0.plain) })

    /// The words of a text, plain.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text {
            if let letter = plain[Array(character.unicodeScalars)] {
                word += letter
            } else {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// Everything that one record says of what is searched.
    static func texts(of state: RecordState) -> [String] {
        func text(_ field: FieldNumber) -> [String] { [state.text(field)] }
        func values(_ field: FieldNumber) -> [String] {
            state.values(field).compactMap { if case .text(let text) = $0.value { text } else { nil } }
        }
        switch state.collection {
        case .conversation?:
            return text(Field.Conversation.words) + text(Field.Conversation.observation)
                + values(Field.Conversation.place)
        case .theme?: return values(Field.Theme.name) + text(Field.Theme.description)
        default: return []
        }
    }

    /// Whether the words stand behind one another in the text; the last may be but a beginning.
    static func holds(_ text: String, _ phrase: [String], isPrefix: Bool) -> Bool {
        var rest = words(of: text)[...]
        while rest.count >= phrase.count {
            let ends = isPrefix ? rest.prefix(phrase.count).last?.hasPrefix(phrase[phrase.count - 1]) == true
                : rest.prefix(phrase.count).last == phrase.last
            if ends, Array(rest.prefix(phrase.count - 1)) == Array(phrase.dropLast()) { return true }
            rest.removeFirst()
        }
        return false
    }
}
