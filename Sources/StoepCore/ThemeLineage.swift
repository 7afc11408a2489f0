import StoepModel

/// As what themes go on that were merged into others.
struct ThemeLineage {
    private let next: [RecordID: RecordID]

    /// - Parameter merged: each with the one that it was merged into; both are here. One that says itself goes on.
    init(_ merged: [(theme: RecordID, into: RecordID)]) {
        next = Dictionary(
            merged.filter { $0.theme != $0.into }.map { ($0.theme, $0.into) }, uniquingKeysWith: { first, _ in first })
    }

    /// The theme as which one goes on; itself where it was merged into none. Where several lead to each other, the least
    /// of them stands for all.
    func end(of theme: RecordID) -> RecordID {
        var (at, seen): (RecordID, [RecordID]) = (theme, [])
        while let following = next[at] {
            if let start = seen.firstIndex(of: at) { return seen[start...].min() ?? at }
            seen.append(at)
            at = following
        }
        return at
    }

    /// The theme as which one goes on, and all that go on as it.
    func all(with theme: RecordID) -> [RecordID] {
        let end = end(of: theme)
        return [end] + next.keys.filter { $0 != end && self.end(of: $0) == end }.sorted()
    }
}
