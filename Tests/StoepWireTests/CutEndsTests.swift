import StoepCrypto
import StoepModel
import StoepTestSupport
import StoepWire
import Testing

/// The value of a cut's fields: one form for each set of ends, and nothing else decodes.
@Suite struct CutEndsTests {
    private let actor = ActorID(Bytes16(high: 1, low: 2))

    @Test func `what is encoded decodes to the same ends, sorted, each once`() throws {
        let random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            let points = (0..<random.below(17)).map { _ in
                ChangePoint(actor: actor, seq: 1 + random.next() % Limits.counter, check: random.next() % 5)
            }
            let ends = CutEnds(points + points)
            #expect(ends.points == Set(points).sorted())
            #expect(try CutEnds(decoding: ends.encoded(), of: actor) == ends)
            let damaged = random.damaged(ends.encoded())
            if let read = try? CutEnds(decoding: damaged, of: actor) { #expect(read.encoded() == damaged) }
        }
    }

    @Test(arguments: [
        ("", "truncated"), ("81", "truncated"), ("8100", "wrong-type"), ("8080", "trailing-bytes"),
        ("9100", "too-large"), ("81820048000000000000000a", "malformed"), ("818201470000000000000a", "malformed"),
        ("8282014800000000000000018201480000000000000001", "not-ascending"),
        ("8282024800000000000000018201480000000000000001", "not-ascending"),
        ("a0", "wrong-type"), ("9f", "not-deterministic"), ("81821801480000000000000001", "not-deterministic"),
    ])
    func `what is no set of ends is refused by name`(hex: String, name: String) throws {
        let bytes = try #require(Hex.decode(hex))
        do {
            _ = try CutEnds(decoding: bytes, of: actor)
            Issue.record("\(hex) decodes")
        } catch {
            #expect(error.name == name, "\(hex)")
        }
    }
}
