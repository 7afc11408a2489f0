import StoepModel

/// Logs, points, cuts and births, as they stand inside larger items (`Protocol/README.md`, Logs).
extension CBORWriter {
    package mutating func log(_ log: LogID) {
        array(log.member != nil ? 3 : log.partition.isEmpty ? 1 : 2)
        unsigned(UInt64(log.kind.rawValue))
        if !log.partition.isEmpty { text(log.partition) }
        if let member = log.member { bytes(member.raw) }
    }

    package mutating func point(_ point: ChangePoint) {
        array(3)
        bytes(point.actor.raw)
        unsigned(point.seq)
        check(point.check)
    }

    mutating func cut(_ cut: Cut) {
        array(4)
        log(cut.log)
        bytes(cut.point.actor.raw)
        unsigned(cut.point.seq)
        check(cut.point.check)
    }

    mutating func birth(_ birth: ActorBirth) {
        array(2)
        bytes(birth.device)
        bytes(birth.nonce)
    }
}

extension CBORReader {
    package mutating func log() throws(WireError) -> LogID {
        let start = offset
        let count = try array("log", atMost: 3)
        guard count > 0 else { throw .malformed("log", at: start) }
        let number = try unsigned("log kind", atMost: UInt64(UInt8.max))
        guard let kind = LogKind(rawValue: UInt8(truncatingIfNeeded: number)) else {
            throw .malformed("log kind", at: start)
        }
        let partition = count > 1 ? try text("partition", atMost: Limits.partitionBytes) : ""
        let member = count > 2 ? RecordID(try bytes16("member")) : nil
        guard let log = LogID(kind, partition: partition, member: member), count == 1 || !partition.isEmpty else {
            throw .malformed("log", at: start)
        }
        return log
    }

    package mutating func point() throws(WireError) -> ChangePoint {
        try array("change point", exactly: 3)
        return ChangePoint(actor: ActorID(try bytes16("actor")), seq: try seq(), check: try check("check"))
    }

    mutating func cut() throws(WireError) -> Cut {
        try array("cut", exactly: 4)
        let log = try log()
        return Cut(
            log: log,
            point: ChangePoint(actor: ActorID(try bytes16("actor")), seq: try seq(), check: try check("check")))
    }

    mutating func birth() throws(WireError) -> ActorBirth {
        try array("birth", exactly: 2)
        return ActorBirth(device: VerifyingKey(try bytes32("device key")), nonce: try bytes16("nonce"))
    }
}

extension LogID {
    /// `[kind]`, `[kind, partition]` or `[kind, partition, member]`.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(reserving: 32)
        writer.log(self)
        return writer.bytes
    }
}

extension Cut {
    /// `[log, actor, seq, check]`, as a delegation has it.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(reserving: 64)
        writer.cut(self)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        self = try reader.cut()
        try reader.finish()
    }
}
