import Dispatch
import Synchronization

/// Runs what waits for others, and blocks this thread until it is done: so that a program of one thread, whose signals
/// are its own to block, has others only while it serves.
package func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let outcome = Outcome<Value>()
    Task.detached {
        do {
            outcome.set(.success(try await body()))
        } catch {
            outcome.set(.failure(error))
        }
    }
    return try outcome.wait().get()
}

/// What comes of it, once it is there.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
        isThere.signal()
    }

    func wait() -> Result<Value, any Error> {
        isThere.wait()
        guard let value = result.withLock({ $0 }) else { preconditionFailure("signalled without an outcome") }
        return value
    }
}
