import Glibc
import Synchronization

/// One line on standard error that says how far something is. It comes only on a terminal and only when the
/// work takes longer than a second, is drawn at most ten times a second, and is wiped out at the end: call
/// `finish` before saying anything else.
package final class ProgressLine: Sendable {
    private struct State {
        var lastDrawn: UInt64?
    }

    private let state = Mutex(State())
    private let stream: OutputStream?
    private let columns: Int
    private let language: Language
    private let nanoseconds: @Sendable () -> UInt64
    private let started: UInt64

    /// `nanoseconds` is a clock that never goes back; the system's, unless a test has its own.
    package init(
        console: Console,
        nanoseconds: @escaping @Sendable () -> UInt64 = ProgressLine.monotonicNanoseconds
    ) {
        let shows = console.settings.terminal.showsErrors && !console.settings.quiet
        stream = shows ? console.errors : nil
        columns = console.settings.terminal.columns ?? 80
        language = console.language
        self.nanoseconds = nanoseconds
        started = nanoseconds()
    }

    /// What is going on now: `message` is only made when it will be seen.
    package func update(_ message: @autoclosure () -> Localized) {
        guard let stream else { return }
        state.withLock { state in
            let now = nanoseconds()
            guard now &- started >= 1_000_000_000 else { return }
            if let last = state.lastDrawn, now &- last < 100_000_000 { return }
            state.lastDrawn = now
            let line = message()[language].onOneLine.truncated(columns: columns - 1)
            stream.write("\r\(line)\u{1B}[K")
        }
    }

    /// Wipes the line out, if it was drawn. The line may be used again afterwards.
    package func finish() {
        guard let stream else { return }
        state.withLock { state in
            if state.lastDrawn != nil { stream.write("\r\u{1B}[K") }
            state.lastDrawn = nil
        }
    }

    @Sendable package static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
