import StoepModel
import Testing

@testable import StoepWire

/// What becomes of an example: it is an item of this profile and reads as the RFC writes it, or it breaks a rule.
private enum Outcome {
    case item
    case refused(String)

    static let float = refused("not-in-profile")
    static let tag = refused("not-in-profile")
    static let simple = refused("not-in-profile")
    /// Of maps only the empty one occurs, and that only in the header of a signature, where it is read as such.
    static let map = refused("not-in-profile")
    static let indefinite = refused("not-deterministic")
}

/// Every row of RFC 8949, appendix A, in its order: diagnostic notation, bytes.
private let examples: [(notation: String, hex: String, outcome: Outcome)] = [
    ("0", "00", .item),
    ("1", "01", .item),
    ("10", "0a", .item),
    ("23", "17", .item),
    ("24", "1818", .item),
    ("25", "1819", .item),
    ("100", "1864", .item),
    ("1000", "1903e8", .item),
    ("1000000", "1a000f4240", .item),
    ("1000000000000", "1b000000e8d4a51000", .item),
    ("18446744073709551615", "1bffffffffffffffff", .item),
    ("18446744073709551616", "c249010000000000000000", .tag),
    ("-18446744073709551616", "3bffffffffffffffff", .item),
    ("-18446744073709551617", "c349010000000000000000", .tag),
    ("-1", "20", .item),
    ("-10", "29", .item),
    ("-100", "3863", .item),
    ("-1000", "3903e7", .item),
    ("0.0", "f90000", .float),
    ("-0.0", "f98000", .float),
    ("1.0", "f93c00", .float),
    ("1.1", "fb3ff199999999999a", .float),
    ("1.5", "f93e00", .float),
    ("65504.0", "f97bff", .float),
    ("100000.0", "fa47c35000", .float),
    ("3.4028234663852886e+38", "fa7f7fffff", .float),
    ("1.0e+300", "fb7e37e43c8800759c", .float),
    ("5.960464477539063e-8", "f90001", .float),
    ("0.00006103515625", "f90400", .float),
    ("-4.0", "f9c400", .float),
    ("-4.1", "fbc010666666666666", .float),
    ("Infinity", "f97c00", .float),
    ("NaN", "f97e00", .float),
    ("-Infinity", "f9fc00", .float),
    ("Infinity", "fa7f800000", .float),
    ("NaN", "fa7fc00000", .float),
    ("-Infinity", "faff800000", .float),
    ("Infinity", "fb7ff0000000000000", .float),
    ("NaN", "fb7ff8000000000000", .float),
    ("-Infinity", "fbfff0000000000000", .float),
    ("false", "f4", .item),
    ("true", "f5", .item),
    ("null", "f6", .item),
    ("undefined", "f7", .simple),
    ("simple(16)", "f0", .simple),
    ("simple(255)", "f8ff", .simple),
    (#"0("2013-03-21T20:04:00Z")"#, "c074323031332d30332d32315432303a30343a30305a", .tag),
    ("1(1363896240)", "c11a514b67b0", .tag),
    ("1(1363896240.5)", "c1fb41d452d9e8200000", .tag),
    ("23(h'01020304')", "d74401020304", .tag),
    ("24(h'6449455446')", "d818456449455446", .tag),
    (#"32("http://www.example.com")"#, "d82076687474703a2f2f7777772e6578616d706c652e636f6d", .tag),
    ("h''", "40", .item),
    ("h'01020304'", "4401020304", .item),
    (#""""#, "60", .item),
    (#""a""#, "6161", .item),
    (#""IETF""#, "6449455446", .item),
    (#""\"\\""#, "62225c", .item),
    (#""\u00fc""#, "62c3bc", .item),
    (#""\u6c34""#, "63e6b0b4", .item),
    (#""\ud800\udd51""#, "64f0908591", .item),
    ("[]", "80", .item),
    ("[1, 2, 3]", "83010203", .item),
    ("[1, [2, 3], [4, 5]]", "8301820203820405", .item),
    (
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819", .item
    ),
    ("{}", "a0", .map),
    ("{1: 2, 3: 4}", "a201020304", .map),
    (#"{"a": 1, "b": [2, 3]}"#, "a26161016162820203", .map),
    (#"["a", {"b": "c"}]"#, "826161a161626163", .map),
    (#"{"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}"#, "a56161614161626142616361436164614461656145", .map),
    ("(_ h'0102', h'030405')", "5f42010243030405ff", .indefinite),
    (#"(_ "strea", "ming")"#, "7f657374726561646d696e67ff", .indefinite),
    ("[_ ]", "9fff", .indefinite),
    ("[_ 1, [2, 3], [_ 4, 5]]", "9f018202039f0405ffff", .indefinite),
    ("[_ 1, [2, 3], [4, 5]]", "9f01820203820405ff", .indefinite),
    ("[1, [2, 3], [_ 4, 5]]", "83018202039f0405ff", .indefinite),
    ("[1, [_ 2, 3], [4, 5]]", "83019f0203ff820405", .indefinite),
    (
        "[_ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]",
        "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", .indefinite
    ),
    (#"{_ "a": 1, "b": [_ 2, 3]}"#, "bf61610161629f0203ffff", .indefinite),
    (#"["a", {_ "b": "c"}]"#, "826161bf61626163ff", .indefinite),
    (#"{_ "Fun": true, "Amt": -2}"#, "bf6346756ef563416d7421ff", .indefinite),
]

extension CBORReader {
    /// One item of any kind, in the RFC's diagnostic notation (§8), texts with its escapes.
    fileprivate mutating func notation() throws(WireError) -> String {
        let head = try head()
        switch head.kind {
        case .unsigned: return "\(head.argument)"
        case .negative:
            // −1 − argument: one more than 64 bits hold.
            let (magnitude, over) = head.argument.addingReportingOverflow(1)
            return over ? "-18446744073709551616" : "-\(magnitude)"
        case .bool: return head.argument == 1 ? "true" : "false"
        case .null: return "null"
        case .bytes: return "h'\(Hex.encode(slice(try content(head, "bytes", atMost: 64))))'"
        case .text: return Self.quoted(try text(head, "text", atMost: 64))
        case .map: throw .notInProfile("map", at: head.start)
        case .array:
            var items: [String] = []
            for _ in 0..<(try count(head, "array", atMost: 64)) { items.append(try notation()) }
            return "[\(items.joined(separator: ", "))]"
        }
    }

    private static func quoted(_ text: String) -> String {
        let units = text.utf16.map { unit in
            switch unit {
            case 0x22: #"\""#
            case 0x5c: #"\\"#
            case 0x20..<0x7f: String(UnicodeScalar(UInt8(unit)))
            default:
                #"\u"# + Hex.encode([UInt8(unit >> 8), UInt8(unit & 0xff)])
            }
        }
        return "\"\(units.joined())\""
    }
}

/// What the profile makes of bytes: what it passes over as an item, and how that reads; or the rule that they break.
private func read(_ hex: String) throws -> (notation: String?, rule: String?) {
    let bytes = try #require(Hex.decode(hex))
    do throws(WireError) {
        var skipping = CBORReader(bytes)
        try skipping.skip(depth: 0)
        try skipping.finish()
    } catch {
        return (nil, error.name)
    }
    var reader = CBORReader(bytes)
    let notation = try reader.notation()
    try reader.finish()
    return (notation, nil)
}

@Suite struct CBORExampleTests {
    @Test func `every example of RFC 8949 is an item of the profile or refused by the name of a rule`() throws {
        #expect(examples.count == 81)
        for example in examples {
            let came = try read(example.hex)
            switch example.outcome {
            case .item: #expect(came.notation == example.notation, "\(example.hex): \(came)")
            case .refused(let rule): #expect(came.rule == rule, "\(example.hex): \(came)")
            }
        }
    }

    @Test func `an item that no field holds is refused by the reader of a value`() throws {
        let tooLarge = ["1bffffffffffffffff", "3bffffffffffffffff"]
        for example in examples where tooLarge.contains(example.hex) {
            var reader = CBORReader(try #require(Hex.decode(example.hex)))
            #expect(throws: WireError.tooLarge("value", at: 0), "\(example.notation)") { try reader.value() }
        }
        var empty = CBORReader([0xa0])
        try empty.emptyMap("unprotected header")
        try empty.finish()
        var full = CBORReader(try #require(Hex.decode("a201020304")))
        #expect(throws: WireError.notInProfile("map", at: 0)) { try full.emptyMap("unprotected header") }
    }
}
