import StoepCrypto
import StoepModel
import Testing

@testable import StoepWire

@Suite struct SegmentTests {
    @Test func `a segment verifies to exactly the headers, hashes and bodies of its author`() throws {
        var generator = Generator(seed: 3)
        for _ in 0..<40 {
            let space = newSpace(using: &generator)
            var author = Author(space: space, log: generator.log(), using: &generator)
            let count = 1 + generator.below(20)
            try author.write(count, using: &generator)
            let first = 1 + generator.below(count)
            let sent = try author.segment(from: first)
            let packed = try PackedSegment(decoding: try sent.packed().encoded())
            let received = try packed.unpacked()
            #expect(received == sent)
            #expect(received.encoded() == sent.encoded())
            let verified = try author.verify(received, base: first)
            #expect(verified.map(\.change) == Array(author.changes[(first - 1)...]))
            #expect(verified.map(\.hash) == Array(author.hashes[first...]))
            for change in verified {
                #expect(try ChangeHeader(decoding: change.headerBytes) == change.header)
                #expect(change.header.encoded() == change.headerBytes)
            }
        }
    }

    @Test func `no mutation of a segment verifies`() throws {
        var generator = Generator(seed: 4)
        var decoded = 0
        for _ in 0..<40 {
            let space = newSpace(using: &generator)
            var author = Author(space: space, log: generator.log(), using: &generator)
            try author.write(1 + generator.below(6), using: &generator)
            let first = 1 + generator.below(author.changes.count)
            let sent = try author.segment(from: first)
            let bytes = sent.encoded()
            for _ in 0..<300 {
                // Only where a payload was cut may differ without a difference in what is said.
                guard let segment = try? Segment(decoding: generator.mutated(bytes)), segment != sent else { continue }
                decoded += 1
                let again = try Segment(decoding: segment.encoded())
                #expect(again == segment)
                #expect(throws: SegmentError.self) { try author.verify(segment, base: first) }
            }
        }
        #expect(decoded > 500)
    }

    @Test func `a mutated packed segment is refused or holds what it held`() throws {
        var generator = Generator(seed: 5)
        var author = Author(space: newSpace(using: &generator), log: .square, using: &generator)
        try author.write(12, using: &generator)
        let sent = try author.segment()
        let bytes = try sent.packed().encoded()
        for _ in 0..<4000 {
            guard let segment = try? PackedSegment(decoding: generator.mutated(bytes)).unpacked() else { continue }
            if (try? author.verify(segment, base: 1)) != nil { #expect(segment == sent) }
        }
    }

    @Test func `a payload is cut before its first text, and not at all where it is of another kind`() throws {
        let field = FieldNumber(rawValue: 15)
        var payload = Payload(
            collection: .conversation, operations: [.write(field, .text("x"), overwrites: [])])
        let plain = try payload.encoded()
        #expect(Payload.textStart(in: plain) == plain.count)
        payload.operations += [
            .edit(field, TextDelta(beginning: "one")), .edit(field, TextDelta(beginning: "two")),
        ]
        let bytes = try payload.encoded()
        #expect(Array(bytes[Payload.textStart(in: bytes)...].prefix(4)) == [0x63] + Array("one".utf8))
        for newer: [UInt8] in [[], [0xff], [0x81, 0x04], [0x84, 0x01, 0xf6, 0x80, 0x81, 0x80]] {
            #expect(Payload.textStart(in: newer) == newer.count)
        }
    }

    @Test func `a bomb is refused by name, whichever length it declares`() throws {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        let stream = Deflate.stream(of: zeros)
        #expect(stream.count < 8192)
        func refusal(_ count: Int, _ stream: [UInt8]) -> String? {
            do throws(WireError) {
                _ = try PackedSegment(rawCount: count, stream: stream).unpacked()
                return nil
            } catch {
                return error.name
            }
        }
        #expect(refusal(1000, stream) == "inflates-beyond-declared")
        #expect(refusal(zeros.count - 1, stream) == "inflates-beyond-declared")
        #expect(refusal(zeros.count + 1, stream) == "malformed")
        #expect(refusal(zeros.count, Array(stream.prefix(100))) == "malformed")
        #expect(refusal(zeros.count, Array(stream.dropLast())) == "truncated")
        #expect(refusal(zeros.count, stream + [0]) == "trailing-bytes")
        #expect(refusal(Limits.segmentBytes + 1, stream) == "too-large")
        #expect(refusal(zeros.count, stream) == "wrong-type")
        #expect(refusal(10, [1, 2, 3]) == "malformed")
        #expect(refusal(0, []) == "truncated")
    }

    @Test func `bytes that do not compress are packed all the same`() throws {
        var generator = Generator(seed: 10)
        for count in [0, 1, 100, 70_000, 2_000_000] {
            var author = Author(space: newSpace(using: &generator), log: .square, using: &generator)
            let noise = (0..<count / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
            author.append([(.created, BlockBody(salt: generator.bytes16(), payload: noise), true)])
            let segment = try author.segment()
            #expect(try segment.packed().unpacked() == segment)
        }
    }

    @Test func `each rule of a segment has its own refusal`() throws {
        var generator = Generator(seed: 6)
        let space = newSpace(using: &generator)
        var author = Author(space: space, log: .square, using: &generator)
        try author.write(4, using: &generator)
        var stranger = Author(space: space, log: .square, using: &generator)
        try stranger.write(4, using: &generator)
        let whole = try author.segment()
        let tail = try author.segment(from: 3)
        func refusal(_ segment: Segment, _ base: Int = 1, by device: Author? = nil) -> SegmentError? {
            author.refusal(of: segment, base: base, as: device)
        }
        #expect(refusal(whole) == nil)
        #expect(refusal(tail, 3) == nil)
        #expect(refusal(tail) == .baseMissing)
        #expect(refusal(tail, 2) == .baseMismatch)
        #expect(refusal(whole, 3) == .baseUnexpected)
        #expect(refusal(whole, by: stranger) == .deviceMismatch)
        #expect(refusal(tail, 3, by: stranger) == .signatureInvalid)
        #expect(refusal(whole.with(birth: .some(nil))) == .birthMissing)
        #expect(refusal(tail.with(birth: whole.birth), 3) == .birthUnexpected)
        #expect(refusal(whole.with(birth: stranger.birth)) == .actorNotDerived)
        #expect(refusal(whole.with(actor: stranger.actor)) == .actorNotDerived)
        #expect(refusal(whole.with(log: .roster)) == .signatureInvalid)
        #expect(refusal(whole.with(changes: [])) == .empty)
        #expect(refusal(tail.with(first: Limits.counter), 3) == .sequenceOutOfBounds)
        #expect(refusal(tail.with(first: 4), 3) == .signatureInvalid)
        #expect(refusal(whole.with(changes: Array(whole.changes.dropLast()))) == .signatureInvalid)
        #expect(refusal(whole.with(signature: try stranger.segment().signature)) == .signatureInvalid)
    }

    @Test func `stamps and blocks are held to their bounds`() throws {
        var generator = Generator(seed: 7)
        let space = newSpace(using: &generator)
        let body = BlockBody(salt: generator.bytes16(), payload: [0x80])
        let record = Subject.record(RecordID(generator.bytes16()))
        func refusal(_ write: (inout Author) -> Void) throws -> SegmentError? {
            var author = Author(space: space, log: .square, using: &generator)
            write(&author)
            return author.refusal(of: try author.segment(), base: 1)
        }
        let one = [(Subject.created, body, true)]
        #expect(try refusal { $0.append(lamport: 0, one) } == .lamportOrder(seq: 1))
        #expect(try refusal { $0.append(lamport: 5, one); $0.append(lamport: 5, one) } == .lamportOrder(seq: 2))
        let top = Limits.counter
        #expect(try refusal { $0.append(lamport: top, one); $0.append(lamport: top, one) } == nil)
        #expect(try refusal { $0.append(lamport: top + 1, one) } == .lamportOutOfBounds(seq: 1))
        #expect(try refusal { $0.append(time: Limits.timestamp, one) } == nil)
        #expect(try refusal { $0.append(time: Limits.timestamp + 1, one) } == .timeOutOfBounds(seq: 1))
        #expect(try refusal { $0.append([]) } == .blocksOutOfBounds(seq: 1))
        let many = Array(repeating: one[0], count: Limits.blocks)
        #expect(try refusal { $0.append(many) } == nil)
        #expect(try refusal { $0.append(many + one) } == .blocksOutOfBounds(seq: 1))
        #expect(try refusal { $0.append([(record, body, true), one[0], (record, body, false)]) } == .blockRepeated(seq: 1))
    }

    @Test func `a saturated lamport stamp travels`() throws {
        var generator = Generator(seed: 8)
        var author = Author(space: newSpace(using: &generator), log: .square, using: &generator)
        let body = BlockBody(salt: generator.bytes16(), payload: [0x80])
        for _ in 0..<3 { author.append(lamport: Limits.counter, [(.created, body, true)]) }
        let segment = try Segment(decoding: try author.segment().encoded())
        #expect(try author.verify(segment, base: 1).count == 3)
    }

    @Test func `stored rows that are no run of a chain give no segment`() throws {
        var generator = Generator(seed: 9)
        var author = Author(space: newSpace(using: &generator), log: .square, using: &generator)
        try author.write(3, using: &generator)
        let signature = try author.segment().signature
        func build(_ changes: [Change]) throws(SegmentError) {
            _ = try Segment(
                log: .square, actor: author.actor, base: nil, changes: changes, signature: signature)
        }
        #expect(throws: SegmentError.empty) { try build([]) }
        #expect(throws: SegmentError.baseMissing) { try build([author.changes[1]]) }
        #expect(throws: SegmentError.rowsInconsistent(seq: 3)) { try build([author.changes[0], author.changes[2]]) }
        var short = author.changes[0]
        short.bodies.removeAll()
        #expect(throws: SegmentError.rowsInconsistent(seq: 1)) { try build([short]) }
    }
}

extension Segment {
    fileprivate func with(
        log: LogID? = nil, actor: ActorID? = nil, first: UInt64? = nil, birth: ActorBirth?? = nil,
        changes: [SegmentChange]? = nil, signature: Signature? = nil
    ) -> Segment {
        Segment(
            log: log ?? self.log, actor: actor ?? self.actor, first: first ?? self.first, base: base,
            birth: birth ?? self.birth, changes: changes ?? self.changes, signature: signature ?? self.signature)
    }
}
