import Foundation
import StoepCrypto
import StoepModel
import StoepSQLite
import StoepStore
import StoepTestSupport
import StoepWire

/// Puts a year of a district into a store that `stoep join` made: conversations of the street round at places on the map,
/// with themes, questions and follow-ups, and beside every twentieth what comes of one. Several volunteers each fill
/// theirs with every so many-th: `--first` and `--step` say which.
struct StreetFilling {
    private static let day: Int64 = 86_400_000
    private static let year = 365 * day

    private let store: Store
    private let laptops: StreetLaptops
    private let areas: [String]
    private let count: Int
    private let now: Int64
    private let random: StoepTestSupport.SeededRandom
    private var questions: [RecordID] = []

    static func run(_ given: some Sequence<String>) throws -> Int32 {
        let arguments = try Arguments(
            given, valued: ["--store", "--areas", "--count", "--first", "--step", "--records"])
        guard let directory = arguments.values["--store"],
            let areas = arguments.values["--areas"]?.split(separator: ",").map(String.init), !areas.isEmpty,
            let count = Int(arguments.values["--count"] ?? ""), count > 0,
            let first = Int(arguments.values["--first"] ?? "0"), let step = Int(arguments.values["--step"] ?? "1"),
            step > 0
        else { throw Arguments.Misuse(description: "fill-street takes --store, --areas, --count, --first and --step") }
        let store = try Store.open(
            Store.Configuration(directory: directory, holder: "stoep-bench fill-street"),
            Environment(
                cryptography: .openSSL, now: { Timestamp(milliseconds: UInt64(Date().timeIntervalSince1970 * 1000)) },
                random: { SystemRandom.bytes($0) }))
        var filling = StreetFilling(
            store: store, laptops: try StreetLaptops(StreetRound.given(arguments.values["--records"])), areas: areas,
            count: count, now: Int64(Date().timeIntervalSince1970 * 1000),
            random: StoepTestSupport.SeededRandom(seed: UInt64(first) + 1)
        )
        try filling.fill(Array(stride(from: first, to: count, by: step)))
        try store.checkpoint()
        store.close()
        return 0
    }

    private init(
        store: Store, laptops: StreetLaptops, areas: [String], count: Int, now: Int64,
        random: StoepTestSupport.SeededRandom
    ) {
        (self.store, self.laptops, self.areas) = (store, laptops, areas)
        (self.count, self.now, self.random) = (count, now, random)
    }

    private mutating func fill(_ numbers: [Int]) throws {
        let themes = Set((0..<1000).flatMap { laptops.record($0).themes }).sorted()
        try store.write {
            for theme in themes {
                let fields = [FieldEdit.set(Field.Theme.name, .text(theme))]
                _ = try store.saveInTransaction([
                    RecordEdit(log: .square, target: .natural(.theme, key: theme), fields: fields)
                ])
            }
        }
        questions = try store.write {
            try (0..<10).flatMap { number in
                try make(.question, [.set(Field.Question.wording, .text(words(number, 6) + "?"))])
            }
        }
        for start in stride(from: 0, to: numbers.count, by: 1000) {
            try store.write {
                for number in numbers[start..<min(start + 1000, numbers.count)] { try live(number) }
            }
        }
    }

    private func make(_ collection: CollectionNumber, in log: LogID = .square, _ fields: [FieldEdit]) throws
        -> [RecordID]
    {
        try store.saveInTransaction([RecordEdit(log: log, target: .new(collection), fields: fields)])
    }

    /// One conversation, and what comes of it.
    private func live(_ number: Int) throws {
        let area = areas[number % areas.count]
        var talk = try laptops.edit(number, area: area)
        let time = now - Self.year / Int64(count) * Int64(count - number)
        let place = place(number)
        var fields: [FieldEdit] = talk.fields.filter { field in
            guard case .set(let number, _) = field else { return true }
            return ![Field.Conversation.startedAt, Field.Conversation.place, Field.Conversation.followUpOn].contains(
                number)
        }
        fields += [.set(Field.Conversation.startedAt, .integer(time)), .set(Field.Conversation.place, .text(place))]
        let point = place.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        fields += [
            .set(Field.Conversation.latitude, .integer(5_190_000 + Int64((point >> 8) % 10_000))),
            .set(Field.Conversation.longitude, .integer(440_000 + Int64((point >> 32) % 16_000))),
        ]
        if number % 10 == 0 {
            let due = time + 14 * Self.day
            fields.append(.set(Field.Conversation.followUpOn, .text(Self.text(day: due))))
            if due < now, !random.chance(20) {
                fields.append(.set(Field.Conversation.followedUpOn, .text(Self.text(day: due))))
            }
        }
        if number % 4 == 1 { fields.append(.add(Field.Conversation.questions, [.record(random.pick(questions))])) }
        if number % 50 == 3 {
            let alias = "\(laptops.record(number).themes[0]) \(number)"
            let person = try make(
                .person, in: talk.log,
                [
                    .set(Field.Person.alias, .text(alias)), .set(Field.Person.area, .text(area)),
                    .set(Field.Person.place, .text(place)),
                    .set(Field.Person.consent, .integer(Consent.anonymous.rawValue)),
                    .set(Field.Person.doNotApproach, .bool(random.chance(10))),
                ])
            fields.append(.add(Field.Conversation.persons, person.map { .record($0) }))
        }
        talk.fields = fields
        let id = try store.saveInTransaction([talk])[0]
        if number % 20 == 5 {
            _ = try make(
                .answer, in: talk.log,
                [
                    .set(Field.Answer.question, .record(random.pick(questions))),
                    .set(Field.Answer.conversation, .record(id)), .text(Field.Answer.words, words(number, 20)),
                ])
        }
        if number % 20 == 0 { try follow(number, area, time) }
        if number % 500 == 1 {
            let day = Self.text(day: time)
            _ = try store.saveInTransaction([
                RecordEdit(
                    log: talk.log, target: .natural(.tally, key: "\(area)/\(day)"),
                    fields: [
                        .set(Field.Tally.area, .text(area)), .set(Field.Tally.day, .text(day)),
                        .count(Field.Tally.approached, 40), .count(Field.Tally.declined, 12),
                    ])
            ])
        }
    }

    /// What is agreed, there, offered and needed, each about one to twenty conversations.
    private func follow(_ number: Int, _ area: String, _ time: Int64) throws {
        let due = time + 21 * Self.day
        var agreement: [FieldEdit] = [
            .set(Field.Agreement.what, .text(words(number, 5))), .set(Field.Agreement.who, .text(words(number + 1, 1))),
            .set(Field.Agreement.promisedBy, .integer(Party.professional.rawValue)),
            .set(Field.Agreement.dueOn, .text(Self.text(day: due))), .set(Field.Agreement.area, .text(area)),
        ]
        if due < now, !random.chance(20) {
            let outcome = random.chance(8) ? Outcome.broken : .kept
            agreement.append(.set(Field.Agreement.outcome, .integer(outcome.rawValue)))
        }
        _ = try make(.agreement, agreement)
        _ = try make(
            .initiative,
            [
                .set(Field.Initiative.name, .text(words(number, 3))), .set(Field.Initiative.area, .text(area)),
                .set(Field.Initiative.partner, .integer(Int64(1 + random.below(5)))),
                .add(Field.Initiative.themes, themes(number)),
            ])
        let sides = try [CollectionNumber.offer, .need].enumerated().flatMap { index, side -> [RecordID] in
            var fields: [FieldEdit] = [
                .set(Field.Offer.what, .text(words(number + 7 * index, 3))),
                .text(Field.Offer.description, words(number + 11 * index + 3, 8)), .set(Field.Offer.area, .text(area)),
                .set(Field.Offer.capacity, .integer(Int64(1 + random.below(3)))),
                .add(Field.Offer.themes, themes(number + index)),
            ]
            // Most is settled by the time that it is looked for.
            if random.below(10) < 6 { fields.append(.set(Field.Offer.closedOn, .text(Self.text(day: min(now, due))))) }
            return try make(side, fields)
        }
        guard number % 100 == 0 else { return }
        _ = try store.saveInTransaction([
            RecordEdit(
                log: .square, target: .natural(.match, key: "\(sides[0])/\(sides[1])"),
                fields: [
                    .set(Field.Match.offer, .record(sides[0])), .set(Field.Match.need, .record(sides[1])),
                    .set(Field.Match.progress, .integer(Progress.accepted.rawValue)),
                    .set(Field.Match.share, .integer(1)),
                ])
        ])
    }

    // MARK: Of the round

    /// The street, without the number of the house: whoever comes by asks for all of it.
    private func place(_ number: Int) -> String {
        for (name, value) in laptops.record(number).values where name == "place" {
            if case .text(let text) = value { return text.split(separator: " ").dropLast().joined(separator: " ") }
        }
        return ""
    }

    private func words(_ number: Int, _ count: Int) -> String {
        laptops.record(number).words.split(separator: " ").prefix(count).joined(separator: " ")
    }

    private func themes(_ number: Int) -> [Value] {
        laptops.record(number).themes.prefix(2).map { .record(RecordID(.theme, key: $0, .openSSL)) }
    }

    private static func text(day milliseconds: Int64) -> String {
        var (seconds, parts) = (time_t(milliseconds / 1000), tm())
        gmtime_r(&seconds, &parts)
        return String(format: "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
    }
}
