import StoepModel
import StoepWire

/// What one actor wrote in one log that does not count.
package struct ListedAside: Equatable, Sendable {
    package let log: LogID
    package let actor: ActorID
    package let device: VerifyingKey
    /// Empty where the roster does not know who it was.
    package let member: String
    package let changes: Int
    /// How many of them a coordinator refused.
    package let refused: Int
    /// The earliest time that one of them claims; of those that nobody refused, where there are any.
    package let since: Timestamp
    /// Names of reasons, ascending.
    package let reasons: [String]
    /// Whether they can be released.
    package let isReleasable: Bool
}

/// How often something does not count for a reason of its own.
package struct CountedReason: Equatable, Sendable {
    package let reason: String
    package let count: Int
}

/// A change that is kept aside, in words.
package struct ShownChange: Equatable, Sendable {
    package struct Block: Equatable, Sendable {
        package let record: RecordID
        /// Empty where the payload is missing, or none.
        package let collection: String
        package let lines: [Line]
    }

    /// What one operation does.
    package struct Line: Equatable, Sendable {
        package enum Kind: String, Sendable, CaseIterable {
            case set, add, remove, text, count, move, delete, erase, same, apart, unknown
        }

        package let kind: Kind
        /// The field's name; empty where it is about the record.
        package let field: String
        package let text: String
    }

    package let log: LogID
    package let seq: UInt64
    package let time: Timestamp
    package let reason: String
    package let isRefused: Bool
    package let blocks: [Block]
}

/// What was decided about an actor's changes in a log, and how many it was.
package struct Decision: Equatable, Sendable {
    package let log: LogID
    package let actor: ActorID
    package let changes: Int
}

extension AdminRequest {
    func writeQuarantine(to writer: inout CBORWriter) {
        func actor(_ kind: String, _ actor: String, _ log: LogID?, _ more: Int = 0) {
            writer.begin(kind, 2 + more)
            writer.text(actor)
            writer.text(log?.description ?? "")
        }
        switch self {
        case .listKeptAside(let log):
            writer.begin("kept-aside", 1)
            writer.text(log?.description ?? "")
        case .showKeptAside(let typed, let log): actor("show-kept-aside", typed, log)
        case .refuse(let typed, let log): actor("refuse", typed, log)
        case .release(let typed, let log, let through):
            actor("release", typed, log, 1)
            writer.unsigned(through ?? 0)
        default: preconditionFailure("not about what is kept aside")
        }
    }

    init?(quarantine kind: String, _ count: Int, from reader: inout CBORReader) throws(WireError) {
        switch (kind, count) {
        case ("kept-aside", 1): self = .listKeptAside(try reader.logIfAny())
        case ("show-kept-aside", 2):
            self = .showKeptAside(
                actor: try reader.text("actor", atMost: Limits.shortTextBytes), try reader.logIfAny())
        case ("refuse", 2):
            self = .refuse(actor: try reader.text("actor", atMost: Limits.shortTextBytes), try reader.logIfAny())
        case ("release", 3):
            let actor = try reader.text("actor", atMost: Limits.shortTextBytes)
            let log = try reader.logIfAny()
            let through = try reader.unsigned("seq", atMost: Limits.counter)
            self = .release(actor: actor, log, through: through == 0 ? nil : through)
        default: return nil
        }
    }
}

extension AdminResponse {
    func writeQuarantine(to writer: inout CBORWriter) {
        switch self {
        case .keptAside(let entries, let besides):
            writer.begin("kept-aside", 2)
            writer.array(entries.count)
            for entry in entries { entry.write(to: &writer) }
            writer.array(besides.count)
            for entry in besides {
                writer.array(2)
                writer.text(entry.reason)
                writer.unsigned(UInt64(clamping: entry.count))
            }
        case .keptAsideChanges(let changes, let more):
            writer.begin("kept-aside-changes", 2)
            writer.array(changes.count)
            for change in changes { change.write(to: &writer) }
            writer.unsigned(UInt64(clamping: more))
        case .decided(let decisions):
            writer.begin("decided", 1)
            writer.array(decisions.count)
            for decision in decisions {
                writer.array(3)
                writer.text(decision.log.description)
                writer.bytes(decision.actor)
                writer.unsigned(UInt64(clamping: decision.changes))
            }
        default: preconditionFailure("not about what is kept aside")
        }
    }

    init?(quarantine kind: String, _ count: Int, from reader: inout CBORReader) throws(WireError) {
        switch (kind, count) {
        case ("kept-aside", 2):
            var entries: [ListedAside] = []
            for _ in 0..<(try reader.array("entries", atMost: .max)) { entries.append(try ListedAside(from: &reader)) }
            var besides: [CountedReason] = []
            for _ in 0..<(try reader.array("reasons", atMost: Limits.logs)) {
                try reader.array("reason", exactly: 2)
                besides.append(
                    CountedReason(
                        reason: try reader.text("reason", atMost: Limits.shortTextBytes), count: try reader.count()))
            }
            self = .keptAside(entries, besides: besides)
        case ("kept-aside-changes", 2):
            var changes: [ShownChange] = []
            for _ in 0..<(try reader.array("changes", atMost: .max)) { changes.append(try ShownChange(from: &reader)) }
            self = .keptAsideChanges(changes, more: try reader.count())
        case ("decided", 1):
            var decisions: [Decision] = []
            for _ in 0..<(try reader.array("decisions", atMost: .max)) {
                try reader.array("decision", exactly: 3)
                decisions.append(
                    Decision(
                        log: try reader.logNamed(), actor: ActorID(try reader.bytes16("actor")),
                        changes: try reader.count()))
            }
            self = .decided(decisions)
        default: return nil
        }
    }
}

extension ListedAside {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(9)
        writer.text(log.description)
        writer.bytes(actor)
        writer.bytes(device)
        writer.text(member)
        writer.unsigned(UInt64(clamping: changes))
        writer.unsigned(UInt64(clamping: refused))
        writer.unsigned(since.milliseconds)
        writer.texts(reasons)
        writer.bool(isReleasable)
    }

    fileprivate init(from reader: inout CBORReader) throws(WireError) {
        try reader.array("entry", exactly: 9)
        log = try reader.logNamed()
        actor = ActorID(try reader.bytes16("actor"))
        device = VerifyingKey(try reader.bytes32("device"))
        member = try reader.text("member", atMost: Limits.valueBytes)
        changes = try reader.count()
        refused = try reader.count()
        since = try reader.time()
        reasons = try reader.texts("reasons")
        isReleasable = try reader.bool("releasable")
    }
}

extension ShownChange {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(6)
        writer.text(log.description)
        writer.unsigned(seq)
        writer.unsigned(time.milliseconds)
        writer.text(reason)
        writer.bool(isRefused)
        writer.array(blocks.count)
        for block in blocks {
            writer.array(3)
            writer.bytes(block.record)
            writer.text(block.collection)
            writer.array(block.lines.count)
            for line in block.lines {
                writer.array(3)
                writer.text(line.kind.rawValue)
                writer.text(line.field)
                writer.text(line.text)
            }
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(WireError) {
        try reader.array("change", exactly: 6)
        log = try reader.logNamed()
        seq = try reader.unsigned("seq", atMost: Limits.counter)
        time = try reader.time()
        reason = try reader.text("reason", atMost: Limits.shortTextBytes)
        isRefused = try reader.bool("refused")
        var blocks: [Block] = []
        for _ in 0..<(try reader.array("blocks", atMost: Limits.blocks)) {
            try reader.array("block", exactly: 3)
            let record = RecordID(try reader.bytes16("record"))
            let collection = try reader.text("collection", atMost: Limits.shortTextBytes)
            var lines: [Line] = []
            for _ in 0..<(try reader.array("lines", atMost: Limits.operations)) {
                try reader.array("line", exactly: 3)
                let kind = Line.Kind(rawValue: try reader.text("kind", atMost: Limits.shortTextBytes))
                lines.append(
                    Line(
                        kind: kind ?? .unknown, field: try reader.text("field", atMost: Limits.shortTextBytes),
                        text: try reader.text("text", atMost: Limits.valueBytes)))
            }
            blocks.append(Block(record: record, collection: collection, lines: lines))
        }
        self.blocks = blocks
    }
}
