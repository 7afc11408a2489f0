import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// Themes that have owners, and what only they may say of them.
extension MergeHistory {
    /// A member is given a theme, or it is withdrawn: what stands at one of their changes or before it goes on counting.
    func own(_ number: Int, _ roster: Roster) {
        let index = random.below(members.count)
        let theme = RecordID(.theme, key: random.pick(["groen", "zorg"]), .openSSL)
        let key = "\(theme)/\(members[index])"
        let record = RecordID(.ownership, key: key, .openSSL)
        let state = writers[number].replica.fold(record, in: .roster, under: roster)
        var table = Table(writers[number].actor, (writers[number].ends[.roster]?.seq ?? 0) + 1)
        let isGiven = !random.chance(3)
        var operations: [Operation] = [
            .write(Field.Ownership.theme, .record(theme), overwrites: []),
            .write(
                Field.Ownership.level, .integer(isGiven ? 1 : 0),
                overwrites: register(state, Field.Ownership.level).map { table.reference($0) }),
        ]
        let written = changes.filter { $0.device == writers[daemons + index].key && $0.log == .square }
        if !isGiven, !written.isEmpty {
            let end = random.pick(written).point.encodedEnd
            operations.append(.add(Field.Ownership.ends, .bytes(random.chance(9) ? random.damaged(end) : end)))
        }
        append(
            number, .roster,
            [
                HeldChange.Block(
                    subject: .record(record),
                    content: .payload(
                        Payload(
                            collection: .ownership, key: state.collection == nil || random.chance(4) ? key : nil,
                            table: table.entries, operations: operations)))
            ])
    }

    /// What a writer says of a theme that only its owners may, whether they are one or not.
    func owned(
        _ number: Int, _ theme: RecordID, _ state: RecordState, _ roster: Roster, _ table: inout Table
    ) -> [Operation] {
        var operations: [Operation] = []
        if random.chance(2) {
            let field = random.pick([Field.Theme.nextStep, Field.Theme.state])
            let value: Value = field == Field.Theme.state ? .integer(Int64(random.below(3))) : .text(random.text(words: 1))
            let seen = register(state, field).map { table.reference($0) }
            operations.append(.write(field, value, overwrites: seen))
        }
        if random.chance(3) { operations += text(number, theme, Field.Theme.aim, .square, roster, &table) }
        return operations
    }
}
