import StoepCrypto
import StoepModel
import Testing

@testable import StoepWire

extension Generator {
    fileprivate mutating func headList() -> HeadList {
        var frontier: [LogID: [ChangePoint]] = [:]
        for _ in 0..<below(6) { frontier[log(), default: []].append(point()) }
        return HeadList(frontier)
    }

    fileprivate mutating func buckets() -> BucketSet {
        BucketSet((0..<below(9)).map { _ in Bucket(index: UInt8(truncatingIfNeeded: next())) })
    }

    fileprivate mutating func packed() -> [PackedSegment] {
        (0..<below(4)).map { _ in PackedSegment(rawCount: below(9999), stream: bytes(below(60))) }
    }

    fileprivate mutating func cursor() -> Cursor {
        Cursor(position: number(atMost: Limits.counter), hash: bytes32())
    }

    fileprivate mutating func request() -> SyncRequest {
        let ask: SyncRequest.Ask =
            switch below(4) {
            case 0: .after(cursor())
            case 1: .compare(BucketDigests(of: headList(), .openSSL))
            case 2: .beyond(buckets(), headList())
            default: .nothing
            }
        let scope = chance(2) ? nil : (0..<below(4)).map { _ in log() }
        return SyncRequest(
            space: SpaceID(bytes32()), scope: scope, ask: ask, segments: packed(), wanted: headList(),
            bodies: bodies(),
            receipts: Receipts(erasures: headList(), purged: (0..<below(3)).map { _ in log() }), nonce: next())
    }

    fileprivate mutating func response() -> SyncResponse {
        let answer: SyncResponse.Answer =
            switch below(3) {
            case 0: .segments(packed())
            case 1: .differing(buckets(), headList())
            default: .cursorUnknown
            }
        return SyncResponse(
            results: (0..<below(4)).map { _ in chance(2) ? nil : "signature-invalid" }, answer: answer,
            cursor: chance(2) ? nil : cursor(), more: chance(2),
            time: Timestamp(milliseconds: number(atMost: Limits.timestamp)), wanted: headList(), bodies: bodies(),
            order: chance(2) ? nil : bytes(below(80)), nonce: next())
    }

    fileprivate mutating func bodies() -> [ChangeBodies] {
        (0..<below(3)).map { _ in
            ChangeBodies(
                log: log(), point: point(),
                bodies: (0..<below(3) + 1).map { _ in
                    chance(2) ? nil : BlockBody(salt: bytes16(), payload: bytes(below(30)))
                })
        }
    }

    fileprivate mutating func invitation() -> Invitation {
        Invitation(
            space: SpaceID(bytes32()), address: "stoep.example:7410", daemonKey: VerifyingKey(bytes32()),
            role: Role.allCases[below(Role.allCases.count)],
            partitions: (0..<below(4)).map { _ in "BU\(below(1000))" }, secret: bytes16())
    }
}

/// Encodes to the same bytes again, whole or mutated; nothing traps.
private func expectOneForm<Message: WireMessage>(_ message: Message, _ generator: inout Generator) throws {
    let bytes = message.encoded()
    #expect(try Message(decoding: bytes) == message)
    for _ in 0..<20 {
        let mutated = generator.mutated(bytes)
        if let decoded = try? Message(decoding: mutated) { #expect(decoded.encoded() == mutated) }
    }
    for cut in 0..<min(bytes.count, 80) { #expect(throws: WireError.self) { try Message(decoding: Array(bytes[..<cut])) } }
    #expect(throws: WireError.trailingBytes(at: bytes.count)) { try Message(decoding: bytes + [0]) }
}

@Suite struct MessageTests {
    @Test func `every message has one form, and mutated ones are refused or have it too`() throws {
        var generator = Generator(seed: 20)
        for _ in 0..<150 {
            try expectOneForm(generator.request(), &generator)
            try expectOneForm(generator.response(), &generator)
            try expectOneForm(generator.headList(), &generator)
            try expectOneForm(generator.invitation(), &generator)
            try expectOneForm(ErrorMessage(name: "log-not-readable", detail: generator.log().description), &generator)
            try expectOneForm(
                EnrolRequest(
                    space: SpaceID(generator.bytes32()), secret: generator.bytes16(),
                    sealingKey: SealingKey(generator.bytes32())), &generator)
            try expectOneForm(
                EnrolResponse(
                    member: RecordID(generator.bytes16()), role: .owner, name: generator.text(words: 2),
                    roster: generator.request().segments), &generator)
        }
    }

    @Test func `an idle sync is under 200 bytes each way`() {
        var generator = Generator(seed: 21)
        let cursor = Cursor(position: 1 << 40, hash: generator.bytes32())
        let request = SyncRequest(space: SpaceID(generator.bytes32()), ask: .after(cursor), nonce: generator.next())
        let response = SyncResponse(
            results: [], answer: .segments([]), cursor: cursor, more: false,
            time: Timestamp(milliseconds: 1_790_000_000_000), nonce: generator.next())
        #expect(request.encoded().count < 100)
        #expect(response.encoded().count < 100)
    }

    @Test func `a message of another version is refused as such, whatever its shape`() {
        for hex in ["8102", "8902f6f6f6f6", "98190200"] {
            #expect { try SyncRequest(decoding: Hex.decode(hex + String(repeating: "00", count: 30))!) } throws: {
                ($0 as? WireError)?.name == "unknown-version"
            }
        }
    }

    @Test func `a claimed count is refused before anything is made for it`() {
        let space = "5820" + String(repeating: "00", count: 32)
        for segments in ["9a00100000", "9b7fffffffffffffff", "991001"] {
            #expect { try SyncRequest(decoding: Hex.decode("8901" + space + "f68103" + segments)!) } throws: {
                ($0 as? WireError)?.name == "too-large"
            }
        }
        #expect {
            try SyncRequest(decoding: Hex.decode("8901" + space + "f6810380" + "80" + "990401")!)
        } throws: {
            ($0 as? WireError)?.name == "too-large"
        }
        #expect { try SyncRequest(decoding: Hex.decode("8901" + space + "f68103" + "991000")!) } throws: {
            ($0 as? WireError)?.name == "truncated"
        }
    }

    @Test func `lists that are sets must ascend`() throws {
        var generator = Generator(seed: 22)
        let (a, b) = (generator.point(), generator.point())
        func list(_ points: [ChangePoint]) -> [UInt8] {
            var writer = CBORWriter()
            writer.array(1)
            writer.array(2)
            writer.log(.square)
            writer.array(points.count)
            for point in points { writer.point(point) }
            return writer.bytes
        }
        #expect(try HeadList(decoding: list([min(a, b), max(a, b)])).count == 2)
        for points in [[max(a, b), min(a, b)], [a, a]] {
            #expect { try HeadList(decoding: list(points)) } throws: { ($0 as? WireError)?.name == "not-ascending" }
        }
        #expect(throws: WireError.self) { try HeadList(decoding: list([])) }
    }

    @Test func `an invitation is one line, and a mistyped one is called damaged`() throws {
        var generator = Generator(seed: 23)
        for _ in 0..<20 {
            let invitation = generator.invitation()
            let text = invitation.text(.openSSL)
            #expect(try Invitation(text: text, .openSSL) == invitation)
            #expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
            for _ in 0..<500 {
                let mutated = generator.mutated(Array(text.utf8))
                guard mutated != Array(text.utf8) else { continue }
                let line = String(decoding: mutated, as: UTF8.self)
                #expect(throws: InvitationError.self) { try Invitation(text: line, .openSSL) }
            }
            // Every single wrong character, the last one with its spare bits too.
            for index in 7..<text.utf8.count {
                var letters = Array(text.utf8)
                letters[index] = letters[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(throws: InvitationError.damaged) {
                    try Invitation(text: String(decoding: letters, as: UTF8.self), .openSSL)
                }
            }
        }
    }

    @Test func `an invitation of a later version is told apart from a damaged one`() {
        func refusal(_ text: String) -> String? {
            do throws(InvitationError) {
                _ = try Invitation(text: text, .openSSL)
                return nil
            } catch {
                return error.name
            }
        }
        func whole(_ body: [UInt8]) -> String {
            "stoep1." + Base64URL.encode(body + Cryptography.openSSL.sha256(body).bytes.prefix(4))
        }
        #expect(refusal("stoep2.anything") == "invitation-version")
        #expect(refusal(whole([0x82, 0x02, 0x00])) == "invitation-version")
        for text in ["", "stoep1.", "stoep1", "stoep.", "stoep0.AAAA", "stoep01.AAAA", "hello", whole([]), whole([0x81, 0x01])] {
            #expect(refusal(text) == "invitation-damaged", "\(text)")
        }
    }
}
