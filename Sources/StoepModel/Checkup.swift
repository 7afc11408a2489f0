/// Something that is not as it should be in a store.
public struct Finding: Hashable, Sendable {
    /// What it is about. The names are part of `--json`.
    public enum Kind: String, Sendable, CaseIterable {
        /// SQLite finds its own file damaged, or cannot read a part of it.
        case database
        /// A change is not the one that its chain was hashed over, or does not stand where it should.
        case change
        /// A signature does not hold, or the end of another device's chain has none.
        case signature
        /// A body is not what the header of its change committed to.
        case body
        /// A statement of the root is not what the root signed.
        case statement
        /// The order of arrival is not the one that was chained.
        case arrival
        /// What follows from the log, and is kept beside it, is not what follows.
        case derived
        /// The anchor names what is not here, or is no anchor.
        case anchor
    }

    public let kind: Kind
    /// What exactly: a name of ours, or SQLite's words.
    public let what: String
    public var log: LogID?
    public var actor: ActorID?
    public var seq: UInt64?
    public var record: RecordID?

    public init(
        _ kind: Kind, _ what: String, log: LogID? = nil, actor: ActorID? = nil, seq: UInt64? = nil,
        record: RecordID? = nil
    ) {
        self.kind = kind
        self.what = what
        self.log = log
        self.actor = actor
        self.seq = seq
        self.record = record
    }
}

/// What looking a store through came to.
public struct Checkup: Sendable {
    /// Beyond so many, findings are only counted.
    public static let listed = 200

    public private(set) var findings: [Finding] = []
    /// How many there are of each kind, listed or not.
    public private(set) var counts: [Finding.Kind: Int] = [:]
    public var changes = 0
    public var bodies = 0
    public var signatures = 0
    public var records = 0
    /// Records whose fold is behind the log: they are folded later, and were not compared.
    public var behind = 0
    /// Why the next write goes on under a new actor, where it does and nothing is lost by it.
    public var anchorDoubt: String?
    /// Pages of the file in which a bit had fallen over, and was turned back when it was opened.
    public var mendedPages = 0
    /// What keeps the files from whoever has them.
    public var protection = Protection.none

    /// What opens a store. The names are part of `--json`.
    public enum Protection: String, Sendable, CaseIterable {
        /// Everything does: its pages are in clear.
        case none
        case passphrase
        case keyFile = "key-file"
    }

    public init() {}

    public var isSound: Bool { counts.isEmpty }
    /// All findings, listed or not.
    public var count: Int { counts.values.reduce(0, +) }

    public mutating func note(_ finding: Finding) {
        counts[finding.kind, default: 0] += 1
        if findings.count < Self.listed { findings.append(finding) }
    }
}

/// What a checkup is at.
public enum CheckStage: String, Sendable, CaseIterable {
    case database, changes, arrival, records, tables
}

/// How far a checkup is: the stage, what of it is done, and all of it where that is known.
public struct CheckProgress: Sendable {
    public let stage: CheckStage
    public let done: Int
    public let all: Int?

    public init(stage: CheckStage, done: Int, all: Int?) {
        self.stage = stage
        self.done = done
        self.all = all
    }
}

/// What making everything anew came to.
public struct Rebuilt: Sendable, Equatable {
    /// Rows in which one flipped bit was found, and turned back.
    public var mended = 0
    /// Bodies that are not what they should be: they are asked for again.
    public var setAside = 0
    /// Changes that a daemon is known to hold, and that are fetched from it again because one of them does not hold here.
    public var dropped = 0
    /// Changes that do not hold, and that no daemon is known to have: they count for nothing.
    public var left = 0
    /// Records that were folded.
    public var records = 0

    public init() {}
}
