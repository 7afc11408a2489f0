// stoep near.
extension CommandSpec {
    static let near = CommandSpec(
        path: ["near"],
        summary: Localized(
            en: "show who was in this street of late, and whom to leave alone",
            nl: "toon wie hier kortgeleden in de straat was, en wie met rust te laten"),
        explanation: Localized(
            en: """
                Contacts of any team at a place of the same name, or within 150 metres; of the place of your last \
                conversation unless another is named, and of a whole area where no place is. For so many days as the space \
                says, or a week, a street is better left in peace.
                """,
            nl: """
                Contacten van elk team op een plek met dezelfde naam, of binnen 150 meter; van de plek van je laatste \
                gesprek als er geen andere genoemd is, en van een heel gebied waar geen plek is. Zoveel dagen als de ruimte \
                zegt, of een week, is een straat beter even met rust te laten.
                """),
        options: [.place, .ofArea, .position, .sinceDay, .limit],
        examples: [
            CommandExample(
                .same("stoep near"),
                Localized(en: "Where you recorded last.", nl: "Waar je het laatst iets vastlegde.")),
            CommandExample(
                .same("stoep near --place Noordplein --area \"Oude Noorden\""),
                Localized(en: "Before you go there.", nl: "Voor je erheen gaat.")),
            CommandExample(
                .same("stoep near --position 51.93473,4.48222"),
                Localized(en: "Within 150 metres of this point.", nl: "Binnen 150 meter van dit punt.")),
        ])
}

extension OptionSpec {
    package static let position = OptionSpec(
        "position", .text(Localized(en: "LAT,LON", nl: "BREEDTE,LENGTE")),
        help: Localized(
            en: "a point on the map, in degrees: 51.93473,4.48222",
            nl: "een punt op de kaart, in graden: 51.93473,4.48222"))
}

extension Localized {
    package static let labelPersons = Localized(en: "whom", nl: "met wie")

    package static let nearNobody = Localized(
        en: "Nobody was here of late, as far as this laptop knows.",
        nl: "Niemand was hier kortgeleden, voor zover deze laptop weet.")

    package static func nearNotToApproach(_ aliases: [String]) -> Localized {
        let listed = aliases.map(\.onOneLine).joined(separator: ", ")
        return Localized(en: "! Do not approach: \(listed)", nl: "! Niet aanspreken: \(listed)")
    }

    package static func nearRest(until day: String, by name: String, ago: Localized) -> Localized {
        Localized(
            en: "\(name.onOneLine) was here \(ago.en): better leave this street in peace until \(day).",
            nl: "\(name.onOneLine) was hier \(ago.nl): laat deze straat liever met rust tot \(day).")
    }
}

extension CommandFailure {
    package static func notAPosition(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-a-position", .usage,
            Localized(
                en: "“\(typed.onOneLine)” is no point on the map", nl: "‘\(typed.onOneLine)’ is geen punt op de kaart"),
            advice: Localized(
                en: "Write degrees of latitude and longitude: 51.93473,4.48222. Nothing was saved.",
                nl: "Schrijf graden breedte en lengte: 51.93473,4.48222. Er is niets opgeslagen."),
            details: [.init("typed", .string(typed))])
    }
}
