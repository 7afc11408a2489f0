import StoepMerge
import StoepModel

/// Who did something; a name where the roster here has one.
public struct Person: Sendable, Hashable {
    /// Nil for the authority, and for a device that the roster does not know (yet).
    public let id: RecordID?
    public let name: String?
}

/// A neighbourhood.
public struct Area: Sendable, Hashable {
    /// Statistics Netherlands' code, such as BU05990535.
    public let code: String
    /// The code where no name is known here.
    public let name: String
}

/// What conversations are about.
public struct Theme: Sendable, Hashable {
    public let id: RecordID
    public let name: String
    /// How many of the conversations held here have it.
    public let conversations: Int
}

/// What a person has to say of a conversation that took place. Everything may be left out.
public struct ConversationDraft: Sendable {
    /// Now unless given.
    public var startedAt: Timestamp?
    /// A code or a name; the one of the last conversation unless given.
    public var area: String?
    public var place: String?
    /// A code such as `nl`.
    public var language: String?
    public var consent = Consent.anonymous
    public var minutes: Int?
    public var headcount: Int?
    /// What the resident said, in their own words.
    public var words: String?
    public var observation: String?
    /// Names or ids; a theme that does not exist is born.
    public var themes: [String] = []
    public var questions: [AskedQuestion] = []
    /// Aliases or ids; a person who is not here under that alias is born.
    public var persons: [String] = []
    /// Other fields of a conversation.
    public var more: [FieldInput] = []

    public init() {}
}

/// A question that came up in a conversation.
public struct AskedQuestion: Sendable {
    /// Its wording or id; one that is not here in these words is born.
    public let question: String
    /// What was answered; nil where that was nothing.
    public let answer: String?

    public init(_ question: String, answer: String?) {
        self.question = question
        self.answer = answer
    }
}

/// What changes in a conversation: only what is not nil. An empty text or value empties the field.
public struct ConversationEdit: Sendable {
    public var words: String?
    public var observation: String?
    /// Added to those that are there.
    public var themes: [String] = []
    public var area: String?
    public var place: String?
    public var language: String?
    public var consent: Consent?
    /// Added to those that are there; an own answer to the same question reads thus from now on.
    public var questions: [AskedQuestion] = []
    /// Added to those that are there.
    public var persons: [String] = []
    public var more: [FieldInput] = []

    public init() {}

    /// Whether it names nothing.
    public var isEmpty: Bool {
        words == nil && observation == nil && themes.isEmpty && area == nil && place == nil && language == nil
            && consent == nil && questions.isEmpty && persons.isEmpty && more.isEmpty
    }

    /// Whether it names the consent and nothing else.
    public var isOnlyConsent: Bool {
        var rest = self
        rest.consent = nil
        return consent != nil && rest.isEmpty
    }
}

/// What became of a conversation that was recorded.
public enum Recorded: Sendable {
    case saved(id: RecordID, log: LogID, area: Area?)
    /// The store was held by another process: it waits in this file, and the next command that can write saves it.
    case keptAsDraft(path: String, log: LogID, area: Area?)
}

/// Which conversations a list shows. Everything may be left out.
public struct ConversationRequest: Sendable {
    /// A code or a name.
    public var area: String?
    /// A name or an id.
    public var theme: String?
    /// Who heard it: a name, or `me`.
    public var volunteer: String?
    /// Half-open.
    public var since: Timestamp?
    public var until: Timestamp?
    /// Only those to which somebody was to go back, and did not yet.
    public var isToFollowUp = false
    public var limit: Int?

    public init() {}
}

/// One conversation in a list.
public struct ConversationSummary: Sendable {
    public let id: RecordID
    public let startedAt: Timestamp?
    public let area: Area?
    public let place: String?
    public let language: String?
    public let consent: Consent?
    public let themes: [String]
    public let words: String
    public let observation: String
    /// Who heard it.
    public let by: Person
    /// How many of its fields have competing values.
    public let conflicts: Int
}

/// One conversation whole.
public struct ConversationDetail: Sendable {
    /// A register: the value that is shown, and those that compete with it.
    public struct Register: Sendable {
        public let name: String
        public let shown: CompetingValue
        public let others: [CompetingValue]
    }

    public let id: RecordID
    public let log: LogID
    public let by: Person
    public let createdAt: Timestamp
    /// In the order of the schema; a field that holds nothing is absent.
    public let registers: [Register]
    public let area: Area?
    public let words: String
    public let observation: String
    public let themes: [Theme]
    /// The names of the fields in which values compete.
    public let conflicts: [String]
    public let pending: Int
    public let quarantined: Int
    /// A short token for what this version knew, to edit against later.
    public let version: String
}

/// A value of a register, and who wrote it when by their clock.
public struct CompetingValue: Sendable {
    public let value: Value
    /// For people who read no numbers: an area's name, a consent's.
    public let text: String
    public let by: Person
    public let time: Timestamp
}

/// A field of a record in which several values compete, the shown one first.
public struct Conflict: Sendable {
    /// The name that stands for a field where two records were joined and taken apart at the same time: true and false
    /// compete, and the text is the other record's id.
    public static let same = "same"

    public let id: RecordID
    public let collection: String
    public let field: String
    public let values: [CompetingValue]
}

/// A conversation as it was opened to edit its texts.
public struct OpenedConversation: Sendable {
    public let id: RecordID
    /// A short token for what this version knew.
    public let version: String
    public let words: String
    public let observation: String
    /// Only who heard the words may change them.
    public let mayEditWords: Bool
    package let texts: [FieldNumber: TextDocument]
}

/// One change of a conversation, and what it did.
public struct HistoryStep: Sendable {
    public enum Content: Sendable {
        /// `from` is what it replaced; `beside` what others wrote at the same time.
        case value(field: String, from: [String], beside: [String], to: String)
        case added(field: String, [String])
        case removed(field: String, [String])
        case text(field: String, [TextChange])
        case counted(field: String, Int64)
        /// An item of a list; `after` is the one that it was put behind, nil for the first place.
        case placed(field: String, String, after: String?)
        /// Nil where the item is not here.
        case moved(field: String, String?, after: String?)
        case deleted
        /// What is kept of it stands in the successor.
        case erased(successor: RecordID?)
        case joined([RecordID])
        case separated([RecordID])
        /// Written by a later version; the field where that is known.
        case unknown(field: String?)
    }

    public struct Item: Sendable {
        public let content: Content
        /// The name of the rule that keeps it from counting; nil where it counts.
        public let masked: String?
    }

    /// One place in a text, with a little of what stood around it.
    public struct TextChange: Sendable {
        public let before: String
        public let deleted: String
        public let inserted: String
        public let after: String
    }

    /// From 1 on.
    public let number: Int
    /// Names the change for good: a number may move on when something older arrives.
    public let change: String
    public let seq: UInt64
    public let by: Person
    /// Whether it may be undone from here.
    public let isOwn: Bool
    public let time: Timestamp
    public let recorded: Bool
    public let masked: String?
    /// Its content is not here.
    public let isMissing: Bool
    public let items: [Item]
}

/// What an undo leaves as it is.
public struct KeptByUndo: Sendable {
    /// Nil for what belongs to no field.
    public let field: String?
    /// `overwritten`, `nothing-before`, `others` or `unknown`.
    public let reason: String
}

/// What an undo came to.
public struct Undone: Sendable {
    /// The change that was taken back.
    public let step: HistoryStep
    public let kept: [KeptByUndo]
}

/// How this replica stands.
public struct ReplicaStatus: Sendable {
    public struct Log: Sendable {
        public let log: LogID
        public let heads: [Head]
        /// Equal on every replica that holds the same of this log and of the roster.
        public let stateHash: Bytes32
        public let records: Int
    }

    public let space: SpaceID
    /// Nil until the roster is here.
    public let spaceName: String?
    public let member: Person
    public let role: Role?
    public let actor: ActorID
    public let logs: [Log]
    /// Own changes that no daemon has acknowledged.
    public let unsynced: Int
    /// Records with competing values.
    public let conflicts: Int
    /// Operations that refer to something not here yet.
    public let pending: Int
    /// Bodies that are missing and not erased.
    public let wanted: Int
    /// What is held and does not count.
    public let quarantined: Int
    public let lastSync: Timestamp?
    /// This machine's clock minus the daemon's at the last sync, in milliseconds.
    public let clockOffset: Int64?
    /// Why this device goes on under a new actor, by name.
    public let alert: String?
    /// What was said and waits to be saved.
    public let drafts: Int
    public let address: String
    public let protection: StoreProtection
}

/// What a sync did.
public struct SyncReport: Sendable {
    /// Changes.
    public let sent: Int
    /// Changes that were new here.
    public let received: Int
    public let roundTrips: Int
    /// Bodies only.
    public let bytesSent: Int
    public let bytesReceived: Int
    /// The reasons for which the other side did not take something, by name.
    public let refused: [String]
    /// Changes of this device's own that no daemon has acknowledged, now.
    public let unsynced: Int
    /// This machine's clock minus the daemon's, in milliseconds.
    public let clockOffset: Int64?
    /// Records with competing values, now.
    public let conflicts: Int
    /// Bodies that are still missing.
    public let wanted: Int
    /// Drafts that this command saved.
    public let draftsSaved: Int
    /// What was erased here because others noted that somebody no longer agrees to it.
    public let erasedByConsent: Int
    /// Whether this device learnt only now that the coordinator replaced the daemon.
    public let daemonWasReplaced: Bool
}

/// How far a sync is.
public enum SyncProgress: Sendable {
    case calling(address: String)
    /// Changes sent, of those that waited here.
    case sending(Int, of: Int)
    /// Changes received so far.
    case receiving(Int)
}

/// What joining came to.
public struct JoinReport {
    public let space: SpaceID
    public let spaceName: String?
    public let member: Person
    public let role: Role
    public let address: String
    /// Changes that the first sync brought.
    public let received: Int
    /// Why the first sync failed. The device has joined all the same.
    public let syncFailure: ReplicaError?
}

/// From this on a clock is suspect: ten minutes, in milliseconds.
public let suspectClockOffset: Int64 = 600_000
