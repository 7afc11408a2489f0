import StoepModel

/// Whether a record is there, after all that was said of it as a whole (`DESIGN` §5, §6).
package enum RecordPresence: Sendable, Hashable {
    case present
    /// Everything that counts was seen by somebody who deleted it. The fields are kept: an edit revives them all.
    case deleted
    /// Deleted, with a later edit: by the changes, in the total order, that no delete covers.
    case revived(by: [ChangePoint])
    /// Erased by its creator or a coordinator: not shown, and kept until the authority countersigns.
    case hidden
    /// Erased by the authority: nothing of it is left, whatever else is held, now and for ever.
    case erased(successor: RecordID?)

    /// Whether the record is listed and shown like any other.
    package var isListed: Bool {
        switch self {
        case .present, .revived: true
        case .deleted, .hidden, .erased: false
        }
    }
}

/// A delete or an erase that its author may write in this log, and where it stands.
struct EndingOperation {
    enum Kind {
        /// The points that it names.
        case delete([ChangePoint])
        case erase(successor: RecordID?)
    }

    let kind: Kind
    let block: RecordBlock
    let offset: UInt32
    let collection: CollectionNumber
    /// Nil for the authority.
    let member: RecordID?

    static func all(in judged: [Judged]) -> [EndingOperation] {
        guard judged.contains(where: { $0.block.endsRecord }) else { return [] }
        var found: [EndingOperation] = []
        for item in judged where item.block.endsRecord {
            guard case .counts(let member) = item.standing,
                case .payload(let payload, let points) = item.block.content
            else { continue }
            var offset: UInt32 = 0
            for operation in payload.operations {
                let kind: Kind? =
                    switch operation {
                    case .deleteRecord(let heads):
                        .delete(heads.map { Int($0) < points.count ? points[Int($0)] : item.block.point })
                    case .eraseRecord(let successor): .erase(successor: successor)
                    default: nil
                    }
                if let kind {
                    found.append(
                        EndingOperation(
                            kind: kind, block: item.block, offset: offset, collection: payload.collection,
                            member: member))
                }
                let (next, overflow) = offset.addingReportingOverflow(operation.span)
                if overflow { break }
                offset = next
            }
        }
        return found
    }

    func quarantined(_ reason: QuarantineReason) -> Quarantined {
        Quarantined(point: block.point, block: block.index, offset: offset, reason: reason)
    }
}

/// An erasure of a record that its author may write in this log.
package struct Erasure: Sendable, Hashable {
    package let point: ChangePoint
    /// Nil for the authority: then it is countersigned, and what it covers is to be destroyed.
    package let member: RecordID?
    package let successor: RecordID?
    /// What its author took the record for.
    package let collection: CollectionNumber
}

extension RecordFold {
    /// The erasures among a record's blocks, in the total order. That a member may erase the record is not said by
    /// this: the record is hidden then.
    package func erasures(_ id: RecordID, _ delivered: [RecordBlock]) -> [Erasure] {
        EndingOperation.all(in: judged(id, delivered)).compactMap { ending in
            guard case .erase(let successor) = ending.kind else { return nil }
            return Erasure(
                point: ending.block.point, member: ending.member, successor: successor, collection: ending.collection)
        }
    }
}

extension RecordBlock {
    fileprivate var endsRecord: Bool {
        guard case .payload(let payload, _) = content else { return false }
        // A span lends its elements, where an array would copy each.
        let operations = payload.operations.span
        for index in operations.indices where operations[index].endsRecord { return true }
        return false
    }
}

extension RecordFold {
    /// The state of a record that the authority erased; nil where it did not. It depends on nothing else, so that it
    /// is the same before and after the rest was purged, and whether or not that was ever here.
    func erasedState(_ id: RecordID, _ endings: [EndingOperation]) -> RecordState? {
        var successors: [RecordID?] = []
        for ending in endings where ending.member == nil {
            if case .erase(let successor) = ending.kind { successors.append(successor) }
        }
        guard !successors.isEmpty else { return nil }
        var state = RecordState(id: id)
        // Of several the greatest in the total order that names one.
        state.presence = .erased(successor: successors.compactMap { $0 }.last)
        return state
    }

    /// Hides what a coordinator, or the member whose device created it, erased.
    /// - Parameter creator: nil while nobody knows who created the record: then others' erasures wait with all else.
    func hide(_ state: inout RecordState, _ endings: [EndingOperation], creator: Creator?) {
        for ending in endings {
            guard case .erase = ending.kind else { continue }
            if let member = ending.member, isCoordinator(member) || creator?.member == .some(member) {
                state.presence = .hidden
            } else if creator != nil {
                state.quarantined.append(ending.quarantined(.notCreator))
            }
        }
    }

    /// Who created a record; the member is nil for the authority.
    struct Creator {
        let member: RecordID?
    }

    /// Deletes what the deletes cover.
    /// - Parameters:
    ///   - edits: what counts of the record besides its ends, in the total order.
    ///   - points: every change that has a block about the record, whether it counts or not.
    func delete(
        _ state: inout RecordState, _ endings: [EndingOperation], creator: Creator, in definition: CollectionDefinition,
        edits: [ChangePoint], points: Set<ChangePoint>
    ) {
        let holdsOwnWords = definition.fields.contains { $0.rule == .creator && state[$0.number] != nil }
        let isOwned = definition.fields.contains { $0.rule == .owner && state[$0.number] != nil }
        var heads: [ActorID: Set<ChangePoint>] = [:]
        var isDeleted = false
        for ending in endings {
            guard case .delete(let named) = ending.kind else { continue }
            if holdsOwnWords, ending.member != nil, ending.member != creator.member {
                state.quarantined.append(ending.quarantined(.notCreator))
            } else if isOwned, let member = ending.member, !owns(state.id, member, ending.block.point) {
                state.quarantined.append(ending.quarantined(.notOwner))
            } else if named.allSatisfy(points.contains) {
                isDeleted = true
                for point in named { heads[point.actor, default: []].insert(point) }
            } else {
                // Which branch a point that is not here stands in cannot be told, nor whether it will ever come: were
                // it to cover by number alone, a made-up one would cover whatever is yet to be written.
                state.pending += 1
            }
        }
        guard isDeleted, state.presence == .present else { return }
        let uncovered = edits.filter { edit in
            !(heads[edit.actor] ?? []).contains { $0 == edit || edit.seq < $0.seq && isWithin(edit, $0) }
        }
        state.presence = uncovered.isEmpty ? .deleted : .revived(by: uncovered)
    }
}
