import StoepMerge
import StoepModel
import StoepStore

/// Everything that is held here of one person, as far as this member may see it.
public struct PersonData: Sendable {
    /// The person, and those who are the same.
    public let persons: [RecordView]
    public let contacts: [RecordView]
    /// The latest first.
    public let conversations: [(talk: ConversationDetail, belongings: TalkBelongings, history: [HistoryStep])]
    /// What else refers to them: referrals, signals, whom they support, earlier disclosures.
    public let links: [RecordLinks]
    /// Agreements, offers and needs that these lead to.
    public let records: [RecordView]
}

extension Replica {
    /// Gives everything that is held here of a person, for themselves: at their request. That it was given, by whom, when
    /// and why, is noted first, for whoever may read about this person; nothing of what was given is.
    /// - Throws: `unknownID`, `empty` without a reason, `tooLong`, `notAllowed`.
    public func disclose(_ person: RecordID, reason: String) throws(ReplicaError) -> PersonData {
        try ReplicaError.naming {
            guard !reason.trimmed.isEmpty else { throw ReplicaError.empty(field: "reason") }
            try Self.check(value: reason, "reason")
            try saveDrafts()
            try store.write {
                let state = try store.stored(person)
                guard state.isListed, state.collection == .person, let log = try store.log(of: person) else {
                    throw ReplicaError.unknownID(person.description)
                }
                _ = try store.saveInTransaction([
                    RecordEdit(
                        log: log, target: .new(.disclosure),
                        fields: [
                            .set(Field.Disclosure.person, .record(person)),
                            .set(Field.Disclosure.reason, .text(reason.trimmed)),
                        ])
                ])
            }
        }
        return try data(of: person)
    }

    private func data(of person: RecordID) throws(ReplicaError) -> PersonData {
        let contacts = try contacts(of: person)
        let links = try links(to: person)
        let isTalk = { (link: RecordLinks) in link.collection.number == .conversation }
        let talks = links.filter(isTalk).flatMap(\.records).map(\.id)
        var conversations: [(talk: ConversationDetail, belongings: TalkBelongings, history: [HistoryStep])] = []
        for id in talks {
            conversations.append((try conversation(id: id), try belongings(ofTalk: id), try history(of: id)))
        }
        let first = try view(person)
        var persons = [first]
        for id in first.same { persons.append(try view(id)) }
        let fields = persons.flatMap(\.fields) + conversations.flatMap(\.belongings.links)
        var records: [RecordView] = []
        for id in Self.leadingTo([.agreement, .offer, .need], fields) {
            // One that is not here yet, or no longer.
            if let record = try? view(id) { records.append(record) }
        }
        return PersonData(
            persons: persons, contacts: contacts, conversations: conversations,
            links: links.filter { !isTalk($0) && $0.collection.number != .contact }, records: records)
    }

    private static func leadingTo(_ collections: [CollectionNumber], _ fields: [RecordView.Field]) -> [RecordID] {
        var seen: Set<RecordID> = []
        return fields.flatMap { field -> [RecordID] in
            guard case .record(let number) = field.definition.type, collections.contains(number),
                case .members(let members) = field.content
            else { return [] }
            return members.compactMap { if case .record(let id) = $0.value { id } else { nil } }
        }.filter { seen.insert($0).inserted }
    }

    /// Writes a file that nobody else may read; durable on return.
    /// - Throws: `fileInTheWay`, `fileUnusable`, `diskFull`.
    public func writeFile(_ text: String, to path: String) throws(ReplicaError) {
        try ReplicaError.naming { try store.writeNewFile(Array(text.utf8), to: path) }
    }

    /// Whether something stands where a file is to be written.
    public func isInTheWay(_ path: String) -> Bool { store.isInTheWay(path) }
}
