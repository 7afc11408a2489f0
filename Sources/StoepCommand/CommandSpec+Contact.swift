import StoepModel

// stoep person contact and stoep consent.
extension CommandSpec {
    static let personContact = CommandSpec(
        path: ["person", "contact"],
        summary: Localized(
            en: "note or show how a person is reached", nl: "noteer of toon hoe iemand te bereiken is"),
        explanation: Localized(
            en: """
                Only with their consent: stoep person edit ID --consent contact, or stoep talk new --consent contact with \
                this person alone. It goes to you and to coordinators, to nobody else. Lower the consent, and it is erased: \
                here at once, on other laptops at their next sync.
                """,
            nl: """
                Alleen met toestemming: stoep person edit ID --consent contact, of stoep talk new --consent contact met \
                alleen deze persoon. Het gaat naar jou en naar coördinatoren, naar niemand anders. Verlaag de toestemming, en \
                het is gewist: hier meteen, op andere laptops bij hun volgende sync.
                """),
        options: FieldOption.ofContact.map(\.option), positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep person contact 4f2a --telephone -"),
                Localized(en: "Type the number; Ctrl-D ends it.", nl: "Typ het nummer; Ctrl-D sluit het af.")),
            CommandExample(
                .same("stoep person contact 4f2a"),
                Localized(en: "Show what is noted.", nl: "Toon wat er genoteerd is.")),
        ])

    static let consentAdd = CommandSpec(
        path: ["consent", "add"],
        summary: Localized(
            en: "say in which words consent is asked for, as a coordinator",
            nl: "zeg met welke woorden om toestemming gevraagd wordt, als coördinator"),
        explanation: Localized(
            en: """
                Conversations and persons keep the wording that was read to them, with its version and language. What was \
                read stays as it was: for other words take another version.
                """,
            nl: """
                Gesprekken en personen bewaren de formulering die hun is voorgelezen, met versie en taal. Wat voorgelezen is \
                blijft zoals het was: neem voor andere woorden een andere versie.
                """),
        options: [.language.required(), .wording.required()], positionals: [.consentVersion],
        examples: [
            CommandExample(
                .same("stoep consent add 2026-1 --language nl --wording -"),
                Localized(en: "Type the wording; Ctrl-D ends it.", nl: "Typ de formulering; Ctrl-D sluit haar af."))
        ])

    static let consentList = CommandSpec(
        path: ["consent", "list"],
        summary: Localized(
            en: "show in which words consent is asked for, the newest first",
            nl: "toon met welke woorden om toestemming gevraagd wordt, de nieuwste eerst"),
        options: [.language],
        examples: [
            CommandExample(
                .same("stoep consent list --language nl"),
                Localized(en: "To read aloud.", nl: "Om voor te lezen."))
        ])
}

extension FieldOption {
    /// What stoep person contact writes.
    package static let ofContact = all(
        [
            (Field.Contact.name, "name"), (Field.Contact.address, "address"), (Field.Contact.telephone, "telephone"),
            (Field.Contact.email, "email"), (Field.Contact.note, "note"),
        ], of: .contact)
}

extension OptionSpec {
    package static let wording = OptionSpec(
        "wording", .content(.text), help: Localized(en: "what is read aloud", nl: "wat voorgelezen wordt"))
}

extension PositionalSpec {
    package static let consentVersion = PositionalSpec(
        "VERSION", placeholder: Localized(en: "VERSION", nl: "VERSIE"),
        help: Localized(en: "what this version is called", nl: "hoe deze versie heet"))
}
