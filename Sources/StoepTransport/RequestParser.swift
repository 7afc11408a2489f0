/// Why a request was not understood, and the status that says so. The connection is closed after it: what
/// follows cannot be told from the rest of what was refused.
struct HTTPRefusal: Error, Equatable {
    let status: Int
    let reason: String
}

/// An HTTP/1.1 request before anybody knows who sent it.
struct ParsedRequest: Equatable {
    let head: RequestHead
    let body: [UInt8]
}

/// Requests out of bytes, in whatever pieces they come. Stricter than the RFCs ask: a proxy and we can never
/// disagree about where a request ends if everything that is doubtful is refused.
struct RequestParser {
    struct Limits: Equatable {
        /// Request line and header fields together.
        var headerBytes = 16 << 10
        var headerFields = 100
        var bodyBytes = 16 << 20
    }

    private enum State {
        case head
        case body(RequestHead, missing: Int)
    }

    private let limits: Limits
    private var state = State.head
    /// Bytes that belong to a head, or to what was sent after this request.
    private var pending: [UInt8] = []
    private var scanner = HeadScanner()
    private var body: [UInt8] = []
    private var owesContinue = false

    init(limits: Limits) {
        self.limits = limits
    }

    /// Whether no byte of a next request has come yet.
    var isBetweenRequests: Bool {
        if case .head = state { pending.isEmpty } else { false }
    }

    /// Whether the head has been read and the body is still coming.
    var isInBody: Bool {
        if case .body = state { true } else { false }
    }

    /// The bytes of the body so far.
    var bodyBytesHeld: Int { body.count }

    /// Whether the client waits to be told to go on; true once a request.
    mutating func takeOwedContinue() -> Bool {
        defer { owesContinue = false }
        return owesContinue && isInBody
    }

    /// Takes what was read. Body bytes are copied once, to where they stay.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard case .body(let head, let missing) = state, missing > 0 else {
            pending.append(contentsOf: bytes)
            return
        }
        let taken = min(missing, bytes.count)
        body.append(contentsOf: bytes.prefix(taken))
        pending.append(contentsOf: bytes.dropFirst(taken))
        state = .body(head, missing: missing - taken)
    }

    /// The next whole request, or nil until more bytes have come.
    mutating func next() throws(HTTPRefusal) -> ParsedRequest? {
        if case .head = state { try readHead() }
        guard case .body(let head, missing: 0) = state else { return nil }
        defer {
            state = .head
            body = []
        }
        return ParsedRequest(head: head, body: body)
    }

    private mutating func readHead() throws(HTTPRefusal) {
        guard let end = try scanner.scan(pending, limits: limits) else { return }
        let head = try RequestHead(pending, lines: scanner.lines)
        let length = try head.bodyLength(limit: limits.bodyBytes)
        owesContinue = try head.expectsContinue()
        let taken = min(length, pending.count - end)
        body.reserveCapacity(min(length, 64 << 10))
        body.append(contentsOf: pending[end..<(end + taken)])
        pending = Array(pending[(end + taken)...])
        scanner = HeadScanner()
        state = .body(head, missing: length - taken)
    }
}

/// Finds the lines of a head and its end, looking at each byte once however the bytes arrive.
struct HeadScanner {
    /// The lines found so far, without their ends.
    private(set) var lines: [Range<Int>] = []
    private var position = 0
    private var lineStart = 0

    /// - Returns: where the body begins, or nil if the head goes on.
    mutating func scan(_ bytes: [UInt8], limits: RequestParser.Limits) throws(HTTPRefusal) -> Int? {
        while position < bytes.count {
            guard position < limits.headerBytes else { throw .headerTooLarge }
            let byte = bytes[position]
            let followsReturn = position > lineStart && bytes[position - 1] == .carriageReturn
            position += 1
            if byte == .lineFeed {
                guard followsReturn else { throw .malformed("a line ends in a bare line feed") }
                let line = lineStart..<(position - 2)
                lineStart = position
                if line.isEmpty {
                    guard !lines.isEmpty else { throw .malformed("an empty line before the request") }
                    return position
                }
                lines.append(line)
                guard lines.count <= limits.headerFields + 1 else { throw .headerTooLarge }
            } else if followsReturn {
                throw .malformed("a carriage return inside a line")
            } else if byte != .carriageReturn, byte != .tab, !(0x20...0x7e).contains(byte) {
                throw .malformed("a byte that has no place in a header")
            }
        }
        return nil
    }
}

extension HTTPRefusal {
    static let headerTooLarge = HTTPRefusal(status: 431, reason: "the header is too large")

    static func malformed(_ reason: String) -> HTTPRefusal {
        HTTPRefusal(status: 400, reason: reason)
    }
}

extension UInt8 {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let tab = UInt8(ascii: "\t")
    static let space = UInt8(ascii: " ")
    static let colon = UInt8(ascii: ":")
}
