import Dispatch
import Glibc

/// Accepts connections on one listening socket and hands them to the loops in turn.
actor Acceptor {
    private nonisolated let executor: QueueExecutor
    private let core: AcceptorCore

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(loops: [Loop], admission: Admission) {
        executor = QueueExecutor(label: "stoep.http.accept")
        core = AcceptorCore(queue: executor.queue, loops: loops, admission: admission)
    }

    func start(_ socket: ListeningSocket, tls: TLSContext?) {
        core.start(socket, tls: tls)
    }

    /// Returns when the socket is closed.
    func stop() async {
        await withCheckedContinuation { core.stop($0) }
    }
}

/// What an acceptor owns. Touched on its queue only.
final class AcceptorCore {
    private let queue: DispatchQueue
    private let loops: [Loop]
    private let admission: Admission
    private var nextLoop = 0
    private var socket: ListeningSocket?
    private var tls: TLSContext?
    private var source: EventSource?
    private var pause: EventSource?
    private var stopped: [CheckedContinuation<Void, Never>] = []

    init(queue: DispatchQueue, loops: [Loop], admission: Admission) {
        self.queue = queue
        self.loops = loops
        self.admission = admission
    }

    func start(_ socket: ListeningSocket, tls: TLSContext?) {
        self.socket = socket
        self.tls = tls
        let source = EventSource(
            DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue),
            onEvent: { [unowned self] in acceptWaiting() },
            onCancel: { self.sourceIsGone() })
        self.source = source
        source.resume()
    }

    func stop(_ continuation: CheckedContinuation<Void, Never>) {
        guard socket != nil else { return continuation.resume() }
        stopped.append(continuation)
        pause?.cancel()
        source?.cancel()
        (pause, source) = (nil, nil)
    }

    private func sourceIsGone() {
        socket?.closeAndRemove()
        socket = nil
        for continuation in stopped { continuation.resume() }
        stopped = []
    }

    /// At most 64 a turn, so that stopping gets its turn too.
    private func acceptWaiting() {
        guard let socket else { return }
        for _ in 0..<64 {
            let descriptor = accept(socket.descriptor, nil, nil)
            guard descriptor >= 0 else {
                switch errno {
                case EAGAIN: return
                case EINTR, ECONNABORTED: continue
                default: return rest()
                }
            }
            // In two steps: Swift's Glibc does not show accept4.
            guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
                admission.admitConnection(isLocal: tls == nil)
            else {
                close(descriptor)
                continue
            }
            // A response leaves whole, so nothing is gained by waiting for more to send with it.
            var on: Int32 = 1
            if tls != nil {
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            }
            let loop = loops[nextLoop]
            nextLoop = (nextLoop + 1) % loops.count
            Task { [tls] in await loop.adopt(descriptor, tls: tls) }
        }
    }

    /// Out of descriptors or memory. The connection that waits would wake the source again at once, and burn
    /// a core: look away for a second.
    private func rest() {
        source?.pause()
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .seconds(1))
        let pause = EventSource(
            timer,
            onEvent: { [weak self] in
                self?.pause = nil
                self?.source?.resume()
            })
        self.pause = pause
        pause.resume()
    }
}
