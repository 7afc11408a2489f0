// stoep join.
extension Localized {
    package static func joined(space: String, role: Localized, name: String) -> Localized {
        Localized(
            en: "You have joined “\(space.onOneLine)” as \(role.en), as \(name.onOneLine).",
            nl: "Je doet mee aan ‘\(space.onOneLine)’ als \(role.nl), onder de naam \(name.onOneLine).")
    }

    /// After joining: what this laptop now has, and what to do next.
    package static func joinedStore(_ path: String) -> Localized {
        Localized(
            en: "Its keys and all that you record stand in \(path.onOneLine) and nowhere else until you sync.",
            nl: "Haar sleutels en alles wat je vastlegt staan in \(path.onOneLine), en nergens anders tot je synchroniseert.")
    }

    /// The device is enrolled; what there is has not come yet.
    package static func joinedWithoutSync(reason: Localized) -> Localized {
        Localized(
            en: "You have joined, but what is there could not be received yet (\(reason.en)): run stoep sync.",
            nl: "Je doet mee, maar wat er is kon nog niet worden ontvangen (\(reason.nl)): doe stoep sync.")
    }

    package static let joinedNext = Localized(
        en: "Next: stoep sync to receive what is there; stoep talk new to record, with or without a network.",
        nl: "Nu: stoep sync om te ontvangen wat er is; stoep talk new om vast te leggen, met of zonder netwerk.")

    /// A role as people call it; an unknown one as it is written.
    package static func role(_ role: String) -> Localized {
        switch role {
        case "volunteer": Localized(en: "volunteer", nl: "vrijwilliger")
        case "owner": Localized(en: "owner", nl: "eigenaar")
        case "coordinator": Localized(en: "coordinator", nl: "coördinator")
        case "observer": Localized(en: "observer", nl: "waarnemer")
        default: .same(role.onOneLine)
        }
    }

    fileprivate static let askForInvitation = Localized(
        en: "Ask the coordinator for a new invitation. Nothing was changed on this laptop.",
        nl: "Vraag de coördinator om een nieuwe uitnodiging. Op deze laptop is niets veranderd.")
}

extension CommandFailure {
    package static let invitationDamaged = CommandFailure(
        "invitation-damaged", .usage,
        Localized(
            en: "this is not a whole invitation: a part is missing or changed",
            nl: "dit is geen hele uitnodiging: er ontbreekt of verschilt iets"),
        advice: Localized(
            en: "Copy the whole line, from the first character to the last, and try again.",
            nl: "Kopieer de hele regel, van het eerste tot het laatste teken, en probeer het opnieuw."))

    package static let invitationTooNew = CommandFailure(
        "invitation-too-new", .failed,
        Localized(
            en: "this invitation is for a later version of stoep",
            nl: "deze uitnodiging is voor een latere versie van stoep"),
        advice: Localized(
            en: "Bring stoep up to date. Nothing was changed on this laptop.",
            nl: "Werk stoep bij. Op deze laptop is niets veranderd."))

    package static let invitationUnknown = CommandFailure(
        "invitation-unknown", .notAllowed,
        Localized(en: "the daemon does not know this invitation", nl: "de daemon kent deze uitnodiging niet"),
        advice: .askForInvitation)

    package static let invitationUsed = CommandFailure(
        "invitation-used", .notAllowed,
        Localized(en: "this invitation was used already", nl: "deze uitnodiging is al gebruikt"),
        advice: Localized(
            en: """
                An invitation is for one laptop. If it was not you who used it, tell the coordinator at once. Nothing \
                was changed on this laptop.
                """,
            nl: """
                Een uitnodiging is voor één laptop. Was jij het niet die haar gebruikte, zeg het de coördinator dan \
                meteen. Op deze laptop is niets veranderd.
                """))

    package static let invitationExpired = CommandFailure(
        "invitation-expired", .notAllowed,
        Localized(
            en: "this invitation has expired: it was valid for 24 hours",
            nl: "deze uitnodiging is verlopen: ze gold 24 uur"),
        advice: .askForInvitation)

    package static let tooManyAttempts = CommandFailure(
        "too-many-attempts", .notAllowed,
        Localized(
            en: "there were too many attempts with wrong invitations",
            nl: "er waren te veel pogingen met verkeerde uitnodigingen"),
        advice: Localized(
            en: "Wait a few minutes and try again.", nl: "Wacht een paar minuten en probeer het opnieuw."))

    /// As `daemonUnreachable`, before there is anything on this laptop to keep.
    package static func joinUnreachable(address: String) -> CommandFailure {
        unreachable(
            address,
            advice: Localized(
                en: "The invitation is still good. Joining needs a network once: try again where there is one.",
                nl: "De uitnodiging is nog goed. Meedoen vraagt eenmaal een netwerk: probeer het opnieuw waar dat er is."))
    }

    /// As `connectionLost`, after the invitation was shown: whether it was taken is not known.
    package static func joinInterrupted(address: String) -> CommandFailure {
        lost(
            address,
            advice: Localized(
                en: "Try again with the same invitation and the same store: it goes on from here.",
                nl: "Probeer het opnieuw met dezelfde uitnodiging en dezelfde opslag: het gaat hier verder."))
    }

    /// This laptop's keys are a member's already.
    package static let deviceKnown = CommandFailure(
        "device-known", .notAllowed,
        Localized(
            en: "the daemon knows this laptop already, by another invitation",
            nl: "de daemon kent deze laptop al, van een andere uitnodiging"),
        advice: .askForInvitation)

    /// Whoever answers at the address is not who the invitation, or the roster, names.
    package static func daemonKeyMismatch(address: String) -> CommandFailure {
        CommandFailure(
            "daemon-key-mismatch", .notAllowed,
            Localized(
                en: "what answers at \(address.onOneLine) is not the daemon of this space: it has another key",
                nl: "wat op \(address.onOneLine) antwoordt is niet de daemon van deze ruimte: het heeft een andere sleutel"),
            advice: Localized(
                en: """
                    Nothing was sent to it. Try another network; if this stays so, ask the coordinator whether the \
                    daemon was replaced.
                    """,
                nl: """
                    Er is niets naartoe gestuurd. Probeer een ander netwerk; blijft het zo, vraag de coördinator dan \
                    of de daemon vervangen is.
                    """),
            details: [.init("address", .string(address))])
    }

    package static func alreadyJoined(space: String, store: String) -> CommandFailure {
        CommandFailure(
            "already-joined", .failed,
            Localized(
                en: "\(store.onOneLine) is the store of \(space.isEmpty ? "a space" : "“\(space.onOneLine)”") already",
                nl: "\(store.onOneLine) is al de opslag van \(space.isEmpty ? "een ruimte" : "‘\(space.onOneLine)’")"),
            advice: Localized(
                en: "To join another space, name another place with --store DIR. Nothing was changed.",
                nl: "Noem voor een andere ruimte een andere plek met --store MAP. Er is niets veranderd."),
            details: [.init("store", .string(store))])
    }
}
