import Testing

@testable import StoepTransport

@Suite struct RequestParserTests {
    static let good: [(wire: String, method: String, target: String, body: String)] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", ""),
        ("GET /a/b?c=d&e=%2f HTTP/1.1\r\nhost:a\r\n\r\n", "GET", "/a/b?c=d&e=%2f", ""),
        ("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "POST", "/p", "hello"),
        ("POST /p HTTP/1.1\r\nHost: a\r\ncontent-length:\t 005 \r\n\r\nhello", "POST", "/p", "hello"),
        ("PUT /p HTTP/1.1\r\nHost: \r\nContent-Length: 0\r\n\r\n", "PUT", "/p", ""),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n\r\n\r\n\r\n\r\n", "POST", "/", "\r\n\r\n\r\n\r\n"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \r\nY:a:b \t\r\n\r\n", "GET", "/", ""),
    ]

    @Test(arguments: good.indices)
    func `a good request is read alike, whole or byte by byte`(index: Int) throws {
        let example = Self.good[index]
        for step in [1, 2, 3, 7, 1000] {
            var parser = RequestParser(limits: .init())
            let requests = try parser.feed(Array(example.wire.utf8), step: step)
            #expect(requests.map(\.head.method) == [example.method])
            #expect(requests.map(\.head.target) == [example.target])
            #expect(requests.map(\.body) == [Array(example.body.utf8)])
            #expect(parser.isBetweenRequests)
        }
    }

    static let hostile: [(wire: String, status: Int)] = [
        // Where one request ends and the next begins must never be in doubt.
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400),
        ("GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\u{0}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: é\r\n\r\n", 400),
        // Sizes.
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999999\r\n\r\n", 413),
        ("GET /" + String(repeating: "a", count: 2000), 431),
        ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 30) + "\r\n", 431),
        // Request lines.
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\r\nHost: a\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET / x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (" / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/2\r\nHost: a\r\n\r\n", 505),
        ("GET / ICAP/1.1\r\nHost: a\r\n\r\n", 400),
        // Fields.
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 200-ok\r\n\r\n", 417),
        // A TLS handshake that went to a plain socket.
        ("\u{16}\u{3}\u{1}\u{2}", 400),
    ]

    @Test(arguments: hostile.indices)
    func `a hostile request is refused alike, whole or byte by byte`(index: Int) {
        let example = Self.hostile[index]
        for step in [1, 5, 4000] {
            var parser = RequestParser(limits: .init(headerBytes: 1000, headerFields: 20, bodyBytes: 100))
            let refusal = #expect(throws: HTTPRefusal.self) {
                try parser.feed(Array(example.wire.utf8), step: step)
            }
            #expect(refusal?.status == example.status, "\(refusal?.reason ?? "") for \(example.wire.debugDescription)")
        }
    }

    @Test func `requests sent in one go come out one by one`() throws {
        let wire = Self.good.map(\.wire).joined()
        for step in [1, 13, 10_000] {
            var parser = RequestParser(limits: .init())
            #expect(try parser.feed(Array(wire.utf8), step: step).map(\.body) == Self.good.map { Array($0.body.utf8) })
        }
    }

    @Test func `a client that waits with its body is told once to go on`() throws {
        var parser = RequestParser(limits: .init())
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
        #expect(try parser.feed(Array(head.utf8), step: 1000).isEmpty)
        let told = (parser.takeOwedContinue(), parser.takeOwedContinue())
        #expect(told == (true, false))
        #expect(try parser.feed(Array("ab".utf8), step: 1).count == 1)
    }

    @Test func `the wish to close is seen in any spelling`() throws {
        for (value, closes) in [("close", true), ("Keep-Alive, CLOSE ", true), ("keep-alive", false), ("closed", false)] {
            var parser = RequestParser(limits: .init())
            let wire = "GET / HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n"
            #expect(try parser.feed(Array(wire.utf8), step: 1000).first?.head.wantsClose == closes)
        }
    }

    @Test func `bent requests are read or refused, never trapped on`() {
        var generator = Seeded(seed: 7)
        for _ in 0..<3000 {
            var wire = Array((Self.good.randomElement(using: &generator)?.wire ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<wire.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: wire[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: wire.insert(contentsOf: [13, 10, 58, 32].shuffled(using: &generator).prefix(2), at: position)
                default: wire.remove(at: position)
                }
                if wire.isEmpty { wire = [0] }
            }
            let outcomes = [1, 3, 1000].map { step -> String in
                var parser = RequestParser(limits: .init(headerBytes: 200, bodyBytes: 100))
                do throws(HTTPRefusal) {
                    return try parser.feed(wire, step: step).map { "\($0.head.target) \($0.body)" }.joined()
                } catch {
                    return "\(error.status)"
                }
            }
            #expect(Set(outcomes).count == 1, "depends on how \(wire) is cut")
        }
    }
}

extension RequestParser {
    /// Everything that comes out when `bytes` arrive `step` at a time.
    mutating func feed(_ bytes: [UInt8], step: Int) throws(HTTPRefusal) -> [ParsedRequest] {
        var requests: [ParsedRequest] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { append($0) }
            while let request = try next() { requests.append(request) }
        }
        return requests
    }
}

/// SplitMix64, so that a failing run can be run again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
