import Glibc
import Testing

@testable import StoepTransport

@Suite struct LocalSocketTests {
    @Test func `an administrative request comes through the socket file, which only its owner may open`() async throws {
        try await withLocalServer { _, path in
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let response = try await blocking {
                try HTTPClient(endpoint: .local(path: path)).post(path: "/admin", contentType: "a/b", body: [7])
            }
            #expect(response.body == [7])
            #expect(response.headers["x-peer"] == "local")
        }
    }

    @Test func `a socket in use is left alone, an abandoned one replaced, another file kept`() async throws {
        try await withLocalServer { _, path in
            let second = HTTPServer()
            await #expect(throws: ListenError.self) { try await second.listenLocal(path: path) }
            let response = try await blocking { try HTTPClient(endpoint: .local(path: path)).get(path: "/") }
            #expect(response.status == 200)
        }
        let path = "/tmp/stoep-abandoned-\(getpid()).sock"
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
        close(descriptor)
        let server = HTTPServer()
        await #expect(throws: ListenError.self) { try await server.listenLocal(path: path) }
        #expect(unlink(path) == 0, "the file was kept")
        // Bound, never listened on, and its process gone: what a crash leaves behind.
        _ = try run("python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('\(path)')\"")
        try await server.listenLocal(path: path)
        await server.stop(graceSeconds: 0)
        #expect(access(path, F_OK) != 0)
    }

    @Test func `nobody at the socket is offline`() async {
        let error = await #expect(throws: TransportError.self) {
            try await blocking { try HTTPClient(endpoint: .local(path: "/tmp/stoep-nobody.sock")).get(path: "/") }
        }
        #expect(error?.isOffline == true)
    }
}

/// What is the same with and without TLS, written byte by byte over the local socket.
@Suite struct HostileClientTests {
    @Test func `a header that takes too long ends the connection`() async throws {
        try await withLocalServer({ $0.headerTimeoutSeconds = 1 }) { server, path in
            try await blocking {
                let start = monotonicMilliseconds()
                let slow = try RawConnection(path)
                slow.send("GET / HT")
                usleep(700_000)
                slow.send("TP/1.1\r\n")
                #expect(slow.receive() == "")
                #expect((900...60_000).contains(monotonicMilliseconds() - start))
            }
        }
    }

    @Test func `a body that stops coming ends the connection`() async throws {
        try await withLocalServer({ $0.idleTimeoutSeconds = 1 }) { _, path in
            try await blocking {
                let slow = try RawConnection(path)
                slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
                #expect(slow.receive() == "")
            }
        }
    }

    @Test func `a refused request is answered and the connection closed, whatever else was sent`() async throws {
        try await withLocalServer { _, path in
            try await blocking {
                let raw = try RawConnection(path)
                raw.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = raw.receive()
                #expect(answer.hasPrefix("HTTP/1.1 400 "))
                #expect(answer.contains("connection: close"))
                #expect(!answer.contains("smuggled"))
            }
        }
    }

    @Test func `requests sent in one go are answered in order, even after the client has finished writing`() async throws {
        try await withLocalServer(handler: { request in
            if request.target == "/0" { try? await Task.sleep(for: .milliseconds(100)) }
            return .text(200, "answer to \(request.target)")
        }) { _, path in
            try await blocking {
                let raw = try RawConnection(path)
                raw.send((0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                raw.finishWriting()
                // By scalars: "\r\n" is one Character.
                let lines = raw.receive().unicodeScalars.split { $0 == "\n" }.map(String.init)
                #expect(lines.filter { $0.hasPrefix("answer") } == (0..<50).map { "answer to /\($0)" })
            }
        }
    }

    @Test func `HEAD gets the length without the body, 204 neither`() async throws {
        try await withLocalServer(handler: { request in
            request.target == "/none" ? HTTPResponse(status: 204) : .text(200, "text")
        }) { _, path in
            try await blocking {
                let raw = try RawConnection(path)
                raw.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let answer = raw.receive()
                #expect(answer.contains("content-length: 5\r\n"))
                #expect(!answer.contains("text\n"))
                #expect(answer.contains("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"))
            }
        }
    }

    @Test func `a client that waits with its body is told to go on`() async throws {
        try await withLocalServer { _, path in
            try await blocking {
                let raw = try RawConnection(path)
                raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
                #expect(raw.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                raw.send("body")
                #expect(raw.receive(until: "body").hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test func `a handler's header with a line break in it becomes a plain 500`() async throws {
        try await withLocalServer(handler: { _ in
            HTTPResponse(status: 200, headers: HTTPHeaders([("x", "a\r\nset-cookie: b")]))
        }) { _, path in
            let response = try await blocking { try HTTPClient(endpoint: .local(path: path)).get(path: "/") }
            #expect(response.status == 500)
            #expect(response.headers["set-cookie"] == nil)
        }
    }
}
