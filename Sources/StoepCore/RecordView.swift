import StoepMerge
import StoepModel
import StoepStore

/// A record of any collection, as its schema says it is shown.
public struct RecordView: Sendable {
    public struct Field: Sendable {
        public let definition: FieldDefinition
        public let content: Content
    }

    public enum Content: Sendable {
        /// A register: the value that is shown, and those that compete with it.
        case value(CompetingValue, others: [CompetingValue])
        /// A set, by what people call its members.
        case members([Member])
        case text(String)
        case count(Int64)
        /// A list, in order: of each item the value that is shown.
        case items([Member])
    }

    /// A member of a set, or an item of a list.
    public struct Member: Sendable {
        public let value: Value
        /// For people who read no codes and ids.
        public let text: String
    }

    public let id: RecordID
    public let log: LogID
    public let collection: CollectionDefinition
    /// Who made it.
    public let by: Person
    public let createdAt: Timestamp
    /// In the order of the schema; a field that holds nothing is absent.
    public let fields: [Field]
    /// Others that are the same.
    public let same: [RecordID]
    public let pending: Int
    public let quarantined: Int

    public subscript(field: FieldNumber) -> Content? {
        fields.first { $0.definition.number == field }?.content
    }

    /// All fields of its collection in the order of the schema, each with what it holds, if anything.
    public var everyField: [(definition: FieldDefinition, content: Content?)] {
        var next = 0
        return collection.fields.map { field in
            guard next < fields.count, fields[next].definition.number == field.number else { return (field, nil) }
            next += 1
            return (field, fields[next - 1].content)
        }
    }

    /// What people call it; empty where it has no name.
    public var name: String {
        let chosen = collection.number == .person ? text(StoepModel.Field.Person.calledA) : ""
        return chosen.isEmpty ? SearchedFields.names[collection.number].map { text($0) } ?? "" : chosen
    }

    /// What a register or a text says to people; empty where it says nothing.
    public func text(_ field: FieldNumber) -> String {
        switch self[field] {
        case .value(let shown, _)?: shown.text
        case .text(let text)?: text
        case .members, .count, .items, nil: ""
        }
    }

    public func integer(_ field: FieldNumber) -> Int64? {
        guard case .value(let shown, _)? = self[field], case .integer(let number) = shown.value else { return nil }
        return number
    }

    public func members(_ field: FieldNumber) -> [Member] {
        switch self[field] {
        case .members(let members)?, .items(let members)?: members
        case .value, .text, .count, nil: []
        }
    }

    /// The record that a register leads to.
    public func record(_ field: FieldNumber) -> RecordID? {
        guard case .value(let shown, _)? = self[field], case .record(let id) = shown.value else { return nil }
        return id
    }

    /// When it took place, where it says so itself; milliseconds since 1970.
    public var moment: Int64? { SearchedFields.times[collection.number].flatMap { integer($0) } }

    /// The names of the fields in which values compete.
    public var conflicts: [String] {
        fields.compactMap { field in
            if case .value(_, let others) = field.content, !others.isEmpty { field.definition.name } else { nil }
        }
    }
}

/// Records of one collection that refer to another record, and by which of their fields.
public struct RecordLinks: Sendable {
    public let collection: CollectionDefinition
    public let field: FieldDefinition
    public let records: [RecordView]
}

/// A record as it was opened to edit its texts.
public struct OpenedText: Sendable {
    /// A text of the record, and whether this member may change it: somebody's words are theirs.
    public struct Part: Sendable {
        public let field: FieldDefinition
        public let text: String
        public let mayEdit: Bool
    }

    public let id: RecordID
    /// A short token for what this version knew.
    public let version: String
    /// All texts of its collection, in the order of the schema.
    public let parts: [Part]
    package let texts: [FieldNumber: TextDocument]
}

/// What is said of one field of a record, as people write it: the schema says how it is read.
public struct FieldInput: Sendable {
    public enum Change: Sendable {
        /// A register has this value, or a text reads thus, from now on. Empty, it says nothing.
        case set(String)
        /// A set gains members, a list items at its end.
        case add([String])
        /// A set loses members.
        case remove([String])
        /// A counter counts so many more.
        case count(Int64)
    }

    public let field: FieldNumber
    public let change: Change

    public init(_ field: FieldNumber, _ change: Change) {
        self.field = field
        self.change = change
    }

    public static func set(_ field: FieldNumber, _ text: String) -> Self { Self(field, .set(text)) }
    public static func add(_ field: FieldNumber, _ texts: [String]) -> Self { Self(field, .add(texts)) }
}

/// Which records of a collection a list shows. Everything may be left out.
public struct RecordRequest: Sendable {
    /// A code or a name.
    public var area: String?
    /// A name or an id.
    public var theme: String?
    public var limit: Int?
    package var conditions: [RecordSelection.Condition] = []

    public init() {}
}
