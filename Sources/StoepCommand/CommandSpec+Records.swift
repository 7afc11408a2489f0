import StoepModel

// What is done with any kind of record: said once, in the words of the schema.
extension CommandSpec {
    static func path(_ noun: RecordNoun, _ action: RecordAction) -> [String] { [noun.rawValue, noun.verb(action)] }

    static func record(_ noun: RecordNoun, _ action: RecordAction) -> CommandSpec {
        let (one, many) = (Localized(noun.definition.one), Localized(noun.definition.many))
        return CommandSpec(
            path: path(noun, action), summary: .summary(action, one: one, many: many),
            explanation: .explanation(action), options: options(noun, action), positionals: positionals(noun, action),
            examples: [
                CommandExample(noun.line(action), .exampleMeaning(action, one: one, many: many))
            ])
    }

    private static func options(_ noun: RecordNoun, _ action: RecordAction) -> [OptionSpec] {
        let fields = noun.fieldOptions
        switch action {
        case .new: return fields.filter { $0.field.number != noun.name }.map(\.option) + noun.linkOptions
        case .edit:
            let confirms: [OptionSpec] = noun == .person ? [.yes] : []
            return fields.map(\.option) + fields.compactMap(\.removal) + [.read] + confirms
        case .list: return (noun.hasArea ? [.ofArea] : []) + (noun.hasThemes ? [.ofTheme] : []) + [.limit]
        case .undo: return [.change]
        case .show, .same, .apart, .history, .delete: return []
        }
    }

    private static func positionals(_ noun: RecordNoun, _ action: RecordAction) -> [PositionalSpec] {
        switch action {
        case .new: noun.namePositional.map { [$0] } ?? []
        case .list: []
        case .show, .edit, .history, .undo, .delete: [.recordID]
        case .same: [.recordID, .otherID]
        case .apart: [.recordID, .otherIDIfAny]
        }
    }
}

extension RecordNoun {
    /// A question is added; everything else is new.
    package func verb(_ action: RecordAction) -> String {
        self == .question && action == .new ? "add" : action.rawValue
    }

    /// What may come up in a conversation is said to have.
    package var linkOptions: [OptionSpec] {
        switch self {
        case .question, .agreement, .initiative, .offer, .need, .person: [.withTalk]
        case .theme, .meeting, .match, .referral, .round, .signal: []
        }
    }

    /// A command line that somebody could type.
    fileprivate func line(_ action: RecordAction) -> Localized {
        let line = "stoep \(rawValue) \(verb(action))"
        switch action {
        case .list: return .same(line)
        case .show, .history, .delete, .undo, .apart: return .same("\(line) 4f2a")
        case .same: return .same("\(line) 4f2a 91c0")
        case .edit: return Localized(en: "\(line) 4f2a\(editing.en)", nl: "\(line) 4f2a\(editing.nl)")
        case .new: return Localized(en: line + making.en, nl: line + making.nl)
        }
    }

    private var making: Localized {
        switch self {
        case .question:
            Localized(en: " \"Why is the playground closed?\" --theme play", nl: " \"Waarom is de speeltuin dicht?\" --theme spelen")
        case .person:
            Localized(en: " \"the man with the red coat\" --talent chess", nl: " \"de man met de rode jas\" --talent schaken")
        case .agreement:
            Localized(
                en: " \"mend the lamp\" --who \"district office\" --promised-by municipality --due 2026-12-01",
                nl: " \"lamp maken\" --who wijkbeheer --promised-by municipality --due 2026-12-01")
        case .meeting:
            Localized(
                en: " \"trees\" --at 2026-12-03T19:30 --agenda opening --agenda planting",
                nl: " \"bomen\" --at 2026-12-03T19:30 --agenda opening --agenda planten")
        case .initiative:
            Localized(
                en: " \"cooking club\" --partner neighbourhood --theme food", nl: " \"kookclub\" --partner neighbourhood --theme eten")
        case .offer:
            Localized(
                en: " \"care for neighbours\" --capacity 5 --condition \"transit card\"",
                nl: " \"zorgen voor buren\" --capacity 5 --condition ov-kaart")
        case .need: Localized(en: " \"help with shopping\" --theme care", nl: " \"hulp met boodschappen\" --theme zorg")
        case .referral: Localized(en: " debts --to \"district team\"", nl: " schulden --to wijkteam")
        case .round: Localized(en: " autumn --starts 2026-10-01", nl: " najaar --starts 2026-10-01")
        case .theme, .match, .signal: .same("")
        }
    }

    private var editing: Localized {
        switch self {
        case .theme: Localized(en: " --next-step \"plant trees\"", nl: " --next-step \"bomen planten\"")
        case .question: Localized(en: " --theme play", nl: " --theme spelen")
        case .person: .same(" --do-not-approach yes")
        case .agreement: .same(" --due 2026-12-15")
        case .meeting: .same(" --chair Fatima --chaired-by resident")
        case .initiative: Localized(en: " --verified today", nl: " --verified vandaag")
        case .offer, .need: Localized(en: " --fulfilled \"transit card\"", nl: " --fulfilled ov-kaart")
        case .match: .same(" --progress ended")
        case .referral: Localized(en: " --to buddies", nl: " --to maatjes")
        case .round: .same(" --starts 2026-10-08")
        case .signal: .same(" --place Noordplein")
        }
    }
}
