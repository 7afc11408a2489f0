// stoepd: init, serve, invite, members.
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

    package static func serveListening(address: String) -> Localized {
        Localized(en: "Listening on \(address.onOneLine).", nl: "Luistert op \(address.onOneLine).")
    }

    package static let serveStopping = Localized(
        en: "Stopping: finishing what is under way.", nl: "Stopt: maakt af wat loopt.")
    package static let serveStopped = Localized(en: "Stopped.", nl: "Gestopt.")

    /// Beside the invitation, which stands alone on standard output.
    package static func inviteHandOver(name: String, role: Localized) -> Localized {
        Localized(
            en: "Hand this line to \(name.onOneLine) (\(role.en)), and to nobody else. It works once, within 24 hours: stoep join -",
            nl: "Geef deze regel aan \(name.onOneLine) (\(role.nl)), en aan niemand anders. Ze werkt één keer, binnen 24 uur: stoep join -")
    }

    package static let membersNone = Localized(
        en: "No members yet. stoepd invite makes an invitation.",
        nl: "Nog geen leden. stoepd invite maakt een uitnodiging.")

    package static func membersCount(_ members: Int, devices: Int) -> Localized {
        Localized(
            en: "\(counted(members, "member", "members")), \(counted(devices, "laptop", "laptops"))",
            nl: "\(counted(members, "lid", "leden")), \(counted(devices, "laptop", "laptops"))")
    }

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
    package static func unknownGrant(_ area: String) -> CommandFailure {
        CommandFailure(
            "unknown-area", .failed,
            Localized(
                en: "the space has no area with the code \(area.onOneLine)",
                nl: "de ruimte heeft geen gebied met de code \(area.onOneLine)"),
            advice: Localized(
                en: "An area is named by its CBS code, such as BU05990535. No invitation was made.",
                nl: "Een gebied noem je bij zijn CBS-code, zoals BU05990535. Er is geen uitnodiging gemaakt."),
            details: [.init("area", .string(area))])
    }

    /// Owners and coordinators are not granted areas one by one.
    package static func areaNotForRole(_ role: String) -> CommandFailure {
        CommandFailure(
            "area-not-for-role", .usage,
            Localized(
                en: "--area is for volunteers; \(role.onOneLine) has none",
                nl: "--area is voor vrijwilligers; \(role.onOneLine) heeft er geen"))
    }
}
