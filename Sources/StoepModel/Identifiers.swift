/// A space: the SHA-256 of its tag and the public half of its offline root key (`Protocol/README.md`, Identities).
public struct SpaceID: ByteIdentifier {
    public let raw: Bytes32
    public init(_ raw: Bytes32) { self.raw = raw }
}

/// An actor: one install epoch of one device. The first 16 bytes of SHA-256 over tag, space, device key, nonce.
public struct ActorID: ByteIdentifier {
    public let raw: Bytes16
    public init(_ raw: Bytes16) { self.raw = raw }
}

/// The public half of an Ed25519 key: of a device, a daemon, or a root.
public struct VerifyingKey: ByteIdentifier {
    public let raw: Bytes32
    public init(_ raw: Bytes32) { self.raw = raw }
}

/// The public half of a device's X25519 key, to seal to it.
public struct SealingKey: ByteIdentifier {
    public let raw: Bytes32
    public init(_ raw: Bytes32) { self.raw = raw }
}

/// h(n) of a chain: what a change is known by.
public struct ChangeHash: ByteIdentifier {
    public let raw: Bytes32
    public init(_ raw: Bytes32) { self.raw = raw }
}

/// SHA-256 over a block's salt and payload: what the header carries in their place.
public struct Commitment: ByteIdentifier {
    public let raw: Bytes32
    public init(_ raw: Bytes32) { self.raw = raw }
}

/// A record: a digest of the change point and block that created it, or of its collection and natural key.
public struct RecordID: ByteIdentifier {
    public let raw: Bytes16
    public init(_ raw: Bytes16) { self.raw = raw }
}

/// What a wall clock claimed: milliseconds since 1970, UTC. It is shown, and never orders anything.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: UInt64
    public init(milliseconds: UInt64) { self.milliseconds = milliseconds }
    public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
}

/// A point in a chain: an actor's change number `seq`, pinned to a branch by the first 8 bytes of its hash.
public struct ChangePoint: Hashable, Comparable, Sendable {
    public let actor: ActorID
    /// From 1, contiguous within an actor's chain in one log.
    public let seq: UInt64
    /// The first 8 bytes of the change's hash, big-endian.
    public let check: UInt64

    public init(actor: ActorID, seq: UInt64, check: UInt64) {
        self.actor = actor
        self.seq = seq
        self.check = check
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.actor.raw, a.seq, a.check) < (b.actor.raw, b.seq, b.check)
    }
}

/// An element that an operation made in a record: a register's value, a set's add, one scalar of a text.
public struct ElementID: Hashable, Comparable, Sendable {
    public let point: ChangePoint
    /// The element's place among those that the block made (`Protocol/README.md`, Payload).
    public let offset: UInt32

    public init(point: ChangePoint, offset: UInt32) {
        self.point = point
        self.offset = offset
    }

    public static func < (a: Self, b: Self) -> Bool {
        a.point == b.point ? a.offset < b.offset : a.point < b.point
    }
}

/// What kind of log: who reads and who writes it (`DESIGN` §3).
public enum LogKind: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    case roster = 0
    case square = 1
    case street = 2
    case signal = 3
    case contact = 4

    public var name: String {
        switch self {
        case .roster: "roster"
        case .square: "square"
        case .street: "street"
        case .signal: "signal"
        case .contact: "contact"
        }
    }

    /// Street, signal and contact are split, so that one stolen laptop never holds the city.
    public var isPartitioned: Bool { self >= .street }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A log: the unit of replication and of permission.
public struct LogID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let kind: LogKind
    /// Empty for `roster` and `square`.
    public let partition: String
    /// The member whose contacts these are; only in a `contact` log.
    public let member: RecordID?

    public static let roster = LogID(unchecked: .roster, "", nil)
    public static let square = LogID(unchecked: .square, "", nil)
    public static func street(_ partition: String) -> LogID? { LogID(.street, partition: partition) }

    /// Nil where kind, partition and member do not go together, or the partition's name is out of bounds.
    public init?(_ kind: LogKind, partition: String = "", member: RecordID? = nil) {
        guard kind.isPartitioned == !partition.isEmpty, (kind == .contact) == (member != nil),
            partition.isEmpty || Self.isPartitionName(partition)
        else { return nil }
        self.init(unchecked: kind, partition, member)
    }

    private init(unchecked kind: LogKind, _ partition: String, _ member: RecordID?) {
        self.kind = kind
        self.partition = partition
        self.member = member
    }

    /// Letters, digits, `-`, `_` and `.` of ASCII, at most `Limits.partitionBytes` of them.
    public static func isPartitionName(_ name: String) -> Bool {
        (1...Limits.partitionBytes).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// `square`, `street/BU05990535`, `contact/BU05990535/3f…`.
    public var description: String {
        var parts = [kind.name]
        if !partition.isEmpty { parts.append(partition) }
        if let member { parts.append(member.description) }
        return parts.joined(separator: "/")
    }

    /// Reads what `description` writes.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let kind = LogKind.allCases.first(where: { $0.name == parts[0] }), parts.count <= 3,
            !parts.contains("")
        else { return nil }
        var member: RecordID?
        if parts.count == 3 {
            guard let bytes = Hex.decode(parts[2]), let id = RecordID(bytes: bytes) else { return nil }
            member = id
        }
        self.init(kind, partition: parts.count > 1 ? parts[1] : "", member: member)
    }

    public static func < (a: Self, b: Self) -> Bool {
        if a.kind != b.kind { return a.kind < b.kind }
        if a.partition != b.partition { return a.partition.utf8.lexicographicallyPrecedes(b.partition.utf8) }
        guard let left = a.member else { return b.member != nil }
        guard let right = b.member else { return false }
        return left < right
    }
}
