import Foundation
import StoepSimulator

/// Runs its share of the seeds, and says on a line of JSON what each came to. A process of its own: SQLite's random
/// numbers are a process's.
struct Worker {
    let command: Command
    let stride: Int

    struct Line: Codable {
        var seed: UInt64
        var hash: UInt64
        var steps: Int
        var changes: Int
        var bytes: Int
        var rounds: Int
        var invariant: String?
        var detail: String?
        var census: [String: Int]
        var deeds: [String: Int]
        var seconds: Double
    }

    /// Many times what the runs need, and less than what one that keeps everything would come to within the hour.
    private static let memoryLimit = 512 << 20

    private static var peakMemory: Int? {
        var usage = rusage()
        return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss * 1024 : nil
    }

    func run() -> Int32 {
        let began = Date()
        let encoder = JSONEncoder()
        for number in 0..<command.seeds {
            if let minutes = command.minutes, Date().timeIntervalSince(began) > minutes * 60 { break }
            let plan = command.plan(command.seed &+ UInt64(number * stride))
            let start = Date()
            var outcome = Outcome(running: plan)
            if outcome.violation == nil, let peak = Self.peakMemory, peak > Self.memoryLimit {
                outcome.violation = Violation("bounded", "the process came to \(peak >> 20) MiB of memory")
            }
            let line = Line(
                seed: plan.seed, hash: outcome.hash, steps: plan.count, changes: outcome.changes, bytes: outcome.bytes,
                rounds: outcome.rounds, invariant: outcome.violation?.invariant, detail: outcome.violation?.detail,
                census: outcome.census, deeds: outcome.deeds, seconds: Date().timeIntervalSince(start))
            guard let data = try? encoder.encode(line) else { return 2 }
            FileHandle.standardOutput.write(data + Data("\n".utf8))
        }
        return 0
    }
}
