import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@Suite struct CounterTests {
    private let approached = Field.Tally.approached

    private let scene = RecordScene(.tally, in: .street)
    private let anna: RecordScene.Pen
    private let bram: RecordScene.Pen

    init() {
        (anna, bram) = (scene.pen(1), scene.pen(2))
        scene.create(anna)
    }

    @Test func `what several count at once is added up, and a duplicate counts once`() {
        scene.write(anna) { _ in [.count(approached, 3), .count(approached, 4)] }
        scene.write(bram) { _ in [.count(approached, 10), .count(Field.Tally.declined, -1)] }
        #expect(scene.state(scene.blocks + scene.blocks.shuffled()).count(approached) == 17)
        #expect(scene.state().count(Field.Tally.declined) == -1)
    }

    @Test func `beyond 64 bits nothing is lost, and what is shown stops at the bound`() {
        for _ in 0..<3 { scene.write(anna) { _ in [.count(approached, .max)] } }
        #expect(scene.state()[approached] == .counter(3 * Int128(Int64.max)))
        #expect(scene.state().count(approached) == .max)
        for _ in 0..<6 { scene.write(anna) { _ in [.count(approached, .min)] } }
        #expect(scene.state()[approached] == .counter(3 * Int128(Int64.max) + 6 * Int128(Int64.min)))
        #expect(scene.state().count(approached) == .min)
        for _ in 0..<3 { scene.write(anna) { _ in [.count(approached, .max)] } }
        #expect(scene.state()[approached] == .counter(-6))
        #expect(scene.state().count(approached) == -6)
    }

    @Test func `thousands of counts come to their sum whatever their order`() {
        let random = SeededRandom(seed: 1)
        var sum: Int128 = 0
        for _ in 0..<5000 {
            let delta = Int64(bitPattern: random.next())
            sum += Int128(delta)
            scene.write(anna) { _ in [.count(approached, delta)] }
        }
        #expect(scene.state(random.shuffled(scene.blocks))[approached] == .counter(sum))
    }

    @Test func `what does not count is not counted, and counting what is no counter is malformed`() {
        scene.write(anna) { _ in [.count(Field.Tally.area, 1), .add(approached, .integer(1)), .count(approached, 2)] }
        let masked = scene.write(bram) { _ in [.count(approached, 100)] }
        scene.masked[masked] = .beyondCut
        let state = scene.state()
        #expect(state.count(approached) == 2)
        #expect(state.quarantined.map(\.reason) == [.malformed, .malformed, .beyondCut])
        #expect(state.quarantined.map(\.offset) == [0, 1, nil])
    }
}
