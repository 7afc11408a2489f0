import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

/// Records that turn out to be the same: joined, taken apart, and both at once.
@Suite struct JoinedRecordsTests {
    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `in any order, with duplicates, the same groups come out, and those of a fold from scratch`(from first: Int) {
        for seed in first..<first + 70 {
            let history = JoinHistory(seed: UInt64(seed))
            let random = SeededRandom(seed: UInt64(seed) &* 17)
            let naive = NaiveFold(history.changes, space: history.space)
            var replicas = [MergeReplica(space: history.space), MergeReplica(space: history.space)]
            for index in replicas.indices {
                for change in inSomeOrder(history.changes, random) { replicas[index].deliver(change) }
            }
            var (one, other) = (replicas[0], replicas[1])
            let difference = JoinHistory.difference(&one, naive) ?? MergeHistory.difference(&one, &other)
            #expect(difference == nil, "seed \(seed)")
            #expect(JoinHistory.joined(&one).rendering == JoinHistory.joined(&other).rendering, "seed \(seed)")
            if difference != nil { return }
        }
    }

    @Test func `the histories hold what they are meant to`() {
        var (groups, largest, contested, unfit, masked, apart, unlisted) = (0, 0, 0, 0, 0, 0, 0)
        for seed in 0..<260 {
            let history = JoinHistory(seed: UInt64(seed))
            var replica = MergeReplica(space: history.space)
            for change in history.changes { replica.deliver(change) }
            let joined = JoinHistory.joined(&replica)
            let roster = replica.roster()
            groups += joined.groups.count
            largest = max(largest, joined.groups.map(\.count).max() ?? 0)
            contested += joined.contested.count
            unfit += joined.unfit.count
            for record in replica.records(of: JoinHistory.north) {
                let state = replica.fold(record, in: JoinHistory.north, under: roster)
                masked += state.quarantined.count { $0.offset != nil }
                apart += state.partings.count
                if !state.isListed, !state.edges.isEmpty { unlisted += 1 }
            }
        }
        #expect(
            min(groups, contested, unfit, masked, apart, unlisted) > 10 && largest > 4,
            "\(groups) \(largest) \(contested) \(unfit) \(masked) \(apart) \(unlisted)")
    }

    // MARK: By hand

    private static func id(_ number: UInt64) -> RecordID { RecordID(Bytes16(high: 0, low: number)) }
    private static let actor = ActorID(Bytes16(high: 9, low: 9))

    private static func element(_ number: UInt64) -> ElementID {
        ElementID(point: ChangePoint(actor: actor, seq: number, check: number), offset: 0)
    }

    private static func state(
        _ number: UInt64, joinedTo others: [UInt64] = [], _ fields: [FieldEntry] = [],
        collection: CollectionNumber = .person
    ) -> RecordState {
        var state = RecordState(id: id(number))
        state.collection = collection
        state.fields = fields
        state.edges = others.map {
            JoinEdge(other: id($0), element: element(100 * number + $0), time: Timestamp(milliseconds: 0), saw: [])
        }
        return state
    }

    @Test func `a chain of edges is one group, whose smallest record stands for it`() {
        let joined = JoinedRecords([
            Self.state(4, joinedTo: [9]), Self.state(9, joinedTo: [2]), Self.state(2), Self.state(7)
        ])
        #expect(joined.groups == [[Self.id(2), Self.id(4), Self.id(9)]])
        #expect(joined.representative(of: Self.id(9)) == Self.id(2))
        #expect(joined.group(of: Self.id(7)) == [Self.id(7)])
        #expect(joined.followed(.record(Self.id(4))) == .record(Self.id(2)))
    }

    @Test func `what is of another collection, or not here, is joined with nothing`() {
        let joined = JoinedRecords([
            Self.state(1, joinedTo: [2, 3]), Self.state(2, joinedTo: [4], collection: .question),
            Self.state(4, joinedTo: [3])
        ])
        #expect(joined.groups.isEmpty)
        #expect(joined.unfit.count == 4)
    }

    @Test func `the joined view has everything of all, and says where it stands`() throws {
        func register(_ text: String, _ lamport: UInt64) -> FieldEntry {
            FieldEntry(
                number: Field.Person.alias,
                state: .register([
                    RegisterValue(
                        value: .text(text), element: Self.element(lamport), lamport: lamport,
                        time: Timestamp(milliseconds: 5))
                ]))
        }
        func talents(_ values: [String]) -> FieldEntry {
            FieldEntry(
                number: Field.Person.talents,
                state: .set(values.sorted().map { SetMember(value: .text($0), adds: [Self.element(1)]) }))
        }
        func note(_ text: String) -> FieldEntry { FieldEntry(number: Field.Person.note, state: .text(text)) }
        let joined = JoinedRecords([
            Self.state(
                1, joinedTo: [2], [register("de man met de rode jas", 3), talents(["koken"]), note("bij de kerk")]),
            Self.state(
                2, joinedTo: [3], [register("Ahmed", 7), talents(["fietsen maken", "koken"]), note("woont hier lang")]),
            Self.state(3, [register("Ahmed", 5)])
        ])
        let view = try #require(joined.view(of: Self.id(2)))
        #expect(view.displayed == Self.id(2))
        #expect(view.representative == Self.id(1))
        #expect(view.conflicts == [Field.Person.alias])
        guard case .register(let values)? = view[Field.Person.alias],
            case .set(let members)? = view[Field.Person.talents],
            case .beside(let notes)? = view[Field.Person.note]
        else {
            Issue.record("a field is missing")
            return
        }
        #expect(values.map(\.value) == [.text("Ahmed"), .text("de man met de rode jas")])
        #expect(values[0].places.map(\.record) == [Self.id(2), Self.id(3)])
        #expect(members.map(\.value) == [.text("fietsen maken"), .text("koken")])
        #expect(members[1].records == [Self.id(1), Self.id(2)])
        #expect(notes.map(\.record) == [Self.id(1), Self.id(2)])
        #expect(notes.map(\.state) == [.text("bij de kerk"), .text("woont hier lang")])
    }

    @Test func `taking apart takes every edge that it names, and none that it does not`() {
        let scene = RecordScene(.person, in: .street)
        let (anna, bram) = (scene.pen(1), scene.pen(2))
        scene.create(anna)
        let seen = (1...3).map { number in
            scene.write(anna) { _ in [.same(Self.id(number), saw: []), .same(Self.id(1), saw: [])] }
        }
        scene.write(bram) { _ in [.same(Self.id(1), saw: [])] }
        scene.write(bram) { table in [.apart(edges: seen.flatMap { [table($0[0]), table($0[1])] })] }
        #expect(scene.state().edges.map(\.other) == [Self.id(1)])
        #expect(scene.state().edges.map(\.element.point.actor) == [bram.actor])
        #expect(scene.state().partings.map(\.other) == [1, 2, 3].map(Self.id))
        #expect(scene.state().contested == [Self.id(1)])
    }

    @Test func `an edge from one side and a parting from the other contest each other`() {
        var (one, other) = (Self.state(1, joinedTo: [2]), Self.state(2))
        other.partings = [Parting(other: Self.id(1), element: Self.element(5), time: Timestamp(milliseconds: 0))]
        #expect(one.contested.isEmpty && other.contested.isEmpty)
        #expect(JoinedRecords([one, other]).contested.map(\.first) == [Self.id(1)])
        // Somebody who knew of the parting joined them again: that settles it, whatever else stands.
        one.edges.append(
            JoinEdge(
                other: Self.id(2), element: Self.element(9), time: Timestamp(milliseconds: 0), saw: [Self.element(5)]))
        #expect(JoinedRecords([one, other]).contested.isEmpty)
    }
}
