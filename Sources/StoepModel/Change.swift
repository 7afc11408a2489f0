/// One number of the schema: a collection. Unknown ones are carried untouched.
public struct CollectionNumber: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One number of the schema: a field within its collection.
public struct FieldNumber: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What a register or a set holds. Texts are equal and ordered as their UTF-8 bytes.
public enum Value: Sendable {
    case bool(Bool)
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case record(RecordID)
}

extension Value: Hashable, Comparable {
    public static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.bool(let x), .bool(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.text(let x), .text(let y)):
            PlantedFault.compareKeysAsStrings.isOn ? x == y : x.utf8.elementsEqual(y.utf8)
        case (.bytes(let x), .bytes(let y)): x == y
        case (.record(let x), .record(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let x): hasher.combine(x)
        case .integer(let x): hasher.combine(x)
        case .text(let x) where PlantedFault.compareKeysAsStrings.isOn: hasher.combine(x)
        case .text(let x): for byte in x.utf8 { hasher.combine(byte) }
        case .bytes(let x): hasher.combine(x)
        case .record(let x): hasher.combine(x)
        }
    }

    public static func < (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.bool(let x), .bool(let y)): !x && y
        case (.integer(let x), .integer(let y)): x < y
        case (.text(let x), .text(let y)):
            PlantedFault.compareKeysAsStrings.isOn ? x < y : x.utf8.lexicographicallyPrecedes(y.utf8)
        case (.bytes(let x), .bytes(let y)): x.lexicographicallyPrecedes(y)
        case (.record(let x), .record(let y)): x < y
        default: a.kind < b.kind
        }
    }

    private var kind: Int {
        switch self {
        case .bool: 0
        case .integer: 1
        case .text: 2
        case .bytes: 3
        case .record: 4
        }
    }
}

/// An element as a payload names it: an entry of the payload's table, and an offset there. The entry one past the
/// table is the change itself.
public struct ElementReference: Hashable, Sendable {
    public let entry: UInt32
    public let offset: UInt32
    public init(entry: UInt32, offset: UInt32) {
        self.entry = entry
        self.offset = offset
    }
}

/// One entry of a payload's table: a change of its own actor, further back in the same chain, or another's.
public enum TableEntry: Hashable, Sendable {
    case own(seq: UInt64)
    case other(ChangePoint)
}

/// What one save did to one field. Exactly this is what the wire carries.
public enum Operation: Hashable, Sendable {
    /// A register takes a value; the values that it overwrites are named, every other stays.
    case write(FieldNumber, Value, overwrites: [ElementReference])
    /// A set gains a member.
    case add(FieldNumber, Value)
    /// A set loses what these adds gave it, and nothing that was added meanwhile.
    case remove(FieldNumber, adds: [ElementReference])
    /// All that a change did to a text: runs of scalars that come, each scalar an element, and elements that go.
    case edit(FieldNumber, TextDelta)
    /// A counter changes by so much.
    case count(FieldNumber, Int64)
    /// A list gains an item between the two slots that its author saw. The element is the item's id, and its first
    /// slot.
    case place(FieldNumber, left: ElementReference?, right: ElementReference?, Value)
    /// An item of a list gets a new slot between the two that its author saw. The element is the slot.
    case move(FieldNumber, item: ElementReference, left: ElementReference?, right: ElementReference?)
    /// An item of a list takes a value; the item's values that it overwrites are named, every other stays.
    case assign(FieldNumber, item: ElementReference, Value, overwrites: [ElementReference])
    /// The record is deleted as its author saw it: for each actor the last points that touched it, as entries of the
    /// table, strictly ascending. The entry one past the table is the change itself.
    case deleteRecord(heads: [UInt32])
    /// The record is erased, for ever once the authority says so. What was kept of it stands in the successor.
    case eraseRecord(successor: RecordID?)
    /// This record and another turn out to be the same person or question: an edge between the two. `saw` names the
    /// partings of this very pair that its author knew of.
    case same(RecordID, saw: [ElementReference])
    /// This record's edges that its author saw are taken away, and none that somebody else makes meanwhile.
    case apart(edges: [ElementReference])
    /// A kind that this version does not know, byte for byte.
    case unknown([UInt8])
}

extension Operation {
    /// How many offsets the operation takes: one a scalar for an edit of a text, but at least one; one for anything else,
    /// known or not.
    public var span: UInt32 {
        switch self {
        case .edit(_, let delta): max(1, delta.scalarCount)
        default: 1
        }
    }
}

/// What a block says of its record: the operations, and the table that their references go through.
public struct Payload: Hashable, Sendable {
    public var collection: CollectionNumber
    /// The natural key, where this block brings a record into being that has one.
    public var key: String?
    public var table: [TableEntry]
    public var operations: [Operation]

    public init(
        collection: CollectionNumber, key: String? = nil, table: [TableEntry] = [], operations: [Operation] = []
    ) {
        self.collection = collection
        self.key = key
        self.table = table
        self.operations = operations
    }
}

/// Which record a block is about; it stands in clear in the header.
public enum Subject: Hashable, Sendable {
    /// The record that this very block creates.
    case created
    case record(RecordID)
}

/// What the header says of a block.
public struct BlockHeader: Hashable, Sendable {
    public let subject: Subject
    public let commitment: Commitment
    public init(subject: Subject, commitment: Commitment) {
        self.subject = subject
        self.commitment = commitment
    }
}

/// A block's payload and salt: what can be erased while chain and signatures still hold.
public struct BlockBody: Hashable, Sendable {
    public let salt: Bytes16
    /// The canonical bytes of a `Payload`, or of something newer.
    public let payload: [UInt8]
    public init(salt: Bytes16, payload: [UInt8]) {
        self.salt = salt
        self.payload = payload
    }
}

/// What an actor is made from; its first header in each log carries it.
public struct ActorBirth: Hashable, Sendable {
    public let device: VerifyingKey
    public let nonce: Bytes16
    public init(device: VerifyingKey, nonce: Bytes16) {
        self.device = device
        self.nonce = nonce
    }
}

/// What is hashed into the chain.
public struct ChangeHeader: Hashable, Sendable {
    public let seq: UInt64
    public let lamport: UInt64
    /// The author's wall clock: a claim.
    public let time: Timestamp
    public let blocks: [BlockHeader]
    /// Present exactly where `seq` is 1.
    public let birth: ActorBirth?

    public init(seq: UInt64, lamport: UInt64, time: Timestamp, blocks: [BlockHeader], birth: ActorBirth?) {
        self.seq = seq
        self.lamport = lamport
        self.time = time
        self.blocks = blocks
        self.birth = birth
    }
}

/// What one save wrote in one log: all or nothing. A body that is nil is missing or erased.
public struct Change: Hashable, Sendable {
    public let header: ChangeHeader
    public var bodies: [BlockBody?]
    public init(header: ChangeHeader, bodies: [BlockBody?]) {
        self.header = header
        self.bodies = bodies
    }
}

/// The end of a chain that somebody holds.
public struct Head: Hashable, Sendable {
    public let log: LogID
    public let actor: ActorID
    public let seq: UInt64
    public let hash: ChangeHash
    public init(log: LogID, actor: ActorID, seq: UInt64, hash: ChangeHash) {
        self.log = log
        self.actor = actor
        self.seq = seq
        self.hash = hash
    }

    public var point: ChangePoint { ChangePoint(actor: actor, seq: seq, check: hash.raw.first) }
}

/// The last change of an earlier authority in a log that counts: what a delegation names (`DESIGN` §3).
public struct Cut: Hashable, Comparable, Sendable {
    public let log: LogID
    public let point: ChangePoint
    public init(log: LogID, point: ChangePoint) {
        self.log = log
        self.point = point
    }

    public static func < (a: Self, b: Self) -> Bool {
        a.log == b.log ? a.point < b.point : a.log < b.log
    }
}
