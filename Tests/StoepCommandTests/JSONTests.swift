import StoepCommand
import Testing

@Suite struct JSONTests {
    private func fault(_ text: String, depth: Int = 64) -> JSONFault.Reason? {
        var limits = JSON.Limits()
        limits.depth = depth
        do {
            _ = try JSON.parse(text, limits: limits)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `writing keeps the order and says nothing more than it must`() {
        let value: JSON = ["b": 1, "a": [true, nil, "x"], "c": [:], "d": []]
        #expect(value.text() == #"{"b":1,"a":[true,null,"x"],"c":{},"d":[]}"#)
        #expect(
            value.text(.pretty) == """
                {
                  "b": 1,
                  "a": [
                    true,
                    null,
                    "x"
                  ],
                  "c": {},
                  "d": []
                }
                """)
    }

    @Test func `nothing that steers a terminal is written as it is, and everything reads as it was`() throws {
        for value in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(scalar)b"
            let written = JSON.string(text).text()
            if written.unicodeScalars.contains(where: \.steersTerminal) { Issue.record("U+\(String(value, radix: 16))") }
            if try JSON.parse(Array(written.utf8)) != .string(text) { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test func `a list that is written piece by piece is the same text`() {
        for elements in [[], [1], [["a": ["é\n“x”"], "b": nil], [], "z"]] as [[JSON]] {
            for layout in [JSON.Layout.compact, .pretty] {
                for length in [0, 5, 1000] {
                    var list = JSON.List("all", layout)
                    var text = ""
                    for element in elements {
                        list.add(element)
                        text += list.text(from: length) ?? ""
                    }
                    list.end()
                    text += list.text(from: 0) ?? ""
                    #expect(text == JSON.object([.init("all", .array(elements))]).text(layout))
                }
            }
        }
    }

    @Test func `every control character is escaped`() {
        #expect(JSON.string("\"\\/\n\r\t").text() == #""\"\\/\n\r\t""#)
        #expect(JSON.string("\u{0}\u{1B}\u{7F}\u{9B}\u{2028}\u{202E}").text() == #""\u0000\u001b\u007f\u009b\u2028\u202e""#)
        for value in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = JSON.string(String(scalar)).text()
            #expect(!text.unicodeScalars.contains { $0.steersTerminal }, "U+\(String(value, radix: 16))")
        }
    }

    @Test func `what is written reads back as the same value`() throws {
        for seed in UInt64(0)..<300 {
            var generator = SplitMix(state: seed)
            let value = randomValue(depth: 4, &generator)
            #expect(try JSON.parse(value.text()) == value, "seed \(seed)")
            #expect(try JSON.parse(value.text(.pretty)) == value, "seed \(seed)")
        }
    }

    private func randomValue(depth: Int, _ generator: inout some RandomNumberGenerator) -> JSON {
        func text() -> String {
            var view = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x10FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) { view.append(scalar) }
            }
            return String(view)
        }
        switch Int.random(in: 0...(depth > 0 ? 5 : 3), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .int(Int128(Int64.random(in: .min ... .max, using: &generator)) * 1_000_003)
        case 3: return .string(text())
        case 4: return .array((0..<3).map { _ in randomValue(depth: depth - 1, &generator) })
        default:
            return .object((0..<3).map { .init("\($0)" + text(), randomValue(depth: depth - 1, &generator)) })
        }
    }

    @Test func `surrogates come in pairs`() throws {
        #expect(try JSON.parse(#""\uD83D\uDE00""#) == "😀")
        for lone in [#""\uD83D""#, #""\uDE00""#, #""\uD83Dx""#, #""\uD83D\n""#, #""\uDE00\uD83D""#, #""\uD83D\uD83D""#] {
            #expect(fault(lone) == .loneSurrogate, "\(lone)")
        }
    }

    @Test(arguments: [
        ("", .unexpectedEnd), ("[1,]", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("[1 2]", .unexpectedByte),
        ("nul", .unexpectedEnd), ("nulL", .unexpectedByte), ("// x\n1", .unexpectedByte), ("1 1", .trailingBytes),
        ("01", .badNumber), ("-", .badNumber), ("-0", .badNumber), ("+1", .unexpectedByte), ("1.5", .notWhole),
        ("1e3", .notWhole), ("340282366920938463463374607431768211456", .badNumber),
        ("\"a", .unexpectedEnd), ("\"\n\"", .controlInString), (#""\x""#, .badEscape), (#""\u12G4""#, .badEscape),
        (#"{"a":1,"a":2}"#, .duplicateKey), ("{a:1}", .unexpectedByte), ("[", .unexpectedEnd), ("\u{FEFF}1", .unexpectedByte),
    ] as [(String, JSONFault.Reason)])
    func `what is not strict JSON is refused by name`(_ text: String, _ reason: JSONFault.Reason) {
        #expect(fault(text) == reason)
    }

    @Test func `depth and size are bounded`() {
        #expect(fault("[[[]]]", depth: 3) == nil)
        #expect(fault("[[[]]]", depth: 2) == .tooDeep)
        #expect(fault(String(repeating: "[", count: 1_000_000)) == .tooDeep)
        var small = JSON.Limits()
        small.bytes = 3
        #expect(throws: JSONFault.self) { try JSON.parse("1234", limits: small) }
        #expect(throws: Never.self) { try JSON.parse("123", limits: small) }
        #expect(throws: JSONFault.self) { try JSON.parse([0x22, 0xC3, 0x22]) }
    }

    @Test func `composed and decomposed text are two values`() throws {
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
        let both = try JSON.parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(both["e\u{301}"] == 2)
    }
}
