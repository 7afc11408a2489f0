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
                let connect = "timeout 5 openssl s_client -connect \(address) -ign_eof"
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
                try run("timeout 5 openssl s_client -connect \(address) -showcerts </dev/null")
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
}
