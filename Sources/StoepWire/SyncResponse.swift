import StoepModel

/// `[1, [result…], answer, cursor, more, time, wanted, bodies, order, nonce]` (`Protocol/README.md`, Sync).
package struct SyncResponse: Equatable, Sendable {
    /// One for each pushed segment, in order: nil once it is durable (new or already held), else the error's name.
    package var results: [String?]
    package var answer: Answer
    /// What the client may keep once everything in the answer is durable with it; nil where there is nothing to keep.
    package var cursor: Cursor?
    /// Whether there is more after this answer.
    package var more: Bool
    /// The sender's wall clock.
    package var time: Timestamp
    /// Changes of which the sender lacks a body.
    package var wanted: HeadList
    /// What of the receiver's wants the sender has.
    package var bodies: [ChangeBodies]
    /// A signed `PurgeOrder` for the device that asks; nil where it may keep what it holds.
    package var order: [UInt8]?
    /// Of the request that this answers.
    package var nonce: UInt64

    package enum Answer: Hashable, Sendable {
        case segments([PackedSegment])
        /// Which buckets differ, and the sender's heads in them.
        case differing(BucketSet, HeadList)
        /// The cursor stands for something that the sender does not hold: compare.
        case cursorUnknown
    }

    package init(
        results: [String?], answer: Answer, cursor: Cursor?, more: Bool, time: Timestamp, wanted: HeadList = .empty,
        bodies: [ChangeBodies] = [], order: [UInt8]? = nil, nonce: UInt64
    ) {
        self.results = results
        self.answer = answer
        self.cursor = cursor
        self.more = more
        self.time = time
        self.wanted = wanted
        self.bodies = bodies
        self.order = order
        self.nonce = nonce
    }
}

extension SyncResponse: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(10)
        writer.unsigned(1)
        writer.array(results.count)
        for result in results {
            if let result { writer.text(result) } else { writer.null() }
        }
        switch answer {
        case .segments(let segments):
            writer.array(2)
            writer.unsigned(0)
            writer.segments(segments)
        case .differing(let buckets, let heads):
            writer.array(3)
            writer.unsigned(1)
            writer.buckets(buckets)
            heads.write(to: &writer)
        case .cursorUnknown:
            writer.array(1)
            writer.unsigned(2)
        }
        if let cursor {
            writer.array(2)
            writer.unsigned(cursor.position)
            writer.bytes(cursor.hash)
        } else {
            writer.null()
        }
        writer.bool(more)
        writer.unsigned(time.milliseconds)
        wanted.write(to: &writer)
        writer.bodies(bodies)
        if let order { writer.bytes(order) } else { writer.null() }
        writer.check(nonce)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("sync response", 10...10)
        var results: [String?] = []
        for _ in 0..<(try reader.array("results", atMost: Limits.segments)) {
            results.append(reader.null() ? nil : try reader.text("result", atMost: Limits.shortTextBytes))
        }
        let answer = try reader.answer()
        var cursor: Cursor?
        if !reader.null() {
            try reader.array("cursor", exactly: 2)
            cursor = Cursor(position: try reader.position(), hash: try reader.bytes32("cursor hash"))
        }
        self.init(
            results: results, answer: answer, cursor: cursor, more: try reader.bool("more"),
            time: try reader.timestamp(), wanted: try reader.wanted(), bodies: try reader.changeBodies(),
            order: reader.null() ? nil : try reader.bytes("order", atMost: Limits.payloadBytes),
            nonce: try reader.nonce())
    }
}

extension CBORReader {
    fileprivate mutating func answer() throws(WireError) -> SyncResponse.Answer {
        let (kind, count, start) = try variant("answer")
        switch (kind, count) {
        case (0, 2): return .segments(try segments())
        case (1, 3): return .differing(try buckets(), try HeadList(from: &self))
        case (2, 1): return .cursorUnknown
        default: throw .malformed("answer", at: start)
        }
    }
}
