import StoepModel

// stoep export, import and area import.
extension CommandSpec {
    static let export = CommandSpec(
        path: ["export"],
        summary: Localized(
            en: "write what is here to files that other programs read", nl: "schrijf wat hier is naar bestanden voor andere programma's"),
        explanation: Localized(
            en: """
                csv: a folder with one file a collection, which stoep import reads again. jsonl: one record a line, as \
                --json shows it. geojson: areas, initiatives and conversations on the map, without anybody's words. ics: \
                meetings and what is due, for a calendar. A file takes its name only once it is whole, readable for you \
                alone. In csv an apostrophe stands before a text that a spreadsheet would take for a formula. Contact \
                details are left out unless --contact-details asks for them; the reason is recorded.
                """,
            nl: """
                csv: een map met één bestand per soort, dat stoep import weer leest. jsonl: één record per regel, zoals \
                --json het toont. geojson: gebieden, initiatieven en gesprekken op de kaart, zonder iemands woorden. ics: \
                vergaderingen en wat te doen staat, voor een agenda. Een bestand krijgt zijn naam pas als het af is, en is \
                alleen voor jou leesbaar. In csv staat een apostrof voor tekst die een rekenblad voor een formule zou \
                houden. Contactgegevens blijven weg tenzij --contact-details erom vraagt; de reden wordt vastgelegd.
                """),
        options: [.exportTo.required(), .exportFormat.required(), .onlyCollection, .contactDetails, .exportReason],
        examples: [
            CommandExample(
                .same("stoep export --to noord --format csv"),
                Localized(en: "A folder for a spreadsheet.", nl: "Een map voor een rekenblad.")),
            CommandExample(
                Localized(
                    en: "stoep export --to talks.jsonl --format jsonl --only conversation",
                    nl: "stoep export --to gesprekken.jsonl --format jsonl --only conversation"),
                Localized(en: "Conversations alone.", nl: "Alleen gesprekken.")),
            CommandExample(
                Localized(
                    en: "stoep export --to contacts --format csv --contact-details --reason @why.txt",
                    nl: "stoep export --to contacten --format csv --contact-details --reason @waarom.txt"),
                Localized(en: "With contact details, and why.", nl: "Met contactgegevens, en waarom.")),
        ])

    static let importTable = CommandSpec(
        path: ["import"],
        summary: Localized(
            en: "import a table as records, all or nothing", nl: "importeer een tabel als records, alles of niets"),
        explanation: Localized(
            en: """
                Comma-separated values in UTF-8; the first row names the columns. A column is a field by its name in the \
                schema, as stoep export writes it, or what --map says. A row with the id of a record that is here changes \
                it, others are made; an empty cell leaves things as they are. Unless every row is good nothing is \
                imported, and each row that is not is named with its line. stoep import undo takes all of it back.
                """,
            nl: """
                Kommagescheiden waarden in UTF-8; de eerste rij noemt de kolommen. Een kolom is een veld met zijn naam in \
                het schema, zoals stoep export die schrijft, of wat --map zegt. Een rij met de id van een record dat hier \
                is verandert het, andere worden gemaakt; een lege cel laat alles zoals het is. Is niet elke rij goed, dan \
                wordt niets geïmporteerd, en elke foute rij genoemd met haar regel. stoep import undo draait alles terug.
                """),
        options: [.importAs.required(), .mapColumn, .dryRun, .skipBad], positionals: [.tableFile],
        examples: [
            CommandExample(
                .same("stoep import clubs.csv --as initiative --map club=name --dry-run"),
                Localized(en: "What would happen?", nl: "Wat zou er gebeuren?")),
            CommandExample(
                .same("stoep import noord/question.csv --as question"),
                Localized(en: "What an export wrote.", nl: "Wat een export schreef.")),
        ])

    static let importUndo = CommandSpec(
        path: ["import", "undo"],
        summary: Localized(en: "take the last import back as a whole", nl: "draai de laatste import als geheel terug"),
        explanation: Localized(
            en: "What it made is deleted, what it changed reads as before. What anybody built on since stays.",
            nl: "Wat ze maakte wordt verwijderd, wat ze veranderde staat er weer als voorheen. Waar intussen iets bij kwam, blijft."),
        examples: [
            CommandExample(
                .same("stoep import undo"), Localized(en: "It was the wrong file.", nl: "Het was het verkeerde bestand."))
        ])

    static let stoepAreaImport = CommandSpec(
        path: ["area", "import"],
        summary: Localized(
            en: "import areas, with their outlines where the file has them", nl: "importeer gebieden, met hun omtrek als het bestand die heeft"),
        explanation: Localized(
            en: """
                GeoJSON (RFC 7946): features with code and name among their properties. Or comma-separated values with the \
                columns code, name, longitude, latitude, and municipality and outline if there are any.
                """,
            nl: """
                GeoJSON (RFC 7946): features met code en name bij hun eigenschappen. Of kommagescheiden waarden met de \
                kolommen code, name, longitude, latitude, en municipality en outline als die er zijn.
                """),
        options: [.dryRun, .skipBad], positionals: [.tableFile],
        examples: [
            CommandExample(
                Localized(
                    en: "stoep area import districts-rotterdam.geojson", nl: "stoep area import buurten-rotterdam.geojson"),
                Localized(en: "Outlines for the map.", nl: "Omtrekken voor de kaart."))
        ])
}

extension OptionSpec {
    package static let exportTo = OptionSpec(
        "to", .text(Localized(en: "PATH", nl: "PAD")),
        help: Localized(en: "the folder for csv, the file for all else", nl: "de map voor csv, het bestand voor al het andere"))
    package static let exportFormat = OptionSpec(
        "format", .choice(["csv", "jsonl", "geojson", "ics"]),
        help: Localized(en: "what kind of files", nl: "wat voor bestanden"))
    package static let onlyCollection = OptionSpec(
        "only", .choice(Tables.names(Tables.exported)), repeats: true,
        help: Localized(en: "only these collections", nl: "alleen deze soorten"))
    package static let contactDetails = OptionSpec(
        "contact-details",
        help: Localized(en: "contact details as well; with --reason", nl: "ook contactgegevens; met --reason"))
    package static let exportReason = OptionSpec(
        "reason", .content(.text),
        help: Localized(en: "why contact details are needed: it is recorded", nl: "waarom contactgegevens nodig zijn: het wordt vastgelegd"))
    package static let importAs = OptionSpec(
        "as", .choice(Tables.names(Tables.imported)), help: Localized(en: "what the rows are", nl: "wat de rijen zijn"))
    package static let mapColumn = OptionSpec(
        "map", .text(Localized(en: "COLUMN=FIELD", nl: "KOLOM=VELD")), repeats: true,
        help: Localized(
            en: "read this column as this field; COLUMN= leaves it out", nl: "lees deze kolom als dit veld; KOLOM= laat haar weg"))
    package static let dryRun = OptionSpec(
        "dry-run", help: Localized(en: "only say what would happen", nl: "zeg alleen wat er zou gebeuren"))
    package static let skipBad = OptionSpec(
        "skip-bad",
        help: Localized(en: "leave rows out that cannot be imported", nl: "laat rijen weg die niet te importeren zijn"))
}

extension PositionalSpec {
    package static let tableFile = PositionalSpec(
        "FILE", placeholder: Localized(en: "FILE", nl: "BESTAND"),
        help: Localized(en: "the file to read; - for standard input", nl: "het bestand om te lezen; - voor de standaardinvoer"))
}
