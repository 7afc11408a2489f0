import StoepMerge
import StoepModel

enum NaivePresence: Equatable {
    case present
    case deleted
    case revived([ChangePoint])
    case hidden
    case erased(RecordID?)
}

extension NaiveFold {
    /// What is named instead of what the authority erased; nil where the authority erased nothing.
    func erasure(_ judged: [Judged]) -> RecordID?? {
        var found = false
        var successor: RecordID?
        for one in judged where one.counts && one.member == nil {
            for case .eraseRecord(let named) in one.payload?.operations ?? [] {
                found = true
                successor = named ?? successor
            }
        }
        return found ? .some(successor) : .none
    }

    /// - Parameter creator: the creator's member, where it is known who created the record.
    func hide(_ judged: [Judged], _ creator: RecordID??, _ record: inout NaiveRecord) {
        for one in judged where one.counts {
            for (offset, operation) in one.payload.map(Self.offsets) ?? [] {
                guard case .eraseRecord = operation, let member = one.member else { continue }
                if role(member) == 4 || creator == .some(.some(member)) {
                    record.presence = .hidden
                } else if creator != nil {
                    record.objections.append(
                        .init(point: one.change.point, block: one.block, offset: offset, reason: "not-creator"))
                }
            }
        }
    }

    func delete(_ judged: [Judged], _ creator: RecordID?, _ definition: CollectionDefinition, _ record: inout NaiveRecord) {
        let hasWords = definition.fields.contains { field in
            guard field.rule == .creator else { return false }
            return record.registers[field.number] != nil || record.sets[field.number] != nil
                || record.texts[field.number] != nil || record.lists[field.number] != nil
                || record.counters[field.number] != nil
        }
        let isOwned = definition.fields.contains { field in
            field.rule == .owner && (record.registers[field.number] != nil || record.texts[field.number] != nil)
        }
        var deletes: [[HeldChange]] = []
        for one in judged where one.counts {
            for (offset, operation) in one.payload.map(Self.offsets) ?? [] {
                guard case .deleteRecord(let entries) = operation else { continue }
                if hasWords, let member = one.member, member != creator {
                    record.objections.append(
                        .init(point: one.change.point, block: one.block, offset: offset, reason: "not-creator"))
                    continue
                }
                if isOwned, !mayActAsOwner(of: record.id, one) {
                    record.objections.append(
                        .init(point: one.change.point, block: one.block, offset: offset, reason: "not-owner"))
                    continue
                }
                let named = entries.map { one.points[Int($0)] }
                let seen = named.compactMap { point in judged.first { $0.change.point == point }?.change }
                if seen.count == named.count { deletes.append(seen) } else { record.pending += 1 }
            }
        }
        if deletes.isEmpty || record.presence == .hidden { return }
        let later = judged.filter { one in
            one.counts && isEdit(one, definition, creator, record.id)
                && !deletes.joined().contains { head in
                    head.actor == one.change.actor && ancestor(head, one.change.seq)?.hash == one.change.hash
                }
        }
        record.presence = later.isEmpty ? .deleted : .revived(later.map(\.change.point))
    }

    /// Whether anything in a block counts besides deleting and erasing.
    private func isEdit(
        _ one: Judged, _ definition: CollectionDefinition, _ creator: RecordID?, _ id: RecordID
    ) -> Bool {
        if one.creates { return true }
        return (one.payload?.operations ?? []).contains { operation in
            switch operation {
            case .deleteRecord, .eraseRecord: return false
            case .same, .apart: return !isBadJoin(operation, definition, id: id)
            default: break
            }
            guard let field = operation.field.flatMap({ definition.field($0) }) else { return true }
            return objection(operation, field, one, creator, id) == nil
        }
    }
}
