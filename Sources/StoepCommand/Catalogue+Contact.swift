// How people are reached, and what they agree to.
extension Localized {
    package static let contactSaved = Localized(
        en: "Noted on this laptop, for you and the coordinators alone. Not yet synced.",
        nl: "Genoteerd op deze laptop, alleen voor jou en de coördinatoren. Nog niet gesynchroniseerd.")

    package static let contactNothing = Localized(
        en: "Nothing is noted of how they are reached, as far as you may see.",
        nl: "Er is niets genoteerd over hoe iemand te bereiken is, voor zover jij dat mag zien.")

    package static let consentListEmpty = Localized(
        en: "No wording yet. A coordinator adds one: stoep consent add.",
        nl: "Nog geen formulering. Een coördinator voegt er een toe: stoep consent add.")

    package static func personErased(id: String) -> Localized {
        Localized(
            en: "Erased \(id.onOneLine): nothing is kept of this person here. stoep sync has it erased everywhere.",
            nl: "\(id.onOneLine) gewist: hier wordt niets van deze persoon bewaard. stoep sync laat het overal wissen.")
    }

    package static func personErasedByOthers(id: String) -> Localized {
        Localized(
            en: "Noted for \(id.onOneLine). Whoever wrote them down, or a coordinator, erases them at their next sync.",
            nl:
                "Genoteerd bij \(id.onOneLine). Wie deze persoon opschreef, of een coördinator, wist die bij de volgende sync."
        )
    }

    package static func personInConversations(_ count: Int) -> Localized {
        Localized(
            en: """
                In \(counted(count, "conversation", "conversations")) this person is still named: \
                stoep talk edit ID --consent none erases one.
                """,
            nl: """
                In \(counted(count, "gesprek", "gesprekken")) staat deze persoon nog: \
                stoep talk edit ID --consent none wist er een.
                """)
    }

    package static func syncErasedByConsent(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "record", "records")) erased here: somebody no longer agrees to it. Sync once more.",
            nl:
                "\(counted(count, "gegeven", "gegevens")) hier gewist: iemand stemt er niet meer mee in. Sync nog een keer."
        )
    }
}

extension CommandFailure {
    package static func consentLacking(id: String, given: Localized?) -> CommandFailure {
        let (en, nl) = (given?.en ?? "nothing noted", given?.nl ?? "niets genoteerd")
        return CommandFailure(
            "consent-lacking", .notAllowed,
            Localized(
                en: "how somebody is reached is kept only with their consent (now: \(en))",
                nl: "hoe iemand te bereiken is wordt alleen met toestemming bewaard (nu: \(nl))"),
            advice: Localized(
                en: "Ask for it, then: stoep person edit \(id.onOneLine) --consent contact. Nothing was saved.",
                nl: "Vraag erom, en dan: stoep person edit \(id.onOneLine) --consent contact. Er is niets opgeslagen."),
            details: [.init("id", .string(id))])
    }

    package static func consentTextExists(version: String, language: String) -> CommandFailure {
        CommandFailure(
            "consent-text-exists", .failed,
            Localized(
                en:
                    "version \(version.onOneLine) (\(language.onOneLine)) reads otherwise, and may have been read to people",
                nl: "versie \(version.onOneLine) (\(language.onOneLine)) luidt anders, en kan al voorgelezen zijn"),
            advice: Localized(
                en: "Take another version. Nothing was changed.", nl: "Neem een andere versie. Er is niets veranderd."))
    }
}
