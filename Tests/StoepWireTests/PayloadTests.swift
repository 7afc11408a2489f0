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
        let hex = "841820f680" + "83" + "830101f5" + "841903e8826161f6430102033820" + "830201617a"
        let payload = try Payload(decoding: Hex.decode(hex)!)
        #expect(payload.operations.count == 3)
        #expect(payload.operations[1] == .unknown(Hex.decode("841903e8826161f6430102033820")!))
        #expect(payload.operations[1].span == 1)
        #expect(Hex.encode(try payload.encoded()) == hex)
    }

    @Test(arguments: [
        ("841820f68081830101f5", "accepted"),
        // A float, a map, a long head, a bottomless nest inside an unknown operation.
        ("841820f680818207f93c00", "not-in-profile"), ("841820f680818207a0", "not-in-profile"),
        ("841820f6808182071801", "not-deterministic"),
        ("841820f680818207" + String(repeating: "81", count: 14) + "00", "too-deep"),
        ("841820f680818207" + String(repeating: "81", count: 13) + "00", "accepted"),
        // Kind 0, no kind, a kind that is no number.
        ("841820f680818200f5", "malformed"), ("841820f6808180", "malformed"), ("841820f68081816161", "wrong-type"),
        // Known kinds with another shape.
        ("841820f680818201f5", "malformed"), ("841820f68081840101f580", "malformed"),
        ("841820f68081840101f58100", "malformed"), ("841820f680818401018100f5", "wrong-type"),
        ("841820f68081830101f6", "wrong-type"), ("841820f68081830101a0", "not-in-profile"),
        ("841820f680818301018101", "wrong-type"), ("841820f68081850401f6f660", "malformed"),
        ("841820f68081850401f6f66161", "accepted"), ("841820f6808183050183000000", "malformed"),
        ("841820f68081830501820001", "malformed"), ("841820f680818305018300000a", "accepted"),
        ("841820f6808183050183001affffffff01", "too-large"),
        // Same and apart; the record is 16 bytes, the references come in pairs and stay in the table.
        ("841822f68081830d5060" + String(repeating: "61", count: 15) + "80", "accepted"),
        ("841822f68081830d5060" + String(repeating: "61", count: 15) + "820000", "accepted"),
        ("841822f68081830d5060" + String(repeating: "61", count: 15) + "8100", "malformed"),
        ("841822f68081830d4f" + String(repeating: "61", count: 15) + "80", "malformed"),
        ("841822f68081830d6160" + "80", "wrong-type"),
        ("841822f68081820d5060" + String(repeating: "61", count: 15), "malformed"),
        ("841822f68081820e80", "accepted"), ("841822f68081820e820000", "accepted"),
        ("841822f68081820e820100", "malformed"), ("841822f68081830e8080", "malformed"), ("841822f68081820e01", "wrong-type"),
        // An entry outside the table; the entry one past it is the change itself.
        ("841820f68081830301820000", "accepted"), ("841820f68081830301820100", "malformed"),
        ("841820f6810181830301820100", "accepted"), ("841820f6810081830301820100", "malformed"),
    ])
    func `a payload of another shape is refused by name`(hex: String, rule: String) {
        #expect(refusal(hex) == rule)
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
        #expect(refusal([.insert(field, left: nil, right: nil, text: note)]) == nil)
        let one = StoepModel.Operation.insert(field, left: nil, right: nil, text: "x")
        #expect(refusal([.insert(field, left: nil, right: nil, text: note), one]) == "too-large")
        #expect(refusal(Array(repeating: .add(field, .bool(true)), count: Limits.operations + 1)) == "too-large")
    }
}
