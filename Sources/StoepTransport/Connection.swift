import Dispatch
import Glibc

/// One connection of the server, from its handshake to its close. Touched on its loop's queue only.
final class Connection {
    /// What the connection is doing. A stream of events would be one more phase: its bytes go through
    /// `output` like any other.
    enum Phase: Equatable {
        case handshaking
        /// Between requests, or inside one.
        case reading
        /// The handler has the request; nothing is read meanwhile, so a client cannot pile up requests.
        case handling
        case responding(thenClose: Bool)
        /// The response is out and so is our last word; waiting for theirs, lest a reset overtake the response.
        case lingering
        case closed
    }

    let identifier: UInt64
    private(set) var phase = Phase.handshaking
    /// When the sweep closes it, on the monotonic clock.
    var deadline = UInt64.max

    let core: LoopCore
    private let loop: Loop
    private let descriptor: Int32
    var stream: ByteStream
    var parser: RequestParser
    var output = OutputQueue()
    private var peer = Peer.local
    private var readSource: EventSource?
    private var writeSource: EventSource?
    private var liveSources = 0
    /// What `Admission` counts for this connection.
    private var admittedBodyBytes = 0
    private var requestDeadline = UInt64.max
    private var requestIsHead = false
    private var requestWantsClose = false

    init(identifier: UInt64, descriptor: Int32, stream: consuming ByteStream, core: LoopCore, loop: Loop) {
        self.identifier = identifier
        self.descriptor = descriptor
        self.stream = stream
        self.core = core
        self.loop = loop
        parser = RequestParser(limits: core.configuration.parserLimits)
    }

    func start() {
        deadline = after(core.configuration.headerTimeoutSeconds)
        if !stream.isEncrypted { phase = .reading }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: core.queue)
        readSource = makeSource(source)
        advance()
    }

    // MARK: Going on

    /// Does what can be done without waiting; called whenever something may have changed.
    func advance() {
        var needs = Needs()
        if phase == .handshaking { handshake(&needs) }
        flush(&needs)
        if phase == .reading { readRequests(&needs) }
        if phase == .lingering { discard(&needs) }
        guard phase != .closed else { return }
        if needs.read { readSource?.resume() } else { readSource?.pause() }
        if needs.write {
            if writeSource == nil {
                writeSource = makeSource(
                    DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: core.queue))
            }
            writeSource?.resume()
        } else {
            writeSource?.pause()
        }
        if needs.anotherTurn { core.again(self) }
    }

    /// What the connection waits for.
    struct Needs {
        var read = false
        var write = false
        var anotherTurn = false
    }

    private func handshake(_ needs: inout Needs) {
        switch stream.handshake() {
        case .moved:
            guard let key = stream.peerKey() else { return close() }
            peer = .device(key)
            phase = .reading
            deadline = after(core.configuration.headerTimeoutSeconds)
        case .wantsRead: needs.read = true
        case .wantsWrite: needs.write = true
        case .ended, .failed: close()
        }
    }

    /// Writes what is queued. Four MiB a turn, then it is the others' turn.
    private func flush(_ needs: inout Needs) {
        var budget = 4 << 20
        while !output.isEmpty, phase != .closed {
            guard budget > 0 else {
                needs.anotherTurn = true
                return
            }
            switch output.offer({ stream.write($0) }) {
            case .moved(let count):
                budget -= count
                noteProgress()
            case .wantsRead:
                needs.read = true
                return
            case .wantsWrite:
                needs.write = true
                return
            case .ended, .failed: close()
            }
        }
        if case .responding(let thenClose) = phase { responseIsOut(thenClose: thenClose) }
    }

    private func responseIsOut(thenClose: Bool) {
        if thenClose || core.isDraining {
            phase = .lingering
            deadline = after(2)
            stream.finishWriting()
        } else {
            phase = .reading
            deadline = after(core.configuration.idleTimeoutSeconds)
        }
    }

    private func readRequests(_ needs: inout Needs) {
        var budget = 1 << 20
        // What came with the previous request is looked at first.
        takeRequest(&needs)
        while phase == .reading {
            guard budget > 0 else {
                needs.anotherTurn = true
                return
            }
            switch stream.read(into: core.scratch) {
            case .moved(let count):
                budget -= count
                if parser.isBetweenRequests { deadline = after(core.configuration.headerTimeoutSeconds) }
                parser.append(UnsafeRawBufferPointer(rebasing: core.scratch[..<count]))
                takeRequest(&needs)
            case .wantsRead:
                needs.read = true
                return
            case .wantsWrite:
                needs.write = true
                return
            case .ended, .failed: close()
            }
        }
    }

    private func discard(_ needs: inout Needs) {
        for _ in 0..<16 {
            switch stream.discard(into: core.scratch) {
            case .moved: continue
            case .wantsRead, .wantsWrite:
                needs.read = true
                return
            case .ended, .failed: return close()
            }
        }
        needs.read = true
    }
}

extension Connection {
    // MARK: Requests and responses

    private func takeRequest(_ needs: inout Needs) {
        do throws(HTTPRefusal) {
            let wasInBody = parser.isInBody
            let request = try parser.next()
            if let request { return handle(request) }
            guard parser.isInBody else { return }
            if !wasInBody { requestDeadline = after(core.configuration.requestTimeoutSeconds) }
            noteProgress()
            try admitBody()
            if parser.takeOwedContinue() {
                output.append(ResponseWriter.goOn)
                flush(&needs)
            }
        } catch {
            refuse(error, &needs)
        }
    }

    private func admitBody() throws(HTTPRefusal) {
        let more = parser.bodyBytesHeld - admittedBodyBytes
        guard core.admission.admitBody(bytes: more) else {
            throw HTTPRefusal(status: 503, reason: "too many large requests at once; try again later")
        }
        admittedBodyBytes += more
    }

    private func handle(_ parsed: ParsedRequest) {
        phase = .handling
        deadline = .max
        requestIsHead = parsed.head.method == "HEAD"
        requestWantsClose = parsed.head.wantsClose
        let request = HTTPRequest(parsed, peer: peer)
        Task { [handler = core.handler, loop, identifier] in
            let response = await handler.respond(to: request)
            await loop.respond(to: identifier, with: response)
        }
    }

    /// The handler's answer.
    func respond(_ response: HTTPResponse) {
        guard phase == .handling else { return }
        releaseBody()
        requestDeadline = after(core.configuration.requestTimeoutSeconds)
        send(response, thenClose: requestWantsClose || core.isDraining)
        advance()
    }

    private func refuse(_ refusal: HTTPRefusal, _ needs: inout Needs) {
        releaseBody()
        requestIsHead = false
        requestDeadline = after(core.configuration.headerTimeoutSeconds)
        send(.text(refusal.status, refusal.reason), thenClose: true)
        flush(&needs)
    }

    private func send(_ response: HTTPResponse, thenClose: Bool) {
        for piece in ResponseWriter.pieces(of: response, toHead: requestIsHead, closes: thenClose) {
            output.append(piece)
        }
        phase = .responding(thenClose: thenClose)
        noteProgress()
    }

    private func releaseBody() {
        core.admission.releaseBody(bytes: admittedBodyBytes)
        admittedBodyBytes = 0
    }

    // MARK: Time and the end

    /// A request or a response may take long, as long as something moves; but not for ever.
    private func noteProgress() {
        guard parser.isInBody || !output.isEmpty else { return }
        deadline = min(after(core.configuration.idleTimeoutSeconds), requestDeadline)
    }

    private func after(_ seconds: Int) -> UInt64 {
        monotonicMilliseconds() + UInt64(seconds) * 1000
    }

    /// The server stops: nothing is begun any more; a request that has begun is finished.
    func drain() {
        switch phase {
        case .handshaking: close()
        case .reading where parser.isBetweenRequests: close()
        default: break
        }
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        releaseBody()
        readSource?.cancel()
        writeSource?.cancel()
        (readSource, writeSource) = (nil, nil)
    }

    private func makeSource(_ source: any DispatchSourceProtocol) -> EventSource {
        liveSources += 1
        return EventSource(
            source, onEvent: { [unowned self] in advance() },
            // Holds the connection, and with it the descriptor's number, until no source knows it any more.
            onCancel: { self.sourceIsGone() })
    }

    private func sourceIsGone() {
        liveSources -= 1
        guard liveSources == 0 else { return }
        Glibc.close(descriptor)
        core.forget(self)
    }
}

extension HTTPRequest {
    fileprivate init(_ parsed: ParsedRequest, peer: Peer) {
        self.init(
            method: parsed.head.method, target: parsed.head.target, headers: HTTPHeaders(parsed.head.headers),
            body: parsed.body, peer: peer)
    }
}
