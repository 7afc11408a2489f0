import StoepModel
import StoepWire

/// How a daemon's space stands.
package struct DaemonStatus: Equatable, Sendable {
    package struct Log: Equatable, Sendable {
        package let log: LogID
        package let heads: [Head]
        package let stateHash: Bytes32
        package let records: Int
    }

    package let space: SpaceID
    package let name: String
    package let actor: ActorID
    package let logs: [Log]
    package let conflicts: Int
    package let pending: Int
    package let wanted: Int
    package let quarantined: Int
    package let members: Int
    package let devices: Int
    /// Laptops that are out, alone or with their member.
    package let revoked: Int
    /// Changes that do not count and that nobody refused.
    package let keptAside: Int
    /// Actors whose chain has branches: laptops that were cloned, or restored from an older copy.
    package let forks: Int
}

extension DaemonStatus {
    func write(to writer: inout CBORWriter) {
        writer.bytes(space)
        writer.text(name)
        writer.bytes(actor)
        writer.array(logs.count)
        for log in logs {
            writer.array(4)
            writer.text(log.log.description)
            writer.bytes(log.stateHash)
            writer.unsigned(UInt64(clamping: log.records))
            writer.array(log.heads.count)
            for head in log.heads {
                writer.array(3)
                writer.bytes(head.actor)
                writer.unsigned(head.seq)
                writer.bytes(head.hash)
            }
        }
        writer.array(9)
        for count in [conflicts, pending, wanted, quarantined, members, devices, revoked, keptAside, forks] {
            writer.unsigned(UInt64(clamping: count))
        }
    }

    init(from reader: inout CBORReader) throws(WireError) {
        space = SpaceID(try reader.bytes32("space"))
        name = try reader.text("name", atMost: Limits.shortTextBytes)
        actor = ActorID(try reader.bytes16("actor"))
        var logs: [Log] = []
        for _ in 0..<(try reader.array("logs", atMost: .max)) { logs.append(try reader.statusLog()) }
        self.logs = logs
        try reader.array("counts", exactly: 9)
        conflicts = try reader.count()
        pending = try reader.count()
        wanted = try reader.count()
        quarantined = try reader.count()
        members = try reader.count()
        devices = try reader.count()
        revoked = try reader.count()
        keptAside = try reader.count()
        forks = try reader.count()
    }
}

extension CBORReader {
    fileprivate mutating func statusLog() throws(WireError) -> DaemonStatus.Log {
        let start = offset
        try array("log", exactly: 4)
        guard let log = LogID(parsing: try text("log", atMost: Limits.shortTextBytes)) else {
            throw .malformed("log", at: start)
        }
        let stateHash = try bytes32("state hash")
        let records = try count()
        var heads: [Head] = []
        for _ in 0..<(try array("heads", atMost: .max)) {
            try array("head", exactly: 3)
            heads.append(
                Head(
                    log: log, actor: ActorID(try bytes16("actor")), seq: try unsigned("seq"),
                    hash: ChangeHash(try bytes32("hash"))))
        }
        return DaemonStatus.Log(log: log, heads: heads, stateHash: stateHash, records: records)
    }
}
