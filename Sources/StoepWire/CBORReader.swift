import StoepModel

/// Reads deterministically encoded CBOR (RFC 8949 §4.2.1) off the front of bytes from outside, and nothing else:
/// no longer head than needed, no indefinite length, no float, no tag, no map but the empty one. It never traps;
/// what a length claims is held against its bound and against the bytes that are there before anything is allocated.
package struct CBORReader: Sendable {
    private let bytes: [UInt8]
    private let end: Int
    /// Where the next item begins.
    package private(set) var offset: Int

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
        offset = 0
    }

    package var isAtEnd: Bool { offset == end }

    // MARK: Heads

    /// What an item is: its major type, the two that follow apart.
    enum Kind: UInt8 {
        case unsigned, negative, bytes, text, array, map, bool, null

        var name: String {
            switch self {
            case .unsigned: "unsigned"
            case .negative: "negative"
            case .bytes: "bytes"
            case .text: "text"
            case .array: "array"
            case .map: "map"
            case .bool: "bool"
            case .null: "null"
            }
        }
    }

    struct Head {
        let kind: Kind
        let argument: UInt64
        let start: Int
    }

    /// RFC 8949 §3, §4.2.1. Most heads are one byte, and of those a payload has five for each of its operations: they are
    /// read where they are wanted, all others elsewhere.
    @inline(__always)
    mutating func head() throws(WireError) -> Head {
        let start = offset
        guard start < end else { throw .truncated(at: start) }
        let initial = bytes[start]
        guard initial & 0x1f < 24, let kind = Kind(rawValue: initial >> 5), kind.rawValue <= Kind.map.rawValue else {
            return try longHead(initial)
        }
        offset = start + 1
        return Head(kind: kind, argument: UInt64(initial & 0x1f), start: start)
    }

    @inline(never)
    private mutating func longHead(_ initial: UInt8) throws(WireError) -> Head {
        let start = offset
        offset += 1
        let info = initial & 0x1f
        if initial >> 5 == 7 { return try simple(info, start) }
        let argument = try argument(info, start)
        guard let kind = Kind(rawValue: initial >> 5), kind.rawValue <= Kind.map.rawValue else {
            throw .notInProfile("tag", at: start)
        }
        return Head(kind: kind, argument: argument, start: start)
    }

    private mutating func argument(_ info: UInt8, _ start: Int) throws(WireError) -> UInt64 {
        if info < 24 { return UInt64(info) }
        guard info < 28 else {
            if info == 31 { throw .notDeterministic(at: start) }
            throw .malformed("additional information", at: start)
        }
        let width = 1 << Int(info - 24)
        guard end - offset >= width else { throw .truncated(at: start) }
        var value: UInt64 = 0
        for index in offset..<offset + width { value = value << 8 | UInt64(bytes[index]) }
        offset += width
        // The least value that needs this width: 24, then 2⁸, 2¹⁶, 2³².
        let least: UInt64 = info == 24 ? 24 : 1 << UInt64(4 * width)
        guard value >= least else { throw .notDeterministic(at: start) }
        return value
    }

    private mutating func simple(_ info: UInt8, _ start: Int) throws(WireError) -> Head {
        switch info {
        case 20: return Head(kind: .bool, argument: 0, start: start)
        case 21: return Head(kind: .bool, argument: 1, start: start)
        case 22: return Head(kind: .null, argument: 0, start: start)
        case 25...27: throw .notInProfile("float", at: start)
        case 31: throw .notDeterministic(at: start)
        case 28...30: throw .malformed("additional information", at: start)
        default: throw .notInProfile("simple value", at: start)
        }
    }

    @inline(__always)
    private mutating func head(_ kind: Kind) throws(WireError) -> Head {
        let head = try head()
        guard head.kind == kind else { throw .wrongType(expected: kind.name, at: head.start) }
        return head
    }

    // MARK: Items

    package mutating func unsigned(_ what: String, atMost bound: UInt64 = .max) throws(WireError) -> UInt64 {
        let head = try head(.unsigned)
        guard head.argument <= bound else { throw .tooLarge(what, at: head.start) }
        return head.argument
    }

    package mutating func unsigned32(_ what: String) throws(WireError) -> UInt32 {
        UInt32(truncatingIfNeeded: try unsigned(what, atMost: UInt64(UInt32.max)))
    }

    package mutating func signed(_ what: String) throws(WireError) -> Int64 {
        let head = try head()
        guard head.kind == .unsigned || head.kind == .negative else {
            throw .wrongType(expected: "integer", at: head.start)
        }
        guard let magnitude = Int64(exactly: head.argument) else { throw .tooLarge(what, at: head.start) }
        return head.kind == .unsigned ? magnitude : ~magnitude
    }

    package mutating func bool(_ what: String) throws(WireError) -> Bool {
        try head(.bool).argument == 1
    }

    /// Takes a null if that is what comes next.
    package mutating func null() -> Bool {
        guard offset < end, bytes[offset] == 0xf6 else { return false }
        offset += 1
        return true
    }

    package mutating func emptyMap(_ what: String) throws(WireError) {
        let head = try head(.map)
        guard head.argument == 0 else { throw .notInProfile("map", at: head.start) }
    }

    /// UTF-8 is checked (RFC 8949 §3.1); the text is otherwise as it came, never normalized.
    package mutating func text(_ what: String, atMost bound: Int) throws(WireError) -> String {
        let head = try head(.text)
        return try text(head, what, atMost: bound)
    }

    /// All that is read from.
    var source: [UInt8] { bytes }

    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    mutating func text(_ head: Head, _ what: String, atMost bound: Int) throws(WireError) -> String {
        let range = try content(head, what, atMost: bound)
        guard let text = try? UTF8Span(validating: bytes.span.extracting(range)) else {
            throw .notText(at: head.start)
        }
        return String(copying: text)
    }

    package mutating func bytes(_ what: String, atMost bound: Int) throws(WireError) -> [UInt8] {
        Array(bytes[try byteRange(what, atMost: bound)])
    }

    /// Where the content of a byte string stands, for those who copy it later.
    mutating func byteRange(_ what: String, atMost bound: Int) throws(WireError) -> Range<Int> {
        try content(try head(.bytes), what, atMost: bound)
    }

    /// The head of an array of at most `bound` items. Each takes a byte at least, so more than there are bytes left
    /// is refused here and a count may be reserved for.
    package mutating func array(_ what: String, atMost bound: Int) throws(WireError) -> Int {
        try count(try head(.array), what, atMost: bound)
    }

    package mutating func array(_ what: String, exactly count: Int) throws(WireError) {
        let head = try head(.array)
        guard head.argument == UInt64(count) else { throw .malformed(what, at: head.start) }
    }

    mutating func count(_ head: Head, _ what: String, atMost bound: Int) throws(WireError) -> Int {
        guard head.argument <= UInt64(bound) else { throw .tooLarge(what, at: head.start) }
        guard head.argument <= UInt64(end - offset) else { throw .truncated(at: head.start) }
        return Int(head.argument)
    }

    /// Nothing may follow what was read.
    package func finish() throws(WireError) {
        guard offset == end else { throw .trailingBytes(at: offset) }
    }

    /// The content of a byte or text string, whose length has been held against the bound and the bytes there are.
    mutating func content(_ head: Head, _ what: String, atMost bound: Int) throws(WireError) -> Range<Int> {
        guard head.argument <= UInt64(bound) else { throw .tooLarge(what, at: head.start) }
        guard head.argument <= UInt64(end - offset) else { throw .truncated(at: head.start) }
        let range = offset..<offset + Int(head.argument)
        offset = range.upperBound
        return range
    }

    /// Two ranges that were checked, one after the other.
    func joined(_ front: Range<Int>, _ back: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(front.count + back.count)
        out.append(contentsOf: bytes[front])
        out.append(contentsOf: bytes[back])
        return out
    }

    /// Eight bytes of a range that was checked, as a number.
    func word(at index: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in index..<index + 8 { word = word << 8 | UInt64(bytes[index]) }
        return word
    }
}

extension CBORReader {
    /// A text, and how many scalars it has.
    mutating func countedText(_ what: String, atMost bound: Int) throws(WireError) -> (text: String, scalars: Int) {
        let head = try head(.text)
        let range = try content(head, what, atMost: bound)
        guard let text = try? UTF8Span(validating: bytes.span.extracting(range)) else {
            throw .notText(at: head.start)
        }
        if text.isKnownASCII { return (String(copying: text), range.count) }
        // Each scalar has one byte that continues none.
        var continuing = 0
        for byte in bytes[range] { continuing &+= byte & 0xc0 == 0x80 ? 1 : 0 }
        return (String(copying: text), range.count - continuing)
    }
}
