import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import Testing

/// Numbers at their bounds, circles, chains and crowds, by name: each folds to one state in any order, and in a moment.
@Suite struct HostileExtremesTests {
    private let agenda = Field.Meeting.agenda
    private let minutes = Field.Meeting.minutes

    private func meeting() -> (scene: RecordScene, anna: RecordScene.Pen, bram: RecordScene.Pen) {
        let scene = RecordScene(.meeting, in: .square)
        let (anna, bram) = (scene.pen(1), scene.pen(2))
        scene.create(anna)
        return (scene, anna, bram)
    }

    /// The state, which is the same for other orders and duplicates, and is stored and read as it is.
    private func settled(_ scene: RecordScene) throws -> RecordState {
        let state = scene.state()
        let random = SeededRandom(seed: 3)
        let content = try state.encodedContent()
        for blocks in [scene.blocks.reversed() + scene.blocks, random.shuffled(scene.blocks)] {
            let other = scene.state(blocks)
            #expect(other == state)
            #expect(try other.encodedContent() == content)
        }
        #expect(try RecordState(id: state.id, decoding: content).fields == state.fields)
        return state
    }

    // MARK: Bounds

    @Test func `offsets at the end of 32 bits name nothing and harm nothing`() throws {
        let (scene, anna, bram) = meeting()
        let start = scene.write(anna) { _ in
            [
                .write(Field.Meeting.title, .text("titel"), overwrites: []),
                .place(agenda, left: nil, right: nil, .text("één")), .edit(minutes, TextDelta(beginning: "notulen")),
            ]
        }
        for offset: UInt32 in [.max, .max - 1] {
            scene.write(bram) { table in
                let far = table(start[offset])
                let anchor = TextDelta.Anchor(entry: far.entry + 1, offset: offset)
                return [
                    .write(Field.Meeting.title, .text("ook"), overwrites: [far]), .remove(agenda, adds: [far]),
                    .place(agenda, left: far, right: nil, .text("wacht")),
                    .move(agenda, item: far, left: nil, right: far),
                    .assign(agenda, item: far, .text("wacht"), overwrites: [far]),
                    .edit(
                        minutes,
                        TextDelta(
                            inserts: [.init(left: anchor, right: nil, count: 1)],
                            deletes: [.init(first: anchor, count: 1)], text: "x", scalarCount: 1)),
                    .deleteRecord(heads: [far.entry]),
                ]
            }
        }
        let state = try settled(scene)
        #expect(state.text(minutes) == "notulen" && state.agenda == ["één"])
        #expect(state.values(Field.Meeting.title).count == 2)
        #expect(state.pending == 8)
    }

    @Test func `stamps and numbers at their bound still order by actor and hash`() throws {
        let (scene, anna, bram) = meeting()
        for pen in [bram, anna] {
            pen.end = ChangePoint(actor: pen.actor, seq: Limits.counter - 2, check: .max)
            for word in ["een", "twee"] {
                scene.write(pen, lamport: Limits.counter) { _ in
                    [.write(Field.Meeting.title, .text("\(word) \(pen.actor == anna.actor)"), overwrites: [])]
                }
            }
        }
        let state = try settled(scene)
        #expect(
            state.values(Field.Meeting.title).map(\.value)
                == ["twee false", "een false", "twee true", "een true"].map { .text($0) })
        #expect(state.values(Field.Meeting.title).allSatisfy { $0.lamport == Limits.counter })
        #expect(anna.end?.seq == Limits.counter)
    }

    @Test func `sums beyond 64 bits in both directions are kept to the last one`() throws {
        for (delta, times) in [(Int64.max, 1_000), (.min, 1_000), (.min, 1)] {
            let scene = RecordScene(.tally, in: .street)
            let anna = scene.pen(1)
            scene.create(anna)
            scene.write(anna) { _ in Array(repeating: .count(Field.Tally.approached, delta), count: times) }
            #expect(try settled(scene)[Field.Tally.approached] == .counter(Int128(delta) * Int128(times)))
        }
    }

    @Test func `removing four billion elements, here or not, by many, takes nothing that is not named`() throws {
        let (scene, anna, bram) = meeting()
        let text = scene.write(anna) { _ in [.edit(minutes, TextDelta(beginning: "notulen"))] }
        for round in 0..<UInt32(500) {
            scene.write(bram) { table in
                let entry = table.entry(text) + 1
                let nowhere = table.entry(ChangePoint(actor: anna.actor, seq: 99, check: UInt64(round))) + 1
                return [
                    .edit(
                        minutes,
                        TextDelta(deletes: [
                            .init(first: .init(entry: entry, offset: 2), count: .max - 2),
                            .init(first: .init(entry: nowhere, offset: round), count: .max - round),
                        ]))
                ]
            }
        }
        let state = try settled(scene)
        #expect(state.text(minutes) == "no" && state.pending == 0)
    }

    // MARK: Itself, and what is of another kind

    @Test func `a change that names itself does to itself what it says`() throws {
        let (scene, anna, _) = meeting()
        scene.write(anna) { table in
            func own(_ offset: UInt32) -> ElementReference { table.own(offset, entries: 0) }
            return [
                .write(Field.Meeting.title, .text("weg"), overwrites: [own(0)]),
                .place(agenda, left: nil, right: nil, .text("één")),
                .assign(agenda, item: own(1), .text("twee"), overwrites: [own(1), own(2)]),
                .move(agenda, item: own(1), left: own(1), right: nil),
                .place(agenda, left: own(3), right: nil, .text("drie")), .remove(agenda, adds: [own(4), own(5)]),
                .deleteRecord(heads: [0]),
            ]
        }
        let state = try settled(scene)
        // The item's only values overwrite one another and themselves.
        #expect(state.values(Field.Meeting.title).isEmpty && state.agenda.isEmpty)
        #expect(state.pending == 0 && state.quarantined.isEmpty)
        // What went before it in its chain is named with it.
        #expect(state.presence == .deleted)
    }

    @Test func `a slot beside itself is malformed, whatever else it waits for`() throws {
        let (scene, anna, bram) = meeting()
        let item = scene.write(anna) { _ in [.place(agenda, left: nil, right: nil, .text("één"))] }
        let nowhere = ChangePoint(actor: anna.actor, seq: 99, check: 99)
        scene.write(bram) { table in
            let (item, far) = (table(item[0]), table(nowhere[0]))
            func own(_ offset: UInt32) -> ElementReference { table.own(offset, entries: 2) }
            return [
                .place(agenda, left: own(0), right: nil, .text("a")),
                .place(agenda, left: far, right: own(1), .text("b")),
                .place(agenda, left: own(2), right: far, .text("c")),
                .move(agenda, item: item, left: own(3), right: own(3)),
                .move(agenda, item: item, left: far, right: own(4)),
                .place(agenda, left: far, right: nil, .text("wacht")),
            ]
        }
        let state = try settled(scene)
        #expect(state.agenda == ["één"])
        #expect(state.quarantined.map(\.offset) == [0, 1, 2, 3, 4] && state.pending == 1)
    }

    @Test func `items of other fields and things that are no items are waited for, and nothing comes of it`() throws {
        let (scene, anna, bram) = meeting()
        let start = scene.write(anna) { _ in
            [
                .edit(minutes, TextDelta(beginning: "ab")), .write(Field.Meeting.title, .text("titel"), overwrites: []),
                .place(agenda, left: nil, right: nil, .text("één")), .remove(agenda, adds: []),
            ]
        }
        scene.write(bram) { table in
            [UInt32(0), 1, 2, 4].flatMap { offset -> [Operation] in
                let other = table(start[offset])
                return [
                    .move(agenda, item: other, left: nil, right: nil),
                    .assign(agenda, item: other, .text("x"), overwrites: [other]),
                    .remove(agenda, adds: [other]),
                    .write(Field.Meeting.title, .text("y"), overwrites: [table(start[3])]),
                    .edit(
                        minutes,
                        TextDelta(
                            inserts: [
                                .init(left: .init(entry: other.entry + 1, offset: 3), right: nil, count: 1)
                            ], text: "x", scalarCount: 1)),
                ]
            }
        }
        let state = try settled(scene)
        #expect(state.agenda == ["één"] && state.text(minutes) == "ab")
        #expect(state.values(Field.Meeting.title).map(\.value) == [.text("y"), .text("titel")])
        #expect(state.pending == 3 * 4)
    }

    @Test func `changes that wait for one another wait for ever, and nothing waits with them that need not`() throws {
        let (scene, anna, bram) = meeting()
        // Points of changes that are yet to be written.
        let (a, b) = (
            ChangePoint(actor: anna.actor, seq: 2, check: 2), ChangePoint(actor: bram.actor, seq: 1, check: 3)
        )
        for (pen, other) in [(anna, b), (bram, a)] {
            let written = scene.write(pen) { table in
                let slot = table(other[1])
                return [
                    .edit(minutes, Self.delta("x", behind: table(other[0]))),
                    .place(agenda, left: slot, right: nil, .text("wacht")),
                    .write(Field.Meeting.title, .text("titel"), overwrites: [table(other[2])]),
                    .deleteRecord(heads: [slot.entry]),
                ]
            }
            #expect(written == (pen === anna ? a : b))
        }
        scene.write(anna) { table in
            [
                .edit(minutes, Self.delta("y", behind: table(a[0]))),
                .place(agenda, left: nil, right: table(b[1]), .text("ook")),
            ]
        }
        scene.write(bram) { _ in
            [.edit(minutes, TextDelta(beginning: "notulen")), .place(agenda, left: nil, right: nil, .text("één"))]
        }
        let state = try settled(scene)
        #expect(state.text(minutes) == "notulen" && state.agenda == ["één"])
        // Each overwrites the other's title: none is left, which is what both said.
        #expect(state.values(Field.Meeting.title).isEmpty)
        #expect(state.pending == 6 && state.quarantined.isEmpty)
        // Either delete named the other, and both are here.
        #expect(state.presence == .revived(by: scene.blocks[3...].map(\.point)))
    }

    private static func delta(_ text: String, behind anchor: ElementReference) -> TextDelta {
        TextDelta(
            inserts: [
                .init(
                    left: .init(entry: anchor.entry + 1, offset: anchor.offset), right: nil,
                    count: UInt32(text.unicodeScalars.count))
            ], text: text, scalarCount: UInt32(text.unicodeScalars.count))
    }

    // MARK: Chains and crowds

    @Test(.timeLimit(.minutes(5)))
    func `ten thousand changes that each wait for the next come in at once, and wait while the last is missing`() {
        let (scene, anna, _) = meeting()
        let many = 10_000
        var last: ChangePoint?
        var anchored: [RecordBlock] = []
        for number in 0..<many {
            // The later a change was written, the earlier it stands in the total order.
            last = scene.write(anna, lamport: UInt64(2 * many - number)) { table in
                let text = Self.text(number % 26, behind: last.map { table($0[0]) })
                let slot = last.map { table($0[1]) }
                return [.edit(minutes, text), .place(agenda, left: slot, right: nil, .text("\(number)"))]
            }
        }
        let state = scene.state()
        #expect(state.pending == 0)
        #expect(state.text(minutes).utf8.enumerated().allSatisfy { Int($1) == 97 + $0 % 26 })
        #expect(state.text(minutes).utf8.count == many && state.items(agenda).count == many)
        anchored = scene.blocks
        anchored.remove(at: 1)
        #expect(scene.state(anchored).pending == 2 * (many - 1))
    }

    private static func text(_ letter: Int, behind anchor: ElementReference?) -> TextDelta {
        let text = String(UnicodeScalar(UInt8(97 + letter)))
        return anchor.map { delta(text, behind: $0) } ?? TextDelta(beginning: text)
    }

    @Test(.timeLimit(.minutes(5)))
    func `of a thousand branches every value is kept, and one delete that names them all covers all`() throws {
        let (scene, anna, bram) = meeting()
        let item = scene.write(anna) { _ in [.place(agenda, left: nil, right: nil, .text("één"))] }
        let branches = (0..<1_000).map { _ in scene.branch(of: anna) }
        for (number, branch) in branches.enumerated() {
            scene.write(branch, lamport: 9) { table in
                [
                    .write(Field.Meeting.title, .text("\(number)"), overwrites: []),
                    .edit(minutes, TextDelta(beginning: "<\(number)>")),
                    .move(agenda, item: table(item[0]), left: nil, right: nil),
                ]
            }
        }
        var state = try settled(scene)
        #expect(state.values(Field.Meeting.title).count == 1_000 && state.items(agenda).count == 1)
        for number in 0..<1_000 { #expect(state.text(minutes).contains("<\(number)>")) }
        scene.delete(bram, seen: branches.compactMap(\.end))
        state = try settled(scene)
        #expect(state.presence == .deleted)
        // One that nobody saw brings it back.
        let late = scene.write(scene.branch(of: branches[500])) { _ in
            [.write(Field.Meeting.title, .text("laat"), overwrites: [])]
        }
        #expect(try settled(scene).presence == .revived(by: [late]))
    }

    @Test(.timeLimit(.minutes(5)))
    func `runs that wait by the thousand for one change, and wake in any order, come in at once`() {
        let (scene, anna, bram) = meeting()
        let many = UInt32(10_000)
        let target = ChangePoint(actor: bram.actor, seq: 1, check: 3)
        scene.write(anna) { table in
            let entry = table.entry(target) + 1
            // Each behind another scalar, the last first.
            let inserts = (0..<many).map { number in
                TextDelta.Insert(left: .init(entry: entry, offset: many - 1 - number), right: nil, count: 1)
            }
            return [
                .edit(
                    minutes,
                    TextDelta(inserts: inserts, text: String(repeating: "x", count: Int(many)), scalarCount: many))
            ]
        }
        scene.write(bram) { _ in [.edit(minutes, TextDelta(beginning: String(repeating: "m", count: Int(many))))] }
        let state = scene.state()
        #expect(state.pending == 0)
        #expect(state.text(minutes) == String(repeating: "mx", count: Int(many)))
    }
}
