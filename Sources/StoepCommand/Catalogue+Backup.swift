// stoep backup and restore, stoepd backup and restore.
extension Localized {
    package static func backedUp(path: String, changes: Int, bytes: Int) -> Localized {
        Localized(
            en: "\(path.onOneLine): \(counted(changes, "change", "changes")), \(size(bytes)); read back, and all of it holds.",
            nl: "\(path.onOneLine): \(counted(changes, "wijziging", "wijzigingen")), \(size(bytes)); teruggelezen, en alles klopt.")
    }

    package static func backedUpDamaged(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "change", "changes")) in this store, and so in its backup, are damaged: doctor says which",
            nl: "\(counted(count, "wijziging", "wijzigingen")) in deze opslag, en dus ook in de back-up, zijn beschadigd: doctor zegt welke")
    }

    package static let backupKeep = Localized(
        en: "Keep the passphrase: without it nobody opens the backup. Whoever has both has this laptop's keys.",
        nl: "Bewaar de wachtzin: zonder haar krijgt niemand de back-up open. Wie beide heeft, heeft de sleutels van deze laptop.")
    package static let backupKeepOfStore = Localized(
        en: "The passphrase of this laptop, as it is now, opens the backup, also when you change it later. Whoever has both has this laptop's keys.",
        nl: "De wachtzin van deze laptop, zoals die nu is, opent de back-up, ook als je haar later verandert. Wie beide heeft, heeft de sleutels van deze laptop.")
    package static let backupKeepOfDaemon = Localized(
        en: "The ledger of erasures and the root key are not in it: keep those apart from this machine, and the key file too. The file that opens the store is not needed to restore.",
        nl: "Het wisregister en de hoofdsleutel zitten er niet in: bewaar die apart van deze machine, en het sleutelbestand ook. Het bestand dat de opslag opent is voor het terugzetten niet nodig.")

    package static func restored(_ directory: String) -> Localized {
        Localized(
            en: "Restored in \(directory.onOneLine), and checked. It goes on under a new actor; what came after the backup comes back with stoep sync.",
            nl: "Teruggezet in \(directory.onOneLine), en gecontroleerd. Hij gaat verder onder een nieuwe actor; wat na de back-up kwam komt terug met stoep sync.")
    }

    package static func restoredDaemon(_ data: String, ledger: String) -> Localized {
        Localized(
            en: "Restored in \(data.onOneLine), and checked. Put the ledger of erasures at \(ledger.onOneLine) before stoepd serve: what it names is erased again before anything is served. Without it the daemon serves only the roster. The laptops bring what came after the backup.",
            nl: "Teruggezet in \(data.onOneLine), en gecontroleerd. Leg het wisregister op \(ledger.onOneLine) voor stoepd serve: wat erin staat wordt opnieuw gewist voordat er iets wordt gegeven. Zonder geeft de daemon alleen het rooster. De laptops brengen wat na de back-up kwam.")
    }

    package static func backingUp(_ done: Int, of all: Int) -> Localized {
        Localized(en: "backup: \(percent(done, all))", nl: "back-up: \(percent(done, all))")
    }

    package static func restoring(_ done: Int, of all: Int) -> Localized {
        Localized(en: "restoring: \(percent(done, all))", nl: "zet terug: \(percent(done, all))")
    }

    private static func percent(_ done: Int, _ all: Int) -> String { "\(min(100, done * 100 / max(1, all)))%" }

    package static let askNewBackupPassphrase = Localized(
        en: "Passphrase for the backup", nl: "Wachtzin voor de back-up")
    package static let askBackupPassphrase = Localized(en: "Passphrase of the backup", nl: "Wachtzin van de back-up")
}

extension CommandFailure {
    package static func backupDamaged(_ path: String, what: String) -> CommandFailure {
        CommandFailure(
            "backup-damaged", .damaged,
            Localized(
                en: "\(path.onOneLine) is no backup, or not all of one (\(what.onOneLine))",
                nl: "\(path.onOneLine) is geen back-up, of niet helemaal (\(what.onOneLine))"),
            advice: Localized(
                en: "Nothing was restored. Take another copy of it.", nl: "Er is niets teruggezet. Neem een andere kopie."),
            details: [.init("path", .string(path)), .init("what", .string(what))])
    }

    package static func backupTooNew(_ path: String) -> CommandFailure {
        CommandFailure(
            "backup-too-new", .failed,
            Localized(
                en: "\(path.onOneLine) was written by a later version", nl: "\(path.onOneLine) is door een latere versie geschreven"),
            advice: Localized(
                en: "Bring this program up to date. Nothing was restored.",
                nl: "Werk dit programma bij. Er is niets teruggezet."),
            details: [.init("path", .string(path))])
    }

    package static func backupNotOpened(_ path: String) -> CommandFailure {
        CommandFailure(
            "backup-not-opened", .notAllowed,
            Localized(
                en: "that does not open \(path.onOneLine)", nl: "daarmee gaat \(path.onOneLine) niet open"),
            advice: Localized(
                en: "It is another passphrase or key file, or the beginning of the file is damaged. Nothing was restored.",
                nl: "Het is een andere wachtzin of een ander sleutelbestand, of het begin van het bestand is beschadigd. Er is niets teruggezet."),
            details: [.init("path", .string(path))])
    }

    package static func backupOfOtherProgram(_ path: String, program: String) -> CommandFailure {
        CommandFailure(
            "backup-of-other-program", .failed,
            Localized(
                en: "\(path.onOneLine) is a backup of \(program)", nl: "\(path.onOneLine) is een back-up van \(program)"),
            advice: Localized(
                en: "\(program) restore puts it back.", nl: "\(program) restore zet hem terug."),
            details: [.init("path", .string(path))])
    }

    package static func notAKeyFile(_ path: String) -> CommandFailure {
        CommandFailure(
            "not-a-key-file", .failed,
            Localized(
                en: "\(path.onOneLine) cannot be the key of a backup: it has fewer than 16 bytes, or more than 4096",
                nl: "\(path.onOneLine) kan geen sleutel van een back-up zijn: er staan minder dan 16 bytes in, of meer dan 4096"),
            advice: Localized(
                en: "openssl rand -hex 32 makes one. Keep it apart from the backups.",
                nl: "openssl rand -hex 32 maakt er een. Bewaar het apart van de back-ups."),
            details: [.init("path", .string(path))])
    }
}
