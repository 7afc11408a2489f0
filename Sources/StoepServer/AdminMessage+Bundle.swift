import StoepModel
import StoepStore
import StoepWire

/// What a coordinator wants done with a bundle.
package struct BundleOrder: Equatable, Sendable {
    package enum Deed: String, Sendable {
        case export, take = "import", inspect
    }

    package var deed: Deed
    /// Absolute: the daemon stands in another directory than the command.
    package var path: String

    package init(_ deed: Deed, path: String) {
        self.deed = deed
        self.path = path
    }

    init(from reader: inout CBORReader) throws(WireError) {
        let start = reader.offset
        guard let deed = Deed(rawValue: try reader.text("deed", atMost: Limits.shortTextBytes)) else {
            throw .malformed("deed", at: start)
        }
        let path = try reader.text("path", atMost: Limits.valueBytes)
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { throw .malformed("path", at: start) }
        self.init(deed, path: path)
    }
}

/// What exporting a bundle came to.
package struct WrittenBundle: Equatable, Sendable {
    package let logs: [LogID]
    package let changes: Int
    package let bytes: Int
    package let readers: Int

    init(_ written: BundleWritten) {
        logs = written.logs
        changes = written.changes
        bytes = written.bytes
        readers = written.readers
    }

    func write(to writer: inout CBORWriter) {
        writer.begin("bundle-written", 4)
        writer.texts(logs.map(\.description))
        for count in [changes, bytes, readers] { writer.unsigned(UInt64(clamping: count)) }
    }

    init(from reader: inout CBORReader) throws(WireError) {
        logs = try reader.logNames()
        changes = try reader.count()
        bytes = try reader.count()
        readers = try reader.count()
    }
}

/// What taking in a bundle came to.
package struct TakenBundle: Equatable, Sendable {
    package let logs: [LogID]
    /// Changes that were new.
    package let fresh: Int
    /// The names of why something was not taken.
    package let refused: [String]
    package let sealedToOthers: Int
    /// Whether it went on where an earlier import was cut.
    package let isResumed: Bool

    init(_ taken: BundleTaken) {
        logs = taken.logs
        fresh = taken.fresh
        refused = Set(taken.refused).sorted()
        sealedToOthers = taken.sealedToOthers
        isResumed = taken.resumedAfter > 0
    }

    func write(to writer: inout CBORWriter) {
        writer.begin("bundle-taken", 5)
        writer.texts(logs.map(\.description))
        writer.unsigned(UInt64(clamping: fresh))
        writer.texts(refused)
        writer.unsigned(UInt64(clamping: sealedToOthers))
        writer.bool(isResumed)
    }

    init(from reader: inout CBORReader) throws(WireError) {
        logs = try reader.logNames()
        fresh = try reader.count()
        refused = try reader.texts("refusals")
        sealedToOthers = try reader.count()
        isResumed = try reader.bool("resumed")
    }
}

/// What a bundle holds.
package struct ListedBundle: Equatable, Sendable {
    package struct Log: Equatable, Sendable {
        /// Nil where it is sealed to others.
        package let log: LogID?
        package let bytes: Int
        package let recipients: Int
        package let changes: Int
        package let actors: Int
    }

    package let time: Timestamp
    package let bytes: Int
    package let logs: [Log]

    init(_ contents: BundleContents) {
        time = contents.time
        bytes = contents.bytes
        logs = contents.logs.map {
            Log(log: $0.log, bytes: $0.bytes, recipients: $0.recipients, changes: $0.changes, actors: $0.actors)
        }
    }

    func write(to writer: inout CBORWriter) {
        writer.begin("bundle-contents", 3)
        writer.unsigned(time.milliseconds)
        writer.unsigned(UInt64(clamping: bytes))
        writer.array(logs.count)
        for log in logs {
            writer.array(5)
            writer.text(log.log?.description ?? "")
            for count in [log.bytes, log.recipients, log.changes, log.actors] {
                writer.unsigned(UInt64(clamping: count))
            }
        }
    }

    init(from reader: inout CBORReader) throws(WireError) {
        time = try reader.time()
        bytes = try reader.count()
        var logs: [Log] = []
        for _ in 0..<(try reader.array("logs", atMost: Limits.logs)) {
            try reader.array("log", exactly: 5)
            let name = try reader.text("log", atMost: Limits.shortTextBytes)
            logs.append(
                Log(
                    log: LogID(parsing: name), bytes: try reader.count(), recipients: try reader.count(),
                    changes: try reader.count(), actors: try reader.count()))
        }
        self.logs = logs
    }
}

extension CBORReader {
    fileprivate mutating func logNames() throws(WireError) -> [LogID] {
        let start = offset
        return try texts("logs").map { (name) throws(WireError) -> LogID in
            guard let log = LogID(parsing: name) else { throw .malformed("log", at: start) }
            return log
        }
    }
}
