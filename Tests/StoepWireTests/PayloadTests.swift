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
        ("841820f68081821863f93c00", "not-in-profile"), ("841820f68081821863a0", "not-in-profile"),
        ("841820f680818218631801", "not-deterministic"),
        ("841820f68081821863" + String(repeating: "81", count: 14) + "00", "too-deep"),
        ("841820f68081821863" + String(repeating: "81", count: 13) + "00", "accepted"),
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
        // An entry outside the table; the entry one past it is the change itself.
        ("841820f68081830301820000", "accepted"), ("841820f68081830301820100", "malformed"),
        ("841820f6810181830301820100", "accepted"), ("841820f6810081830301820100", "malformed"),
    ])
    func `a payload of another shape is refused by name`(hex: String, rule: String) {
        #expect(refusal(hex) == rule)
    }

    @Test(arguments: [
        // A counter; 64 bits and a sign are all it takes.
        ("841820f680818307013b7fffffffffffffff", "accepted"), ("841820f680818307013b8000000000000000", "too-large"),
        ("841820f68081830701f5", "wrong-type"), ("841820f680818218630100", "malformed"),
        // A list.
        ("841820f68081850803f6f66161", "accepted"), ("841820f6808185080382000082000161", "truncated"),
        ("841820f680818508038200008200016161", "accepted"), ("841820f68081840803f6f6", "malformed"),
        ("841820f6808185090382000af6f6", "accepted"), ("841820f68081850903f6f6f6", "wrong-type"),
        ("841820f6808185090382010af6f6", "malformed"), ("841820f68081840a03820000f5", "accepted"),
        ("841820f68081850a03820000f5820001", "accepted"), ("841820f68081850a03820000f580", "malformed"),
        // The record as a whole: heads ascend, and one at least is named.
        ("841820f6810181820b8100", "accepted"), ("841820f6810181820b820001", "accepted"),
        ("841820f6810181820b80", "malformed"), ("841820f6810181820b820100", "not-ascending"),
        ("841820f6810181820b820000", "not-ascending"), ("841820f6810181820b8102", "malformed"),
        ("841820f68081820cf6", "accepted"), ("841820f68081820c5061616161616161616161616161616161", "accepted"),
        ("841820f68081820c4f616161616161616161616161616161", "malformed"),
        ("841820f68081830cf6f6", "malformed"),
    ])
    func `an operation of the kinds 7 to 12 in another shape is refused by name`(hex: String, rule: String) {
        #expect(refusal(hex) == rule)
    }

    @Test func `an older version carries byte for byte what a later one knows`() throws {
        var generator = Generator(seed: 3)
        for _ in 0..<500 {
            let payload = generator.payload()
            let bytes = try payload.encoded()
            let older = try Payload(decoding: bytes, kinds: 5)
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
        #expect(refusal([.insert(field, left: nil, right: nil, text: note)]) == nil)
        let one = StoepModel.Operation.insert(field, left: nil, right: nil, text: "x")
        #expect(refusal([.insert(field, left: nil, right: nil, text: note), one]) == "too-large")
        #expect(refusal(Array(repeating: .add(field, .bool(true)), count: Limits.operations + 1)) == "too-large")
    }
}
