// stoep signal: what is said of what is urgent.
extension Localized {
    package static func signalSaved(id: String) -> Localized {
        Localized(
            en: "Saved as \(id.onOneLine) on this laptop. It goes first at the next sync: stoep sync.",
            nl:
                "Opgeslagen als \(id.onOneLine) op deze laptop. Het gaat als eerste mee met de volgende sync: stoep sync."
        )
    }

    package static let signalCall = Localized(
        en: "Nobody knows of it until then. If somebody is in danger now, call.",
        nl: "Tot dan weet niemand ervan. Is er nu iemand in gevaar, bel dan.")

    package static let signalListEmpty = Localized(en: "No signals here.", nl: "Hier zijn geen signalen.")

    package static func signalsWaiting(_ count: Int) -> Localized {
        Localized(
            en: "! \(counted(count, "signal waits", "signals wait")) for a coordinator: stoep signal answer ID -",
            nl: "! \(counted(count, "signaal wacht", "signalen wachten")) op een coördinator: stoep signal answer ID -")
    }

    package static func signalAnswered(id: String) -> Localized {
        Localized(
            en: "Answered \(id.onOneLine): its mark is gone here, and elsewhere after a sync.",
            nl: "\(id.onOneLine) beantwoord: de markering is hier weg, en elders na een sync.")
    }
}

extension CommandFailure {
    package static let coordinatorsOnly = CommandFailure(
        "coordinators-only", .notAllowed,
        Localized(en: "this is for coordinators", nl: "dit is aan coördinatoren"),
        advice: Localized(
            en: "Ask a coordinator of this space to do it. Nothing was changed.",
            nl: "Vraag een coördinator van deze ruimte om het te doen. Er is niets veranderd."))
}
