// stoep erase, stoep redact; stoepd erase, stoepd erasures, stoepd recovery lift.
extension Localized {
    package static func erased(id: String) -> Localized {
        Localized(
            en: "Erased: \(id.onOneLine). It is gone from this laptop; the daemon has it destroyed everywhere at the next syncs.",
            nl: "Gewist: \(id.onOneLine). Het is weg van deze laptop; de daemon laat het bij de volgende syncs overal vernietigen.")
    }

    package static func redacted(id: String, kept: String) -> Localized {
        Localized(
            en: "Erased: \(id.onOneLine). What was kept is \(kept.onOneLine).",
            nl: "Gewist: \(id.onOneLine). Wat bewaard bleef is \(kept.onOneLine).")
    }

    package static func erasureWaitsForReader() -> Localized {
        Localized(
            en: "Another program is still reading the store: the last traces go as soon as it ends, at the latest with the next command.",
            nl: "Een ander programma leest de opslag nog: de laatste sporen verdwijnen zodra het stopt, uiterlijk bij het volgende commando.")
    }

    package static func eraseForEver(id: String) -> Localized {
        Localized(
            en: "Erase \(id.onOneLine) for ever, on every laptop? Type yes: ",
            nl: "\(id.onOneLine) voorgoed wissen, op elke laptop? Typ ja: ")
    }

    package static let nothingErased = Localized(en: "Nothing was erased.", nl: "Er is niets gewist.")

    package static func erasedByDaemon(id: String) -> Localized {
        Localized(
            en: "Erased: \(id.onOneLine). Every laptop destroys it at its next sync; stoepd erasures shows who has.",
            nl: "Gewist: \(id.onOneLine). Elke laptop vernietigt het bij de volgende sync; stoepd erasures toont wie dat deed.")
    }

    package static let erasuresNone = Localized(
        en: "Nothing was erased, and nothing waits.", nl: "Er is niets gewist, en er wacht niets.")

    package static func erasuresWait(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "request waits", "requests wait")) because of the daily limit; look at them, then: stoepd erase ID",
            nl: "\(counted(count, "verzoek wacht", "verzoeken wachten")) vanwege de daglimiet; bekijk ze, en dan: stoepd erase ID")
    }

    package static func purgeWaits(device: String, name: String, logs: Int) -> Localized {
        Localized(
            en: "\(name.onOneLine) (\(device)) has not yet confirmed that \(counted(logs, "log is", "logs are")) destroyed.",
            nl: "\(name.onOneLine) (\(device)) heeft nog niet bevestigd dat \(counted(logs, "logboek", "logboeken")) vernietigd is.")
    }

    package static let recoveryLifted = Localized(
        en: "Recovery mode is off: everything is served again.", nl: "De herstelstand is uit: alles wordt weer bediend.")

    package static func recoveryIsOn(_ reason: String) -> Localized {
        Localized(
            en: "Recovery mode: this store may have forgotten what was erased (\(reason.onOneLine)). Only the roster and what the daemon wrote itself are served. Let the laptops sync, look at stoepd erasures, then: stoepd recovery lift",
            nl: "Herstelstand: deze opslag kan vergeten zijn wat gewist is (\(reason.onOneLine)). Alleen het ledenlogboek en wat de daemon zelf schreef worden bediend. Laat de laptops syncen, bekijk stoepd erasures, en dan: stoepd recovery lift")
    }

    package static let keptForEver = Localized(
        en: "Conversations are kept for ever. To change that: stoepd retention --days N",
        nl: "Gesprekken worden voor altijd bewaard. Om dat te veranderen: stoepd retention --days N")

    package static func keptFor(days: Int, from: String) -> Localized {
        Localized(
            en: "Conversations are kept for \(counted(days, "day", "days")) after they arrive here; what is older is erased, from \(from) on.",
            nl: "Gesprekken worden \(counted(days, "dag", "dagen")) bewaard nadat ze hier aankomen; wat ouder is wordt gewist, vanaf \(from).")
    }

    package static func dueSoon(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "conversation is", "conversations are")) erased within a week of that, or of now.",
            nl: "\(counted(count, "gesprek wordt", "gesprekken worden")) gewist binnen een week daarna, of vanaf nu.")
    }

    package static func siblingOfErased(_ id: String, erased: String) -> Localized {
        Localized(
            en: "\(id) was joined with \(erased), which is erased: look whether it is to be erased as well.",
            nl: "\(id) was samengevoegd met \(erased), dat gewist is: kijk of het ook gewist moet worden.")
    }

    package static let labelErasedOn = Localized(en: "Erased", nl: "Gewist")
    package static let labelConfirmed = Localized(en: "Confirmed", nl: "Bevestigd")
    package static let labelOutstanding = Localized(en: "Not yet", nl: "Nog niet")
}

extension CommandFailure {
    package static func notYoursToErase(id: String, recordedBy: String) -> CommandFailure {
        CommandFailure(
            "not-yours-to-erase", .notAllowed,
            Localized(
                en: "\(id.onOneLine) was recorded by \(recordedBy.onOneLine)",
                nl: "\(id.onOneLine) is vastgelegd door \(recordedBy.onOneLine)"),
            advice: Localized(
                en: "Nothing was erased. Ask them, or a coordinator (stoepd erase \(id.onOneLine)).",
                nl: "Er is niets gewist. Vraag het hun, of een coördinator (stoepd erase \(id.onOneLine))."))
    }

    package static func alreadyErased(id: String, successor: String?) -> CommandFailure {
        CommandFailure(
            "already-erased", .failed,
            Localized(en: "\(id.onOneLine) is erased already", nl: "\(id.onOneLine) is al gewist"),
            advice: successor.map {
                Localized(en: "What was kept of it is \($0.onOneLine).", nl: "Wat ervan bewaard bleef is \($0.onOneLine).")
            })
    }

    package static let eraseNotConfirmed = CommandFailure(
        "not-confirmed", .failed, Localized(en: "not confirmed", nl: "niet bevestigd"), advice: .nothingErased)

    package static func nothingToErase(_ typed: String) -> CommandFailure {
        CommandFailure(
            "nothing-to-erase", .failed,
            Localized(
                en: "nothing here has an id that begins with “\(typed.onOneLine)”, or it is erased already",
                nl: "niets hier heeft een id die met ‘\(typed.onOneLine)’ begint, of het is al gewist"),
            advice: .nothingErased)
    }

    package static func notErasable(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-erasable", .notAllowed,
            Localized(
                en: "\(typed.onOneLine) stands in the roster and is no member: devices, grants and the like are withdrawn, not erased",
                nl: "\(typed.onOneLine) staat in het ledenlogboek en is geen lid: apparaten, toegang en dergelijke trek je in, die wis je niet"),
            advice: .nothingErased)
    }

    package static let inRecovery = CommandFailure(
        "in-recovery", .failed,
        Localized(
            en: "the ledger of erasures is missing or behind: nothing can be erased now",
            nl: "het register van wissingen ontbreekt of loopt achter: er kan nu niets gewist worden"),
        advice: Localized(
            en: "Put the ledger back beside the data directory (DIR.ledger) and restart; or, if it is lost, let the laptops sync and then: stoepd recovery lift",
            nl: "Zet het register terug naast de gegevensmap (MAP.ledger) en herstart; of, als het verloren is, laat de laptops syncen en dan: stoepd recovery lift"))

    package static let notInRecovery = CommandFailure(
        "not-in-recovery", .failed,
        Localized(en: "recovery mode is not on", nl: "de herstelstand staat niet aan"))
}

extension OptionSpec {
    package static let keepDays = OptionSpec(
        "days", .number(.same("N"), 1...36_500),
        help: Localized(en: "keep conversations so many days", nl: "bewaar gesprekken zoveel dagen"))
    package static let keepForEver = OptionSpec(
        "forever", help: Localized(en: "keep them for ever", nl: "bewaar ze voor altijd"))
    package static let yes = OptionSpec(
        "yes", help: Localized(en: "do not ask", nl: "vraag niets"))
}

extension CommandSpec {
    static let erase = CommandSpec(
        path: ["erase"],
        summary: Localized(
            en: "erase a conversation of your own, for ever and everywhere",
            nl: "wis een eigen gesprek, voorgoed en overal"),
        explanation: Localized(
            en: """
                When somebody asks to be forgotten. It is gone from this laptop at once. After the next sync the daemon \
                has it destroyed on every laptop; it cannot be taken back. A coordinator can erase what others recorded.
                """,
            nl: """
                Als iemand vraagt vergeten te worden. Het is meteen weg van deze laptop. Na de volgende sync laat de \
                daemon het op elke laptop vernietigen; dat is niet terug te draaien. Een coördinator kan ook wissen wat \
                anderen vastlegden.
                """),
        options: [.yes],
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep erase 4f2a"),
                Localized(en: "The conversation whose id begins with 4f2a.", nl: "Het gesprek waarvan de id met 4f2a begint."))
        ])

    static let redact = CommandSpec(
        path: ["redact"],
        summary: Localized(
            en: "take out what should not have been written, everywhere",
            nl: "haal eruit wat er niet had mogen staan, overal"),
        explanation: Localized(
            en: """
                Writes the conversation anew, with the texts that you give in place of the old ones, and has the old one \
                erased: so a name typed by mistake is gone from its history too. An empty text keeps nothing of it. Only \
                who recorded a conversation can redact it.
                """,
            nl: """
                Schrijft het gesprek opnieuw, met de teksten die je geeft in plaats van de oude, en laat het oude wissen: \
                zo is een per ongeluk getypte naam ook uit de geschiedenis weg. Een lege tekst houdt er niets van. Alleen \
                wie een gesprek vastlegde kan dit.
                """),
        options: [.words, .observation, .place, .yes],
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep redact 4f2a --words -"),
                Localized(en: "Type the words again without the name.", nl: "Typ de woorden opnieuw, zonder de naam.")),
            CommandExample(
                .same("stoep redact 4f2a --place \"\""),
                Localized(en: "Keep no place.", nl: "Bewaar geen plek.")),
        ])

    static let daemonErase = CommandSpec(
        path: ["erase"],
        summary: Localized(en: "erase a record for ever, everywhere", nl: "wis een record voorgoed, overal"),
        explanation: Localized(
            en: """
                Any conversation, person or other record, by its id; a member's id erases the name and keeps what they \
                may do. Also what waits because of a daily limit. It cannot be taken back. The daemon may be running.
                """,
            nl: """
                Elk gesprek, elke persoon of elk ander record, met zijn id; de id van een lid wist de naam en laat staan \
                wat het mag. Ook wat door een daglimiet wacht. Het is niet terug te draaien. De daemon mag draaien.
                """),
        options: [.yes],
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoepd erase 4f2a --data /var/lib/stoep"),
                Localized(en: "At a resident's request.", nl: "Op verzoek van een bewoner."))
        ])

    static let erasures = CommandSpec(
        path: ["erasures"],
        summary: Localized(
            en: "show what was erased, and which laptops have confirmed it",
            nl: "toon wat gewist is, en welke laptops dat bevestigd hebben"),
        explanation: Localized(
            en: "A laptop confirms once no file of it holds what was erased.",
            nl: "Een laptop bevestigt zodra geen bestand erop nog bevat wat gewist is."),
        examples: [
            CommandExample(
                .same("stoepd erasures --data /var/lib/stoep"),
                Localized(en: "Who has not confirmed yet.", nl: "Wie nog niet bevestigd heeft."))
        ])

    static let retention = CommandSpec(
        path: ["retention"],
        summary: Localized(
            en: "show or set how long conversations are kept", nl: "toon of bepaal hoelang gesprekken bewaard worden"),
        explanation: Localized(
            en: """
                Counted from when a conversation arrived at the daemon, never from what a laptop's clock said. A new term \
                is acted upon a week after it was set, so that everybody hears of it before. What is due is erased like \
                anything else: see stoepd erasures.
                """,
            nl: """
                Gerekend vanaf de aankomst van een gesprek bij de daemon, nooit vanaf de klok van een laptop. Een nieuwe \
                termijn gaat een week na het instellen in, zodat iedereen het vooraf hoort. Wat verloopt wordt gewist \
                zoals al het andere: zie stoepd erasures.
                """),
        options: [.keepDays, .keepForEver],
        examples: [
            CommandExample(
                .same("stoepd retention --days 730 --data /var/lib/stoep"),
                Localized(en: "Two years.", nl: "Twee jaar.")),
            CommandExample(
                .same("stoepd retention --data /var/lib/stoep"),
                Localized(en: "The term in force, and what is due soon.", nl: "De geldende termijn, en wat binnenkort verloopt.")),
        ])

    static let recoveryLift = CommandSpec(
        path: ["recovery", "lift"],
        summary: Localized(en: "serve everything again after a restore", nl: "bedien alles weer na een herstel"),
        explanation: Localized(
            en: """
                A daemon that was restored from a backup without its ledger of erasures serves only the roster and what \
                it wrote itself, because it may have forgotten what was erased. Let every laptop that you can reach sync first: they bring the \
                erasures back. Then lift it.
                """,
            nl: """
                Een daemon die uit een back-up is teruggezet zonder zijn register van wissingen bedient alleen het \
                ledenlogboek en wat hij zelf schreef, omdat hij kan zijn vergeten wat gewist is. Laat eerst elke bereikbare laptop syncen: die \
                brengen de wissingen terug. Hef het dan op.
                """),
        examples: [
            CommandExample(
                .same("stoepd recovery lift --data /var/lib/stoep"),
                Localized(en: "Once the laptops have synced.", nl: "Als de laptops gesynct hebben."))
        ])
}

extension Console {
    /// Whether a person who is there agrees: a terminal is asked, a script is taken at its word.
    package func agrees(to question: Localized) -> Bool {
        guard settings.terminal.canAnswer, settings.terminal.showsErrors else { return true }
        errors.write(text(question).displayable)
        guard let answer = readLine() else { return false }
        return ["yes", "ja"].contains(answer.lowercased())
    }
}
