import StoepCommand
import StoepCore
import StoepModel

// stoep talk edit without options: the texts in the editor of whoever types.
extension Command {
    /// - Returns: whether anything changed.
    func editInEditor(_ opened: OpenedConversation, _ replica: Replica) throws -> Bool {
        let sections =
            (opened.mayEditWords ? [(console.text(.labelWords), opened.words)] : [])
            + [(console.text(.labelObservation), opened.observation)]
        return try edited(opened.id, sections, replica) { texts throws(ReplicaError) in
            var edit = ConversationEdit()
            if let observation = texts.last, !observation.utf8.elementsEqual(opened.observation.utf8) {
                edit.observation = observation
            }
            if opened.mayEditWords, !texts[0].utf8.elementsEqual(opened.words.utf8) { edit.words = texts[0] }
            return try edit.isEmpty ? false : replica.edit(opened.id, edit, in: opened)
        }
    }

    /// The texts of any record.
    /// - Returns: whether anything changed.
    func editTexts(_ opened: OpenedText, _ replica: Replica) throws -> Bool {
        let parts = opened.parts.filter(\.mayEdit)
        let sections = parts.map { (console.text(Localized($0.field.words)), $0.text) }
        return try edited(opened.id, sections, replica) { texts throws(ReplicaError) in
            let inputs = zip(parts, texts).compactMap { part, text in
                text.utf8.elementsEqual(part.text.utf8) ? nil : FieldInput.set(part.field.number, text)
            }
            return try inputs.isEmpty ? false : replica.edit(opened.id, inputs, in: opened)
        }
    }

    /// Has sections edited, and saves them as they are then, one text each. What cannot be saved stays in the file.
    private func edited(
        _ id: RecordID, _ sections: [(label: String, text: String)], _ replica: Replica,
        save: ([String]) throws(ReplicaError) -> Bool
    ) throws -> Bool {
        let environment = StoepCommand.Environment.process
        let editor = try EditorProcess.command(environment)
        let form = EditorForm(note: console.text(.editorNote(id: replica.shortID(id))), sections: sections)
        let file = try EditorFile(
            form.text, under: EditorFile.folder(environment, store: replica.directory),
            name: "\(replica.shortID(id)).txt")
        switch EditorProcess.run(editor, file.path) {
        case .interrupted:
            file.remove()
            throw CommandFailure.editInterrupted
        case .failed(let status):
            throw CommandFailure.editorFailed(editor, status: status, kept: file.keepIfChanged(from: form.text))
        case .ended: break
        }
        guard let texts = file.read().flatMap({ form.parse($0) }), texts.count == sections.count else {
            throw CommandFailure.editedFileUnreadable(kept: file.path)
        }
        do throws(ReplicaError) {
            let changed = try save(texts)
            file.remove()
            return changed
        } catch {
            throw failure(error, replica.directory).keeping(file.path)
        }
    }
}

/// The texts as they stand in one file: each under a heading, by which it is found again.
struct EditorForm {
    let text: String
    private let headings: [String]
    private let opened: [String]

    init(note: String, sections: [(label: String, text: String)]) {
        // What stands in a text already is no heading: a longer one is.
        var rule = "----"
        while sections.contains(where: { $0.text.utf8Contains(rule) }) { rule += "----" }
        let headings = sections.map { "\(rule) \($0.label) \(rule)" }
        self.headings = headings
        opened = sections.map(\.text)
        let parts = zip(headings, sections).map { heading, section in
            let endsLine = section.text.isEmpty || section.text.unicodeScalars.last == "\n"
            return "\(heading)\n\(section.text)\(endsLine ? "" : "\n")"
        }
        text = "\(note)\n\n" + parts.joined(separator: "\n")
    }

    /// What stands under each heading; nil where one is missing, twice there, or out of its place. The line breaks at
    /// the end of a text are the editor's: it keeps those that it had.
    func parse(_ file: String) -> [String]? {
        let lines = file.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        var starts: [Int] = []
        for heading in headings {
            let places = lines.indices.filter { place in
                let line = lines[place].last == "\r" ? lines[place].dropLast() : lines[place]
                return line.elementsEqual(heading.unicodeScalars)
            }
            guard places.count == 1, places[0] > starts.last ?? -1 else { return nil }
            starts.append(places[0])
        }
        return starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] : lines.count
            var body = String.UnicodeScalarView()
            for (place, line) in lines[(starts[index] + 1)..<end].enumerated() {
                if place > 0 { body.append("\n") }
                body.append(contentsOf: line)
            }
            let old = opened[index].unicodeScalars
            let ending = old.suffix(while: { $0 == "\n" || $0 == "\r" })
            while let last = body.last, last == "\n" || last == "\r" { body.removeLast() }
            body.append(contentsOf: ending)
            return String(body)
        }
    }
}

extension String.UnicodeScalarView {
    /// The longest end of which all belongs.
    fileprivate func suffix(while belongs: (Unicode.Scalar) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, belongs(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}

extension String {
    fileprivate func utf8Contains(_ other: String) -> Bool {
        let (all, wanted) = (Array(utf8), Array(other.utf8))
        guard wanted.count <= all.count else { return false }
        return (0...all.count - wanted.count).contains { all[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
