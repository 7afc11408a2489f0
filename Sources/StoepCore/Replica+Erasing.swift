import StoepMerge
import StoepModel
import StoepStore

/// What is to be kept of a conversation of which something is redacted. Nil keeps what is there; an empty text keeps
/// nothing of it.
public struct Redaction: Sendable {
    public var words: String?
    public var observation: String?
    public var place: String?
    public init() {}

    var isEmpty: Bool { words == nil && observation == nil && place == nil }
    /// Whether it puts anything in place of what goes.
    var keepsAnything: Bool { [words, observation, place].contains { !($0 ?? "").isEmpty } }
}

/// Erasing: for ever, and everywhere once the daemon has countersigned it (`DESIGN` §6).
extension Replica {
    /// Has a record erased: it is gone from this device at once, hidden wherever the request comes, and destroyed
    /// everywhere once the daemon has countersigned it, which it does by itself at the next syncs.
    /// - Throws: `unknownID`, `notYoursToErase`, `alreadyErased`.
    public func erase(_ id: RecordID) throws(ReplicaError) {
        try ReplicaError.naming {
            try saveDrafts()
            try forgetTypedIfSaved()
            try store.write(usingBallast: true) {
                try checkErasable(id)
                _ = try eraseWithBelongings(id, successor: nil)
            }
        }
    }

    /// Replaces a conversation by one that lacks what must not be kept, and has the first erased. Only who recorded it
    /// does so: the words in the new one are theirs, as they were in the old.
    /// - Returns: the new record.
    /// - Throws: `nothingToChange`, `unknownID`, `notYoursToErase`, `alreadyErased`, `consentKeepsNothing`, `tooLong`.
    public func redact(_ id: RecordID, _ redaction: Redaction) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            guard !redaction.isEmpty else { throw ReplicaError.nothingToChange }
            try Self.check(text: redaction.words, "words")
            try Self.check(text: redaction.observation, "observation")
            try Self.check(value: redaction.place, "place")
            return try replace(id, keepsBelongings: true) { state in
                guard state.creation?.member == member else {
                    throw ReplicaError.notYoursToErase(id, recordedBy: try person(state.creation?.member))
                }
                let consent = state.consent
                if redaction.keepsAnything, consent == Consent.none { throw ReplicaError.consentKeepsNothing }
                let others = [Field.Conversation.place, Field.Conversation.consent, Field.Conversation.replaces]
                var fields = Self.copy(state, except: others)
                if let consent {
                    fields.append(.set(Field.Conversation.consent, .integer(consent.rawValue)))
                }
                let place = redaction.place?.trimmed ?? state.string(Field.Conversation.place) ?? ""
                if !place.isEmpty { fields.append(.set(Field.Conversation.place, .text(place))) }
                let texts = [
                    (Field.Conversation.words, redaction.words), (Field.Conversation.observation, redaction.observation),
                ]
                for (field, text) in texts {
                    let kept = text ?? state.text(field)
                    if !kept.isEmpty { fields.append(.text(field, kept)) }
                }
                return fields
            }
        }
    }

    /// Lowers a conversation's consent to `none`: what remains is that there was one, when and where it counts.
    /// - Returns: the record that remains.
    /// - Throws: as `redact`.
    public func lowerConsent(_ id: RecordID) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            try replace(id, keepsBelongings: false) { state in
                try withdrawAgreement(in: state)
                let kept = Consent.counted.filter { $0 != Field.Conversation.consent }
                return kept.compactMap { field in state.value(field).map { .set(field, $0) } }
                    + [.set(Field.Conversation.consent, .integer(Consent.none.rawValue))]
            }
        }
    }

    /// All registers and sets as they are shown.
    private static func copy(_ state: RecordState, except left: [FieldNumber]) -> [FieldEdit] {
        state.fields.compactMap { entry in
            if left.contains(entry.number) { return nil }
            switch entry.state {
            case .register(let values): return values.first.map { .set(entry.number, $0.value) }
            case .set(let members): return .add(entry.number, members.map(\.value))
            case .text, .counter, .list: return nil
            }
        }
    }

    /// - Parameter keepsBelongings: whether answers and replies are the new record's from now on, or are erased too.
    private func replace(
        _ id: RecordID, keepsBelongings: Bool, _ kept: (RecordState) throws -> [FieldEdit]
    ) throws -> RecordID {
        try saveDrafts()
        try forgetTypedIfSaved()
        return try store.write(usingBallast: true) {
            try checkErasable(id)
            let (state, log) = try conversation(id)
            var fields = try kept(state)
            if keepsBelongings {
                let replaced = Set([.record(id)] + state.members(Field.Conversation.replaces).map(\.value))
                fields.append(.add(Field.Conversation.replaces, replaced.sorted()))
            }
            let successor = try store.saveInTransaction([
                RecordEdit(log: log, target: .new(.conversation), fields: fields)
            ])[0]
            if keepsBelongings {
                try erase(id, successor: successor)
            } else {
                _ = try eraseWithBelongings(id, successor: successor)
            }
            return successor
        }
    }

    /// Erases a record that this member may erase, and what belongs to it and they may: at once. The rest the daemon
    /// erases. Inside a write transaction.
    /// - Returns: how many records.
    func eraseWithBelongings(_ id: RecordID, successor: RecordID?) throws -> Int {
        let belongings = try store.belongings(of: store.stored(id)).filter { try isErasable($0) }
        try erase(id, successor: successor)
        for belonging in belongings { try erase(belonging, successor: nil) }
        return 1 + belongings.count
    }

    /// Whether a record is there, and this member's to erase.
    func isErasable(_ id: RecordID) throws -> Bool {
        let state = try store.stored(id)
        return try state.isListed && (state.creation?.member == member || store.role(of: member) == .coordinator)
    }

    /// Inside a write transaction, of a record that was looked at.
    private func erase(_ id: RecordID, successor: RecordID?) throws {
        guard let log = try store.log(of: id) else { throw ReplicaError.unknownID(id.description) }
        _ = try store.saveInTransaction([
            RecordEdit(log: log, target: .existing(id), fields: [], ending: .erase(successor: successor))
        ])
    }

    private func checkErasable(_ id: RecordID) throws {
        let state = try store.stored(id)
        if case .erased(let successor) = state.presence { throw ReplicaError.alreadyErased(id, successor: successor) }
        if state.presence == .hidden { throw ReplicaError.alreadyErased(id, successor: nil) }
        guard state.collection != nil else { throw ReplicaError.unknownID(id.description) }
        let isCoordinator = try store.role(of: member) == .coordinator
        guard isCoordinator || state.creation?.member == member else {
            throw ReplicaError.notYoursToErase(id, recordedBy: try person(state.creation?.member))
        }
    }
}
