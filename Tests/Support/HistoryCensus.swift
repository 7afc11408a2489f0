import StoepMerge
import StoepModel

/// What histories held, so that a reader sees that they hold what they mean to.
package struct HistoryCensus: Sendable {
    package var histories: [HistoryTrial.Kind: Int] = [:]
    package var replicas: [Int: Int] = [:]
    package var changes = 0
    /// By the name of their kind.
    package var operations: [String: Int] = [:]
    /// Whatever else there was, by name.
    package var found: [String: Int] = [:]

    package init() {}

    package mutating func add(_ other: HistoryCensus) {
        histories.merge(other.histories, uniquingKeysWith: +)
        replicas.merge(other.replicas, uniquingKeysWith: +)
        changes += other.changes
        operations.merge(other.operations, uniquingKeysWith: +)
        found.merge(other.found, uniquingKeysWith: +)
    }

    mutating func note(_ name: String, _ count: Int = 1) {
        if count > 0 { found[name, default: 0] += count }
    }

    mutating func note(_ change: HeldChange) {
        changes += 1
        for block in change.blocks {
            switch block.content {
            case .missing: note("blocks without their body")
            case .malformed: note("blocks that do not decode")
            case .payload(let payload):
                if payload.collection == .cut { note("cuts") }
                for operation in payload.operations { operations[operation.kindName, default: 0] += 1 }
            }
        }
    }

    mutating func note(_ state: RecordState) {
        note("records")
        note("conflicts", state.conflicts.count)
        note("pending", state.pending)
        note("of a later version", state.unknown)
        note("contested", state.contested.count)
        note("moved items", state.fields.reduce(0) { $0 + state.items($1.number).count { $0.id != $0.slot } })
        for entry in state.quarantined { note("quarantined, \(entry.reason.rawValue)") }
        switch state.presence {
        case .present: break
        case .deleted: note("deleted")
        case .revived: note("deleted, with a later edit")
        case .hidden: note("hidden")
        case .erased: note("erased")
        }
    }
}

extension Operation {
    /// What it is called in a census.
    package var kindName: String {
        switch self {
        case .write: "write"
        case .add: "add"
        case .remove: "remove"
        case .edit: "edit"
        case .count: "count"
        case .place: "place"
        case .move: "move"
        case .assign: "assign"
        case .deleteRecord: "delete record"
        case .eraseRecord: "erase record"
        case .same: "same"
        case .apart: "apart"
        case .unknown: "unknown"
        }
    }
}
