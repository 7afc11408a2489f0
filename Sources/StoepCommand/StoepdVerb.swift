/// The commands of `stoepd`, for the coordinator.
package enum StoepdVerb: CommandVerb {
    case initialise, serve, invite, members, revoke, changeRole
    case themeGrant, themeWithdraw
    case quarantineList, quarantineShow, quarantineRelease, quarantineRefuse
    case status, areaImport
    case erase, erasures, recoveryLift, replace, retention, settings
    case bundleExport, bundleImport, bundleInspect
    case doctor, backup, restore

    package static let program = ProgramSpec(
        name: "stoepd",
        version: StoepVerb.program.version,
        summary: Localized(
            en: "bring together what volunteers and owners record, for one space",
            nl: "breng bij elkaar wat vrijwilligers en eigenaren vastleggen, voor één ruimte"),
        globals: [.data.required(), .json, .lang, .quiet, .help, .version],
        nouns: [
            ("area", Localized(en: "the areas of the space", nl: "de gebieden van de ruimte")),
            ("theme", Localized(en: "who owns which theme", nl: "van wie welk thema is")),
            ("recovery", Localized(en: "after a restore from a backup", nl: "na het terugzetten van een back-up")),
            (
                "quarantine",
                Localized(en: "what is held and does not count", nl: "wat bewaard is en niet telt")
            ),
            ("bundle", .bundleNoun),
        ])

    package var spec: CommandSpec {
        switch self {
        case .initialise: .initialise
        case .serve: .serve
        case .invite: .invite
        case .members: .members
        case .revoke: .revoke
        case .changeRole: .changeRole
        case .themeGrant: .themeGrant
        case .themeWithdraw: .themeWithdraw
        case .quarantineList: .quarantineList
        case .quarantineShow: .quarantineShow
        case .quarantineRelease: .quarantineRelease
        case .quarantineRefuse: .quarantineRefuse
        case .status: .daemonStatus
        case .areaImport: .areaImport
        case .erase: .daemonErase
        case .erasures: .erasures
        case .recoveryLift: .recoveryLift
        case .retention: .retention
        case .settings: .settings
        case .replace: .replaceKeys
        case .bundleExport: .daemonBundleExport
        case .bundleImport: .daemonBundleImport
        case .bundleInspect: .daemonBundleInspect
        case .doctor: .daemonDoctor
        case .backup: .daemonBackup
        case .restore: .daemonRestore
        }
    }
}

extension OptionSpec {
    package static let data = OptionSpec(
        "data", .text(.directory), environment: "STOEP_DATA",
        help: Localized(en: "where the daemon keeps its data", nl: "waar de daemon zijn gegevens bewaart"))
    package static let spaceName = OptionSpec(
        "name", .text(.name),
        help: Localized(en: "what the space is called", nl: "hoe de ruimte heet"))
    package static let memberName = OptionSpec(
        "name", .text(.name),
        help: Localized(en: "who is invited, as others will see it", nl: "wie wordt uitgenodigd, zoals anderen het zien"))
    package static let publicAddress = OptionSpec(
        "address", .text(.address),
        help: Localized(
            en: "where laptops reach the daemon; stands in every invitation",
            nl: "waar laptops de daemon bereiken; staat in elke uitnodiging"))
    package static let keyFile = OptionSpec(
        "key-file", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(
            en: "where the key that opens the store stands, made if it is not there, best on another disk; unlock.key in the data directory unless given",
            nl: "waar de sleutel staat die de opslag opent, gemaakt als hij er niet is, het liefst op een andere schijf; zonder deze optie unlock.key in de gegevensmap"))
    package static let rootKey = OptionSpec(
        "root-key", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(
            en: "where to write the root key, on a USB stick for example; root.key in the data directory unless given",
            nl: "waar de hoofdsleutel komt, op een USB-stick bijvoorbeeld; zonder deze optie root.key in de gegevensmap"))
    package static let validHours = OptionSpec(
        "valid-hours", .number(.same("N"), 0...168),
        help: Localized(
            en: "how long the invitation works, in hours; 24 unless given",
            nl: "hoelang de uitnodiging werkt, in uren; zonder deze optie 24"))
    package static let listen = OptionSpec(
        "listen", .text(Localized(en: "ADDR:PORT", nl: "ADRES:POORT")),
        help: Localized(
            en: "where to listen; 127.0.0.1:7410 unless given, and port 0 takes a free one",
            nl: "waarop te luisteren; zonder deze optie 127.0.0.1:7410, en poort 0 kiest een vrije"))
    package static let role = OptionSpec(
        "role", .choice(["volunteer", "owner", "coordinator"]),
        help: Localized(
            en: "what the member may do: record, own themes, or coordinate",
            nl: "wat het lid mag: vastleggen (volunteer), thema's hebben (owner) of coördineren (coordinator)"))
    package static let grantedArea = OptionSpec(
        "area", .text(Localized(en: "AREA", nl: "GEBIED")), repeats: true,
        help: Localized(
            en: "an area whose conversations the volunteer may read, by its code; or a group of areas by its name",
            nl: "een gebied waarvan de vrijwilliger de gesprekken mag lezen, met zijn code; of een groep gebieden met haar naam"))
}

extension PositionalSpec {
    package static let areaFile = PositionalSpec(
        "FILE.csv", placeholder: Localized(en: "FILE.csv", nl: "BESTAND.csv"),
        help: Localized(
            en: "comma-separated, with the header code,name,longitude,latitude; degrees as decimals",
            nl: "door komma's gescheiden, met de kop code,name,longitude,latitude; graden als decimaal getal"))
}

// The commands of `stoepd`.
extension CommandSpec {
    static let initialise = CommandSpec(
        path: ["init"],
        summary: Localized(en: "make a new space", nl: "maak een nieuwe ruimte"),
        explanation: Localized(
            en: """
                Makes the root key of the space, writes it to a file, and tells you to put that file away offline. \
                Then it makes the daemon's own keys and its store.
                """,
            nl: """
                Maakt de hoofdsleutel van de ruimte, schrijft die naar een bestand, en vraagt je dat bestand offline \
                op te bergen. Daarna maakt het de eigen sleutels van de daemon en zijn opslag.
                """),
        options: [.spaceName.required(), .publicAddress.required(), .rootKey, .keyFile],
        examples: [
            CommandExample(
                .same("stoepd init --data /var/lib/stoep --name \"Oude Noorden\" --address stoep.example.org:7410"),
                Localized(en: "A space for one district.", nl: "Een ruimte voor één wijk."))
        ])

    static let serve = CommandSpec(
        path: ["serve"],
        summary: Localized(en: "answer laptops until told to stop", nl: "beantwoord laptops tot het stoppen moet"),
        options: [.listen],
        examples: [
            CommandExample(
                .same("stoepd serve --data /var/lib/stoep --listen 0.0.0.0:7410"),
                Localized(en: "For laptops elsewhere.", nl: "Voor laptops elders.")),
            CommandExample(
                .same("stoepd serve --data /tmp/stoep --listen 127.0.0.1:0"),
                Localized(en: "To try it: takes a free port and says which.", nl: "Om te proberen: neemt een vrije poort en zegt welke.")),
        ])

    static let invite = CommandSpec(
        path: ["invite"],
        summary: Localized(en: "make an invitation for one laptop", nl: "maak een uitnodiging voor één laptop"),
        explanation: Localized(
            en: "Prints one line to hand over. It works once, within 24 hours unless you say otherwise. The daemon may be running.",
            nl: "Toont één regel om te overhandigen. Ze werkt één keer, binnen 24 uur tenzij je iets anders zegt. De daemon mag draaien."),
        options: [.role.required(), .memberName.required(), .grantedArea, .validHours],
        examples: [
            CommandExample(
                .same("stoepd invite --data /var/lib/stoep --role volunteer --name Fatima --area BU05990535"),
                Localized(en: "A volunteer in Oude Noorden.", nl: "Een vrijwilliger in het Oude Noorden.")),
            CommandExample(
                .same("stoepd invite --data /var/lib/stoep --role owner --name Henk"),
                Localized(
                    en: "The owner of a theme, who sees no conversations.",
                    nl: "De eigenaar van een thema, die geen gesprekken ziet.")),
        ])

    static let members = CommandSpec(
        path: ["members"],
        summary: Localized(en: "show the members and their laptops", nl: "toon de leden en hun laptops"),
        examples: [
            CommandExample(
                .same("stoepd members --data /var/lib/stoep"),
                Localized(en: "Who may do what, and who joined when.", nl: "Wie wat mag, en wie wanneer meedeed."))
        ])
    static let daemonStatus = CommandSpec(
        path: ["status"],
        summary: Localized(en: "show how the space stands", nl: "toon hoe de ruimte ervoor staat"),
        examples: [
            CommandExample(
                .same("stoepd status --data /var/lib/stoep --json"),
                Localized(
                    en: "What is held, with the state hashes to compare with a laptop's.",
                    nl: "Wat er is, met de toestandshashes om met die van een laptop te vergelijken."))
        ])

    static let areaImport = CommandSpec(
        path: ["area", "import"],
        summary: Localized(en: "bring areas into the space", nl: "breng gebieden in de ruimte"),
        explanation: Localized(
            en: "Areas are known by their code: one that is there already takes the name and place in the file, and none is removed. The daemon may be running.",
            nl: "Een gebied is bekend met zijn code: wat er al is krijgt de naam en plaats uit het bestand, en niets verdwijnt. De daemon mag draaien."),
        positionals: [.areaFile],
        examples: [
            CommandExample(
                .same("stoepd area import rotterdam.csv --data /var/lib/stoep"),
                Localized(en: "The neighbourhoods of a city.", nl: "De buurten van een stad."))
        ])
}
