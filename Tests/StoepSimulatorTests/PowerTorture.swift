import StoepSimulator
import StoepTestSupport
import Testing

/// The power fails, wherever it likes: Tools/torture power.
struct PowerTorture {
    /// Cuts that one laptop goes through.
    private static let lives = 10

    @Test
    func `whatever the power cuts off: what was acknowledged is there, and the store is sound`() throws {
        let torture = Torture("power", rounds: 40)
        var faults: [FaultKind: Int] = [:]
        var (cuts, kills, deeds) = (0, 0, 0)
        for round in 0..<((torture.rounds + Self.lives - 1) / Self.lives) {
            let seed = torture.seed(of: round)
            let (laptop, random) = (try FailingLaptop(seed: seed), SeededRandom(seed: seed))
            laptop.disk.keepsOrderOfNames = random.chance(2)
            for life in 0..<Self.lives {
                deeds += live(laptop, random)
                let isKilled = random.chance(6)
                if isKilled { kills += 1 } else { cuts += 1 }
                laptop.restart(isKilled: isKilled)
                if random.chance(3) {
                    // While it starts again.
                    laptop.disk.powerFailsAfter = random.below(12)
                    _ = try? laptop.complaints(isDurable: false)
                    laptop.restart()
                    cuts += 1
                }
                let complaints: [String]
                do {
                    complaints = try laptop.complaints(isDurable: !isKilled)
                } catch {
                    complaints = ["it does not open: \(error)"]
                }
                #expect(complaints == [], "seed \(seed), life \(life)")
                guard complaints.isEmpty else { break }
            }
            faults.merge(laptop.disk.faultCounts, uniquingKeysWith: +)
        }
        let kinds: [FaultKind] = [.crash, .tornWrite, .lostWrite, .reorderedWrite, .lostName]
        // In a few lives the rare ones may be missing.
        for kind in kinds where torture.rounds >= 500 {
            #expect(faults[kind, default: 0] > 0, "\(kind) never happened")
        }
        let counts = kinds.dropFirst().map { "\($0) \(faults[$0, default: 0])" }.joined(separator: ", ")
        torture.tell(
            """
            \(cuts) power cuts and \(kills) kills in \(deeds) deeds (\(counts)): nothing acknowledged was lost, \
            nothing half done, doctor clean each time
            """)
    }

    /// Does one thing after the other until the power fails.
    /// - Returns: how many were done.
    private func live(_ laptop: FailingLaptop, _ random: SeededRandom) -> Int {
        var done = 0
        laptop.disk.powerFailsAfter = random.below(10 + random.below(600))
        do {
            while true {
                let deed = random.pick(FailingLaptop.Deed.allCases)
                if deed == .rebuild, !random.chance(4) { continue }
                try laptop.prepare(deed)
                try laptop.perform(deed)
                laptop.space.clock.advance()
                done += 1
                // Reading alone never ends it.
                if done > 60 { laptop.disk.cutPower() }
            }
        } catch {
            return done
        }
    }
}
