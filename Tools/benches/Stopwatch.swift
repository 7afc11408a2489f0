import Foundation

/// How long something takes. It is the thread's own time that counts, for the peers too (Tools/bench.d/peers.py), so that
/// a machine busy with something else shows less.
enum Stopwatch {
    /// What takes less is done again until it took so long.
    private static let leastMilliseconds = 20.0

    /// Milliseconds of one call. What it returns is dropped after the clock has stopped: importing is measured, not
    /// forgetting.
    static func milliseconds<Result>(_ body: () throws -> Result) rethrows -> Double {
        var count = 0
        var elapsed = 0.0
        while elapsed < leastMilliseconds {
            let start = now(CLOCK_THREAD_CPUTIME_ID)
            let kept = try body()
            elapsed += now(CLOCK_THREAD_CPUTIME_ID) - start
            keep(kept)
            count += 1
        }
        return elapsed / Double(count)
    }

    /// A clock that costs next to nothing to ask, for stretches that cannot be repeated.
    static var monotonic: Double { now(CLOCK_MONOTONIC) }

    /// What this thread has run so far.
    static var thread: Double { now(CLOCK_THREAD_CPUTIME_ID) }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Keeps the optimizer from leaving out what nobody looks at.
@inline(never) @_optimize(none) func keep<Result>(_ result: Result) {}
