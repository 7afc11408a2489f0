import StoepModel
import StoepWire

extension Store {
    /// What one transaction brought.
    struct AppendedPiece {
        /// The ends of the segments in it.
        let heads: [Head]
        let isLast: Bool
        /// Whether this piece or one before it had something that was refused.
        let hasRefused: Bool
    }

    /// Verifies before the lock and appends under it, in pieces so small that a save in between hardly waits.
    /// - Parameters:
    ///   - goesOn: whether others follow, as in `write`.
    ///   - refusing: the name of why nothing of a log is taken; nil where it is.
    ///   - alongside: what belongs to a piece, in the transaction that brings it.
    /// - Returns: how many changes were new, and for each segment nil or the name of why it was not taken.
    @discardableResult
    func appendInPieces(
        _ packed: [PackedSegment], goesOn: Bool = false, refusing: (LogID) throws -> String?,
        alongside: (AppendedPiece) throws -> Void = { _ in }
    ) throws -> (fresh: Int, results: [String?]) {
        var results = [String?](repeating: nil, count: packed.count)
        var fresh = 0
        var piece: [(place: Int, segment: VerifiedSegment)] = []
        var bytes = 0
        func flush(isLast: Bool) throws {
            try write(goesOn: goesOn || !isLast) {
                var heads: [Head] = []
                for (place, segment) in piece {
                    do {
                        fresh += try append(segment).count
                        if let head = segment.head { heads.append(head) }
                    } catch let refusal as Refusal {
                        results[place] = refusal.name
                    }
                }
                try foldBehind(controlOnly: isHub)
                try alongside(
                    AppendedPiece(heads: heads, isLast: isLast, hasRefused: results.contains { $0 != nil }))
            }
            piece.removeAll()
            bytes = 0
        }
        for (place, one) in packed.enumerated() {
            do {
                let segment = try Self.unpack(one)
                if let name = try read({ try refusing(segment.log) }) { throw Refusal(name) }
                do {
                    piece.append((place, try verify(segment)))
                } catch let refusal as Refusal where refusal.name == "base-missing" && !piece.isEmpty {
                    // It may build on what stands in this very piece.
                    try flush(isLast: false)
                    piece.append((place, try verify(segment)))
                }
            } catch let refusal as Refusal {
                results[place] = refusal.name
            }
            bytes += one.rawCount
            let changes = piece.reduce(0) { $0 + $1.segment.changes.count }
            let isFull = bytes >= Self.bytesPerPiece || changes >= Self.changesPerPiece
            if isFull || PlantedFault.applyHalfABatch.isOn { try flush(isLast: false) }
        }
        try flush(isLast: true)
        return (fresh, results)
    }

    /// After so many changes a transaction ends.
    private static let changesPerPiece = 2000
    /// And after so many bytes of segments, inflated: they are in memory until then.
    private static let bytesPerPiece = Limits.segmentBytes

    /// Takes what a colleague's laptop sends, of the logs that this replica's member may read: a replica holds what it
    /// may read and nothing else.
    /// - Returns: for each segment nil once it is durable, or the name of why it was not taken.
    package func takeFromLaptop(_ packed: [PackedSegment], as member: RecordID) throws -> (
        fresh: Int, results: [String?]
    ) {
        try appendInPieces(packed, refusing: { try mayTake($0, as: member) ? nil : ErrorName.logNotReadable })
    }

    /// Whether what is handed over may be kept here. A device whose roster has not come yet takes the roster.
    /// - Parameter member: for whom this device acts; nil for a daemon, which holds everything.
    func mayTake(_ log: LogID, as member: RecordID?) throws -> Bool {
        guard let member else { return isHub }
        return try log == .roster || mayRead(member, log)
    }
}
