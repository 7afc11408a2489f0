// What keeps a store from whoever finds the laptop: stoep unlock, lock, passphrase.
extension Localized {
    package static let askPassphrase = Localized(en: "Passphrase", nl: "Wachtzin")
    package static let askNewPassphrase = Localized(en: "New passphrase", nl: "Nieuwe wachtzin")
    package static let askPassphraseAgain = Localized(en: "Once more", nl: "Nog een keer")

    package static func unlockedFor(minutes: Int) -> Localized {
        minutes % 60 == 0
            ? Localized(
                en: "Unlocked for \(minutes / 60) hours, or until stoep lock.",
                nl: "Ontgrendeld voor \(minutes / 60) uur, of tot stoep lock.")
            : Localized(
                en: "Unlocked for \(minutes) minutes, or until stoep lock.",
                nl: "Ontgrendeld voor \(minutes) minuten, of tot stoep lock.")
    }

    package static let nothingToUnlock = Localized(
        en: "This store has no passphrase: it is always open. stoep passphrase gives it one.",
        nl: "Deze opslag heeft geen wachtzin: ze is altijd open. Met stoep passphrase krijgt ze er een.")
    package static let locked = Localized(
        en: "Locked. The next command asks for the passphrase.", nl: "Vergrendeld. De volgende opdracht vraagt de wachtzin.")
    package static let wasLocked = Localized(en: "It was locked already.", nl: "Ze was al vergrendeld.")
    package static let passphraseChanged = Localized(
        en: "The passphrase is changed. Whoever knows the old one and has an old copy of the files can still read that copy.",
        nl: "De wachtzin is veranderd. Wie de oude kent en een oude kopie van de bestanden heeft, kan die kopie nog lezen.")
    package static let passphraseRemoved = Localized(
        en: "The passphrase is gone: from now on whoever has this laptop can read the store.",
        nl: "De wachtzin is weg: wie deze laptop heeft, kan de opslag voortaan lezen.")
    package static let keyChanged = Localized(
        en: "Everything is written anew with another key.", nl: "Alles is opnieuw geschreven met een andere sleutel.")
    package static let labelProtection = Localized(en: "protected by", nl: "beschermd door")

    /// By what a store is protected.
    package static func protection(_ name: String) -> Localized {
        switch name {
        case "passphrase": Localized(en: "a passphrase", nl: "een wachtzin")
        case "key-file": Localized(en: "a key file on this machine", nl: "een sleutelbestand op deze machine")
        default: Localized(en: "nothing", nl: "niets")
        }
    }

    package static let unprotected = Localized(
        en: "the store has no passphrase: whoever finds this laptop can read it. stoep passphrase gives it one",
        nl: "de opslag heeft geen wachtzin: wie deze laptop vindt kan ze lezen. Met stoep passphrase krijgt ze er een")
}

extension CommandFailure {
    package static func storeLocked(_ path: String) -> CommandFailure {
        CommandFailure(
            "store-locked", .failed,
            Localized(
                en: "the store in \(path.onOneLine) is locked", nl: "de opslag in \(path.onOneLine) is vergrendeld"),
            advice: Localized(
                en: "Run stoep unlock, or give --passphrase-file FILE. Nothing was changed.",
                nl: "Doe stoep unlock, of geef --passphrase-file BESTAND. Er is niets veranderd."),
            details: [.init("store", .string(path))])
    }

    package static let wrongPassphrase = CommandFailure(
        "wrong-passphrase", .notAllowed,
        Localized(en: "this is not the passphrase of the store", nl: "dit is niet de wachtzin van de opslag"),
        advice: Localized(
            en: "Nobody can find it out for you. What was synced can be received again: join anew with another invitation.",
            nl: "Niemand kan haar voor je opzoeken. Wat gesynchroniseerd was kun je opnieuw ontvangen: doe opnieuw mee met een andere uitnodiging."))

    package static func keyringUnavailable(errno number: Int32) -> CommandFailure {
        let reason = Localized.systemError(number)
        return CommandFailure(
            "keyring-unavailable", .failed,
            Localized(
                en: "this machine cannot keep the store unlocked: \(reason.en)",
                nl: "deze machine kan de opslag niet ontgrendeld houden: \(reason.nl)"),
            advice: Localized(
                en: "Each command asks for the passphrase, or reads it from --passphrase-file FILE.",
                nl: "Elke opdracht vraagt de wachtzin, of leest haar uit --passphrase-file BESTAND."))
    }

    package static func passphraseTooShort(minimum: Int) -> CommandFailure {
        CommandFailure(
            "passphrase-too-short", .usage,
            Localized(
                en: "a passphrase has at least \(minimum) characters", nl: "een wachtzin heeft minstens \(minimum) tekens"),
            advice: Localized(
                en: "Four words that have nothing to do with one another are easier to keep in mind than a password.",
                nl: "Vier woorden die niets met elkaar te maken hebben zijn makkelijker te onthouden dan een wachtwoord."))
    }

    package static let passphrasesDiffer = CommandFailure(
        "passphrases-differ", .usage,
        Localized(en: "the two passphrases are not the same", nl: "de twee wachtzinnen zijn niet gelijk"),
        advice: Localized(en: "Nothing was changed. Try again.", nl: "Er is niets veranderd. Probeer het opnieuw."))

    /// Nobody to ask.
    package static let passphraseMissing = passphraseMissing(
        Localized(
            en: "Give --passphrase-file FILE, or - for standard input.",
            nl: "Geef --passphrase-file BESTAND, of - voor standaardinvoer."))
    package static let newPassphraseMissing = passphraseMissing(
        Localized(
            en: "Give --new-passphrase-file FILE, or - for standard input; or --no-passphrase.",
            nl: "Geef --new-passphrase-file BESTAND, of - voor standaardinvoer; of --no-passphrase."))

    private static func passphraseMissing(_ advice: Localized) -> CommandFailure {
        CommandFailure(
            "passphrase-missing", .usage,
            Localized(
                en: "a passphrase is needed, and nobody can be asked for it here",
                nl: "er is een wachtzin nodig, en hier kan niemand erom gevraagd worden"),
            advice: advice)
    }

    package static func notADuration(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-a-duration", .usage,
            Localized(
                en: "“\(typed.onOneLine)” is not a time between a minute and thirty days",
                nl: "‘\(typed.onOneLine)’ is geen tijd tussen een minuut en dertig dagen"),
            advice: Localized(en: "For example 30m, 8h or 2d.", nl: "Bijvoorbeeld 30m, 8h of 2d."))
    }
}
