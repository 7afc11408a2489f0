import StoepModel
import Testing

@Suite struct SchemaTests {
    @Test func `numbers and names are used once, and are found`() {
        let collections = Schema.current.collections
        #expect(Set(collections.map(\.number)).count == collections.count)
        #expect(Set(collections.map(\.name)).count == collections.count)
        for collection in collections {
            #expect(Schema.current[collection.number]?.name == collection.name)
            #expect(Set(collection.fields.map(\.number)).count == collection.fields.count, "\(collection.name)")
            for (place, field) in collection.fields.enumerated() {
                #expect(collection.place(of: field.number) == place)
                #expect(collection.field(named: field.name)?.number == field.number, "\(collection.name).\(field.name)")
            }
            for unknown in [0, 99, UInt32.max] {
                #expect(collection.field(FieldNumber(rawValue: unknown)) == nil, "\(collection.name) \(unknown)")
            }
        }
        #expect(Schema.current[CollectionNumber(rawValue: 0)] == nil)
    }

    @Test func `links lead to collections that there are, and a field admits its own type alone`() {
        let samples: [(Value, String)] = [
            (.bool(true), "bool"), (.integer(1), "integer"), (.text(""), "text"), (.bytes([]), "bytes"),
            (.record(RecordID(Bytes16(high: 0, low: 0))), "record"),
        ]
        for collection in Schema.current.collections {
            for field in collection.fields {
                if case .record(let linked) = field.type { #expect(Schema.current[linked] != nil, "\(field.name)") }
                #expect(samples.filter { field.type.admits($0.0) }.map(\.1) == [field.type.name], "\(field.name)")
                // The least is told only of what is a number.
                if field.settlement == .least { #expect(field.type == .integer && field.kind == .register) }
            }
        }
    }

    @Test func `people have a word for everything, in both languages, and no word twice in one collection`() {
        let both: [(String, (Words) -> String)] = [("en", { $0.en }), ("nl", { $0.nl })]
        let collections = Schema.current.collections
        for (language, text) in both {
            #expect(Set(collections.map { text($0.one) }).count == collections.count, "\(language)")
            for collection in collections {
                #expect(text(collection.one) != text(collection.many), "\(language) \(collection.name)")
                let words = collection.fields.map { text($0.words) }
                #expect(Set(words).count == words.count, "\(language) \(collection.name): \(words)")
                let choices = collection.fields.flatMap { $0.form.choices.map(\.words) }
                for word in words + choices.map(text) + [text(collection.one), text(collection.many)] {
                    #expect(!word.isEmpty && word.first?.isLowercase == true, "\(language) \(collection.name): \(word)")
                }
            }
        }
    }

    @Test func `how a value is written goes with its type, and choices are told apart`() {
        for collection in Schema.current.collections {
            for field in collection.fields {
                #expect(field.form.suits(field.type), "\(collection.name).\(field.name)")
                let choices = field.form.choices
                #expect(Set(choices.map(\.number)).count == choices.count, "\(field.name)")
                #expect(Set(choices.map(\.name)).count == choices.count, "\(field.name)")
                if case .choice = field.form { #expect(choices.count > 1, "\(field.name)") }
            }
        }
        #expect(Outcome.allCases.map(\.rawValue) == [0, 1, 2] && Progress.allCases.map(\.rawValue) == [0, 1, 2, 3])
        #expect(Party.allCases.map(\.rawValue) == [1, 2, 3, 4] && PartnerKind.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
    }

    @Test func `what the square holds refers to nothing on the street`() {
        for collection in Schema.current.collections {
            for field in collection.fields {
                guard case .record(let number) = field.type, let log = Schema.current[number]?.log else { continue }
                let mayName: [LogKind]
                switch collection.log {
                case .roster?, nil: mayName = [.roster, .square]
                case .square?: mayName = [.roster, .square]
                case .street?: mayName = [.roster, .square, .street]
                case .signal?, .contact?: mayName = LogKind.allCases
                }
                #expect(mayName.contains(log), "\(collection.name).\(field.name)")
            }
        }
    }

    @Test func `an offer and a need have the same fields by the same numbers`() {
        let fields = { (number: CollectionNumber) in Schema.current[number]?.fields.map { "\($0.number) \($0.name)" } }
        #expect(fields(.offer) == fields(.need))
    }

    @Test func `of every field that holds text it is said once whether words are looked for in it`() {
        for collection in Schema.current.collections where collection.log != .roster && !collection.isControl {
            let texts = collection.fields.filter { $0.type == .text }.map(\.number)
            let said = SearchedFields.searched[collection.number, default: []]
                + SearchedFields.others[collection.number, default: []]
            #expect(said.count == Set(said).count && Set(said) == Set(texts), "\(collection.name)")
        }
        for (collection, field) in SearchedFields.areas.merging(SearchedFields.names, uniquingKeysWith: { one, _ in one }) {
            let definition = Schema.current[collection]?.field(field)
            #expect(definition?.type == .text && definition?.kind == .register, "\(collection)")
        }
        for (collection, field) in SearchedFields.times {
            #expect(Schema.current[collection]?.field(field)?.type == .integer, "\(collection)")
        }
    }

    @Test func `of two roles or consents the more restricted is the lesser`() {
        #expect(Role.allCases.sorted() == [.revoked, .observer, .owner, .volunteer, .coordinator])
        #expect(Role.allCases.map(\.rawValue) == [0, 1, 2, 3, 4], "frozen")
        #expect(Consent.allCases.sorted() == [.none, .anonymous, .contact])
        #expect(Consent.allCases.map(\.rawValue) == [0, 1, 2], "frozen")
        for role in Role.allCases { #expect(Role(named: role.name) == role) }
        for consent in Consent.allCases { #expect(Consent(named: consent.name) == consent) }
        #expect(Role(named: "Owner") == nil && Consent(named: "") == nil)
    }

    @Test func `what one limit lets through fits the next`() {
        #expect(Limits.payloadBytes > 4 * Limits.textScalars, "a scalar has up to four bytes")
        #expect(Limits.payloadBytes <= Limits.changeBytes && Limits.changeBytes < Limits.segmentBytes)
        #expect(Limits.segmentBytes < Limits.messageBytes && Limits.pieceBytes < Limits.messageBytes)
        #expect(Limits.valueBytes < Limits.payloadBytes && Limits.bytesPerHead <= Limits.changeBytes)
        #expect(Limits.changesPerHead <= Limits.segmentChanges)
        #expect(Int64(exactly: Limits.counter) != nil && Int64(exactly: Limits.timestamp) != nil, "what SQLite holds")
    }
}
