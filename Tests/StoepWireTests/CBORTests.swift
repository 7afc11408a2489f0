import StoepModel
import Testing

@testable import StoepWire

/// Reads one item of any kind, and nothing after it.
private func refusal(_ hex: String) -> String {
    do throws(WireError) {
        var reader = CBORReader(Hex.decode(hex)!)
        try reader.skip(depth: 0)
        try reader.finish()
        return "accepted"
    } catch {
        return error.name
    }
}

@Suite struct CBORTests {
    @Test(arguments: [
        "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000",
        "1bffffffffffffffff", "3bffffffffffffffff", "20", "29", "3863", "3903e7", "f4", "f5", "f6", "40",
        "4401020304", "60", "6161", "6449455446", "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203",
        "8301820203820405", "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    ])
    func `examples of RFC 8949 appendix A within the profile are read`(hex: String) {
        #expect(refusal(hex) == "accepted")
    }

    @Test(arguments: [
        ("not-in-profile", ["c249010000000000000000", "c349010000000000000000", "c074323031332d30332d32315432303a30343a30305a"]),
        ("not-in-profile", ["c11a514b67b0", "c1fb41d452d9e8200000", "d74401020304", "d818456449455446"]),
        ("not-in-profile", ["d82076687474703a2f2f7777772e6578616d706c652e636f6d"]),
        ("not-in-profile", ["f90000", "f98000", "f93c00", "fb3ff199999999999a", "f93e00", "f97bff", "fa47c35000"]),
        ("not-in-profile", ["fa7f7fffff", "fb7e37e43c8800759c", "f90001", "f90400", "f9c400", "fbc010666666666666"]),
        ("not-in-profile", ["f97c00", "f97e00", "f9fc00", "fa7f800000", "fa7fc00000", "faff800000"]),
        ("not-in-profile", ["fb7ff0000000000000", "fb7ff8000000000000", "fbfff0000000000000"]),
        ("not-in-profile", ["f7", "f0", "f8ff"]),
        ("not-in-profile", ["a0", "a201020304", "a26161016162820203", "826161a161626163"]),
        ("not-in-profile", ["a56161614161626142616361436164614461656145"]),
        ("not-deterministic", ["5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff"]),
        ("not-deterministic", ["9f01820203820405ff", "83018202039f0405ff", "83019f0203ff820405"]),
        ("not-deterministic", ["9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff"]),
        ("not-deterministic", ["bf61610161629f0203ffff", "826161bf61626163ff", "bf6346756ef563416d7421ff"]),
    ])
    func `examples of RFC 8949 appendix A outside the profile are refused by its rule`(
        rule: String, examples: [String]
    ) {
        for hex in examples { #expect(refusal(hex) == rule, "\(hex)") }
    }

    @Test(arguments: [
        ("", "truncated"), ("18", "truncated"), ("1900", "truncated"), ("430102", "truncated"),
        ("8201", "truncated"), ("9b7fffffffffffffff", "too-large"), ("5b7fffffffffffffff", "too-large"),
        ("9a00400000", "truncated"), ("1817", "not-deterministic"), ("1900ff", "not-deterministic"),
        ("1a0000ffff", "not-deterministic"), ("1b00000000ffffffff", "not-deterministic"),
        ("5801ff", "not-deterministic"), ("1c", "malformed"), ("fc", "malformed"), ("ff", "not-deterministic"),
        ("62c328", "not-text"), ("63eda080", "not-text"), ("62c080", "not-text"), ("0000", "trailing-bytes"),
        (String(repeating: "81", count: 16) + "00", "accepted"), (String(repeating: "81", count: 17) + "00", "too-deep"),
        (String(repeating: "81", count: 100_000), "too-deep"),
    ])
    func `every other refusal has its name`(hex: String, rule: String) {
        #expect(refusal(hex) == rule)
    }

    @Test func `integers keep their value up to the ends of their type`() throws {
        for value in [0, 23, 24, 255, 256, 65535, 65536, 1 << 32 - 1, 1 << 32, Int64.max, -1, -24, -25, .min] {
            var writer = CBORWriter()
            writer.signed(value)
            var reader = CBORReader(writer.bytes)
            #expect(try reader.signed("x") == value)
            try reader.finish()
        }
        var beyond = CBORReader([0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0])
        #expect(throws: WireError.tooLarge("x", at: 0)) { try beyond.signed("x") }
    }

    @Test func `an error says at which byte and what was expected there`() {
        var reader = CBORReader([0x82, 0x01, 0x61, 0x61])
        #expect(throws: WireError.wrongType(expected: "bytes", at: 2)) {
            try reader.array("pair", exactly: 2)
            _ = try reader.unsigned("one")
            _ = try reader.bytes("two", atMost: 4)
        }
    }

    @Test func `random bytes are refused or read, and never trap`() {
        var generator = Generator(seed: 8949)
        var outcomes: [String: Int] = [:]
        for _ in 0..<50_000 {
            let count = generator.below(24)
            outcomes[refusal(Hex.encode(generator.bytes(count))), default: 0] += 1
        }
        for expected in ["accepted", "truncated", "not-deterministic", "not-in-profile", "trailing-bytes"] {
            #expect(outcomes[expected, default: 0] > 0, "\(expected)")
        }
    }
}
