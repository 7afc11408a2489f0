import StoepModel
import Testing

@testable import StoepWire

private func refusal(_ hex: String) -> String {
    do throws(WireError) {
        _ = try Payload(decoding: Hex.decode(hex)!)
        return "accepted"
    } catch {
        return error.name
    }
}

@Suite struct PayloadTests {
    @Test func `a payload decodes to what was encoded, and to the same bytes`() throws {
        var generator = Generator(seed: 1)
        for _ in 0..<3000 {
            let payload = generator.payload()
            let bytes = try payload.encoded()
            let decoded = try Payload(decoding: bytes)
            #expect(decoded == payload)
            #expect(try decoded.encoded() == bytes)
        }
    }

    @Test func `whatever decodes encodes to the same bytes, however it was made`() throws {
        var generator = Generator(seed: 2)
        var accepted = 0
        for _ in 0..<400 {
            let bytes = try generator.payload().encoded()
            for _ in 0..<50 {
                let mutated = generator.mutated(bytes)
                guard let decoded = try? Payload(decoding: mutated) else { continue }
                accepted += 1
                #expect(try decoded.encoded() == mutated)
            }
        }
        #expect(accepted > 1000)
    }

    @Test func `an operation of an unknown kind is carried byte for byte between known ones`() throws {
        let hex = "841820f68083830101f5841903e8826161f6430102033820" + "830201617a"
        let payload = try Payload(decoding: Hex.decode(hex)!)
        #expect(payload.operations.count == 3)
        #expect(payload.operations[1] == .unknown(Hex.decode("841903e8826161f6430102033820")!))
        #expect(payload.operations[1].span == 1)
        #expect(Hex.encode(try payload.encoded()) == hex)
    }

    @Test(arguments: [
        ("841820f68081830101f5", "accepted"),
        // A float, a map, a long head, a bottomless nest inside an unknown operation.
        ("841820f68081820df93c00", "not-in-profile"), ("841820f68081820da0", "not-in-profile"),
        ("841820f68081820d1801", "not-deterministic"),
        ("841820f68081820d" + String(repeating: "81", count: 14) + "00", "too-deep"),
        ("841820f68081820d" + String(repeating: "81", count: 13) + "00", "accepted"),
        // Kind 0, no kind, a kind that is no number.
        ("841820f680818200f5", "malformed"), ("841820f6808180", "malformed"), ("841820f68081816161", "wrong-type"),
        // Known kinds with another shape.
        ("841820f680818201f5", "malformed"), ("841820f68081840101f580", "malformed"),
        ("841820f68081840101f58100", "malformed"), ("841820f680818401018100f5", "wrong-type"),
        ("841820f68081830101f6", "wrong-type"), ("841820f68081830101a0", "not-in-profile"),
        ("841820f680818301018101", "wrong-type"),
        // An edit: its columns are as short as can be, and lead to elements that are there.
        ("841820f68081840401406161", "accepted"), ("841820f680818404014060", "accepted"),
        ("841820f6808184040141006161", "malformed"), ("841820f6808184040141016161", "malformed"),
        ("841820f680818404014200046161", "malformed"), ("841820f6808183040140", "malformed"),
        ("841820f680818404016040", "wrong-type"), ("841820f68081840401410160", "malformed"),
        ("841820f68101818404014301040160", "malformed"), ("841820f6810181840401410060", "malformed"),
        ("841820f6810181840401440001ffff60", "malformed"),
        // Same and apart; the record is 16 bytes, the references come in pairs and stay in the table.
        ("841822f68081830b506061616161616161616161616161616180", "accepted"),
        ("841822f68081830b5060616161616161616161616161616161820000", "accepted"),
        ("841822f68081830b50606161616161616161616161616161618100", "malformed"),
        ("841822f68081830b4f61616161616161616161616161616180", "malformed"),
        ("841822f68081830b616080", "wrong-type"),
        ("841822f68081820b5060616161616161616161616161616161", "malformed"),
        ("841822f68081820c80", "accepted"), ("841822f68081820c820000", "accepted"),
        ("841822f68081820c820100", "malformed"), ("841822f68081830c8080", "malformed"), ("841822f68081820c01", "wrong-type"),
        // An entry outside the table; the entry one past it is the change itself.
        ("841820f68081830301820000", "accepted"), ("841820f68081830301820100", "malformed"),
        ("841820f6810181830301820100", "accepted"), ("841820f6810081830301820100", "malformed"),
    ])
    func `a payload of another shape is refused by name`(hex: String, rule: String) {
        #expect(refusal(hex) == rule)
    }

    @Test(arguments: [
        // A counter; 64 bits and a sign are all it takes.
        ("841820f680818305013b7fffffffffffffff", "accepted"), ("841820f680818305013b8000000000000000", "too-large"),
        ("841820f68081830501f5", "wrong-type"), ("841820f6808182050100", "malformed"),
        // A list.
        ("841820f68081850603f6f66161", "accepted"), ("841820f6808185060382000082000161", "truncated"),
        ("841820f680818506038200008200016161", "accepted"), ("841820f68081840603f6f6", "malformed"),
        ("841820f6808185070382000af6f6", "accepted"), ("841820f68081850703f6f6f6", "wrong-type"),
        ("841820f6808185070382010af6f6", "malformed"), ("841820f68081840803820000f5", "accepted"),
        ("841820f68081850803820000f5820001", "accepted"), ("841820f68081850803820000f580", "malformed"),
        // The record as a whole: heads ascend, and one at least is named.
        ("841820f681018182098100", "accepted"), ("841820f68101818209820001", "accepted"),
        ("841820f6810181820980", "malformed"), ("841820f68101818209820100", "not-ascending"),
        ("841820f68101818209820000", "not-ascending"), ("841820f681018182098102", "malformed"),
        ("841820f68081820af6", "accepted"), ("841820f68081820a5061616161616161616161616161616161", "accepted"),
        ("841820f68081820a4f616161616161616161616161616161", "malformed"),
        ("841820f68081830af6f6", "malformed"),
    ])
    func `an operation of the kinds 5 to 10 in another shape is refused by name`(hex: String, rule: String) {
        #expect(refusal(hex) == rule)
    }

    @Test func `an older version carries byte for byte what a later one knows`() throws {
        var generator = Generator(seed: 3)
        for _ in 0..<500 {
            let payload = generator.payload()
            let bytes = try payload.encoded()
            let older = try Payload(decoding: bytes, kinds: 4)
            #expect(try older.encoded() == bytes)
            #expect(older.operations.map(\.span) == payload.operations.map(\.span))
            for (old, new) in zip(older.operations, payload.operations) where old != new {
                guard case .unknown = old else {
                    Issue.record("\(old) for \(new)")
                    return
                }
            }
        }
    }

    @Test func `what is too large for others is refused when it is written`() throws {
        let field = FieldNumber(rawValue: 1)
        func refusal(_ operations: [StoepModel.Operation], key: String? = nil) -> String? {
            do throws(WireError) {
                let payload = Payload(
                    collection: CollectionNumber(rawValue: 1), key: key, operations: operations)
                _ = try Payload(decoding: try payload.encoded())
                return nil
            } catch {
                return "\(error.name)"
            }
        }
        let most = String(repeating: "x", count: Limits.valueBytes)
        #expect(refusal([.write(field, .text(most), overwrites: [])]) == nil)
        #expect(refusal([.write(field, .text(most + "x"), overwrites: [])]) == "too-large")
        #expect(refusal([], key: String(repeating: "k", count: Limits.shortTextBytes + 1)) == "too-large")
        let note = String(repeating: "é", count: Limits.textScalars)
        #expect(refusal([.edit(field, TextDelta(beginning: note))]) == nil)
        let one = StoepModel.Operation.edit(field, TextDelta(beginning: "x"))
        #expect(refusal([.edit(field, TextDelta(beginning: note)), one]) == "too-large")
        #expect(refusal(Array(repeating: .add(field, .bool(true)), count: Limits.operations + 1)) == "too-large")
    }
}
