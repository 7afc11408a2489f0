// stoepd: init, serve, invite, members, status, area import.
extension Localized {
    package static func initialised(space: String, data: String) -> Localized {
        Localized(
            en: "The space “\(space.onOneLine)” is made, in \(data.onOneLine).",
            nl: "De ruimte ‘\(space.onOneLine)’ is gemaakt, in \(data.onOneLine).")
    }

    /// What the coordinator has to do with the root key, and why.
    package static func initialisedRootKey(path: String) -> Localized {
        Localized(
            en: """
                The root key stands in \(path.onOneLine).
                PUT IT AWAY NOW: copy it to two USB sticks, keep them in different places, and delete it here.
                The daemon never needs it. You need it once, when the daemon is lost or stolen: with it you name a \
                new one and the space goes on. Whoever has it can take over the space.
                """,
            nl: """
                De hoofdsleutel staat in \(path.onOneLine).
                BERG HEM NU OP: kopieer hem naar twee USB-sticks, bewaar die op verschillende plekken, en wis hem hier.
                De daemon heeft hem nooit nodig. Jij hebt hem nodig als de daemon weg of gestolen is: daarmee wijs je \
                een nieuwe aan en gaat de ruimte door. Wie hem heeft kan de ruimte overnemen.
                """)
    }

    package static func initialisedNext(data: String) -> Localized {
        Localized(
            en: "Next: stoepd serve --data \(data.onOneLine), and stoepd invite for each laptop.",
            nl: "Nu: stoepd serve --data \(data.onOneLine), en stoepd invite voor elke laptop.")
    }

    /// The same in every language: scripts wait for this line.
    package static func serveListening(address: String) -> Localized {
        .same("listening on \(address.onOneLine)")
    }

    package static let serveStopping = Localized(
        en: "Stopping: finishing what is under way.", nl: "Stopt: maakt af wat loopt.")
    package static let serveStopped = Localized(en: "Stopped.", nl: "Gestopt.")

    /// Beside the invitation, which stands alone on standard output.
    package static func inviteHandOver(name: String, role: Localized, hours: Int) -> Localized {
        Localized(
            en: "Hand this line to \(name.onOneLine) (\(role.en)), and to nobody else. It works once, within \(counted(hours, "hour", "hours")): stoep join -",
            nl: "Geef deze regel aan \(name.onOneLine) (\(role.nl)), en aan niemand anders. Ze werkt één keer, binnen \(hours) uur: stoep join -")
    }

    package static let membersNone = Localized(
        en: "No members yet. stoepd invite makes an invitation.",
        nl: "Nog geen leden. stoepd invite maakt een uitnodiging.")

    package static func membersCount(_ members: Int, devices: Int) -> Localized {
        Localized(
            en: "\(counted(members, "member", "members")), \(counted(devices, "laptop", "laptops"))",
            nl: "\(counted(members, "lid", "leden")), \(counted(devices, "laptop", "laptops"))")
    }

    package static func areasImported(_ fresh: Int, unchanged: Int) -> Localized {
        Localized(
            en: "\(counted(fresh, "area", "areas")) imported, \(unchanged) unchanged.",
            nl: "\(counted(fresh, "gebied", "gebieden")) ingelezen, \(unchanged) ongewijzigd.")
    }

    package static let labelMembers = Localized(en: "members", nl: "leden")
    package static let labelRecords = Localized.same("records")
    package static let labelDevices = Localized.same("laptops")
    package static let labelAreas = Localized(en: "areas", nl: "gebieden")
    package static let labelJoined = Localized(en: "joined", nl: "doet mee sinds")
    package static let labelLastSeen = Localized(en: "last seen", nl: "laatst gezien")
    package static let membersInvited = Localized(en: "invited", nl: "uitgenodigd")
    package static let membersAllAreas = Localized(en: "all", nl: "alle")
}

extension CommandFailure {
    package static func notADataDirectory(_ path: String) -> CommandFailure {
        CommandFailure(
            "not-a-data-directory", .failed,
            Localized(
                en: "\(path.onOneLine) is not the data directory of a daemon",
                nl: "\(path.onOneLine) is niet de gegevensmap van een daemon"),
            advice: Localized(
                en: "stoepd init --data DIR --name NAME --address HOST:PORT makes one.",
                nl: "stoepd init --data MAP --name NAAM --address HOST:PORT maakt er een."),
            details: [.init("data", .string(path))])
    }

    package static func alreadyInitialised(_ path: String) -> CommandFailure {
        CommandFailure(
            "already-initialised", .failed,
            Localized(
                en: "\(path.onOneLine) has a space already", nl: "in \(path.onOneLine) staat al een ruimte"),
            advice: Localized(
                en: "Nothing was changed. For another space take another directory.",
                nl: "Er is niets veranderd. Neem voor een andere ruimte een andere map."),
            details: [.init("data", .string(path))])
    }

    /// Something that is no space stands there; init overwrites nothing.
    package static func dataDirectoryNotEmpty(_ path: String) -> CommandFailure {
        CommandFailure(
            "data-directory-not-empty", .failed,
            Localized(en: "\(path.onOneLine) is not empty", nl: "\(path.onOneLine) is niet leeg"),
            advice: Localized(
                en: "Take a directory that is empty or does not exist. Nothing was changed.",
                nl: "Neem een map die leeg is of niet bestaat. Er is niets veranderd."),
            details: [.init("data", .string(path))])
    }

    package static func addressInUse(_ address: String) -> CommandFailure {
        CommandFailure(
            "address-in-use", .failed,
            Localized(
                en: "another program listens on \(address.onOneLine) already",
                nl: "een ander programma luistert al op \(address.onOneLine)"),
            advice: Localized(
                en: "Perhaps stoepd runs already. Take another port with --listen; port 0 takes a free one.",
                nl: "Misschien draait stoepd al. Neem een andere poort met --listen; poort 0 kiest een vrije."),
            details: [.init("address", .string(address))])
    }

    package static func cannotListen(_ address: String, errno number: Int32) -> CommandFailure {
        let reason = Localized.systemError(number)
        return CommandFailure(
            "cannot-listen", .failed,
            Localized(
                en: "cannot listen on \(address.onOneLine): \(reason.en)",
                nl: "kan niet luisteren op \(address.onOneLine): \(reason.nl)"),
            details: [.init("address", .string(address))])
    }

    package static func notAnAddress(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-an-address", .usage,
            Localized(
                en: "“\(typed.onOneLine)” is not a host and a port, such as stoep.example.org:7410",
                nl: "‘\(typed.onOneLine)’ is geen host met een poort, zoals stoep.example.org:7410"),
            details: [.init("address", .string(typed))])
    }

    /// Another daemon serves from the same directory.
    package static func daemonRunning(data: String, pid: Int32?) -> CommandFailure {
        CommandFailure(
            "daemon-running", .failed,
            Localized(
                en: "a daemon serves \(data.onOneLine) already\(pid.map { " (pid \($0))" } ?? "")",
                nl: "er bedient al een daemon \(data.onOneLine)\(pid.map { " (pid \($0))" } ?? "")"),
            details: [.init("data", .string(data)), .init("pid", pid.map { .number($0) } ?? .null)])
    }

    package static func unknownRole(_ role: String) -> CommandFailure {
        CommandFailure(
            "unknown-role", .usage,
            Localized(
                en: "there is no role \(role.onOneLine): it is volunteer, owner or coordinator",
                nl: "de rol \(role.onOneLine) bestaat niet: het is volunteer, owner of coordinator"),
            details: [.init("role", .string(role))])
    }

    /// `--area` of an invitation names what the space does not have.
    package static func unknownGrant(_ area: String, suggestions: [String]) -> CommandFailure {
        CommandFailure(
            "unknown-area", .failed,
            Localized(
                en: "the space has no area with the code \(area.onOneLine)",
                nl: "de ruimte heeft geen gebied met de code \(area.onOneLine)"),
            advice: suggestions.isEmpty
                ? Localized(
                    en: "An area is named by its CBS code, such as BU05990535. No invitation was made.",
                    nl: "Een gebied noem je bij zijn CBS-code, zoals BU05990535. Er is geen uitnodiging gemaakt.")
                : Localized(
                    en: "Did you mean \(suggestions.map(\.onOneLine).joined(separator: ", "))? No invitation was made.",
                    nl: "Bedoel je \(suggestions.map(\.onOneLine).joined(separator: ", "))? Er is geen uitnodiging gemaakt."),
            details: [.init("area", .string(area)), .init("suggestions", .strings(suggestions))])
    }

    /// What is to become a partition must have a name that can stand in a log's.
    package static func partitionNameUnusable(_ name: String) -> CommandFailure {
        CommandFailure(
            "partition-name-unusable", .usage,
            Localized(
                en: "“\(name.onOneLine)” cannot name an area: that takes only letters, digits and the signs - _ .",
                nl: "‘\(name.onOneLine)’ kan geen gebied noemen: dat zijn alleen letters, cijfers en de tekens - _ ."),
            details: [.init("area", .string(name))])
    }

    package static func nameUnusable(_ name: String) -> CommandFailure {
        CommandFailure(
            "name-unusable", .usage,
            Localized(
                en: "“\(name.onOneLine.prefix(40))” cannot be a name: one line, not blank, at most 256 bytes",
                nl: "‘\(name.onOneLine.prefix(40))’ kan geen naam zijn: één regel, niet leeg, hoogstens 256 bytes"),
            details: [.init("name", .string(name))])
    }

    package static func rootKeyFileExists(_ path: String) -> CommandFailure {
        CommandFailure(
            "root-key-file-exists", .failed,
            Localized(
                en: "\(path.onOneLine) exists already, and a root key is never overwritten",
                nl: "\(path.onOneLine) bestaat al, en een hoofdsleutel wordt nooit overschreven"),
            advice: Localized(
                en: "Name another file with --root-key. No space was made.",
                nl: "Noem een ander bestand met --root-key. Er is geen ruimte gemaakt."),
            details: [.init("path", .string(path))])
    }

    /// A row of an area file, by its line; what of it is wrong is a column's name, `columns` or `quotes`.
    package static func areaRow(_ row: String, what: String) -> CommandFailure {
        let meaning =
            switch what {
            case "columns": Localized(en: "it does not have four columns", nl: "ze heeft geen vier kolommen")
            case "quotes": Localized(
                en: "a quotation mark is not closed, or something follows it",
                nl: "een aanhalingsteken wordt niet gesloten, of er staat iets achter")
            case "code":
                Localized(
                    en: "the code is missing, stands there twice, or is not only letters, digits and the signs - _ .",
                    nl: "de code ontbreekt, staat er twee keer, of bestaat niet alleen uit letters, cijfers en de tekens - _ .")
            case "name": Localized(en: "the name is missing or too long", nl: "de naam ontbreekt of is te lang")
            default:
                Localized(
                    en: "the \(what.onOneLine) is not decimal degrees", nl: "de \(what.onOneLine) is geen decimaal aantal graden")
            }
        return CommandFailure(
            "area-row", .failed,
            Localized(en: "line \(row.onOneLine): \(meaning.en)", nl: "regel \(row.onOneLine): \(meaning.nl)"),
            advice: .areasNotImported,
            details: [.init("row", Int(row).map { .number($0) } ?? .null), .init("what", .string(what))])
    }

    package static let areaFileNotUnderstood = CommandFailure(
        "area-file", .failed,
        Localized(
            en: "this is not UTF-8 text with the header code,name,longitude,latitude",
            nl: "dit is geen UTF-8-tekst met de kop code,name,longitude,latitude"),
        advice: .areasNotImported)

    package static func tooManyAreas(limit: String) -> CommandFailure {
        CommandFailure(
            "too-many-areas", .failed,
            Localized(
                en: "the file has more than \(limit.onOneLine) areas", nl: "het bestand heeft meer dan \(limit.onOneLine) gebieden"),
            advice: .areasNotImported)
    }

    /// The daemon that runs is of another version than this command.
    package static let daemonOfAnotherVersion = CommandFailure(
        "daemon-version", .failed,
        Localized(
            en: "the running daemon does not know this command", nl: "de draaiende daemon kent deze opdracht niet"),
        advice: Localized(
            en: "It is of another version: restart it. Nothing was changed.",
            nl: "Hij is van een andere versie: herstart hem. Er is niets veranderd."))

    package static let daemonFailed = CommandFailure(
        "daemon-failed", .failed,
        Localized(en: "the running daemon could not do it", nl: "het lukte de draaiende daemon niet"),
        advice: Localized(
            en: "Its log says why. What was saved before is kept.",
            nl: "Zijn log zegt waarom. Wat eerder is opgeslagen blijft bewaard."))

    /// Owners and coordinators are not granted areas one by one.
    package static func areaNotForRole(_ role: String) -> CommandFailure {
        CommandFailure(
            "area-not-for-role", .usage,
            Localized(
                en: "--area is for volunteers; \(role.onOneLine) has none",
                nl: "--area is voor vrijwilligers; \(role.onOneLine) heeft er geen"))
    }
}

extension Localized {
    fileprivate static let areasNotImported = Localized(en: "Nothing was imported.", nl: "Er is niets ingelezen.")
}
