import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// The aliases of those in a conversation whom nobody is to approach, sorted.
    /// - Throws: `unknownID`.
    public func notToApproach(inTalk id: RecordID) throws(ReplicaError) -> [String] {
        try ReplicaError.naming {
            try store.read {
                try conversation(id).0.members(Field.Conversation.persons).compactMap { member -> String? in
                    guard case .record(let person) = member.value, try isNotToApproach(person) else { return nil }
                    return try recordName(person, of: .person) ?? String(person.description.prefix(8))
                }.sorted()
            }
        }
    }

    /// Those whom people call so; where nobody has such an alias, those who want to be called that. Inside a read.
    func persons(called name: String, limit: Int? = nil) throws -> [RecordID] {
        let named = try store.records(of: .person, RecordSelection([.reads(Field.Person.alias, name)], limit: limit))
        guard named.isEmpty else { return named }
        return try store.records(of: .person, RecordSelection([.reads(Field.Person.calledA, name)], limit: limit))
    }

    /// Whether anybody said so, of the person or of who is the same: also where somebody else said otherwise at the same
    /// time, until that is settled. Inside a read.
    func isNotToApproach(_ person: RecordID) throws -> Bool {
        try store.group(of: person).contains { id in
            let state = try store.stored(id)
            return state.isListed && state.values(Field.Person.doNotApproach).contains { $0.value == .bool(true) }
        }
    }
}
