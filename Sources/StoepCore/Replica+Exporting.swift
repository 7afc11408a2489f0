import StoepMerge
import StoepModel
import StoepStore

/// Everything that is here, record by record, for files that other programs read.
extension Replica {
    /// How many records of these collections are here.
    public func count(of collections: [CollectionNumber]) throws(ReplicaError) -> Int {
        try ReplicaError.naming { try store.read { try collections.reduce(0) { $0 + (try store.count(of: $1)) } } }
    }

    /// Goes through collections record by record, all as they stand at one moment, and holds no more than one at once.
    /// A link says what a person may type for what it leads to: its name where that leads to it alone, else its id.
    /// - Parameters:
    ///   - collections: in this order.
    ///   - begin: is called before the records of each collection.
    ///   - each: is called with each record; false ends it all.
    public func export(
        _ collections: [CollectionNumber], begin: (CollectionDefinition) -> Bool, each: (RecordView) -> Bool
    ) throws(ReplicaError) {
        struct Ended: Error {}
        try ReplicaError.naming {
            do {
                try store.read {
                    let readable = Set(try readableLogs())
                    let references = References(self)
                    var people = People(self)
                    for number in collections {
                        guard begin(try definition(number)) else { throw Ended() }
                        try store.forEachRecord(of: number) { state, log in
                            guard readable.contains(log), state.isListed, try mayLeave(state) else { return }
                            let record = try references.named(view(state, in: log, &people))
                            guard each(record) else { throw Ended() }
                        }
                    }
                }
            } catch is Ended {}
        }
    }

    /// Whether a record may stand in a file: how somebody is reached only while they agree to it.
    private func mayLeave(_ record: RecordState) throws -> Bool {
        guard record.collection == .contact else { return true }
        guard case .record(let person)? = record.value(Field.Contact.person) else { return false }
        return try agreesToContact(person)
    }

    /// Leaves a record of why contact details left this store.
    public func recordExport(ofContactDetails count: Int, reason: String) throws(ReplicaError) {
        try ReplicaError.naming {
            try store.write { try store.audit("export of contact details: \(count), \(reason)") }
        }
    }

    /// What to call what records lead to, so that reading it leads there again; looked up once each.
    private final class References {
        private static let limit = 20_000
        private let replica: Replica
        private var texts: [RecordID: String] = [:]

        init(_ replica: Replica) { self.replica = replica }

        /// The record with such texts in its links.
        func named(_ record: RecordView) throws -> RecordView {
            guard record.fields.contains(where: { $0.definition.type.linked != nil }) else { return record }
            return try record.with(
                fields: record.fields.map { field in
                    guard let collection = field.definition.type.linked else { return field }
                    return RecordView.Field(
                        definition: field.definition, content: try named(field.content, collection))
                })
        }

        private func named(
            _ content: RecordView.Content, _ collection: CollectionNumber
        ) throws -> RecordView.Content {
            switch content {
            case .value(let shown, let others):
                let text = try text(shown.value, collection) ?? shown.text
                return .value(
                    CompetingValue(value: shown.value, text: text, by: shown.by, time: shown.time), others: others)
            case .members(let members):
                return .members(
                    try members.map { RecordView.Member(value: $0.value, text: try text($0.value, collection) ?? $0.text) }
                        .sorted { ($0.text, $0.value) < ($1.text, $1.value) })
            case .text, .count, .items: return content
            }
        }

        private func text(_ value: Value, _ collection: CollectionNumber) throws -> String? {
            guard case .record(let id) = value else { return nil }
            if let known = texts[id] { return known }
            if texts.count >= Self.limit { texts = [:] }
            let name = try replica.recordName(id, of: collection) ?? ""
            let text = replica.leads(name, to: id, of: collection) ? name : id.description
            texts[id] = text
            return text
        }
    }

    /// Whether a name that somebody types means this record and no other.
    private func leads(_ name: String, to id: RecordID, of collection: CollectionNumber) -> Bool {
        guard !name.trimmed.isEmpty, name.trimmed.utf8.elementsEqual(name.utf8) else { return false }
        let meant = collection == .theme ? try? heldTheme(name) : try? record(meaning: name, of: collection)
        return meant == id
    }
}

extension ValueType {
    /// The collection of what a link leads to.
    fileprivate var linked: CollectionNumber? { if case .record(let collection) = self { collection } else { nil } }
}

extension RecordView {
    /// The same with other fields.
    fileprivate func with(fields: [Field]) -> RecordView {
        RecordView(
            id: id, log: log, collection: collection, by: by, createdAt: createdAt, fields: fields, same: same,
            pending: pending, quarantined: quarantined)
    }
}
