import Glibc
import StoepCommand
import Testing

/// Holds every message against its translation, as it stands in the source: so a message cannot be left
/// out of the test by leaving it out of a list.
@Suite struct CatalogueTests {
    private struct Message: CustomStringConvertible {
        let file: String
        let en: Literal
        let nl: Literal
        var description: String { "\(file): \(en.text)" }
    }

    private static let sources: [(name: String, text: String)] = {
        let tests = #filePath.split(separator: "/").dropLast()
        let folder = "/" + tests.dropLast(2).joined(separator: "/") + "/Sources/StoepCommand"
        guard let directory = opendir(folder) else { preconditionFailure("no sources in \(folder)") }
        defer { closedir(directory) }
        var files: [(String, String)] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name.hasSuffix(".swift") else { continue }
            files.append((name, drain(open("\(folder)/\(name)", O_RDONLY))))
        }
        return files.sorted { $0.0 < $1.0 }
    }()

    private static let messages: [Message] = sources.flatMap { file, text -> [Message] in
        let scalars = Array(text.unicodeScalars)
        return Literal.places(of: "Localized(", in: scalars).compactMap { place in
            guard let en = Literal(after: "en:", from: place, in: scalars),
                let nl = Literal(after: "nl:", from: en.end, in: scalars)
            else { return nil }
            return Message(file: file, en: en, nl: nl)
        }
    }

    @Test func `the scan sees the catalogue`() {
        #expect(Self.messages.count > 250, "\(Self.messages.count)")
        #expect(Self.messages.contains { $0.en.text.contains("just now") && $0.nl.text == "zojuist" })
    }

    @Test func `a disk and a memory that fail have names, and say what to do in both languages`() throws {
        let failures: [(CommandFailure, String)] = [
            (.outOfMemory, "out-of-memory"), (.diskFull("/d"), "disk-full"), (.diskFailed("/d", what: "xSync"), "disk-error"),
            (.diskError("/d", errno: EIO), "disk-error"),
        ]
        for (failure, name) in failures {
            #expect(failure.name == name && failure.code == .failed && failure.code.rawValue == 1)
            let advice = try #require(failure.advice)
            for text in [failure.message, advice] {
                #expect(!text[.english].isEmpty && !text[.dutch].isEmpty && text[.english] != text[.dutch], "\(name)")
            }
            // What is to be done, beside what came of it.
            #expect(advice[.english].contains("try again") && advice[.dutch].contains("probeer het opnieuw"), "\(name)")
        }
    }

    @Test func `no message is empty or left in the other language`() {
        // Words that Dutch took over.
        let alike: Set = ["CODE", "role"]
        for message in Self.messages {
            #expect(!message.en.text.isEmpty && !message.nl.text.isEmpty, "\(message)")
            #expect(message.en.text != message.nl.text || alike.contains(message.en.text), "\(message)")
            // What is typed is the same in both: command lines, options, codes.
            let words = { (text: String) in
                Set(text.split { $0 == " " || $0 == "\n" }.filter { $0.allSatisfy { $0.isLowercase || ",.;:".contains($0) } })
            }
            let (english, dutch) = (words(message.en.plain), words(message.nl.plain))
            if english.count > 5, !message.en.text.hasPrefix("stoep talk ") {
                #expect(2 * english.intersection(dutch).count < english.count + 4, "\(message)")
            }
        }
    }

    @Test func `a message and its translation say the same things`() {
        for message in Self.messages {
            #expect(message.en.placeholders == message.nl.placeholders, "\(message)")
        }
    }

    @Test func `a message ends as its translation does`() {
        for message in Self.messages {
            let ends: Set<Character> = [".", ":", "?", "…"]
            let (en, nl) = (message.en.plain.last, message.nl.plain.last)
            let isSentence = { (end: Character?) in end.map { ends.contains($0) } ?? false }
            #expect(isSentence(en) == isSentence(nl), "\(message)")
        }
    }

    @Test func `nobody is a client`() {
        for message in Self.messages {
            let text = (message.en.plain + " " + message.nl.plain).lowercased()
            for word in ["client", "cliënt", "klant", "customer"] { #expect(!text.contains(word), "\(message)") }
        }
    }

    @Test func `a failure's name is kebab-case and is used once`() {
        var seen: [String: String] = [:]
        for (file, text) in Self.sources {
            let scalars = Array(text.unicodeScalars)
            for opening in ["CommandFailure(", "usage("] {
                for place in Literal.places(of: opening, in: scalars) {
                    guard let name = Literal(at: place + opening.unicodeScalars.count, in: scalars)?.text else { continue }
                    #expect(name.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }, "\(file): \(name)")
                    // The same thing, said of a conversation and of an invitation.
                    if name != "unknown-area" { #expect(seen[name] == nil, "\(file): \(name)") }
                    seen[name] = file
                }
            }
        }
        #expect(seen.count > 50)
    }

    @Test func `one and many differ`() {
        #expect(Localized.syncDone(sent: 1, received: 0).en == "Synced: 1 change sent, 0 received.")
        #expect(Localized.syncDone(sent: 2, received: 1).nl == "Gesynchroniseerd: 2 wijzigingen verstuurd, 1 ontvangen.")
        #expect(Localized.conflictsWaiting(1).en == "1 conflict waits for a person.")
        #expect(Localized.conflictsWaiting(0).nl == "0 conflicten wachten op een mens.")
    }

    @Test func `stored names cannot break out of a sentence`() {
        let message = Localized.themeSaved(name: "a\nb\u{1B}", id: "x")
        #expect(!message.en.contains("\n") && !message.en.contains("\u{1B}"))
    }
}

/// A string literal as it stands in Swift source.
private struct Literal {
    /// What stands between the quotes.
    let text: String
    /// The same without what is put in.
    let plain: String
    /// The names of what is put in.
    let placeholders: Set<String>
    /// The first place behind it.
    let end: Int

    static func places(of word: String, in source: [Unicode.Scalar]) -> [Int] {
        let word = Array(word.unicodeScalars)
        guard source.count >= word.count else { return [] }
        return (0...(source.count - word.count)).filter { source[$0] == word[0] && source[$0..<($0 + word.count)].elementsEqual(word) }
    }

    /// The literal behind a label that is the first thing after `from` but for blanks, commas and the opening.
    init?(after label: String, from: Int, in source: [Unicode.Scalar]) {
        let label = Array(label.unicodeScalars)
        var place = from
        let skipped = Set("Localized(, \n".unicodeScalars)
        while place < source.count, !source[place...].starts(with: label) {
            guard skipped.contains(source[place]) else { return nil }
            place += 1
        }
        self.init(at: place + label.count, in: source)
    }

    init?(at start: Int, in source: [Unicode.Scalar]) {
        var place = start
        while place < source.count, source[place] == " " || source[place] == "\n" { place += 1 }
        guard place < source.count, source[place] == "\"" else { return nil }
        let isLong = source[place...].starts(with: Array("\"\"\"".unicodeScalars))
        let quotes = Array((isLong ? "\"\"\"" : "\"").unicodeScalars)
        place += quotes.count
        var text = String.UnicodeScalarView()
        var plain = String.UnicodeScalarView()
        var names: Set<String> = []
        while place < source.count, !source[place...].starts(with: quotes) {
            let isInterpolation = source[place] == "\\" && place + 1 < source.count && source[place + 1] == "("
            let next = isInterpolation ? Self.endOfInterpolation(from: place + 2, in: source, &names) : place + (source[place] == "\\" ? 2 : 1)
            text.append(contentsOf: source[place..<next])
            if !isInterpolation { plain.append(contentsOf: source[place..<next]) }
            place = next
        }
        self.text = String(text)
        self.plain = String(plain.drop { $0 == " " || $0 == "\n" }).reversedTrimmed
        placeholders = names.subtracting(["counted", "onOneLine", "en", "nl", "map", "pid"])
        end = place + quotes.count
    }

    /// Behind the closing bracket; on the way the names outside nested literals are collected.
    private static func endOfInterpolation(from start: Int, in source: [Unicode.Scalar], _ names: inout Set<String>) -> Int {
        var place = start
        var depth = 1
        var name = ""
        while place < source.count, depth > 0 {
            if source[place] == "\"", let nested = Literal(at: place, in: source) {
                place = nested.end
                continue
            }
            if source[place] == "(" { depth += 1 }
            if source[place] == ")" { depth -= 1 }
            if source[place].properties.isAlphabetic {
                name.unicodeScalars.append(source[place])
            } else {
                if !name.isEmpty { names.insert(name) }
                name = ""
            }
            place += 1
        }
        return place
    }
}

extension String {
    fileprivate var reversedTrimmed: String {
        var view = unicodeScalars
        while let last = view.last, last == " " || last == "\n" { view.removeLast() }
        return String(view)
    }
}
