import StoepModel
import StoepWire

extension Vectors {
    /// The deterministic profile, an item a case.
    static func items() -> [Vector] {
        let deep = [UInt8](repeating: 0x81, count: Limits.nesting)
        let table: [(String, String, String, String)] = [
            ("unsigned-0", "00", Vector.success, "the smallest number"),
            ("unsigned-23", "17", Vector.success, "the last number in one byte"),
            ("unsigned-24", "1818", Vector.success, "the first number in two bytes"),
            ("unsigned-65536", "1a00010000", Vector.success, "the first number in five bytes"),
            ("unsigned-max", "1bffffffffffffffff", Vector.success, "2⁶⁴ − 1"),
            ("negative-1", "20", Vector.success, "minus one"),
            ("negative-min", "3bffffffffffffffff", Vector.success, "−2⁶⁴"),
            ("bytes-empty", "40", Vector.success, "no bytes"),
            ("text-umlaut", "62c3bc", Vector.success, "ü"),
            ("text-two-forms", "8262c3a96365cc81", Vector.success, "é in both normal forms: they stay two texts"),
            ("array-empty", "80", Vector.success, "an empty array"),
            ("null", "f6", Vector.success, "null"),
            ("nested-to-the-limit", Hex.encode(deep.dropLast() + [0x80]), Vector.success, "as deep as may be"),
            ("longer-head-1", "1817", "not-deterministic", "23 in two bytes"),
            ("longer-head-2", "190018", "not-deterministic", "24 in three bytes"),
            ("longer-head-4", "1a00000100", "not-deterministic", "256 in five bytes"),
            ("longer-head-8", "1b0000000000010000", "not-deterministic", "65536 in nine bytes"),
            ("longer-length", "580161", "not-deterministic", "the length of a byte string in two bytes"),
            ("indefinite-bytes", "5f4101ff", "not-deterministic", "a byte string of indefinite length"),
            ("indefinite-array", "9fff", "not-deterministic", "an array of indefinite length"),
            ("half-float", "f93c00", "not-in-profile", "1.0 as a float"),
            ("double-float", "fb3ff199999999999a", "not-in-profile", "1.1 as a float"),
            ("tag", "c074323031332d30332d32315432303a30343a30305a", "not-in-profile", "a tagged date"),
            ("map", "a10102", "not-in-profile", "a map"),
            ("empty-map", "a0", "not-in-profile", "the empty map, outside a COSE header"),
            ("undefined", "f7", "not-in-profile", "undefined"),
            ("simple-255", "f8ff", "not-in-profile", "an unassigned simple value"),
            ("reserved-info", "1c", "malformed", "additional information 28"),
            ("cut-head", "19", "truncated", "the head itself is cut"),
            ("cut-bytes", "4261", "truncated", "a byte string lacks a byte"),
            ("cut-array", "8201", "truncated", "an array lacks an item"),
            ("nothing", "", "truncated", "no bytes at all"),
            ("behind", "0000", "trailing-bytes", "an item behind the item"),
            ("not-utf8", "61ff", "not-text", "a text that is not UTF-8"),
            ("surrogate", "63eda080", "not-text", "a surrogate in a text"),
            ("overlong", "62c080", "not-text", "NUL in two bytes"),
            ("too-deep", Hex.encode(deep + [0x80]), "too-deep", "one array deeper than may be"),
            ("length-beyond-limit", "5a00500001", "too-large", "a byte string longer than any may be"),
        ]
        return table.map { Vector("item-" + $0.0, .item, $0.2, $0.3, content: $0.1) }
    }
}
