import StoepCommand
import StoepCore
import StoepModel

// What initiatives, offers, needs, matches and referrals have beside what is done with any record.
extension Command {
    func initiativeVerify(_ replica: Replica) throws -> ExitCode {
        let id = try record(.initiative, replica)
        return tellChanged(id, try replica.edit(id, [.set(Field.Initiative.verifiedOn, dayOrToday())]), replica)
    }

    func initiativeLink(_ replica: Replica) throws -> ExitCode {
        let id = try record(.initiative, replica)
        let other = try replica.find(arguments.one(.otherID), of: .initiative)
        guard id != other else { throw CommandFailure.linkedWithItself }
        return tellChanged(id, try replica.link(id, other, linked: !arguments.flag(.stop)), replica)
    }

    func close(_ noun: RecordNoun, _ replica: Replica) throws -> ExitCode {
        let id = try record(noun.collection, replica)
        return tellChanged(id, try replica.edit(id, [.set(Field.Offer.closedOn, dayOrToday())]), replica)
    }

    func offerBlocked(_ replica: Replica) throws -> ExitCode {
        let blocked = try replica.blockedOffers(on: Self.today)
        let answer = blocked.map { item in
            [
                "condition": .string(item.condition), "count": .number(item.offers.count),
                "offers": .array(item.offers.map { json($0) }),
            ] as JSON
        }
        console.answer(["blocked": .array(answer)]) {
            guard !blocked.isEmpty else { return console.say(.offersUnblocked) }
            for item in blocked {
                console.print("\(item.condition.onOneLine): \(item.offers.count)", style: .strong)
                for offer in item.offers { console.print("  \(replica.shortID(offer.id))  \(offer.name.onOneLine)") }
            }
        }
        return .done
    }

    // MARK: Matches

    func matchSuggest(_ replica: Replica) throws -> ExitCode {
        let id = try arguments.first(.recordIDIfAny).map { try replica.record(beginning: $0) }
        let (shown, all) = try replica.suggestions(
            for: id, area: arguments.text(.ofArea), on: Self.today,
            limit: arguments.number(.limit) ?? (console.settings.json ? nil : 20))
        console.answer(["suggestions": .array(shown.map { json($0) })]) {
            guard !shown.isEmpty else { return console.say(.matchNothing) }
            for suggestion in shown { tell(suggestion, replica) }
            if shown.count < all { console.say(.searchMore(shown: shown.count), style: .faint) }
        }
        return .done
    }

    private func json(_ suggestion: Suggestion) -> JSON {
        let reasons = suggestion.reasons.map { reason -> JSON in
            let (kind, value) = parts(reason)
            return ["kind": .string(kind), "value": .string(value)]
        }
        return [
            "offer": json(suggestion.offer), "need": json(suggestion.need), "reasons": .array(reasons),
            "left": .number(suggestion.left), "missing": .strings(suggestion.missing),
        ]
    }

    private func parts(_ reason: Suggestion.Reason) -> (kind: String, value: String) {
        switch reason {
        case .theme(let name): ("theme", name)
        case .word(let word): ("word", word)
        case .area(let name): ("area", name)
        }
    }

    private func tell(_ suggestion: Suggestion, _ replica: Replica) {
        let (offer, need) = (suggestion.offer, suggestion.need)
        console.print(
            "\(replica.shortID(offer.id))  \(offer.name.onOneLine)  →  \(replica.shortID(need.id))  \(need.name.onOneLine)",
            style: .strong)
        let reasons = suggestion.reasons.map { reason -> String in
            let (kind, value) = parts(reason)
            return console.text(.matchReason(kind, value))
        }
        console.print("  " + reasons.joined(separator: ", ") + "; " + console.text(.matchLeft(suggestion.left)))
        if !suggestion.missing.isEmpty {
            console.print("  " + console.text(.matchMissing(suggestion.missing)), style: .warning)
        }
    }

    func matchMake(_ replica: Replica) throws -> ExitCode {
        let offer = try replica.find(arguments.one(.offerID), of: .offer)
        let need = try replica.find(arguments.one(.needID), of: .need)
        let (id, changed) = try replica.match(
            offer, need, share: Int64(arguments.number(.share) ?? 1), on: Self.today)
        console.answer(["id": .string(id.description), "changed": .bool(changed)]) {
            guard changed else { return console.say(.nothingToSay) }
            console.say(.recordSaved(Localized(RecordNoun.match.definition.one), id: replica.shortID(id)))
        }
        return .done
    }

    // MARK: Referrals

    func referralAccept(_ replica: Replica) throws -> ExitCode {
        let id = try record(.referral, replica)
        let changed = try replica.edit(
            id,
            [
                .set(Field.Referral.progress, Progress.accepted.name),
                .set(Field.Referral.acceptedBy, arguments.required(.acceptedBy)),
                .set(Field.Referral.progressOn, dayOrToday()),
            ])
        return tellChanged(id, changed, replica)
    }

    func referralDecline(_ replica: Replica) throws -> ExitCode {
        let id = try record(.referral, replica)
        return tellChanged(id, try replica.decline(id, nowTo: arguments.text(.referredTo), on: dayOrToday()), replica)
    }
}
