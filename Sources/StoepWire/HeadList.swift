import StoepModel

/// Heads by log: a frontier, or part of one. `[[log, [[actor, seq, check]…]]…]`, logs and heads in strictly
/// ascending order, no log without a head, so that a frontier has one form.
package struct HeadList: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let log: LogID
        /// Ascending; several of one actor where its chain has forked.
        package let heads: [ChangePoint]
    }

    package let entries: [Entry]

    package static let empty = HeadList([:])

    /// Sorts, drops duplicates and empty logs.
    package init(_ frontier: [LogID: [ChangePoint]]) {
        entries = frontier.filter { !$0.value.isEmpty }
            .map { Entry(log: $0.key, heads: Set($0.value).sorted()) }
            .sorted { $0.log < $1.log }
    }

    private init(entries: [Entry]) {
        self.entries = entries
    }

    package var count: Int { entries.reduce(0) { $0 + $1.heads.count } }

    package subscript(log: LogID) -> [ChangePoint] {
        entries.first { $0.log == log }?.heads ?? []
    }

    /// Only the actors whose bucket is in the set.
    package func filtered(to buckets: BucketSet) -> HeadList {
        filtered { buckets.contains(Bucket(of: $1)) }
    }

    /// Only these chains.
    package func filtered(_ isIncluded: (LogID, ActorID) -> Bool) -> HeadList {
        HeadList(
            entries: entries.compactMap { entry in
                let heads = entry.heads.filter { isIncluded(entry.log, $0.actor) }
                return heads.isEmpty ? nil : Entry(log: entry.log, heads: heads)
            })
    }
}

extension HeadList: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(entries.count)
        for entry in entries {
            writer.array(2)
            writer.log(entry.log)
            writer.array(entry.heads.count)
            for head in entry.heads { writer.point(head) }
        }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        let count = try reader.array("logs", atMost: Limits.logs)
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        var room = Limits.frontierEntries
        for _ in 0..<count {
            let start = reader.offset
            try reader.array("log's heads", exactly: 2)
            let log = try reader.log()
            if let last = entries.last, last.log >= log { throw .notAscending("logs", at: start) }
            let heads = try reader.heads(atMost: room)
            room -= heads.count
            entries.append(Entry(log: log, heads: heads))
        }
        self.init(entries: entries)
    }
}

extension CBORReader {
    fileprivate mutating func heads(atMost room: Int) throws(WireError) -> [ChangePoint] {
        let start = offset
        let count = try array("heads", atMost: room)
        guard count > 0 else { throw .malformed("heads", at: start) }
        var out: [ChangePoint] = []
        out.reserveCapacity(count)
        for _ in 0..<count {
            let at = offset
            let head = try point()
            if let last = out.last, last >= head { throw .notAscending("heads", at: at) }
            out.append(head)
        }
        return out
    }
}
