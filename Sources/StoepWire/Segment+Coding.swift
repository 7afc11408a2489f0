import StoepModel

/// `[1, log, actor, first, base, birth, [lamport delta…], [time delta…], [[block…]…], salts, signature]`: columns,
/// so that it deflates well.
extension Segment {
    package func encoded() -> [UInt8] {
        encodedParts().bytes
    }

    /// Also where the salts begin: from there on the bytes are random, and are compressed apart.
    func encodedParts() -> (bytes: [UInt8], salts: Int) {
        var size = 192
        for change in changes {
            size += 12
            for block in change.blocks {
                if case .body(let body) = block.content { size += body.payload.count + 40 } else { size += 60 }
            }
        }
        var writer = CBORWriter(reserving: size)
        writer.array(11)
        writer.unsigned(1)
        writer.log(log)
        writer.bytes(actor.raw)
        writer.unsigned(first)
        if let base { writer.check(base) } else { writer.null() }
        if let birth { writer.birth(birth) } else { writer.null() }
        writeStamps(to: &writer)
        var salts: [UInt8] = []
        salts.reserveCapacity(16 * changes.count)
        writer.array(changes.count)
        for change in changes {
            writer.array(change.blocks.count)
            for block in change.blocks { Self.write(block, to: &writer, salts: &salts) }
        }
        let boundary = writer.count
        writer.bytes(salts)
        writer.bytes(signature.bytes)
        return (writer.bytes, boundary)
    }

    /// Differences wrap rather than trap: stamps out of bounds give what every receiver refuses.
    private func writeStamps(to writer: inout CBORWriter) {
        writer.array(changes.count)
        var lamport: UInt64?
        for change in changes {
            if let lamport {
                writer.signed(Int64(bitPattern: change.lamport &- lamport &- 1))
            } else {
                writer.unsigned(change.lamport)
            }
            lamport = change.lamport
        }
        writer.array(changes.count)
        var time: UInt64?
        for change in changes {
            if let time {
                writer.signed(Int64(bitPattern: change.time.milliseconds &- time))
            } else {
                writer.unsigned(change.time.milliseconds)
            }
            time = change.time.milliseconds
        }
    }

    private static func write(_ block: SegmentBlock, to writer: inout CBORWriter, salts: inout [UInt8]) {
        var record: RecordID?
        if case .record(let id) = block.subject { record = id }
        switch block.content {
        case .body(let body):
            writer.array(record == nil ? 1 : 2)
            writer.bytes(body.payload)
            salts.append(body.salt)
        case .missing(let commitment):
            writer.array(record == nil ? 2 : 3)
            writer.null()
            writer.bytes(commitment)
        }
        if let record { writer.bytes(record.raw) }
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Limits.segmentBytes else { throw .tooLarge("segment", at: 0) }
        var reader = CBORReader(bytes)
        _ = try reader.versioned("segment", 11...11)
        let log = try reader.log()
        let actor = ActorID(try reader.bytes16("actor"))
        let first = try reader.seq()
        let base = reader.null() ? nil : try reader.check("base")
        let birth = reader.null() ? nil : try reader.birth()
        let lamports = try reader.lamports()
        let times = try reader.times(lamports.count)
        let blocks = try reader.blocks(changes: lamports.count)
        let salts = try reader.exactly(16 * blocks.bodies, "salts")
        let signature = Signature(Array(reader.slice(try reader.exactly(Signature.count, "signature"))))
        try reader.finish()
        guard let signature else { throw .malformed("signature", at: reader.offset) }

        var changes: [SegmentChange] = []
        changes.reserveCapacity(lamports.count)
        var next = 0
        var salt = salts.lowerBound
        for (index, count) in blocks.counts.enumerated() {
            let own = blocks.all[next..<next + count].map { block in
                switch block.content {
                case .missing(let commitment):
                    return SegmentBlock(subject: block.subject, content: .missing(commitment))
                case .payload(let range):
                    let value = Bytes16(high: reader.word(at: salt), low: reader.word(at: salt + 8))
                    salt += 16
                    return SegmentBlock(
                        subject: block.subject,
                        content: .body(BlockBody(salt: value, payload: Array(reader.slice(range)))))
                }
            }
            next += count
            changes.append(SegmentChange(lamport: lamports[index], time: times[index], blocks: own))
        }
        self.init(
            log: log, actor: actor, first: first, base: base, birth: birth, changes: changes, signature: signature)
    }
}

/// A block whose salt is still to come.
private struct PendingBlock {
    enum Content {
        case payload(Range<Int>)
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
                if case .payload = block.content { bodies += 1 }
                all.append(block)
            }
            counts.append(count)
        }
        return (all, counts, bodies)
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
            content = .payload(try byteRange("payload", atMost: Limits.payloadBytes))
            named = count == 2
        }
        let subject: Subject = named ? .record(RecordID(try bytes16("record"))) : .created
        return PendingBlock(subject: subject, content: content)
    }
}
