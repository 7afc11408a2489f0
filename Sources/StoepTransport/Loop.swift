import Dispatch
import Glibc

/// Connections of one core: a serial queue on which their sources fire and their state is touched. All that
/// is not Sendable stays inside.
actor Loop {
    private nonisolated let executor: QueueExecutor
    private let core: LoopCore

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(number: Int, configuration: HTTPServer.Configuration, admission: Admission, handler: HandlerBox) {
        executor = QueueExecutor(label: "stoep.http.\(number)")
        core = LoopCore(queue: executor.queue, configuration: configuration, admission: admission, handler: handler)
    }

    /// Takes over a connected socket that `Admission` has counted.
    func adopt(_ descriptor: Int32, tls: TLSContext?) {
        core.adopt(descriptor, tls: tls, loop: self)
    }

    /// The handler's answer. The connection may have gone meanwhile.
    func respond(to connection: UInt64, with response: HTTPResponse) {
        core.connections[connection]?.respond(response)
    }

    /// Returns when every connection is closed: idle ones at once, the others when their request is done, or
    /// when so many milliseconds have passed.
    func drain(withinMilliseconds grace: UInt64) async {
        core.beginDraining(deadline: monotonicMilliseconds() + grace)
        await withCheckedContinuation { core.whenEmpty($0) }
    }
}

/// What a loop owns. Touched on its queue only, by the actor's methods and by the sources' handlers.
final class LoopCore {
    let queue: DispatchQueue
    let configuration: HTTPServer.Configuration
    let admission: Admission
    let handler: HandlerBox
    /// What is read lands here first; one for all connections. Larger than a TLS record, or else decrypted
    /// bytes would wait inside OpenSSL where the source cannot see them.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    var connections: [UInt64: Connection] = [:]
    private(set) var drainDeadline: UInt64?

    private var nextIdentifier: UInt64 = 0
    private var sweep: EventSource?
    private var turn: EventSource?
    private var turnSignal: (any DispatchSourceUserDataAdd)?
    private var unfinished: [Connection] = []
    private var emptied: [CheckedContinuation<Void, Never>] = []

    init(queue: DispatchQueue, configuration: HTTPServer.Configuration, admission: Admission, handler: HandlerBox) {
        self.queue = queue
        self.configuration = configuration
        self.admission = admission
        self.handler = handler
    }

    deinit {
        scratch.deallocate()
    }

    var isDraining: Bool { drainDeadline != nil }

    func adopt(_ descriptor: Int32, tls: TLSContext?, loop: Loop) {
        let stream: ByteStream? =
            if let tls { ByteStream(descriptor: descriptor, tls: tls) } else { ByteStream(plain: descriptor) }
        guard !isDraining, let stream else {
            close(descriptor)
            admission.releaseConnection()
            return
        }
        startSources()
        nextIdentifier += 1
        let connection = Connection(
            identifier: nextIdentifier, descriptor: descriptor, stream: stream, core: self, loop: loop)
        connections[nextIdentifier] = connection
        connection.start()
    }

    /// Called when the last source of a connection is cancelled and its descriptor closed.
    func forget(_ connection: Connection) {
        connections[connection.identifier] = nil
        admission.releaseConnection()
        finishIfEmpty()
    }

    /// Lets a connection go on later: it has had its share of this turn, and what it left behind may be inside
    /// OpenSSL, where no source would report it.
    func again(_ connection: Connection) {
        unfinished.append(connection)
        turnSignal?.add(data: 1)
    }

    func beginDraining(deadline: UInt64) {
        drainDeadline = deadline
        for connection in Array(connections.values) { connection.drain() }
    }

    func whenEmpty(_ continuation: CheckedContinuation<Void, Never>) {
        emptied.append(continuation)
        finishIfEmpty()
    }

    private func finishIfEmpty() {
        guard isDraining, connections.isEmpty else { return }
        sweep?.cancel()
        turn?.cancel()
        (sweep, turn, turnSignal) = (nil, nil, nil)
        for continuation in emptied { continuation.resume() }
        emptied = []
    }

    private func startSources() {
        guard sweep == nil else { return }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1), leeway: .milliseconds(100))
        let sweep = EventSource(timer, onEvent: { [weak self] in self?.closeOverdue() })
        self.sweep = sweep
        sweep.resume()
        let signal = DispatchSource.makeUserDataAddSource(queue: queue)
        let turn = EventSource(signal, onEvent: { [weak self] in self?.takeUnfinished() })
        self.turn = turn
        turnSignal = signal
        turn.resume()
    }

    /// One pass a second over all deadlines: cheaper than a timer a connection.
    private func closeOverdue() {
        let now = monotonicMilliseconds()
        if let drainDeadline, now >= drainDeadline {
            for connection in Array(connections.values) { connection.close() }
            return
        }
        for connection in connections.values.filter({ $0.deadline <= now }) { connection.close() }
    }

    private func takeUnfinished() {
        let connections = unfinished
        unfinished = []
        for connection in connections { connection.advance() }
    }
}
