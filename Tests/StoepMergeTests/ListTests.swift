import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@Suite struct ListTests {
    private let agenda = Field.Meeting.agenda
    private let scene = RecordScene(.meeting, in: .square)
    private let anna: RecordScene.Pen
    private let bram: RecordScene.Pen
    /// The items "één", "twee" and "drie", in this order.
    private let items: ChangePoint

    init() {
        let scene = scene
        (anna, bram) = (scene.pen(1), scene.pen(2))
        items = scene.write(anna, creates: true) { table in
            [
                .place(Field.Meeting.agenda, left: nil, right: nil, .text("één")),
                .place(Field.Meeting.agenda, left: table.own(0, entries: 0), right: nil, .text("twee")),
                .place(Field.Meeting.agenda, left: table.own(1, entries: 0), right: nil, .text("drie")),
            ]
        }
    }

    /// Moves an item to the front.
    @discardableResult
    private func moveToFront(_ pen: RecordScene.Pen, _ item: UInt32, lamport: UInt64? = nil) -> ChangePoint {
        scene.write(pen, lamport: lamport) { table in
            [.move(agenda, item: table(items[item]), left: nil, right: table(items[0]))]
        }
    }

    @discardableResult
    private func remove(_ pen: RecordScene.Pen, _ elements: [ElementID]) -> ChangePoint {
        scene.write(pen) { table in [.remove(agenda, adds: elements.map { table($0) })] }
    }

    @Test func `items stand in the order in which they were placed, and those placed at once stay together`() {
        #expect(scene.state().agenda == ["één", "twee", "drie"])
        for (pen, words) in [(anna, ["a", "b"]), (bram, ["x", "y"])] {
            scene.write(pen) { table in
                _ = table.entry(items)
                return [
                    .place(agenda, left: table(items[0]), right: table(items[1]), .text(words[0])),
                    .place(agenda, left: table.own(0, entries: 1), right: table(items[1]), .text(words[1])),
                ]
            }
        }
        #expect(scene.state().agenda == ["één", "a", "b", "x", "y", "twee", "drie"])
    }

    @Test func `an item that two move at once shows once, where the greatest of the moves has it`() {
        scene.write(anna, lamport: 50) { table in
            [.move(agenda, item: table(items[2]), left: nil, right: table(items[0]))]
        }
        scene.write(bram, lamport: 51) { table in
            [.move(agenda, item: table(items[2]), left: table(items[0]), right: table(items[1]))]
        }
        #expect(scene.state().agenda == ["één", "drie", "twee"])
        #expect(scene.state(scene.blocks.reversed() + scene.blocks).agenda == ["één", "drie", "twee"])
        // Whoever saw both can move it on.
        moveToFront(anna, 2)
        scene.write(anna, lamport: 60) { table in
            [.move(agenda, item: table(items[2]), left: nil, right: table(items[0]))]
        }
        #expect(scene.state().agenda == ["drie", "één", "twee"])
    }

    @Test func `at the same lamport the actor decides between two moves`() {
        moveToFront(bram, 2, lamport: 9)
        scene.write(anna, lamport: 9) { table in
            [.move(agenda, item: table(items[2]), left: table(items[0]), right: table(items[1]))]
        }
        #expect(anna.actor < bram.actor)
        #expect(scene.state().agenda == ["drie", "één", "twee"])
    }

    @Test func `a move that nobody saw keeps an item from being removed`() {
        moveToFront(anna, 1)
        remove(bram, [items[1]])
        let state = scene.state()
        #expect(state.agenda == ["twee", "één", "drie"])
        // Who saw the move names it: now it goes.
        remove(bram, state.items(agenda)[0].elements)
        #expect(scene.state().agenda == ["één", "drie"])
    }

    @Test func `an edit that nobody saw keeps an item, with its new value`() {
        let edit = scene.write(anna) { table in
            [.assign(agenda, item: table(items[1]), .text("twee!"), overwrites: [table(items[1])])]
        }
        remove(bram, [items[1]])
        #expect(scene.state().agenda == ["één", "twee!", "drie"])
        #expect(scene.state().items(agenda)[1].elements == [edit[0]])
        remove(bram, [edit[0]])
        #expect(scene.state().agenda == ["één", "drie"])
    }

    @Test func `values written at once are all kept until somebody overwrites them`() {
        let one = scene.write(anna) { table in
            [.assign(agenda, item: table(items[0]), .text("a"), overwrites: [table(items[0])])]
        }
        let other = scene.write(bram) { table in
            [.assign(agenda, item: table(items[0]), .text("b"), overwrites: [table(items[0])])]
        }
        #expect(scene.state().agenda[0] == "b|a")
        #expect(scene.state().conflicts.map(\.field) == [agenda])
        scene.write(anna) { table in
            [.assign(agenda, item: table(items[0]), .text("c"), overwrites: [table(one[0]), table(other[0])])]
        }
        #expect(scene.state().agenda[0] == "c")
        #expect(scene.state().conflicts.isEmpty)
    }

    @Test func `overwriting reaches only the item that it is about`() {
        scene.write(bram) { table in
            [.assign(agenda, item: table(items[0]), .text("x"), overwrites: [table(items[0]), table(items[1])])]
        }
        #expect(scene.state().agenda == ["x", "twee", "drie"])
    }

    @Test func `what is done to an item that is not here waits for it`() {
        let placed = scene.write(bram) { table in
            [.place(agenda, left: table(items[2]), right: nil, .text("vier"))]
        }
        scene.write(anna) { table in
            [
                .assign(agenda, item: table(placed[0]), .text("vijf"), overwrites: [table(placed[0])]),
                .move(agenda, item: table(placed[0]), left: nil, right: table(items[0])),
                .place(agenda, left: table(placed[0]), right: nil, .text("zes")),
            ]
        }
        let without = scene.state(scene.blocks.filter { $0.point != placed })
        #expect(without.agenda == ["één", "twee", "drie"])
        #expect(without.pending == 3)
        let all = scene.state()
        #expect(all.agenda == ["vijf", "één", "twee", "drie", "zes"])
        #expect(all.pending == 0)
    }

    @Test func `a masked item shows nothing, keeps others' places, and what was done to it waits`() {
        let placed = scene.write(bram) { table in
            [.place(agenda, left: table(items[0]), right: table(items[1]), .text("gemaskeerd"))]
        }
        scene.write(anna) { table in
            [
                .place(agenda, left: table(placed[0]), right: table(items[1]), .text("erna")),
                .assign(agenda, item: table(placed[0]), .text("anders"), overwrites: []),
            ]
        }
        scene.masked[placed] = .beyondCut
        let state = scene.state()
        #expect(state.agenda == ["één", "erna", "twee", "drie"])
        #expect(state.pending == 1)
        scene.masked = [:]
        #expect(scene.state().agenda == ["één", "anders|gemaskeerd", "erna", "twee", "drie"])
    }

    @Test func `a masked move moves nothing, a masked remove removes nothing`() {
        let move = moveToFront(bram, 2)
        let remove = remove(bram, [items[0]])
        scene.masked = [move: .role, remove: .role]
        #expect(scene.state().agenda == ["één", "twee", "drie"])
    }

    @Test func `anchors that can never hold are malformed, and harm nobody`() {
        let odd = scene.write(bram) { table in
            _ = table.entry(items)
            return [
                // Its right neighbour stands before its left one; it stands beside itself.
                .place(agenda, left: table(items[2]), right: table(items[0]), .text("verkeerd")),
                .place(agenda, left: table.own(1, entries: 1), right: nil, .text("zelf")),
                .move(agenda, item: table(items[1]), left: table(items[1]), right: table(items[0])),
                .assign(agenda, item: table.own(0, entries: 1), .text("wacht"), overwrites: []),
                .place(agenda, left: nil, right: nil, .integer(4)),
            ]
        }
        let state = scene.state()
        #expect(state.agenda == ["één", "twee", "drie"])
        #expect(state.quarantined.map(\.offset) == [0, 1, 2, 4])
        #expect(state.quarantined.allSatisfy { $0.point == odd && $0.reason == .malformed })
        #expect(state.pending == 1)
        #expect(scene.state(scene.blocks.reversed()) == state)
    }

    @Test func `thousands of items that wait for one another come in at once`() {
        let count: UInt32 = 4000
        scene.write(bram) { table in
            (0..<count).map { number in
                .place(
                    agenda, left: number + 1 < count ? table.own(number + 1, entries: 0) : nil, right: nil,
                    .text("\(number)"))
            }
        }
        let state = scene.state()
        #expect(state.pending == 0)
        #expect(state.items(agenda).count == Int(count) + 3)
    }
}
