import Glibc
import StoepCrypto
import StoepModel
import Testing

@testable import StoepTransport

@Suite struct MutualTLSTests {
    @Test func `the handler sees the key that the client holds`() async throws {
        try await withServer { _, address in
            for number: UInt8 in [2, 3] {
                let response = try await blocking {
                    try client(address, identity: key(number)).post(
                        path: "/echo?q=1", contentType: "application/cbor", body: [1, 2, 3])
                }
                #expect(response.status == 200)
                #expect(response.body == [1, 2, 3])
                #expect(response.contentType == "application/cbor")
                #expect(response.headers["x-peer"] == key(number).verifyingKey.description)
                #expect(response.headers["x-target"] == "POST /echo?q=1")
            }
        }
    }

    @Test func `a server with another key than the pinned one is told apart, and gets no request`() async throws {
        try await withServer(handler: { _ in
            Issue.record("a request went to the wrong server")
            return .text(200, "")
        }) { _, address in
            await #expect(throws: TransportError.keyMismatch) {
                try await blocking { try client(address, pins: [key(9)]).get(path: "/") }
            }
        }
    }

    @Test func `one of several pins is enough, none is not`() async throws {
        try await withServer { _, address in
            let response = try await blocking { try client(address, pins: [key(9), key(1)]).get(path: "/") }
            #expect(response.status == 200)
            await #expect(throws: TransportError.invalidRequest(reason: "no key is pinned")) {
                try await blocking { try client(address, pins: []).get(path: "/") }
            }
        }
    }

    @Test func `a client without a certificate, or with one of another kind, is refused`() async throws {
        try await withServer(handler: { _ in
            Issue.record("a client without an Ed25519 key got through")
            return .text(200, "got through")
        }) { _, address in
            let output = try await blocking {
                let connect = "timeout 60 openssl s_client -connect \(address) -ign_eof"
                let get = "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'"
                let file = "/tmp/stoep-p256-\(getpid()).pem"
                return (
                    none: try run("\(get) | \(connect)"),
                    old: try run("\(get) | \(connect) -tls1_2"),
                    p256: try run(
                        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x "
                            + "-keyout \(file) -out \(file).crt; "
                            + "\(get) | \(connect) -cert \(file).crt -key \(file); rm -f \(file) \(file).crt")
                )
            }
            #expect(output.none.contains("certificate required"))
            #expect(output.old.contains("alert protocol version"))
            #expect(output.p256.contains("alert") || output.p256.contains("no suitable signature"))
            for text in [output.none, output.old, output.p256] { #expect(!text.contains("got through")) }
        }
    }

    @Test func `the server's own certificate is the one of its key, under TLS 1-3 without tickets`() async throws {
        try await withServer { _, address in
            let output = try await blocking {
                try run("timeout 60 openssl s_client -connect \(address) -showcerts </dev/null")
            }
            #expect(output.contains("TLSv1.3"))
            #expect(output.contains("CN = stoep"))
            #expect(!output.contains("New Session Ticket arrived"))
        }
    }

    @Test func `nobody listening is offline, something else listening is not`() async throws {
        var freed = try NetworkAddress("127.0.0.1:0")
        try await withServer { _, address in freed = address }
        let address = freed
        let offline = await #expect(throws: TransportError.self) {
            try await blocking { try client(address).get(path: "/") }
        }
        #expect(offline?.isOffline == true)
        guard case .unreachable = offline else {
            Issue.record("expected unreachable, got \(String(describing: offline))")
            return
        }
        let nameless = await #expect(throws: TransportError.self) {
            try await blocking { try client(try NetworkAddress("no-such-host.invalid:1")).get(path: "/") }
        }
        #expect(nameless?.isOffline == true)
    }

    @Test func `bytes that are no TLS end the connection and harm nobody else`() async throws {
        try await withServer { server, address in
            let statuses = try await blocking {
                let steady = client(address)
                return try (0..<40).map { round -> Int in
                    let junk = round % 2 == 0 ? SystemRandom.bytes(round * 50) : Array("GET / HTTP/1.1\r\n\r\n".utf8)
                    // The head of a handshake record now and then, so that OpenSSL waits for the rest.
                    try sendJunk(to: address.port, round % 3 == 0 ? [22, 3, 1, 0x20, 0] + junk : junk)
                    return try steady.get(path: "/").status
                }
            }
            #expect(statuses.allSatisfy { $0 == 200 })
        }
    }

    @Test func `a colleague on IPv6 is served too`() async throws {
        let server = HTTPServer()
        server.setHandler(echo)
        let address: NetworkAddress
        do {
            address = try await server.listen(address: try NetworkAddress("[::1]:0"), identity: key(1))
        } catch ListenError.system(_, _, EADDRNOTAVAIL), ListenError.system(_, _, EAFNOSUPPORT) {
            return
        }
        #expect(address.host == "::1" && address.port != 0)
        let response = try await blocking { try client(address).get(path: "/") }
        #expect(response.status == 200)
        await server.stop(graceSeconds: 0)
    }
}

/// Connects, writes, and hangs up.
private func sendJunk(to port: UInt16, _ bytes: [UInt8]) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(code == 0)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
}
