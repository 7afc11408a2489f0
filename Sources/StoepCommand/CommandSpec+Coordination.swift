// The commands of `stoepd` by which a coordinator decides who may do what, and what counts.
extension OptionSpec {
    package static let onlyDevice = OptionSpec(
        "device", .text(Localized(en: "KEY", nl: "SLEUTEL")),
        help: Localized(
            en: "only this laptop of the member, by the beginning of its key",
            nl: "alleen deze laptop van het lid, met het begin van haar sleutel"))
    package static let inLog = OptionSpec(
        "log", .text(Localized(en: "LOG", nl: "LOGBOEK")),
        help: Localized(
            en: "only in this log: square, street/AREA; all of them unless given",
            nl: "alleen in dit logboek: square, street/GEBIED; zonder deze optie in alle"))
    package static let alsoRefused = OptionSpec(
        "all", help: Localized(en: "also what was refused", nl: "ook wat is afgewezen"))
    package static let through = OptionSpec(
        "through", .number(.same("N"), 1...Int(Int32.max)),
        help: Localized(
            en: "only up to the change with this number, as quarantine show gives it",
            nl: "alleen tot en met de wijziging met dit nummer, zoals quarantine show het geeft"))
}

extension PositionalSpec {
    package static let memberOrDevice = PositionalSpec(
        "MEMBER", placeholder: Localized(en: "MEMBER", nl: "LID"),
        help: Localized(
            en: "a member by name or by the beginning of the id, or a laptop by the beginning of its key",
            nl: "een lid met de naam of het begin van de id, of een laptop met het begin van haar sleutel"))
    package static let changedMember = PositionalSpec(
        "MEMBER", placeholder: Localized(en: "MEMBER", nl: "LID"),
        help: Localized(
            en: "a member by name or by the beginning of the id", nl: "een lid met de naam of het begin van de id"))
    package static let ownedTheme = PositionalSpec(
        "THEME", placeholder: Localized(en: "THEME", nl: "THEMA"),
        help: Localized(
            en: "a theme by name or by the beginning of its id", nl: "een thema met de naam of het begin van de id"))
    package static let newRole = PositionalSpec(
        "ROLE", placeholder: Localized(en: "ROLE", nl: "ROL"),
        help: Localized(
            en: "volunteer, owner or coordinator", nl: "volunteer (vrijwilliger), owner (eigenaar) of coordinator"))
    package static let asideActor = PositionalSpec(
        "ACTOR",
        help: Localized(
            en: "the beginning of an actor, as quarantine list shows it",
            nl: "het begin van een actor, zoals quarantine list die toont"))
}

extension CommandSpec {
    static let revoke = CommandSpec(
        path: ["revoke"],
        summary: Localized(
            en: "withdraw a member's access, or one laptop's", nl: "trek de toegang van een lid of één laptop in"),
        explanation: Localized(
            en: """
                What the daemon has of it goes on counting. A laptop may still hand in what it recorded since; that is \
                kept aside until you release or refuse it, and the laptop receives nothing any more. The daemon may be \
                running.
                """,
            nl: """
                Wat de daemon ervan heeft blijft tellen. Een laptop mag nog inleveren wat daarna is vastgelegd; dat \
                blijft apart tot je het vrijgeeft of afwijst, en de laptop ontvangt niets meer. De daemon mag draaien.
                """),
        options: [.onlyDevice], positionals: [.memberOrDevice],
        examples: [
            CommandExample(
                .same("stoepd revoke Fatima --data /var/lib/stoep"),
                Localized(en: "She has left, or her laptop is lost.", nl: "Ze is weg, of haar laptop is kwijt.")),
            CommandExample(
                .same("stoepd revoke Fatima --device 3f2a9c01 --data /var/lib/stoep"),
                Localized(en: "One laptop of two.", nl: "Eén laptop van de twee.")),
        ])

    static let themeGrant = CommandSpec(
        path: ["theme", "grant"],
        summary: Localized(en: "give a theme to a member", nl: "geef een thema aan een lid"),
        explanation: Localized(
            en: """
                Who asks for a theme with stoep theme own is given it at the next sync by itself; this is for who gave \
                it up, or lost it, and is to have it again. The daemon may be running.
                """,
            nl: """
                Wie met stoep theme own om een thema vraagt krijgt het bij de volgende sync vanzelf; dit is voor wie het \
                opgaf of kwijtraakte, en het weer krijgt. De daemon mag draaien.
                """),
        positionals: [.ownedTheme, .changedMember],
        examples: [
            CommandExample(
                .same("stoepd theme grant groen Henk --data /var/lib/stoep"),
                Localized(en: "He takes it up again.", nl: "Hij pakt het weer op."))
        ])

    static let themeWithdraw = CommandSpec(
        path: ["theme", "withdraw"],
        summary: Localized(en: "take a theme from a member", nl: "neem een lid een thema af"),
        explanation: Localized(
            en: """
                What they said as its owner goes on counting, as far as the daemon has it. Asking does not bring it \
                back: you would have to give it. The daemon may be running.
                """,
            nl: """
                Wat het lid als eigenaar zei blijft tellen, voor zover de daemon het heeft. Erom vragen brengt het niet \
                terug: jij zou het moeten geven. De daemon mag draaien.
                """),
        positionals: [.ownedTheme, .changedMember],
        examples: [
            CommandExample(
                .same("stoepd theme withdraw groen Henk --data /var/lib/stoep"),
                Localized(en: "He has moved away.", nl: "Hij is verhuisd."))
        ])

    static let changeRole = CommandSpec(
        path: ["role"],
        summary: Localized(en: "change what a member may do", nl: "verander wat een lid mag"),
        explanation: Localized(
            en: """
                What they wrote where they may no longer write goes on counting, as far as the daemon has it; what comes \
                later is kept aside. Without --area a volunteer keeps the areas they have.
                """,
            nl: """
                Wat het lid schreef waar dat niet meer mag blijft tellen, voor zover de daemon het heeft; wat later komt \
                blijft apart. Zonder --area houdt een vrijwilliger de gebieden die er al waren.
                """),
        options: [.grantedArea], positionals: [.changedMember, .newRole],
        examples: [
            CommandExample(
                .same("stoepd role Fatima owner --data /var/lib/stoep"),
                Localized(en: "She leads a theme from now on.", nl: "Ze heeft voortaan een thema.")),
            CommandExample(
                .same("stoepd role Fatima volunteer --area BU05990535 --data /var/lib/stoep"),
                Localized(
                    en: "Exactly this area; also for who was revoked.",
                    nl: "Precies dit gebied; ook voor wie eerder geen toegang meer had.")),
        ])

    static let quarantineList = CommandSpec(
        path: ["quarantine", "list"],
        summary: Localized(
            en: "show whose changes are kept aside, and why", nl: "toon van wie wijzigingen apart staan, en waarom"),
        options: [.inLog, .alsoRefused],
        examples: [
            CommandExample(
                .same("stoepd quarantine list --data /var/lib/stoep"),
                Localized(en: "What waits for you to decide.", nl: "Waarover je nog moet beslissen."))
        ])

    static let quarantineShow = CommandSpec(
        path: ["quarantine", "show"],
        summary: Localized(en: "show what is kept aside, in words", nl: "toon in woorden wat apart staat"),
        options: [.inLog], positionals: [.asideActor],
        examples: [
            CommandExample(
                .same("stoepd quarantine show 12c4238b --data /var/lib/stoep"),
                Localized(en: "Every change, oldest first.", nl: "Elke wijziging, de oudste eerst."))
        ])

    static let quarantineRelease = CommandSpec(
        path: ["quarantine", "release"],
        summary: Localized(
            en: "let what is kept aside count, for everybody", nl: "laat wat apart staat tellen, voor iedereen"),
        explanation: Localized(
            en: "A chain counts from its beginning up to some change: what was refused before that change counts as well.",
            nl: "Een keten telt vanaf het begin tot een bepaalde wijziging: wat daarvoor is afgewezen telt dan ook."),
        options: [.inLog, .through], positionals: [.asideActor],
        examples: [
            CommandExample(
                .same("stoepd quarantine release 12c4238b --data /var/lib/stoep"),
                Localized(en: "All that the daemon holds.", nl: "Alles wat de daemon heeft.")),
            CommandExample(
                .same("stoepd quarantine release 12c4238b --through 40 --data /var/lib/stoep"),
                Localized(en: "Only what came before the laptop was stolen.", nl: "Alleen wat voor de diefstal kwam.")),
        ])

    static let quarantineRefuse = CommandSpec(
        path: ["quarantine", "refuse"],
        summary: Localized(
            en: "leave what is kept aside out, and stop listing it", nl: "laat wat apart staat erbuiten, en toon het niet meer"),
        explanation: Localized(
            en: "Nothing is destroyed: quarantine list --all still shows it, and it can be released later.",
            nl: "Er wordt niets vernietigd: quarantine list --all toont het nog, en je kunt het later vrijgeven."),
        options: [.inLog], positionals: [.asideActor],
        examples: [
            CommandExample(
                .same("stoepd quarantine refuse 12c4238b --data /var/lib/stoep"),
                Localized(en: "None of it is true.", nl: "Er klopt niets van."))
        ])
}
