/// Why a text is not the JSON that we read, and where.
package struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        case unexpectedEnd, unexpectedByte, trailingBytes, tooDeep, tooLarge, notUTF8
        case controlInString, badEscape, loneSurrogate, badNumber, notWhole, duplicateKey
    }

    package let reason: Reason
    /// In bytes from the beginning.
    package let offset: Int

    package var description: String { "JSON: \(reason) at byte \(offset)" }
}

extension JSON {
    package struct Limits: Sendable {
        package var bytes = 16 << 20
        package var depth = 64
        /// Whether a number with a fraction or an exponent is read, as the text that it is written as.
        package var readsFractionsAsText = false
        package init() {}
    }

    /// Reads one value, strictly as RFC 8259 has it: no comments, no trailing commas, no duplicate keys, no
    /// lone surrogates; and no fractions, because this tree has none, unless they are asked for as text.
    package static func parse(_ text: [UInt8], limits: Limits = Limits()) throws(JSONFault) -> JSON {
        guard text.count <= limits.bytes else { throw JSONFault(reason: .tooLarge, offset: limits.bytes) }
        guard String(validating: text, as: UTF8.self) != nil else { throw JSONFault(reason: .notUTF8, offset: 0) }
        var reader = Reader(bytes: text, depthLeft: limits.depth, readsFractions: limits.readsFractionsAsText)
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.position == text.count else { throw reader.fault(.trailingBytes) }
        return value
    }

    package static func parse(_ text: String, limits: Limits = Limits()) throws(JSONFault) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }
}

private struct Reader {
    let bytes: [UInt8]
    var depthLeft: Int
    let readsFractions: Bool
    var position = 0

    func fault(_ reason: JSONFault.Reason) -> JSONFault { JSONFault(reason: reason, offset: position) }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    mutating func take(_ expected: Unicode.Scalar) throws(JSONFault) {
        guard let byte = next else { throw fault(.unexpectedEnd) }
        guard byte == UInt8(ascii: expected) else { throw fault(.unexpectedByte) }
        position += 1
    }

    mutating func takes(_ wanted: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: wanted) else { return false }
        position += 1
        return true
    }

    mutating func value() throws(JSONFault) -> JSON {
        skipBlanks()
        guard let byte = next else { throw fault(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONFault) in try reader.object() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONFault) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault(.unexpectedByte)
        }
    }

    private mutating func nested(
        _ read: (inout Reader) throws(JSONFault) -> JSON
    ) throws(JSONFault) -> JSON {
        guard depthLeft > 0 else { throw fault(.tooDeep) }
        depthLeft -= 1
        defer { depthLeft += 1 }
        return try read(&self)
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONFault) -> JSON {
        for scalar in word.unicodeScalars { try take(scalar) }
        return value
    }

    private mutating func array() throws(JSONFault) -> JSON {
        try take("[")
        skipBlanks()
        if takes("]") { return .array([]) }
        var elements: [JSON] = []
        while true {
            elements.append(try value())
            skipBlanks()
            if takes("]") { return .array(elements) }
            try take(",")
        }
    }

    private mutating func object() throws(JSONFault) -> JSON {
        try take("{")
        skipBlanks()
        if takes("}") { return .object([]) }
        var members: [JSON.Member] = []
        var seen: Set<[UInt8]> = []
        while true {
            skipBlanks()
            let start = position
            let key = try string()
            guard seen.insert(Array(key.utf8)).inserted else {
                throw JSONFault(reason: .duplicateKey, offset: start)
            }
            skipBlanks()
            try take(":")
            members.append(JSON.Member(key, try value()))
            skipBlanks()
            if takes("}") { return .object(members) }
            try take(",")
        }
    }

    private mutating func number() throws(JSONFault) -> JSON {
        let start = position
        let isNegative = takes("-")
        let digits = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        let count = position - digits
        guard count > 0, count == 1 || bytes[digits] != UInt8(ascii: "0") else { throw fault(.badNumber) }
        if let byte = next, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            guard readsFractions else { throw fault(.notWhole) }
            return .string(try fraction(from: start))
        }
        // "-0" is a number that no whole number prints as.
        guard !(isNegative && bytes[digits] == UInt8(ascii: "0")),
            let value = Int128(String(decoding: bytes[start..<position], as: UTF8.self))
        else { throw JSONFault(reason: .badNumber, offset: start) }
        return .int(value)
    }

    /// The rest of a number that is not whole, with its beginning.
    private mutating func fraction(from start: Int) throws(JSONFault) -> String {
        if takes(".") { try digits() }
        if takes("e") || takes("E") {
            if !takes("+") { _ = takes("-") }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fault(.badNumber) }
    }

    private mutating func string() throws(JSONFault) -> String {
        try take("\"")
        var text: [UInt8] = []
        while true {
            guard let byte = next else { throw fault(.unexpectedEnd) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                text += Unicode.UTF8.encode(try escaped())!
            case 0..<0x20: throw fault(.controlInString)
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func escaped() throws(JSONFault) -> Unicode.Scalar {
        guard let byte = next else { throw fault(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default:
            position -= 1
            throw fault(.badEscape)
        }
    }

    /// After `\u`: one unit, or a pair of surrogates. Half a pair is no character and is refused.
    private mutating func escapedScalar() throws(JSONFault) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, takes("\\"), takes("u") else { throw fault(.loneSurrogate) }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault(.loneSurrogate) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw fault(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault(.badEscape) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
