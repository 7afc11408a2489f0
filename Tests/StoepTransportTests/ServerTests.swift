import Glibc
import StoepCrypto
import StoepModel
import Synchronization
import Testing

@testable import StoepTransport

@Suite struct ServerTests {
    @Test func `four MiB go both ways unharmed, and over one connection`() async throws {
        let body = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await withServer { _, address in
            try await blocking {
                let client = client(address)
                for round in 0..<3 {
                    let response = try client.post(path: "/", contentType: "a/b", body: body)
                    #expect(response.body == body)
                    #expect(client.connectionsOpenedByLastRequest == (round == 0 ? 1 : 0))
                }
            }
        }
    }

    @Test func `an answer is waited for later, or never`() async throws {
        let body = [UInt8](repeating: 7, count: 3 << 20)
        try await withServer { _, address in
            try await blocking {
                let client = client(address)
                func begin(_ body: [UInt8]) throws -> PendingResponse {
                    try client.begin(path: "/", contentType: "a/b", body: body)
                }
                for body in [body, [], [1]] {
                    let begun = try begin(body)
                    usleep(50_000)
                    #expect(try begun.response().body == body)
                }
                #expect(client.connectionsOpenedByLastRequest == 0)
                // Dropped, and passed over: neither is mistaken for the answer to the next.
                _ = try begin([2])
                #expect(try client.post(path: "/", contentType: "a/b", body: [3]).body == [3])
                let passedOver = try begin(body)
                #expect(try client.post(path: "/", contentType: "a/b", body: [4]).body == [4])
                #expect(throws: TransportError.self) { try passedOver.response() }
                #expect(try client.post(path: "/", contentType: "a/b", body: [5]).body == [5])
                // The client goes before whoever waits.
                let last = try begin([6])
                client.close()
                #expect(try last.response().body == [6])
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `fifty clients with twenty requests each are all answered rightly`() async throws {
        try await withServer { server, address in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number: UInt8 in 0..<50 {
                    group.addTask {
                        try await blocking {
                            let client = client(address, identity: key(100 + number))
                            for round: UInt8 in 0..<20 {
                                let response = try client.post(
                                    path: "/", contentType: "a/b", body: [number, round])
                                #expect(response.body == [number, round])
                                #expect(response.headers["x-peer"] == key(100 + number).verifyingKey.description)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a body above the limit is answered with 413`() async throws {
        try await withServer({ $0.maximumBodyBytes = 1000 }) { _, address in
            let statuses = try await blocking {
                let client = client(address)
                return try [1000, 1001, 3 << 20].map { try client.statusOfPosting(bytes: $0) }
            }
            #expect(statuses == [200, 413, 413])
        }
    }

    @Test func `bodies beyond what the server may hold at once are answered with 503, and released`() async throws {
        try await withServer({ $0.maximumHeldBodyBytes = 1 << 20 }) { _, address in
            let statuses = try await blocking {
                let client = client(address)
                return try [3 << 20, 1 << 19, 3 << 20, 1 << 19].map { try client.statusOfPosting(bytes: $0) }
            }
            #expect(statuses == [503, 200, 503, 200])
        }
    }

    @Test func `a response above the client's limit is cut off`() async throws {
        try await withServer(handler: { _ in HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 1001)) }) {
            _, address in
            await #expect(throws: TransportError.tooLarge(limit: 1000)) {
                try await blocking { try client(address).get(path: "/", maximumResponseBytes: 1000) }
            }
            let response = try await blocking { try client(address).get(path: "/", maximumResponseBytes: 1001) }
            #expect(response.body.count == 1001)
        }
    }

    @Test func `a request under way when the server stops is finished, and a new one finds nobody`() async throws {
        let began = Mutex(false)
        let mayEnd = Mutex(false)
        let server = HTTPServer()
        server.setHandler { _ in
            began.withLock { $0 = true }
            while !mayEnd.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
            return .text(200, "finished")
        }
        let address = try await server.listen(address: try NetworkAddress("127.0.0.1:0"), identity: key(1))
        let answer = Task { try await blocking { try client(address).get(path: "/") } }
        while !began.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        let stopping = Task { await server.stop(graceSeconds: 20) }
        // The listener goes first: once nobody answers there, stopping has begun.
        var late: TransportError?
        for _ in 0..<200 where late == nil {
            late = try await blocking {
                do throws(TransportError) {
                    _ = try client(address, pins: [key(9)]).get(path: "/")
                    return nil
                } catch {
                    return error == .keyMismatch ? nil : error
                }
            }
        }
        #expect(late?.isOffline == true)
        mayEnd.withLock { $0 = true }
        #expect(try await answer.value.status == 200)
        await stopping.value
        #expect(server.openConnections == 0)
    }

    @Test func `a handler that never ends does not keep the server from stopping`() async throws {
        let began = Mutex(false)
        let server = HTTPServer()
        server.setHandler { _ in
            began.withLock { $0 = true }
            try? await Task.sleep(for: .seconds(60))
            return .text(200, "late")
        }
        let address = try await server.listen(address: try NetworkAddress("127.0.0.1:0"), identity: key(1))
        let answer = Task { try await blocking { try client(address).get(path: "/") } }
        while !began.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        let clock = ContinuousClock()
        let start = clock.now
        await server.stop(graceSeconds: 1)
        #expect(clock.now - start < .seconds(30))
        let broken = await #expect(throws: TransportError.self) { try await answer.value }
        guard case .interrupted = broken else {
            Issue.record("expected interrupted, got \(String(describing: broken))")
            return
        }
    }

    @Test func `connections beyond the limit are closed at once, and room is made when others go`() async throws {
        try await withLocalServer({ ($0.maximumConnections, $0.reservedLocalConnections) = (0, 1) }) { server, path in
            try await blocking {
                var first: RawConnection? = try RawConnection(path)
                first?.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(first?.receive(until: "x-target: GET /1").contains("200 OK") == true)
                #expect(try RawConnection(path).receive() == "")
                first = nil
                for _ in 0..<6000 where server.openConnections > 0 { usleep(5000) }
                let next = try RawConnection(path)
                next.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(next.receive(until: "x-target: GET /2").contains("200 OK"))
            }
        }
    }
}

@Suite struct HandlerBoxTests {
    @Test(.timeLimit(.minutes(1)))
    func `the ten thousandth request costs what the first did`() async throws {
        let box = HandlerBox()
        box.set { _ in .text(200, "") }
        let request = HTTPRequest(method: "GET", target: "/", peer: .local)
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<20 {
            times.append(await clock.measure { for _ in 0..<500 { _ = await box.respond(to: request) } })
        }
        // Ten times leaves room for a busy machine; what this guards against was a hundredfold.
        let (first, last) = (try #require(times.prefix(5).min()), try #require(times.suffix(5).min()))
        #expect(last < first * 10)
    }
}

@Suite struct AdmissionTests {
    @Test func `the network cannot take the places kept for the local socket`() {
        let admission = Admission(maximumConnections: 2, reservedForLocal: 1, maximumBodyBytes: 0)
        #expect((0..<4).map { _ in admission.admitConnection(isLocal: false) } == [true, true, false, false])
        #expect((0..<2).map { _ in admission.admitConnection(isLocal: true) } == [true, false])
        admission.releaseConnection()
        #expect(!admission.admitConnection(isLocal: false))
    }
}

extension HTTPClient {
    fileprivate func statusOfPosting(bytes: Int) throws -> Int {
        try post(path: "/", contentType: "a/b", body: [UInt8](repeating: 0, count: bytes)).status
    }
}
