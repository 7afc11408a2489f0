import StoepCommand
import StoepCore
import StoepModel

// stoep talk new on a terminal: what, where, who, in three lines, each kept while it is typed.
extension Command {
    /// Whether somebody sits there who is to be asked: not where the command line says already what was said.
    var asksForTalk: Bool {
        let terminal = console.settings.terminal
        let says =
            [OptionSpec.words, .observation].contains { arguments.text($0) != nil }
            || !arguments.texts(.question).isEmpty
        return terminal.canAnswer && terminal.showsOutput && !console.settings.json && !console.settings.quiet && !says
            && arguments.text(.consent) != Consent.none.name
    }

    /// Asks what the command line does not say.
    /// - Throws: `talkInterrupted`, once what was typed is kept.
    func ask(_ draft: ConversationDraft, _ replica: Replica) throws -> ConversationDraft {
        var session = TalkPrompt(draft: try resumed(draft, replica), replica: replica, console: console)
        try session.offerPlace()
        tellBefore(session, replica)
        let what = try session.ask(.promptWhat, beginning: session.draft.words ?? "") { $0.words = $1 }
        session.draft.words = what.isEmpty ? nil : what
        let begun = session.isResumed ? session.draft.place ?? "" : ""
        let typed = try session.ask(.promptWhere(session.offered), beginning: begun) { $0.place = $1 }
        let before = session.draft.place
        try session.place(typed)
        if session.draft.place != before { tellNear(session.draft, replica) }
        let who = try session.ask(.promptWho, beginning: session.draft.persons.joined(separator: ", ")) { draft, text in
            draft.persons = TalkPrompt.aliases(text)
        }
        session.draft.persons = TalkPrompt.aliases(who)
        return session.draft
    }

    /// What was not finished before, if whoever sits there wants to go on with it.
    private func resumed(_ draft: ConversationDraft, _ replica: Replica) throws -> (ConversationDraft, isResumed: Bool)
    {
        guard let kept = try replica.unfinished() else { return (draft, false) }
        let first = kept.words.map(\.onOneLine) ?? kept.place ?? ""
        let time = kept.startedAt.map { Moment.local(Int64(clamping: $0.milliseconds)) } ?? ""
        console.print(console.text(.promptUnfinished(time: time, text: first.truncated(columns: 60))), style: .strong)
        let editor = LineEditor(columns: console.settings.terminal.columns ?? 80)
        guard case .line(let answer) = editor.ask(console.text(.promptGoOn) + " ", keep: { _ in }) else {
            throw CommandFailure.talkInterrupted(isKept: true)
        }
        guard ["n", "no", "nee"].contains(answer.lowercased()) else { return (with(draft, kept), true) }
        try replica.forgetUnfinished()
        return (draft, false)
    }

    /// What was kept, with what the command line says now; of two consents the lower.
    private func with(_ said: ConversationDraft, _ kept: ConversationDraft) -> ConversationDraft {
        var draft = kept
        draft.area = said.area ?? kept.area
        draft.place = said.place ?? kept.place
        draft.language = said.language ?? kept.language
        if arguments.text(.consent) != nil { draft.consent = min(said.consent, kept.consent) }
        draft.minutes = said.minutes ?? kept.minutes
        draft.headcount = said.headcount ?? kept.headcount
        draft.themes += said.themes.filter { !kept.themes.contains($0) }
        draft.persons += said.persons.filter { !kept.persons.contains($0) }
        draft.more += said.more
        return draft
    }

    /// Who was in the street of late stands above the first question, how consent is asked for, and what to ask along.
    private func tellBefore(_ session: TalkPrompt, _ replica: Replica) {
        tellNear(session.draft, replica)
        let language = session.draft.language ?? console.language.rawValue
        if session.draft.consent > .none, let asked = try? replica.consentTexts(in: language).first {
            console.print(console.text(.promptConsent(asked.wording, version: asked.version)), style: .faint)
        }
        for wording in (try? replica.carriedQuestions()) ?? [] {
            console.print(console.text(.promptCarried(wording)), style: .faint)
        }
    }

    private func tellNear(_ draft: ConversationDraft, _ replica: Replica) {
        var typed = Whereabouts()
        typed.area = draft.area
        typed.place = draft.place
        guard draft.place != nil, let near = try? replica.near(typed, limit: 3),
            !near.contacts.isEmpty || !near.notToApproach.isEmpty
        else { return }
        tell(near, replica)
        console.print("")
    }
}

/// What was answered so far.
struct TalkPrompt {
    var draft: ConversationDraft
    let isResumed: Bool
    private let replica: Replica
    private let console: Console
    private var area: Area?

    init(draft: (ConversationDraft, isResumed: Bool), replica: Replica, console: Console) {
        (self.draft, isResumed) = draft
        self.replica = replica
        self.console = console
        // When it began is when it was begun to be written down.
        if self.draft.startedAt == nil {
            self.draft.startedAt = Timestamp(milliseconds: UInt64(clamping: Moment.now()))
        }
    }

    /// The place and area of the last conversation, unless others were named.
    mutating func offerPlace() throws {
        let last = try replica.lastPlace()
        if let typed = draft.area {
            area = try replica.areaNamed(typed)
            return
        }
        area = last.area
        draft.area = last.area?.code
        if draft.place == nil { draft.place = last.place }
    }

    /// What Enter takes: the place, the area.
    var offered: String {
        [draft.place, area?.name ?? draft.area].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Asks one line, and keeps what is typed as it grows.
    mutating func ask(
        _ question: Localized, beginning: String, _ note: (inout ConversationDraft, String) -> Void
    ) throws -> String {
        let editor = LineEditor(columns: console.settings.terminal.columns ?? 80)
        let (replica, before) = (replica, draft)
        var failure: ReplicaError?
        let outcome = editor.ask(console.text(question) + " ", beginning: beginning) { text in
            var draft = before
            note(&draft, text)
            // A line is said to be kept only if it was.
            do throws(ReplicaError) { try replica.keepUnfinished(draft) } catch { failure = error }
        }
        switch outcome {
        case .line(let text):
            var kept = before
            note(&kept, text)
            try replica.keepUnfinished(kept)
            return text
        case .end: return ""
        case .interrupted(let text):
            if let failure { throw failure }
            let isKept = !text.isEmpty || isResumed || !(before.words ?? "").isEmpty
            if !isKept { try replica.forgetUnfinished() }
            throw CommandFailure.talkInterrupted(isKept: isKept)
        }
    }

    /// Reads where it was: nothing takes what is offered; an area behind a comma, or alone, is one.
    mutating func place(_ typed: String) throws {
        let text = typed.onOneLine.trimmedBlanks
        guard !text.isEmpty else { return }
        if let whole = try replica.areaNamed(text) {
            (draft.area, draft.place, area) = (whole.code, nil, whole)
            return
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmedBlanks }
        if parts.count > 1, let named = try replica.areaNamed(parts[parts.count - 1]) {
            (draft.area, area) = (named.code, named)
            draft.place = parts.dropLast().joined(separator: ", ")
        } else {
            draft.place = text
        }
    }

    static func aliases(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0).trimmedBlanks }.filter { !$0.isEmpty }
    }
}

extension String {
    fileprivate var trimmedBlanks: String {
        var view = unicodeScalars[...]
        while view.first?.properties.isWhitespace == true { view.removeFirst() }
        while view.last?.properties.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
