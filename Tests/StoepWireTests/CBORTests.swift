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
        ("", "truncated"), ("18", "truncated"), ("1900", "truncated"), ("430102", "truncated"),
        ("8201", "truncated"), ("9b7fffffffffffffff", "too-large"), ("5b7fffffffffffffff", "too-large"),
        ("9a00400000", "truncated"), ("1817", "not-deterministic"), ("1900ff", "not-deterministic"),
        ("1a0000ffff", "not-deterministic"), ("1b00000000ffffffff", "not-deterministic"),
        ("5801ff", "not-deterministic"), ("1c", "malformed"), ("fc", "malformed"), ("ff", "not-deterministic"),
        ("62c328", "not-text"), ("63eda080", "not-text"), ("62c080", "not-text"), ("0000", "trailing-bytes"),
        (String(repeating: "81", count: 16) + "00", "accepted"),
        (String(repeating: "81", count: 17) + "00", "too-deep"),
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
