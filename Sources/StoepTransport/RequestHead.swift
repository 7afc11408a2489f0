/// The request line and the header fields.
struct RequestHead: Equatable {
    let method: String
    let target: String
    let headers: [HTTPHeaders.Field]

    /// - Parameter lines: ranges of `bytes`, without the ends of line; at least one.
    init(_ bytes: [UInt8], lines: [Range<Int>]) throws(HTTPRefusal) {
        guard let first = lines.first else { throw .malformed("no request line") }
        (method, target) = try Self.requestLine(bytes[first])
        var headers: [HTTPHeaders.Field] = []
        headers.reserveCapacity(lines.count - 1)
        for line in lines.dropFirst() { headers.append(try Self.field(bytes[line])) }
        self.headers = headers
        guard all("host").count == 1 else { throw .malformed("a request names its host exactly once") }
    }

    /// Whether the client wants the connection closed after the response.
    var wantsClose: Bool {
        all("connection").contains { value in
            value.split(separator: ",").contains { $0.trimmingSpaces.lowercased() == "close" }
        }
    }

    /// The length of the body. Only Content-Length states one: chunks would be a second way to say where a
    /// request ends, and two ways are what request smuggling lives on.
    func bodyLength(limit: Int) throws(HTTPRefusal) -> Int {
        let lengths = all("content-length")
        if let coding = all("transfer-encoding").first {
            guard lengths.isEmpty else { throw .malformed("both Content-Length and Transfer-Encoding") }
            guard coding.lowercased() == "chunked" else {
                throw HTTPRefusal(status: 501, reason: "transfer codings are not supported")
            }
            throw HTTPRefusal(status: 411, reason: "send a Content-Length instead of chunks")
        }
        guard let text = lengths.first else { return 0 }
        guard lengths.count == 1 else { throw .malformed("more than one Content-Length") }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw .malformed("a Content-Length that is no number")
        }
        // A number beyond an Int is not malformed, only far too large.
        guard let length = Int(text), length <= limit else {
            throw HTTPRefusal(status: 413, reason: "the body is larger than \(limit) bytes")
        }
        return length
    }

    /// Whether the client waits for `100 Continue` before it sends the body.
    func expectsContinue() throws(HTTPRefusal) -> Bool {
        let expectations = all("expect")
        guard let expectation = expectations.first else { return false }
        guard expectations.count == 1, expectation.lowercased() == "100-continue" else {
            throw HTTPRefusal(status: 417, reason: "the only expectation understood is 100-continue")
        }
        return true
    }

    private func all(_ name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }

    private static func requestLine(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPRefusal) -> (method: String, target: String) {
        let parts = line.split(separator: .space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let method = parts.first, let version = parts.last else {
            throw .malformed("a request line is METHOD TARGET VERSION")
        }
        let target = parts[1]
        guard (1...16).contains(method.count), method.allSatisfy(isTokenByte) else {
            throw .malformed("a method that is no token")
        }
        guard version.elementsEqual("HTTP/1.1".utf8) else {
            guard version.starts(with: "HTTP/".utf8) else { throw .malformed("a version that is no HTTP version") }
            throw HTTPRefusal(status: 505, reason: "only HTTP/1.1 is spoken here")
        }
        guard target.first == UInt8(ascii: "/"),
            target.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") })
        else { throw .malformed("a target that does not begin with /") }
        return (String(decoding: method, as: UTF8.self), String(decoding: target, as: UTF8.self))
    }

    private static func field(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPHeaders.Field {
        guard line.first != .space, line.first != .tab else {
            throw .malformed("a header field continued on the next line")
        }
        guard let colon = line.firstIndex(of: .colon) else { throw .malformed("a header field without a colon") }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(isTokenByte) else {
            throw .malformed("a header name that is no token")
        }
        let value = line[colon...].dropFirst().trimmingSpaces
        return HTTPHeaders.Field(
            name: String(decoding: name.map(lowerCased), as: UTF8.self),
            value: String(decoding: value, as: UTF8.self))
    }

    /// RFC 9110 §5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func lowerCased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension ArraySlice<UInt8> {
    /// Without spaces and tabs at either end.
    fileprivate var trimmingSpaces: Self {
        let start = drop { $0 == .space || $0 == .tab }
        guard let last = start.lastIndex(where: { $0 != .space && $0 != .tab }) else { return start.prefix(0) }
        return start[...last]
    }
}

extension Substring {
    /// Without spaces and tabs at either end.
    fileprivate var trimmingSpaces: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
