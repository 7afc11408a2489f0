import Foundation
import StoepTestSupport
import Synchronization

/// Seeded histories of several replicas, each compared with a fold from scratch and byte for byte with one another:
/// one history a seed, on all cores, until one differs.
struct FuzzMerge: Sendable {
    static let usage = """
        usage: stoep-bench fuzz-merge [--histories N] [--seed S]
               stoep-bench fuzz-merge --replay SEED

        Lives the histories of the seeds S, S + 1, …, S + N − 1 (1,000 from 0 on, unless told otherwise): records, joined
        records, texts and what only an attacker would write, in turn. The first that differs is named, with what differs.
        --replay tells one history line by line, and what it comes to.

        """

    private var first: UInt64 = 0
    private var count = 1_000

    /// What the workers share.
    private struct Shared {
        var next = 0
        var done = 0
        var census = HistoryCensus()
        var failure: HistoryTrial?
    }

    static func run(_ arguments: some Sequence<String>) -> Int32 {
        var fuzz = FuzzMerge()
        var arguments = Array(arguments)[...]
        while let option = arguments.popFirst() {
            guard let value = arguments.popFirst().flatMap({ UInt64($0) }) else { return misuse() }
            switch option {
            case "--histories" where value > 0 && value < 1 << 40: fuzz.count = Int(value)
            case "--seed" where value < 1 << 62: fuzz.first = value
            case "--replay": return replay(value)
            default: return misuse()
            }
        }
        return fuzz.run()
    }

    private static func misuse() -> Int32 {
        FileHandle.standardError.write(Data(usage.utf8))
        return 2
    }

    private static func replay(_ seed: UInt64) -> Int32 {
        let trial = HistoryTrial(HistoryTrial.Kind(ofSeed: seed), seed: seed, isTold: true)
        print("seed \(seed), \(trial.kind.rawValue)")
        for line in trial.lines { print(line) }
        if let difference = trial.difference { print("\nDIFFERS: \(difference)") }
        return trial.difference == nil ? 0 : 1
    }

    private func run() -> Int32 {
        let shared = Mutex(Shared())
        let started = Date()
        let isTerminal = isatty(2) == 1
        let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            // Few at a time, so that all end together; many enough that nobody waits for the lock.
            while let seeds = shared.withLock({ take(16, of: &$0) }) {
                var census = HistoryCensus()
                for seed in seeds {
                    let trial = HistoryTrial(HistoryTrial.Kind(ofSeed: seed), seed: seed)
                    census.add(trial.census)
                    guard trial.difference != nil else { continue }
                    shared.withLock { shared in
                        // The least of those that several workers find.
                        if shared.failure.map({ trial.seed < $0.seed }) ?? true { shared.failure = trial }
                    }
                }
                let done = shared.withLock { shared in
                    shared.done += seeds.count
                    shared.census.add(census)
                    return shared.done
                }
                if isTerminal, worker == 0 { show("\r\(done) of \(count) histories") }
            }
        }
        if isTerminal { show("\r\u{1B}[K") }
        let (census, done, failure) = shared.withLock { ($0.census, $0.done, $0.failure) }
        Self.report(census, done, seconds: Date().timeIntervalSince(started), workers)
        guard let failure else { return 0 }
        print("\nDIFFERS: seed \(failure.seed), \(failure.kind.rawValue) (again: fuzz-merge --replay \(failure.seed))")
        print(failure.difference ?? "")
        return 1
    }

    /// The next seeds; nil where there are none left, or one was found that differs.
    private func take(_ most: Int, of shared: inout Shared) -> Range<UInt64>? {
        guard shared.next < count, shared.failure == nil else { return nil }
        let lower = shared.next
        shared.next = min(count, lower + most)
        return first + UInt64(lower)..<first + UInt64(shared.next)
    }

    private func show(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    private static func report(_ census: HistoryCensus, _ done: Int, seconds: Double, _ workers: Int) {
        func lines(_ title: String, _ counts: [(String, Int)]) {
            print("\n\(title)")
            let width = counts.map(\.0.count).max() ?? 0
            for (name, count) in counts {
                print("  \(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(count)")
            }
        }
        print("\(done) histories, \(census.changes) changes, \(Int(seconds.rounded())) s on \(workers) cores")
        lines("histories of", HistoryTrial.Kind.allCases.map { ($0.rawValue, census.histories[$0] ?? 0) })
        lines("who wrote in them", census.replicas.sorted { $0.key < $1.key }.map { ("\($0.key)", $0.value) })
        lines("operations", census.operations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        lines("what replicas saw", census.found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
