import StoepModel

/// Bodies of a change whose header the receiver holds already: what was wanted (`Protocol/README.md`, Sync).
package struct ChangeBodies: Hashable, Sendable {
    package let log: LogID
    package let point: ChangePoint
    /// As many as the change has blocks; nil where the sender has none either, or the block is erased.
    package let bodies: [BlockBody?]

    package init(log: LogID, point: ChangePoint, bodies: [BlockBody?]) {
        self.log = log
        self.point = point
        self.bodies = bodies
    }
}

/// What a device has destroyed (`Protocol/README.md`, Receipts).
package struct Receipts: Hashable, Sendable {
    /// Of each log, ends of authorities' chains: everything that their erasures up to there cover is gone from every
    /// file of the store.
    package var erasures: HeadList
    /// Logs that are gone altogether, ascending.
    package var purged: [LogID]

    package init(erasures: HeadList = .empty, purged: [LogID] = []) {
        self.erasures = erasures
        self.purged = Set(purged).sorted()
    }

    package static let none = Receipts()
    package var isEmpty: Bool { erasures.entries.isEmpty && purged.isEmpty }
}

extension CBORWriter {
    mutating func logs(_ logs: [LogID]) {
        array(logs.count)
        for one in logs { log(one) }
    }

    mutating func bodies(_ list: [ChangeBodies]) {
        array(list.count)
        for one in list {
            array(3)
            log(one.log)
            point(one.point)
            array(one.bodies.count)
            for body in one.bodies {
                guard let body else {
                    null()
                    continue
                }
                array(2)
                bytes(body.salt)
                bytes(body.payload)
            }
        }
    }

    mutating func receipts(_ receipts: Receipts) {
        array(2)
        receipts.erasures.write(to: &self)
        logs(receipts.purged)
    }
}

extension CBORReader {
    /// Logs in strictly ascending order.
    mutating func logs(_ what: String) throws(WireError) -> [LogID] {
        var out: [LogID] = []
        for _ in 0..<(try array(what, atMost: Limits.logs)) {
            let at = offset
            let log = try log()
            if let last = out.last, last >= log { throw .notAscending(what, at: at) }
            out.append(log)
        }
        return out
    }

    mutating func changeBodies() throws(WireError) -> [ChangeBodies] {
        var out: [ChangeBodies] = []
        for _ in 0..<(try array("bodies", atMost: Limits.wantedChanges)) {
            let start = offset
            try array("change's bodies", exactly: 3)
            let (log, point) = (try log(), try point())
            var bodies: [BlockBody?] = []
            for _ in 0..<(try array("blocks", atMost: Limits.blocks)) {
                bodies.append(null() ? nil : try body())
            }
            guard !bodies.isEmpty else { throw .malformed("blocks", at: start) }
            out.append(ChangeBodies(log: log, point: point, bodies: bodies))
        }
        return out
    }

    /// `[salt, payload]`
    package mutating func body() throws(WireError) -> BlockBody {
        try array("body", exactly: 2)
        return BlockBody(
            salt: try bytes16("salt"), payload: try bytes("payload", atMost: Limits.payloadBytes))
    }

    /// Points of changes of which a body is wanted.
    mutating func wanted() throws(WireError) -> HeadList {
        let start = offset
        let wanted = try HeadList(from: &self)
        guard wanted.count <= Limits.wantedChanges else { throw .tooLarge("wanted", at: start) }
        return wanted
    }

    mutating func receipts() throws(WireError) -> Receipts {
        try array("receipts", exactly: 2)
        return Receipts(erasures: try HeadList(from: &self), purged: try logs("purged logs"))
    }
}
