import StoepCore
import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport

/// What people do on their laptops.
extension Simulation {
    /// Does something on a laptop as a command does it. What its disk or its power do to it is what may happen; anything
    /// else that goes wrong is a finding.
    /// - Returns: whether it was done.
    @discardableResult
    func attempt(_ laptop: Laptop, _ what: String, _ body: (Replica) throws -> Void) throws -> Bool {
        guard laptop.hasJoined, !laptop.isBusy else { return false }
        if laptop.disk.isDown { try recover(laptop) }
        laptop.isBusy = true
        laptop.sawTampering = false
        defer { laptop.isBusy = false }
        do {
            let replica = try laptop.replica ?? Replica(laptop.configuration, laptop.environment)
            laptop.replica = replica
            try body(replica)
            if let found { throw found }
            // At the end of a command, as programs do; on every other laptop, so that both ways are gone.
            if laptop.number.isMultiple(of: 2), !laptop.disk.isDown { _ = try replica.store.indexSome() }
            if laptop.disk.isDown {
                try recover(laptop)
                return false
            }
            try lookAt(laptop, keeps: true)
            count(deed: what)
            return true
        } catch {
            if let found { throw found }
            if let violation = error as? Violation { throw violation }
            return try excuse(error, laptop, what)
        }
    }

    private func excuse(_ error: any Error, _ laptop: Laptop, _ what: String) throws -> Bool {
        if laptop.disk.isDown || laptop.hasDiskFault {
            trace("  \(laptop.name): \(what) broken off")
            try recover(laptop)
            return false
        }
        if laptop.isRotten { return false }
        guard isExpected(error, laptop) else {
            throw Violation("unexpected", "\(laptop.name): \(what): \(error)")
        }
        if case .revoked = error as? ReplicaError { count(.revokedSends) }
        trace("  \(laptop.name): \(what): \(short(error))")
        try lookAt(laptop, keeps: false)
        return false
    }

    private func short(_ error: any Error) -> String {
        let text = "\(error)"
        return String(text.prefix(60))
    }

    /// What a person is told and can go on from.
    private func isExpected(_ error: any Error, _ laptop: Laptop) -> Bool {
        switch ReplicaError(error) {
        case .notAllowed, .unknownID, .notYoursToErase, .alreadyErased, .wordsNotYours, .conversationsNotGranted,
            .areaNotGranted, .areaNeeded, .unknownArea, .nothingToChange, .nothingToUndo, .notYourChange,
            .cannotUndoRecording, .noConflict, .consentKeepsNothing, .loweringConsent, .notJoinable, .valueDoesNotFit,
            .areaElsewhere, .bundleNothingForYou, .unknownField:
            return true
        case .transport, .revoked: return !isHealing
        case .refused(let name, _):
            return ["device-unknown", "device-revoked", "log-not-readable", "internal"].contains(name) && !isHealing
                || laptop.sawTampering
        case .answerNotUnderstood: return laptop.sawTampering
        case .unknownLaptop: return true
        case .bundleDamaged: return false
        default: return false
        }
    }

    /// A command of a person who works with what is on their laptop.
    func work(on laptop: Laptop) throws {
        let mayStreet = laptop.role == .volunteer || laptop.role == .coordinator
        guard let replica = laptop.replica ?? (try? Replica(laptop.configuration, laptop.environment)) else {
            // Its disk is what it is: `attempt` says so.
            try attempt(laptop, "open") { _ in }
            return
        }
        laptop.replica = replica
        let talks = mayStreet ? ((try? replica.store.conversations(limit: 10)) ?? []) : []
        let kind = step.below(mayStreet ? 21 : 6)
        switch kind {
        case 0: try theme(laptop)
        case 1: try meeting(laptop)
        case 2: try question(laptop)
        case 3: try undo(laptop, talks)
        case 4: try restartProgram(laptop)
        case 5: try settle(laptop)
        case 6...9: try hear(laptop)
        case 10: try count(laptop)
        case 11: try person(laptop)
        case 12: if let talk = pickAny(talks) { try end(laptop, talk) }
        case 13: if let talk = pickAny(talks) { try reply(laptop, talk) }
        default: if let talk = pickAny(talks) { try edit(laptop, talk) } else { try hear(laptop) }
        }
    }

    func pickAny<T>(_ list: [T]) -> T? { list.isEmpty ? nil : step.pick(list) }

    // MARK: Street

    /// Two forms of one letter, an emoji of several scalars, a line end of two: what goes wrong most easily.
    private func words() -> String { step.text(words: 1 + step.below(5)) }

    private func hear(_ laptop: Laptop) throws {
        let partition = step.pick(laptop.role == .coordinator ? Self.partitions : laptop.partitions)
        let word = canaries.word(in: partition)
        var extra: [FieldEdit] = [
            .set(Field.Conversation.place, .text(step.pick(["plein", "café", "cafe\u{301}", "hof"]))),
            .set(Field.Conversation.minutes, .integer(Int64(step.below(4)))),
        ]
        if laptop.schema.version > Schema.current.version { extra.append(.set(Self.moodField, .text("blij"))) }
        let edit = RecordEdit.conversation(
            "\(word) \(words())", in: partition, observation: step.chance(3) ? "" : "\(word) \(words())", extra: extra)
        try attempt(laptop, "talk new") { replica in
            let record = try replica.store.save([edit])[0]
            canaries.keep(word, of: record, in: edit.log)
            trace("\(laptop.name) hears \(word)")
            // Whoever is told that it is kept finds it.
            guard try replica.store.log(of: record) != nil else {
                throw Violation("kept", "\(laptop.name) was told that \(word) is kept, and it is not there")
            }
        }
    }

    private func edit(_ laptop: Laptop, _ talk: RecordID) throws {
        let word = canaries.word(of: talk) ?? ""
        let themes = (0..<2).map { _ in Value.record(RecordID(Bytes16(high: 0, low: UInt64(step.below(3))))) }
        let choices: [FieldEdit] = [
            .set(Field.Conversation.place, .text(step.pick(["plein", "café", "cafe\u{301}", "hof", "brug"]))),
            .set(Field.Conversation.minutes, .integer(Int64(step.below(4)))),
            .add(Field.Conversation.themes, themes),
            .remove(Field.Conversation.themes, themes),
            .text(Field.Conversation.observation, "\(word) \(words())"),
            .text(Field.Conversation.observation, "\(word) \(words())"),
            .text(Field.Conversation.words, "\(word) \(words())"),
        ]
        let fields = choices.filter { _ in step.chance(3) }
        guard !fields.isEmpty else { return }
        try attempt(laptop, "talk edit") { replica in
            guard let log = try replica.store.log(of: talk) else { return }
            try replica.store.save([RecordEdit(log: log, target: .existing(talk), fields: fields)])
            trace("\(laptop.name) edits \(word): \(fields.count) fields")
            try holds(replica, talk, log, fields)
        }
    }

    private func reply(_ laptop: Laptop, _ talk: RecordID) throws {
        guard let log = canaries.log(of: talk) else { return }
        let word = canaries.word(in: log.partition)
        try attempt(laptop, "talk reply") { replica in
            guard try replica.store.read({ try replica.store.stored(talk) }).isListed else { return }
            let record = try replica.store.save([
                RecordEdit(
                    log: log, target: .new(.reply),
                    fields: [
                        .set(Field.Reply.conversation, .record(talk)), .text(Field.Reply.words, "\(word) \(words())"),
                    ])
            ])[0]
            canaries.keep(word, of: record, in: log, belongingTo: talk)
            trace("\(laptop.name) replies \(word) to \(canaries.word(of: talk) ?? "")")
        }
    }

    /// Whether what is written here is shown at once: until the roster names the device, it waits for that.
    private func counts(_ replica: Replica) throws -> Bool {
        try replica.store.read { try replica.store.member(of: replica.store.keys.publicKey) } != nil
    }

    /// What was just saved is what is shown.
    private func holds(_ replica: Replica, _ record: RecordID, _ log: LogID, _ fields: [FieldEdit]) throws {
        guard try counts(replica) else { return }
        let state = try replica.store.read { try replica.store.stored(record, in: log) }
        for field in fields {
            switch field {
            case .set(let number, let value) where state.value(number).map(Exact.init) != Exact(value):
                throw Violation(
                    "shown",
                    "\(value) was set, and what is shown is \(state.values(number).map { "\($0.value) at \($0.lamport)" })"
                )
            case .add(let number, let values):
                let removed = fields.contains { if case .remove(number, _) = $0 { true } else { false } }
                if !removed, !Set(values.map(Exact.init)).isSubset(of: state.members(number).map { Exact($0.value) }) {
                    throw Violation("shown", "what was added to a set is not in it")
                }
            case .remove(let number, let values):
                let added = fields.contains { if case .add(number, _) = $0 { true } else { false } }
                if !added, !Set(values.map(Exact.init)).isDisjoint(with: state.members(number).map { Exact($0.value) }) {
                    throw Violation("shown", "what was taken from a set is still in it")
                }
            default: break
            }
        }
    }

    /// A value by its bytes: not as the code under test compares values.
    private struct Exact: Hashable {
        let kind: String
        let bytes: [UInt8]

        init(_ value: Value) {
            if case .text(let text) = value {
                (kind, bytes) = ("text", Array(text.utf8))
            } else {
                (kind, bytes) = ("other", Array("\(value)".utf8))
            }
        }
    }

    private func end(_ laptop: Laptop, _ talk: RecordID) throws {
        let word = canaries.word(of: talk) ?? ""
        switch step.below(6) {
        case 0, 1:
            try attempt(laptop, "talk delete") { replica in
                guard let log = try replica.store.log(of: talk) else { return }
                try replica.store.save([RecordEdit(log: log, target: .existing(talk), fields: [], ending: .delete)])
                trace("\(laptop.name) deletes \(word)")
            }
        case 2, 3:
            try attempt(laptop, "erase") { replica in
                try replica.erase(talk)
                canaries.mayBeErased(talk, on: laptop)
                trace("\(laptop.name) asks to erase \(word)")
            }
            // It may have been committed all the same.
            canaries.mayBeErased(talk, on: laptop)
        case 4:
            var redaction = Redaction()
            let kept = canaries.word(in: canaries.log(of: talk)?.partition ?? "north")
            redaction.words = "\(kept) zonder naam"
            redaction.observation = ""
            try attempt(laptop, "redact") { replica in
                let successor = try replica.redact(talk, redaction)
                if let log = try replica.store.log(of: successor) { canaries.keep(kept, of: successor, in: log) }
                canaries.note(successor, of: talk)
                trace("\(laptop.name) redacts \(word)")
            }
            canaries.mayBeErased(talk, on: laptop)
        default:
            try attempt(laptop, "consent none") { replica in
                _ = try replica.lowerConsent(talk)
                trace("\(laptop.name) lowers the consent of \(word)")
            }
            canaries.mayBeErased(talk, on: laptop)
        }
    }

    private func count(_ laptop: Laptop) throws {
        let partition = step.pick(laptop.role == .coordinator ? Self.partitions : laptop.partitions)
        guard let log = LogID.street(partition) else { return }
        let edit = RecordEdit(
            log: log, target: .natural(.tally, key: "\(partition)/\(step.below(2))"),
            fields: [
                .count(Field.Tally.approached, Int64(step.below(9))),
                .count(Field.Tally.declined, Int64(step.below(3))),
            ])
        try attempt(laptop, "tally") { try $0.store.save([edit]) }
    }

    private func person(_ laptop: Laptop) throws {
        let partition = step.pick(laptop.role == .coordinator ? Self.partitions : laptop.partitions)
        guard let log = LogID.street(partition) else { return }
        try attempt(laptop, "person") { replica in
            let known = try replica.store.records(
                from: .lowest, through: .highest, of: .person, limit: 6)
            if known.count < 2 || step.chance(3) {
                let fields: [FieldEdit] = [
                    .set(Field.Person.alias, .text(words())),
                    .add(
                        Field.Person.talents,
                        [.text("caf\u{e9}"), .text("cafe\u{301}")].filter { _ in step.chance(2) }),
                ]
                let record = try replica.store.save([RecordEdit(log: log, target: .new(.person), fields: fields)])[0]
                trace("\(laptop.name) meets somebody")
                try holds(replica, record, log, fields)
            } else {
                try joinOrPart(laptop, replica, known)
            }
        }
    }

    private func joinOrPart(_ laptop: Laptop, _ replica: Replica, _ known: [RecordID]) throws {
        let one = step.pick(known)
        if step.chance(3) {
            guard try replica.store.separate(one) else { return }
            trace("\(laptop.name) takes somebody apart")
            guard try counts(replica) else { return }
            let group = try replica.store.read { try replica.store.group(of: one) }
            if group.count > 1 {
                throw Violation("apart", "\(one) was taken apart, and is still one of \(group.count)")
            }
        } else {
            let other = step.pick(known)
            guard other != one, try replica.store.join(one, other) else { return }
            trace("\(laptop.name) joins two of one kind")
        }
    }

    // MARK: Square

    private func theme(_ laptop: Laptop) throws {
        let name = step.pick(["groen", "zorg", "caf\u{e9}", "cafe\u{301}"])
        let edit = RecordEdit.theme(name, description: words())
        let kind = step.below(6)
        try attempt(laptop, "theme") { replica in
            let theme = try replica.store.save([edit])[0]
            switch kind {
            case 0, 1:
                let standing = try replica.own(theme, giveUp: kind == 1)
                trace("\(laptop.name) \(kind == 0 ? "asks for" : "gives up") a theme: \(standing.rawValue)")
            case 2, 3:
                try replica.store.save([
                    RecordEdit(
                        log: .square, target: .existing(theme), fields: [.set(Field.Theme.nextStep, .text(words()))])
                ])
                trace("\(laptop.name) says what a theme's owner wants")
            default: trace("\(laptop.name) describes a theme")
            }
        }
    }

    private func meeting(_ laptop: Laptop) throws {
        try attempt(laptop, "meeting") { replica in
            let known = try replica.store.records(from: .lowest, through: .highest, of: .meeting, limit: 3)
            guard let meeting = pickAny(known), !step.chance(6) else {
                try replica.store.save([
                    RecordEdit(
                        log: .square, target: .new(.meeting),
                        fields: [.set(Field.Meeting.title, .text(words())), .text(Field.Meeting.minutes, words())])
                ])
                trace("\(laptop.name) calls a meeting")
                return
            }
            let items = try replica.store.read { try replica.store.stored(meeting, in: .square) }
                .items(Field.Meeting.agenda)
            var fields: [FieldEdit] = [.text(Field.Meeting.minutes, words())]
            if let item = pickAny(items) {
                switch step.below(4) {
                case 0: fields.append(.moveItem(Field.Meeting.agenda, item.id, to: step.below(items.count)))
                case 1: fields.append(.assignItem(Field.Meeting.agenda, item.id, .text(words())))
                case 2: fields.append(.removeItem(Field.Meeting.agenda, item.id))
                default:
                    fields.append(.placeItem(Field.Meeting.agenda, .text(words()), at: step.below(items.count + 1)))
                }
            } else {
                fields.append(.placeItem(Field.Meeting.agenda, .text(words()), at: 0))
            }
            try replica.store.save([RecordEdit(log: .square, target: .existing(meeting), fields: fields)])
            trace("\(laptop.name) works on a meeting")
        }
    }

    private func question(_ laptop: Laptop) throws {
        try attempt(laptop, "question") { replica in
            let known = try replica.store.records(from: .lowest, through: .highest, of: .question, limit: 6)
            if known.count > 1, step.chance(2) {
                try joinOrPart(laptop, replica, known)
            } else {
                try replica.store.save([
                    RecordEdit(
                        log: .square, target: .new(.question), fields: [.set(Field.Question.wording, .text(words()))])
                ])
                trace("\(laptop.name) asks something")
            }
        }
    }

    // MARK: Anywhere

    private func undo(_ laptop: Laptop, _ talks: [RecordID]) throws {
        guard let talk = pickAny(talks) else { return }
        try attempt(laptop, "undo") { replica in
            _ = try replica.undo(talk)
            trace("\(laptop.name) takes something back")
        }
    }

    /// Settles what competes.
    private func settle(_ laptop: Laptop) throws {
        try attempt(laptop, "resolve") { replica in
            let conflicted = try replica.store.read { try replica.store.conflictedRecords() }
            guard let record = pickAny(conflicted), let log = try replica.store.log(of: record) else { return }
            let state = try replica.store.read { try replica.store.stored(record, in: log) }
            guard let conflict = state.conflicts.first, conflict.place == nil,
                let chosen = pickAny(conflict.values)
            else { return }
            try replica.store.save([
                RecordEdit(log: log, target: .existing(record), fields: [.set(conflict.field, chosen.value)])
            ])
            trace("\(laptop.name) settles a conflict")
            guard try counts(replica) else { return }
            let after = try replica.store.read { try replica.store.stored(record, in: log) }
            if after.values(conflict.field).count > 1 {
                throw Violation("settled", "a conflict of \(record) was settled, and is still there")
            }
        }
    }

    /// The command ends, and the next begins.
    private func restartProgram(_ laptop: Laptop) throws {
        guard !laptop.isBusy, laptop.hasJoined else { return }
        laptop.replica?.close()
        laptop.replica = nil
        try attempt(laptop, "open") { replica in
            _ = try replica.status()
        }
    }
}

extension RecordID {
    static let lowest = RecordID(Bytes16(high: 0, low: 0))
    static let highest = RecordID(Bytes16(high: .max, low: .max))
}
