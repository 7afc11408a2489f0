import StoepModel

/// Ends of one actor's chain in one log: what a cut's `points` or `refused` holds (`Protocol/README.md`, What counts).
package struct CutEnds: Hashable, Sendable {
    /// Strictly ascending, all of one actor; none where nothing of the chain is within.
    package let points: [ChangePoint]

    /// - Parameter points: heads of one actor's chain, at most as many as a chain may have branches.
    package init(_ points: some Sequence<ChangePoint>) {
        self.points = Set(points).sorted()
    }

    /// `[[seq, check]…]`: the actor is the record's key.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(reserving: 1 + 20 * points.count)
        writer.array(points.count)
        for point in points {
            writer.array(2)
            writer.unsigned(point.seq)
            writer.check(point.check)
        }
        return writer.bytes
    }

    /// Decodes what `encoded` writes, and nothing else.
    package init(decoding bytes: [UInt8], of actor: ActorID) throws(WireError) {
        var reader = CBORReader(bytes)
        var points: [ChangePoint] = []
        for _ in 0..<(try reader.array("ends", atMost: Limits.branches)) {
            let start = reader.offset
            try reader.array("end", exactly: 2)
            let point = ChangePoint(actor: actor, seq: try reader.seq(), check: try reader.check("check"))
            if let last = points.last, last >= point { throw .notAscending("ends", at: start) }
            points.append(point)
        }
        try reader.finish()
        self.points = points
    }
}

/// An end with its actor: what an ownership's `ends` holds of each chain.
extension ChangePoint {
    /// `[actor, seq, check]`.
    package var encodedEnd: [UInt8] {
        var writer = CBORWriter()
        writer.point(self)
        return writer.bytes
    }

    /// Decodes what `encodedEnd` writes, and nothing else.
    package init(decodingEnd bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        self = try reader.point()
        try reader.finish()
    }
}
