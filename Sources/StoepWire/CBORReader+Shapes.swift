import StoepModel

/// Shapes that occur in more than one message.
extension CBORReader {
    /// An array that begins with version 1. The version is looked at before the shape, because a later version may
    /// have another.
    mutating func versioned(_ what: String, _ counts: ClosedRange<Int>) throws(WireError) -> Int {
        let start = offset
        let count = try array(what, atMost: Limits.frontierEntries)
        guard count > 0 else { throw .malformed(what, at: start) }
        let at = offset
        let version = try unsigned("version")
        guard version == 1 else { throw .unknownVersion(version, at: at) }
        guard counts.contains(count) else { throw .malformed(what, at: start) }
        return count
    }

    /// The head of an array whose first item is a small number that says which shape it has.
    mutating func variant(_ what: String) throws(WireError) -> (kind: UInt64, count: Int, start: Int) {
        let start = offset
        let count = try array(what, atMost: Limits.nesting)
        guard count > 0 else { throw .malformed(what, at: start) }
        return (try unsigned(what), count, start)
    }

    package mutating func bytes16(_ what: String) throws(WireError) -> Bytes16 {
        let range = try exactly(16, what)
        return Bytes16(high: word(at: range.lowerBound), low: word(at: range.lowerBound + 8))
    }

    package mutating func bytes32(_ what: String) throws(WireError) -> Bytes32 {
        let range = try exactly(32, what)
        guard let raw = Bytes32(slice(range)) else { throw .malformed(what, at: range.lowerBound) }
        return raw
    }

    /// The first eight bytes of a hash.
    mutating func check(_ what: String) throws(WireError) -> UInt64 {
        word(at: try exactly(8, what).lowerBound)
    }

    /// By which an answer is known to be that to a request.
    mutating func nonce() throws(WireError) -> UInt64 {
        word(at: try exactly(8, "nonce").lowerBound)
    }

    mutating func exactly(_ count: Int, _ what: String) throws(WireError) -> Range<Int> {
        let start = offset
        let range = try byteRange(what, atMost: Limits.messageBytes)
        guard range.count == count else { throw .malformed(what, at: start) }
        return range
    }

    /// A sequence number: 1 and up.
    mutating func seq() throws(WireError) -> UInt64 {
        let start = offset
        let seq = try unsigned("seq", atMost: Limits.counter)
        guard seq > 0 else { throw .malformed("seq", at: start) }
        return seq
    }

    mutating func timestamp() throws(WireError) -> Timestamp {
        Timestamp(milliseconds: try unsigned("time", atMost: Limits.timestamp))
    }

    /// Passes over one item of any kind in this profile. `depth` is how many arrays enclose it already.
    package mutating func skip(depth: Int, checkingText: Bool = true) throws(WireError) {
        let head = try head()
        switch head.kind {
        case .unsigned, .negative, .bool, .null: break
        case .bytes: _ = try content(head, "bytes", atMost: Limits.payloadBytes)
        case .text where checkingText: _ = try text(head, "text", atMost: Limits.payloadBytes)
        case .text: _ = try content(head, "text", atMost: Limits.payloadBytes)
        case .map: throw .notInProfile("map", at: head.start)
        case .array:
            guard depth < Limits.nesting else { throw .tooDeep(at: head.start) }
            for _ in 0..<(try count(head, "array", atMost: Limits.payloadBytes)) {
                try skip(depth: depth + 1, checkingText: checkingText)
            }
        }
    }
}
