/// How concurrent writes of a field come together (`DESIGN` §5). A field's kind never changes: a new rule is a
/// new field.
public enum FieldKind: String, Sendable, CaseIterable {
    /// All concurrent values are kept; the greatest in the total order is shown.
    case register
    /// Add wins over a concurrent remove.
    case set
    /// FugueMax order.
    case text
    /// Sums of what everybody counted.
    case counter
    /// Items in FugueMax order that can be moved, each with a register of its own.
    case list
}

/// What a register or a set of the field holds.
public enum ValueType: Sendable, Hashable {
    case bool, integer, text, bytes
    /// A link to a record of the collection.
    case record(CollectionNumber)

    public var name: String {
        switch self {
        case .bool: "bool"
        case .integer: "integer"
        case .text: "text"
        case .bytes: "bytes"
        case .record: "record"
        }
    }

    public func admits(_ value: Value) -> Bool {
        switch value {
        case .bool: if case .bool = self { true } else { false }
        case .integer: if case .integer = self { true } else { false }
        case .text: if case .text = self { true } else { false }
        case .bytes: if case .bytes = self { true } else { false }
        case .record: if case .record = self { true } else { false }
        }
    }
}

/// Who may change a field, beside the right to write in the log at all.
public enum WriteRule: String, Sendable, CaseIterable {
    /// Whoever may write in the log.
    case writers
    /// The member whose device created the record: a resident's own words.
    case creator
    /// The owners of the theme that the record is, as the roster grants it, and coordinators; of what nobody owns
    /// coordinators alone.
    case owner
}

/// What counts of several concurrent values of a register that the rules of the space depend on.
public enum Settlement: String, Sendable {
    /// The greatest in the total order is shown, the others as conflicts.
    case latest
    /// The least counts: of two concurrent roles the more restrictive one.
    case least
}

/// A field of a collection. Its number is frozen once released.
public struct FieldDefinition: Sendable {
    public let number: FieldNumber
    public let name: String
    public let kind: FieldKind
    public let type: ValueType
    public let form: ValueForm
    public let rule: WriteRule
    public let settlement: Settlement
    /// Whether the record belongs to the one that it names here, and is erased with it.
    public let belongs: Bool
    /// What people call it; no two fields of a collection are called the same.
    public let words: Words

    package init(
        _ number: UInt32, _ name: String, en: String, nl: String, _ kind: FieldKind = .register,
        _ type: ValueType = .text, form: ValueForm = .plain, rule: WriteRule = .writers, settlement: Settlement = .latest,
        belongs: Bool = false
    ) {
        self.number = FieldNumber(rawValue: number)
        self.name = name
        words = Words(en: en, nl: nl)
        self.kind = kind
        self.type = type
        self.form = form
        self.rule = rule
        self.settlement = settlement
        self.belongs = belongs
    }

    /// The record belongs to one of a collection, as who created it says: it is erased with that one.
    package static func belonging(
        _ number: UInt32, _ name: String, en: String, nl: String, to collection: CollectionNumber
    ) -> Self {
        // Nobody else may have a record erased by saying that it belongs to what is.
        Self(number, name, en: en, nl: nl, .register, .record(collection), rule: .creator, belongs: true)
    }
}

/// A collection of records. Its number is frozen once released.
public struct CollectionDefinition: Sendable {
    public let number: CollectionNumber
    public let name: String
    /// The kind of log that its records stand in. Nil is any: they govern the log that they stand in, and only the
    /// authority writes them.
    public let log: LogKind?
    /// Whether its records are known by a key of the field's own (an area by its code): created twice, they are one.
    public let hasNaturalKey: Bool
    /// Whether two of its records may turn out to be the same, and be joined.
    public let isJoinable: Bool
    /// What people call one of its records, and several.
    public let one: Words
    public let many: Words
    public let fields: [FieldDefinition]

    package init(
        _ number: CollectionNumber, _ name: String, _ one: Words, _ many: Words, in log: LogKind?,
        naturalKey: Bool = false, joinable: Bool = false, _ fields: [FieldDefinition]
    ) {
        self.number = number
        self.name = name
        self.one = one
        self.many = many
        self.log = log
        hasNaturalKey = naturalKey
        isJoinable = joinable
        self.fields = fields
    }

    /// The same with other fields.
    package func with(fields: [FieldDefinition]) -> Self {
        Self(number, name, one, many, in: log, naturalKey: hasNaturalKey, joinable: isJoinable, fields)
    }

    /// Whether its records govern the log that they stand in: no list shows them, and no competing values of theirs are
    /// anybody's to settle.
    public var isControl: Bool { log == nil }

    /// Where the field stands in `fields`. Most collections number theirs from 1 on, so that is where it is looked for.
    @inlinable public func place(of number: FieldNumber) -> Int? {
        let likely = Int(number.rawValue) - 1
        if fields.indices.contains(likely), fields[likely].number == number { return likely }
        return fields.firstIndex { $0.number == number }
    }

    public func field(_ number: FieldNumber) -> FieldDefinition? {
        place(of: number).map { fields[$0] }
    }

    public func field(named name: String) -> FieldDefinition? {
        fields.first { $0.name == name }
    }

    /// The value by which a register of a record says that there is nothing: an empty text, or of a link between records
    /// of this kind the record itself. Nil where no value says so.
    public func nothing(in field: FieldDefinition, of record: RecordID) -> Value? {
        guard field.kind == .register else { return nil }
        switch field.type {
        case .text: return .text("")
        case .record(number): return .record(record)
        case .bool, .integer, .bytes, .record: return nil
        }
    }
}

/// The collections of one version of Stoep. State is folded under one schema; a replica with an older one stores
/// and forwards what it does not know.
public struct Schema: Sendable {
    /// Raised with everything that is added to it.
    public let version: Int32
    /// The highest kind of operation that it knows.
    public let operationKinds: UInt64
    public let collections: [CollectionDefinition]
    private let byNumber: [CollectionNumber: Int]

    public init(version: Int32, operationKinds: UInt64, collections: [CollectionDefinition]) {
        self.version = version
        self.operationKinds = operationKinds
        self.collections = collections
        byNumber = Dictionary(
            collections.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(number: CollectionNumber) -> CollectionDefinition? {
        byNumber[number].map { collections[$0] }
    }

    /// The fields by which records belong to one of a collection.
    public func belongings(to collection: CollectionNumber) -> [(definition: CollectionDefinition, field: FieldDefinition)] {
        collections.flatMap { definition in
            definition.fields.filter { $0.belongs && $0.type == .record(collection) }.map { (definition, $0) }
        }
    }

    public func collection(named name: String) -> CollectionDefinition? {
        collections.first { $0.name == name }
    }
}
