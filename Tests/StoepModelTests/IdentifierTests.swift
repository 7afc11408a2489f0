import StoepModel
import StoepTestSupport
import Testing

@Suite struct IdentifierTests {
    private let random = SeededRandom(seed: 1)

    private func bytes32() throws -> Bytes32 { try #require(Bytes32(random.bytes(32))) }

    @Test func `an identifier is exactly its bytes, and is shown as lower-case digits`() throws {
        for _ in 0..<200 {
            let bytes = random.bytes(16)
            let id = try #require(RecordID(bytes: bytes))
            #expect(id.bytes == bytes && id.description == id.description.lowercased())
            #expect(Hex.decode(id.description) == bytes && Hex.decode(id.description.uppercased()) == bytes)
            let long = random.bytes(32)
            #expect(SpaceID(bytes: long)?.bytes == long)
        }
        for count in [0, 1, 15, 17, 31, 33] {
            #expect(RecordID(bytes: random.bytes(count)) == nil && SpaceID(bytes: random.bytes(count)) == nil)
        }
        for text in ["0", "abc", "0g", " 00", "0x00", "é0"] { #expect(Hex.decode(text) == nil, "\(text)") }
    }

    @Test func `identifiers are ordered byte by byte`() throws {
        for _ in 0..<500 {
            // A common beginning, so that the later words decide too.
            let start = random.bytes(random.below(32))
            let (one, other) = (start + random.bytes(32 - start.count), start + random.bytes(32 - start.count))
            let (a, b) = (try #require(SpaceID(bytes: one)), try #require(SpaceID(bytes: other)))
            #expect((a < b) == one.lexicographicallyPrecedes(other))
            let (c, d) = (RecordID(a.raw.prefix16), RecordID(b.raw.prefix16))
            #expect((c < d) == one.prefix(16).lexicographicallyPrecedes(other.prefix(16)))
        }
    }

    @Test func `a sum of digests does not depend on the order of its terms, and a term can be taken out`() throws {
        for _ in 0..<200 {
            let terms = try (0..<5).map { _ in try bytes32() }
            let sum = terms.reduce(Bytes32.zero, &+)
            #expect(random.shuffled(terms).reduce(Bytes32.zero, &+) == sum)
            #expect(sum &- terms[2] == [0, 1, 3, 4].reduce(Bytes32.zero) { $0 &+ terms[$1] })
        }
        let one = try #require(Bytes32(Array(repeating: 0, count: 31) + [1]))
        let all = try #require(Bytes32(Array(repeating: 0xff, count: 32)))
        #expect(all &+ one == .zero && Bytes32.zero &- one == all, "carries go through all words")
    }

    @Test func `points are ordered by actor, then number, then branch`() {
        let actors = ([0, 1] as [UInt64]).map { ActorID(Bytes16(high: 0, low: $0)) }
        let points = actors.flatMap { actor in
            ([1, 2] as [UInt64]).flatMap { seq in
                ([0, .max] as [UInt64]).map { ChangePoint(actor: actor, seq: seq, check: $0) }
            }
        }
        #expect(random.shuffled(points).sorted() == points)
        let elements = points.flatMap { point in
            ([0, 7] as [UInt32]).map { ElementID(point: point, offset: $0) }
        }
        #expect(random.shuffled(elements).sorted() == elements)
    }
}

@Suite struct LogIDTests {
    private let member = RecordID(Bytes16(high: 1, low: 2))

    /// In ascending order.
    private var logs: [LogID] {
        get throws {
            let others = [
                LogID(.street, partition: "BU1"), LogID(.street, partition: "BU10"),
                LogID(.street, partition: "a.b-c_D"),
                LogID(.signal, partition: "BU1"), LogID(.contact, partition: "BU1", member: member),
                LogID(.contact, partition: "BU1", member: RecordID(Bytes16(high: 2, low: 0))),
            ]
            return [.roster, .square] + (try others.map { try #require($0) })
        }
    }

    @Test func `a log's name is read back, and only a name that is written`() throws {
        for log in try logs { #expect(LogID(parsing: log.description) == log) }
        let wrong = [
            "", "/", "roster/", "roster/BU1", "square/x", "Square", "street", "street/", "street//", "street/a b",
            "street/é", "street/BU1/\(member)", "contact/BU1", "contact/BU1/", "contact/BU1/00", "contact//\(member)",
            "contact/BU1/\(member)/", "square\n",
        ]
        for text in wrong { #expect(LogID(parsing: text) == nil, "\(text)") }
    }

    @Test func `kind, partition and member go together`() {
        #expect(LogID(.roster, partition: "BU1") == nil && LogID(.street) == nil)
        #expect(LogID(.street, partition: "BU1", member: member) == nil && LogID(.contact, partition: "BU1") == nil)
        #expect(LogID.street(String(repeating: "a", count: Limits.partitionBytes)) != nil)
        #expect(LogID.street(String(repeating: "a", count: Limits.partitionBytes + 1)) == nil)
    }

    @Test func `logs are ordered by kind, partition as bytes, and member`() throws {
        let expected = try logs
        #expect(SeededRandom(seed: 2).shuffled(expected).sorted() == expected)
        let (upper, lower) = (try #require(LogID.street("Z")), try #require(LogID.street("a")))
        #expect(upper < lower && LogID.square < upper)
    }
}
