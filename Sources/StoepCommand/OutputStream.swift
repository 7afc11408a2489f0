import Glibc
import Synchronization

/// A file descriptor that text goes out through, whole: interrupted and partial writes are taken up again.
///
/// Who reads our output may stop reading (`stoep talk list | head`): that is no fault, so from then on the
/// rest is dropped. Any other refusal (a full disk behind a `>`) is kept for the end of the command.
package final class OutputStream: Sendable {
    private enum State {
        case open
        /// The reader went away.
        case abandoned
        case failed(errno: Int32)
    }

    private let descriptor: Int32
    private let state = Mutex(State.open)

    package static let standardOutput = OutputStream(descriptor: STDOUT_FILENO)
    package static let standardError = OutputStream(descriptor: STDERR_FILENO)

    /// The descriptor stays the caller's: it is not closed here.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The `errno` of the first write that failed for another reason than that nobody reads any more.
    package var failure: Int32? {
        state.withLock { state in
            guard case .failed(let number) = state else { return nil }
            return number
        }
    }

    package func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            state.withLock { state in
                guard case .open = state else { return }
                state = writeAll(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) -> State {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written > 0 {
                rest = rest.dropFirst(written)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitUntilWritable()
            case EPIPE: return .abandoned
            case let number: return .failed(errno: number)
            }
        }
        return .open
    }

    /// Somebody who shares the terminal may have made it nonblocking.
    private func waitUntilWritable() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
    }

    /// A reader that goes away is told by `EPIPE`, not by a signal that kills the process mid-save.
    package static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}
