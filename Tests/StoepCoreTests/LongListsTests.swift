import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// What long lists are asked for through columns and indexes, beside the same asked of record after record.
@Suite struct LongListsTests {
    private let today = "2026-11-21"
    private let street = LogID.street("north")!

    private func replica(_ store: Store) throws -> Replica {
        let member = try #require(try store.owner(of: store.keys.publicKey))
        return Replica(store.configuration.directory, store, member)
    }

    private func makeAreas(_ store: Store) throws {
        for code in ["north", "south"] {
            let fields: [FieldEdit] = [.set(Field.Area.code, .text(code)), .set(Field.Area.name, .text(code))]
            try store.save([RecordEdit(log: .square, target: .natural(.area, key: code), fields: fields)])
        }
    }

    // MARK: Offers and needs

    /// Every offer beside every need.
    private func naivePairs(
        _ offers: [RecordState], _ needs: [RecordState], _ matches: [MatchRow], _ lineage: ThemeLineage,
        of id: RecordID?,
        area: String?
    ) -> [Matchmaking.Pair] {
        func themes(_ state: RecordState) -> Set<RecordID> {
            Set(
                state.members(Field.Offer.themes).compactMap { member in
                    if case .record(let theme) = member.value { lineage.end(of: theme) } else { nil }
                })
        }
        func words(_ state: RecordState) -> Set<String> {
            let text = (state.string(Field.Offer.what) ?? "") + " " + state.text(Field.Offer.description)
            return Set(
                text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count > 3 })
        }
        var found: [(pair: Matchmaking.Pair, weight: Int)] = []
        for offer in offers {
            let taken = matches.filter { $0.offer == offer.id }
            let left = Matchmaking.left(of: offer.integer(Field.Offer.capacity), taken)
            for need in needs where left > 0 && !taken.contains(where: { $0.need == need.id }) {
                let (here, there) = (offer.string(Field.Offer.area), need.string(Field.Need.area))
                let shared = themes(offer).intersection(themes(need)).sorted()
                let common = words(offer).intersection(words(need)).sorted()
                guard !shared.isEmpty || !common.isEmpty, here == nil || there == nil || here == there,
                    id == nil || offer.id == id || need.id == id, area == nil || here == area || there == area
                else { continue }
                let pair = Matchmaking.Pair(
                    offer: offer.id, need: need.id, themes: shared, words: common, area: there == nil ? nil : here,
                    left: left, missing: Replica.missing(offer))
                found.append((pair, 3 * shared.count + common.count + (pair.area == nil ? 0 : 2)))
            }
        }
        return found.sorted {
            ($1.weight, $0.pair.missing.count, $0.pair.offer, $0.pair.need)
                < ($0.weight, $1.pair.missing.count, $1.pair.offer, $1.pair.need)
        }.map(\.pair)
    }

    private func exchange(_ collection: CollectionNumber, _ random: SeededRandom, _ themes: [RecordID]) -> RecordEdit {
        var fields: [FieldEdit] = [.set(Field.Offer.what, .text(random.text(words: 2)))]
        if !random.chance(3) { fields.append(.set(Field.Offer.area, .text(random.pick(["north", "south", ""])))) }
        if !random.chance(3) {
            let last = random.pick(["FIETS", "fiets", "ov-kaart"])
            fields.append(.text(Field.Offer.description, "\(random.text(words: 3)) \(last)"))
        }
        if !random.chance(4) {
            fields.append(.add(Field.Offer.themes, (0..<1 + random.below(2)).map { _ in .record(random.pick(themes)) }))
        }
        if random.chance(3) { fields.append(.set(Field.Offer.capacity, .integer(Int64(random.below(4))))) }
        if random.chance(4) { fields.append(.add(Field.Offer.conditions, [.text("sleutel"), .text("ruimte")])) }
        if random.chance(6) { fields.append(.set(Field.Offer.closedOn, .text(random.pick(["", "2026-11-01"])))) }
        if random.chance(5) {
            fields.append(.set(Field.Offer.until, .text(random.pick(["2026-11-20", "2026-11-21", "2027-01-01"]))))
        }
        return RecordEdit(log: .square, target: .new(collection), fields: fields)
    }

    /// Offers and needs as they come, and matches of some of them.
    private func market(_ store: Store, _ random: SeededRandom) throws -> [RecordID] {
        let themes = try store.save(["groen", "zorg", "taal", "fietsen"].map { RecordEdit.theme($0) })
        // What stands in no theme any more goes on as another.
        try store.save([
            RecordEdit(
                log: .square, target: .existing(themes[3]), fields: [.set(Field.Theme.mergedInto, .record(themes[0]))])
        ])
        let offers = try (0..<40).map { _ in try store.save([exchange(.offer, random, themes)])[0] }
        let needs = try (0..<40).map { _ in try store.save([exchange(.need, random, themes)])[0] }
        for _ in 0..<30 {
            let (offer, need) = (random.pick(offers), random.pick(needs))
            let progress = random.pick([Progress.accepted, .declined, .ended])
            try store.save([
                RecordEdit(
                    log: .square, target: .natural(.match, key: "\(offer)/\(need)"),
                    fields: [
                        .set(Field.Match.offer, .record(offer)), .set(Field.Match.need, .record(need)),
                        .set(Field.Match.progress, .integer(progress.rawValue)),
                    ])
            ])
        }
        return offers + needs
    }

    @Test(arguments: [81, 82, 83] as [UInt64])
    func `what may go together is what comparing all with all finds, in the same order`(_ seed: UInt64) throws {
        let space = try TestSpace(seed: seed)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let random = SeededRandom(seed: seed)
        let ids = try market(store, random)
        let replica = try replica(store)
        try store.read {
            let open = RecordSelection([.lacks(Field.Offer.closedOn), .lacksOrAtLeast(Field.Offer.until, .text(today))])
            let offers = try store.records(of: .offer, open).map { try store.stored($0) }
            let needs = try store.records(of: .need, open).map { try store.stored($0) }
            let (matches, lineage) = (try store.matches(), try replica.themeLineage())
            let matchmaking = Matchmaking(offers: offers, needs: needs, matches, lineage)
            for (id, area) in [(nil, nil), (nil, "north"), (ids[3], nil), (ids[50], nil), (ids[4], "south")]
                as [(RecordID?, String?)]
            {
                let expected = naivePairs(offers, needs, matches, lineage, of: id, area: area)
                for limit in [nil, 1, 7] as [Int?] {
                    let found = matchmaking.pairs(of: id, area: area, limit: limit)
                    #expect(
                        found.pairs == Array(expected.prefix(limit ?? expected.count)), "\(String(describing: limit))")
                    #expect(found.count == expected.count)
                }
            }
            #expect(
                naivePairs(offers, needs, matches, lineage, of: nil, area: nil).count > 100,
                "there is something to find")
        }
    }

    @Test(arguments: [84, 85] as [UInt64])
    func `what is offered, needed and brought together in an area is counted as record by record`(_ seed: UInt64) throws
    {
        let space = try TestSpace(seed: seed)
        let store = try space.laptop("Anna")
        try space.settle([store])
        try makeAreas(store)
        _ = try market(store, SeededRandom(seed: seed))
        let replica = try replica(store)
        func isOpen(_ record: RecordView) -> Bool {
            let until = record.text(Field.Offer.until)
            return record.text(Field.Offer.closedOn).isEmpty
                && (until.isEmpty || !until.utf8.lexicographicallyPrecedes(today.utf8))
        }
        func code(_ record: RecordView) -> String {
            if case .value(let shown, _)? = record[Field.Offer.area], case .text(let code) = shown.value {
                code
            } else {
                ""
            }
        }
        for wanted in [nil, "north"] as [String?] {
            var (expected, areas): ([String: [Int]], [RecordID: String]) = ([:], [:])
            for (column, collection) in [CollectionNumber.offer, .need].enumerated() {
                for record in try replica.records(of: collection)
                where isOpen(record) && (wanted ?? code(record)) == code(record) {
                    areas[record.id] = code(record)
                    expected[code(record), default: [0, 0, 0]][column] += 1
                }
            }
            for match in try replica.records(of: .match)
            where match.integer(Field.Match.progress) == Progress.accepted.rawValue {
                let sides = [Field.Match.need, Field.Match.offer].compactMap { match.record($0).flatMap { areas[$0] } }
                if let area = sides.first { expected[area, default: [0, 0, 0]][2] += 1 }
            }
            var request = OverviewRequest(today: today)
            request.area = wanted
            let balance = try replica.overview(request).balance
            #expect(expected.values.contains { $0[2] > 0 })
            #expect(
                Dictionary(
                    uniqueKeysWithValues: balance.map { ($0.area?.code ?? "", [$0.offers, $0.needs, $0.matches]) })
                    == expected)
        }
    }

    @Test func `neighbours that do not know of each other are those that comparing all with all finds`() throws {
        let space = try TestSpace(seed: 90)
        let store = try space.laptop("Anna")
        try space.settle([store])
        let random = SeededRandom(seed: 90)
        let themes = try store.save(["groen", "zorg", "taal", "fietsen"].map { RecordEdit.theme($0) })
        let ids = try (0..<30).map { number in
            var fields: [FieldEdit] = [
                .set(Field.Initiative.name, .text("initiatief \(number)")),
                .add(Field.Initiative.themes, (0..<1 + random.below(3)).map { _ in .record(random.pick(themes)) }),
            ]
            if !random.chance(5) { fields.append(.set(Field.Initiative.area, .text(random.pick(["north", "south"])))) }
            return try store.save([RecordEdit(log: .square, target: .new(.initiative), fields: fields)])[0]
        }
        let replica = try replica(store)
        var linked: Set<Set<RecordID>> = []
        for _ in 0..<40 {
            let pair = Set([random.pick(ids), random.pick(ids)]).sorted()
            guard pair.count == 2, linked.insert(Set(pair)).inserted else { continue }
            _ = try replica.link(pair[0], pair[1])
        }
        let views = try replica.records(of: .initiative).sorted { $0.id < $1.id }
        var expected: [(pair: [RecordID], themes: [String])] = []
        for (index, one) in views.enumerated() {
            for other in views.dropFirst(index + 1) where !linked.contains([one.id, other.id]) {
                let names = Set(one.members(Field.Initiative.themes).map(\.text))
                    .intersection(other.members(Field.Initiative.themes).map(\.text)).sorted()
                let area = one.text(Field.Initiative.area)
                if !names.isEmpty, !area.isEmpty, area == other.text(Field.Initiative.area) {
                    expected.append(([one.id, other.id], names))
                }
            }
        }
        expected.sort { ($1.themes.count, $0.pair[0], $0.pair[1]) < ($0.themes.count, $1.pair[0], $1.pair[1]) }
        let (found, count) = try replica.unlinkedNeighbours(limit: 10)
        #expect(count == expected.count && count > 20)
        #expect(found.map { [$0.one.id, $0.other.id] } == expected.prefix(10).map(\.pair))
        #expect(found.map(\.themes) == expected.prefix(10).map(\.themes))
    }

    // MARK: Conversations

    @Test func `a list by area, theme, time, follow-up and volunteer is that of all, gone through one by one`() throws {
        let space = try TestSpace(seed: 86, partitions: ["north", "south"])
        let stores = [try space.laptop("Anna"), try space.laptop("Bram")]
        try space.settle(stores)
        try makeAreas(stores[0])
        let random = SeededRandom(seed: 86)
        let themes = try stores[0].save([RecordEdit.theme("groen"), RecordEdit.theme("zorg")])
        try space.settle(stores)
        var talks: [RecordID] = []
        for number in 0..<80 {
            var extra: [FieldEdit] = [
                .set(Field.Conversation.startedAt, .integer(1_780_000_000_000 + Int64(random.below(20)) * 3_600_000)),
                .set(Field.Conversation.area, .text(random.pick(["north", "south"]))),
            ]
            if random.chance(3) {
                extra.append(.set(Field.Conversation.followUpOn, .text(random.pick(["", "2026-11-20"]))))
            }
            if random.chance(6) { extra.append(.set(Field.Conversation.followedUpOn, .text("2026-11-21"))) }
            talks += try stores[number % 2].save([
                .conversation("gesprek \(number)", themes: [random.pick(themes)], extra: extra)
            ])
        }
        try space.settle(stores + stores)
        // Who adds to a conversation did not make it.
        for talk in talks.prefix(20) {
            try stores[0].save([.edit(talk, [.set(Field.Conversation.place, .text("Noordplein"))])])
        }
        try stores[0].save([RecordEdit(log: street, target: .existing(talks[8]), fields: [], ending: .delete)])
        let replica = try replica(stores[0])
        let all = try replica.conversations().map(\.id)
        #expect(all.count == 79)
        let states = try stores[0].read { try all.map { try stores[0].stored($0) } }
        let order = states.sorted {
            ($1.integer(Field.Conversation.startedAt)!, $0.id) < ($0.integer(Field.Conversation.startedAt)!, $1.id)
        }
        #expect(order.map(\.id) == all)
        let anna = try #require(try stores[0].owner(of: stores[0].keys.publicKey))
        let middle: Int64 = 1_780_000_000_000 + 10 * 3_600_000
        let wishes: [((inout ConversationRequest) -> Void, (RecordState) -> Bool)] = [
            ({ $0.area = "south" }, { $0.string(Field.Conversation.area) == "south" }),
            ({ $0.theme = "zorg" }, { $0.members(Field.Conversation.themes).map(\.value) == [.record(themes[1])] }),
            (
                { $0.since = Timestamp(milliseconds: UInt64(middle)) },
                { $0.integer(Field.Conversation.startedAt)! >= middle }
            ),
            (
                { $0.isToFollowUp = true },
                { $0.string(Field.Conversation.followUpOn) != nil && $0.string(Field.Conversation.followedUpOn) == nil }
            ),
            ({ $0.volunteer = "Anna" }, { $0.creation?.member == anna }),
        ]
        for first in wishes {
            for second in wishes {
                for limit in [nil, 3] as [Int?] {
                    var request = ConversationRequest()
                    first.0(&request)
                    second.0(&request)
                    request.limit = limit
                    let expected = states.filter { first.1($0) && second.1($0) }.map(\.id)
                    let (found, count) = try replica.conversations(request)
                    #expect(found.map(\.id) == Array(expected.prefix(limit ?? expected.count)))
                    #expect(count == expected.count)
                    var listed: [RecordID] = []
                    try replica.forEachConversation(request) { listed.append($0.id) }
                    #expect(listed == found.map(\.id))
                }
            }
        }
    }
}
