// What both programs show of a bundle.
extension Table {
    package static func bundle() -> Table {
        Table([
            .init(.labelLog, shrinks: true), .init(.labelSize, .trailing), .init(.labelReaders, .trailing),
            .init(.labelChanges, .trailing), .init(.labelAuthors, .trailing),
        ])
    }

    /// One sealed log of it; without a name it is sealed to others.
    package mutating func addBundleLog(
        _ name: String?, bytes: Int, readers: Int, changes: Int, authors: Int, _ language: Language
    ) {
        add([
            name ?? Localized.bundleSealed[language], Localized.size(bytes), "\(readers)",
            name == nil ? "" : "\(changes)", name == nil ? "" : "\(authors)",
        ])
    }
}
