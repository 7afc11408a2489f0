import Foundation
import StoepSimulator

/// One run, told.
struct Replay {
    let command: Command

    func run(_ plan: Plan) -> Int32 {
        var plan = plan
        if command.shrinks {
            let first = Outcome(running: plan)
            guard let violation = first.violation else {
                print("seed \(plan.seed) is sound: there is nothing to make smaller")
                return 0
            }
            plan = Self.shrunk(plan, violation, within: .seconds((command.minutes ?? 10) * 60))
        }
        let outcome = Outcome(running: plan, echo: command.isVerbose || command.shrinks ? { print($0) } : nil)
        print(Self.summary(outcome))
        return outcome.violation == nil ? 0 : 1
    }

    static func shrunk(_ plan: Plan, _ violation: Violation, within time: Duration) -> Plan {
        plan.shrunk(breaking: violation.invariant, within: time) { smaller in
            let line = "smaller: \(smaller.count) steps, \(smaller.mishaps.count) faults, \(smaller.laptops) laptops\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
    }

    static func summary(_ outcome: Outcome) -> String {
        let hash = String(outcome.hash, radix: 16)
        guard let violation = outcome.violation else {
            return
                "seed \(outcome.plan.seed): sound; \(outcome.changes) changes, healed in \(outcome.rounds) rounds, trace \(hash)"
        }
        return "seed \(outcome.plan.seed): NOT SOUND, trace \(hash)\n  \(violation)\n  \(again(outcome.plan))"
    }

    /// How to see the same run again.
    static func again(_ plan: Plan) -> String {
        var line = "Tools/simulate --replay \(plan.seed) --verbose --steps \(plan.steps)"
        if plan.mishaps.count < Mishap.allCases.count {
            line +=
                " --faults "
                + (plan.mishaps.isEmpty ? "none" : plan.mishaps.sorted().map(\.rawValue).joined(separator: ","))
        }
        if plan.laptops != 5 { line += " --laptops \(plan.laptops)" }
        if !plan.skipped.isEmpty { line += " --skip " + plan.skipped.sorted().map(String.init).joined(separator: ",") }
        return line
    }
}
