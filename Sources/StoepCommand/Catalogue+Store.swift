// The store itself: where it is, who holds it, what is wrong with it.
extension CommandFailure {
    /// Another process holds the store's lock; its id and what it is doing, where that is known.
    package static func storeBusy(pid: Int32?, command: String?) -> CommandFailure {
        let holder = [command?.onOneLine, pid.map { "pid \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return CommandFailure(
            "store-busy", .failed,
            holder.isEmpty
                ? Localized(
                    en: "another command holds the store", nl: "een andere opdracht houdt de opslag vast")
                : Localized(
                    en: "another command holds the store: \(holder)",
                    nl: "een andere opdracht houdt de opslag vast: \(holder)"),
            advice: Localized(
                en: "Wait until it is done and try again. Nothing was changed.",
                nl: "Wacht tot ze klaar is en probeer het opnieuw. Er is niets veranderd."),
            details: [.init("pid", pid.map { .number($0) } ?? .null), .init("command", .optional(command))])
    }

    package static func storeNotFound(_ path: String) -> CommandFailure {
        CommandFailure(
            "store-not-found", .failed,
            Localized(en: "there is no store in \(path.onOneLine)", nl: "er is geen opslag in \(path.onOneLine)"),
            advice: Localized(
                en: "Run stoep join first, with the invitation that the coordinator gave you; or say where the store is with --store DIR.",
                nl: "Doe eerst stoep join, met de uitnodiging die de coördinator je gaf; of zeg waar de opslag is met --store MAP."),
            details: [.init("store", .string(path))])
    }

    package static func storeDamaged(_ path: String, what: String) -> CommandFailure {
        CommandFailure(
            "store-damaged", .damaged,
            Localized(
                en: "the store in \(path.onOneLine) is damaged: \(what.onOneLine)",
                nl: "de opslag in \(path.onOneLine) is beschadigd: \(what.onOneLine)"),
            advice: Localized(
                en: "Nothing more is written to it. Bits that fell over on the disk are turned back by doctor --rebuild. If that does not help, keep the directory as it is and ask the coordinator; what was synced can be fetched again.",
                nl: "Er wordt niets meer in geschreven. Bits die op de schijf zijn omgevallen zet doctor --rebuild terug. Helpt dat niet, laat de map dan zoals ze is en vraag de coördinator; wat gesynchroniseerd was kan opnieuw worden opgehaald."),
            details: [.init("store", .string(path)), .init("what", .string(what))])
    }

    package static func diskFull(_ path: String) -> CommandFailure {
        CommandFailure(
            "disk-full", .failed,
            Localized(
                en: "the disk of \(path.onOneLine) is full", nl: "de schijf van \(path.onOneLine) is vol"),
            advice: Localized(
                en: "What was saved before is kept; this was not saved. Make room and try again.",
                nl: "Wat eerder is opgeslagen blijft bewaard; dit is niet opgeslagen. Maak ruimte en probeer het opnieuw."),
            details: [.init("store", .string(path))])
    }

    package static var outOfMemory: CommandFailure {
        CommandFailure(
            "out-of-memory", .failed,
            Localized(en: "this machine has no memory left", nl: "deze machine heeft geen geheugen meer over"),
            advice: Localized(
                en: "What was saved before is kept; this was not saved. Close other programs and try again.",
                nl: "Wat eerder is opgeslagen blijft bewaard; dit is niet opgeslagen. Sluit andere programma's en probeer het opnieuw."))
    }

    package static func diskError(_ path: String, errno number: Int32) -> CommandFailure {
        diskError(path, Localized.systemError(number))
    }

    /// The same where the reason is not known by its number.
    package static func diskFailed(_ path: String, what: String) -> CommandFailure {
        diskError(path, .same(what.onOneLine))
    }

    private static func diskError(_ path: String, _ reason: Localized) -> CommandFailure {
        CommandFailure(
            "disk-error", .failed,
            Localized(
                en: "the store in \(path.onOneLine) cannot be used: \(reason.en)",
                nl: "de opslag in \(path.onOneLine) is niet te gebruiken: \(reason.nl)"),
            advice: Localized(
                en: "What was saved before is kept; this was not saved. See whether the disk has room and is well, and try again.",
                nl: "Wat eerder is opgeslagen blijft bewaard; dit is niet opgeslagen. Kijk of de schijf ruimte heeft en in orde is, en probeer het opnieuw."),
            details: [.init("store", .string(path))])
    }

    /// Nobody says where the store is: neither `--store` nor a home directory.
    package static let storeNotNamed = CommandFailure(
        "store-not-named", .usage,
        Localized(
            en: "there is no home directory to keep the store in",
            nl: "er is geen thuismap om de opslag in te bewaren"),
        advice: Localized(en: "Say where it is with --store DIR.", nl: "Zeg waar hij is met --store MAP."))

    /// Written by a later version of the program.
    package static func storeTooNew(_ path: String) -> CommandFailure {
        CommandFailure(
            "store-too-new", .failed,
            Localized(
                en: "the store in \(path.onOneLine) was written by a later version of stoep",
                nl: "de opslag in \(path.onOneLine) is door een latere versie van stoep geschreven"),
            advice: Localized(
                en: "Bring stoep up to date. Nothing was changed.", nl: "Werk stoep bij. Er is niets veranderd."),
            details: [.init("store", .string(path))])
    }
}
