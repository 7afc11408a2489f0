import StoepCommand
import StoepCore
import StoepModel

extension Command {
    func talkNew(_ replica: Replica) throws -> ExitCode {
        var draft = ConversationDraft()
        draft.startedAt = arguments.moment(.at).map { Timestamp(milliseconds: UInt64(clamping: $0)) }
        draft.area = arguments.text(.area)
        draft.place = arguments.text(.place)
        draft.language = arguments.text(.language)
        draft.consent = arguments.text(.consent).flatMap { Consent(named: $0) } ?? .anonymous
        draft.minutes = arguments.number(.minutes)
        draft.headcount = arguments.number(.headcount)
        draft.words = arguments.text(.words)
        draft.observation = arguments.text(.observation)
        draft.themes = arguments.texts(.theme)
        draft.questions = try askedQuestions()
        draft.persons = arguments.texts(.person)
        draft.more = inputs(FieldOption.ofTalk) + (try positionInputs())
        let isAsked = asksForTalk
        if isAsked {
            draft = try ask(draft, replica)
        } else if draft.place != nil {
            var typed = Whereabouts()
            (typed.place, typed.area) = (draft.place, draft.area)
            // What is wrong with it, recording says.
            if let near = try? replica.near(typed) { try warnOfNear(near, replica) }
        }
        let recorded = try replica.record(draft)
        if isAsked { try replica.forgetUnfinished() }
        switch recorded {
        case .saved(let id, let log, let area):
            let answer: JSON = [
                "id": .string(id.description), "log": .string(log.description), "area": .optional(area?.code),
                "draft": false,
            ]
            console.answer(answer) {
                console.say(.talkSaved(id: replica.shortID(id)))
                if let area { console.say(.talkArea(name: area.name, code: area.code), style: .faint) }
                console.say(.talkKeeps(consent: draft.consent.name, console.settings.words), style: .faint)
            }
            if !draft.persons.isEmpty { try warnOfThoseNotToApproach(id, replica) }
        case .keptAsDraft(let path, let log, let area):
            let answer: JSON = [
                "id": nil, "log": .string(log.description), "area": .optional(area?.code), "draft": true,
                "path": .string(path),
            ]
            console.answer(answer) { console.say(.talkKeptAsDraft(path: path), style: .warning) }
        }
        return .done
    }

    func talkEdit(_ replica: Replica) throws -> ExitCode {
        var edit = ConversationEdit()
        edit.words = arguments.text(.words)
        edit.observation = arguments.text(.observation)
        edit.themes = arguments.texts(.theme)
        edit.area = arguments.text(.area)
        edit.place = arguments.text(.place)
        edit.language = arguments.text(.language)
        edit.questions = try askedQuestions()
        edit.persons = arguments.texts(.person)
        edit.more = inputs(FieldOption.ofTalk, removing: true) + (try positionInputs())
        edit.consent = arguments.text(.consent).flatMap { Consent(named: $0) }
        let id = try replica.record(beginning: arguments.one(.recordID), of: .conversation)
        let read = try arguments.text(.read).map { try replica.open(id, version: $0) }
        let terminal = console.settings.terminal
        let changed: Bool
        if !edit.isEmpty {
            do throws(ReplicaError) {
                changed = try replica.edit(id, edit, in: read)
            } catch {
                guard case .loweringConsent = error, edit.isOnlyConsent else { throw error }
                return try lowerConsent(of: id, replica)
            }
        } else if terminal.canAnswer, terminal.showsOutput {
            changed = try editInEditor(try read ?? replica.open(id), replica)
        } else {
            throw CommandFailure.nothingToChange
        }
        console.answer(["id": .string(id.description), "changed": .bool(changed)]) {
            console.say(changed ? .talkChanged(id: replica.shortID(id)) : .talkUnchanged)
        }
        if !edit.persons.isEmpty { try warnOfThoseNotToApproach(id, replica) }
        return .done
    }

    func talkReply(_ replica: Replica) throws -> ExitCode {
        let talk = try record(.conversation, replica)
        let id = try replica.reply(to: talk, arguments.one(.replyWords))
        console.answer(["id": .string(id.description), "conversation": .string(talk.description)]) {
            console.say(.replySaved(id: replica.shortID(id)))
        }
        return .done
    }

    /// Each question with the answer that stands behind it on the command line, as far as there are any.
    private func askedQuestions() throws(CommandFailure) -> [AskedQuestion] {
        let (questions, answers) = (arguments.texts(.question), arguments.texts(.answer))
        guard answers.count <= questions.count else { throw .answerWithoutQuestion }
        return questions.enumerated().map { index, question in
            AskedQuestion(question, answer: answers.indices.contains(index) ? answers[index] : nil)
        }
    }

    private func positionInputs() throws(CommandFailure) -> [FieldInput] {
        guard let position = try position() else { return [] }
        return [
            .set(Field.Conversation.latitude, String(position.latitude)),
            .set(Field.Conversation.longitude, String(position.longitude)),
        ]
    }

    private func warnOfThoseNotToApproach(_ talk: RecordID, _ replica: Replica) throws {
        for alias in try replica.notToApproach(inTalk: talk) { console.warn(.doNotApproach(alias)) }
    }

    // MARK: Showing

    func talkList(_ replica: Replica) throws -> ExitCode {
        let limit = arguments.number(.limit) ?? (console.settings.json ? nil : 50)
        var request = ConversationRequest()
        request.limit = limit
        request.area = arguments.text(.ofArea)
        request.theme = arguments.text(.ofTheme)
        request.volunteer = arguments.text(.volunteer)
        if let moments = try period()?.moments {
            if arguments.text(.sinceDay) != nil { request.since = moment(moments.lowerBound) }
            if arguments.text(.untilDay) != nil { request.until = moment(moments.upperBound) }
        }
        request.isToFollowUp = arguments.flag(.openFollowUp)
        if console.settings.json {
            try console.answer(listing: "conversations") { add in
                try replica.forEachConversation(request) { add(json($0)) }
            }
        } else {
            tell(try replica.conversations(request), isWhole: isWhole(request), replica)
        }
        return .done
    }

    private func tell(_ found: (conversations: [ConversationSummary], all: Int), isWhole: Bool, _ replica: Replica) {
        guard !found.conversations.isEmpty else { return console.say(isWhole ? .talkListEmpty : .talkListNone) }
        var table = Table([
            .init(.labelID), .init(.labelWhen), .init(.labelArea), .init(.labelHeardBy), .init(.labelThemes),
            .init(.labelWords, shrinks: true),
        ])
        for talk in found.conversations {
            let first = talk.words.isEmpty ? talk.observation : talk.words
            table.add([
                replica.shortID(talk.id) + (talk.conflicts > 0 ? " !" : ""),
                talk.startedAt.map { Moment.local(Int64(clamping: $0.milliseconds)) } ?? "",
                (talk.area?.name ?? "").truncated(columns: 16), name(talk.by).truncated(columns: 14),
                talk.themes.joined(separator: ", ").truncated(columns: 18),
                String(first.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }),
            ])
        }
        console.print(table)
        if found.all > found.conversations.count {
            console.say(.talkListMore(shown: found.conversations.count, all: found.all), style: .faint)
        }
    }

    private func moment(_ milliseconds: Int64?) -> Timestamp? {
        milliseconds.map { Timestamp(milliseconds: UInt64(clamping: $0)) }
    }

    /// Whether it wants all conversations that there are.
    private func isWhole(_ request: ConversationRequest) -> Bool {
        request.area == nil && request.theme == nil && request.volunteer == nil && request.since == nil
            && request.until == nil && !request.isToFollowUp
    }

    private func json(_ talk: ConversationSummary) -> JSON {
        [
            "id": .string(talk.id.description), "startedAt": talk.startedAt.map { .number($0.milliseconds) } ?? .null,
            "area": .optional(talk.area?.code), "areaName": .optional(talk.area?.name),
            "place": .optional(talk.place), "language": .optional(talk.language),
            "consent": .optional(talk.consent?.name), "themes": .strings(talk.themes),
            "words": .string(talk.words), "observation": .string(talk.observation), "by": json(talk.by),
            "conflicts": .number(talk.conflicts),
        ]
    }

    func talkShow(_ replica: Replica) throws -> ExitCode {
        let id = try replica.record(beginning: arguments.one(.recordID), of: .conversation)
        let talk = try replica.conversation(id: id)
        let belongings = try replica.belongings(ofTalk: id)
        let history = try replica.history(of: id)
        console.answer(json(talk, belongings, history)) {
            tell(talk, belongings)
            console.print("")
            console.print(console.text(.labelHistory), style: .strong)
            for step in history { tell(step, of: definition(.conversation)) }
        }
        return .done
    }

    func json(_ talk: ConversationDetail, _ belongings: TalkBelongings, _ history: [HistoryStep]) -> JSON {
        let fields = talk.registers.map { register in
            let others = register.others.map { other in
                [
                    "value": json(other, of: register.name, in: "conversation"), "by": json(other.by),
                    "time": .number(other.time.milliseconds),
                ] as JSON
            }
            return JSON.Member(
                register.name, ["value": json(register.shown, of: register.name, in: "conversation"), "others": .array(others)])
        }
        let links = belongings.links.map { field in
            JSON.Member(field.definition.name, json(field.content, of: field.definition))
        }
        return [
            "answers": .array(belongings.answers.map { json($0) }),
            "agreements": .array(belongings.agreements.map { json($0) }), "history": .array(history.map { json($0) }),
            "replies": .array(belongings.replies.map { json($0) }), "links": .object(links),
            "id": .string(talk.id.description), "log": .string(talk.log.description), "by": json(talk.by),
            "createdAt": .number(talk.createdAt.milliseconds), "fields": .object(fields),
            "words": .string(talk.words), "observation": .string(talk.observation),
            "themes": .array(talk.themes.map { ["id": .string($0.id.description), "name": .string($0.name)] }),
            "conflicts": .strings(talk.conflicts), "pending": .number(talk.pending),
            "quarantined": .number(talk.quarantined), "version": .string(talk.version),
        ]
    }

    private func tell(_ talk: ConversationDetail, _ belongings: TalkBelongings) {
        var pairs: [(Localized, String)] = [
            (.labelID, talk.id.description), (.labelHeardBy, name(talk.by)),
        ]
        for register in talk.registers {
            pairs.append((.field(register.name), text(register.shown, of: register.name, in: "conversation")))
            for other in register.others {
                let when = console.text(ago(other.time))
                pairs.append((.same("  !"), "\(text(other, of: register.name, in: "conversation"))  (\(name(other.by)), \(when))"))
            }
        }
        if !talk.themes.isEmpty { pairs.append((.labelThemes, talk.themes.map(\.name).joined(separator: ", "))) }
        let isShown = { (field: FieldDefinition) in field.kind == .set && field.number != Field.Conversation.agreements }
        for field in belongings.links where isShown(field.definition) {
            pairs.append((Localized(field.definition.words), text(field.content, of: field.definition)))
        }
        if talk.pending > 0 { pairs.append((.labelPending, String(talk.pending))) }
        if talk.quarantined > 0 { pairs.append((.labelQuarantined, String(talk.quarantined))) }
        console.print(Table(pairs: pairs, language: console.language))
        show(talk.words, under: .labelWords)
        show(talk.observation, under: .labelObservation)
        let answers = belongings.answers.map { "\($0.wording.onOneLine)\n\($0.words)" }
        show(answers.joined(separator: "\n\n"), under: .labelAnswers)
        let agreements = belongings.agreements.map { agreement in
            [Field.Agreement.what, Field.Agreement.who, Field.Agreement.dueOn, Field.Agreement.outcome].compactMap { number in
                agreement.collection.field(number).map { text(agreement[number], of: $0) }
            }.filter { !$0.isEmpty }.map(\.onOneLine).joined(separator: "; ")
        }
        show(agreements.joined(separator: "\n"), under: .many(collection: "agreement"))
        let replies = belongings.replies.map { "\(name($0.by)): \($0.text(Field.Reply.words))" }
        show(replies.joined(separator: "\n\n"), under: .labelReplies)
        if !talk.conflicts.isEmpty {
            console.say(.same(""))
            console.say(.conflictsHow, style: .warning)
        }
    }

    func show(_ text: String, under label: Localized) {
        guard !text.isEmpty else { return }
        console.print("")
        console.print(console.text(label), style: .strong)
        let columns = min(console.settings.terminal.columns ?? 80, 100)
        for line in text.wrapped(columns: columns - 2) { console.print("  " + line) }
    }
}
