import StoepModel
import StoepWire

// What all administrative messages are made of.
extension CBORWriter {
    /// The head of every administrative message: version and kind, with so many items behind.
    mutating func begin(_ kind: String, _ items: Int) {
        array(2 + items)
        unsigned(1)
        text(kind)
    }

    mutating func texts(_ texts: [String]) {
        array(texts.count)
        for one in texts { text(one) }
    }
}

extension CBORReader {
    mutating func begin() throws(WireError) -> (kind: String, items: Int, start: Int) {
        let start = offset
        let count = try array("message", atMost: Limits.nesting)
        let at = offset
        let version = try unsigned("version")
        guard version == 1 else { throw .unknownVersion(version, at: at) }
        let kind = try text("kind", atMost: Limits.shortTextBytes)
        return (kind, count - 2, start)
    }

    mutating func texts(_ what: String) throws(WireError) -> [String] {
        var out: [String] = []
        for _ in 0..<(try array(what, atMost: Limits.logs)) {
            out.append(try text(what, atMost: Limits.shortTextBytes))
        }
        return out
    }

    mutating func count() throws(WireError) -> Int {
        Int(truncatingIfNeeded: try unsigned("count", atMost: Limits.counter))
    }

    mutating func time() throws(WireError) -> Timestamp {
        Timestamp(milliseconds: try unsigned("time", atMost: Limits.timestamp))
    }

    mutating func knownRole() throws(WireError) -> Role {
        let start = offset
        guard let role = Role(rawValue: try signed("role")) else { throw .malformed("role", at: start) }
        return role
    }

    /// A text that may be absent; absent is the empty one.
    mutating func textIfAny(_ what: String) throws(WireError) -> String? {
        let text = try text(what, atMost: Limits.shortTextBytes)
        return text.isEmpty ? nil : text
    }

    /// A log, or none for all of them.
    mutating func logIfAny() throws(WireError) -> LogID? {
        let start = offset
        guard let text = try textIfAny("log") else { return nil }
        guard let log = LogID(parsing: text) else { throw .malformed("log", at: start) }
        return log
    }

    mutating func logNamed() throws(WireError) -> LogID {
        let start = offset
        guard let log = try logIfAny() else { throw .malformed("log", at: start) }
        return log
    }
}
