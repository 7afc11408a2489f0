import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// The themes that go on as themselves, by name; each with the conversations of all that go on as it.
    public func themes() throws(ReplicaError) -> [Theme] {
        try ReplicaError.naming {
            try store.read {
                let held = try heldThemes(), lineage = try themeLineage()
                return try held.filter { lineage.end(of: $0.id) == $0.id }.map { theme in
                    let all = lineage.all(with: theme.id)
                    guard all.count > 1 else { return theme }
                    let count = try store.conversationCount(havingAnyOf: all)
                    return Theme(id: theme.id, name: theme.name, conversations: count)
                }
            }
        }
    }

    /// As what themes go on here. Inside a read.
    func themeLineage() throws -> ThemeLineage {
        let merged = try store.mergedThemes()
        return ThemeLineage(try merged.filter { try store.stored($0.into).isListed })
    }

    /// A theme, and all with which it goes on as one. Inside a read.
    func themesGoingOn(as theme: RecordID) throws -> [RecordID] { try themeLineage().all(with: theme) }

    /// All of them, also those that go on as others.

    func heldThemes() throws -> [Theme] {
        try store.themes().map { Theme(id: $0.id, name: $0.name, conversations: $0.conversations) }
    }

    /// Adds a theme.
    /// - Throws: `themeExists`, `empty`, `tooLong`, `notAllowed`.
    public func addTheme(_ name: String) throws(ReplicaError) -> Theme { try addTheme(name, splitFrom: nil) }

    /// A new theme, which says of which it was a part.
    /// - Throws: `themeExists`, `empty`, `tooLong`, `notAllowed`.
    public func split(_ theme: RecordID, off name: String) throws(ReplicaError) -> Theme {
        try addTheme(name, splitFrom: theme)
    }

    private func addTheme(_ name: String, splitFrom origin: RecordID?) throws(ReplicaError) -> Theme {
        try ReplicaError.naming {
            let name = try Self.themeName(name)
            try saveDrafts()
            return try store.write {
                if case .held(let theme)? = try existing(name) { throw ReplicaError.themeExists(theme) }
                let ids = try store.saveInTransaction([Self.birth(of: name, splitFrom: origin)])
                return Theme(id: ids[0], name: name, conversations: 0)
            }
        }
    }

    // MARK: Finding

    /// A theme as a conversation names it.
    enum ThemeChoice {
        case held(Theme)
        case born(name: String, id: RecordID)

        var id: RecordID {
            switch self {
            case .held(let theme): theme.id
            case .born(_, let id): id
            }
        }
    }

    /// What a person means by these, each once. Inside a read.
    func themes(meaning typed: [String]) throws -> [ThemeChoice] {
        var choices: [ThemeChoice] = []
        for text in typed {
            let choice = try theme(meaning: text)
            if !choices.contains(where: { $0.id == choice.id }) { choices.append(choice) }
        }
        return choices
    }

    /// By its name in any case, else by its id; what is neither is a theme to be born.
    private func theme(meaning typed: String) throws -> ThemeChoice {
        let name = try Self.themeName(typed)
        if let found = try existing(name) { return found }
        // Fewer digits might be a word: "dade", "fee".
        if name.utf8.count >= 8, let id = try? record(beginning: name, of: .theme) {
            return .held(Theme(id: id, name: try themeName(of: id), conversations: 0))
        }
        return .born(name: name, id: store.naturalID(.theme, Self.key(name)))
    }

    private func existing(_ name: String) throws -> ThemeChoice? {
        let id = store.naturalID(.theme, Self.key(name))
        if try store.stored(id).collection == .theme {
            return .held(Theme(id: id, name: try themeName(of: id), conversations: 0))
        }
        // One that was renamed since is known by its new name as well.
        let wanted = Self.key(name)
        let renamed = try heldThemes().filter { Self.key($0.name).utf8.elementsEqual(wanted.utf8) }
        guard renamed.count < 2 else { throw ReplicaError.ambiguousTheme(name, renamed) }
        return renamed.first.map { .held($0) }
    }

    func themeName(of id: RecordID) throws -> String {
        guard case .text(let name)? = try store.stored(id).value(Field.Theme.name) else { return "" }
        return name
    }

    static func birth(of name: String, splitFrom theme: RecordID? = nil) -> RecordEdit {
        let origin = theme.map { [FieldEdit.set(Field.Theme.splitFrom, .record($0))] } ?? []
        return RecordEdit(
            log: .square, target: .natural(.theme, key: key(name)),
            fields: [.set(Field.Theme.name, .text(name))] + origin)
    }

    /// Two people who name a theme alike, each on the street, mean one theme.
    static func key(_ name: String) -> String { name.trimmed.lowercased() }

    private static func themeName(_ typed: String) throws -> String {
        let name = typed.trimmed
        guard !name.isEmpty else { throw ReplicaError.empty(field: "theme") }
        guard name.utf8.count <= Limits.shortTextBytes else {
            throw ReplicaError.tooLong(field: "theme", limit: Limits.shortTextBytes)
        }
        return name
    }
}
