import StoepCrypto
import StoepModel

@testable import StoepWire

/// SplitMix64: the same seed, the same run, on every machine.
struct Generator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    mutating func bytes16() -> Bytes16 { Bytes16(high: next(), low: next()) }
    mutating func bytes32() -> Bytes32 { Bytes32(bytes(32))! }
    /// Small numbers often, large ones sometimes, so that every width of a head occurs.
    mutating func number(atMost bound: UInt64) -> UInt64 {
        let value = next() >> UInt64(below(64))
        return min(value, bound)
    }

    /// Dutch words, two forms of é, an emoji of several scalars, a line end of two.
    mutating func text(words: Int) -> String {
        let pieces = ["buurt", "café", "cafe\u{301}", "👩‍🌾", "\r\n", "groen", "zorg", "ij", "\u{0}", "سلام"]
        return (0..<words).map { _ in pieces[below(pieces.count)] }.joined(separator: " ")
    }
}

extension Generator {
    mutating func log() -> LogID {
        switch below(5) {
        case 0: .roster
        case 1: .square
        case 2: LogID(.street, partition: "BU0599\(below(100))")!
        case 3: LogID(.signal, partition: "north")!
        default: LogID(.contact, partition: "north", member: RecordID(bytes16()))!
        }
    }

    mutating func point() -> ChangePoint {
        ChangePoint(actor: ActorID(bytes16()), seq: 1 + number(atMost: Limits.counter - 1), check: next())
    }

    mutating func value() -> Value {
        switch below(5) {
        case 0: .bool(chance(2))
        case 1: .integer(Int64(truncatingIfNeeded: next() >> UInt64(below(64))) &* (chance(2) ? 1 : -1))
        case 2: .text(text(words: below(5)))
        case 3: .bytes(bytes(below(40)))
        default: .record(RecordID(bytes16()))
        }
    }

    mutating func payload() -> Payload {
        let table = (0..<below(4)).map { _ in
            chance(2) ? TableEntry.own(seq: 1 + number(atMost: Limits.counter - 1)) : .other(point())
        }
        let operations = (0..<below(12)).map { _ in operation(table: table.count) }
        return Payload(
            collection: CollectionNumber(rawValue: UInt32(below(40))), key: chance(3) ? text(words: 2) : nil,
            table: table, operations: operations)
    }

    private mutating func operation(table: Int) -> Operation {
        let field = FieldNumber(rawValue: UInt32(truncatingIfNeeded: number(atMost: UInt64(UInt32.max))))
        switch below(13) {
        case 6: return .count(field, Int64(truncatingIfNeeded: next() >> UInt64(below(64))))
        case 7:
            return .place(
                field, left: references(table, below(2)).first, right: references(table, below(2)).first, value())
        case 8:
            return .move(
                field, item: references(table, 1)[0], left: references(table, below(2)).first,
                right: references(table, below(2)).first)
        case 9: return .assign(field, item: references(table, 1)[0], value(), overwrites: references(table, below(3)))
        case 10:
            let heads = (0...UInt32(table)).filter { _ in chance(2) }
            return .deleteRecord(heads: heads.isEmpty ? [UInt32(table)] : heads)
        case 11: return .eraseRecord(successor: chance(2) ? RecordID(bytes16()) : nil)
        case 0: return .write(field, value(), overwrites: references(table, below(3)))
        case 1: return .add(field, value())
        case 2: return .remove(field, adds: references(table, 1 + below(3)))
        case 3: return .edit(field, delta(table: table))
        case 4: return .same(RecordID(bytes16()), saw: references(table, below(3)))
        case 5: return .apart(edges: references(table, below(3)))
        default:
            var writer = CBORWriter()
            writer.array(3)
            writer.unsigned(13 + number(atMost: .max - 13))
            writer.text(text(words: 2))
            writer.array(2)
            writer.null()
            writer.bytes(bytes(below(30)))
            return .unknown(writer.bytes)
        }
    }

    private mutating func references(_ table: Int, _ count: Int) -> [ElementReference] {
        (0..<count).map { _ in
            ElementReference(
                entry: UInt32(below(table + 1)), offset: UInt32(number(atMost: UInt64(UInt32.max >> 1))))
        }
    }
}

extension Generator {
    /// Bytes with something done to them: a bit, a byte, a piece gone, doubled, moved, or an end cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        for _ in 0...below(3) where !out.isEmpty {
            let at = below(out.count)
            let piece = at..<min(out.count, at + 1 + below(20))
            switch below(7) {
            case 0: out[at] ^= 1 << UInt8(below(8))
            case 1: out[at] = UInt8(truncatingIfNeeded: next())
            case 2: out.removeSubrange(piece)
            case 3: out.insert(contentsOf: out[piece], at: below(out.count))
            case 4: out.insert(UInt8(truncatingIfNeeded: next()), at: at)
            case 5: out.removeSubrange(at...)
            default:
                let heads: [UInt8] = [0x1b, 0x3b, 0x5b, 0x7b, 0x9b, 0xff, 0x9f, 0xfb, 0xc2, 0xa0, 0xf6, 0x00]
                out[at] = heads[below(heads.count)]
            }
        }
        return out
    }
}
