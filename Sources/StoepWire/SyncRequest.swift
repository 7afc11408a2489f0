import StoepModel

/// Push and pull in one: `[1, space, scope, ask, [packed segment…], wanted, bodies, receipts, nonce]`
/// (`Protocol/README.md`, Sync).
package struct SyncRequest: Equatable, Sendable {
    package var space: SpaceID
    /// The logs that it is about, ascending; nil for all that the device may read.
    package var scope: [LogID]?
    package var ask: Ask
    package var segments: [PackedSegment]
    /// Changes of which the sender lacks a body.
    package var wanted: HeadList
    /// What the receiver said it wanted, in its last answer.
    package var bodies: [ChangeBodies]
    package var receipts: Receipts
    /// Drawn anew for each request. Its answer repeats it: a relay may keep an old answer, and give that instead.
    package var nonce: UInt64

    /// What the sender wants to have.
    package enum Ask: Hashable, Sendable {
        /// What arrived after the cursor.
        case after(Cursor)
        /// Which buckets differ, and what the other has in them.
        case compare(BucketDigests)
        /// What goes beyond these heads, of the actors in these buckets.
        case beyond(BucketSet, HeadList)
        /// Nothing: only a push.
        case nothing
    }

    package init(
        space: SpaceID, scope: [LogID]? = nil, ask: Ask, segments: [PackedSegment] = [], wanted: HeadList = .empty,
        bodies: [ChangeBodies] = [], receipts: Receipts = .none, nonce: UInt64
    ) {
        self.space = space
        self.scope = scope.map { Set($0).sorted() }
        self.ask = ask
        self.segments = segments
        self.wanted = wanted
        self.bodies = bodies
        self.receipts = receipts
        self.nonce = nonce
    }
}

extension SyncRequest: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(9)
        writer.unsigned(1)
        writer.bytes(space)
        if let scope { writer.logs(scope) } else { writer.null() }
        switch ask {
        case .after(let cursor):
            writer.array(3)
            writer.unsigned(0)
            writer.unsigned(cursor.position)
            writer.bytes(cursor.hash)
        case .compare(let digests):
            writer.array(2)
            writer.unsigned(1)
            writer.digests(digests)
        case .beyond(let buckets, let heads):
            writer.array(3)
            writer.unsigned(2)
            writer.buckets(buckets)
            heads.write(to: &writer)
        case .nothing:
            writer.array(1)
            writer.unsigned(3)
        }
        writer.segments(segments)
        wanted.write(to: &writer)
        writer.bodies(bodies)
        writer.receipts(receipts)
        writer.check(nonce)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("sync request", 9...9)
        let space = SpaceID(try reader.bytes32("space"))
        let scope = reader.null() ? nil : try reader.logs("scope")
        let ask = try reader.ask()
        self.init(
            space: space, scope: scope, ask: ask, segments: try reader.segments(), wanted: try reader.wanted(),
            bodies: try reader.changeBodies(), receipts: try reader.receipts(), nonce: try reader.nonce())
    }
}

extension CBORReader {
    fileprivate mutating func ask() throws(WireError) -> SyncRequest.Ask {
        let (kind, count, start) = try variant("ask")
        switch (kind, count) {
        case (0, 3): return .after(Cursor(position: try position(), hash: try bytes32("cursor hash")))
        case (1, 2): return .compare(try digests())
        case (2, 3): return .beyond(try buckets(), try HeadList(from: &self))
        case (3, 1): return .nothing
        default: throw .malformed("ask", at: start)
        }
    }
}

extension SyncRequest {
    /// What it says that the sender holds.
    package var named: HeadList { if case .beyond(_, let have) = ask { have } else { .empty } }

    /// Whether it wants no changes: it only brings some, or only says what the sender holds.
    package var asksForNothing: Bool {
        switch ask {
        case .nothing: true
        case .beyond(let buckets, _): buckets.isEmpty
        case .after, .compare: false
        }
    }
}
