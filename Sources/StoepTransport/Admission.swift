import Synchronization

/// What all loops of a server count together: connections, and bytes of request bodies in memory.
final class Admission: Sendable {
    private struct Counts {
        var connections = 0
        var bodyBytes = 0
    }

    private let maximumConnections: Int
    /// On top, for the local socket: whoever fills the network's side must not lock the administrator out.
    private let reservedForLocal: Int
    private let maximumBodyBytes: Int
    private let counts = Mutex(Counts())

    init(maximumConnections: Int, reservedForLocal: Int, maximumBodyBytes: Int) {
        self.maximumConnections = maximumConnections
        self.reservedForLocal = reservedForLocal
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Whether one more connection may be; then it is counted.
    func admitConnection(isLocal: Bool) -> Bool {
        let limit = maximumConnections + (isLocal ? reservedForLocal : 0)
        return counts.withLock { counts in
            guard counts.connections < limit else { return false }
            counts.connections += 1
            return true
        }
    }

    func releaseConnection() {
        counts.withLock { $0.connections -= 1 }
    }

    /// Whether so many more bytes may be held; then they are counted.
    func admitBody(bytes: Int) -> Bool {
        guard bytes > 0 else { return true }
        return counts.withLock { counts in
            guard bytes <= maximumBodyBytes - counts.bodyBytes else { return false }
            counts.bodyBytes += bytes
            return true
        }
    }

    func releaseBody(bytes: Int) {
        guard bytes > 0 else { return }
        counts.withLock { $0.bodyBytes -= bytes }
    }

    /// For tests and metrics.
    var openConnections: Int { counts.withLock { $0.connections } }
    var heldBodyBytes: Int { counts.withLock { $0.bodyBytes } }
}
