// stoep initiative, offer, need, match and referral, beside what is done with any record.
extension CommandSpec {
    static let initiativeVerify = CommandSpec(
        path: ["initiative", "verify"],
        summary: Localized(
            en: "say that an initiative is still as it is written down",
            nl: "zeg dat een initiatief nog is zoals het er staat"),
        options: [.onDay], positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep initiative verify 4f2a"),
                Localized(en: "You went by today.", nl: "Je bent er vandaag langs geweest."))
        ])

    static let initiativeLink = CommandSpec(
        path: ["initiative", "link"],
        summary: Localized(en: "link two initiatives, or no longer", nl: "verbind twee initiatieven, of niet meer"),
        options: [.stop], positionals: [.recordID, .otherID],
        examples: [
            CommandExample(
                .same("stoep initiative link 4f2a 91c0"),
                Localized(en: "They know of each other.", nl: "Ze weten van elkaar."))
        ])

    static let offerBlocked = CommandSpec(
        path: ["offer", "blocked"],
        summary: Localized(
            en: "show what stands in the way of offers, by condition", nl: "toon wat aanbod in de weg staat, per voorwaarde"),
        examples: [
            CommandExample(
                .same("stoep offer blocked"),
                Localized(en: "Five wait for a transit card.", nl: "Vijf wachten op een ov-kaart."))
        ])

    static let offerClose = CommandSpec(
        path: ["offer", "close"],
        summary: Localized(en: "close an offer: it is not suggested any more", nl: "sluit een aanbod: het wordt niet meer voorgesteld"),
        options: [.onDay], positionals: [.recordID],
        examples: [
            CommandExample(.same("stoep offer close 4f2a"), Localized(en: "As of today.", nl: "Vanaf vandaag."))
        ])

    static let needClose = CommandSpec(
        path: ["need", "close"],
        summary: Localized(en: "close a need: it is met, or gone", nl: "sluit een behoefte: ze is vervuld, of over"),
        options: [.onDay], positionals: [.recordID],
        examples: [
            CommandExample(.same("stoep need close 4f2a"), Localized(en: "As of today.", nl: "Vanaf vandaag."))
        ])

    static let matchSuggest = CommandSpec(
        path: ["match", "suggest"],
        summary: Localized(
            en: "show offers and needs that may go together, and why", nl: "toon aanbod en behoeften die bij elkaar kunnen passen, en waarom"),
        explanation: Localized(
            en: """
                Of the same area or of none, with a theme or a word in common. How much of the offer is left is shown, \
                and which of its conditions is not met yet.
                """,
            nl: """
                Uit hetzelfde gebied of zonder gebied, met een thema of woord gemeen. Wat er van het aanbod over is wordt \
                getoond, en aan welke voorwaarde nog niet voldaan is.
                """),
        options: [.ofArea, .limit], positionals: [.recordIDIfAny],
        examples: [
            CommandExample(
                .same("stoep match suggest --limit 10"),
                Localized(en: "The ten most likely.", nl: "De tien waarschijnlijkste.")),
            CommandExample(
                .same("stoep match suggest 4f2a"),
                Localized(en: "For this offer or need alone.", nl: "Alleen voor dit aanbod of deze behoefte.")),
        ])

    static let matchMake = CommandSpec(
        path: ["match", "make"],
        summary: Localized(en: "bring an offer and a need together", nl: "breng een aanbod en een behoefte bij elkaar"),
        options: [.share], positionals: [.offerID, .needID],
        examples: [
            CommandExample(
                .same("stoep match make 4f2a 91c0"),
                Localized(en: "It takes one of what the offer is enough for.", nl: "Het neemt één van waar het aanbod genoeg voor is."))
        ])

    static let referralAccept = CommandSpec(
        path: ["referral", "accept"],
        summary: Localized(en: "say who accepted a referral", nl: "zeg wie een doorverwijzing aannam"),
        options: [.acceptedBy.required(), .onDay], positionals: [.recordID],
        examples: [
            CommandExample(
                Localized(
                    en: "stoep referral accept 4f2a --by \"district team\"", nl: "stoep referral accept 4f2a --by wijkteam"),
                Localized(en: "It is off the list.", nl: "Ze is van de lijst."))
        ])

    static let referralDecline = CommandSpec(
        path: ["referral", "decline"],
        summary: Localized(
            en: "say that a referral was turned down: it stays open", nl: "zeg dat een doorverwijzing geweigerd is: ze blijft open"),
        explanation: Localized(
            en: "Who turned it down, and when, stays in its history; to whom it goes next is said by stoep referral edit.",
            nl: "Wie haar weigerde, en wanneer, blijft in de geschiedenis; naar wie ze nu gaat zeg je met stoep referral edit."),
        options: [.referredTo, .onDay], positionals: [.recordID],
        examples: [
            CommandExample(
                Localized(en: "stoep referral decline 4f2a --to buddies", nl: "stoep referral decline 4f2a --to maatjes"),
                Localized(en: "Somebody else is asked now.", nl: "Nu wordt iemand anders gevraagd."))
        ])
}

extension OptionSpec {
    package static let share = OptionSpec(
        "share", .number(.same("N"), 1...1_000_000),
        help: Localized(en: "how much of the offer it takes; 1 unless given", nl: "hoeveel van het aanbod het neemt; zonder deze optie 1"))
    package static let acceptedBy = OptionSpec(
        "by", .content(.name), help: Localized(en: "who accepted it", nl: "wie haar aannam"))
    package static let referredTo = OptionSpec(
        "to", .content(.name), help: Localized(en: "to whom it goes now", nl: "naar wie ze nu gaat"))
}

extension PositionalSpec {
    package static let recordIDIfAny = PositionalSpec(
        "ID", .optional,
        help: Localized(
            en: "the id, or as much of its beginning as is unique", nl: "de id, of zoveel van het begin als uniek is"))
    package static let offerID = PositionalSpec(
        "OFFER", placeholder: Localized(en: "OFFER", nl: "AANBOD"),
        help: Localized(en: "the id of the offer", nl: "de id van het aanbod"))
    package static let needID = PositionalSpec(
        "NEED", placeholder: Localized(en: "NEED", nl: "BEHOEFTE"),
        help: Localized(en: "the id of the need", nl: "de id van de behoefte"))
}
