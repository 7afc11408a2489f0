import StoepCommand
import StoepCore

// What is done at a desk.
extension Command {
    func run(_ verb: DeskVerb, _ replica: Replica) throws -> ExitCode {
        switch verb {
        case .export: try export(replica)
        case .import: try importTable(replica)
        case .importUndo: try importUndo(replica)
        case .areaImport: try areaImport(replica)
        case .overview: try overview(replica)
        case .initiativeGrid: try initiativeGrid(replica)
        case .initiativeSuggest: try initiativeSuggest(replica)
        case .completion, .man: try runAboutTheProgram(verb)
        }
    }

    /// What needs no store.
    func runAboutTheProgram(_ verb: DeskVerb) throws(CommandFailure) -> ExitCode {
        let table = CommandTable<StoepVerb>()
        let text =
            try verb == .completion
            ? Completion(table, language: console.language).script(arguments.one(.shell))
            : ManualPage(table, language: console.language).text(about: arguments.all(.manualWords))
        console.answer([verb == .completion ? "script" : "page": .string(text)]) { console.output.write(text) }
        return .done
    }
}
