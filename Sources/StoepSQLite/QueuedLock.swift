import Glibc
import Synchronization

/// A place in the kernel's queue for the write lock, held by a thread that blocks there, as only a blocking
/// call queues and no blocking call takes a timeout.
///
/// The waiter may leave and come back; the place stays. If it is away when the turn comes, the thread gives
/// the lock straight back. There is one such thread at most for each `WriteLock`.
final class QueuedLock: Sendable {
    private enum State {
        case waiting
        /// Nobody wants the lock any more, or not now.
        case away
        /// The descriptor that holds the lock, or the error instead of it.
        case done(Result<Int32, FileRangeLock.Failure>)
        /// The turn came while the waiter was away.
        case missed
    }

    private let state = Mutex(State.waiting)
    /// A pipe with a byte in it once there is an outcome: what `poll` can wait for with a timeout.
    private let reading: Int32
    private let writing: Int32

    init(path: String) throws(WriteLockError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .system(FileError(code: errno, path: path, operation: "pipe"))
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Starts the thread. It owns `descriptor`, a description of its own so that a lock that comes too
    /// late is never taken for somebody else's, until `wait` hands it over.
    func start(descriptor: Int32, path: String) throws(WriteLockError) {
        let job = Unmanaged.passRetained(Job(queued: self, descriptor: descriptor))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 256 * 1024)
        // Signals belong to the process's other threads; the new one inherits this mask.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                let job = Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
                job.queued.block(job.descriptor)
                return nil
            }, job.toOpaque())
        guard code == 0 else {
            job.release()
            close(descriptor)
            throw .system(FileError(code: code, path: path, operation: "thread"))
        }
    }

    /// Takes the place up again after a timeout; false when its turn has gone by.
    func comeBack() -> Bool {
        state.withLock { state in
            switch state {
            case .waiting, .done: return true
            case .away:
                state = .waiting
                return true
            case .missed: return false
            }
        }
    }

    /// The outcome, or nil when the time is up first, upon which the waiter is away. After an outcome the
    /// descriptor is the caller's.
    func wait(timeoutMilliseconds: Int) -> Result<Int32, FileRangeLock.Failure>? {
        let deadline = Self.milliseconds() + Int64(clamping: max(0, timeoutMilliseconds))
        while true {
            let left = deadline - Self.milliseconds()
            let outcome = state.withLock { state -> Result<Int32, FileRangeLock.Failure>? in
                if case .done(let outcome) = state { return outcome }
                if left <= 0 { state = .away }
                return nil
            }
            if outcome != nil || left <= 0 { return outcome }
            var event = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            poll(&event, 1, Int32(clamping: left))
        }
    }

    /// The waiter will not come back.
    func abandon() {
        let outcome = state.withLock { state in
            defer { state = .away }
            return state
        }
        if case .done(.success(let descriptor)) = outcome { close(descriptor) }
    }

    private func block(_ descriptor: Int32) {
        let result = takeInTurn(descriptor)
        let outcome = result.map { descriptor }
        let isWanted = state.withLock { state in
            if case .away = state {
                state = .missed
                return false
            }
            state = .done(outcome)
            return true
        }
        var byte: UInt8 = 1
        write(writing, &byte, 1)
        if case .success = outcome, isWanted { return }
        // Closing gives every lock of this description back.
        close(descriptor)
    }

    /// Takes a seat behind the last, waits until whoever sits before it has the lock, and then for the lock itself. The
    /// kernel wakes all at once who wait for one range, and any of them may win: so for each seat waits only the next.
    private func takeInTurn(_ descriptor: Int32) -> Result<Void, FileRangeLock.Failure> {
        FileRangeLock.lock(descriptor, .turnstile).flatMap {
            let seated = FileRangeLock.lastSeat(descriptor).flatMap { last -> Result<Int64?, FileRangeLock.Failure> in
                FileRangeLock.lock(descriptor, .seat((last ?? -1) + 1)).map { last }
            }
            _ = FileRangeLock.unlock(descriptor, .turnstile)
            return seated
        }.flatMap { last in
            // Whoever sits there may also have gone: then it is only less in order.
            guard let last else { return .success(()) }
            return FileRangeLock.lock(descriptor, .seat(last)).flatMap { FileRangeLock.unlock(descriptor, .seat(last)) }
        }.flatMap {
            let result = FileRangeLock.lock(descriptor, .lock)
            _ = FileRangeLock.unlock(descriptor, .seats(from: 0))
            return result
        }
    }

    private static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    private final class Job {
        let queued: QueuedLock
        let descriptor: Int32

        init(queued: QueuedLock, descriptor: Int32) {
            self.queued = queued
            self.descriptor = descriptor
        }
    }
}
