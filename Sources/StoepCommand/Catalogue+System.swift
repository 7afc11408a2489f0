import Glibc

// What the operating system refuses, in people's words; and what is nobody's fault but ours.
extension Localized {
    /// What an `errno` means.
    package static func systemError(_ number: Int32) -> Localized {
        switch number {
        case ENOENT: Localized(en: "it does not exist", nl: "het bestaat niet")
        case EACCES, EPERM: Localized(en: "you are not allowed to", nl: "dat mag je niet")
        case EISDIR: Localized(en: "it is a directory", nl: "het is een map")
        case ENOTDIR: Localized(en: "a part of the path is no directory", nl: "een deel van het pad is geen map")
        case EEXIST: Localized(en: "it exists already", nl: "het bestaat al")
        case ENOSPC, EDQUOT: Localized(en: "the disk is full", nl: "de schijf is vol")
        case ENOTEMPTY: Localized(en: "it is not empty", nl: "de map is niet leeg")
        case EROFS: Localized(en: "the disk can only be read", nl: "de schijf is alleen te lezen")
        case EIO: Localized(en: "the disk reports an error", nl: "de schijf meldt een fout")
        case ENAMETOOLONG: Localized(en: "the name is too long", nl: "de naam is te lang")
        case EMFILE, ENFILE: Localized(en: "too many files are open", nl: "er staan te veel bestanden open")
        default:
            Localized(en: "system error \(number)", nl: "systeemfout \(number)")
        }
    }
}

extension CommandFailure {
    /// What no command foresaw: a mistake of ours, told so that it can be reported.
    package static func unexpected(_ description: String) -> CommandFailure {
        CommandFailure(
            "unexpected", .failed,
            Localized(
                en: "something went wrong that should not: \(description.onOneLine)",
                nl: "er ging iets mis dat niet mis mag gaan: \(description.onOneLine)"),
            advice: Localized(
                en: "What was saved before is kept. Please report this line.",
                nl: "Wat eerder is opgeslagen blijft bewaard. Meld deze regel alsjeblieft."))
    }

    package static func outputFailed(errno number: Int32) -> CommandFailure {
        let reason = Localized.systemError(number)
        return CommandFailure(
            "output-failed", .failed,
            Localized(
                en: "the output could not be written: \(reason.en)",
                nl: "de uitvoer kon niet worden geschreven: \(reason.nl)"))
    }

    /// A file or directory that a command needs cannot be used.
    package static func fileUnusable(_ path: String, errno number: Int32) -> CommandFailure {
        let reason = Localized.systemError(number)
        return CommandFailure(
            "file-unusable", .failed,
            Localized(en: "cannot use \(path.onOneLine): \(reason.en)", nl: "kan \(path.onOneLine) niet gebruiken: \(reason.nl)"),
            details: [.init("path", .string(path))])
    }
}
