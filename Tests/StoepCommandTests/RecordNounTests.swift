import StoepCommand
import StoepModel
import Testing

/// Commands that follow from the schema.
@Suite struct RecordNounTests {
    @Test func `a field stands behind one option, and no option says two things in one command`() {
        for noun in RecordNoun.allCases {
            let fields = noun.options.map(\.field)
            #expect(Set(fields).count == fields.count, "\(noun)")
            for action in noun.actions {
                let spec = StoepVerb.record(noun, action).spec
                let names = (spec.options + StoepVerb.program.globals).map(\.name)
                #expect(Set(names).count == names.count, "\(spec.name): \(names)")
            }
        }
        for spec in StoepVerb.allCases.map(\.spec) {
            let names = (spec.options + StoepVerb.program.globals).map(\.name)
            #expect(Set(names).count == names.count, "\(spec.name): \(names)")
        }
    }

    @Test func `a command line means one command`() {
        let paths = StoepVerb.allCases.map(\.spec.path)
        #expect(Set(paths).count == paths.count)
        let nouns = Set(StoepVerb.program.nouns.map(\.name))
        for path in paths where path.count > 1 { #expect(nouns.contains(path[0]), "\(path) has a noun that is explained") }
    }

    @Test func `what is made has a name, and a list shows fields that there are`() {
        for noun in RecordNoun.allCases {
            if noun.actions.contains(.new) { #expect(noun.namePositional != nil, "\(noun)") }
            for column in noun.columns { #expect(noun.definition.field(column) != nil, "\(noun) \(column)") }
            #expect(noun.actions.contains(.same) == noun.definition.isJoinable, "\(noun)")
        }
    }

    @Test func `people read the words of the schema, and a name that is not in it as it stands`() {
        #expect(Localized.field("dueOn", of: "agreement").nl == "wanneer klaar")
        #expect(Localized.field("agenda[2]", of: "meeting").en == "agenda[2]")
        #expect(Localized.field("minutes", of: "meeting").nl == "notulen" && Localized.field("minutes").nl == "minuten")
        #expect(Localized.field("mood", of: "meeting").nl == "mood" && Localized.field("x", of: "y").en == "x")
        #expect(Localized.oneOf(collection: "agreement").nl == "afspraak" && Localized.oneOf(collection: "y").nl == "y")
        #expect(Localized.consent("none").nl == "geen (alleen aantallen)" && Localized.consent("ooit").en == "ooit")
    }
}
