// Looking after a store: what both programs can do.
extension OptionSpec {
    package static let rebuild = OptionSpec(
        "rebuild",
        help: Localized(
            en: "make everything anew that follows from the log, and set aside what is damaged",
            nl: "maak alles opnieuw wat uit het logboek volgt, en zet apart wat beschadigd is"))
    package static let backupKeyFile = OptionSpec(
        "key-file", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(
            en: "what the backup is sealed with: any 16 bytes or more, from openssl rand -hex 32 for example",
            nl: "waarmee de back-up verzegeld is: 16 bytes of meer, bijvoorbeeld van openssl rand -hex 32"))
    package static let storeKeyFile = OptionSpec(
        "store-key-file", .text(Localized(en: "FILE", nl: "BESTAND")),
        help: Localized(
            en: "the key that opens the restored store, made if it is not there; unlock.key in the data directory unless given",
            nl: "de sleutel die de teruggezette opslag opent, gemaakt als hij er niet is; zonder deze optie unlock.key in de gegevensmap"))
}

extension PositionalSpec {
    package static let backupFile = PositionalSpec(
        "FILE", placeholder: Localized(en: "FILE", nl: "BESTAND"),
        help: Localized(en: "the backup, on a USB stick for example", nl: "de back-up, op een USB-stick bijvoorbeeld"))
    package static let backupDirectory = PositionalSpec(
        "DIR", placeholder: .directory,
        help: Localized(en: "the directory of the backup", nl: "de map van de back-up"))
}

extension Localized {
    fileprivate static let doctorSummary = Localized(
        en: "check everything that is stored", nl: "controleer alles wat is opgeslagen")
    fileprivate static let doctorExplanation = Localized(
        en: """
            Reads the database, every hash, chain and signature, and works everything out anew to compare. Nothing is \
            changed without --rebuild. Says by what the store is protected. Ends with exit code 6 where something is \
            damaged, and with 3 where something waits for a person.
            """,
        nl: """
            Leest de database, elke hash, keten en handtekening, en werkt alles opnieuw uit om te vergelijken. Zonder \
            --rebuild verandert er niets. Zegt waardoor de opslag beschermd is. Eindigt met exitcode 6 als er iets \
            beschadigd is, en met 3 als er iets op een mens wacht.
            """)
}

extension CommandSpec {
    static let doctor = CommandSpec(
        path: ["doctor"], summary: .doctorSummary, explanation: .doctorExplanation, options: [.rebuild],
        examples: [
            CommandExample(
                .same("stoep doctor"), Localized(en: "Is everything as it should be?", nl: "Is alles in orde?")),
            CommandExample(
                .same("stoep doctor --rebuild"),
                Localized(
                    en: "Mend what can be mended; stoep sync fetches the rest.",
                    nl: "Herstel wat te herstellen is; stoep sync haalt de rest.")),
        ])

    static let daemonDoctor = CommandSpec(
        path: ["doctor"], summary: .doctorSummary, explanation: .doctorExplanation, options: [.rebuild],
        examples: [
            CommandExample(
                .same("stoepd doctor --data /var/lib/stoep"),
                Localized(en: "The daemon may be running.", nl: "De daemon mag draaien.")),
            CommandExample(
                .same("stoepd doctor --rebuild --data /var/lib/stoep"),
                Localized(en: "Stop the daemon first.", nl: "Stop eerst de daemon.")),
        ])

    static let backup = CommandSpec(
        path: ["backup"],
        summary: Localized(
            en: "write everything on this laptop to a sealed file", nl: "schrijf alles van deze laptop naar een verzegeld bestand"),
        explanation: Localized(
            en: """
                One moment of the store, with this laptop's keys. The passphrase of the store opens it, as it is now; for a \
                store that has none, one is asked for, or read from --passphrase-file. The file is read back and checked \
                before it gets its name; nothing that stands there is replaced. Other commands may go on.
                """,
            nl: """
                Eén moment van de opslag, met de sleutels van deze laptop. De wachtzin van de opslag opent het, zoals die nu \
                is; voor een opslag die er geen heeft wordt er een gevraagd, of gelezen uit --passphrase-file. Het bestand \
                wordt teruggelezen en gecontroleerd voor het zijn naam krijgt; wat er staat blijft staan. Andere opdrachten \
                mogen doorgaan.
                """),
        positionals: [.backupFile],
        examples: [
            CommandExample(
                .same("stoep backup /media/stick/laptop.stoepbackup"),
                Localized(en: "On a USB stick that stays at home.", nl: "Op een USB-stick die thuisblijft."))
        ])

    static let restore = CommandSpec(
        path: ["restore"],
        summary: Localized(en: "put a backup back, where no store is", nl: "zet een back-up terug waar geen opslag is"),
        explanation: Localized(
            en: """
                Makes the store in a directory that is empty or does not exist. Asks for the passphrase that the store had \
                when it was backed up, and gives it the same again. It goes on as the same laptop under a new actor, so that \
                nothing that was written since is lost. Do not use both. Where a finder of the lost laptop may know the \
                passphrase, have the coordinator revoke it and join anew instead: what was synced comes back all the same.
                """,
            nl: """
                Maakt de opslag in een map die leeg is of niet bestaat. Vraagt de wachtzin die de opslag had toen de back-up \
                gemaakt werd, en geeft haar die weer. Hij gaat verder als dezelfde laptop onder een nieuwe actor, zodat niets \
                verloren gaat van wat sindsdien geschreven is. Gebruik ze niet allebei. Kan een vinder van de verloren laptop \
                de wachtzin kennen, laat de coördinator hem dan intrekken en doe opnieuw mee: wat gesynchroniseerd was komt \
                toch terug.
                """),
        positionals: [.backupFile],
        examples: [
            CommandExample(
                .same("stoep restore /media/stick/laptop.stoepbackup"),
                Localized(en: "On a new laptop; then stoep sync.", nl: "Op een nieuwe laptop; daarna stoep sync."))
        ])

    static let daemonBackup = CommandSpec(
        path: ["backup"],
        summary: Localized(en: "write all of the daemon's data to a sealed copy", nl: "schrijf alle gegevens van de daemon naar een verzegelde kopie"),
        explanation: Localized(
            en: """
                Into a directory that is empty or does not exist. The daemon may be running. Restoring needs this directory \
                and its key file, and not the file that opens the store: keep a copy of the key file on another machine. \
                The ledger of erasures is not in it: it outlives every backup, and is to be kept apart.
                """,
            nl: """
                In een map die leeg is of niet bestaat. De daemon mag draaien. Terugzetten vraagt deze map en haar \
                sleutelbestand, en niet het bestand dat de opslag opent: bewaar een kopie van het sleutelbestand op een \
                andere machine. Het wisregister zit er niet in: dat overleeft elke back-up, en bewaar je apart.
                """),
        options: [.backupKeyFile.required()], positionals: [.backupDirectory],
        examples: [
            CommandExample(
                .same("stoepd backup /backup/2026-11-22 --key-file /etc/stoep/backup.key --data /var/lib/stoep"),
                Localized(en: "Every night, from a timer.", nl: "Elke nacht, door een timer."))
        ])

    static let daemonRestore = CommandSpec(
        path: ["restore"],
        summary: Localized(en: "put a backup back, where no data is", nl: "zet een back-up terug waar geen gegevens zijn"),
        explanation: Localized(
            en: """
                The store is sealed anew, with a key of its own in --store-key-file. Then put the ledger of erasures beside \
                the directory: when the daemon starts, what it names is erased again before anything is served. Without the \
                ledger only the roster is served, until stoepd recovery lift.
                """,
            nl: """
                De opslag wordt opnieuw verzegeld, met een eigen sleutel in --store-key-file. Leg daarna het wisregister \
                naast de map: als de daemon start wordt wat erin staat opnieuw gewist voordat er iets wordt gegeven. Zonder \
                register geeft hij alleen het rooster, tot stoepd recovery lift.
                """),
        options: [.backupKeyFile.required(), .storeKeyFile], positionals: [.backupDirectory],
        examples: [
            CommandExample(
                .same("stoepd restore /backup/2026-11-22 --key-file /etc/stoep/backup.key --data /var/lib/stoep"),
                Localized(en: "On the same machine, or another.", nl: "Op dezelfde machine, of een andere."))
        ])
}
