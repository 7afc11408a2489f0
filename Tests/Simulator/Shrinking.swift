/// What a run came to.
package struct Outcome: Sendable {
    package let plan: Plan
    package let hash: UInt64
    package var violation: Violation?
    package let census: [String: Int]
    package let deeds: [String: Int]
    package let rounds: Int
    package let changes: Int
    package let bytes: Int

    /// Runs a plan from its beginning.
    package init(running plan: Plan, echo: ((String) -> Void)? = nil) {
        self.plan = plan
        do {
            let simulation = try Simulation(plan, echo: echo)
            var violation: Violation?
            do {
                try simulation.run()
            } catch let one as Violation {
                violation = one
            } catch {
                violation = Violation("unexpected", "\(error)")
            }
            self.violation = violation
            hash = simulation.trace.hash
            census = simulation.wholeCensus
            deeds = simulation.deeds
            rounds = simulation.roundsToHeal
            changes = simulation.witness.known.count
            bytes = simulation.bytesCarried
        } catch {
            self.violation = Violation("unexpected", "\(error)")
            (hash, census, deeds, rounds, changes, bytes) = (0, [:], [:], 0, 0, 0)
        }
    }
}

extension Plan {
    /// A smaller plan that breaks the same invariant: fewer steps, fewer kinds of mishap, fewer laptops.
    /// - Parameters:
    ///   - time: no run begins after so long; what was reached by then is returned.
    ///   - progress: is told of each smaller one.
    package func shrunk(
        breaking invariant: String, within time: Duration, progress: @escaping (Plan) -> Void = { _ in }
    ) -> Plan {
        var shrinking = Shrinking(
            best: self, invariant: invariant, deadline: ContinuousClock.now + time, progress: progress)
        shrinking.dropTail()
        shrinking.dropMishaps()
        shrinking.dropSteps()
        shrinking.dropMishaps()
        shrinking.dropLaptops()
        return shrinking.best
    }

    /// How many steps are taken.
    package var count: Int { steps - skipped.count { $0 < steps } }
}

private struct Shrinking {
    var best: Plan
    let invariant: String
    let deadline: ContinuousClock.Instant
    let progress: (Plan) -> Void

    private var isOver: Bool { ContinuousClock.now >= deadline }

    /// Whether the smaller plan breaks the same invariant; then it is the best one.
    private mutating func attempt(_ plan: Plan) -> Bool {
        guard !isOver, Outcome(running: plan).violation?.invariant == invariant else { return false }
        best = plan
        progress(plan)
        return true
    }

    /// The least number of steps after which it is broken, or nearly: not every prefix need break it.
    mutating func dropTail() {
        var (low, high) = (0, best.steps)
        while low < high {
            let middle = (low + high) / 2
            var plan = best
            plan.steps = middle
            if attempt(plan) { high = middle } else { low = middle + 1 }
        }
    }

    mutating func dropMishaps() {
        for mishap in best.mishaps.sorted() {
            var plan = best
            plan.mishaps.remove(mishap)
            _ = attempt(plan)
        }
    }

    /// Ever smaller pieces (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002).
    mutating func dropSteps() {
        var size = max(1, best.count / 2)
        while !isOver {
            var didAny = false
            let kept = (0..<best.steps).filter { !best.skipped.contains($0) }
            for start in stride(from: 0, to: kept.count, by: size) {
                var plan = best
                plan.skipped.formUnion(kept[start..<min(start + size, kept.count)])
                if attempt(plan) { didAny = true }
            }
            if size == 1, !didAny { return }
            size = max(1, size / 2)
        }
    }

    mutating func dropLaptops() {
        while best.laptops > 1 {
            var plan = best
            plan.laptops -= 1
            guard attempt(plan) else { return }
        }
    }
}
