import StoepMerge
import StoepModel
import StoepStore

/// What somebody types and has not finished: kept while it grows, sealed and durable, and not a conversation until they
/// say so.
extension Replica {
    /// Keeps what is typed so far in place of what was; durable on return.
    public func keepUnfinished(_ draft: ConversationDraft) throws(ReplicaError) {
        try ReplicaError.naming { try store.keepTyped(DraftFile.encoded(draft)) }
    }

    /// What was typed and not finished: after Ctrl-C, a kill, or a power cut. Nil where there is nothing, or where it was
    /// saved after all: the machine stopped before that could be noted.
    public func unfinished() throws(ReplicaError) -> ConversationDraft? {
        try ReplicaError.naming {
            guard let bytes = try store.typed(), let draft = try? DraftFile.decode(bytes) else { return nil }
            return try forgetTyped(draft) ? nil : draft
        }
    }

    /// Takes away what was typed, where it was saved after all: before an erasure, which must find no copy of it, and
    /// before a sync, which may bring one.
    func forgetTypedIfSaved() throws {
        guard let bytes = try store.typed(), let draft = try? DraftFile.decode(bytes) else { return }
        _ = try forgetTyped(draft)
    }

    private func forgetTyped(_ draft: ConversationDraft) throws -> Bool {
        guard try isSaved(draft) else { return false }
        try store.forgetTyped()
        return true
    }

    public func forgetUnfinished() throws(ReplicaError) {
        try ReplicaError.naming { try store.forgetTyped() }
    }

    /// Whether this member has a conversation that began in the same millisecond and says the same.
    private func isSaved(_ draft: ConversationDraft) throws -> Bool {
        guard let startedAt = draft.startedAt else { return false }
        try saveDraftsIfPossible()
        return try store.read {
            let moment = Value.integer(Int64(clamping: startedAt.milliseconds))
            let found = try store.records(
                of: .conversation, RecordSelection([.holds(Field.Conversation.startedAt, moment)]))
            return try found.contains { id in
                let state = try store.stored(id)
                let words = state.text(Field.Conversation.words)
                return state.creation?.member == member && words.utf8.elementsEqual((draft.words ?? "").utf8)
            }
        }
    }

    /// The area that somebody means by just its name or its code; nil where it is neither, and may be a place.
    public func areaNamed(_ typed: String) throws(ReplicaError) -> Area? {
        try ReplicaError.naming {
            try store.read {
                let wanted = typed.trimmed.lowercased()
                let found = try store.areas().filter {
                    $0.name.lowercased().utf8.elementsEqual(wanted.utf8)
                        || $0.code.lowercased().utf8.elementsEqual(wanted.utf8)
                }
                return found.count == 1 ? Area(code: found[0].code, name: found[0].name) : nil
            }
        }
    }

    /// The wordings of the questions that this member carries along to their next talks.
    public func carriedQuestions() throws(ReplicaError) -> [String] {
        try ReplicaError.naming {
            try store.read {
                let carried = RecordSelection(
                    [.holds(Field.Question.carriedBy, .record(member))], order: .init(Field.Question.wording))
                return try store.records(of: .question, carried).compactMap { try recordName($0, of: .question) }
            }
        }
    }
}
