import StoepSimulator
import Testing

/// The simulator itself: a few short runs, so that `swift test` notices what breaks it. `Tools/simulate` runs many.
@Suite struct SimulationTests {
    @Test(arguments: 1...4) func `a run in which nothing goes wrong is sound`(seed: UInt64) {
        let outcome = Outcome(running: Plan(seed: seed, steps: 60, mishaps: []))
        #expect(outcome.violation == nil, "\(outcome.violation?.description ?? "")")
        #expect(outcome.changes > 20 && outcome.rounds <= 4)
    }

    @Test func `the same seed does the same, and another does something else`() {
        let plan = Plan(seed: 11, steps: 60)
        let (one, again) = (Outcome(running: plan), Outcome(running: plan))
        #expect(one.hash == again.hash && one.census == again.census)
        #expect(Outcome(running: Plan(seed: 12, steps: 60)).hash != one.hash)
    }

    /// Found by the simulator, each by its seed: what it was stands beside the mended code.
    @Test(arguments: [
        // The daemon did not know whom another had let in.
        Plan(seed: 3, steps: 200, mishaps: []),
        // A failed commit of the switch to WAL mode was not noticed.
        Plan(
            seed: 15, steps: 17, mishaps: [.answerSlow, .syncError],
            skipped: Set(0...5).union(7...15)),
        // What erases a hidden record was not wanted where its body was missing.
        Plan(seed: 10, steps: 211, mishaps: [.answerLost, .answerSlow, .strippedBodies]),
    ]) func `what was found once stays mended`(plan: Plan) {
        let outcome = Outcome(running: plan)
        #expect(outcome.violation == nil, "\(outcome.violation?.description ?? "")")
    }

    /// What was ordered to fail outlives the program that was killed, and the power may end while a newer version starts:
    /// neither is a finding, if the next start succeeds.
    @Test(arguments: [
        Plan(seed: 5, steps: 60, mishaps: [.killed, .readError], laptops: 1),
        Plan(seed: 2, steps: 150, mishaps: [.powerCut, .schemaUpgraded], laptops: 2),
    ]) func `a start that the disk or the power broke off is followed by one that succeeds`(plan: Plan) {
        let outcome = Outcome(running: plan)
        #expect(outcome.violation == nil, "\(outcome.violation?.description ?? "")")
        #expect(plan.mishaps.allSatisfy { outcome.census[$0.rawValue, default: 0] > 0 }, "\(outcome.census)")
    }
}
