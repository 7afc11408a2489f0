import Glibc

package enum WriteLockError: Error, Sendable, CustomStringConvertible {
    /// Busy: another process kept the lock for the whole of the timeout. `processID` is 0 and the name
    /// empty where it had not yet written who it is.
    case heldBy(processID: Int32, name: String)
    case system(FileError)

    package var description: String {
        switch self {
        case .heldBy(let processID, let name): "the store is in use by \(name) (process \(processID))"
        case .system(let error): "the store cannot be locked: \(error)"
        }
    }
}

/// The lock that whoever writes to or checkpoints a store holds: one at a time, across processes, in about
/// the order of arrival. The kernel gives it back when its holder dies.
///
/// Byte ranges of one file, locked by open file description (OFD locks: unlike POSIX ones they
/// are not lost when somebody closes another descriptor of the file). Whoever waits takes a *seat* behind the last,
/// through a *turnstile* one at a time, and leaves it once it has the *lock*. Without seats a process that gives the
/// lock back and takes it again would win each time against one that the kernel is still waking.
///
/// Not Sendable: as the connection beside it, one isolation owns it. Every call blocks.
package final class WriteLock: WriteLocking {
    package let path: String
    /// The descriptor for attempts that do not wait; opened once.
    private var descriptor: Int32
    /// The descriptor through which the lock is held, nil while it is not.
    private var held: Int32?
    /// A wait whose turn has not come; after a timeout it keeps its place for the next `acquire`.
    private var queued: QueuedLock?

    /// Opens or makes the lock file, mode 0600.
    package init(path: String) throws(WriteLockError) {
        self.path = path
        self.descriptor = try Self.openFile(path)
    }

    deinit {
        queued?.abandon()
        if let held, held != descriptor { close(held) }
        close(descriptor)
    }

    package var isHeld: Bool { held != nil }

    /// Takes the lock, waiting for it up to `timeoutMilliseconds` (0: not at all). Taking it twice is a
    /// mistake in the program and traps.
    package func acquire(timeoutMilliseconds: Int = 5000, holder: String) throws(WriteLockError) {
        precondition(held == nil, "the write lock is already held here")
        if try takeAtOnce() {
            held = descriptor
        } else {
            held = try wait(timeoutMilliseconds: timeoutMilliseconds)
        }
        writeHolder(holder)
    }

    package func release() {
        guard let held else { return }
        self.held = nil
        _ = FileRangeLock.unlock(held, .lock)
        if held != descriptor { close(held) }
    }

    /// Two calls to the kernel: nobody waits, and the lock is free.
    private func takeAtOnce() throws(WriteLockError) -> Bool {
        guard try !answer(FileRangeLock.isTaken(descriptor, .seats(from: 0))) else { return false }
        return try answer(FileRangeLock.tryLock(descriptor, .lock))
    }

    private func wait(timeoutMilliseconds: Int) throws(WriteLockError) -> Int32 {
        if timeoutMilliseconds <= 0 { throw currentHolder() }
        let waiting: QueuedLock
        if let queued, queued.comeBack() {
            waiting = queued
        } else {
            waiting = try QueuedLock(path: path)
            try waiting.start(descriptor: try Self.openFile(path), path: path)
            queued = waiting
        }
        guard let outcome = waiting.wait(timeoutMilliseconds: timeoutMilliseconds) else { throw currentHolder() }
        queued = nil
        return try answer(outcome)
    }

    private func answer<T>(_ result: Result<T, FileRangeLock.Failure>) throws(WriteLockError) -> T {
        switch result {
        case .success(let value): return value
        case .failure(let failure):
            throw .system(FileError(code: failure.code, path: path, operation: "lock"))
        }
    }

    private static func openFile(_ path: String) throws(WriteLockError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .system(FileError(code: errno, path: path, operation: "open"))
        }
        return descriptor
    }
}

/// Who holds it. Written after taking the lock and left there: it is read only by those who find it taken.
extension WriteLock {
    private static let recordBytes = 80

    private func writeHolder(_ name: String) {
        guard let held else { return }
        var record = Array("\(getpid()) ".utf8)
        for scalar in name.unicodeScalars {
            let bytes = Array(String(scalar.value < 32 ? " " : scalar).utf8)
            guard record.count + bytes.count < Self.recordBytes else { break }
            record += bytes
        }
        record += repeatElement(UInt8(ascii: "\n"), count: Self.recordBytes - record.count)
        // Only for others' messages: a full disk must not keep anybody from the lock.
        _ = pwrite(held, record, record.count, 0)
    }

    package var note: [UInt8] {
        get {
            var bytes = [UInt8](repeating: 0, count: Self.noteBytes)
            let count = held.map { pread($0, &bytes, bytes.count, off_t(Self.recordBytes)) } ?? 0
            return Array(bytes.prefix(max(0, count)))
        }
        set {
            // An older one is one that fits no log: a full disk must not keep anybody from writing.
            if let held { _ = pwrite(held, newValue, min(newValue.count, Self.noteBytes), off_t(Self.recordBytes)) }
        }
    }

    private func currentHolder() -> WriteLockError {
        var record = [UInt8](repeating: 0, count: Self.recordBytes)
        let count = pread(descriptor, &record, record.count, 0)
        let line = record.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard let first = parts.first, let processID = Int32(String(decoding: first, as: UTF8.self)) else {
            return .heldBy(processID: 0, name: "")
        }
        return .heldBy(
            processID: processID, name: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "")
    }
}
