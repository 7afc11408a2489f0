import StoepModel

extension Segment {
    /// Decodes in one pass; payloads, salts and signature are copied once, into what is returned.
    package init(decoding bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Limits.segmentBytes else { throw .tooLarge("segment", at: 0) }
        var reader = CBORReader(bytes)
        _ = try reader.versioned("segment", 12...12)
        let log = try reader.log()
        let actor = ActorID(try reader.bytes16("actor"))
        let first = try reader.seq()
        let base = reader.null() ? nil : try reader.check("base")
        let birth = reader.null() ? nil : try reader.birth()
        let lamports = try reader.lamports()
        let times = try reader.times(lamports.count)
        let blocks = try reader.blocks(changes: lamports.count)
        let backs = try reader.backs(blocks.bodies)
        let salts = try reader.exactly(16 * blocks.bodies, "salts")
        let signature = Signature(Array(reader.slice(try reader.exactly(Signature.count, "signature"))))
        try reader.finish()
        guard let signature else { throw .malformed("signature", at: reader.offset) }

        var changes: [SegmentChange] = []
        changes.reserveCapacity(lamports.count)
        var body = 0
        func block(_ pending: PendingBlock) throws(WireError) -> SegmentBlock {
            switch pending.content {
            case .missing(let commitment):
                return SegmentBlock(subject: pending.subject, content: .missing(commitment))
            case .front(let front):
                let back = backs[body]
                guard front.count + back.count <= Limits.payloadBytes else {
                    throw .tooLarge("payload", at: front.lowerBound)
                }
                let at = salts.lowerBound + 16 * body
                body += 1
                let salt = Bytes16(high: reader.word(at: at), low: reader.word(at: at + 8))
                let payload = reader.joined(front, back)
                return SegmentBlock(subject: pending.subject, content: .body(BlockBody(salt: salt, payload: payload)))
            }
        }
        var next = 0
        for (index, count) in blocks.counts.enumerated() {
            var own: [SegmentBlock] = []
            own.reserveCapacity(count)
            for pending in blocks.all[next..<next + count] { own.append(try block(pending)) }
            next += count
            changes.append(SegmentChange(lamport: lamports[index], time: times[index], blocks: own))
        }
        self.init(
            log: log, actor: actor, first: first, base: base, birth: birth, changes: changes, signature: signature)
    }
}

/// A block whose back and salt are still to come.
private struct PendingBlock {
    enum Content {
        case front(Range<Int>)
        case missing(Commitment)
    }
    let subject: Subject
    let content: Content
}

extension CBORReader {
    fileprivate mutating func lamports() throws(WireError) -> [UInt64] {
        let start = offset
        let count = try array("changes", atMost: Limits.segmentChanges)
        guard count > 0 else { throw .malformed("changes", at: start) }
        var out: [UInt64] = []
        out.reserveCapacity(count)
        var last = try unsigned("lamport", atMost: Limits.counter)
        out.append(last)
        for _ in 1..<count {
            let at = offset
            let delta = try signed("lamport")
            let (sum, over) = Int64(last).addingReportingOverflow(delta)
            let (next, again) = sum.addingReportingOverflow(1)
            guard !over, !again, next >= 0, UInt64(next) <= Limits.counter else { throw .tooLarge("lamport", at: at) }
            last = UInt64(next)
            out.append(last)
        }
        return out
    }

    fileprivate mutating func times(_ count: Int) throws(WireError) -> [Timestamp] {
        try array("times", exactly: count)
        var out: [Timestamp] = []
        out.reserveCapacity(count)
        var last = try timestamp()
        out.append(last)
        for _ in 1..<count {
            let at = offset
            let delta = try signed("time")
            let (next, over) = Int64(last.milliseconds).addingReportingOverflow(delta)
            guard !over, next >= 0, UInt64(next) <= Limits.timestamp else { throw .tooLarge("time", at: at) }
            last = Timestamp(milliseconds: UInt64(next))
            out.append(last)
        }
        return out
    }

    fileprivate mutating func blocks(
        changes: Int
    ) throws(WireError) -> (all: [PendingBlock], counts: [Int], bodies: Int) {
        try array("changes", exactly: changes)
        var all: [PendingBlock] = []
        all.reserveCapacity(changes)
        var counts: [Int] = []
        counts.reserveCapacity(changes)
        var bodies = 0
        for _ in 0..<changes {
            let start = offset
            let count = try array("blocks", atMost: Limits.blocks)
            guard count > 0 else { throw .malformed("blocks", at: start) }
            for _ in 0..<count {
                let block = try block()
                if case .front = block.content { bodies += 1 }
                all.append(block)
            }
            counts.append(count)
        }
        return (all, counts, bodies)
    }

    fileprivate mutating func backs(_ count: Int) throws(WireError) -> [Range<Int>] {
        try array("backs", exactly: count)
        var out: [Range<Int>] = []
        out.reserveCapacity(count)
        for _ in 0..<count { out.append(try byteRange("payload", atMost: Limits.payloadBytes)) }
        return out
    }

    private mutating func block() throws(WireError) -> PendingBlock {
        let start = offset
        let count = try array("block", atMost: 3)
        guard count > 0 else { throw .malformed("block", at: start) }
        let content: PendingBlock.Content
        let named: Bool
        if null() {
            guard count > 1 else { throw .malformed("block", at: start) }
            content = .missing(Commitment(try bytes32("commitment")))
            named = count == 3
        } else {
            guard count < 3 else { throw .malformed("block", at: start) }
            content = .front(try byteRange("payload", atMost: Limits.payloadBytes))
            named = count == 2
        }
        let subject: Subject = named ? .record(RecordID(try bytes16("record"))) : .created
        return PendingBlock(subject: subject, content: content)
    }
}
