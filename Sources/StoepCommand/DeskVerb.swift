/// What is done at a desk: files out and in, figures, and what a machine wants to know of the program itself.
package enum DeskVerb: CaseIterable, Hashable, Sendable {
    case export, `import`, importUndo, areaImport
    case overview, initiativeGrid, initiativeSuggest
    case completion, man

    package var spec: CommandSpec {
        switch self {
        case .export: .export
        case .import: .importTable
        case .importUndo: .importUndo
        case .areaImport: .stoepAreaImport
        case .overview: .overview
        case .initiativeGrid: .initiativeGrid
        case .initiativeSuggest: .initiativeSuggest
        case .completion: .completion
        case .man: .man
        }
    }

    /// Whether it needs no store: it is about the program.
    package var isAboutTheProgram: Bool { self == .completion || self == .man }
}
