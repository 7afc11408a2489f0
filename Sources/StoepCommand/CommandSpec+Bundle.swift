// Bundles and colleagues: what both programs, and stoep alone, can do without a network or without the daemon.
extension OptionSpec {
    package static let frontier = OptionSpec(
        "for", .content(Localized(en: "FRONTIER", nl: "STAND")),
        help: Localized(
            en: "only what the other laptop lacks: the line that stoep bundle frontier shows there",
            nl: "alleen wat de andere laptop mist: de regel die stoep bundle frontier daar toont"))
    package static let exported = OptionSpec(
        "only", .text(Localized(en: "LOG", nl: "LOGBOEK")), repeats: true,
        help: Localized(
            en: "put this log alone in it: roster, square, street/AREA",
            nl: "neem alleen dit logboek mee: roster, square, street/GEBIED"))
    package static let from = OptionSpec(
        "from", .text(Localized(en: "HOST:PORT[/KEY]", nl: "HOST:POORT[/SLEUTEL]")),
        help: Localized(
            en:
                "with a colleague's laptop, as stoep share shows it there; without a key, with the daemon at another address",
            nl:
                "met de laptop van een collega, zoals stoep share het daar toont; zonder sleutel met de daemon op een ander adres"
        ))
    package static let shareListen = OptionSpec(
        "listen", .text(Localized(en: "ADDR:PORT", nl: "ADRES:POORT")),
        help: Localized(
            en: "where to listen; 0.0.0.0:7411 unless given, and port 0 takes a free one",
            nl: "waarop te luisteren; zonder deze optie 0.0.0.0:7411, en poort 0 kiest een vrije"))
}

extension PositionalSpec {
    package static let bundleFile = PositionalSpec(
        "FILE", placeholder: Localized(en: "FILE", nl: "BESTAND"),
        help: Localized(en: "the bundle, on a USB stick for example", nl: "de bundel, op een USB-stick bijvoorbeeld"))
}

extension Localized {
    static let bundleNoun = Localized(
        en: "what is here, in a file that anybody may carry and only its readers can open",
        nl: "wat hier is, in een bestand dat iedereen mag dragen en alleen wie het lezen mag kan openen")
    private static let bundleExportSummary = Localized(
        en: "write what is here to a sealed file", nl: "schrijf wat hier is naar een verzegeld bestand")
    private static let bundleImportSummary = Localized(
        en: "take in what a bundle holds for you", nl: "neem over wat er voor jou in een bundel zit")
    private static let bundleInspectSummary = Localized(
        en: "show what a bundle holds", nl: "toon wat er in een bundel zit")

    fileprivate static let exporting = (
        summary: bundleExportSummary,
        explanation: Localized(
            en: """
                Every log is sealed to those who may read it: whoever carries the file sees only how large it is. An \
                older bundle of that name is replaced, any other file is left alone.
                """,
            nl: """
                Elk logboek is verzegeld voor wie het mag lezen: wie het bestand draagt ziet alleen hoe groot het is. \
                Een oudere bundel met die naam wordt vervangen, elk ander bestand blijft staan.
                """)
    )
    fileprivate static let importing = (
        summary: bundleImportSummary,
        explanation: Localized(
            en: """
                All of the file is checked first. It can be interrupted at any time and goes on where it stopped, and \
                importing twice changes nothing. What is sealed to others stays in the file: carry it on.
                """,
            nl: """
                Eerst wordt het hele bestand nagekeken. Het mag op elk moment worden afgebroken en gaat verder waar het \
                was, en tweemaal overnemen verandert niets. Wat voor anderen verzegeld is blijft in het bestand: draag \
                het verder.
                """)
    )
    fileprivate static let inspecting = bundleInspectSummary
}

extension CommandSpec {
    static let bundleExport = CommandSpec(
        path: ["bundle", "export"], summary: Localized.exporting.summary, explanation: Localized.exporting.explanation,
        options: [.frontier, .exported], positionals: [.bundleFile],
        examples: [
            CommandExample(
                .same("stoep bundle export /media/stick/noord.stoep"),
                Localized(
                    en: "Everything that is here, for whoever it reaches.",
                    nl: "Alles wat hier is, voor wie het bereikt.")),
            CommandExample(
                .same("stoep bundle export noord.stoep --for @joost.txt"),
                Localized(
                    en: "Only what Joost lacks, from the line that he handed over.",
                    nl: "Alleen wat Joost mist, volgens de regel die hij gaf.")),
        ])

    static let bundleImport = CommandSpec(
        path: ["bundle", "import"], summary: Localized.importing.summary, explanation: Localized.importing.explanation,
        positionals: [.bundleFile],
        examples: [
            CommandExample(
                .same("stoep bundle import /media/stick/noord.stoep"),
                Localized(en: "From a colleague's USB stick.", nl: "Van de USB-stick van een collega."))
        ])

    static let bundleInspect = CommandSpec(
        path: ["bundle", "inspect"], summary: Localized.inspecting, positionals: [.bundleFile],
        examples: [
            CommandExample(
                .same("stoep bundle inspect /media/stick/noord.stoep"),
                Localized(
                    en: "What you can open of it, and how large the rest is.",
                    nl: "Wat je ervan kunt openen, en hoe groot de rest is."))
        ])

    static let bundleFrontier = CommandSpec(
        path: ["bundle", "frontier"],
        summary: Localized(
            en: "show, in one line, what is here: for who makes a bundle for you",
            nl: "toon in één regel wat hier al is: voor wie een bundel voor je maakt"),
        examples: [
            CommandExample(
                .same("stoep bundle frontier"),
                Localized(
                    en: "Hand this line over, and the bundle need not hold it again.",
                    nl: "Geef deze regel mee, dan hoeft het niet weer in de bundel."))
        ])

    static let share = CommandSpec(
        path: ["share"],
        summary: Localized(
            en: "let colleagues nearby sync with this laptop",
            nl: "laat collega's in de buurt met deze laptop synchroniseren"),
        explanation: Localized(
            en: """
                Shows the line to type on the other laptop, and serves until Ctrl-C. Each colleague gets what they may \
                read of what is here, and nothing else; nobody outside the space gets anything. You can go on recording.
                """,
            nl: """
                Toont de regel om op de andere laptop te typen, en blijft draaien tot Ctrl-C. Elke collega krijgt van \
                wat hier is wat die mag lezen, en niets anders; wie niet in de ruimte zit krijgt niets. Je kunt \
                doorgaan met vastleggen.
                """),
        options: [.shareListen],
        examples: [
            CommandExample(
                .same("stoep share"),
                Localized(
                    en: "On the network that both laptops are on.", nl: "Op het netwerk waar beide laptops op zitten."))
        ])

    static let daemonBundleExport = CommandSpec(
        path: ["bundle", "export"], summary: Localized.exporting.summary, explanation: Localized.exporting.explanation,
        positionals: [.bundleFile],
        examples: [
            CommandExample(
                .same("stoepd bundle export /media/stick/noord.stoep --data /var/lib/stoep"),
                Localized(
                    en: "For a neighbourhood without a network. The daemon, if it runs, writes the file itself.",
                    nl: "Voor een buurt zonder netwerk. De daemon schrijft het bestand zelf, als hij draait."))
        ])

    static let daemonBundleImport = CommandSpec(
        path: ["bundle", "import"], summary: Localized.importing.summary, explanation: Localized.importing.explanation,
        positionals: [.bundleFile],
        examples: [
            CommandExample(
                .same("stoepd bundle import /media/stick/noord.stoep --data /var/lib/stoep"),
                Localized(en: "What volunteers brought on a stick.", nl: "Wat vrijwilligers op een stick meebrachten."))
        ])

    static let daemonBundleInspect = CommandSpec(
        path: ["bundle", "inspect"], summary: Localized.inspecting, positionals: [.bundleFile],
        examples: [
            CommandExample(
                .same("stoepd bundle inspect /media/stick/noord.stoep --data /var/lib/stoep"),
                Localized(en: "Every log in it, with its changes.", nl: "Elk logboek erin, met zijn wijzigingen."))
        ])
}
