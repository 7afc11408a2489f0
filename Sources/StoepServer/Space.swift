import StoepCrypto
import StoepModel
import StoepStore
import StoepSync
import StoepTransport
import StoepWire

/// One space of a daemon: its store, on a queue of its own. A daemon may have several; they share nothing.
///
/// No transaction is ever open across an `await`.
package actor Space {
    private nonisolated let executor: QueueExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package nonisolated let id: SpaceID
    let service: SpaceService
    var isPurging = false
    private var waiting: [Push] = []
    private var isFolding = false
    private var isClosed = false

    /// Takes the store over.
    /// - Parameter daemonKey: what the daemon's TLS certificate shows.
    package init(store: sending Store, daemonKey: VerifyingKey, ledgerPath: String, log: EventLog) {
        executor = QueueExecutor(label: "stoep.space")
        id = store.space
        service = SpaceService(store: store, daemonKey: daemonKey, ledgerPath: ledgerPath, log: log)
    }

    /// Takes up what an earlier run left: heads that no anchor names yet, records that are behind.
    package func start() throws(DaemonError) {
        try DaemonError.translating {
            try service.start()
        }
        eraseDueHourly()
        foldSoon()
    }

    /// Brings everything into the database file. Whoever asks for something from now on is told that the daemon stops.
    package func close() throws(DaemonError) {
        guard !isClosed else { return }
        isClosed = true
        flush()
        defer { service.store.close() }
        try DaemonError.translating { try service.store.checkpoint() }
    }

    var refusesNothing: Bool { !isClosed }

    func refuseIfClosed() throws(ErrorMessage) {
        if isClosed { throw ErrorMessage(name: ErrorName.stopping) }
    }

    // MARK: Group commit

    /// What one request sent, and who waits for its results.
    private struct Push {
        let segments: [PackedSegment]
        let continuation: CheckedContinuation<SpaceService.Taken, any Error>
    }

    /// Verifies and appends, in one transaction with what others send meanwhile. Durable on return.
    func push(_ segments: [PackedSegment]) async throws -> SpaceService.Taken {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(Push(segments: segments, continuation: continuation))
            // Whatever stands in this actor's queue already comes before the flush, and so goes with it.
            if waiting.count == 1 { Task { flush() } }
        }
    }

    private func flush() {
        while !waiting.isEmpty {
            var group: [Push] = []
            var bytes = 0
            while let next = waiting.first, group.isEmpty || bytes < Self.groupBytes {
                bytes += next.segments.reduce(0) { $0 + $1.rawCount }
                group.append(next)
                waiting.removeFirst()
            }
            take(group)
        }
        foldSoon()
    }

    /// Bytes of segments, inflated, after which a group is full.
    private static let groupBytes = 8 << 20

    private func take(_ group: [Push]) {
        do {
            let taken = try service.take(group.map(\.segments))
            for (push, result) in zip(group, taken) { push.continuation.resume(returning: result) }
        } catch where group.count > 1 && Self.mayBeOfOneRequest(error) {
            // One of them may have brought the transaction down: none pays for another.
            service.log(.warning, "group-failed", ["requests": .number(group.count), "error": .error(error)])
            for push in group { take([push]) }
        } catch {
            for push in group { push.continuation.resume(throwing: error) }
        }
    }

    /// Whether the others of a group could fare better alone: not where the lock or the disk is what failed.
    private static func mayBeOfOneRequest(_ error: any Error) -> Bool {
        switch error as? StoreError {
        case .busy?, .full?, .disk?: false
        default: true
        }
    }

    // MARK: Folding

    /// Folds what is behind, in pieces between which requests have their turn.
    func foldSoon() {
        guard !isFolding, !isClosed else { return }
        isFolding = true
        Task { foldSome() }
    }

    private static let recordsPerFold = 200

    private func foldSome() {
        isFolding = false
        guard !isClosed else { return }
        do {
            if try service.store.foldSome(atMost: Self.recordsPerFold) {
                foldSoon()
            } else {
                if try !service.followClaims() { foldSoon() }
                try service.countersign()
                purgeSoon()
            }
        } catch {
            service.log(.error, "fold-failed", ["error": .error(error)])
            // A command that holds the lock for long, a full disk: later perhaps.
            Task {
                try? await Task.sleep(for: .seconds(10))
                foldSoon()
            }
        }
    }

    // MARK: Commands of the coordinator

    func perform(_ request: AdminRequest) async throws -> AdminResponse {
        try refuseIfClosed()
        if case .bundle(let order) = request { return try await perform(order) }
        guard case .importAreas(let areas) = request else {
            defer { purgeSoon() }
            return try service.perform(request)
        }
        let coordination = service.coordination
        var fresh = 0
        for start in stride(from: 0, to: areas.count, by: Coordination.areasPerChange) {
            try refuseIfClosed()
            fresh += try coordination.importSome(areas[start..<min(start + Coordination.areasPerChange, areas.count)])
            // Requests have their turn.
            await Task.yield()
        }
        try refuseIfClosed()
        try coordination.finishImport(fresh: fresh, of: areas.count)
        return .imported(fresh: fresh, unchanged: areas.count - fresh)
    }

    private func perform(_ order: BundleOrder) async throws -> AdminResponse {
        let work = try BundleWork(order, service.store, isRecovering: service.recovery != nil)
        // What it brought is folded, also where it breaks off.
        defer { foldSoon() }
        while try work.step() {
            await Task.yield()
            try refuseIfClosed()
        }
        return try work.finish()
    }
}
